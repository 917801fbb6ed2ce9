"""What sampler code is given for a network, against conditionals in Fractions from the definition."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from oracles import denoisers as oracle_denoisers
from oracles import languages as oracle_languages

from maskbound.numerics import Instance, denoisers, languages, policies
from maskbound.numerics.conformance import Oracle
from maskbound.numerics.errors import BadInput

V, L = 3, 3
STEPS = policies.Bernoulli(2)
INITIAL = [Fraction(1, 2), Fraction(1, 2), Fraction(0)]
TRANSITION = [
    [Fraction(0), Fraction(1, 3), Fraction(2, 3)],
    [Fraction(1), Fraction(0), Fraction(0)],
    [Fraction(1, 3)] * 3,
]
CHAIN = languages.markov(INITIAL, TRANSITION, L)
TABLE = oracle_languages.markov(INITIAL, TRANSITION, L)
EVERY = np.array(list(product(range(V + 1), repeat=L)))
TOLERANCE = 1e-13
"""Of a log conditional between log(1/6) and 0, from about V^L additions: some 30 roundings of 1.1e-16 each."""


@pytest.mark.parametrize("rule", ["uniform", "marginal"])
def test_every_context_has_the_conditionals_of_the_definition(rule):
    scope = oracle_denoisers.global_scope(TABLE, V)
    expected = oracle_denoisers.exact(TABLE, V, rule)
    found = Oracle(Instance(CHAIN, STEPS, off_support=rule)).logits(EVERY)
    impossible = 0
    for y, logits in zip(EVERY, found, strict=True):
        context = {i: int(v) for i, v in enumerate(y) if v < V}
        impossible += scope(next((i for i in range(L) if i not in context), 0), context) is None
        for i, row in enumerate(logits):
            if i in context:
                assert np.array_equal(row, np.where(np.arange(V) == context[i], 0.0, -np.inf))
                continue
            for value, exact in zip(row, expected(i, context), strict=True):
                assert value == -np.inf if exact == 0 else abs(value - math.log(exact)) < TOLERANCE
    assert impossible > 5


def test_equal_rationals_are_equal_numbers():
    """1/3 comes about in several ways: of 329 conditionals equal to 2/3, floating-point sums made 13 unequal."""
    scope = oracle_denoisers.global_scope(TABLE, V)
    found = Oracle(Instance(CHAIN, STEPS)).logits(EVERY)
    numbers = {}
    for y, logits in zip(EVERY, found, strict=True):
        context = {i: int(v) for i, v in enumerate(y) if v < V}
        for i in set(range(L)) - set(context):
            exact = scope(i, context)
            if exact is not None:
                for value, fraction in zip(logits[i], exact, strict=True):
                    numbers.setdefault(fraction, set()).add(float(value))
    assert len(numbers) > 5
    assert all(len(values) == 1 for values in numbers.values())


def test_a_denoiser_that_is_not_exact_is_what_is_served():
    instance = Instance(CHAIN, STEPS, denoisers.Perturbed("uniform", "1/2"))
    rows = np.exp(Oracle(instance).logits([[V, V, V]])[0])
    assert np.allclose(rows[0], [1 / 4 + 1 / 6, 1 / 4 + 1 / 6, 1 / 6], rtol=TOLERANCE, atol=0)


def test_it_is_found_at_any_batch():
    oracle = Oracle(Instance(CHAIN, STEPS))
    assert (oracle.vocab, oracle.length, oracle.mask_id) == (V, L, V)
    assert np.array_equal(oracle.logits(EVERY[[5, 5, 60]]), oracle.logits(EVERY)[[5, 5, 60]])
    assert oracle.logits(EVERY[:0]).shape == (0, L, V)


@pytest.mark.parametrize(
    ("x", "message"),
    [
        ([[0, 1]], "shape"),
        ([0, 1, 2], "shape"),
        ([[0.0, 1.0, 2.0]], "float64"),
        ([[0, 1, 4]], "tokens from 0 to 4"),
        ([[0, 1, -1]], "tokens from -1 to 1"),
    ],
)
def test_what_is_no_batch_of_partial_sequences_is_refused(x, message):
    with pytest.raises(BadInput, match=message):
        Oracle(Instance(CHAIN, STEPS)).logits(x)


def test_what_has_no_table_is_refused():
    with pytest.raises(BadInput, match="stop"):
        Oracle(Instance(CHAIN, STEPS, off_support="stop"))
