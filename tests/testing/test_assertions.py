"""`assert_holds` passes, and fails with a full account."""

from __future__ import annotations

import pytest

from maskbound.numerics import Instance, languages, policies
from maskbound.numerics.errors import BadInput
from maskbound.numerics.instances import Pair
from maskbound.numerics.judging import Status
from maskbound.numerics.testing import assert_holds
from maskbound.theory import ClaimError, claim, statements

PAIR = Instance(languages.pair(2, 2), policies.Bernoulli(steps=2), name="small pair")
FINER = Instance(languages.pair(2, 2), policies.Bernoulli(steps=4), name="finer pair")


@pytest.mark.parametrize(
    "statement",
    ["bernoulli/max-weight", "kl <= path_kl", statements["kl-path-kl/given-times"], claim("ser <= 0.26")],
    ids=["id", "claim", "kl-path-kl/given-times", "typed"],
)
def test_a_true_statement_passes(statement):
    assert assert_holds(statement, PAIR).status is Status.HOLDS


def test_a_violated_claim_fails_with_both_sides():
    # Pair(2), L = 2, N = 2: SER = 1/4 (known-answers.md).
    with pytest.raises(AssertionError) as failure:
        assert_holds("ser <= 0.24", PAIR)
    account = str(failure.value)
    for part in ("violated", "small pair", "left side = 0.25", "right side = 0.24", "ser = 0.25", "margin -0.01"):
        assert part in account


def test_what_is_undecided_can_be_let_pass():
    # Both sides are known in closed form, and no identity of the ledger makes one of the other.
    claim = "(1 - hellinger**2)**2 <= 1 - ser"
    with pytest.raises(AssertionError, match="undecided"):
        assert_holds(claim, PAIR)
    assert assert_holds(claim, PAIR, allow_undecided=True).status is Status.UNDECIDED


def test_letting_equalities_pass_lets_no_violation_pass():
    with pytest.raises(AssertionError, match="violated"):
        assert_holds("ser <= 0.24", PAIR, allow_undecided=True)


def test_a_statement_that_does_not_apply_fails():
    with pytest.raises(AssertionError, match="not applicable"):
        assert_holds("fixed-size/max-size", PAIR, allow_undecided=True)


def test_what_does_not_apply_says_how_a_property_keeps_to_what_does():
    uneven = Instance(PAIR.language, policies.Bernoulli(weights=["1/3", "2/3"]))
    with pytest.raises(AssertionError, match=r'hypothesis\.assume\(instance\.has\("UniformSteps"\)\)'):
        assert_holds("ser <= 1", uneven, needs=["uniform-steps", "exact-denoiser"])
    with pytest.raises(AssertionError) as failed:
        assert_holds("ser <= 0.24", PAIR)
    assert "hypothesis" not in str(failed.value)


def test_two_instances_and_their_relation():
    assert assert_holds("refinement/path-kl-monotone", PAIR, FINER, relation="refines").status is Status.HOLDS
    assert assert_holds("refinement/path-kl-monotone", Pair("refines", PAIR, FINER)).status is Status.HOLDS
    assert assert_holds("kl@2 <= kl", PAIR, FINER).status is Status.HOLDS
    with pytest.raises(AssertionError, match="not applicable"):
        assert_holds("refinement/path-kl-monotone", PAIR, FINER)


def test_a_relation_that_does_not_hold_is_refused():
    with pytest.raises(BadInput, match="do not split"):
        assert_holds("refinement/path-kl-monotone", FINER, PAIR, relation="refines")


@pytest.mark.parametrize(
    ("statement", "subjects", "message"),
    [
        ("kl-path-kl/given-times", (PAIR, FINER), "found 2 instances; kl-path-kl/given-times speaks of 1"),
        ("kl@2 <= kl", (PAIR,), "found 1 instances; claim speaks of 2"),
        ("kl-path-kl/given-times", (Pair("refines", PAIR, FINER), PAIR), "found Pair, Instance"),
        ("kl-path-kl/given-times", ({},), "found dict"),
        ("bernoulli/max-wieght", (PAIR,), "bernoulli/max-weight"),
    ],
)
def test_a_wrong_call_is_bad_input(statement, subjects, message):
    with pytest.raises(BadInput, match=message):
        assert_holds(statement, *subjects)


def test_a_wrong_claim_is_named():
    with pytest.raises(ClaimError, match="path_kl"):
        assert_holds("kl <= pathkl", PAIR)


def test_a_claim_states_what_it_needs():
    instance = Instance(languages.pair(2, 2), policies.Bernoulli(steps=2))
    assert_holds("kl <= path_kl", instance, needs=["exact-denoiser", "chosen-first"])
    with pytest.raises(AssertionError, match="needs OneStep"):
        assert_holds("kl <= path_kl", instance, needs=["one-step"])
    with pytest.raises(BadInput, match="has its own"):
        assert_holds("bernoulli/max-weight", instance, needs=["one-step"])
