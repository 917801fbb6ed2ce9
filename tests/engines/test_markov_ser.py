"""The sequence error rate of chains against enumeration in rationals, closed forms, and itself without a cut-off."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from engines.chain_cases import CHAINS, COLOURINGS, MIXING, SPARSE, WEIGHTS, NeverMixes, chain_of
from oracles import denoisers, languages, quantities, samplers
from oracles.logs import mp, real

from maskbound.numerics.engines.markov import ser as engine
from maskbound.numerics.engines.markov.chain import Chain, Measured
from maskbound.numerics.errors import BeyondReach
from maskbound.numerics.languages import english_ngram

F = Fraction


def assert_encloses(measured: Measured, truth, width: float) -> None:
    truth = real(truth) if isinstance(truth, Fraction) else truth
    assert abs(mp.mpf(measured.value) - truth) <= measured.error
    assert measured.error <= width


@pytest.mark.parametrize("case", CHAINS)
@pytest.mark.parametrize("L", [1, 2, 4])
@pytest.mark.parametrize("weights", WEIGHTS)
def test_against_every_reveal_time(case, L, weights):
    q = languages.markov(*case, L)
    V = len(case[0])
    truth = quantities.ser(q, samplers.law(samplers.bernoulli(weights, L), V, denoisers.exact(q, V)))
    assert_encloses(engine.sequence_error_rate(chain_of(case, L), np.array(weights, dtype=float)), truth, 1e-12)


def test_pairs_are_a_chain_whose_blocks_are_independent():
    """A chain of deterministic steps between uniform draws: two alternating alphabets make Pair(2) of it.

    Token states (symbol, phase): phase 0 moves to phase 1 with the same symbol, phase 1 to phase 0 with a fresh
    one: ``SER = 1 - (1 - rho/2)^(L/2)``.
    """
    P = np.zeros((4, 4))
    for symbol in range(2):
        P[symbol, 2 + symbol] = 1.0
        P[2 + symbol, :2] = 0.5
    L, weights = 20, np.array([0.5, 0.25, 0.25])
    rho = F(1, 4) + F(1, 16) + F(1, 16)
    measured = engine.sequence_error_rate(Chain(np.array([0.5, 0.5, 0, 0]), P, L), weights)
    assert_encloses(measured, 1 - (1 - rho / 2) ** 10, 1e-11)


@pytest.mark.parametrize("L", [70, 120])
@pytest.mark.parametrize("N", [1, 5])
def test_the_zones_of_long_intervals_change_nothing_but_the_stated_error(L, N):
    weights = np.full(N, 1 / N)
    chain = Chain(*MIXING, L)
    assert chain.mixing(1e-8 / (12 * L)).gap < L / 1.5
    cut = engine.probability_correct(chain, weights)
    full = engine.probability_correct(NeverMixes(*MIXING, L), weights, 1e-14)
    assert abs(cut.value - full.value) <= cut.error + full.error
    assert full.error <= 1e-9 * full.value
    assert cut.error <= 1e-8 * cut.value


def test_a_coarse_cut_is_covered_by_its_truncation_error_and_by_nothing_else():
    L, weights = 60, np.full(5, 0.2)
    cut = engine.probability_correct(Chain(*MIXING, L), weights, 1e-2)
    full = engine.probability_correct(NeverMixes(*MIXING, L), weights, 1e-14)
    assert full.rounding < abs(cut.value - full.value) <= cut.error
    assert abs(cut.value - full.value) > cut.rounding + full.error


def test_a_chain_without_zeros_makes_no_mistakes():
    chain = Chain(*english_ngram(2, 500, 1).chain(), 500)
    assert engine.sequence_error_rate(chain, np.array([1.0])) == Measured(0.0, 0.0)


def test_tokens_that_never_occur_do_not_count_as_zeros():
    P = np.array([[0.5, 0.5, 0.0], [0.25, 0.75, 0.0], [0.0, 0.0, 1.0]])
    assert engine.sequence_error_rate(Chain(np.array([1.0, 0, 0]), P, 9), np.array([1.0])) == Measured(0.0, 0.0)


def test_one_step_draws_independent_tokens():
    """``P(correct)`` in one step is a product of matrices of marginals over the support."""
    initial, P = english_ngram(2, 40).chain()
    chain = Chain(initial, P, 40)
    law, reach = initial, initial.copy()
    for _ in range(39):
        law = law @ P
        reach = (reach @ (P > 0)) * law
    measured = engine.probability_correct(chain, np.array([1.0]))
    assert abs(measured.value - reach.sum()) <= measured.error + 1e-12 * measured.value
    assert measured.error <= 1e-8 * measured.value


def test_the_certificate_of_an_error_rate_follows_path_kl():
    """The bound (sequence-error/from-kl) from two unrelated recursions: ``1 - SER >= exp(-PATH_KL)``; and more steps
    err less here.
    """
    chain = Chain(*english_ngram(2, 24).chain(), 24)
    few = engine.probability_correct(chain, np.full(2, 0.5))
    many = engine.probability_correct(chain, np.full(6, 1 / 6))
    bound = np.exp(-engine.path_kl(engine.lag_information_of(chain), np.full(6, 1 / 6)).hi)
    assert bound < many.lo
    assert few.hi < many.lo


def test_a_wrong_rate_is_caught():
    case, L = SPARSE[0], 4
    q = languages.markov(*case, L)
    truth = quantities.ser(q, samplers.law(samplers.bernoulli([F(1, 2)] * 2, L), 3, denoisers.exact(q, 3)))
    measured = engine.sequence_error_rate(chain_of(case, L), np.array([0.5 + 1e-9, 0.5 - 1e-9]))
    with pytest.raises(AssertionError):
        assert_encloses(measured, truth, 1.0)


def test_too_much_work_is_refused_with_the_estimate(monkeypatch):
    monkeypatch.setattr(engine, "OPERATIONS_BUDGET", 1e6)
    with pytest.raises(BeyondReach, match="operations"):
        engine.sequence_error_rate(chain_of(COLOURINGS, 300), np.full(9, 1 / 9))
