"""Wrong code of many kinds, and of two kinds at once, is caught, and each component is named; right code is not."""

from __future__ import annotations

import pytest
from conformance.faults import quantised, replaced_afterwards, with_replacement
from conformance.kinds import CHAIN, CLAIM, KINDS, L, Made, pairs
from conformance.right import Right

from maskbound.numerics import Instance, conform, policies

SAMPLES = 2000
"""At most; evidence is looked at as it comes."""

SINGLES = {f"{part}: {kind}": {part: kind} for part, kinds in KINDS.items() for kind in kinds}


def otherwise(found):
    return {name: part.seen for name, part in found.components.items() if not part.as_claimed}


def named(made, found):
    """Whether these components differ, each in the words for it, and no other."""
    seen = otherwise(found)
    moments = {"draw_before_choice"} if made.get("positions") == "drawn" else set()
    assert found.status == "differs"
    assert set(seen) == set(made) | moments, seen
    for part, kind in made.items():
        assert KINDS[part][kind] in seen[part], seen


def test_right_code_of_the_claim_is_not_accused():
    found = conform(CLAIM, Made(), samples=300, seed=2)
    assert found.status != "differs"
    assert otherwise(found) == {}


@pytest.mark.slow
@pytest.mark.parametrize("name", SINGLES)
def test_one_mistake(name):
    named(SINGLES[name], conform(CLAIM, Made(**SINGLES[name]), samples=400, seed=3))


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES := pairs(20))
def test_two_mistakes(name):
    named(CASES[name], conform(CLAIM, Made(**CASES[name]), samples=400, seed=4))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("policy", "code", "part"),
    [
        (policies.Bernoulli(4), quantised(4), "sizes"),
        (policies.FixedSize([L]), with_replacement, "sizes"),
        (CLAIM.policy, replaced_afterwards(Made(), 0.01), "revealed"),
        (CLAIM.policy, Right(CLAIM.policy, 8), "rows"),
    ],
    ids=["rounded down", "with replacement", "cleaned up afterwards", "one draw for eight rows"],
)
def test_mistakes_of_other_claims(policy, code, part):
    assert part in otherwise(conform(Instance(CHAIN, policy), code, samples=SAMPLES, seed=5))
