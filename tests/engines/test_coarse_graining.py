"""KL from below by a yes-or-no question: it holds, and it is worth something."""

from __future__ import annotations

import math

import mpmath
import numpy as np
import pytest

from maskbound.numerics import languages, measure, policies
from maskbound.numerics._kernels import threads
from maskbound.numerics.engines import coarse_graining
from maskbound.numerics.engines.workspace import Request
from maskbound.numerics.instances import Instance

PAIRS = Instance(languages.pair(3, 6), policies.Bernoulli(2))
HIDDEN = Instance(
    languages.HMM(5, [0.5, 0.5], [[0.95, 0.05], [0.05, 0.95]], [[0.9, 0.1], [0.2, 0.8]]), policies.Bernoulli(1)
)
SPARSE = Instance(
    languages.NGram(3, 2, 5, [0.25] * 4, [[0.5, 0.5], [0, 1], [1, 0], [0.75, 0.25]]), policies.FixedSize([3, 2])
)


@pytest.mark.parametrize(("instance", "worth"), [(PAIRS, 0.8), (HIDDEN, 0.1), (SPARSE, 0.2)], ids=["p", "h", "s"])
def test_the_bound_holds_and_is_worth_something(instance, worth):
    """Ten runs at level 1 - 1e-6: one misses with a probability of at most 1e-5. Forbidden sequences tell most."""
    exact = measure(instance, ["kl"], engine="tabular")["kl"].hi
    found = [coarse_graining.kl_from_below(instance, Request(samples=4000, seed=seed))[0] for seed in range(10)]
    assert all(0 <= lo <= exact for lo in found)
    assert np.mean(found) >= worth * exact


def test_a_bound_from_the_wrong_law_is_too_high(monkeypatch):
    """The check above can fail: with the two laws' sequences exchanged for more distant ones the bound overshoots."""
    exact = measure(SPARSE, ["kl"], engine="tabular")["kl"].hi
    worse = Instance(SPARSE.language, policies.FixedSize([5]))
    lo, _ = coarse_graining.kl_from_below(worse, Request(samples=4000))
    assert lo > exact


def test_threads_and_repeats_change_nothing(monkeypatch):
    monkeypatch.setattr(threads, "thread_count", lambda: 2)
    one, note = coarse_graining.kl_from_below(HIDDEN, Request(samples=1000, seed=3))
    monkeypatch.setattr(threads, "thread_count", lambda: 1)
    assert (one, note) == coarse_graining.kl_from_below(HIDDEN, Request(samples=1000, seed=3))
    assert note == "1000 sequences, seed 3, by their bigrams"


@pytest.mark.slow
def test_kl_is_enclosed_at_length():
    language = languages.HMM(
        256, [0.5, 0.25, 0.25], [[0.5, 0.5, 0], [0, 0.25, 0.75], [1, 0, 0]], [[1, 0, 0], [0, 0.5, 0.5], [0.5, 0, 0.5]]
    )
    instance = Instance(language, policies.Bernoulli(64))
    found = measure(instance, ["kl", "log_ter", "log_ter_language", "path_kl"], samples=2000)
    assert found["kl"].kind == "statistical"
    assert 0.1 * found["kl"].hi <= found["kl"].lo <= found["kl"].hi == found["path_kl"].hi
    assert found["log_ter"].width <= (found["kl"].hi / 256 + found["log_ter_language"].width) * (1 + 1e-9)
    assert math.isclose(found["kl"].confidence, 1 - 1e-6)


@pytest.mark.parametrize(
    ("a", "b"), [(0.5, 0.5 - 2**-40), (1 - 2**-53, 0.5), (2**-40, 2**-41), (1.0, 1e-300), (0.3, 0)]
)
def test_a_divergence_of_coins_is_bounded_from_below(a, b):
    exact = mpmath.inf
    if b:
        with mpmath.workprec(200):
            x, y = mpmath.mpf(a), mpmath.mpf(b)
            exact = x * mpmath.log(x / y) + ((1 - x) * mpmath.log((1 - x) / (1 - y)) if x < 1 else 0)
    assert 0 <= coarse_graining._coins(a, b) <= exact
    assert coarse_graining._coins(a, b) >= exact * (1 - 1e-13) - 1e-14
