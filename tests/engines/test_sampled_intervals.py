"""Intervals that hold whatever the law is: by their formulas, and by counting what they leave out."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from by_default import rest_slow

from maskbound.numerics.engines.sampled import intervals
from maskbound.numerics.engines.sampled.intervals import (
    entropy_modulus,
    mean_at_least,
    mean_at_most,
    total_variation_radius,
)


def binomial_tail(count: int, probability: Fraction, least: int) -> Fraction:
    """``P(X >= least)``."""
    return sum(
        (math.comb(count, k) * probability**k * (1 - probability) ** (count - k) for k in range(least, count + 1)),
        Fraction(0),
    )


@pytest.mark.parametrize(("hits", "count"), [(0, 7), (7, 7), (3, 7), (1, 200), (199, 200), (40, 60)])
@pytest.mark.parametrize("alpha", [1e-6, 0.05])
def test_clopper_pearson_ends_by_the_binomial_law(hits, count, alpha):
    """The ends leave out alpha/2 to within the allowance for the library, and not less than it."""
    value, lo, hi = intervals.clopper_pearson(hits, count, alpha)
    assert value == hits / count
    half = Fraction(alpha) / 2
    if hits:
        assert half * (1 - Fraction(1, 10**5)) <= binomial_tail(count, Fraction(lo), hits) <= half
    else:
        assert lo == 0.0
    if hits < count:
        below = 1 - binomial_tail(count, Fraction(hi), hits + 1)
        assert half * (1 - Fraction(1, 10**5)) <= below <= half
    else:
        assert hi == 1.0


def test_empirical_bernstein_is_the_formula():
    x = np.array([0.25, 0.5, 1.0, 0.25] * 50)
    value, lo, hi = intervals.empirical_bernstein(x, 0.0, 100.0, 0.1)
    t = math.log(40)
    spread = math.sqrt(2 * x.var(ddof=1) * t / 200) + 700 * t / 597
    assert value == 0.5
    # The formula's own allowance for rounding is 1e-9.
    assert hi - value == pytest.approx(spread, rel=1e-8)
    assert lo == 0.0
    assert intervals.empirical_bernstein(x[:4], 0.0, 1.0, 0.1)[2] == 1.0


def test_empirical_bernstein_covers_a_rare_large_value():
    """A mean that most samples miss entirely: the range term alone holds it."""
    rng = np.random.default_rng(0)
    covered = [intervals.empirical_bernstein((rng.random(50) < 0.01).astype(float), 0, 1, 0.05) for _ in range(200)]
    assert all(lo <= 0.01 <= hi for _, lo, hi in covered)
    assert any(value == 0 for value, _, _ in covered)


# Vectors of shares.


def means_and_radius(law: np.ndarray, count: int, draws: int, alpha: float, rng: np.random.Generator):
    """How far the mean shares of ``count`` sequences of ``draws`` tokens are from the law, and the radius."""
    shares = rng.multinomial(draws, law, size=count) / draws
    between = shares[0::2] - shares[1::2]
    squares, distances = (between**2).sum(axis=1), np.abs(between).sum(axis=1) / 2
    radius = total_variation_radius(count, squares, distances, 1.0, len(law), alpha)
    return np.abs(shares.mean(axis=0) - law).sum() / 2, radius


@pytest.mark.parametrize("draws", rest_slow([1, 200]))
def test_the_radius_covers_and_is_of_the_right_size(draws):
    """At level 1/2, 200 runs: a radius that covered exactly so often leaves out 100, and none with probability 1e-60.

    It covers all here, since a maximum over cells hardly varies; half of it is not enough for independent tokens at
    small counts, nor a tenth at large ones.
    """
    rng = np.random.default_rng(draws)
    law = np.array([0.4, 0.3, 0.2, 0.05, 0.05, 0.0])
    found = np.array([means_and_radius(law, 4000, draws, 0.5, rng) for _ in range(200)])
    assert (found[:, 0] <= found[:, 1]).all()
    assert (found[:, 0] > found[:, 1] / 10).mean() > 0.5


def test_the_radius_is_the_formula():
    squares, distances = np.array([0.5, 0.125, 0.25, 0.125] * 500), np.array([0.5, 0.25, 0.5, 0.25] * 500)
    T = intervals.empirical_bernstein(squares / 2, 0, 4, 0.05)[2]
    s = intervals.empirical_bernstein(distances**2 / 2, 0, 2, 0.05)[2]
    m, t = math.sqrt(9 * T / 4000) / 2, math.log(10)
    wanted = m + math.sqrt(2 * t * (s + 4 * m) / 4000) + 2 * t / 12000
    assert total_variation_radius(4000, squares, distances, 2.0, 9, 0.2) == pytest.approx(wanted, rel=1e-8)


def test_the_entropy_modulus_bounds_conditional_entropies():
    """On random pairs of joint laws, zeros included; reached by moving mass from one certain value to all others."""
    rng = np.random.default_rng(0)

    def conditional_entropy(joint: np.ndarray) -> float:
        rows = joint.sum(axis=1, keepdims=True)
        share = np.divide(joint, rows, out=np.ones_like(joint), where=joint > 0)
        return -float((joint * np.log(share)).sum())

    for _ in range(2000):
        V = int(rng.integers(2, 5))
        first, second = (rng.random((V, V)) ** 6 * (rng.random((V, V)) < 0.6) + 1e-12 for _ in range(2))
        first, second = first / first.sum(), second / second.sum()
        second = first + rng.random() ** 4 * (second - first)
        distance = np.abs(first - second).sum() / 2
        # Sums of 16 terms below 1.
        assert abs(conditional_entropy(first) - conditional_entropy(second)) <= entropy_modulus(distance, V) + 1e-14
    for r in (1e-6, 0.1, 0.7):
        certain, moved = np.zeros((4, 4)), np.full((4, 4), r / 12)
        certain[:, 0], moved[:, 0] = 0.25, (1 - r) / 4
        gap = conditional_entropy(moved) - conditional_entropy(certain)
        assert entropy_modulus(r, 4) == pytest.approx(gap, rel=1e-8)
    assert entropy_modulus(0.9, 4) == math.log(4)
    assert entropy_modulus(0.0, 1) == 0.0


@pytest.mark.parametrize(("p", "low_stake", "high_stake"), [(0.5, 0.1, 0.1), (0.02, 0.05, 0.9)])
def test_bets_miss_as_rarely_as_they_say(p: float, low_stake: float, high_stake: float) -> None:
    """At alpha = 1/10 each end misses in at most a tenth of 400 runs, but for luck of 1e-6: Bin(400, 1/10) > 71."""
    rng = np.random.default_rng(5)
    lower = upper = 0
    for _ in range(400):
        y = 2.0 * (rng.random(300) < p)
        lower += mean_at_least(y, low_stake, 0.1) > 2 * p
        upper += mean_at_most(y, 2.0, high_stake, 0.1) < 2 * p
    assert lower + upper > 0
    assert max(lower, upper) <= 71


def test_a_bet_that_relies_on_a_wrong_range_is_noticed() -> None:
    """Of the values above the range nothing is seen: the ends miss nearly always."""
    rng = np.random.default_rng(6)
    misses = sum(mean_at_most(np.minimum(2.0 * (rng.random(300) < 0.5), 1.0), 1.0, 0.5, 0.1) < 1.0 for _ in range(50))
    assert misses == 50


def test_bets_against_what_never_varies() -> None:
    assert 0.97 < mean_at_least(np.ones(1000), 0.9, 0.01) < 1
    assert 0 < mean_at_most(np.zeros(1000), 1.0, 0.9, 0.01) < 0.01
    assert mean_at_least(np.zeros(10), 0.9, 0.01) == 0
    assert mean_at_most(np.ones(10), 1.0, 0.9, 0.01) == pytest.approx(1)
