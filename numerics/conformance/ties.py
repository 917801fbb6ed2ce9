"""The laws that an adaptive policy has when rounding breaks its ties.

Equal scores, and a score equal to its bound, are decided exactly by the claim; sampler code compares what it computes
in floating point. It sees a tie for certain only between positions whose conditionals are the same numbers in the same
order. The entropies of two permuted rows, or confidences after a softmax, may differ in the last place, either way
round. So where scores differ by no more than rounding, and the rows are not the same, each outcome is right, and the
claim is the set of the laws that arise so, one choice at a time. The largest expectation over such a set is worked out
backwards from complete sequences: the best of the outcomes at each tie, the average over tokens everywhere.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..errors import BeyondReach
from ..instances import Instance
from ..numbers.lattice import sequence_index
from ..policies import Adaptive, Partial
from .oracle import Oracle

__all__ = ["Outcome", "TiedLaws", "outcomes", "tied_laws"]

SINGLE = 2.0**-24
"""Unit roundoff of float32, in which much sampler code computes."""

MOST_DRAWS = 2_000_000
"""Draws of tokens that are looked at one by one for one policy."""

Outcome = list[tuple[float, tuple[int, ...]]]
"""A law on sets of positions: one way to break ties."""


def tolerance(vocab: int, score: str) -> float:
    """How far rounding in float32 moves the difference of two scores: some V + 8 operations on terms of this size."""
    return 4 * (vocab + 8) * SINGLE * (1 + math.log(vocab) if score == "entropy" else 1.0)


def outcomes(
    policy: Adaptive, step: int, scores: Sequence[float], rows: Sequence[bytes], apart: float
) -> list[Outcome]:
    """Every way in which a step may choose among candidates 0..m-1, each a law on sets.

    Parameters
    ----------
    policy : Adaptive
    step : int
    scores : sequence of float
    rows : sequence of bytes
        What the scores are computed from; equal rows have scores that are equal for code, too.
    apart : float
        Differences of at most this are no more than rounding.
    """
    if policy.score == "random":
        rows = [b""] * len(rows)
    if policy.sizes is not None:
        counts = {policy.sizes[step - 1]}
    elif policy.bound is not None and policy.rule == "entropy_bound":
        counts = _prefixes(sorted(-score for score in scores), float(policy.bound), apart)
    else:
        return _above(policy, scores, rows, apart)
    return [found for count in counts for found in _best(policy, count, scores, rows, apart)]


def _prefixes(entropies: list[float], bound: float, apart: float) -> set[int]:
    """How many of the lowest entropies may be revealed, of which all but the largest add up to at most the bound."""
    found, total = set(), 0.0
    for count, entropy in enumerate(entropies, 1):
        total += entropy
        if total > bound - count * apart:
            found.add(count)
        if total > bound + count * apart:
            return found
    return found | {len(entropies)}


def _above(policy: Adaptive, scores: Sequence[float], rows: Sequence[bytes], apart: float) -> list[Outcome]:
    """All that reach the threshold, and the best one where none does."""
    assert policy.bound is not None
    bound = float(policy.bound)
    certain = [i for i, score in enumerate(scores) if score > bound + apart]
    near = _alike([i for i, score in enumerate(scores) if abs(score - bound) <= apart], rows)
    found = []
    for taken in itertools.product([False, True], repeat=len(near)):
        chosen = certain + [i for group, take in zip(near, taken, strict=True) if take for i in group]
        found += [[(1.0, tuple(sorted(chosen)))]] if chosen else _best(policy, 1, scores, rows, apart)
    return found


def _best(policy: Adaptive, count: int, scores: Sequence[float], rows: Sequence[bytes], apart: float) -> list[Outcome]:
    """The ``count`` best."""
    ranked = sorted(range(len(scores)), key=lambda i: -scores[i])
    if count in (0, len(ranked)):
        return [[(1.0, tuple(range(len(ranked))[:count]))]]
    last = scores[ranked[count - 1]]
    certain = [i for i in ranked if scores[i] > last + apart]
    groups = _alike([i for i in range(len(scores)) if abs(scores[i] - last) <= apart], rows)
    return [
        [
            (math.prod(share for share, _ in parts), tuple(sorted([*certain, *(i for _, some in parts for i in some)])))
            for parts in itertools.product(*(_some(policy, g, n) for g, n in zip(groups, shared, strict=True)))
        ]
        for shared in itertools.product(*(range(len(group) + 1) for group in groups))
        if sum(shared) == count - len(certain)
    ]


def _alike(positions: list[int], rows: Sequence[bytes]) -> list[list[int]]:
    """Groups of equal rows."""
    groups: dict[bytes, list[int]] = {}
    for i in positions:
        groups.setdefault(rows[i], []).append(i)
    return list(groups.values())


def _some(policy: Adaptive, group: list[int], count: int) -> Outcome:
    """So many of positions that are equal for code, too: by the policy's own rule."""
    if policy.takes_first:
        return [(1.0, tuple(group[:count]))]
    ways = math.comb(len(group), count)
    return [(1 / ways, some) for some in itertools.combinations(group, count)]


@dataclass(frozen=True)
class Move:
    """What happens at a partial sequence, with a probability: one of several laws on what is reached."""

    probability: float
    laws: tuple[tuple[NDArray[np.int64], NDArray[np.float64]], ...]


