"""Long intervals that forget their left ends, against tables that are worked out everywhere."""

from __future__ import annotations

import numpy as np
import pytest

from maskbound.numerics.engines.markov import replay_long, sequences
from maskbound.numerics.engines.markov.chain import Chain
from maskbound.numerics.languages import english_ngram

L = 400
WEIGHTS = np.array([0.005, 0.01, 0.01, 0.375, 0.6])
"""Intervals stay long at first."""
LANGUAGE = english_ngram(2, L)
CHAIN = Chain(*LANGUAGE.chain(), L)
TEXTS = LANGUAGE.sample(2, np.random.default_rng(3))


def measured(texts, rule="uniform", chain=CHAIN):
    return sequences.log_probabilities(chain, WEIGHTS, texts, rule)


def everywhere(monkeypatch, *arguments):
    with monkeypatch.context() as patched:
        patched.setattr(sequences, "replay_long_step", lambda *_: None)
        return measured(*arguments)


@pytest.mark.parametrize("rule", ["uniform", "marginal", "stop"])
def test_log_probabilities_are_those_of_whole_tables(monkeypatch, rule):
    broken = TEXTS[:1].copy()
    unlikely = np.argwhere(CHAIN.transition == 0)[0]
    broken[0, 200:202] = unlikely
    texts = np.concatenate([TEXTS, broken])
    for one, full in zip(measured(texts, rule), everywhere(monkeypatch, texts, rule), strict=True):
        if np.isinf(full.value):
            assert one.value == full.value
        else:
            assert abs(one.value - full.value) <= 1e-11
            assert full.error <= one.error <= full.error + 1e-10


def test_ways_that_are_off_cost_no_more_than_stated(monkeypatch):
    full, original, off = everywhere(monkeypatch, TEXTS), replay_long._way, 1e-5

    def bent(*arguments):
        way, error = original(*arguments)
        way[1 : replay_long.WIDTH] *= 1 + off
        return way, error + off

    monkeypatch.setattr(replay_long, "_way", bent)
    monkeypatch.setattr(replay_long, "FORGOTTEN", 1.0)
    for one, other in zip(measured(TEXTS), full, strict=True):
        moved = abs(one.value - other.value)
        assert off / 10 < moved <= one.truncation - other.truncation


def test_tables_are_filled_in_from_the_ways_where_they_end(monkeypatch):
    full, original = everywhere(monkeypatch, TEXTS[:1])[0], replay_long.replay_long_step

    def ended_after_three():
        calls = iter(range(len(WEIGHTS)))
        with monkeypatch.context() as patched:
            patched.setattr(sequences, "replay_long_step", lambda *a: original(*a) if next(calls) < 3 else None)
            return measured(TEXTS[:1])[0].value

    assert abs(ended_after_three() - full.value) <= 1e-11
    monkeypatch.setattr(replay_long.Ways, "fill_in", lambda *_: None)
    assert abs(ended_after_three() - full.value) > 1e-6


def test_what_long_intervals_consist_of_is_looked_at(monkeypatch):
    """Near by, left ends can be told apart, and the more so the nearer."""
    seen = []
    original = replay_long.replay_long_step
    monkeypatch.setattr(replay_long, "FORGOTTEN", 1e9)
    monkeypatch.setattr(sequences, "replay_long_step", lambda *a: seen.append(original(*a)) or seen[-1])
    apart = []
    for far in (4, 16, 48):
        monkeypatch.setattr(replay_long, "LONG", far)
        seen.clear()
        measured(TEXTS[:1])
        apart.append(max(ways.apart for _, ways in seen))
    assert apart[0] > 1e-1 > apart[1] > 1e-6 > 1e-11 > apart[2] > 0


@pytest.mark.slow
def test_a_step_that_does_not_forget_is_worked_out_everywhere(monkeypatch):
    """Tokens that stay the same for long."""
    P = 0.95 * np.eye(3) + 0.05 / 3
    chain = Chain(np.full(3, 1 / 3), P, L)
    ways = []
    original = replay_long.replay_long_step
    monkeypatch.setattr(sequences, "replay_long_step", lambda *a: ways.append(original(*a)) or ways[-1])
    texts = np.repeat(np.arange(3), 200)[None, :L]
    cut = sequences.log_probabilities(chain, WEIGHTS, texts, tolerance=1.0)[0]
    assert ways == [None]
    full = everywhere(monkeypatch, texts, "uniform", chain)[0]
    assert abs(cut.value - full.value) <= cut.error + full.error
