"""Sampled intervals hold the exact value, are not wider than they must be, and stop as asked."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from maskbound.numerics import check, measure
from maskbound.numerics.denoisers import Learned, Perturbed
from maskbound.numerics.engines import sampled
from maskbound.numerics.engines.sampled import intervals, tally
from maskbound.numerics.engines.workspace import Request, Workspace
from maskbound.numerics.errors import BadInput, BeyondReach
from maskbound.numerics.instances import Instance
from maskbound.numerics.languages import HMM, NGram, english_ngram, iid, markov, pair, shifted_pair
from maskbound.numerics.metrics import measure_one
from maskbound.numerics.metrics.methods import METHODS
from maskbound.numerics.policies import Adaptive, Bernoulli, FixedSize, bisection
from maskbound.numerics.sampling.sampler import sampler_for
from maskbound.theory import claim

HMM_4 = HMM(
    4,
    [0.5, 0.5, 0],
    [[0.5, 0.5, 0], [0, 0.25, 0.75], [1, 0, 0]],
    [[0.9, 0.1, 0], [0, 0.5, 0.5], [0.5, 0, 0.5]],
)
TRIGRAM = NGram(3, 2, 5, [0.25] * 4, [[0.5, 0.5], [0, 1], [1, 0], [0.75, 0.25]])
INSTANCES = {
    "hidden chain": Instance(HMM_4, Bernoulli(2)),
    "trigram": Instance(TRIGRAM, FixedSize([2, 2, 1]), off_support="marginal"),
    "chain": Instance(markov([0.5, 0.5], [[0.9, 0.1], [1, 0]], 6), Bernoulli(3), off_support_scope="local"),
    "pairs": Instance(pair(3, 6), Bernoulli(2), off_support="stop"),
    "no kernel": Instance(TRIGRAM, Bernoulli(2), Perturbed("uniform", "1/9")),
}
QUANTITIES = ("ser", "generative_nll_correct", "off_support_mass", "bigram_kl_rate", "bigram_tv_rate")
SAMPLED = {method.quantity: method for method in METHODS if method.engine == "sampled"}
RUNS = 50

slow = pytest.mark.slow


def runs(name: str, confidence: float, samples: int | None, width: float = 0.01):
    """Every quantity that applies, its exact value, and the intervals of many seeds."""
    instance = INSTANCES[name]
    for quantity in QUANTITIES:
        if SAMPLED[quantity].obstacle(instance) is None:
            exact = measure(instance, [quantity], engine="tabular")[quantity]
            requests = [Request(width, 60.0, samples, seed, confidence) for seed in range(RUNS)]
            yield exact, [SAMPLED[quantity].measure(Workspace(instance, request)) for request in requests]


@slow
@pytest.mark.parametrize("name", INSTANCES)
def test_intervals_of_many_runs_hold_the_exact_value(name):
    """At level 1 - 1e-6 all of them, but for a probability of 250e-6.

    What is the same for all sequences is known by drawing to fewer roundings than by the table.
    """
    compared = 0
    for exact, found in runs(name, 1 - 1e-6, 300):
        assert all(one.overlaps(exact) for one in found), exact
        assert all(one.kind == "statistical" and one.confidence == 1 - 1e-6 for one in found)
        compared += 1
    assert compared == {"pairs": 3, "no kernel": 4}.get(name, 5)


@slow
@pytest.mark.parametrize("name", ["hidden chain", "trigram"])
def test_the_comparison_can_fail(name):
    """At level 1/2 some probabilities miss; a law of other steps is outside at the high level too."""
    missed = [not one.overlaps(exact) for exact, found in runs(name, 0.5, 300) for one in found]
    assert 0 < sum(missed) < len(missed) / 2
    other = replace(INSTANCES[name], policy=Bernoulli(1))
    exact = measure(other, ["ser"], engine="tabular")["ser"]
    assert not any(
        one.overlaps(exact) for _, found in itertools.islice(runs(name, 1 - 1e-6, 4000), 1) for one in found[:5]
    )


@slow
def test_stopping_early_keeps_the_coverage():
    """Looks at many sizes until the width is met: the intervals of all runs hold the value, and runs differ in size."""
    exact, found = next(runs("hidden chain", 0.9, None, width=0.3))
    assert sum(one.contains(exact.value) for one in found) >= 0.9 * RUNS
    sizes = {one.note for one in found}
    assert all(one.width <= 0.3 * one.value for one in found)
    assert len({note.split(" ")[0] for note in sizes}) >= 2


def test_levels_are_shared_among_the_looks():
    drawn = tally.Tally(Workspace(INSTANCES["hidden chain"]))
    looks = tally._looks(Request(seconds=1.0), drawn)
    assert looks[:3] == [1000, 2000, 4000]
    assert all(a < b for a, b in itertools.pairwise(looks))
    assert looks[-1] <= max(tally.FEWEST, 1e9 / drawn.nanoseconds)
    assert tally._looks(Request(samples=123), drawn) == [123]
    work = Workspace(INSTANCES["hidden chain"], Request(width=1e-9, seconds=1e-2, confidence=0.9))
    found = sampled.sequence_error_rate(work)
    count = int(found.note.split(" ")[0])
    hits = round(found.value * count)
    J = len(tally._looks(work.request, drawn))
    assert J > 1
    _, lo, hi = intervals.clopper_pearson(hits, count, (1 - 0.9) / J)
    assert found.lo == pytest.approx(lo, abs=1e-9)
    assert found.hi == pytest.approx(hi, abs=1e-9)


class Flips:
    """Successes among tosses of a fair coin."""

    undecided, most, nanoseconds = 0, 0, 1.0

    def __init__(self, seed: int, count: int) -> None:
        self.hits = np.cumsum(np.random.default_rng(seed).random(count) < 0.5)


def misses(levels: float) -> int:
    """How many of 1000 intervals of coverage .8 miss the probability of a success, drawing until they leave it out."""
    work = Workspace(INSTANCES["hidden chain"], Request(samples=4000, confidence=0.8, target=0.5))

    def interval(flips: Flips, count: int, alpha: float):
        return intervals.clopper_pearson(int(flips.hits[count - 1]), count, levels * alpha)

    found = [tally.settled(work, Flips(seed, 4000), interval) for seed in range(1000)]
    return sum(not one.contains(0.5) for one in found)


def test_drawing_until_a_target_is_left_out_costs_no_coverage():
    """The worst target is the probability itself, which is left out by mistake alone."""
    assert 0 < misses(1) <= 200
    # A whole level at each of the four looks is too much.
    assert misses(4) > 300


def test_no_more_is_drawn_than_tells_a_target_apart():
    instance = INSTANCES["hidden chain"]
    exact = measure(instance, ["ser"], engine="tabular")["ser"].value
    request = Request(width=0.0, samples=4000, seed=3)
    whole = sampled.sequence_error_rate(Workspace(instance, request))
    for target, count in ((exact / 4, 2000), (2 * exact, 1000)):
        found = sampled.sequence_error_rate(Workspace(instance, replace(request, target=target)))
        assert found.note == f"{count} sequences, seed 3"
        assert found.contains(exact)
        assert not found.lo <= target < found.hi
    near = sampled.sequence_error_rate(Workspace(instance, replace(request, target=exact)))
    assert near.note == whole.note
    # Four levels for one.
    assert near.width > whole.width


def test_the_number_asked_for_is_drawn_and_the_seed_counts():
    def found(samples: int, seed: int):
        return sampled.sequence_error_rate(Workspace(INSTANCES["hidden chain"], Request(samples=samples, seed=seed)))

    assert found(777, 3) == found(777, 3)
    assert found(777, 3).note == "777 sequences, seed 3"
    assert found(777, 3).value != found(777, 4).value
    assert found(20000, 3).width < found(777, 3).width


# Obstacles, refusals.


@pytest.mark.parametrize("language", [HMM_4, TRIGRAM, markov([0.5, 0.5], [[0.9, 0.1], [1, 0]], 6), pair(3, 6)])
def test_surprisals_lie_in_their_range(language):
    low, high = language.surprisal_range()
    table = language.table()
    surprisals = -np.log(table[table > 0])
    # Products of L factors: relative 1e-14 and no more.
    assert low <= surprisals.min() + 1e-13
    assert surprisals.max() <= high + 1e-13
    assert high <= 4 * surprisals.max()


def test_exact_engines_come_first():
    found = measure(INSTANCES["hidden chain"], QUANTITIES)
    assert all(one.kind != "statistical" for one in found.values())


LONG = Instance(shifted_pair(4, "1/10", 60), Bernoulli(10), name="long")


@pytest.mark.slow
def test_only_measuring_draws():
    """Verdicts do without sampling, at any length, unless a request asks for it."""
    for sampling in (False, True):
        request = Request(samples=4000, seconds=2.0, sampling=sampling)
        (judged,) = check(LONG, judged=[claim("ser <= 1")], request=request)
        assert (judged.lhs.quantities["ser"].kind == "statistical") is sampling
        assert (measure_one(Workspace(LONG, request), "ser").kind == "statistical") is sampling
    assert measure_one(Workspace(LONG, Request(samples=20)), "ser", "sampled").engine == "sampled"


def test_the_narrower_of_a_bound_and_a_sample():
    """A chain beyond the exact SER: few sequences leave more open than the bound does, and many less."""
    chain = Instance(markov([0.5, 0.5], [[0.9, 0.1], [1, 0]], 40), FixedSize.balanced(8, 40))
    assert measure(chain, ["ser"], samples=10)["ser"].kind == "bound"
    assert measure(chain, ["ser"], samples=4000)["ser"].kind == "statistical"


@slow
def test_beyond_the_tables_it_is_sampled():
    instance = Instance(shifted_pair(16, "1/10", 128), Bernoulli(40), name="long")
    found = measure(instance, ["ser"], width=0.2, seconds=20)["ser"]
    assert found.engine == "sampled"
    # shifted-pair/ser-lower: the equality at eps = 0.
    assert found.contains(1 - (1 - 13 / 16 / 40) ** 64)
    assert found.width <= 0.2 * found.value


def test_what_would_take_too_long_is_refused_with_the_estimate():
    instance = Instance(english_ngram(4, 100_000), Bernoulli(64), name="four")
    with pytest.raises(BeyondReach, match=r"four .* and about [0-9.e+]+ s"):
        measure(instance, ["ser"], seconds=5)
    with pytest.raises(BeyondReach, match=r"1000000 sequences of pairs would take about [0-9.e+]+ s"):
        measure(
            Instance(pair(2, 1000), Bernoulli(4), name="pairs"), ["ser"], engine="sampled", samples=10**6, seconds=1
        )


def test_memory_stays_within_the_estimate():
    """The largest chunk, whatever the length, is some 2^20 tokens."""
    for L in (2, 512, 10**6):
        sampler = sampler_for(Instance(pair(2, L), Bernoulli(4)))
        assert sampler.rows * L <= max(1 << 20, L)
        assert sampler.bytes < 2e8


def test_what_has_no_honest_interval_is_not_offered():
    assert set(QUANTITIES) <= set(SAMPLED)
    assert not {"tv", "reverse_kl", "hellinger", "generative_nll"} & set(SAMPLED)
    stopped = Instance(TRIGRAM, Bernoulli(2), Learned(5, 1, 0, "full"), off_support="stop")
    assert "abandons" in sampled.obstacle(stopped)
    assert "step by step" in sampled.tracking_obstacle(INSTANCES["no kernel"])
    with pytest.raises(BadInput, match="sampled"):
        measure(INSTANCES["no kernel"], ["off_support_mass"], engine="sampled")


def test_without_a_correct_sequence_the_whole_range_is_left():
    always_wrong = Instance(pair(16, 60), Bernoulli(1))
    found = sampled.nll_of_correct(Workspace(always_wrong, Request(samples=200)))
    assert (found.lo, found.hi) == pytest.approx((math.log(16) / 2, math.log(16) / 2), rel=1e-11)
    inexact = sampled.nll_of_correct(
        Workspace(replace(always_wrong, denoiser=Perturbed("uniform", 1)), Request(samples=50))
    )
    assert inexact.hi == math.inf


def test_one_order_is_exact():
    chain = Instance(markov([0.5, 0.5], [[0.9, 0.1], [1, 0]], 300), bisection(300))
    found = sampled.sequence_error_rate(Workspace(chain, Request(samples=500)))
    assert found.value == found.lo == 0
    assert 0 < found.hi < 0.04


NEARLY_ONE = [Fraction(10**20, 10**20 + 1), Fraction(1, 10**20 + 1)]
UNDECIDED = {
    "a threshold": Adaptive(3, score="margin", threshold=1),
    "a threshold of proposals": Adaptive(3, score="confidence", order="sample-then-choose", threshold=1),
    "an entropy bound": Adaptive(3, score="entropy", entropy_bound=0),
    "two positions": Adaptive(3, score="confidence", steps=2),
}


@pytest.mark.parametrize("name", UNDECIDED)
def test_a_choice_that_rounding_decides_is_refused(name):
    """Every score is below the threshold, by less than the rounding: there are three steps, and float64 takes one."""
    instance = Instance(iid(NEARLY_ONE, 3), UNDECIDED[name], name="nearly one")
    quantity = "ser" if name == "two positions" else "expected_steps"
    with pytest.raises(BeyondReach, match=r"[0-9]+ of the choices .* that rounding cannot tell apart"):
        SAMPLED[quantity].measure(Workspace(instance, Request(samples=200)))
    taken = SAMPLED[quantity].measure(Workspace(instance, Request(samples=200, equal_scores=True)))
    assert "choices took scores as equal" in taken.note


def test_choices_that_are_certain_are_no_reason_to_refuse():
    instance = Instance(iid(NEARLY_ONE, 3), Adaptive(3, score="margin", threshold="9/10"))
    found = SAMPLED["expected_steps"].measure(Workspace(instance, Request(samples=200)))
    assert found.lo == 1
    assert "equal" not in found.note
