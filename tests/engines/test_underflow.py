"""A positive number that float64 rounds to zero is enclosed or refused, never taken for a zero."""

from __future__ import annotations

import math
import sys
from fractions import Fraction

import numpy as np
import pytest

from maskbound.numerics import denoisers, languages, measure, policies
from maskbound.numerics.engines.workspace import Request, Workspace
from maskbound.numerics.errors import BadInput, BeyondReach
from maskbound.numerics.instances import Instance
from maskbound.numerics.metrics.bigrams import rates
from maskbound.numerics.metrics.measure import measure_one
from maskbound.numerics.numbers.enclosure import Enclosure

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


@pytest.mark.parametrize("engine", ["reference", "adaptive"])
@pytest.mark.parametrize("quantity", ["kl", "ser", "tv", "log_ter"])
@pytest.mark.parametrize("name", COLD)
def test_tokens_that_a_low_temperature_nearly_forbids_are_no_impossible_ones(name: str, quantity: str, engine: str):
    with pytest.raises(BeyondReach, match=r"a token of probability .* has a probability below the range of float64"):
        measure(COLD[name], [quantity], engine=engine)


def test_a_row_drawn_from_is_refused_too():
    policy = policies.Adaptive(2, score="margin", steps=1, temperature="1/1000")
    with pytest.raises(BeyondReach, match=r"at temperature 0\.001"):
        policy.drawn_from([5 / 7, 2 / 7], [5 / 7, 2 / 7])


@pytest.mark.parametrize("sigma", [Fraction(1, 10**330), 1 - Fraction(1, 10**330)])
def test_a_probability_to_mask_again_below_float64_is_refused(sigma: Fraction):
    """A remasked token is drawn anew given all others, so that however rarely, sequences of q are reached."""
    with pytest.raises(BadInput, match="beyond the range of float64"):
        policies.Remasking(policies.Schedule(["1/4", "1/4", "1/2"]), [0, sigma, 0])


def test_a_product_of_two_probabilities_below_float64_is_not_left_out():
    """Reveal probability 1e-200 times token probability 1e-150: the reference engine saw no way to the second token."""
    rare = Fraction(1, 10**200)
    policy = policies.Remasking(policies.Schedule([rare, 1 - rare]), [0, 0])
    row = np.array([[1 - 1e-150, 1e-150]])
    assert len(list(policy.transitions(1, (2,), row))) == 3
    few = Fraction(1, 10**150)
    with pytest.raises(BeyondReach):
        measure(Instance(languages.iid([1 - few, few], 1), policy), ["kl"], engine="reference")


@pytest.mark.parametrize("engine", ["adaptive", "reference", "rational"])
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
        measure(instance, ["log_mean_path_kl"], engine="tabular")


STEP = Fraction(1, 10**200)
LADDER = [[1 - STEP, STEP, 0], [0, 1 - STEP, STEP], [0, 0, 1]]
"""0, 1, 2 in a row has the probability 1e-400 given its ends, which both occur half of the time."""

APART = {
    "chain in its intervals": (languages.markov(["1/2", 0, "1/2"], LADDER, 3), "local"),
    "hidden chain": (languages.HMM(3, ["1/2", 0, "1/2"], LADDER, np.eye(3, dtype=int).tolist()), None),
}


@pytest.mark.parametrize("name", APART)
def test_a_context_whose_paths_float64_loses_is_not_drawn_as_an_impossible_one(name: str):
    """SER is 1/4: only 2 .. 0 is impossible. Drawn by the convention, 0 _ 2 went wrong twice in three."""
    language, scope = APART[name]
    instance = Instance(language, policies.FixedSets([[0, 2], [1]]), off_support_scope=scope)
    assert measure(instance, ["ser"], engine="rational")["ser"].hi == 1 / 4
    with pytest.raises(BeyondReach, match="cannot be told from an impossible one"):
        measure(instance, ["ser"], engine="sampled", samples=2000)


def test_conditionals_of_such_a_context_are_refused():
    y = np.array([[0, 3, 2]])
    for language, scope in APART.values():
        with pytest.raises(BeyondReach, match="cannot be told from an impossible one"):
            language.conditionals(y, scope or "global")


def test_a_hidden_path_that_float64_loses_is_possible():
    """Two states that emit one token each; the second is left after 1e-300 twice, and alone explains the last token."""
    rare = Fraction(1, 10**300)
    rows = [[1, 0, 0], [0, 1 - rare, rare], [0, 0, 1]]
    language = languages.HMM(2, [1 - rare, rare, 0], rows, [[1, 0], [1, 0], [0, 1]])
    x = np.array([[0, 1], [1, 0]])
    assert language.in_support(x).tolist() == [True, False]
    with pytest.raises(BeyondReach, match="hidden paths"):
        language.log_prob(x)


