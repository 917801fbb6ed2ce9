"""The bigram engine of chains against enumeration of reveal times in rationals, and its parts against each other."""

from __future__ import annotations

import math
from fractions import Fraction
from functools import cache
from random import Random

import numpy as np
import pytest
from by_default import rest_slow
from engines.chain_cases import COLOURINGS, MIXING, PERIODIC, NeverMixes
from kernels.arrays import with_threads
from oracles import denoisers, languages, quantities, samplers
from oracles.logs import mp, real

from maskbound.numerics.engines.markov import bigrams as engine
from maskbound.numerics.engines.markov.chain import Chain, Measured
from maskbound.numerics.engines.markov.information import entropy, lag_information_of
from maskbound.numerics.engines.markov.intervals import both_new
from maskbound.numerics.engines.markov.own_births import OwnBirths
from maskbound.numerics.engines.reveal_steps import bernoulli_steps, fixed_size_steps
from maskbound.numerics.errors import BadInput
from maskbound.numerics.languages import english_ngram

F = Fraction
SPARSE = [languages.random_chain(Random(seed), V, zeros=0.35) for seed, V in ((0, 2), (5, 3), (7, 2), (21, 3))]
UNREACHED = ([F(1), F(0)], [[F(1), F(0)], [F(1, 3), F(2, 3)]])
ONE_TOKEN = ([F(1)], [[F(1)]])
CHAINS = [*SPARSE, PERIODIC, COLOURINGS, UNREACHED, ONE_TOKEN]
SOME_ZEROS = (np.array([0.5, 0.5, 0.0]), np.array([[0.5, 0.5, 0.0], [0.0, 0.5, 0.5], [0.6, 0.0, 0.4]]))

STATIONARY = (np.array([0.5, 0.5]), np.array([[0.7, 0.3], [0.3, 0.7]]))


def policies(L):
    weights = [(F(1),), (F(1, 2), F(1, 3), F(1, 6)), (F(0), F(2, 5), F(0), F(3, 5))]
    for w in weights:
        yield samplers.bernoulli(w, L), lambda w=w: bernoulli_steps(np.array(w, dtype=float), L)
    for sizes in ((L - 1, 0, 1), (1, L - 1), (1,) * L):
        yield samplers.fixed_size(sizes), lambda sizes=sizes: fixed_size_steps(sizes, L)


def plain(case):
    return np.array(case[0], dtype=float), np.array(case[1], dtype=float)


def exact_law(case, L, policy, off_support):
    V = len(case[0])
    q = languages.markov(*case, L)
    scope = denoisers.interval_scope(*case, L)
    return q, samplers.law(policy, V, denoisers.denoiser(scope, V, off_support=off_support, law=q))


def assert_encloses(measured: Measured, truth, width: float) -> None:
    if truth == mp.inf:
        assert measured.value == np.inf or measured.hi == np.inf
        return
    truth = real(truth) if isinstance(truth, Fraction) else truth
    assert abs(mp.mpf(measured.value) - truth) <= measured.error + 1e-60
    assert measured.error <= width


@pytest.mark.parametrize("case", CHAINS)
@pytest.mark.parametrize("L", [2, 3, 4])
@pytest.mark.parametrize("policy", range(6))
def test_against_every_reveal_time(case, L, policy):
    oracle_policy, steps = list(policies(L))[policy]
    q, p = exact_law(case, L, oracle_policy, "uniform")
    chain = Chain(*plain(case), L)
    law = engine.bigram_law(chain, steps(), oracle_policy.N)
    truth = quantities.bigram_law(p)
    V = chain.vocab
    apart = sum(abs(real(truth.get((u, v), F(0))) - mp.mpf(law.law[u, v])) for u in range(V) for v in range(V))
    assert apart <= law.error + 4 * law.first_error + 8 * 2.0**-53
    assert law.error <= 1e-12
    assert_encloses(engine.bigram_tv_rate(law), quantities.bigram_tv_rate(q, p, case[1]), 1e-12)
    assert_encloses(engine.bigram_kl_rate(law), quantities.bigram_kl_rate(q, p, case[1]), 1e-11)
    nll = engine.generative_nll(law, entropy(lag_information_of(chain)))
    assert_encloses(nll, quantities.generative_nll(q, p), 1e-11)


