"""The information engine of chains against subset enumeration in rationals, closed forms and itself."""

from __future__ import annotations

from fractions import Fraction
from random import Random

import numpy as np
import pytest
from by_default import rest_slow
from oracles import denoisers, information, languages, quantities, samplers
from oracles.logs import mp, real

from maskbound.numerics.engines.markov import information as engine
from maskbound.numerics.engines.markov.chain import Chain, Measured
from maskbound.numerics.errors import BeyondReach
from maskbound.numerics.languages import english_ngram

SPARSE = [languages.random_chain(Random(seed), V, zeros=0.4) for seed, V in ((0, 2), (1, 3), (2, 3), (3, 4), (6, 2))]
PERIODIC = (
    [Fraction(1, 2), Fraction(1, 2), Fraction(0)],
    [[Fraction(int(v == (u + 1) % 3)) for v in range(3)] for u in range(3)],
)
ALMOST_FORGETFUL = (
    [Fraction(1, 2), Fraction(1, 2)],
    [[Fraction(1, 2) + Fraction(1, 10**5), Fraction(1, 2) - Fraction(1, 10**5)], [Fraction(1, 2), Fraction(1, 2)]],
)
ONE_TOKEN = ([Fraction(1)], [[Fraction(1)]])
CHAINS = [*SPARSE, PERIODIC, ALMOST_FORGETFUL, ONE_TOKEN]
WEIGHTS = [
    [Fraction(1)],
    [Fraction(1, 3)] * 3,
    [Fraction(1, 2), Fraction(0), Fraction(1, 3), Fraction(1, 6)],
    [Fraction(1, 12)] * 12,
]


def chain_of(case, L: int) -> Chain:
    initial, transition = case
    return Chain(np.array(initial, dtype=float), np.array(transition, dtype=float), L)


def assert_encloses(measured: Measured, truth, width: float) -> None:
    """The truth (to 60 digits) lies inside, and the error is at most ``width``: none passes by being huge."""
    assert abs(mp.mpf(measured.value) - truth) <= measured.error + 1e-60, (measured, truth)
    assert measured.error <= width


def left_riemann_error(q, weights):
    """PATH_KL from the oracle's curve (bernoulli/riemann-error), for more steps than reveal times can be enumerated."""
    m = languages.Marginals(q)
    reached, total = Fraction(0), mp.mpf(0)
    for w in weights:
        if w:
            total += real(w) * information.curve(m, reached)
        reached += w
    return total - information.area(m)


@pytest.mark.parametrize("case", CHAINS)
@pytest.mark.parametrize("L", [1, 2, 4])
def test_entropies_curve_and_profile_against_subset_enumeration(case, L):
    q = languages.markov(*case, L)
    m = languages.Marginals(q)
    lags = engine.lag_information_of(chain_of(case, L))
    assert_encloses(engine.entropy(lags), information.entropy(m), 1e-12)
    assert_encloses(engine.total_correlation(lags), information.total_correlation(m), 1e-12)
    assert_encloses(engine.dual_total_correlation(lags), information.dual_total_correlation(m), 1e-12)
    fractions = [Fraction(0), Fraction(1, 8), Fraction(1, 2), Fraction(7, 8), Fraction(1)]
    for a, measured in zip(fractions, engine.curve(lags, [float(a) for a in fractions]), strict=True):
        assert_encloses(measured, information.curve(m, a), 1e-12)
    for measured, truth in zip(engine.profile(lags), information.profile(m), strict=True):
        assert_encloses(measured, truth, 1e-12)


@pytest.mark.parametrize("case", CHAINS)
@pytest.mark.parametrize("weights", WEIGHTS)
def test_path_kl_of_bernoulli_steps(case, weights):
    L = 4
    truth = left_riemann_error(languages.markov(*case, L), weights)
    measured = engine.path_kl(engine.lag_information_of(chain_of(case, L)), np.array(weights, dtype=float))
    assert_encloses(measured, truth, 1e-8 * float(truth) + 1e-23)


def test_path_kl_is_the_average_over_reveal_times():
    """From the definition of PATH_KL, with no curve in between."""
    initial, transition = SPARSE[1]
    q = languages.markov(initial, transition, 4)
    policy = samplers.bernoulli(WEIGHTS[2], 4)
    truth = quantities.path_kl(q, denoisers.exact(q, 3), policy)
    measured = engine.path_kl(engine.lag_information_of(chain_of(SPARSE[1], 4)), np.array(WEIGHTS[2], dtype=float))
    assert_encloses(measured, truth, 1e-13)


@pytest.mark.parametrize("case", CHAINS)
@pytest.mark.parametrize("sizes", [(5,), (1, 1, 1, 1, 1), (2, 3), (3, 0, 2), (1, 2, 1, 1), (4, 1)])
def test_path_kl_of_fixed_sizes(case, sizes):
    L = 5
    z = information.profile(languages.markov(*case, L))
    reached, truth = 0, -mp.fsum(z)
    for size in sizes:
        truth += size * z[min(reached, L - 1)]
        reached += size
    truth /= L
    measured = engine.path_kl_fixed_size(engine.lag_information_of(chain_of(case, L)), sizes)
    if max(sizes) == 1:
        assert measured == Measured(0.0, 0.0)
    assert_encloses(measured, truth, 1e-8 * float(abs(truth)) + 1e-13)