def test_pairs_of_tokens_below_float64_are_not_forbidden():
    """1 1 has probability 1e-400 under q; p draws it half of the time, at a finite cost."""
    rare = Fraction(1, 10**200)
    block = languages.Tabular.from_table(2, 1, [1 - rare, rare])
    half = denoisers.Table(conditionals=np.full((9, 2, 2), 0.5))
    instance = Instance(languages.Blocks(block, 2), policies.FixedSize([2]), half)
    with pytest.raises(BeyondReach, match="leave the range of float64"):
        measure(instance, ["bigram_kl_rate"], engine="sampled", samples=200)


def test_a_floating_probability_is_no_exact_one():
    found = measure(
        Instance(languages.iid([1 / 3, 2 / 3], 3), policies.Bernoulli(1)), ["iid_mode_probability_confidence_sampling"]
    )
    t = Fraction(2, 3)
    assert found["iid_mode_probability_confidence_sampling"].contains(t * (1 - (1 - t) ** 2) * (1 - (1 - t) ** 3))
    assert found["iid_mode_probability_confidence_sampling"].exact is None


def test_where_every_sequence_is_abandoned_nothing_is_left_to_walk():
    never = denoisers.Perturbed("peak", 1)
    table = languages.Tabular.from_table(2, 2, [0, "3/8", "3/8", "1/4"])
    wrong = denoisers.Table(conditionals=np.tile([1.0, 0.0], (9, 2, 1)))
    for denoiser in (never, wrong):
        instance = Instance(table, policies.FixedSets([[0, 1], []]), denoiser, off_support="stop")
        for engine in ("tabular", "reference"):
            assert measure(instance, ["log_ter"], engine=engine)["log_ter"].value == math.inf
    gone = Instance(languages.iid([0, 1], 3), policies.autoregressive(3), denoisers.Table(conditionals=WRONG), "stop")
    assert measure(gone, ["ser"], engine="reference")["ser"].value == 1


WRONG = np.tile([1.0, 0.0], (27, 3, 1))


def test_tokens_equally_likely_within_rounding_make_no_certain_conflict():
    """The likeliest tokens 1 1 are the likeliest pair; in float64 token 0 is as likely at the first position."""
    little = Fraction(1, 10**40)
    table = [Fraction(1, 4) - little, "1/4", "1/8", Fraction(3, 8) + little]
    instance = Instance(languages.Tabular.from_table(2, 2, table), policies.Bernoulli(1))
    for quantity in ("mode_conflict", "mode_conflict_uniform"):
        found = {engine: measure(instance, [quantity], engine=engine)[quantity] for engine in ("tabular", "rational")}
        assert found["rational"].value == math.inf
        assert found["tabular"].hi == math.inf


@pytest.mark.parametrize("rare", [Fraction(1, 10**155), Fraction(1, 10**200)])
def test_a_number_beyond_the_largest_float_is_no_infinite_one(rare: Fraction):
    """``w / (a_{k-1} (1 - a_k))`` is 1e310, or a division by a product that float64 rounds to zero."""
    language = languages.Tabular.from_table(2, 2, ["1/2", 0, 0, "1/2"])
    instance = Instance(language, policies.Bernoulli(weights=[rare, 1 - 2 * rare, rare]))
    found = measure(instance, ["growth_bound"], engine="rational")["growth_bound"]
    assert (found.value, found.lo, found.hi) == (sys.float_info.max, sys.float_info.max, math.inf)
    assert found.exact is not None
    assert found.exact != math.inf
    with pytest.raises(BeyondReach, match="beyond the range of float64"):
        measure(instance, ["growth_bound"], engine="tabular")


@pytest.mark.parametrize("sign", [1, -1])
def test_a_rational_beyond_the_largest_float_is_enclosed(sign: int):
    number = sign * Fraction(10) ** 400
    found = Enclosure.exactly(number)
    assert found.exact == number
    assert {abs(found.lo), abs(found.hi)} == {sys.float_info.max, math.inf}


@pytest.mark.parametrize("quantity", ["entropy", "dual_total_correlation", "path_kl"])
def test_windows_whose_probabilities_are_lost_are_refused(quantity: str):
    rare = Fraction(1, 10**154 + 1)
    language = languages.markov(["3/4", "1/4"], [[1, 0], [1 - rare, rare]], 3)
    with pytest.raises(BeyondReach, match=r"windows of . positions have probabilities that float64 loses"):
        measure(Instance(language, policies.Bernoulli(2)), [quantity], engine="windows")
