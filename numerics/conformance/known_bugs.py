"""Usual mistakes of sampler code, each as a change of the policy that it claims, and its law.

The laws are pushed over partial sequences with the oracle's own conditionals. Comparisons are of float64 there, which
is fine for an alternative: any law is one.
"""

from __future__ import annotations

import itertools
import math
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..numbers.lattice import sequence_index
from ..policies import Adaptive, Partial, Policy
from ..policies.base import Transition
from .oracle import Oracle

__all__ = ["Moves", "Variant", "law_of_variant", "mistakes"]

Rows = NDArray[np.float64]
Moves = Callable[[int, Partial, Rows, Hashable], Iterator[Transition]]
"""As ``Policy.transitions``."""


@dataclass(frozen=True)
class Variant:
    """A sampler that is no policy here (definitions.md#policies).

    Parameters
    ----------
    steps : int
    moves : callable
        The law of a step, from the step, y, the conditionals (L, V) and what is remembered.
    """

    steps: int
    moves: Moves


def law_of_variant(variant: Variant, oracle: Oracle) -> NDArray[np.float64]:
    """Its law on complete sequences, (V^L,); it sums to less than 1 where masks are left.

    Notes
    -----
    Cost: all pairs of partial sequences a step, in Python.
    """
    V, L = oracle.vocab, oracle.length
    mass: dict[tuple[Partial, Hashable], float] = {((V,) * L, None): 1.0}
    for step in range(1, variant.steps + 1):
        rows = np.exp(oracle.logits([y for y, _ in mass]))
        following: dict[tuple[Partial, Hashable], float] = defaultdict(float)
        for ((y, memory), probability), conditionals in zip(mass.items(), rows, strict=True):
            if V not in y:
                following[y, None] += probability
                continue
            for share, reached, remembered in variant.moves(step, y, conditionals, memory):
                following[reached, remembered] += probability * share
        mass = following
    p = np.zeros(V**L)
    for (y, _), probability in mass.items():
        if V not in y:
            p[sequence_index(np.array([y]), V)] += probability
    return p


def mistakes(policy: Policy, length: int) -> dict[str, Variant]:
    """The mistakes that a sampler of this policy can make, by name."""
    N = policy.steps
    found = {
        "the previous step's conditionals reused": Variant(N, _stale(policy)),
    }
    filters = {
        "top-2 left on": _top_two,
        "nucleus 0.9 left on": lambda row: _nucleus(row, crossing=True),
        "nucleus 0.9 without the token that crosses": lambda row: _nucleus(row, crossing=False),
    }
    found |= {name: Variant(N, _truncated(policy, kept)) for name, kept in filters.items()}
    if policy.score is not None:
        policy = Adaptive.of(policy)
        if policy.ties == "first":
            found["ties to the last position"] = Variant(N, _mirrored(policy))
        if policy.sizes:
            found["all of equal scores at once"] = Variant(N, _all_of_equal(policy))
        for name, kept in filters.items():
            found[f"{name}, in the scores too"] = Variant(N, _truncated(policy, kept, in_scores=True))
        if policy.temperature not in (0, 1):
            found["temperature applied to the score"] = Variant(N, _scored_after(policy))
    rounded = length // N
    if policy.sizes and policy.sets is None and length % N and rounded:
        found["leftover masks by argmax"] = Variant(N + 1, _floored(policy, rounded))
    return found


def _moves(policy: Policy, step: int, y: Partial, drawn: Rows, scored: Rows) -> Iterator[Transition]:
    if policy.score is not None:
        return Adaptive.of(policy).transitions(step, y, drawn, None, scored)
    return policy.transitions(step, y, drawn)


def _stale(policy: Policy) -> Moves:
    """From the second step on, what the network said one step earlier."""

    def moves(step: int, y: Partial, rows: Rows, memory: Any) -> Iterator[Transition]:
        used = rows if memory is None else np.frombuffer(memory).reshape(rows.shape)
        for probability, reached, _ in _moves(policy, step, y, used, used):
            yield probability, reached, rows.tobytes()

    return moves


def _truncated(
    policy: Policy, kept: Callable[[NDArray[np.float64]], NDArray[np.float64]], in_scores: bool = False
) -> Moves:
    """Tokens from a part of each conditional; scores from the whole, or from that part."""

    def moves(step: int, y: Partial, rows: Rows, memory: Any) -> Iterator[Transition]:
        part = np.array([kept(row) for row in rows])
        return _moves(policy, step, y, part, part if in_scores else rows)

    return moves


