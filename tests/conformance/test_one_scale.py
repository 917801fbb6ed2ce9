"""What explains code is ranked on one scale, and the account agrees with itself."""

from __future__ import annotations

import math

import numpy as np
import pytest
from conformance.code import categorical

from maskbound.numerics import Instance, conform, languages, policies
from maskbound.numerics.tables.conformity import conformity_record

BLOCK, STEPS, KEPT = 32, 8, 4
ALPHA = 1e-6


def llada(confidence, order=lambda score: np.argsort(-score, axis=1, kind="stable")):
    """Proposes at every position of a block, and keeps the best by the drawn token's confidence or by the largest."""

    def sampler(oracle, count, seed):
        rng = np.random.default_rng(seed)
        x = np.full((count, oracle.length), oracle.mask_id)
        for start in range(0, oracle.length, BLOCK):
            for _ in range(STEPS):
                rows = np.exp(oracle.logits(x))
                proposed = categorical(rows, rng)
                drawn = np.take_along_axis(rows, proposed[..., None], 2)[..., 0]
                score = np.where(x == oracle.mask_id, drawn if confidence == "drawn" else rows.max(axis=2), -np.inf)
                score[:, start + BLOCK :] = -np.inf
                best = order(score)[:, :KEPT]
                np.put_along_axis(x, best, np.take_along_axis(proposed, best, 1), 1)
        return x

    return sampler


def letters(order, length=128):
    policy = policies.Adaptive(length, score="confidence", order=order, sizes=[KEPT] * STEPS, block_length=BLOCK)
    return Instance(languages.english_ngram(2, length), policy)


@pytest.fixture(scope="module")
def largest():
    return conform(letters("sample-then-choose"), llada("largest"), samples=60, alpha=ALPHA)


@pytest.mark.slow
def test_the_largest_confidence_in_place_of_the_drawn_one_is_named(largest):
    """Impossible contexts have uniform rows, whose ties the code breaks as proposals would: ties decide nothing."""
    said = {name: part.seen for name, part in largest.components.items() if not part.as_claimed}
    assert largest.status == "differs"
    assert said == {"positions": "by largest probability"}


@pytest.mark.slow
def test_what_is_as_claimed_has_no_evidence_against_it(largest):
    enough = math.log(1 / ALPHA)
    for part in largest.components.values():
        assert part.as_claimed == (part.log_evidence < enough)
    record = conformity_record(largest)
    assert len(record["impossible_steps"]) == len(largest.steps)


def test_scores_that_rank_alike_are_named_together():
    policy = policies.Adaptive(32, score="confidence", order="sample-then-choose", sizes=[KEPT] * STEPS)
    chain = languages.markov(["1/2", "1/2"], [["4/5", "1/5"], ["1/3", "2/3"]], 32)
    found = conform(Instance(chain, policy), llada("largest"), samples=30)
    assert found.components["positions"].seen == "by largest probability (margin and entropy rank alike here)"
