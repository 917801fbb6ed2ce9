"""The laws of steps: the claim's against the policy's own transitions, and every alternative adds up to 1."""

from __future__ import annotations

from itertools import combinations, product

import numpy as np
import pytest
from conformance.right import mirrored

from maskbound.numerics import Instance, languages, policies
from maskbound.numerics.conformance import Oracle
from maskbound.numerics.conformance.sizes import size_laws
from maskbound.numerics.conformance.steps import (
    SCORES,
    SLIP,
    Transitions,
    claimed_positions,
    claimed_sizes,
    proposals,
    replaced_proposals,
    strictly_by,
    uniformly,
)
from maskbound.numerics.conformance.tokens import claimed_tokens, token_laws
from maskbound.numerics.instances.gallery import load_gallery

V, L = 3, 4
CHAIN = load_gallery("markov-lopsided").language
CHAIN = languages.markov(CHAIN.initial, CHAIN.transition, L)
PLAIN = [
    policies.Bernoulli(3),
    policies.FixedSize([1, 2, 1]),
    policies.FixedSets([[1], [0, 3], [2]]),
    policies.Adaptive(L, score="random", sizes=[2, 2]),
    policies.Adaptive(L, score="confidence", sizes=[1, 2, 1]),
    policies.Adaptive(L, score="margin", sizes=[3, 1], temperature="1/2"),
    policies.Adaptive(L, score="entropy", sizes=[1, 1], block_length=2),
    policies.Adaptive(L, score="confidence", threshold="13/20"),
    policies.Adaptive(L, score="entropy", threshold=-1),
    policies.Adaptive(L, score="entropy", entropy_bound="3/2"),
    policies.Adaptive(L, score="confidence", steps=2, temperature=0),
]
PROPOSING = [
    policies.Adaptive(L, score="confidence", order="sample-then-choose", **rule)
    for rule in (
        {"sizes": [2, 2]},
        {"sizes": [1, 1], "block_length": 2},
        {"sizes": [1, 2, 1], "temperature": "1/2"},
        {"threshold": "13/20"},
    )
]
SHARES = (0.01, 0.3)
ROUNDING = 1e-12
"""Of sums of some hundred products of some ten roundings."""


def one_by_one(y, reached, oracle, step, steps):
    """All these moves from one partial sequence."""
    n = len(reached)
    logits = np.repeat(oracle.logits(np.array([y])), n, axis=0)
    return Transitions(np.repeat([y], n, axis=0), np.array(reached), logits, np.full(n, step), np.full(n, steps))


def partial_sequences():
    """Some of each number of masks."""
    rng = np.random.default_rng(0)
    for masks in range(1, L + 1):
        for _ in range(3):
            y = rng.integers(0, V, L)
            y[rng.permutation(L)[:masks]] = V
            yield tuple(map(int, y))


def outcomes(y, size=None):
    """Everything that may be reached, with so many positions."""
    masked = [i for i, token in enumerate(y) if token == V]
    for k in range(len(masked) + 1) if size is None else [size]:
        for chosen in combinations(masked, k):
            for tokens in product(range(V), repeat=k):
                filled = dict(zip(chosen, tokens, strict=True))
                yield tuple(filled.get(i, token) for i, token in enumerate(y))


def token_total(law, seen):
    row, place = np.nonzero(seen.chosen)
    logs = np.take_along_axis(law(seen.log_c[row, place]), seen.reached[row, place][:, None], 1)[:, 0]
    return np.bincount(row, logs, minlength=len(seen.y))


def step_of(policy, y):
    """The step at which a policy with sizes is, from what is revealed."""
    sizes = policy.sizes
    return 2 if sizes is None else 1 + int(np.searchsorted(np.cumsum(sizes), L - y.count(V), side="right"))


def reachable(policy, y):
    if isinstance(policy, policies.FixedSets):
        masked = {i for i, token in enumerate(y) if token == V}
        return any(masked == set(range(L)) - {i for s in policy.sets[:k] for i in s} for k in range(policy.steps))
    sizes = policy.sizes
    ends = None if sizes is None else {L, *(L - end for end in np.cumsum(sizes).tolist())}
    blocks = policy.block_length or L
    firsts = [y[k : k + blocks].count(V) for k in range(0, L, blocks)]
    whole = [count == blocks for count in firsts]
    in_order = all(later for first, later in zip(firsts, whole[1:], strict=False) if first)
    return (ends is None or y.count(V) in ends) and in_order


