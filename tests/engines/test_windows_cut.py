"""Windows cut anywhere, of chains whose laws take turns and others, against the sum over all sequences."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from by_default import rest_slow
from engines.window_cases import random_policy, steps_of
from numpy.typing import NDArray

from maskbound.numerics import Instance, languages, measure, policies
from maskbound.numerics._kernels import windows as kernels
from maskbound.numerics.engines.windows import contraction, hidden, information, tail_bounds, window_schedule
from maskbound.numerics.engines.windows.coefficients import Functional

SEEDS = 18


def law(rng: np.random.Generator, size: int, kind: int) -> NDArray[np.float64]:
    """Dense, sparse, or nearly sure."""
    if kind == 2:
        found = rng.dirichlet(np.ones(size)) / 1000
        found[rng.integers(size)] += 1
    else:
        found = rng.dirichlet(np.ones(size)) * (rng.random(size) < (1.0, 0.6)[kind])
        found[rng.integers(size)] += found.sum() == 0
    return found / found.sum()


def language(seed: int) -> languages.Language:
    """Chains of period 2 or 3 and such as slip now and then, pairs, chains with ends, and n-grams."""
    rng = np.random.default_rng(seed)
    V, L = [(2, 7), (2, 8), (3, 5)][rng.integers(3)]
    kind = int(rng.integers(3))
    if seed % 6 == 5:
        initial = law(rng, V**2, kind)
        return languages.NGram(3, V, L, initial, [law(rng, V, kind) for _ in initial])
    if seed % 6 == 4:
        return languages.shifted_pair(V + 1, str(rng.choice(["1/10", "1/2", "1/1000"])), 6)
    K, period = int(rng.integers(3, 6)), (2, 3, 2, 1)[seed % 6]
    turn = np.append(np.arange(period), rng.integers(0, period, K - period))
    A = rng.dirichlet(np.full(K, 0.7), size=K) * (turn == (turn[:, None] + 1) % period)
    A /= A.sum(axis=1, keepdims=True)
    if seed % 6 == 2:
        A = 0.99 * A + 0.01 / K
    initial = np.full(K, 1 / K)
    for _ in range(int(rng.integers(2)) * 200):
        initial = (initial + initial @ A) / 2
    initial *= (turn == 0) + (rng.random() < 0.2)
    B = [law(rng, V, kind) for _ in range(K)]
    if seed % 6 != 3:
        return languages.HMM(L, initial / initial.sum(), A, B)
    end = 0.5 * rng.random(K)
    return languages.HMM(L, initial / initial.sum(), A * (1 - end[:, None]), B, end)


def after_one_round(chain: hidden.HiddenChain, functional: Functional, memory: float) -> tuple[float, float]:
    """Ends of the first round's enclosure, with laws that stand for others however coarsely."""
    found = information.information(chain, functional, 0.0, information.Effort(math.inf, 1e6, memory))
    return found.value + found.below - found.rounding, found.value + found.above + found.rounding


def missed(monkeypatch: pytest.MonkeyPatch, seed: int) -> int:
    """How often the exact PATH_KL is missed by windows cut by importance, for want of memory, and at random."""
    given, policy = language(seed), random_policy(seed, language(seed).length)
    exact = measure(Instance(given, policy), ["path_kl"], engine="tabular")["path_kl"]
    chain, rng, count = hidden.hidden_chain(given), np.random.default_rng(seed), 0
    few = 4 * window_schedule.window_bytes(chain.states, chain.vocab)

    def at_random(chain, told, *rest):
        return np.where(told[:, :, kernels.MASS] > 0, 1.0 * (rng.random(told.shape[:2]) < 0.7), 0.0)

    by_importance = window_schedule._importance
    cuts = ((1e3, by_importance, 1e8), (1e-1, by_importance, 1e8), (0.0, by_importance, few), (0.0, at_random, 1e8))
    for survival in (None, contraction.survival(chain)):
        functional = steps_of(policy, given.length, survival)
        for first, importance, memory in cuts:
            monkeypatch.setattr(information, "FIRST", first)
            monkeypatch.setattr(window_schedule, "_importance", importance)
            lo, hi = after_one_round(chain, functional, memory)
            count += hi < exact.lo or exact.hi < lo
    return count


@pytest.fixture(autouse=True)
def one_round(monkeypatch):
    """However short the sequence, laws stand for others and positions are divided; nothing is looked at for nothing."""
    monkeypatch.setattr(hidden, "SHORT", 0)
    monkeypatch.setattr(hidden, "REACH", 0)
    monkeypatch.setattr(hidden, "FEW", 1.0)
    monkeypatch.setattr(information, "WINDOWS_FOR_NOTHING", 0)


@pytest.mark.parametrize("seeds", rest_slow([range(6), range(6, 20 * SEEDS)]), ids=["few", "many"])
def test_no_cut_misses_the_exact_value(monkeypatch, seeds):
    assert sum(missed(monkeypatch, seed) for seed in seeds) == 0


def test_what_lies_beyond_cut_windows_counts(monkeypatch):
    """Nothing beyond any window."""
    monkeypatch.setattr(tail_bounds.Beyond, "_mean", lambda *given: (0.0, 0.0))
    assert sum(missed(monkeypatch, seed) for seed in range(6)) > 6


def test_parts_by_left_ends_are_noticed(monkeypatch):
    """Even and odd left ends apart: a window's extensions stand for others than the window."""

    def lefts(laws, distance):
        return np.arange(laws.rights[0] if laws.rights else 0, len(laws.position) - distance, 2 if laws.rights else 1)

    monkeypatch.setattr(
        hidden.StateLaws, "parts", property(lambda laws: [replace(laws, rights=(odd, 0)) for odd in (0, 1)])
    )
    monkeypatch.setattr(hidden.StateLaws, "lefts", lefts)
    assert sum(missed(monkeypatch, seed) for seed in range(4, SEEDS, 6)) > 0


def test_errors_of_laws_count_where_most_lies_beyond():
    """An information of ``1 + e + e^2`` at each position, of which the sum is known by the mean square of e."""
    L, rng = 40, np.random.default_rng(0)
    functional = steps_of(policies.FixedSize.balanced(4, L), L)
    for place in (slice(0, 5), slice(20, 25), slice(35, 40)):
        error = np.zeros(L)
        error[place] = rng.random(5)
        laws = hidden.StateLaws(np.ones((1, 1)), np.zeros(L, dtype=np.int64), error, 0.0)
        for m, q in ((0, 0), (1, 0), (0, 1), (2, 0)):
            far, e = functional.far(m, q), laws.errors(m + q + 1)
            at = np.searchsorted(far.n, np.arange(1, L - m - q))
            (_,), (squares,) = laws.apart(m + q + 1)
            told = len(e) * (1 + squares[0] + squares[0] ** 2)
            lo, hi = tail_bounds.Beyond(functional, laws).at_once(m, q)
            # Sums of 40 terms.
            assert (1 + e + e**2) @ far.most[at] <= hi * told * (1 + 1e-13)
            assert (1 + e + e**2) @ far.least[at] >= lo * told * (1 + 1e-13)
