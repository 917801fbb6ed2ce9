"""Choices with noise: their laws are those of the definition; code with noise is named."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations, permutations, product

import numpy as np
import pytest
from conformance.right import Right, best
from conformance.test_steps import one_by_one, outcomes

from maskbound.numerics import Instance, conform, languages, policies
from maskbound.numerics.conformance import Oracle
from maskbound.numerics.conformance.noisy import noisily, noisy_proposals
from maskbound.numerics.conformance.steps import SLIP
from maskbound.numerics.instances.gallery import load_gallery

V, L = 3, 4
CHAIN = load_gallery("markov-lopsided").language
ORACLE = Oracle(Instance(languages.markov(CHAIN.initial, CHAIN.transition, L), policies.FixedSize([L])))
PARTIAL = [(V,) * L, (0, V, V, 2), (V, 1, V, V)]
ABOUT = 0.004
"""Of a probability. The ends of intervals grow by 7 % and S falls over one by a factor of exp(-0.07 u) where its clocks
have rung u times; sets of these sizes ring before u = 4; the mean of both sums is off by a twelfth of the square."""


def one_by_one_taken(worth, taken):
    """The probability that these are the first, in any order, drawn one by one in proportion to what they are worth."""
    found = 0.0
    for order in permutations(taken):
        left, probability = dict(worth), 1.0
        for i in order:
            probability *= left[i] / sum(left.values())
            del left[i]
        found += probability
    return found


def agree(logs, exact):
    """The exact law with its slips."""
    assert (np.abs(np.exp(logs) - exact) <= ABOUT * exact + SLIP).all()


@pytest.mark.parametrize("noise", [0.1, 1.0])
@pytest.mark.parametrize("y", PARTIAL, ids=str)
def test_positions_are_drawn_in_proportion_to_powers_of_the_score(y, noise):
    masked = [i for i, token in enumerate(y) if token == V]
    rows = np.exp(ORACLE.logits(np.array([y]))[0])
    worth = {i: float(np.exp(rows[i].max() / noise)) for i in masked}
    for size in range(1, len(masked) + 1):
        sets = list(combinations(masked, size))
        moves = [tuple(0 if i in taken else token for i, token in enumerate(y)) for taken in sets]
        seen = one_by_one(y, moves, ORACLE, 1, 2)
        found = noisily(seen, "confidence", np.full(len(sets), noise), seen.masked)
        agree(found, np.array([one_by_one_taken(worth, taken) for taken in sets]))


@pytest.mark.parametrize("noise", [0.3, 2.0])
@pytest.mark.parametrize("y", PARTIAL, ids=str)
def test_proposals_are_kept_in_proportion_to_powers_of_their_probability(y, noise):
    masked = [i for i, token in enumerate(y) if token == V]
    rows = np.exp(ORACLE.logits(np.array([y]))[0])
    for size in range(1, len(masked) + 1):
        moves = list(outcomes(y, size))
        exact = dict.fromkeys(moves, 0.0)
        for tokens in product(range(V), repeat=len(masked)):
            drawn = dict(zip(masked, tokens, strict=True))
            probability = float(np.prod([rows[i, v] for i, v in drawn.items()]))
            if probability == 0:
                continue
            worth = {i: float(rows[i, v] ** (1 / noise)) for i, v in drawn.items()}
            for taken in combinations(masked, size):
                reached = tuple(drawn[i] if i in taken else token for i, token in enumerate(y))
                exact[reached] += probability * one_by_one_taken(worth, taken)
        seen = one_by_one(y, moves, ORACLE, 1, 2)
        found = noisy_proposals(seen, lambda logs: logs, np.full(len(moves), noise), seen.masked)
        agree(found, np.array([exact[move] for move in moves]))


@dataclass(frozen=True)
class Noisy(Right):
    """Adds noise to the score before it chooses."""

    noise: float = 0.0

    def adaptive(self, rows, masked, size, rng):
        tokens = np.array([[rng.choice(V, p=row / row.sum()) for row in rows_] for rows_ in rows])
        score = rows.max(axis=2)
        if self.policy.proposes:
            score = np.log(np.take_along_axis(rows, tokens[..., None], 2)[..., 0])
        score = np.where(masked, score + self.noise * rng.gumbel(size=score.shape), -np.inf)
        return best(score, size) & masked, tokens


@pytest.mark.parametrize(
    ("order", "noise", "named"),
    [
        ("choose-then-sample", 0.1, "by largest probability with Gumbel noise of 0.1"),
        pytest.param(
            "sample-then-choose",
            1.0,
            "by probability of the drawn token with Gumbel noise of 1",
            marks=pytest.mark.slow,
        ),
    ],
)
def test_noise_in_the_choice_is_named(order, noise, named):
    policy = policies.Adaptive(5, score="confidence", order=order, sizes=[2, 2, 1])
    found = conform(Instance(CHAIN, policy), Noisy(policy, noise=noise), samples=500, seed=2)
    assert found.status == "differs"
    assert {name: part.seen for name, part in found.components.items() if not part.as_claimed} == {"positions": named}
