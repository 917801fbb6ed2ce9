"""Claims that intervals leave open: what identities of the ledger say of them, and why the rest stays so."""

from __future__ import annotations

import pytest

from maskbound.numerics import Instance, check, languages, measure, policies
from maskbound.numerics.errors import BeyondReach
from maskbound.numerics.judging import Status
from maskbound.numerics.judging.equalities import identities_of
from maskbound.theory import claim


def hidden(length, steps):
    language = languages.HMM(length, [0.6, 0.4], [[0.7, 0.3], [0.2, 0.8]], [[0.9, 0.1], [0.25, 0.75]])
    return Instance(language, policies.Bernoulli(steps=steps))


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("kl <= total_correlation", Status.HOLDS),
        ("path_kl >= total_correlation", Status.HOLDS),
        ("2 * kl == path_kl + total_correlation", Status.HOLDS),
        ("kl < total_correlation", Status.VIOLATED),
        ("kl <= kl", Status.HOLDS),
    ],
)
def test_sides_that_an_identity_makes_equal_are_decided(text, status):
    (verdict,) = check(hidden(16, 1), judged=text)
    assert verdict.status is status
    assert "both sides are equal" in verdict.reason


def test_the_identities_are_named_and_apply_only_where_they_are_proved():
    stated = claim("kl <= total_correlation")
    assert identities_of(stated, hidden(3, 1)) == ("one-step/kl",)
    assert identities_of(stated, hidden(3, 2)) is None
    assert identities_of(claim("kl <= total_correlation + 10**(-40)"), hidden(3, 1)) is None
    sizes = claim("path_kl <= N * weighted_slope - weighted_slope")
    assert identities_of(sizes, hidden(3, 2)) == ("bernoulli/slope-identity",)
    assert identities_of(sizes, hidden(3, 3)) is None


def test_an_open_verdict_says_what_the_number_itself_would_take():
    found = hidden(60, 4)
    with pytest.raises(BeyondReach) as refused:
        measure(found, ["kl"], engine="tabular")
    (verdict,) = check(found, judged="kl <= path_kl / 2")
    assert verdict.status is Status.UNDECIDED
    assert str(refused.value) in verdict.reason
