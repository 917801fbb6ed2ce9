"""What is left of proposals when ties are: as probable under every rule for ties as it is said to be."""

from __future__ import annotations

from collections import defaultdict
from itertools import permutations, product

import numpy as np
import pytest
from conformance.code import tempered

from maskbound.numerics import Instance, languages, policies
from maskbound.numerics.conformance import Oracle
from maskbound.numerics.conformance.levels import proposals_up_to_ties
from maskbound.numerics.conformance.steps import Transitions

L = 4
RULES = [
    {"sizes": [1, 3]},
    {"sizes": [2, 2]},
    {"sizes": [4]},
    {"threshold": "1/3"},
    {"threshold": "1/2"},
    {"sizes": [1, 1], "block_length": 2},
]
LANGUAGES = {
    "colours": languages.colouring(L),
    "alike": languages.iid(["1/2", "3/10", "1/5"], L),
    "chain": languages.markov(
        ["1/2", "1/4", "1/4"], [["1/2", "1/4", "1/4"], ["0", "1/3", "2/3"], ["1/4", "1/2", "1/4"]], L
    ),
}
STARTS = [(3, 3, 3, 3), (3, 0, 3, 3), (3, 3, 2, 3)]
TEMPERATURE = 0.8
ROUNDING = 1e-12


def outcomes(policy, rows, y, ties):
    """Probabilities of what is kept, with equal scores by the position's place in ``ties``."""
    among = policy.candidates(y, 3)
    found = defaultdict(float)
    for proposal in product(range(3), repeat=len(among)):
        p = float(np.prod([rows[1][i, v] for i, v in zip(among, proposal, strict=True)]))
        score = {i: round(float(rows[0][i, v]), 9) for i, v in zip(among, proposal, strict=True)}
        best = sorted(among, key=lambda i: (-score[i], ties.index(i)))
        size = (
            policy.sizes[0] if policy.sizes else max(sum(s >= round(float(policy.bound), 9) for s in score.values()), 1)
        )
        kept = frozenset((i, proposal[among.index(i)], score[i]) for i in best[:size])
        found[kept] += p
    return {kept: p for kept, p in found.items() if p}


def up_to_ties(policy, kept, candidates):
    """What no rule for ties changes."""
    scores = sorted(score for _, _, score in kept)
    if policy.rule == "threshold":
        bound = round(float(policy.bound), 9)
        certain = frozenset(pair for pair in kept if pair[2] > bound)
        return certain or scores[-1]
    if len(kept) == candidates:
        return kept
    return frozenset(pair for pair in kept if pair[2] > scores[0]), scores[0], scores.count(scores[0])


@pytest.mark.parametrize("name", LANGUAGES)
@pytest.mark.parametrize("rule", RULES, ids=str)
def test_it_has_the_probability_that_every_rule_for_ties_gives_it(name, rule):
    policy = policies.Adaptive(L, score="confidence", order="sample-then-choose", **rule)
    oracle = Oracle(Instance(LANGUAGES[name], policies.FixedSize([L])))
    laws = {
        "own": lambda logs: logs,
        "cool": lambda logs: logs / TEMPERATURE - np.log(np.exp(logs / TEMPERATURE).sum(-1, keepdims=True)),
    }
    compared = 0
    for y in STARTS:
        logits = oracle.logits(np.array([y]))
        own = np.exp(logits)
        drawn = {"own": own, "cool": tempered(own, TEMPERATURE)}
        for ties, law in product(list(permutations(range(L)))[::5], laws):
            expected = outcomes(policy, (own[0], drawn[law][0]), y, ties)
            candidates = len(policy.candidates(y, 3))
            if any(len(kept) > candidates for kept in expected):
                continue
            classes = defaultdict(float)
            for kept, p in expected.items():
                classes[up_to_ties(policy, kept, candidates)] += p
            reached = np.array([y] * len(expected))
            for k, kept in enumerate(expected):
                for i, v, _ in kept:
                    reached[k, i] = v
            n = len(reached)
            ones = np.ones(n, dtype=np.int64)
            seen = Transitions(np.array([y] * n), reached, np.repeat(logits, n, axis=0), ones, ones)
            found = np.exp(proposals_up_to_ties(policy, seen, laws)[law])
            for kept, value in zip(expected, found, strict=True):
                compared += 1
                assert abs(value - classes[up_to_ties(policy, kept, candidates)]) < ROUNDING
    assert compared > 50
