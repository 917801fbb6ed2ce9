"""Bigram rates of drawn sequences: the language's own bigrams, the intervals, and what they cannot say."""

from __future__ import annotations

import math

import numpy as np
import pytest
from by_default import drawn
from grid import cases

from maskbound.numerics import measure
from maskbound.numerics.engines import sampled
from maskbound.numerics.engines.sampled.bigrams import BigramTally
from maskbound.numerics.engines.workspace import Request, Workspace
from maskbound.numerics.instances import Instance
from maskbound.numerics.languages import HMM, Blocks, NGram, markov, pair, shifted_pair
from maskbound.numerics.languages.bigrams import bigram_law
from maskbound.numerics.metrics.bigrams import pooled_bigrams
from maskbound.numerics.numbers.enclosure import gamma
from maskbound.numerics.policies import Bernoulli, autoregressive
from maskbound.numerics.sampling import draw

CHAIN = markov([0.5, 0.5], [[0.9, 0.1], [0.4, 0.6]], 8)


@drawn(cases(), few=30, many=150)
def test_the_language_s_own_bigrams_are_the_table_s(case):
    language = case.instance.language
    if language.length >= 2:
        pairs, depth = bigram_law(language)
        table = pooled_bigrams(language.table(), language.vocab, language.length)
        # Both are sums of positive terms; the table's adds its cells to the language's own depth.
        error = gamma(depth) + gamma(language.depth + table.size + 2 * language.vocab**language.length)
        assert ((pairs > 0) == (table > 0)).all()
        assert (np.abs(pairs - table) <= error * table).all()


def test_bigrams_across_blocks_count():
    assert bigram_law(Blocks(markov([0.5, 0.5], [[1, 0], [0, 1]], 1), 3))[0].tolist() == [[0.25, 0.25], [0.25, 0.25]]
    assert bigram_law(pair(2, 4))[0].tolist() == [[5 / 12, 1 / 12], [1 / 12, 5 / 12]]


def test_counts_are_those_of_the_drawn_sequences():
    """However many are asked for at a time, and whatever the pieces."""
    instance = Instance(CHAIN, Bernoulli(2))
    drawn = BigramTally(Workspace(instance, Request(seed=3)))
    for count in (1, 7, 50, 50, 5000):
        x = draw(instance, count, seed=3)
        codes = (2 * x[:, :-1] + x[:, 1:]).reshape(-1)
        found = drawn.upto(count)
        assert found.pairs.tolist() == (np.bincount(codes, minlength=4).reshape(2, 2) / codes.size).tolist()
        assert len(found.surprisal) == count
    assert 2400 <= len(found.of_shares) <= 2500


def test_intervals_hold_and_get_narrower():
    instance = Instance(CHAIN, Bernoulli(1))
    exact = measure(instance, ["bigram_kl_rate", "bigram_tv_rate"], engine="tabular")
    for name, run in (("bigram_kl_rate", sampled.bigram_kl_rate), ("bigram_tv_rate", sampled.bigram_tv_rate)):
        few, many = (run(Workspace(instance, Request(samples=n))) for n in (300, 30000))
        for found in (few, many):
            assert found.lo <= exact[name].lo <= exact[name].hi <= found.hi
        assert many.width < few.width / 2
        assert many.lo > 0
        # A sample's mean, within ten times its standard deviation.
        assert many.value == pytest.approx(exact[name].value, abs=0.03)


def test_a_forbidden_pair_makes_the_rate_infinite():
    never = Instance(markov([0.5, 0.5], [[0.5, 0.5], [1, 0]], 8), Bernoulli(1))
    found = sampled.bigram_kl_rate(Workspace(never, Request(samples=100)))
    assert found.lo == found.hi == math.inf
    assert measure(never, ["bigram_kl_rate"], engine="tabular")["bigram_kl_rate"].value == math.inf
    exact_sampling = Instance(never.language, autoregressive(8))
    open_ended = sampled.bigram_kl_rate(Workspace(exact_sampling, Request(samples=100)))
    assert open_ended.lo == 0
    assert open_ended.hi == math.inf
    assert math.isfinite(open_ended.value)


def test_a_token_that_the_language_never_shows():
    """It has no row to be compared with and is at distance 1 from it."""
    language = HMM(6, [0.5, 0.5], [[0.5, 0.5], [1, 0]], [[0.5, 0.5, 0], [0, 1, 0]])
    sometimes = Instance(language, Bernoulli(1), off_support="uniform")
    exact = measure(sometimes, ["bigram_tv_rate"], engine="tabular")["bigram_tv_rate"]
    found = sampled.bigram_tv_rate(Workspace(sometimes, Request(samples=2000)))
    assert found.lo <= exact.value <= found.hi


def test_obstacles():
    assert "stop" in sampled.bigram_obstacle(Instance(CHAIN, Bernoulli(1), off_support="stop"))
    one = markov([0.5, 0.5], [[1, 0], [0, 1]], 1)
    assert "length" in sampled.bigram_obstacle(Instance(one, Bernoulli(1)))
    assert sampled.bigram_obstacle(Instance(shifted_pair(16, "1/10", 512), Bernoulli(64))) is None
    many = NGram(1, 4096, 2, None, np.full((1, 4096), 1 / 4096))
    assert "too many pairs" in sampled.bigram_obstacle(Instance(many, Bernoulli(1)))
