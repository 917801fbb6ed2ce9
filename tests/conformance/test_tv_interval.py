"""The interval of total variation covers the truth, whatever law is drawn from (definitions.md#tv-interval)."""

from __future__ import annotations

import numpy as np
import pytest

from maskbound.numerics.conformance.tv_interval import sequences_needed, tv_interval

P = np.array([0.4, 0.3, 0.2, 0.1, 0.0, 0.0])
LAWS = {
    "itself": P,
    "near": np.array([0.38, 0.32, 0.2, 0.1, 0.0, 0.0]),
    "far": np.array([0.1, 0.2, 0.3, 0.4, 0.0, 0.0]),
    "partly impossible": np.array([0.4, 0.3, 0.1, 0.1, 0.05, 0.05]),
    "impossible": np.array([0.0, 0.0, 0.0, 0.0, 0.5, 0.5]),
    "a single sequence": np.array([1.0, 0.0, 0.0, 0.0, 0.0, 0.0]),
}
ALPHA, RUNS = 0.05, 400


def interval(counts, alpha=ALPHA):
    return tv_interval(np.where(P > 0, counts, 0), int(counts[P == 0].sum()), P, 0, alpha)


@pytest.mark.parametrize("n", [50, 2000])
@pytest.mark.parametrize("name", LAWS)
def test_it_covers_the_truth(name, n):
    """If it missed with probability alpha, more than 36 of 400 would have probability 3e-4; seeded."""
    law = LAWS[name]
    truth = np.abs(law - P).sum() / 2
    missed = 0
    for counts in np.random.default_rng(5).multinomial(n, law, size=RUNS):
        value, lo, hi = interval(counts)
        assert 0 <= lo <= value <= hi <= 1
        missed += not lo <= truth <= hi
    assert missed <= 36


def test_it_tells_far_laws_apart_and_near_ones_not():
    rng = np.random.default_rng(6)
    _, lo, hi = interval(rng.multinomial(20_000, LAWS["far"]), 1e-6)
    assert 0.3 < lo < 0.4 < hi < 0.5
    _, lo, hi = interval(rng.multinomial(20_000, LAWS["near"]), 1e-6)
    assert lo == 0
    assert hi < 0.1


def test_what_a_law_lacks_is_the_probability_of_the_impossible():
    lacking = np.array([0.4, 0.3, 0.2, 0.0, 0.0, 0.0])
    value, lo, hi = tv_interval(np.array([400, 300, 200, 0, 0, 0]), 100, lacking, 0, 1e-6)
    assert value < 1e-12
    assert lo == 0
    assert hi < 0.2


@pytest.mark.parametrize("tv", [0.02, 0.1])
def test_the_sequences_needed_decide(tv):
    """Half as many do not; the estimate is of the mean, so a tenth more are drawn than it says."""
    needed, rng = sequences_needed(P, tv, 1e-3), np.random.default_rng(7)
    enough = [interval(rng.multinomial(int(1.1 * needed), P), 1e-3)[2] for _ in range(50)]
    short = [interval(rng.multinomial(needed // 2, P), 1e-3)[2] for _ in range(50)]
    assert np.median(enough) <= tv < min(short)
