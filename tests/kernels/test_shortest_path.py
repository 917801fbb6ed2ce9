"""The cheapest jumps are the cheapest of all."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maskbound.numerics._kernels.shortest_path import cheapest_jumps

PRICES = st.lists(st.integers(0, 9), min_size=1, max_size=8)


def cost(places, prices) -> int:
    return sum((b - a) * prices[a] for a, b in itertools.pairwise(places) if b > a)


def least_cost(prices, jumps: int) -> int:
    cuts = itertools.combinations_with_replacement(range(len(prices) + 1), jumps - 1)
    return min(cost((0, *cut, len(prices)), prices) for cut in cuts)


@given(PRICES, st.integers(1, 5), st.booleans())
def test_no_other_jumps_are_cheaper(prices, jumps, falling):
    prices = sorted(prices, reverse=True) if falling else prices
    places = cheapest_jumps(np.array(prices), jumps).tolist()
    assert places[0] == 0
    assert places[-1] == len(prices)
    assert places == sorted(places)
    assert cost(places, prices) == least_cost(prices, jumps)


def test_prices_near_the_limit_are_exact():
    """Costs reach 2^61, where floating numbers are 512 apart: one unit of price decides."""
    high = 2**61 // 4 - 4
    for third, expected in ((high - 1, [0, 2, 4]), (high + 1, [0, 3, 4])):
        prices = np.array([high, high, third, high])
        best = cheapest_jumps(prices, 2).tolist()
        assert cost(best, prices.tolist()) == least_cost(prices.tolist(), 2)
        if third < high:
            assert best == expected


@pytest.mark.parametrize("falling", [True, False])
def test_long_searches_agree_with_plain_dynamic_programming(falling):
    rng = np.random.default_rng(7)
    prices = rng.integers(0, 1000, 60)
    if falling:
        prices = np.sort(prices)[::-1].copy()
    L = len(prices)
    best = {L: 0, **{i: (L - i) * int(prices[i]) for i in range(L)}}
    for _ in range(6):
        best = {L: 0, **{i: min((j - i) * int(prices[i]) + best[j] for j in range(i, L + 1)) for i in range(L)}}
    assert cost(cheapest_jumps(prices, 7).tolist(), prices.tolist()) == best[0]
