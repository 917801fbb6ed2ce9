"""The order in which code takes equal scores: against a claim that draws among them, or takes the lowest position."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from conformance.right import Right

from maskbound.numerics import Instance, conform, languages, policies
from maskbound.numerics.conformance import Claim, Oracle
from maskbound.numerics.conformance.steps import TIES, Transitions, in_order, strictly_by

L, SIZES = 32, [8] * 4
SAMPLES = 40
EQUAL = languages.iid(["1/2", "3/10", "1/5"], L)


def claim(ties):
    return Claim(Instance(EQUAL, policies.Adaptive(L, score="confidence", ties=ties, sizes=SIZES)))


CLAIMS = {ties: claim(ties) for ties in ("first", "random")}


@dataclass
class Ordered:
    """Right but for the order of equal scores."""

    order: Any

    def __call__(self, oracle, count, seed):
        rng = np.random.default_rng(seed)
        x = np.full((count, oracle.length), oracle.mask_id)
        for size in SIZES:
            rows = np.exp(oracle.logits(x))
            tokens = (rows.cumsum(2) < rng.random((*x.shape, 1))).sum(2).clip(max=oracle.vocab - 1)
            best = self.order(np.where(x == oracle.mask_id, -rows.max(2), np.inf))[:, :size]
            np.put_along_axis(x, best, np.take_along_axis(tokens, best, 1), 1)
        return x


def shuffled(falling):
    """Equal ones in an order of its own."""
    return np.lexsort((np.broadcast_to(np.random.default_rng(7).permutation(L), falling.shape), falling))


def middle(falling):
    """Those in the middle of the equal ones first."""
    found = np.empty(falling.shape, dtype=int)
    for row, scores in enumerate(falling):
        ranks = [np.sort(np.flatnonzero(scores == score)) for score in np.unique(scores)]
        found[row] = np.concatenate([tied[np.argsort(abs(np.arange(len(tied)) - len(tied) // 2))] for tied in ranks])
    return found


ORDERS = {
    "lowest position first": lambda falling: np.argsort(falling, axis=1, kind="stable"),
    "highest position first": lambda falling: L - 1 - np.argsort(falling[:, ::-1], axis=1, kind="stable"),
    "some positions more often than others": shuffled,
    "some places among them more often than others": middle,
}


@pytest.mark.parametrize("name", ORDERS)
def test_code_that_draws_nothing_is_told_from_a_claim_that_does(name):
    found = conform(CLAIMS["random"], Ordered(ORDERS[name]), samples=SAMPLES)
    part = found.components["positions"]
    assert (found.status, part.seen) == ("differs", f"by largest probability, ties: {name}")
    assert part.claimed == "by largest probability, ties: at random"
    assert np.isfinite(part.log_evidence)


def test_a_sort_that_is_not_stable_is_named():
    """Of 32 numbers; numpy may sort so many stably on some processors."""
    found = conform(CLAIMS["random"], Ordered(lambda falling: np.argsort(falling, axis=1)), samples=SAMPLES)
    names = {
        f"by largest probability, ties: {ties}" for ties in ("lowest position first", "as an unstable sort leaves them")
    }
    assert found.status == "differs"
    assert found.components["positions"].seen in names


def test_a_claim_of_the_lowest_position_names_the_order_and_the_remedy():
    found = conform(
        CLAIMS["first"], Right(policies.Adaptive(L, score="confidence", ties="random", sizes=SIZES)), samples=9
    )
    part = found.components["positions"]
    assert (part.claimed, part.seen) == (
        "by largest probability, ties: lowest position first",
        "by largest probability, ties: at random",
    )
    told = found.account()
    assert 'kind="stable"' in told
    assert 'ties = "random"' in told
    (step,) = (step for step in found.steps[:1] if step.component == "positions")
    assert step.due == tuple(range(8))
    assert "where the claim reveals positions 0, 1, 2" in told


@pytest.mark.parametrize("ties", CLAIMS)
def test_right_code_is_not_called_different_and_shows_its_rule(ties):
    found = conform(CLAIMS[ties], Right(CLAIMS[ties].instance.policy), samples=SAMPLES)
    assert found.status != "differs"
    assert found.log_evidence < 1
    assert found.ties_tested is True


def test_where_nothing_is_left_to_choose_the_rule_is_said_to_be_untested():
    at_once = Claim(Instance(EQUAL, policies.Adaptive(L, score="confidence", ties="random", sizes=[L])))
    found = conform(at_once, Right(at_once.instance.policy), samples=10)
    assert found.ties_tested is False
    assert "the rule for ties was not tested" in found.account()


def test_every_order_adds_up_to_1():
    oracle = Oracle(Instance(languages.iid(["1/2", "1/2"], 5), policies.FixedSize([5])))
    moves = np.full((10, 5), 2)
    for move, chosen in zip(moves, combinations(range(5), 2), strict=True):
        move[list(chosen)] = 0
    y = np.full((10, 5), 2)
    seen = Transitions(y, moves, oracle.logits(y), np.ones(10, dtype=int), np.ones(10, dtype=int))
    laws = [in_order(seen, "confidence", seen.masked, ties) for ties in TIES]
    for law in [*laws, strictly_by(seen, "confidence", seen.masked, apart=0.0)]:
        assert np.exp(law).sum() == pytest.approx(1, abs=1e-12)
