"""Bets on temperatures near the claimed one: fair whatever the rows of a call share, and found by few sequences."""

from __future__ import annotations

import math
from itertools import product

import numpy as np
import pytest
from conformance.kinds import CHAIN, SIZES, L
from conformance.right import Right

from maskbound.numerics import Instance, conform, languages, policies
from maskbound.numerics.conformance import Claim
from maskbound.numerics.conformance.aimed import HIGHER, LOWER, AimedBets
from maskbound.numerics.conformance.near_temperatures import NearTemperatures, sharpness, tilted, variance

LAW = np.array([0.5, 0.3, 0.2])
LOGS = np.log(LAW)
POLICY = policies.FixedSize([1])
ENOUGH = math.log(1e6)


def drawn(temperature, shape, seed):
    p = LAW ** (1 / temperature)
    return np.random.default_rng(seed).choice(3, shape, p=p / p.sum())


def aimed(bets, tokens, rows):
    """Each row is one token, or several."""
    tokens = tokens.reshape(len(tokens), -1)
    count = tokens.shape[1]
    own = np.broadcast_to(LOGS, (tokens.size, 3))
    calls = np.arange(0, len(tokens) + 1, rows)
    bets.add(own, tokens.ravel(), np.repeat(np.arange(len(tokens)), count), calls, ENOUGH)


@pytest.mark.parametrize("name", [LOWER, HIGHER])
def test_a_bet_that_aims_is_fair_for_rows_alike_and_for_independent_ones(name):
    """The mean of the wealth over all outcomes of two calls, after one that tells how much a row says."""
    for alike in (False, True):
        mean = several = 0.0
        for first, second in product(product(range(3), repeat=2), repeat=2):
            if alike and (first[0] != first[1] or second[0] != second[1]):
                continue
            seen = first[:1] + second[:1] if alike else first + second
            probability = math.prod(LAW[list(seen)])
            bets = AimedBets(10)
            aimed(bets, np.array([0, 1, *first, *second]), 2)
            mean += probability * math.exp(bets.wealth[name])
            each = AimedBets(10)
            aimed(each, np.array([0, *first, *second]), 1)
            several += probability * math.exp(each.wealth[name])
        assert mean == pytest.approx(1, abs=1e-12)
        assert (abs(several - 1) > 1e-3) == alike, "rows counted one by one are not fair if they are alike"


def test_bets_on_temperatures_are_laws_and_the_first_is_not_sharpened():
    near = NearTemperatures(POLICY)
    own = np.log(np.random.default_rng(0).dirichlet(np.ones(4), 6))
    own[2] = [-math.inf, *np.log([0.5, 0.25, 0.25])]
    laws = near.laws(own, np.array([0, 0, 0, 1, 1, 1]), np.array([3, 3]))
    assert set(laws) == {f"temperature {t:g}" for t in (0.8, 0.85, 0.9, 0.94, 0.97, 1.03, 1.06, 1.1, 1.2)}
    for name, law in laws.items():
        assert np.exp(law).sum(axis=1) == pytest.approx(1, abs=1e-12)
        assert law[2, 0] == -math.inf
        assert law[:3] == pytest.approx(tilted(own[:3], math.log(float(name.split()[1]))), abs=1e-12)
        assert (
            np.abs(law[3:] - own[3:]) > 1.5 * np.abs(tilted(own[3:], math.log(float(name.split()[1]))) - own[3:])
        ).any()


@pytest.mark.parametrize("rows", [2, 5, 12])
@pytest.mark.parametrize("nats", [0.003, 0.05, 0.3, 3.0])
def test_no_other_power_wins_much_more(rows, nats):
    """Of log ratios of normal law, 40,000 calls; the standard error of the difference is below 1 % of the nats."""
    u = np.random.default_rng(1).standard_normal((40_000, rows)) + math.sqrt(2 * nats)

    def won(b):
        return np.log(np.exp(b * math.sqrt(2 * nats) * u - b * b * nats).mean(axis=1)).mean() / nats

    here = won(float(sharpness(np.array(rows), np.array(nats))))
    assert here > 0.96 * max(won(b) for b in np.linspace(1, rows, 25))
    assert here > won(1.0)


def test_the_variance_is_twice_the_divergence_of_a_near_temperature():
    near = tilted(LOGS[None], 1e-3)
    divergence = float((np.exp(near) * (near - LOGS)).sum())
    assert variance(LOGS[None])[0] * 1e-6 / 2 == pytest.approx(divergence, rel=5e-3)


def test_a_bet_that_aims_is_won_more_often_than_the_fastest_one():
    """16 nats in 100 rows of 200 tokens: by the normal law 81 and 65 runs in 100 win what is enough."""
    far = math.sqrt(2 * 16 / (100 * 200 * variance(LOGS[None])[0]))
    fastest = tilted(LOGS[None], -far)[0] - LOGS
    won = {"aimed": 0, "fastest": 0}
    for seed in range(50):
        tokens = drawn(math.exp(-far), (100, 200), seed)
        bets = AimedBets(100)
        aimed(bets, tokens, 1)
        won["aimed"] += bets.wealth[LOWER] >= ENOUGH
        won["fastest"] += fastest[tokens].sum() >= ENOUGH
    assert won["aimed"] >= won["fastest"] + 4


@pytest.mark.slow
def test_the_temperature_that_is_said_to_be_found_is_found():
    """In nine runs of ten: that fewer than 6 of 8 find it has a probability below 4 %."""
    policy = policies.Adaptive(L, score="confidence", sizes=SIZES)
    claim = Claim(Instance(CHAIN, policy))
    needed = claim.needed(300)
    assert needed.found is not None
    sequences, low, high = needed.found
    assert sequences == 300
    assert low * high == pytest.approx(1)
    told = "300 sequences find a temperature of {:.3g} and less, {:.3g} and more, in about 9 runs of 10"
    assert told.format(low, high) in needed.told()
    cool = Right(policies.Adaptive(L, score="confidence", sizes=SIZES, temperature=f"{round(low * 1e4)}/10000"))
    found = [conform(claim, cool, samples=300, seed=seed).status for seed in range(8)]
    assert found.count("differs") >= 6


def test_nothing_is_said_where_no_near_temperature_is_found():
    claim = Claim(Instance(languages.iid(["1/2", "3/10", "1/5"], 13), policies.FixedSize([13])))
    assert claim.needed(20).found is None
    assert "find a temperature" not in claim.needed(20).told()


def test_a_temperature_much_lower_than_the_claimed_one_is_a_law_still():
    """Calls of many rows in a language that is almost certain of its tokens bet on such; powers may all underflow."""
    law = np.exp(tilted(np.log([[0.5, 0.3, 0.2], [0.999, 0.0005, 0.0005]]), -8.0))
    assert law.sum(axis=1) == pytest.approx(1, abs=1e-12)
    assert law[:, 0] == pytest.approx(1, abs=1e-12)
