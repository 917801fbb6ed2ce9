"""Every bet on the steps is fair: over all outcomes of some calls of right code its mean wealth is at most 1."""

from __future__ import annotations

import math
from collections import defaultdict
from itertools import product

import numpy as np
import pytest
from by_default import rest_slow

from maskbound.numerics import Instance, languages, policies
from maskbound.numerics.conformance import Oracle
from maskbound.numerics.conformance.trace import Trace
from maskbound.numerics.conformance.trace_test import TraceTest

ROUNDING = 1e-9
CALLS = 3

TWO_WAYS = languages.Tabular(3, 3, [(0, 0, 0), (1, 1, 1), (1, 2, 2)], ["11/20", "8/20", "1/20"])
"""Above a threshold of 9/10 the rest is revealed at once after the first token, or one by one."""

CASES = {
    "independent steps": Instance(languages.iid(["1"], 1), policies.Bernoulli(2)),
    "three of them": Instance(languages.iid(["1"], 1), policies.Bernoulli(3)),
    "threshold": Instance(TWO_WAYS, policies.Adaptive(3, score="confidence", threshold="9/10")),
    "one step": Instance(languages.iid(["3/5", "2/5"], 1), policies.FixedSize([1])),
}


def rows_of(instance, oracle):
    """Probabilities of what a row of right code does, which stops when all is revealed."""
    policy, length, vocab = instance.policy, instance.length, instance.vocab
    left, found = {((vocab,) * length,): 1.0}, defaultdict(float)
    for step in range(1, policy.steps + 1):
        longer = defaultdict(float)
        for path, probability in left.items():
            served = np.exp(oracle.logits(np.array(path[-1:])))[0]
            for share, reached, _ in policy.transitions(step, path[-1], served):
                (longer if vocab in reached else found)[(*path, reached)] += probability * float(share)
        left = longer
    assert not left
    return dict(found)


def calls_of(rows, kind):
    """Probabilities of calls, which are asked about until all of their rows are complete."""
    if kind == "one row":
        return [(p, [row]) for row, p in rows.items()]
    if kind == "alike":
        return [(p, [row, row]) for row, p in rows.items()]
    pairs = [(rows[first] * rows[second], [first, second]) for first, second in product(rows, repeat=2)]
    return [(p, [row + row[-1:] * (max(map(len, pair)) - len(row)) for row in pair]) for p, pair in pairs]


@pytest.mark.parametrize(
    ("name", "kind"), rest_slow(product(CASES, ["one row", "alike", "independent"]), kinds=lambda case: case)
)
def test_the_mean_wealth_of_every_bet_is_at_most_1(name, kind):
    instance = CASES[name]
    oracle = Oracle(instance)
    calls = calls_of(rows_of(instance, oracle), kind)
    wealth, whole = defaultdict(float), 0.0
    for seen in product(calls, repeat=CALLS if len(calls) < 5 else 2):
        probability = math.prod(p for p, _ in seen)
        whole += probability
        test = TraceTest(instance.policy, instance.vocab, instance.length, aim=(CALLS, 3.0))
        for _, paths in seen:
            y = np.array(paths).transpose(1, 0, 2)
            logits = np.array([oracle.logits(asked) for asked in y[:-1]])
            test.add(Trace(y, logits))
        test.look()
        assert not test.impossible
        for model, won in test.wealth.items():
            wealth[model] += probability * math.exp(won)
        wealth["all"] += probability * math.exp(test.log)
    assert whole == pytest.approx(1)
    assert wealth["all"] <= 1 + ROUNDING
    assert {model: mean for model, mean in wealth.items() if mean > 1 + ROUNDING} == {}
