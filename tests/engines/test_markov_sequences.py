"""Log-probabilities of given sequences, and policies with given position sets, for chains."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import product
from random import Random

import numpy as np
import pytest
from engines.chain_cases import MIXING, PERIODIC, NeverMixes, chain_of
from oracles import denoisers, languages, quantities, samplers
from oracles.logs import log, mp, real

from maskbound.numerics.engines.markov import replay as replay_step
from maskbound.numerics.engines.markov import sequences as replay
from maskbound.numerics.engines.markov import sets as sets_engine
from maskbound.numerics.engines.markov.chain import Chain, Measured
from maskbound.numerics.errors import BadInput
from maskbound.numerics.languages import english_ngram
from maskbound.numerics.policies import bisection

F = Fraction
CASES = [languages.random_chain(Random(seed), V, zeros=0.45) for seed, V in ((0, 3), (3, 2), (8, 2), (6, 3))]
CASES = [*CASES, PERIODIC, ([F(1)], [[F(1)]])]
RULES = ["uniform", "marginal", "stop"]
WEIGHTS = [[F(1)], [F(1, 2), F(1, 3), F(1, 6)], [F(1, 4), F(0), F(3, 4)]]
SETS = [
    [[0, 1, 2, 3]],
    [[0, 3], [1, 2]],
    [[1], [0, 2, 3]],
    [[], [2], [0], [1, 3]],
    [[0], [1], [2], [3]],
]


def local_law(case, L, policy, rule):
    q = languages.markov(*case, L)
    scope = denoisers.interval_scope(*case, L)
    return q, samplers.law(policy, len(case[0]), denoisers.denoiser(scope, len(case[0]), off_support=rule, law=q))


def assert_encloses(measured: Measured, truth, width: float) -> None:
    truth = real(truth) if isinstance(truth, Fraction | int) else truth
    assert truth == measured.value or abs(mp.mpf(measured.value) - truth) <= measured.error + 1e-60, (measured, truth)
    assert measured.error <= width


def assert_laws_agree(measured, sequences, p):
    for x, one in zip(sequences, measured, strict=True):
        probability = p.get(tuple(int(v) for v in x), F(0))
        if probability == 0:
            assert one == Measured(-math.inf, 0.0)
        else:
            assert_encloses(one, log(probability), 1e-12)


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("weights", WEIGHTS)
@pytest.mark.parametrize("rule", RULES)
def test_every_sequence_of_a_small_chain(case, weights, rule):
    for L in (1, 2, 3):
        _, p = local_law(case, L, samplers.bernoulli(weights, L), rule)
        sequences = np.array(list(product(range(len(case[0])), repeat=L)))
        measured = replay.log_probabilities(chain_of(case, L), np.array(weights, dtype=float), sequences, rule)
        assert_laws_agree(measured, sequences, p)


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("sets", SETS)
@pytest.mark.parametrize("rule", RULES)
def test_given_sets_on_a_small_chain(case, sets, rule):
    chain = chain_of(case, 4)
    policy = samplers.fixed_sets(sets)
    q, p = local_law(case, 4, policy, rule)
    sequences = np.array(list(product(range(len(case[0])), repeat=4)))
    assert_laws_agree(sets_engine.log_probabilities_of_sets(chain, sets, sequences, rule), sequences, p)
    assert_encloses(sets_engine.sequence_error_rate_of_sets(chain, sets), quantities.ser(q, p), 1e-12)
    assert_encloses(sets_engine.path_kl_of_sets(chain, sets), quantities.kl(q, p), 1e-12)


@pytest.mark.parametrize("N", [1, 4, 12])
def test_beyond_the_mixing_distance_only_the_stated_error_changes(N):
    L, weights = 110, np.full(N, 1 / N)
    sequences = english_like_draws(L)
    cut = replay.log_probabilities(Chain(*MIXING, L), weights, sequences)
    full = replay.log_probabilities(NeverMixes(*MIXING, L), weights, sequences)
    for one, other in zip(cut, full, strict=True):
        assert abs(one.value - other.value) <= one.error + other.error
        assert one.error < 1e-9


@pytest.mark.parametrize(("block", "columns"), [(7, 5), (500, 500), pytest.param(1, 1, marks=pytest.mark.slow)])
def test_the_pieces_of_the_products_change_nothing_but_the_rounding(monkeypatch, block, columns):
    L, weights = 110, np.full(4, 0.25)
    sequences = english_like_draws(L)
    monkeypatch.setattr(replay, "replay_long_step", lambda *_: None)
    whole = replay.log_probabilities(Chain(*MIXING, L), weights, sequences)
    monkeypatch.setattr(replay_step, "BLOCK", block)
    monkeypatch.setattr(replay_step, "COLUMNS", columns)
    for one, other in zip(whole, replay.log_probabilities(Chain(*MIXING, L), weights, sequences), strict=True):
        assert abs(one.value - other.value) <= one.rounding + other.rounding


def english_like_draws(L):
    rng = np.random.default_rng(5)
    sequences = np.zeros((2, L), dtype=np.int64)
    for row in sequences:
        row[0] = rng.choice(3, p=MIXING[0])
        for i in range(1, L):
            row[i] = rng.choice(3, p=MIXING[1][row[i - 1]])
    return sequences


def test_a_coarse_cut_is_covered_by_its_truncation_error_and_by_nothing_else():
    L, weights = 60, np.full(4, 0.25)
    sequences = english_like_draws(L)
    cut = replay.log_probabilities(Chain(*MIXING, L), weights, sequences, tolerance=1.0)[0]
    full = replay.log_probabilities(NeverMixes(*MIXING, L), weights, sequences)[0]
    assert abs(cut.value - full.value) <= cut.error
    assert abs(cut.value - full.value) > cut.rounding + full.error


def test_given_sets_at_length_agree_with_the_tables_without_a_cut():
    L = 150
    sets = [range(0, L, 40), range(20, L, 40), range(10, L, 20), [i for i in range(L) if i % 10]]
    chain, whole = Chain(*MIXING, L), NeverMixes(*MIXING, L)
    sequences = english_like_draws(L)
    for measure in (sets_engine.path_kl_of_sets, sets_engine.sequence_error_rate_of_sets):
        cut, full = measure(chain, sets), measure(whole, sets)
        assert abs(cut.value - full.value) <= cut.error + full.error
        assert cut.value > 0
        assert cut.error < 1e-9 * cut.value
    for one, other in zip(
        sets_engine.log_probabilities_of_sets(chain, sets, sequences),
        sets_engine.log_probabilities_of_sets(whole, sets, sequences),
        strict=True,
    ):
        assert abs(one.value - other.value) <= one.error + other.error
        assert one.error < 1e-9


def test_bisection_of_1023_english_letters_takes_ten_steps_and_makes_no_error():
    """Bisection is exact, and the same in probabilities: ``log p = log q`` for a drawn text."""
    language = english_ngram(2, 1023)
    chain = Chain(*language.chain(), 1023)
    sets = bisection(1023).sets
    assert len(sets) == 10
    assert sets_engine.path_kl_of_sets(chain, sets) == Measured(0.0, 0.0)
    assert sets_engine.sequence_error_rate_of_sets(chain, sets) == Measured(0.0, 0.0)
    x = language.sample(1, np.random.default_rng(0))
    (measured,) = sets_engine.log_probabilities_of_sets(chain, sets, x)
    assert abs(measured.value - language.log_prob(x)[0]) <= measured.error + 1e-10
    assert measured.error < 1e-8


def test_all_at_once_is_the_one_step_sampler():
    L = 40
    chain = Chain(*MIXING, L)
    sequences = english_like_draws(L)
    given = sets_engine.log_probabilities_of_sets(chain, [range(L)], sequences)
    bernoulli = replay.log_probabilities(chain, np.array([1.0]), sequences)
    for one, other in zip(given, bernoulli, strict=True):
        assert abs(one.value - other.value) <= one.error + other.error


@pytest.mark.parametrize("sets", [[[0, 1], [1, 2, 3]], [[0, 1, 2]], [[0, 1, 2, 3, 4]], [[0, 0, 1, 2, 3]]])
def test_sets_that_are_no_partition_are_refused(sets):
    with pytest.raises(BadInput, match="sets"):
        sets_engine.path_kl_of_sets(chain_of(CASES[0], 4), sets)


@pytest.mark.parametrize("sequences", [np.zeros((2, 3), dtype=int), np.full((1, 4), 9)])
def test_sequences_that_do_not_fit_are_refused(sequences):
    with pytest.raises(BadInput, match="sequences"):
        replay.log_probabilities(chain_of(CASES[0], 4), np.array([1.0]), sequences)


def test_a_wrong_log_probability_is_caught():
    chain, x = chain_of(CASES[0], 3), np.array([[0, 1, 1], [2, 0, 0]])
    _, p = local_law(CASES[0], 3, samplers.bernoulli([F(1, 2), F(1, 2)], 3), "uniform")
    measured = replay.log_probabilities(chain, np.array([0.5 + 1e-9, 0.5 - 1e-9]), x, "uniform")
    with pytest.raises(AssertionError):
        assert_laws_agree(measured, x, p)
