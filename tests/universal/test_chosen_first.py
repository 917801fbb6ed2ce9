"""Positions chosen first, by rules that look at the tokens, on random laws; and the best sizes."""

from __future__ import annotations

import random

import pytest
from oracles.universal import random_law

from maskbound.numerics import check
from maskbound.numerics.instances import parse
from maskbound.numerics.judging import Status
from maskbound.numerics.policies import Bernoulli, FixedSets
from maskbound.numerics.universal import Decided, prove
from maskbound.theory import statements

CHOSEN = [statements[name] for name in ("chosen-first/tc", "chosen-first/dtc", "chosen-first/both")]
RULES = [
    {"kind": "adaptive", "score": score, "order": "choose-then-sample", "sizes": sizes, "ties": ties}
    for score, sizes, ties in (
        ("confidence", [2, 1, 1], "first"),
        ("entropy", [1, 3], "random"),
        ("random", [2, 2], "first"),
        ("margin", [3, 1], "random"),
    )
]


def instance(rng: random.Random, policy: dict):
    law = random_law(rng, 2, 4)
    support = [[list(word), str(p)] for word, p in law.items()]
    return parse({"language": {"kind": "tabular", "vocab": 2, "length": 4, "support": support}, "policy": policy})


@pytest.mark.parametrize("rule", RULES, ids=[rule["score"] for rule in RULES])
def test_rules_that_look_at_the_tokens(rule):
    rng = random.Random(5)
    for _ in range(4):
        for verdict in check(instance(rng, rule), judged=CHOSEN):
            assert verdict.status in (Status.HOLDS, Status.UNDECIDED)
            # Undecided only where the sides are equal up to rounding.
            assert verdict.lhs.value <= verdict.rhs.value + 1e-9


@pytest.mark.parametrize("size", [2, 3])
def test_given_sets_attain_every_constant(size):
    policy = FixedSets([range(size), *[[i] for i in range(size, 5)]])
    for statement in CHOSEN:
        found = prove(statement, policy, 5)
        assert found.verdict is Decided.HOLDS
        assert found.constant == 1


def test_the_rate_of_the_best_sizes():
    for L, N in ((4, 2), (6, 3), (8, 5)):
        assert prove(statements["best-sizes/rate"], Bernoulli(N), L).verdict is Decided.HOLDS
    # Without the random shift the steps would be 1/N apart; that is too good to be true.
    found = prove(
        "best_sizes_path_kl <= (total_correlation + dual_total_correlation)/(2*N)", Bernoulli(1), 3, judge=False
    )
    assert found.verdict is Decided.FAILS
