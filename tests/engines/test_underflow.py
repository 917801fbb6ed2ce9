"""A positive number that float64 rounds to zero is enclosed or refused, never taken for a zero."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest

from maskbound.numerics import denoisers, languages, measure, policies
from maskbound.numerics.engines.workspace import Request, Workspace
from maskbound.numerics.errors import BadInput, BeyondReach
from maskbound.numerics.instances import Instance
from maskbound.numerics.metrics.bigrams import rates
from maskbound.numerics.metrics.measure import measure_one

LOPSIDED = Fraction(10**16, 10**16 + 1)

COLD = {
    "choose first": Instance(
        languages.iid(["5/7", "2/7"], 2),
        policies.Adaptive(2, score="entropy", steps=1, temperature="1/1000"),
    ),
    "draw first": Instance(
        languages.iid([LOPSIDED, 1 - LOPSIDED], 1),
        policies.Adaptive(1, score="confidence", order="sample-then-choose", steps=1, temperature="1/50"),
    ),
}


@pytest.mark.parametrize("engine", ["walk", "push"])
@pytest.mark.parametrize("quantity", ["kl", "ser", "tv", "log_ter"])
@pytest.mark.parametrize("name", COLD)
def test_tokens_that_a_low_temperature_nearly_forbids_are_no_impossible_ones(name: str, quantity: str, engine: str):
    with pytest.raises(BeyondReach, match=r"a token of probability .* has a chance below the range of float64"):
        measure(COLD[name], [quantity], engine=engine)


def test_a_row_drawn_from_is_refused_too():
    policy = policies.Adaptive(2, score="margin", steps=1, temperature="1/1000")
    with pytest.raises(BeyondReach, match=r"at temperature 0\.001"):
        policy.drawn_from([5 / 7, 2 / 7], [5 / 7, 2 / 7])


@pytest.mark.parametrize("sigma", [Fraction(1, 10**330), 1 - Fraction(1, 10**330)])
def test_a_chance_to_mask_again_below_float64_is_refused(sigma: Fraction):
    """A remasked token is drawn anew given all others, so that however rarely, sequences of q are reached."""
    with pytest.raises(BadInput, match="beyond the range of float64"):
        policies.Remasking(policies.Schedule(["1/4", "1/4", "1/2"]), [0, sigma, 0])


def test_a_product_of_two_chances_below_float64_is_not_left_out():
    """Reveal chance 1e-200 times token chance 1e-150: the reference engine saw no way to the second token."""
    rare = Fraction(1, 10**200)
    policy = policies.Remasking(policies.Schedule([rare, 1 - rare]), [0, 0])
    row = np.array([[1 - 1e-150, 1e-150]])
    assert len(list(policy.transitions(1, (2,), row))) == 3
    few = Fraction(1, 10**150)
    with pytest.raises(BeyondReach):
        measure(Instance(languages.iid([1 - few, few], 1), policy), ["kl"], engine="walk")


@pytest.mark.parametrize("engine", ["push", "walk", "rational"])
def test_a_threshold_below_float64_is_above_zero(engine: str):
    """Margins are 0 on a fair coin: nothing reaches 1e-330, so one token a step, and p = q."""
    policy = policies.Adaptive(2, score="margin", threshold=Fraction(1, 10**330))
    table = languages.Tabular.from_table(2, 2, ["1/2", 0, 0, "1/2"])
    assert measure(Instance(table, policy), ["ser"], engine=engine)["ser"].value == 0


def test_conditionals_below_float64_times_a_rare_token_have_a_divergence():
    pairs = np.array([[1.0 - 1e-200, 0.0], [0.0, 1e-200]])
    reference = np.array([[1.0, 0.0], [1 - 1e-200, 1e-200]])
    found, _ = rates(pairs, reference, 1e-16, 1e-16)
    assert math.isfinite(found.hi)
    assert found.lo <= 1e-200 * 200 * math.log(10) <= found.hi


def test_a_sampler_that_has_refused_refuses_again():
    rare = Fraction(1, 10**300)
    instance = Instance(
        languages.iid([1 - rare, rare], 2),
        policies.Adaptive(2, score="margin", steps=1, temperature="1/1000"),
    )
    work = Workspace(instance, Request(samples=200))
    for quantity in ("ser", "generative_nll_correct"):
        with pytest.raises(BeyondReach, match="below the range of float64"):
            measure_one(work, quantity, engine="sampled")


def test_the_smallest_pseudo_count_is_accepted():
    assert denoisers.Learned(3, pseudo_count=Fraction(1, 10**15)).pseudo_count == Fraction(1, 10**15)


CONFIDENT = denoisers.Perturbed("peak", 1 - Fraction(1, 10**250))
"""A token that is not the favourite costs 576 nats."""


@pytest.mark.parametrize("policy", [policies.FixedSets([[0, 1, 2, 3]]), policies.FixedSize([4]), policies.Bernoulli(1)])
def test_likelihoods_below_float64_are_no_infinite_divergence(policy: policies.Policy):
    instance = Instance(languages.iid(["1/2", "1/2"], 4), policy, CONFIDENT)
    with pytest.raises(BeyondReach, match="float64"):
        measure(instance, ["soft_path_kl"], engine="tabular")