@pytest.mark.parametrize("case", [COLOURINGS, PERIODIC])
def test_drawing_from_the_marginal_off_the_support(case):
    """Stationary starts, for which the tokens' own laws are one law."""
    case = ([F(1, 3)] * 3, case[1])
    policy = samplers.bernoulli((F(1, 2), F(1, 3), F(1, 6)), 4)
    steps = bernoulli_steps(np.array([1 / 2, 1 / 3, 1 / 6]), 4)
    q, p = exact_law(case, 4, policy, "marginal")
    law = engine.bigram_law(Chain(*plain(case), 4), steps, 3, "marginal")
    assert_encloses(engine.bigram_tv_rate(law), quantities.bigram_tv_rate(q, p, case[1]), 1e-12)


def test_the_marginal_of_a_chain_that_starts_elsewhere_is_bounded_honestly():
    """One law stands for the marginals of all positions; the error covers the difference, and is not tiny."""
    case = SPARSE[1]
    policy, steps = samplers.bernoulli((F(1, 2), F(1, 2)), 4), bernoulli_steps(np.array([0.5, 0.5]), 4)
    q, p = exact_law(case, 4, policy, "marginal")
    law = engine.bigram_law(Chain(*plain(case), 4), steps, 2, "marginal")
    assert_encloses(engine.bigram_tv_rate(law), quantities.bigram_tv_rate(q, p, case[1]), 1.0)


