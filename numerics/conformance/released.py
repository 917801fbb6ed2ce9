"""Steps of released samplers that belong to no policy here, as exact laws (see `adapters.schedulers`)."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Hashable, Iterator, Sequence

from ..policies import Adaptive, Partial
from ..policies.base import Transition
from .known_bugs import Rows, Variant, revealed, scored_tokens

__all__ = ["annealed", "noisy_confidence", "sized_or_confident"]


def annealed(policy: Adaptive, temperatures: Sequence[float]) -> Variant:
    """A temperature for each step, which the scores feel too."""

    def moves(step: int, y: Partial, rows: Rows, memory: Hashable) -> Iterator[Transition]:
        powers = rows ** (1 / temperatures[step - 1])
        return policy.transitions(step, y, powers / powers.sum(axis=1, keepdims=True))

    return Variant(len(temperatures), moves)


def leftmost(scores: dict[int, float], due: int) -> list[int]:
    """The positions of the best scores, the lowest of equal ones."""
    return sorted(scores, key=lambda i: (-scores[i], i))[:due]


def sized_or_confident(
    policy: Adaptive, threshold: float, best: Callable[[dict[int, float], int], list[int]] = leftmost
) -> Variant:
    """All proposals of confidence above a threshold where they are no fewer than the size of the step, else the best.

    With ``policy`` the sizes, and what is proposed; ``best`` takes so many of the scores, and breaks ties.
    """

    def moves(step: int, y: Partial, rows: Rows, memory: Hashable) -> Iterator[Transition]:
        among = policy.candidates(y, rows.shape[1])
        for probability, tokens, scores in scored_tokens(policy, among, rows):
            certain = [i for i in among if scores[i] > threshold]
            due = (policy.sizes or ())[step - 1]
            chosen = certain if len(certain) >= due else best(scores, due)
            yield probability, revealed(y, {i: tokens[i] for i in chosen}), None

    return Variant(policy.steps, moves)


def noisy_confidence(policy: Adaptive, noise: Sequence[float]) -> Variant:
    """Proposals of largest ``log c + tau g`` with g of Gumbel's law: drawn one by one in proportion to ``c^(1/tau)``.

    ``noise`` has one positive tau for each step but the last, which has no choice.
    """

    def moves(step: int, y: Partial, rows: Rows, memory: Hashable) -> Iterator[Transition]:
        among = policy.candidates(y, rows.shape[1])
        due = (policy.sizes or ())[step - 1]
        for probability, tokens, scores in scored_tokens(policy, among, rows):
            if due == len(among):
                yield probability, revealed(y, tokens), None
                continue
            worth = {i: math.log(scores[i]) / noise[step - 1] for i in among}
            for drawn in itertools.permutations(among, due):
                yield probability * _one_by_one(worth, drawn), revealed(y, {i: tokens[i] for i in drawn}), None

    return Variant(policy.steps, moves)


def _one_by_one(logs: dict[int, float], drawn: Sequence[int]) -> float:
    """The probability of an order of draws without replacement, in proportion to what has these logarithms."""
    probability, left = 1.0, dict(logs)
    for i in drawn:
        largest = max(left.values())
        probability *= math.exp(left[i] - largest) / math.fsum(math.exp(log - largest) for log in left.values())
        del left[i]
    return probability
