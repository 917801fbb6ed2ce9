"""What is left of proposals when ties are: as probable under every rule for ties as it is said to be."""

from __future__ import annotations

from collections import defaultdict
from itertools import permutations, product

import numpy as np
import pytest
from conformance.code import tempered

from maskbound.numerics import Instance, languages, policies
from maskbound.numerics.conformance import Oracle
from maskbound.numerics.conformance.levels import Levels
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


def up_to_ties(policy, kept, rows, candidates):
    """What no rule for ties changes; all of it where the claim of the first is about positions that are alike."""
    scores = sorted(score for _, _, score in kept)
    level = scores[0]
    certain = frozenset(pair for pair in kept if pair[2] > level)
    if policy.rule == "threshold":
        bound = round(float(policy.bound), 9)
        certain = frozenset(pair for pair in kept if pair[2] > bound)
        if certain:
            return certain
        level = scores[-1]
        if level == bound:
            return level
    elif len(kept) == len(candidates):
        return kept
    left = set(candidates) - {i for i, _, _ in certain}
    alike = {tuple(rows[i]) for i in left if level in rows[i].round(9)}
    if policy.takes_first and len(alike) == 1:
        return kept
    return certain, level, scores.count(level) if policy.sizes else 1


@pytest.mark.parametrize("ties", ["random", "first"])
@pytest.mark.parametrize("name", LANGUAGES)
@pytest.mark.parametrize("rule", RULES, ids=str)
def test_it_has_the_probability_that_every_rule_for_ties_gives_it(name, rule, ties):
    policy = policies.Adaptive(L, score="confidence", order="sample-then-choose", ties=ties, **rule)
    oracle = Oracle(Instance(LANGUAGES[name], policies.FixedSize([L])))
    laws = {"own": lambda logs: logs, "cool": cool}
    orders = [tuple(range(L))] if ties == "first" else list(permutations(range(L)))[::5]
    compared = 0
    for y in STARTS:
        logits, candidates = oracle.logits(np.array([y])), policy.candidates(y, 3)
        if policy.sizes and policy.sizes[0] > len(candidates):
            continue
        own = np.exp(logits)
        drawn = {"own": own, "cool": tempered(own, TEMPERATURE)}
        for order, law in product(orders, laws):
            expected = outcomes(policy, (own[0], drawn[law][0]), y, order)
            classes = defaultdict(float)
            for kept, p in expected.items():
                classes[up_to_ties(policy, kept, own[0], candidates)] += p
            reached = np.array([y] * len(expected))
            for k, kept in enumerate(expected):
                for i, v, _ in kept:
                    reached[k, i] = v
            n = len(reached)
            ones = np.ones(n, dtype=np.int64)
            seen = Transitions(np.array([y] * n), reached, np.repeat(logits, n, axis=0), ones, ones)
            found = np.exp(Levels(policy, seen).law(laws[law]))
            for kept, value in zip(expected, found, strict=True):
                compared += 1
                assert abs(value - classes[up_to_ties(policy, kept, own[0], candidates)]) < ROUNDING
    assert compared > 10


def cool(logs):
    powers = logs / TEMPERATURE
    return powers - np.log(np.exp(powers).sum(axis=-1, keepdims=True))
