"""`assert_samples_from` passes, and fails with an account."""

from __future__ import annotations

import re

import numpy as np
import pytest

from maskbound.numerics import Instance, languages, policies
from maskbound.numerics.errors import BadInput
from maskbound.numerics.testing import assert_samples_from

COINS = Instance(languages.iid(["1/2", "1/2"], 3), policies.Bernoulli(steps=2), name="three coins")


def coins(probability):
    return lambda oracle, count, seed: (
        np.random.default_rng(seed).random((count, oracle.length)) < probability
    ).astype(int)


def test_a_right_sampler_passes():
    assert assert_samples_from(coins(0.5), COINS).status == "conforms"


def test_a_wrong_one_fails_with_an_account():
    with pytest.raises(AssertionError) as failure:
        assert_samples_from(coins(0.6), COINS)
    account = str(failure.value)
    for part in ("differs", "three coins", "evidence", "0 0 0: drawn 0.06", "claimed 0.12500", "nats per sequence"):
        assert part in account


def test_too_few_sequences_are_inconclusive_unless_that_is_allowed():
    with pytest.raises(AssertionError, match=r"inconclusive(.|\n)*right code conforms after about \d+"):
        assert_samples_from(coins(0.5), COINS, samples=100)
    assert assert_samples_from(coins(0.5), COINS, samples=100, allow_inconclusive=True).status == "inconclusive"


def test_letting_inconclusive_runs_pass_lets_no_difference_pass():
    with pytest.raises(AssertionError, match="differs"):
        assert_samples_from(coins(0.9), COINS, samples=1000, allow_inconclusive=True)


def test_code_that_raises_is_bad_input():
    with pytest.raises(BadInput, match="ZeroDivisionError"):
        assert_samples_from(lambda oracle, count, seed: 1 // 0, COINS)


def test_as_many_sequences_are_drawn_as_right_code_needs_to_pass():
    """Some 35,000 at 256 sequences, where 20,000 of right code leave a total variation of 0.1 open."""
    chain = languages.markov(["1/2", "1/2"], [["1/2", "1/2"], ["1/2", "1/2"]], 8)
    found = assert_samples_from(coins(0.5), Instance(chain, policies.Bernoulli(steps=1)))
    assert (found.status, found.tv_wanted) == ("conforms", 0.1)
    assert 20_000 < found.samples < 100_000


def test_too_few_sequences_say_what_decides():
    with pytest.raises(AssertionError, match=r"to decide: samples = (\d+), [\d.]+ times as long") as failure:
        assert_samples_from(coins(0.5), COINS, samples=1000)
    enough = int(re.search(r"samples = (\d+)", str(failure.value))[1])
    assert assert_samples_from(coins(0.5), COINS, samples=enough).status == "conforms"
