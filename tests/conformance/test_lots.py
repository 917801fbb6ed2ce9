"""Positions that the claim draws by lot: code that takes some of them more often is told from code that draws."""

from __future__ import annotations

from itertools import combinations
from math import comb

import numpy as np
import pytest
from by_default import rest_slow
from conformance.code import categorical
from conformance.right import Right

from maskbound.numerics import Instance, conform, languages, policies
from maskbound.numerics.conformance import Claim
from maskbound.numerics.conformance.lots import BY_PLACE, BY_POSITION, Habits

L, SIZES = 20, (4, 7, 9)
LANGUAGE = languages.iid(["1/2", "3/10", "1/5"], L)
ORDER = np.random.default_rng(3).permutation(L)
UNIFORM = policies.FixedSize(SIZES)
PROPOSING = policies.Adaptive(L, score="confidence", order="sample-then-choose", ties="random", sizes=SIZES)
CLAIMS = {policy: Claim(Instance(LANGUAGE, policy)) for policy in (UNIFORM, PROPOSING)}
NAMES = {UNIFORM: BY_POSITION, PROPOSING: f"by probability of the drawn token, ties: {BY_POSITION}"}


def leaning(policy, weight):
    """Lots fall by a random number plus so much for the place in an order that no name has."""

    def sample(oracle, count, seed):
        rng = np.random.default_rng(seed)
        x = np.full((count, oracle.length), oracle.mask_id)
        for size in SIZES:
            rows = np.exp(oracle.logits(x))
            tokens = categorical(rows, rng)
            lot = rng.random(x.shape) + weight * ORDER / L
            score = np.take_along_axis(rows, tokens[..., None], 2)[..., 0] if policy.proposes else np.zeros(x.shape)
            best = np.lexsort((lot, np.where(x == oracle.mask_id, -score.round(9), np.inf)))[:, :size]
            np.put_along_axis(x, best, np.take_along_axis(tokens, best, 1), 1)
        return x

    return sample


@pytest.mark.parametrize("weight", rest_slow([0.5, 100]), ids=["often", "always"])
@pytest.mark.parametrize("policy", NAMES, ids=["at random", "proposals"])
def test_code_that_takes_some_positions_more_often_is_told(policy, weight):
    found = conform(CLAIMS[policy], leaning(policy, weight), samples=300)
    assert found.status == "differs"
    assert {name: part.seen for name, part in found.components.items() if not part.as_claimed} == {
        "positions": NAMES[policy]
    }


@pytest.mark.parametrize("policy", rest_slow(NAMES), ids=["at random", "proposals"])
def test_right_code_is_not(policy):
    for code in (leaning(policy, 0.0), Right(policy), Right(policy, shared=0)):
        found = conform(CLAIMS[policy], code, samples=300)
        assert found.status != "differs"
        assert found.log_evidence < 3


def test_what_is_learned_is_a_law():
    """Given how many are taken, the probabilities of all sets add up to 1, after the same habits."""
    rng, habits = np.random.default_rng(0), Habits(L)
    among = np.ones((40, L), dtype=bool)
    among[:20, ::3] = False
    taken = among & (rng.random((40, L)) < ORDER / L)
    taken[:, 1], taken[:, 2] = True, False
    habits.learn(among, taken, np.arange(40) // 5)
    group = [0, 1, 4, 6, 7, 11]
    for size in (1, 3, 5):
        sets = np.zeros((comb(len(group), size), L), dtype=bool)
        for row, chosen in zip(sets, combinations(group, size), strict=True):
            row[list(chosen)] = True
        inside = np.zeros(sets.shape, dtype=bool)
        inside[:, group] = True
        for name, ratio in habits.learn(inside, sets, np.zeros(len(sets), dtype=int)).items():
            laws = np.exp(ratio) / len(sets)
            assert laws.sum() == pytest.approx(1, abs=1e-12), name
            assert laws.max() > 1.2 / len(sets)
    assert set(habits.learn(among, taken, np.zeros(40, dtype=int))) == {BY_POSITION, BY_PLACE}
