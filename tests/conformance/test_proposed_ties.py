"""Code that proposes, held against a claim that chooses first: named alike whatever its order of equal scores."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import pytest
from by_default import rest_slow
from conformance.code import categorical

from maskbound.numerics import Instance, conform, languages, policies
from maskbound.numerics.conformance import Claim, Oracle
from maskbound.numerics.conformance.levels import Levels
from maskbound.numerics.conformance.steps import Transitions, proposals

L, BLOCK, SIZE = 32, 8, 2
CHOOSING = policies.Adaptive(
    L, score="confidence", order="choose-then-sample", sizes=[SIZE] * (BLOCK // SIZE), block_length=BLOCK
)
NAMED = {
    "positions": "by probability of the drawn token",
    "draw_before_choice": "tokens are drawn before the choice",
}


@pytest.fixture(scope="module")
def claim():
    """Letters of English: most contexts are far from what is revealed, and have the same conditionals."""
    return Claim(Instance(languages.english_ngram(order=2, length=L), CHOOSING))


@dataclass(frozen=True)
class Proposing:
    """A token at each position of the block, of which the likeliest are kept."""

    ties: str
    temperature: float = 1.0
    dtype: Any = np.float64

    def __call__(self, oracle, count, seed):
        rng, place = np.random.default_rng(seed), np.arange(L)
        x = np.full((count, L), oracle.mask_id)
        for start in np.repeat(range(0, L, BLOCK), BLOCK // SIZE):
            rows = np.exp(oracle.logits(x)).astype(self.dtype)
            tokens = categorical(rows ** (1 / self.temperature), rng)
            score = np.take_along_axis(rows, tokens[..., None], 2)[..., 0]
            among = (x == oracle.mask_id) & (place < start + BLOCK)
            score = np.where(among, score, -np.inf)
            if self.ties == "sorted":
                order = np.argsort(-score, axis=1)
            else:
                after = {"lowest": place, "highest": -place, "random": rng.random(x.shape)}[self.ties]
                order = np.lexsort((np.broadcast_to(after, x.shape), -score))
            best = order[:, :SIZE]
            np.put_along_axis(x, best, np.take_along_axis(tokens, best, 1), 1)
        return x


def otherwise(found):
    return {name: part.seen for name, part in found.components.items() if not part.as_claimed}


@pytest.mark.parametrize("dtype", rest_slow([np.float64, np.float32]))
@pytest.mark.parametrize("ties", ["lowest", "highest", "random", "sorted"])
def test_proposals_are_named_whatever_their_ties(claim, ties, dtype):
    found = conform(claim, Proposing(ties, dtype=dtype), samples=40, seed=1)
    assert (found.status, otherwise(found)) == ("differs", NAMED)


@pytest.mark.parametrize("ties", rest_slow(["lowest", "highest", "random", "sorted"]))
def test_the_temperature_of_proposals_is_named_too(claim, ties):
    """Its interval holds the one that they are drawn at, and not the one that is claimed."""
    found = conform(claim, Proposing(ties, 0.7), samples=40, seed=1)
    seen = otherwise(found)
    low, high = found.components["tokens"].temperature
    assert seen.pop("tokens") == f"temperature {low:.2f} to {high:.2f}"
    assert (found.status, seen) == ("differs", NAMED)
    assert low <= 0.7 <= high < 1


@pytest.mark.parametrize("temperature", rest_slow([0.9, 1.0, 0.6, 1.2], keep=2))
def test_the_interval_holds_the_claimed_temperature_just_if_it_is_not_refuted(claim, temperature):
    for samples in (6, 40):
        part = conform(claim, Proposing("lowest", temperature), samples=samples, seed=2).components["tokens"]
        low, high = part.temperature
        assert (low <= 1 <= high) == part.as_claimed


def outcomes(ties, size=2):
    """All steps that keep two of three proposals, from two tokens, at rows of which two are the same."""
    oracle = Oracle(Instance(languages.iid(["1/2", "1/2"], 3), policies.FixedSize([3])))
    policy = policies.Adaptive(3, score="confidence", order="sample-then-choose", sizes=[size, 3 - size], ties=ties)
    reached = np.array([z for z in product(range(3), repeat=3) if z.count(2) == 3 - size])
    y, one = np.full(reached.shape, 2), np.ones(len(reached), dtype=int)
    logs = np.log(np.array([[0.7, 0.3], [0.6, 0.4], [0.6, 0.4]]))
    assert oracle.logits(y).shape == (len(reached), 3, 2)
    return policy, Transitions(y, reached, np.tile(logs, (len(reached), 1, 1)), one, one)


def test_each_order_of_ties_has_a_law_that_adds_up_to_1():
    policy, seen = outcomes("random")
    at_random = np.exp(Levels(policy, seen).at_random(lambda logs: logs))
    assert at_random.sum() == pytest.approx(1, abs=1e-12)
    policy, seen = outcomes("first")
    laws = {
        highest: np.exp(proposals(policy, seen, lambda logs: logs, lambda logs: logs, highest=highest))
        for highest in (False, True)
    }
    for law in laws.values():
        assert law.sum() == pytest.approx(1, abs=1e-12)
    assert np.abs(laws[False] - laws[True]).max() > 0.1
    assert at_random == pytest.approx((laws[False] + laws[True]) / 2, abs=1e-12)
