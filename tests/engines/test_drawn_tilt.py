"""KL from below by the bigrams of drawn sequences: it holds, what it knows of the language is right, and it grows."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise, product

import numpy as np
import pytest

from maskbound.numerics import Instance, languages, measure, policies
from maskbound.numerics.engines.coarse_graining import kl_from_below
from maskbound.numerics.engines.windows import drawn_tilt as engine
from maskbound.numerics.engines.windows.hidden import hidden_chain
from maskbound.numerics.engines.workspace import Request
from maskbound.numerics.languages.bigrams import bigram_law
from maskbound.numerics.sampling.sampler import sampler_for

HIDDEN = languages.HMM(5, [0.75, 0.25], [[0.95, 0.05], [0.05, 0.95]], [[0.9, 0.1], [0.2, 0.8]])
TRIGRAM = languages.NGram(3, 2, 5, [0.25] * 4, [[0.5, 0.5], [0, 1], [1, 0], [0.75, 0.25]])
CASES = [
    Instance(HIDDEN, policies.Bernoulli(1)),
    Instance(HIDDEN, policies.FixedSize([3, 2])),
    Instance(TRIGRAM, policies.Bernoulli(1)),
]
ALPHA = 1e-6


def drawn(instance: Instance, count: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    chunks = list(sampler_for(instance).chunks(seed, count))
    return np.concatenate([each.tokens for each in chunks]), np.concatenate([each.possible for each in chunks])


def known_means(language) -> engine.KnownMeans:
    return engine.KnownMeans(hidden_chain(language), bigram_law(language)[0], 1e-12)


@pytest.mark.parametrize("instance", CASES, ids=["hidden", "sizes", "trigram"])
def test_it_is_below_the_divergence_and_worth_something(instance):
    """Ten runs at level 1 - 1e-6: one misses with a probability of at most 1e-5."""
    exact = measure(instance, ["kl"], engine="tabular")["kl"].hi
    found = [engine.kl_by_bigrams(instance.language, *drawn(instance, 6000, seed), 0.0, ALPHA) for seed in range(10)]
    assert all(0 <= lo <= exact for lo in found)
    assert np.mean(found) >= 0.3 * exact


def test_sequences_of_another_sampler_give_too_much():
    exact = measure(Instance(HIDDEN, policies.Bernoulli(4)), ["kl"], engine="tabular")["kl"].hi
    assert engine.kl_by_bigrams(HIDDEN, *drawn(CASES[0], 6000), 0.0, ALPHA) > exact


@pytest.mark.parametrize("language", [HIDDEN, TRIGRAM], ids=["hidden", "trigram"])
def test_means_under_the_language_against_enumeration(language):
    known, table = known_means(language), language.table()
    logs = np.array([[0.5, -1.0], [0.25, -0.125]])
    f = np.array([sum(logs[pair] for pair in pairwise(x)) for x in product(range(2), repeat=5)])
    tokens = np.array(list(product(range(2), repeat=5)))
    tilt = replace(known.tilt(logs, tokens, 1.5), cap=-0.3)
    assert tilt.mean == pytest.approx(float(table @ f), rel=1e-13)
    moment = math.log(float(table @ np.exp(tilt.exponent * f)))
    assert moment <= tilt.moment <= moment + 1e-12
    above = float(table @ np.maximum(f + 0.3, 0.0))
    assert above <= tilt.excess
    assert np.array_equal(tilt.sums(tokens), np.minimum(f + 0.3, 0.0))


def test_the_excess_over_the_cap_may_not_be_left_out():
    """With a low cap nearly all that f is above it; without what is subtracted for that the bound is far too high."""
    instance = CASES[0]
    exact = measure(instance, ["kl"], engine="tabular")["kl"].hi
    known = known_means(HIDDEN)
    tokens, possible = drawn(instance, 4000)
    tilt = known.tilt(engine.log_ratio(known.pairs, tokens), tokens, 1.0).capped(-3.0)
    assert known.bound(tilt, tokens, possible, 0.5, 0.0, ALPHA) <= exact
    assert known.bound(replace(tilt, exponent=1e-9, moment=-math.inf), tokens, possible, 0.5, 0.0, ALPHA) > exact


def test_sampling_error_and_errors_of_the_sampler_lower_it():
    known, (tokens, possible) = known_means(HIDDEN), drawn(CASES[0], 4000)
    tilt = known.tilt(engine.log_ratio(known.pairs, tokens), tokens, 2.0).capped(2.0)
    sure, shaken, rare = (
        known.bound(tilt, tokens, possible, 0.5, error, alpha)
        for error, alpha in ((0.0, 0.1), (0.01, 0.1), (0.0, 1e-12))
    )
    assert sure > max(shaken, rare)


def test_a_language_that_it_does_not_know_is_left_alone():
    tokens = np.zeros((100, 6), dtype=np.int64)
    assert engine.kl_by_bigrams(languages.pair(3, 6), tokens, np.ones(100, dtype=bool), 0.0, ALPHA) == 0.0
    assert engine.operations(languages.pair(3, 6)) == 0.0
    assert engine.operations(HIDDEN) > 0


@pytest.mark.slow
def test_it_grows_with_the_length():
    """A hidden chain that forbids nothing, where no yes-or-no question about q(x) tells much."""
    found = []
    for L in (64, 128):
        language = languages.HMM(L, [0.5, 0.5], [[0.9, 0.1], [0.1, 0.9]], [[0.9, 0.1], [0.1, 0.9]])
        found.append(kl_from_below(Instance(language, policies.Bernoulli(8)), Request(samples=4000)))
    assert all(note == "4000 sequences, seed 0, by their bigrams" for _, note in found)
    lows = [lo for lo, _ in found]
    assert lows[0] > 0.05
    assert lows[1] > 1.7 * lows[0]