def _top_two(row: NDArray[np.float64]) -> NDArray[np.float64]:
    return _normal(np.where(row >= np.sort(row)[-2:][0], row, 0.0))


def _nucleus(row: NDArray[np.float64], crossing: bool, mass: float = 0.9) -> NDArray[np.float64]:
    """The likeliest tokens up to a total of ``mass``, with the one that crosses it or without; at least one."""
    order = np.argsort(-row, kind="stable")
    before = np.cumsum(row[order]) - row[order]
    size = int((before < mass).sum()) - (not crossing)
    kept = np.zeros_like(row)
    kept[order[: max(size, 1)]] = row[order[: max(size, 1)]]
    return _normal(kept)


def _normal(row: NDArray[np.float64]) -> NDArray[np.float64]:
    return row / row.sum()


def _mirrored(policy: Adaptive) -> Moves:
    """The last position of equal scores; blocks stay where they are."""

    def moves(step: int, y: Partial, rows: Rows, memory: Any) -> Iterator[Transition]:
        block = policy.block_length
        turned = np.arange(len(y)).reshape(-1, block)[:, ::-1].ravel()
        for probability, reached, _ in policy.transitions(step, tuple(y[i] for i in turned), rows[turned]):
            yield probability, tuple(reached[i] for i in turned), None

    return moves


def _all_of_equal(policy: Adaptive) -> Moves:
    """Every position whose score equals the last one that is due; later steps leave as many masks as are planned."""
    left = list(itertools.accumulate(policy.sizes or (), lambda left, size: left - size, initial=policy.length))

    def moves(step: int, y: Partial, rows: Rows, memory: Any) -> Iterator[Transition]:
        among = policy.candidates(y, rows.shape[1])
        due = max(y.count(rows.shape[1]) - left[step], 0)
        for probability, tokens, scores in scored_tokens(policy, among, rows):
            cut = sorted(scores.values(), reverse=True)[:due]
            yield probability, revealed(y, {i: tokens[i] for i in among if cut and scores[i] >= cut[-1]}), None

    return moves


def scored_tokens(policy: Adaptive, among: Sequence[int], rows: Rows) -> Iterator[tuple[float, dict, dict]]:
    """Tokens at all candidates with their probability, and the scores that order them."""
    rule = [policy.score_of(rows[i].tolist()) for i in among]
    options = [
        [(v, c) for v, c in enumerate(policy.drawn_from(rows[i].tolist(), rows[i].tolist())) if c] for i in among
    ]
    for drawn in itertools.product(*options):
        own = [float(rows[i, v]) for i, (v, _) in zip(among, drawn, strict=True)] if policy.proposes else rule
        tokens = {i: v for i, (v, _) in zip(among, drawn, strict=True)}
        yield math.prod(c for _, c in drawn), tokens, dict(zip(among, own, strict=True))


def revealed(y: Partial, tokens: dict[int, int]) -> Partial:
    """With these tokens in their positions."""
    return tuple(tokens.get(i, token) for i, token in enumerate(y))


def _scored_after(policy: Adaptive) -> Moves:
    """Scores from the tempered conditionals that tokens are drawn from."""

    def moves(step: int, y: Partial, rows: Rows, memory: Any) -> Iterator[Transition]:
        return _moves(policy, step, y, rows, np.array([policy.drawn_from(row, row) for row in rows.tolist()]))

    return moves


def _floored(policy: Policy, each: int) -> Moves:
    """Steps of equal size, the remainder forgotten; then the likeliest token at every mask that is left."""

    def moves(step: int, y: Partial, rows: Rows, memory: Any) -> Iterator[Transition]:
        V = rows.shape[1]
        masked = [i for i, token in enumerate(y) if token == V]
        if step <= policy.steps:
            sized = policy.resized(_padded(each, step, len(y)))
            yield from _moves(sized, step, y, rows, rows)
            return
        best = {i: int(rows[i].argmax()) for i in masked}
        yield 1.0, tuple(best.get(i, token) for i, token in enumerate(y)), None

    return moves


def _padded(each: int, step: int, length: int) -> list[int]:
    """``each`` at every step up to this one, and what is left afterwards."""
    return [each] * step + [length - each * step]