def test_fixed_sizes_at_length_agree_with_the_profile():
    lags = engine.lag_information_of(english_chain(300))
    sizes = [30, 0, *[10] * 20, 50, 20]
    z = engine.profile(lags)
    reached, truth, slack = 0, -sum(one.value for one in z), sum(one.error for one in z)
    for size in sizes:
        truth += size * z[min(reached, 299)].value
        slack += size * z[min(reached, 299)].error
        reached += size
    measured = engine.path_kl_fixed_size(lags, sizes)
    assert abs(measured.value - truth / 300) <= measured.error + slack / 300 + 1e-12
    assert measured.error <= 1e-11 * measured.value


@pytest.mark.parametrize("flip", [0.25, 0.01, 0.5])
@pytest.mark.parametrize("L", rest_slow([40, 5000]))
def test_two_state_symmetric_chain_against_its_closed_form(flip, L):
    """For a symmetric chain ``P^g(x, y) = (1 + (1-2f)^g (-1)^{x+y}) / 2``, so ``I`` at distance g is ``log 2`` less a
    binary entropy.
    """
    P = np.array([[1 - flip, flip], [flip, 1 - flip]])
    lags = engine.lag_information_of(Chain(np.array([0.5, 0.5]), P, L))
    weights = np.full(16, 1 / 16)
    f = mp.mpf(flip)
    truth = mp.mpf(0)
    for d in range(1, L):
        e = (1 - 2 * f) ** d
        if abs(e) < mp.mpf(10) ** -20:
            break
        information_at_d = ((1 + e) * mp.log(1 + e) + (1 - e) * mp.log(1 - e)) / 2
        share = mp.mpf(0)
        for k in range(16):
            a = mp.mpf(k) / 16
            less = (d - 1) * a**2 * (1 - a) ** (d - 2) if d > 1 else 0
            share += (2 * a * (1 - a) ** (d - 1) - less) / 16
        truth += (L - d) * information_at_d * ((1 if d == 1 else 0) - share)
    assert_encloses(engine.path_kl(lags, weights), truth, 1e-9 * float(truth) + 1e-23)


def english_chain(L: int, smoothing=0) -> Chain:
    initial, transition = english_ngram(2, L, smoothing).chain()
    return Chain(initial, transition, L)


@pytest.mark.parametrize("L", [128, 1024, 100_000])
@pytest.mark.parametrize("N", [8, 1024])
@pytest.mark.parametrize("smoothing", [0, 1])
def test_english_is_narrow_at_any_length(L, N, smoothing):
    measured = engine.path_kl(engine.lag_information_of(english_chain(L, smoothing)), np.full(N, 1 / N))
    assert measured.error < 1e-8 * measured.value


def test_leaving_out_lags_is_covered_by_the_stated_error():
    """Cut far too early, the error grows to cover what is missing; without that part it would not be covered."""
    whole = engine.lag_information_of(english_chain(200))
    D = 3
    cut = engine.LagInformation(200, whole.J[:D], whole.J_error[:D], float(whole.J[D]), whole.tokens, whole.sequence)
    weights = np.full(8, 1 / 8)
    full, short = engine.path_kl(whole, weights), engine.path_kl(cut, weights)
    assert abs(full.value - short.value) <= short.error
    assert abs(full.value - short.value) > short.rounding + full.error
    z_full, z_short = engine.profile(whole)[40], engine.profile(cut)[40]
    assert abs(z_full.value - z_short.value) <= z_short.error


def test_the_enclosures_can_fail():
    """A wrong coefficient in the place of ``sum w^2`` is caught by the same comparison."""
    L, weights = 5, WEIGHTS[2]
    truth = left_riemann_error(languages.markov(*SPARSE[1], L), weights)
    lags = engine.lag_information_of(chain_of(SPARSE[1], L))
    right = engine.path_kl(lags, np.array(weights, dtype=float))
    wrong = right._replace(value=right.value * (1 + 1e-9))
    with pytest.raises(AssertionError):
        assert_encloses(wrong, truth, 1.0)


def test_a_periodic_chain_at_length_uses_every_lag():
    """X_1 determines the rest: ``J(d) = (L-d) log 3`` for the uniform start, and PATH_KL follows in closed form."""
    L = 400
    chain = Chain(np.full(3, 1 / 3), np.array([[0.0, 1, 0], [0, 0, 1], [1, 0, 0]]), L)
    lags = engine.lag_information_of(chain)
    assert len(lags.J) == L - 1
    assert lags.beyond == 0
    weights = np.array([0.25, 0.75])
    truth = mp.mpf(0)
    for d in range(1, L):
        a, rest = mp.mpf("0.25"), mp.mpf("0.75")
        b = 2 * a * rest ** (d - 1) - ((d - 1) * a**2 * rest ** (d - 2) if d > 1 else 0)
        truth += (L - d) * mp.log(3) * ((mp.mpf("0.625") if d == 1 else 0) - (rest * b if d > 1 else 0))
    assert_encloses(engine.path_kl(lags, weights), truth, 1e-9 * float(truth))


def test_work_beyond_the_budget_is_refused_with_an_estimate(monkeypatch):
    monkeypatch.setattr(engine, "OPERATIONS_BUDGET", 1e4)
    with pytest.raises(BeyondReach, match="operations"):
        engine.lag_information_of(chain_of(PERIODIC, 4000))
