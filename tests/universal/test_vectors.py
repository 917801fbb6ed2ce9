"""Numbers worked out by hand: published bounds as polynomials, least counterexamples, priors as languages."""

from __future__ import annotations

import itertools
from fractions import Fraction

import pytest

from maskbound.numerics.policies import Bernoulli, FixedSets, FixedSize
from maskbound.numerics.universal import Decided, minimax, prove
from maskbound.numerics.universal.exchangeable import LANGUAGE_RAYS, path_kl_ray, steps_of

TC, DTC, SLOPE = (
    LANGUAGE_RAYS[name] for name in ("total_correlation", "dual_total_correlation", "odds_weighted_slope")
)


def path_kl(policy, L: int) -> list[Fraction]:
    """On the codes of rank 0..L, in units of the logarithm of the alphabet."""
    return path_kl_ray(steps_of(policy, L))


def step_coordinates(L: int):
    """``(sizes, K, S, i, u, r)``: S tokens before the step of token K, i of it before K, u after, r after the step."""
    for cuts in itertools.product((False, True), repeat=L - 1):
        edges = [0, *(k + 1 for k, cut in enumerate(cuts) if cut), L]
        for S, end in itertools.pairwise(edges):
            for K in range(S + 1, min(end, L - 1) + 1):
                yield [b - a for a, b in itertools.pairwise(edges)], K, S, K - S - 1, end - K, L - end


@pytest.mark.parametrize("L", [3, 5, 7])
def test_published_bounds_in_step_coordinates(L):
    """What clearing denominators leaves of right side less left side has no negative coefficient."""
    for sizes, K, S, i, u, r in step_coordinates(L):
        cost, dtc, slope = path_kl(FixedSize(sizes), L)[K], DTC(L)[K], SLOPE(L)[K] * (L + 1)
        assert (cost, TC(L)[K], dtc, slope) == (u, u + r, S + 1 + i, K * (L - K))
        if not r:
            size = i + 1 + u
            assert size * dtc - (S + 1) * cost == i * S + S + i**2 + i * u + 2 * i + 1
        printed = (i + u) * slope - (S + 1) * r * cost
        sharp = (i + u) * slope - (S + 1) * (i + u + r) * cost
        assert sharp == i * S * r + i**2 * r + i**2 * u + i * r * u + i * r + i * u**2
        assert printed == sharp + (S + 1) * (i + u) * cost


def test_three_uniform_steps_cost_more_than_two_at_25_tokens():
    two, three = (path_kl(Bernoulli(N), 25)[10] for N in (2, 3))
    assert two == Fraction(74182165, 16777216)
    assert three == Fraction(3879133680020, 847288609443)


def test_more_balanced_sizes_may_cost_more():
    assert [path_kl(FixedSize(sizes), 5)[3] for sizes in ([3, 2], [2, 2, 1])] == [0, 1]


def test_values_at_least_counterexamples():
    parity, copies = path_kl(Bernoulli(2), 3)[2], path_kl(Bernoulli(1), 3)
    assert (parity, TC(3)[2] / 2) == (Fraction(5, 8), Fraction(1, 2))
    assert (copies[1], DTC(3)[1], (TC(3)[1] + DTC(3)[1]) / 2) == (2, 1, Fraction(3, 2))
    assert copies[2] == 1
    for N in range(1, 9):
        assert path_kl(Bernoulli(N), 3)[1] / 3 - Fraction(1, 2 * N) == Fraction(1, 6 * N**2)
        assert path_kl(Bernoulli(N), 2)[1] / 2 == Fraction(1, 2 * N)


@pytest.mark.parametrize("L", range(3, 13))
def test_one_information_alone_is_never_enough(L):
    for N in range(1, 9):
        for name, least in (("total_correlation", 2), ("dual_total_correlation", 1)):
            found = prove(f"path_kl <= max_step_weight*{name}", Bernoulli(N), L, judge=False)
            assert (found.verdict is Decided.FAILS) == (least <= N)


def test_copies_refute_a_little_less_for_given_sets():
    two = FixedSets([[0, 1], [2, 3]])
    for side in ("49/100*(total_correlation + dual_total_correlation)", "9/10*total_correlation"):
        language = prove(f"path_kl <= {side}", two, 4).witness["language"]
        words = sorted(word for word, _ in language["support"])
        assert words in ([[0, 0, 0, 0], [1, 1, 0, 0]], [[0, 0, 0, 0], [0, 0, 1, 1]])


def test_the_prior_is_a_language_that_costs_the_same_under_all_sizes():
    """L = 4, two steps: codes of rank 1, 2, 3 with exponents 2, 1, 3, as 1/12, 1/24, 1/8."""
    exponents = {1: 2, 2: 1, 3: 3}
    assert minimax(4, 2).prior == [Fraction(t, 24) for t in exponents.values()]
    assert sum(t * (TC(4)[K] + DTC(4)[K]) for K, t in exponents.items()) == 24
    assert sum(t * TC(4)[K] for K, t in exponents.items()) == 11
    for sizes in ([1, 3], [2, 2], [3, 1]):
        assert sum(t * path_kl(FixedSize(sizes), 4)[K] for K, t in exponents.items()) == 5


@pytest.mark.parametrize(("N", "value"), [(2, 0.2178), (3, 0.1348), (4, 0.0971)])
def test_another_mean_of_the_two_informations(N, value):
    """Twice TC and DTC: below the value for all lengths, and near it."""
    L = 60
    found = float(minimax(L, N, [2 * TC(L)[K] + DTC(L)[K] for K in range(1, L)]).value)
    assert value - 1 / L <= found <= value + 5e-5