@pytest.mark.parametrize("L", [70, 150])
@pytest.mark.parametrize("policy", ["bernoulli", "fixed-size"])
def test_beyond_the_mixing_gap_nothing_changes_but_the_stated_error(L, policy):
    N = 6 if policy == "bernoulli" else 10
    make = {
        "bernoulli": lambda: bernoulli_steps(np.full(6, 1 / 6), L),
        "fixed-size": lambda: fixed_size_steps([L // 10] * 10, L),
    }[policy]
    chain = Chain(*MIXING, L)
    assert chain.mixing(1e-18).gap < L - 2
    cut = engine.bigram_law(chain, make(), N)
    full = engine.bigram_law(NeverMixes(*MIXING, L), make(), N)
    assert np.abs(cut.deviation - full.deviation).sum() <= cut.error + full.error
    assert cut.error < 5e-12


MANY = 190
"""Steps for which pairs born from the language's own counts come from a table."""


def many_steps(policy, L):
    return bernoulli_steps(np.full(MANY, 1 / MANY), L) if policy == "bernoulli" else fixed_size_steps([1, 2] * 95, L)


LONG = {"positive": MIXING, "zeros": SOME_ZEROS, "stationary": STATIONARY}


@cache
def by_a_table(name, L, policy):
    chain = Chain(*LONG[name], L)
    assert engine._Recursion(chain, MANY, "uniform").worth_a_table
    return engine.bigram_law(chain, many_steps(policy, L), MANY)


@pytest.mark.parametrize(("L", "policy"), [(230, "bernoulli"), (285, "fixed-size")])
@pytest.mark.parametrize("name", rest_slow(LONG))
def test_a_table_for_all_steps_says_what_each_step_says(L, policy, name, monkeypatch):
    tabled = by_a_table(name, L, policy)
    monkeypatch.setattr(engine, "WORTH_A_TABLE", math.inf)
    alone = engine.bigram_law(Chain(*LONG[name], L), many_steps(policy, L), MANY)
    assert np.abs(tabled.deviation - alone.deviation).sum() <= tabled.error + alone.error
    assert tabled.error < 5e-12
    assert tabled.deviation.any()


def test_a_table_that_is_too_short_is_made_again(monkeypatch):
    chain, gaps = Chain(*STATIONARY, 150), []
    whole = engine.bigram_law(chain, many_steps("bernoulli", 150), MANY)
    tabulate = engine._Recursion.tabulate

    def short(self, G):
        gaps.append(G if gaps else G // 2)
        tabulate(self, gaps[-1])

    monkeypatch.setattr(engine._Recursion, "tabulate", short)
    again = engine.bigram_law(chain, many_steps("bernoulli", 150), MANY)
    assert gaps[0] < gaps[1]
    assert len(gaps) == 2
    assert np.abs(whole.deviation - again.deviation).sum() <= whole.error + again.error


@pytest.mark.parametrize("kind", rest_slow(range(7)))
def test_every_kind_of_pair_in_the_table_counts(kind, monkeypatch):
    """Without one kind the error does not cover what is missing."""
    L, made = 230, OwnBirths.__init__

    def without(self, *arguments):
        made(self, *arguments)
        self.table[..., self.starts[kind] : self.starts[kind + 1]] = 0.0

    whole = by_a_table("positive", L, "bernoulli")
    monkeypatch.setattr(OwnBirths, "__init__", without)
    part = engine.bigram_law(Chain(*MIXING, L), many_steps("bernoulli", L), MANY)
    assert np.abs(whole.deviation - part.deviation).sum() > whole.error + part.error


def test_a_coarse_cut_is_covered_by_its_truncation_error_and_by_nothing_else(monkeypatch):
    monkeypatch.setattr(engine, "TRUNCATION", 30.0)
    L = 60
    chain = Chain(*MIXING, L)
    cut = engine.bigram_law(chain, bernoulli_steps(np.full(6, 1 / 6), L), 6)
    full = engine.bigram_law(NeverMixes(*MIXING, L), bernoulli_steps(np.full(6, 1 / 6), L), 6)
    apart = np.abs(cut.deviation - full.deviation).sum()
    assert apart <= cut.error
    assert apart > cut.rounding + full.rounding


def test_horner_schemes_against_the_sum_as_it_stands():
    rng = np.random.default_rng(3)
    V, G = 3, 5
    P = rng.random((V, V))
    K = np.stack([np.linalg.matrix_power(P, g) for g in range(G + 1)])
    E = rng.random((G + 1, V, V))
    C = both_new(E, K, np.zeros((V, V, V)), np.zeros((V, V)))
    direct = np.zeros_like(C)
    for d in range(1, G):
        for m in range(1, G - d):
            for right in range(1, G - d - m + 1):
                ends = E[m + d + right]
                direct[d] += np.einsum("uv,us,sv,uw,wv->sw", ends, K[m], K[d + right], K[m + d], K[right])
    # subtraction-free, fewer than 200 roundings deep on both sides
    assert np.all(np.abs(C - direct) <= 400 * 2.0**-53 * direct)
    assert np.any(np.abs(C[1] - direct[2]) > 400 * 2.0**-53 * direct[2])


def test_the_thread_count_cannot_change_a_digit(monkeypatch):
    chain = Chain(*english_ngram(2, 90, 1).chain(), 90)

    def deviation():
        return engine.bigram_law(chain, bernoulli_steps(np.full(4, 0.25), 90), 4).deviation

    assert with_threads(monkeypatch, 1, deviation) == with_threads(monkeypatch, 2, deviation)


@pytest.mark.parametrize(("L", "N"), [(128, 8), (128, 24), (1024, 8)])
def test_english_is_as_narrow_as_promised(L, N):
    law = engine.bigram_law(Chain(*english_ngram(2, L, 1).chain(), L), bernoulli_steps(np.full(N, 1 / N), L), N)
    for rate in (engine.bigram_kl_rate(law), engine.bigram_tv_rate(law)):
        assert rate.error <= max(1e-12, 1e-8 * rate.value)


def test_one_token_a_step_has_no_deviation_at_all():
    law = engine.bigram_law(Chain(*MIXING, 40), fixed_size_steps([1] * 40, 40), 40)
    assert not law.deviation.any()
    assert engine.bigram_kl_rate(law).value == 0.0


def test_zeros_give_an_infinite_rate_only_when_they_are_hit():
    english = Chain(*english_ngram(2, 40).chain(), 40)
    law = engine.bigram_law(english, bernoulli_steps(np.full(3, 1 / 3), 40), 3)
    assert engine.bigram_kl_rate(law).value == np.inf
    assert 0 < engine.bigram_tv_rate(law).value < 1


@pytest.mark.parametrize(("L", "rule", "key"), [(1, "uniform", "length"), (4, "stop", "off_support")])
def test_what_has_no_bigram_recursion_is_refused(L, rule, key):
    with pytest.raises(BadInput, match=key):
        engine.bigram_law(Chain(*MIXING, L), bernoulli_steps(np.array([1.0]), L), 1, rule)


def test_a_wrong_law_is_caught():
    case, L = SPARSE[1], 4
    policy = samplers.bernoulli((F(1, 2), F(1, 2)), L)
    q, p = exact_law(case, L, policy, "uniform")
    law = engine.bigram_law(Chain(*plain(case), L), bernoulli_steps(np.array([0.5, 0.5 - 1e-9]), L), 2)
    with pytest.raises(AssertionError):
        assert_encloses(engine.bigram_tv_rate(law), quantities.bigram_tv_rate(q, p, case[1]), 1.0)
