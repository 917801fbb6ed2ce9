"""Rows of a call that share a draw are said to be dependent, and never make right code wrong; seeds never meet."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from conformance.right import Right

from maskbound.numerics import Instance, conform, policies
from maskbound.numerics.conformance import Claim
from maskbound.numerics.conformance.conform import seed_of_call
from maskbound.numerics.conformance.foresight import rows_of_a_call
from maskbound.numerics.conformance.rows import Rows
from maskbound.numerics.instances.gallery import load_gallery

POLICY = policies.FixedSize([2, 2, 1])
CLAIM = Claim(Instance(load_gallery("markov-lopsided").language, POLICY))


@pytest.mark.parametrize("shared", [8, 0], ids=["eight rows", "all rows"])
def test_one_draw_for_several_rows_is_said_and_not_called_different(shared):
    """Counted as independent, 50,000 such rows have evidence of e^2000 against right code."""
    found = conform(CLAIM, Right(POLICY, shared), samples=50_000, tv=0.05)
    assert found.status == "inconclusive"
    assert not found.components["rows"].as_claimed
    assert "equal pairs within calls" in found.account()
    # The interval holds for the number of calls.
    assert found.tv[1] == 0
    assert found.tv[2] > 0.3


def test_independent_rows_pass_and_are_counted():
    found = conform(CLAIM, Right(POLICY), samples=50_000, tv=0.1)
    assert found.components["rows"].as_claimed
    assert "equal pairs" not in found.account()
    assert found.status == "conforms"


def test_wrong_code_is_caught_though_its_rows_share_a_draw():
    found = conform(CLAIM, Right(policies.FixedSize([1, 1, 3]), 8), samples=50_000)
    assert (found.status, found.components["rows"].as_claimed) == ("differs", False)


@pytest.mark.parametrize("by_row", [False, True])
def test_independent_rows_are_called_dependent_no_oftener_than_it_says(by_row):
    """Also where the law depends on the row's number; P(more than 11 of 100) is 7e-4 for Binomial(100, 0.05)."""
    rng, called = np.random.default_rng(4), 0
    for _ in range(100):
        rows = Rows()
        for _ in range(20):
            x = rng.integers(0, 3, (12, 1))
            rows.add(np.where((np.arange(12) < 6)[:, None] & by_row, 0, x))
        called += rows.probability <= 0.05
    assert called <= 11


def test_no_call_has_the_seed_of_another():
    seeds = [seed_of_call(run, call) for run in (*range(50), 4095, 4096, 10**9) for call in range(200)]
    assert len(set(seeds)) == len(seeds)
    assert max(seeds[:-400]) < 2**32


@pytest.mark.parametrize("samples", [100, 20_000, 200_000, 10**7])
def test_the_number_of_a_row_added_to_a_seed_gives_no_seed_twice(samples):
    size = rows_of_a_call(samples)
    for run in (0, 1, 77):
        seeds = sorted(seed_of_call(run, call) for call in range(-(-samples // size)))
        assert min(after - before for before, after in pairwise(seeds)) >= size


def test_how_far_the_seeds_of_a_run_lie_apart():
    """K of them, at least ``2^32/(3K)`` up to K = 75025, and not beyond."""
    nearest, first_too_near = 2**32, 0
    for K in range(2, 75_027):
        seed = seed_of_call(0, K - 1)
        nearest = min(nearest, seed, 2**32 - seed)
        if 3 * K * nearest < 2**32:
            first_too_near = K
            break
    assert first_too_near == 75_026
