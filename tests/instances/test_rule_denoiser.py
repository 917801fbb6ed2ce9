"""The rule `denoiser` off the support: what a table says in impossible contexts is drawn there."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from maskbound.numerics import Instance, draw, languages, law, measure
from maskbound.numerics.denoisers import Exact, Perturbed, Table
from maskbound.numerics.errors import BadInput
from maskbound.numerics.numbers.lattice import lattice_index
from maskbound.numerics.policies import Adaptive, Bernoulli, FixedSize, autoregressive

V, L = 2, 3
COPIES = languages.copy(2, 3, 3)
ROWS = np.random.default_rng(1).dirichlet(np.ones(V), size=((V + 1) ** L, L))


def conditional(y, i, v):
    return ROWS[lattice_index(np.array([y]), V)[0], i, v]


def in_order(x):
    """By the definition: one position at a time from the left, always what the table says."""
    probability, y = 1.0, [V] * L
    for i in range(L):
        probability *= conditional(y, i, x[i])
        y[i] = x[i]
    return probability


def two_then_one(x):
    """Random sizes (2, 1): the pair is drawn from the empty context, the rest given it."""
    total = 0.0
    for last in range(L):
        first = [i for i in range(L) if i != last]
        y = [x[i] if i != last else V for i in range(L)]
        total += np.prod([conditional([V] * L, i, x[i]) for i in first]) * conditional(y, last, x[last]) / 3
    return total


@pytest.mark.parametrize(("policy", "of"), [(autoregressive(L), in_order), (FixedSize([2, 1]), two_then_one)])
def test_the_law_by_the_definition(policy, of):
    instance = Instance(COPIES, policy, Table(conditionals=ROWS), off_support="denoiser")
    expected = [of(x) for x in product(range(V), repeat=L)]
    assert law(instance).p == pytest.approx(expected, rel=1e-12)
    other = Instance(COPIES, policy, Table(conditionals=ROWS), off_support="uniform")
    assert abs(law(other).p - expected).max() > 0.01
    assert measure(instance, ["ser"])["ser"].value == pytest.approx(measure(other, ["ser"])["ser"].value)


@pytest.mark.parametrize("policy", [Bernoulli(2), FixedSize([2, 1])])
def test_engines_agree(policy):
    instance = Instance(COPIES, policy, Table(conditionals=ROWS), off_support="denoiser")
    tabular, reference = (measure(instance, ["kl", "tv"], engine=name) for name in ("tabular", "reference"))
    assert tabular["tv"].value == pytest.approx(reference["tv"].value)
    frequencies = np.bincount(draw(instance, 20_000, seed=1) @ [4, 2, 1], minlength=8) / 20_000
    # Each frequency is within five standard deviations, at most 5/(2 sqrt n).
    assert abs(frequencies - law(instance).p).max() < 0.018


def test_adaptive_policies():
    policy = Adaptive(L, score="confidence", order="sample-then-choose", sizes=[2, 1])
    instance = Instance(COPIES, policy, Table(conditionals=ROWS), off_support="denoiser")
    frequencies = np.bincount(draw(instance, 20_000, seed=2) @ [4, 2, 1], minlength=8) / 20_000
    assert abs(frequencies - law(instance).p).max() < 0.018


@pytest.mark.parametrize("denoiser", [Exact(), Perturbed("uniform", "1/2")])
def test_only_what_says_something_there(denoiser):
    with pytest.raises(BadInput, match="says nothing in impossible contexts"):
        Instance(COPIES, Bernoulli(2), denoiser, off_support="denoiser")