@pytest.mark.parametrize("policy", [*PLAIN, *PROPOSING], ids=repr)
def test_a_step_has_the_probability_that_the_policy_gives_it(policy):
    """On a chain without ties between different rows but those that proposals meet, which are above it."""
    oracle, met = Oracle(Instance(CHAIN, policy)), 0
    for y in partial_sequences():
        if not reachable(policy, y):
            continue
        met += 1
        step = step_of(policy, y)
        expected = {}
        for probability, reached, _ in policy.transitions(step, y, np.exp(oracle.logits(np.array([y]))[0])):
            expected[reached] = expected.get(reached, 0.0) + float(probability)
        moves = list(outcomes(y))
        seen = one_by_one(y, moves, oracle, step, policy.steps)
        own = claimed_tokens(policy)
        if policy in PROPOSING:
            logs = proposals(policy, seen, own, lambda logs: logs, exactly=True)
        else:
            logs = claimed_positions(policy, seen) + token_total(own, seen)
        found = np.exp(claimed_sizes(policy, seen) + logs)
        for reached, value, size in zip(moves, found, seen.size, strict=True):
            # A call without effect is no step, except where hazards are given.
            if size or isinstance(policy, policies.Bernoulli):
                assert abs(value - expected.get(reached, 0.0)) < ROUNDING, (y, reached)
    assert met >= 3


@pytest.mark.parametrize("policy", PROPOSING, ids=repr)
def test_ties_in_favour_of_what_happened_only_add(policy):
    oracle, added = Oracle(Instance(mirrored(np.random.default_rng(3)), policies.FixedSize([3]))), False
    changes = {policy.rule: policy.value} if policy.rule == "threshold" else {"sizes": [2, 1]}
    policy = policies.Adaptive(3, score="confidence", order="sample-then-choose", **changes)
    y = (V, V, V)
    seen = one_by_one(y, list(outcomes(y)), oracle, 1, 2)
    exact, favoured = (
        np.exp(proposals(policy, seen, lambda logs: logs, lambda logs: logs, exactly=e)) for e in (True, False)
    )
    added = (favoured > exact + ROUNDING)[seen.size > 0].any()
    assert (favoured >= exact - ROUNDING)[seen.size > 0].all()
    assert added or policy.rule == "threshold"


LANGUAGES = {"chain": CHAIN, "ties": languages.colouring(L)}


@pytest.mark.parametrize("name", LANGUAGES)
def test_every_alternative_adds_up_to_1_given_the_size(name):
    """So that its ratio to the claim is evidence."""
    oracle = Oracle(Instance(LANGUAGES[name], policies.FixedSize([L])))
    proposing = PROPOSING[0]
    laws = token_laws(policies.FixedSize([L]), V)
    for y in partial_sequences():
        for size in range(1, y.count(V) + 1):
            seen = one_by_one(y, list(outcomes(y, size)), oracle, 1, 1)
            for block in (L, 2):
                among = seen.candidates(block)
                for score in SCORES:
                    found = total(strictly_by(seen, score, among) + token_total(lambda logs: logs, seen))
                    # A block with fewer candidates leaves slips alone.
                    assert found == pytest.approx(1 if size <= among[0].sum() else SLIP, abs=ROUNDING)
            positions = uniformly(seen, seen.masked)
            for law in laws.values():
                assert total(positions + token_total(law, seen)) == pytest.approx(1, abs=ROUNDING)
                for scored in (law, lambda logs: logs):
                    found = total(proposals(proposing, seen, law, scored, exactly=True))
                    assert found == pytest.approx(1, abs=ROUNDING)
            for share, law in zip(SHARES, replaced_proposals(proposing, seen, lambda c: c, SHARES), strict=True):
                assert 1 - share * size < total(law) < 1 + ROUNDING


def test_proposals_above_a_threshold_add_up_to_1():
    oracle = Oracle(Instance(LANGUAGES["ties"], policies.FixedSize([L])))
    for bound in ("1/2", "2/5", "9/10"):
        policy = policies.Adaptive(L, score="confidence", order="sample-then-choose", threshold=bound)
        for y in partial_sequences():
            moves = [reached for reached in outcomes(y) if reached != y]
            seen = one_by_one(y, moves, oracle, 1, 1)
            assert total(proposals(policy, seen, lambda c: c, lambda c: c, exactly=True)) == pytest.approx(1)


def test_laws_of_sizes_add_up_to_1():
    policy, y = policies.Bernoulli(3), (V,) * L
    oracle = Oracle(Instance(CHAIN, policy))
    moves = [tuple(V if i >= k else 0 for i in range(L)) for k in range(L + 1)]
    for step in (1, 2, 3):
        seen = one_by_one(y, moves, oracle, step, 3)
        laws = size_laws(policy, seen, np.array([[30.0, 10, 0], [40.0, 30, 0]])[:, [step - 1]])
        for law in [claimed_sizes(policy, seen), *laws.values()]:
            assert total(law) == pytest.approx(1, abs=ROUNDING)


def total(logs):
    return float(np.exp(logs).sum())
