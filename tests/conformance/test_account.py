"""What the account of a test says, and what it does not say."""

from __future__ import annotations

import numpy as np
from conformance.code import categorical
from conformance.kinds import CLAIM, SIZES, L
from conformance.right import Right

from maskbound.numerics import Instance, conform, languages, policies
from maskbound.numerics.conformance import Claim

CONFIDENT = {"score": "confidence", "sizes": SIZES}


def test_what_conforms_at_length_says_what_is_excluded_and_that_tv_is_not_tested():
    rare = languages.iid(["19/20", "3/100", "1/50"], 300)
    prepared = Claim(Instance(rare, policies.FixedSets([range(300)])))
    least = prepared.needed(alpha=1e-3).conforms
    assert least is not None
    found = conform(prepared, Right(prepared.instance.policy), samples=2 * least, alpha=1e-3, tv=0.5)
    told = str(found)
    assert found.status == "conforms"
    assert "excluded: temperature 0.9; temperature 1.1; 3 % of the tokens drawn uniformly; smaller" in told
    assert "tv is not tested" in told
    assert "1/alpha = e^6.908 is enough" in told
    assert told == found.account()
    assert "no difference found" not in told


def test_two_mistakes_at_once_leave_the_second_unjudged():
    """Tokens are drawn first, at another temperature: of the tokens nothing is claimed to be right or excluded."""
    policy = policies.Adaptive(L, order="sample-then-choose", temperature="9/10", **CONFIDENT)
    found = conform(CLAIM, Right(policy), samples=60)
    told = found.account()
    assert found.status == "differs"
    assert found.components["tokens"].as_claimed
    assert found.not_excluded
    assert "not excluded" not in told
    assert "as claimed" not in told
    assert "no difference found" in told


def forgetful(oracle, count, seed):
    """By confidence, revealed positions among the rest."""
    rng = np.random.default_rng(seed)
    x = np.full((count, oracle.length), oracle.mask_id)
    for size in SIZES:
        rows = np.exp(oracle.logits(x))
        tokens = categorical(rows, rng)
        best = np.argsort(-rows.max(axis=2), axis=1, kind="stable")[:, :size]
        np.put_along_axis(x, best, np.take_along_axis(tokens, best, 1), 1)
    return x


def test_code_that_chooses_revealed_positions_again_is_told_so():
    found = conform(CLAIM, forgetful, samples=20)
    assert (found.status, found.chosen_again) == ("differs", True)
    told = found.account()
    assert "revealed already are chosen again" in told
    assert max(map(len, told.splitlines())) <= 132
    right = conform(CLAIM, Right(CLAIM.policy), samples=20)
    assert not right.chosen_again
    assert "chosen again" not in right.account()
