"""One step of a hidden chain: from a state that emits to the next one, over silent states between them.

What a step does to messages is asked of numbers that stand at the arcs: probabilities, Fractions, or ones where a
probability is positive.
"""

from __future__ import annotations

import itertools
import math
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .._kernels.arcs import rows_ahead, rows_back
from .._kernels.lattice import read_only
from ..errors import BadInput, BeyondReach
from ..numbers.arcs import Arcs
from ..numbers.limits import require_memory
from ..numbers.probabilities import PARAMETER_DEPTH, SMALLEST_NORMAL

__all__ = ["Step", "Transitions"]

LONGEST_EXACT = 24
"""Silent states up to which ways over them are kept as rationals: their digits add up."""


class Transitions:
    """The arcs of a hidden chain.

    Parameters
    ----------
    arcs : Arcs, shape (K + S, K + S)
        K states that emit, then S silent ones, whose arcs lead to states that emit or to later silent ones.
    emitting : int
        K.

    Raises
    ------
    BadInput
        When an arc from a silent state leads to one that is not later.
    """

    def __init__(self, arcs: Arcs, emitting: int) -> None:
        self.arcs, self.emitting = arcs, emitting
        silent = arcs.rows >= emitting
        wrong = np.flatnonzero(silent & (arcs.columns >= emitting) & (arcs.columns <= arcs.rows))
        if len(wrong):
            source, target = int(arcs.rows[wrong[0]]), int(arcs.columns[wrong[0]])
            raise BadInput(
                f"transition[{source}]",
                f"leads to state {target}; a state without a row of emission leads to later such states, or to others",
            )

    @property
    def silent(self) -> int:
        """S."""
        return self.arcs.shape[0] - self.emitting

    @cached_property
    def longest(self) -> int:
        """The most silent states that one step crosses."""
        return int(self._worst(np.zeros(len(self.arcs.columns)), 1.0).max(initial=0.0))

    @cached_property
    def surprisals(self) -> NDArray[np.float64]:
        """For each state, ``-log`` of the probability of the unlikeliest way to a state that emits; 0 without one."""
        return self._worst(-np.log(self.arcs.values), 0.0)

    def _worst(self, costs: NDArray[np.float64], each: float) -> NDArray[np.float64]:
        """The largest sum of costs on a way from each state, with so much more for each silent state on it."""
        K, starts, columns = self.emitting, self.arcs.starts.tolist(), self.arcs.columns
        found = np.zeros(K + self.silent)
        if not self.silent:
            counts = np.diff(self.arcs.starts) > 0
            found[counts] = np.maximum.reduceat(costs, self.arcs.starts[:-1][counts]) if counts.any() else 0.0
            return found
        for s in range(K + self.silent - 1, -1, -1):
            part = slice(starts[s], starts[s + 1])
            onward = np.where(columns[part] >= K, found[columns[part]] + each, 0.0)
            found[s] = (costs[part] + onward).max(initial=0.0)
        return found

    @property
    def surprisal(self) -> float:
        """``-log`` of the smallest positive probability of a step, at most."""
        return float(self.surprisals[: self.emitting].max(initial=0.0))

    @property
    def depth(self) -> int:
        """Roundings of one step of a message: of each arc its parameter, a product, and a sum."""
        return (self.longest + 1) * (self.arcs.terms + PARAMETER_DEPTH + 2) - PARAMETER_DEPTH

    def step(self, entries: NDArray[Any]) -> Step:
        """What a step does, with these numbers at the arcs."""
        if entries.dtype == object:
            return ExactStep(self, entries)
        if self.silent or self.arcs.sparse:
            return ArcStep(self, entries)
        return MatrixStep(self, entries)

    def entered(self, start: NDArray[Any], entries: NDArray[Any]) -> NDArray[Any]:
        """The law of the first state that emits, shape (K,), by that of the first state at all, shape (K + S,)."""
        if not self.silent:
            return start
        nothing = np.zeros((1, self.emitting), dtype=entries.dtype)
        return self.step(entries).arrived(nothing, start)[0, : self.emitting]

    def left(self, last: NDArray[Any], entries: NDArray[Any]) -> NDArray[Any]:
        """The weight of ending after each state that emits, shape (K,), by that after each state at all, (K + S,)."""
        if not self.silent:
            return last
        nothing = np.zeros((1, self.emitting), dtype=entries.dtype)
        return last[: self.emitting] + self.step(entries).behind(nothing, last)[0]

    @cached_property
    def reaches(self) -> NDArray[np.bool_]:
        """Which states that emit each silent one leads to, shape (S, K)."""
        K, starts = self.emitting, self.arcs.starts
        require_memory(self.silent * K, f"the ways over {self.silent} silent states to {K} others")
        found: NDArray[np.bool_] = np.zeros((self.silent, K), dtype=np.bool_)
        for s in range(self.silent - 1, -1, -1):
            columns = self.arcs.columns[starts[K + s] : starts[K + s + 1]]
            found[s, columns[columns < K]] = True
            for later in columns[columns >= K]:
                found[s] |= found[later - K]
        return found

    @cached_property
    def links(self) -> int:
        """Pairs of states that emit with a way from one to the other."""
        K, arcs = self.emitting, self.arcs
        if not self.silent:
            return len(arcs.columns)
        count = 0
        for s in range(K):
            columns = arcs.columns[arcs.starts[s] : arcs.starts[s + 1]]
            quiet = columns[columns >= K]
            direct = columns[columns < K]
            if len(quiet):
                met = np.logical_or.reduce(self.reaches[quiet - K], axis=0)
                met[direct] = True
                count += int(np.count_nonzero(met))
            else:
                count += len(direct)
        return count

    @cached_property
    def voiced(self) -> Arcs:
        """The arcs between states that emit, ways over silent states summed: rational where these are few.

        Raises
        ------
        BeyondReach
            When they do not fit the memory, or a way leaves the range of float64.
        """
        if not self.silent:
            return self.arcs
        K, S, arcs = self.emitting, self.silent, self.arcs
        exact = arcs.rational and S <= LONGEST_EXACT
        entries = arcs.fractions if exact else arcs.values
        if self.surprisals.max() > -math.log(SMALLEST_NORMAL):
            raise BeyondReach(
                f"a way over {self.longest} silent states has a probability that leaves the range of float64"
            )
        require_memory(8 * S * K + 24 * self.links, f"the ways over {S} silent states between {K} others")
        beyond = np.zeros((S, K), dtype=entries.dtype)
        for s in range(S - 1, -1, -1):
            beyond[s] = self._onward(K + s, entries, beyond)
        starts, columns, found = [0], [], []
        for s in range(K):
            row = self._onward(s, entries, beyond)
            (on,) = np.nonzero(row)
            columns.append(on)
            found.append(row[on])
            starts.append(starts[-1] + len(on))
        values = np.concatenate(found)
        if not exact:
            return Arcs(np.array(starts), np.concatenate(columns), K, values)
        return _rational(np.array(starts), np.concatenate(columns), K, values)

    def _onward(self, s: int, entries: NDArray[Any], beyond: NDArray[Any]) -> NDArray[Any]:
        """The next state that emits after s, by ways over silent states whose own rows are known."""
        K, part = self.emitting, slice(self.arcs.starts[s], self.arcs.starts[s + 1])
        columns, p = self.arcs.columns[part], entries[part]
        row = np.zeros(K, dtype=entries.dtype)
        row[columns[columns < K]] = p[columns < K]
        for target, weight in zip(columns[columns >= K], p[columns >= K], strict=True):
            row += weight * beyond[target - K]
        return row


