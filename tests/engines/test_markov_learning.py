"""The learning term of denoisers that see two neighbours, against enumeration of reveal times in rationals."""

from __future__ import annotations

from fractions import Fraction
from random import Random

import numpy as np
import pytest
from oracles import denoisers, languages, quantities, samplers
from oracles.logs import mp

from maskbound.numerics.engines.markov.chain import Chain
from maskbound.numerics.engines.markov.information import lag_information_of, path_kl
from maskbound.numerics.engines.markov.learning import learning_error

F = Fraction
CASES = [languages.random_chain(Random(seed), V, zeros=0.4) for seed, V in ((0, 3), (3, 2), (8, 2), (6, 3))]
CASES = [*CASES, ([F(1)], [[F(1)]])]
WEIGHTS = [[F(1)], [F(1, 2), F(1, 3), F(1, 6)], [F(1, 4), F(0), F(3, 4)]]
MIXING = (np.array([0.9, 0.1, 0.0]), np.array([[0.5, 0.5, 0.0], [0.2, 0.6, 0.2], [0.1, 0.3, 0.6]]))


class NeverMixes(Chain):
    def mixing(self, defect):
        return None


def mixed_with_uniform(strength, V):
    return lambda left, right, exact: np.where(
        exact.sum(axis=-1, keepdims=True) > 0, (1 - strength) * exact + strength / V, exact
    )


def short_sighted(V):
    """A prediction by distances: the nearer the left neighbour, the more of the uniform law; none beyond 2."""

    def weight(left):
        return F(1, 2 + left) if 0 < left <= 2 else F(1, 7)

    def oracle(i, context, exact):
        a = max((j for j in context if j < i), default=i)
        s = weight(i - a)
        return [(1 - s) * c + s / V for c in exact]

    def plain(left, right, exact):
        return mixed_with_uniform(float(weight(left)), V)(left, right, exact)

    return oracle, plain


def close(measured, truth, width):
    assert abs(mp.mpf(measured.value) - truth) <= measured.error + 1e-60
    assert measured.error <= width


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("weights", WEIGHTS)
@pytest.mark.parametrize("kind", ["uniform", "short-sighted"])
@pytest.mark.parametrize("L", [1, 2, 4])
def test_against_every_reveal_time(case, weights, kind, L):
    V = len(case[0])
    q = languages.markov(*case, L)
    oracle, plain = (
        (denoisers.mix_uniform(F(1, 10)), mixed_with_uniform(0.1, V)) if kind == "uniform" else short_sighted(V)
    )
    denoiser = denoisers.predicting(q, V, oracle)
    policy = samplers.bernoulli(weights, L)
    chain = Chain(np.array(case[0], dtype=float), np.array(case[1], dtype=float), L)
    w = np.array(weights, dtype=float)
    measured = learning_error(chain, w, plain, 2)
    close(measured.total, L * quantities.eps_learning_mean(q, V, denoiser, policy), 1e-11)
    exact = path_kl(lag_information_of(chain), w)
    truth = quantities.path_kl(q, denoiser, policy)
    assert abs(truth - exact.value - measured.total.value) <= exact.error + measured.total.error


@pytest.mark.parametrize("case", CASES)
def test_the_worst_context(case):
    V, L = len(case[0]), 4
    q = languages.markov(*case, L)
    chain = Chain(np.array(case[0], dtype=float), np.array(case[1], dtype=float), L)
    # one step meets the empty context only, the worst case is over all that are possible
    measured = learning_error(chain, np.array([1.0]), mixed_with_uniform(0.1, V), 0)
    denoiser = denoisers.predicting(q, V, denoisers.mix_uniform(F(1, 10)))
    close(measured.worst, quantities.eps_learning(q, V, denoiser), 1e-11)


@pytest.mark.parametrize("L", [90, 130])
def test_neighbours_out_of_reach_change_nothing_but_the_stated_error(L):
    w = np.full(6, 1 / 6)
    cut = learning_error(Chain(*MIXING, L), w, short_sighted(3)[1], 2).total
    full = learning_error(NeverMixes(*MIXING, L), w, short_sighted(3)[1], 2).total
    assert abs(cut.value - full.value) <= cut.error + full.error
    assert cut.error < 1e-8 * cut.value


def test_a_prediction_of_zero_costs_everything():
    def nothing(left, right, exact):
        return np.zeros_like(exact)

    measured = learning_error(Chain(*MIXING, 5), np.array([0.5, 0.5]), nothing, 0)
    assert measured.total.value == np.inf
    assert measured.worst.value == np.inf


def test_a_wrong_reach_is_caught():
    """A denoiser that sees farther than it says is measured wrongly once the chain's own mixing is short enough."""
    case = CASES[0]
    q = languages.markov(*case, 4)
    policy = samplers.bernoulli(WEIGHTS[1], 4)
    oracle, plain = short_sighted(3)
    denoiser = denoisers.predicting(q, 3, oracle)
    chain = Chain(np.array(case[0], dtype=float), np.array(case[1], dtype=float), 4)
    measured = learning_error(chain, np.array(WEIGHTS[1], dtype=float), lambda g, h, exact: plain(0, h, exact), 0)
    with pytest.raises(AssertionError):
        close(measured.total, 4 * quantities.eps_learning_mean(q, 3, denoiser, policy), 1.0)