class TiedLaws:
    """The laws of a policy on complete sequences (V^L,), however its ties are broken.

    Attributes
    ----------
    law : (V^L,) float64
        One of them, positive on all that any of them allows: each outcome of a tie as likely.
    """

    def __init__(self, moves: list[list[Move]], ends: NDArray[np.int64], size: int) -> None:
        self._moves, self._ends, self._size = moves, ends, size
        self.law = self._average()

    def upper(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """The largest expectation of each function of a sequence, (..., V^L)."""
        flat = values.reshape(-1, self._size).T
        reached = np.empty((len(self._moves), flat.shape[1]))
        # What is reached has a larger number than where it is reached from.
        for state in range(len(self._moves) - 1, -1, -1):
            if self._ends[state] >= 0:
                reached[state] = flat[self._ends[state]]
                continue
            reached[state] = sum(
                move.probability
                * np.max([probabilities @ reached[targets] for targets, probabilities in move.laws], axis=0)
                for move in self._moves[state]
            )
        return reached[0].reshape(values.shape[:-1])

    def _average(self) -> NDArray[np.float64]:
        mass, law = np.zeros(len(self._moves)), np.zeros(self._size)
        mass[0] = 1.0
        for state, moves in enumerate(self._moves):
            if self._ends[state] >= 0:
                law[self._ends[state]] += mass[state]
            for move in moves:
                for targets, probabilities in move.laws:
                    np.add.at(mass, targets, mass[state] * move.probability / len(move.laws) * probabilities)
        return law


def tied_laws(instance: Instance, oracle: Oracle) -> TiedLaws | None:
    """The set of laws of an instance, or None where no tie that it meets is at the mercy of rounding.

    Raises
    ------
    BeyondReach
        When there are too many draws to look at.

    Notes
    -----
    Cost: every draw of tokens at every partial sequence that can be reached, in Python.
    """
    policy = instance.policy
    if policy.score in (None, "random"):
        return None
    walk = _Walk(instance, Adaptive.of(policy), oracle)
    moves, ends = walk.run()
    return TiedLaws(moves, ends, instance.vocab**instance.length) if walk.tied else None


class _Walk:
    """Partial sequences that can be reached, in rising order of what they reveal."""

    def __init__(self, instance: Instance, policy: Adaptive, oracle: Oracle) -> None:
        self.policy, self.oracle, self.vocab = policy, oracle, instance.vocab
        self.name, self.apart = instance.name, tolerance(instance.vocab, policy.score)
        self.steps = [sum(policy.sizes[:k]) for k in range(1, len(policy.sizes) + 1)] if policy.sizes else []
        self.draws, self.tied = 0, False

    def run(self) -> tuple[list[list[Move]], NDArray[np.int64]]:
        V, L = self.vocab, self.oracle.length
        levels: list[dict[Partial, list]] = [{} for _ in range(L + 1)]
        levels[0][(V,) * L] = []
        for level in levels[:-1]:
            if level:
                logits = self.oracle.logits(np.array(list(level)))
                for y, row in zip(list(level), np.exp(logits), strict=True):
                    level[y] = list(self._moves(y, row))
                    for _, laws in level[y]:
                        for law in laws:
                            for reached in law:
                                levels[L - reached.count(V)].setdefault(reached, [])
        number = {y: k for k, y in enumerate(y for level in levels for y in level)}
        ends = np.full(len(number), -1)
        if levels[L]:
            complete = list(levels[L])
            ends[[number[y] for y in complete]] = sequence_index(np.array(complete), V)
        moves = [
            [
                Move(
                    probability,
                    tuple((np.array([number[y] for y in law]), np.array(list(law.values()))) for law in laws),
                )
                for probability, laws in found
            ]
            for level in levels
            for found in level.values()
        ]
        return moves, ends

    def _moves(self, y: Partial, rows: NDArray[np.float64]) -> Iterator[tuple[float, list[dict[Partial, float]]]]:
        """Probabilities with the laws that may follow."""
        policy = self.policy
        among = policy.candidates(y, self.vocab)
        step = 1 + sum(revealed <= len(y) - y.count(self.vocab) for revealed in self.steps)
        served = [rows[i].tolist() for i in among]
        alike = [rows[i].tobytes() for i in among]
        drawn = [[(v, c) for v, c in enumerate(policy.drawn_from(row, row)) if c] for row in served]
        if not policy.proposes:
            found = outcomes(policy, step, [policy.score_of(row) for row in served], alike, self.apart)
            yield 1.0, self._distinct([self._filled(y, among, drawn, outcome) for outcome in found])
            return
        for proposal in itertools.product(*drawn):
            self._count(1)
            scores = [row[v] for row, (v, _) in zip(served, proposal, strict=True)]
            kept = [[pair] for pair in proposal]
            certain = [[(v, 1.0)] for ((v, _),) in kept]
            found = outcomes(policy, step, scores, alike, self.apart)
            yield (
                math.prod(c for _, c in proposal),
                self._distinct([self._filled(y, among, certain, outcome) for outcome in found]),
            )

    def _filled(
        self, y: Partial, among: list[int], drawn: list[list[tuple[int, float]]], outcome: Outcome
    ) -> dict[Partial, float]:
        """The law of what is reached when ties fall so."""
        law: dict[Partial, float] = {}
        for share, chosen in outcome:
            for tokens in itertools.product(*(drawn[k] for k in chosen)):
                self._count(1)
                filled = {among[k]: v for k, (v, _) in zip(chosen, tokens, strict=True)}
                reached = tuple(filled.get(i, token) for i, token in enumerate(y))
                law[reached] = law.get(reached, 0.0) + share * math.prod(c for _, c in tokens)
        return law

    def _distinct(self, laws: list[dict[Partial, float]]) -> list[dict[Partial, float]]:
        found: list[dict[Partial, float]] = []
        for law in laws:
            if law not in found:
                found.append(law)
        self.tied |= len(found) > 1
        return found

    def _count(self, draws: int) -> None:
        self.draws += draws
        if self.draws > MOST_DRAWS:
            raise BeyondReach(
                f"{self.name} has more than {MOST_DRAWS} draws of tokens, too many to look for ties among"
            )