def _rational(starts: NDArray[np.int64], columns: NDArray[np.int64], width: int, exact: NDArray[Any]) -> Arcs:
    """Arcs with these Fractions, which need not sum to 1."""
    weights, totals = np.empty(len(exact), dtype=object), np.empty(len(starts) - 1, dtype=object)
    for r, (a, b) in enumerate(zip(starts[:-1].tolist(), starts[1:].tolist(), strict=True)):
        totals[r] = math.lcm(*(p.denominator for p in exact[a:b]))
        weights[a:b] = [p.numerator * (totals[r] // p.denominator) for p in exact[a:b]]
    return Arcs(starts, columns, width, exact.astype(np.float64), weights, totals)


class Step:
    """Messages over one step; rows of ``messages`` are independent of each other."""

    def __init__(self, transitions: Transitions, entries: NDArray[Any]) -> None:
        self.arcs, self.emitting, self.silent = transitions.arcs, transitions.emitting, transitions.silent
        self.entries = entries

    def ahead(self, messages: NDArray[Any]) -> NDArray[Any]:
        """``m A``, shape (n, K)."""
        return self.arrived(messages)[:, : self.emitting]

    def arrived(self, messages: NDArray[Any], start: NDArray[Any] | None = None) -> NDArray[Any]:
        """What arrives at each state, silent ones too, shape (n, K + S), beside what starts there."""
        raise NotImplementedError

    def behind(self, messages: NDArray[Any], last: NDArray[Any] | None = None) -> NDArray[Any]:
        """``A h``, shape (n, K), where ``last`` (K + S,) holds what silent states have besides."""
        return self.told(messages, last)[0]

    def told(self, messages: NDArray[Any], last: NDArray[Any] | None = None) -> tuple[NDArray[Any], NDArray[Any]]:
        """The same, and h with the expectations at the silent states, shape (n, K + S)."""
        raise NotImplementedError

    def _held(self, messages: NDArray[Any], base: NDArray[Any] | None) -> NDArray[Any]:
        """Room for all states, what the messages hold at those that emit."""
        kind = object if self.entries.dtype == object else np.float64
        found = np.zeros((len(messages), self.emitting + self.silent), dtype=kind)
        if base is not None:
            found[:] = base
        return found


class MatrixStep(Step):
    """Of chains without silent states, by a matrix with all its zeros."""

    def __init__(self, transitions: Transitions, entries: NDArray[Any]) -> None:
        super().__init__(transitions, entries)
        self.matrix = self.arcs.full(entries)

    def arrived(self, messages: NDArray[Any], start: NDArray[Any] | None = None) -> NDArray[Any]:
        return messages @ self.matrix

    def told(self, messages: NDArray[Any], last: NDArray[Any] | None = None) -> tuple[NDArray[Any], NDArray[Any]]:
        return messages @ self.matrix.T, messages


class ArcStep(Step):
    """Arc by arc, compiled."""

    def arrived(self, messages: NDArray[Any], start: NDArray[Any] | None = None) -> NDArray[Any]:
        found = self._held(messages, start)
        rows_ahead(read_only(messages), self.arcs.starts, self.arcs.columns, read_only(self.entries), found)
        return found

    def told(self, messages: NDArray[Any], last: NDArray[Any] | None = None) -> tuple[NDArray[Any], NDArray[Any]]:
        found = self._held(messages, last)
        found[:, : self.emitting] = messages
        behind = np.empty(messages.shape)
        rows_back(found, self.arcs.starts, self.arcs.columns, read_only(self.entries), behind)
        return behind, found


class ExactStep(Step):
    """Arc by arc, of objects."""

    def _parts(self) -> list[slice]:
        starts = self.arcs.starts.tolist()
        return [slice(a, b) for a, b in itertools.pairwise(starts)]

    def arrived(self, messages: NDArray[Any], start: NDArray[Any] | None = None) -> NDArray[Any]:
        found = self._held(messages, start)
        for s, part in enumerate(self._parts()):
            weight = messages[:, s] if s < self.emitting else found[:, s]
            found[:, self.arcs.columns[part]] += weight[:, None] * self.entries[part]
        return found

    def told(self, messages: NDArray[Any], last: NDArray[Any] | None = None) -> tuple[NDArray[Any], NDArray[Any]]:
        found = self._held(messages, last)
        found[:, : self.emitting] = messages
        behind = np.zeros(messages.shape, dtype=object)
        for s, part in reversed(list(enumerate(self._parts()))):
            total = (found[:, self.arcs.columns[part]] * self.entries[part]).sum(axis=1)
            if s < self.emitting:
                behind[:, s] = total
            else:
                found[:, s] = found[:, s] + total
        return behind, found
