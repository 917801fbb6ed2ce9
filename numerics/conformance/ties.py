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
from collections.abc import Iterable, Iterator, Sequence
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

CELLS_AT_ONCE = 1 << 20
"""Numbers in one array of expectations of several functions."""

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
class Level:
    """What happens at s partial sequences that reveal as many tokens.

    At each, one of several moves, with a probability; of a move several laws on what is reached, by how ties fall.

    Parameters
    ----------
    targets, probabilities : (r,) int64, float64
        What each law reaches.
    laws : (l,) int64
        Where each begins among the targets.
    moves, shares : (m,) int64, float64
        Where each begins among the laws, and its probability.
    states : (s,) int64
        Where each partial sequence begins among the moves.
    """

    targets: NDArray[np.int64]
    probabilities: NDArray[np.float64]
    laws: NDArray[np.int64]
    moves: NDArray[np.int64]
    shares: NDArray[np.float64]
    states: NDArray[np.int64]

    @classmethod
    def of(cls, found: Iterable[list[tuple[float, list[dict[Partial, float]]]]], number: dict[Partial, int]) -> Level:
        """Moves with their laws, of each partial sequence."""
        targets: list[int] = []
        probabilities: list[float] = []
        laws: list[int] = []
        moves: list[int] = []
        shares: list[float] = []
        states: list[int] = []
        for state in found:
            states.append(len(moves))
            for share, ways in state:
                moves.append(len(laws))
                shares.append(share)
                for law in ways:
                    laws.append(len(targets))
                    targets += [number[y] for y in law]
                    probabilities += law.values()
        return cls(*map(np.array, (targets, probabilities, laws, moves, shares, states)))


class TiedLaws:
    """The laws of a policy on complete sequences (V^L,), however its ties are broken.

    Attributes
    ----------
    law : (V^L,) float64
        One of them, positive on all that any of them allows: each outcome of a tie as likely.
    """

    def __init__(self, levels: list[Level], ends: NDArray[np.int64], size: int) -> None:
        self._levels, self._ends, self._size = levels, ends, size
        self._partial = sum(len(level.states) for level in levels)
        self.law = self._average()

    def upper(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """The largest expectation of each function of a sequence, (..., V^L)."""
        flat = values.reshape(-1, self._size)
        together = max(1, CELLS_AT_ONCE // max(len(level.targets) for level in self._levels))
        parts = [self._upper(flat[start : start + together]) for start in range(0, len(flat), together)]
        return np.concatenate(parts).reshape(values.shape[:-1])

    def _upper(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Of functions (n, V^L)."""
        end = self._partial
        reached = np.empty((len(values), end + len(self._ends)))
        reached[:, end:] = values[:, self._ends]
        for level in reversed(self._levels):
            means = np.add.reduceat(level.probabilities * reached[:, level.targets], level.laws, axis=1)
            best = level.shares * np.maximum.reduceat(means, level.moves, axis=1)
            start = end - len(level.states)
            reached[:, start:end] = np.add.reduceat(best, level.states, axis=1)
            end = start
        return reached[:, 0]

    def _average(self) -> NDArray[np.float64]:
        mass, law, start = np.zeros(self._partial + len(self._ends)), np.zeros(self._size), 0
        mass[0] = 1.0
        for level in self._levels:
            moves, ways, reached = (
                np.diff(begin, append=len(of))
                for begin, of in ((level.states, level.moves), (level.moves, level.laws), (level.laws, level.targets))
            )
            shares = np.repeat(mass[start : start + len(moves)], moves) * level.shares / ways
            mass += np.bincount(
                level.targets, np.repeat(np.repeat(shares, ways), reached) * level.probabilities, len(mass)
            )
            start += len(moves)
        law[self._ends] = mass[start:]
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
    levels, ends = walk.run()
    return TiedLaws(levels, ends, instance.vocab**instance.length) if walk.tied else None


class _Walk:
    """Partial sequences that can be reached, in rising order of what they reveal."""

    def __init__(self, instance: Instance, policy: Adaptive, oracle: Oracle) -> None:
        self.policy, self.oracle, self.vocab = policy, oracle, instance.vocab
        self.name, self.apart = instance.name, tolerance(instance.vocab, policy.score)
        self.steps = [sum(policy.sizes[:k]) for k in range(1, len(policy.sizes) + 1)] if policy.sizes else []
        self.draws, self.tied = 0, False

    def run(self) -> tuple[list[Level], NDArray[np.int64]]:
        """What happens before a sequence is complete, and the numbers of the complete ones that are reached."""
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
        complete = list(levels[L])
        return [Level.of(level.values(), number) for level in levels[:L] if level], sequence_index(
            np.array(complete), V
        )

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
