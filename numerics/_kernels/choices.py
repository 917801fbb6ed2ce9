"""The positions that an adaptive policy reveals, decided from scores that are known to within an error
(definitions.md#adaptive-policies).

What is decided is independent of the errors; what is not is reported, and until somebody knows better overlapping
scores count as equal.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from ..numbers.enclosure import RAISED, UNIT_ROUNDOFF
from .jit import inlined, kernel

__all__ = [
    "CERTAIN",
    "CONFIDENCE",
    "ENTROPY",
    "MARGIN",
    "NOBODY",
    "RANDOM",
    "THE_BOUND",
    "TIED",
    "choose_by_entropy_bound",
    "choose_by_threshold",
    "choose_some",
    "pair_ranks",
    "scores",
]

CONFIDENCE, MARGIN, ENTROPY, RANDOM = range(4)

CERTAIN, TIED = 2, 1
"""A position that is revealed, and one of those from which the rest are drawn; others are 0."""

NOBODY, THE_BOUND = -1, -2
"""In the place of a position in a doubt."""


@kernel
def scores(
    weights: NDArray[np.float64],
    totals: NDArray[np.float64],
    candidates: NDArray[np.bool_],
    kind: int,
    relative: float,
    found: NDArray[np.float64],
    errors: NDArray[np.float64],
    alike: NDArray[np.int64],
) -> None:
    """Scores of all candidates; larger is better.

    Parameters
    ----------
    weights : (n, L, V) float64
        Conditionals times ``totals``. ``relative = 0`` promises whole numbers below ``2^53``, whose scores are exact,
        entropies excepted.
    totals : (n,) float64
    candidates : (n, L) bool
    kind : int
    relative : float
        Relative error of a weight.
    found, errors : (n, L) float64
        The scores, times ``totals`` unless they are entropies, and bounds of their absolute errors.
    alike : (n, L) int64
        Positions of one number have equal scores for sure; those of different ones may have.
    """
    n, L, V = weights.shape
    sorted_rows = np.empty((L, V))
    for k in range(n):
        for i in range(L):
            found[k, i] = 0.0
            errors[k, i] = 0.0
            alike[k, i] = i if relative > 0.0 and kind != RANDOM else 0
            if not candidates[k, i] or kind == RANDOM:
                continue
            row = weights[k, i]
            if kind == ENTROPY:
                sorted_rows[i] = np.sort(row)
                found[k, i], errors[k, i] = _minus_entropy(sorted_rows[i], totals[k], relative)
                alike[k, i] = i
                if relative == 0.0:
                    for j in range(i):
                        if candidates[k, j] and (sorted_rows[i] == sorted_rows[j]).all():
                            alike[k, i] = alike[k, j]
                            break
                continue
            first, second = 0.0, 0.0
            for v in range(V):
                if row[v] > first:
                    first, second = row[v], first
                elif row[v] > second:
                    second = row[v]
            if kind == CONFIDENCE:
                found[k, i] = first
                errors[k, i] = first * relative
            else:
                found[k, i] = first - second
                errors[k, i] = (first + second) * (relative + UNIT_ROUNDOFF) if relative > 0.0 else 0.0


@inlined
def _minus_entropy(row, total, relative):
    """``sum p log p``, and its error: a weight moves its term by ``1 + |log p|`` times itself; 4 ulps for a log."""
    value = 0.0
    for w in row:
        if w > 0.0:
            p = w / total
            value += p * math.log(p)
    return value, (relative + (len(row) + 12) * UNIT_ROUNDOFF) * (1.0 - value) * RAISED


@kernel
def choose_some(
    found: NDArray[np.float64],
    errors: NDArray[np.float64],
    alike: NDArray[np.int64],
    candidates: NDArray[np.bool_],
    size: NDArray[np.int64],
    first: bool,
    state: NDArray[np.int8],
    drawn: NDArray[np.int64],
    doubt: NDArray[np.int64],
) -> None:
    """The ``size`` best candidates of each row.

    Parameters
    ----------
    found, errors, alike, candidates
        As `scores` gives them.
    size : (n,) int64
        All of them if there are fewer.
    first : bool
        Whether the lowest of equal positions come first; they are drawn otherwise.
    state : (n, L) int8
        CERTAIN, TIED or 0.
    drawn : (n,) int64
        How many of the tied are revealed.
    doubt : (n, 2) int64
        Two positions whose order matters and is not known, or NOBODY. In the result they are tied.
    """
    n, L = found.shape
    order = np.empty(L, dtype=np.int64)
    for k in range(n):
        m = _ranked(found[k], candidates[k], order)
        _best(found[k], errors[k], alike[k], order[:m], size[k], first, state[k], drawn[k : k + 1], doubt[k])


@kernel
def choose_by_threshold(
    found: NDArray[np.float64],
    errors: NDArray[np.float64],
    alike: NDArray[np.int64],
    candidates: NDArray[np.bool_],
    bound: NDArray[np.float64],
    spread: NDArray[np.float64],
    first: bool,
    state: NDArray[np.int8],
    drawn: NDArray[np.int64],
    doubt: NDArray[np.int64],
) -> None:
    """All candidates of at least the bound, which is known to within ``spread``; the best one if there are none.

    Parameters
    ----------
    bound, spread : (n,) float64
        In the units of ``found``.
    found, errors, alike, candidates, first, state, drawn, doubt
        As in `choose_some`. A score that the bound cannot be told from counts as one that reaches it.
    """
    n, L = found.shape
    order = np.empty(L, dtype=np.int64)
    for k in range(n):
        m = _ranked(found[k], candidates[k], order)
        state[k] = 0
        drawn[k] = 0
        doubt[k] = NOBODY
        reached = 0
        for i in order[:m]:
            if found[k, i] + errors[k, i] < bound[k] - spread[k]:
                continue
            if found[k, i] - errors[k, i] < bound[k] + spread[k]:
                doubt[k, 0], doubt[k, 1] = i, THE_BOUND
            state[k, i] = CERTAIN
            reached += 1
        if reached == 0:
            _best(found[k], errors[k], alike[k], order[:m], 1, first, state[k], drawn[k : k + 1], doubt[k])


@kernel
def choose_by_entropy_bound(
    found: NDArray[np.float64],
    errors: NDArray[np.float64],
    alike: NDArray[np.int64],
    candidates: NDArray[np.bool_],
    bound: float,
    spread: float,
    first: bool,
    state: NDArray[np.int8],
    drawn: NDArray[np.int64],
    doubt: NDArray[np.int64],
) -> None:
    """In rising order of entropy the longest prefix whose sum without the largest is within the bound.

    Parameters
    ----------
    bound, spread : float
        The bound in nats, and its error.
    found, errors, alike, candidates, first, state, drawn, doubt
        As in `choose_some`. A sum that the bound cannot be told from counts as one within it.
    """
    n, L = found.shape
    order = np.empty(L, dtype=np.int64)
    for k in range(n):
        m = _ranked(found[k], candidates[k], order)
        size = min(1, m)
        total, error = 0.0, spread
        unsure = NOBODY
        while size < m:
            i = order[size - 1]
            total -= found[k, i]
            # The k smallest of numbers moved by at most e have a sum moved by at most k e.
            error += errors[k].max() + total * UNIT_ROUNDOFF
            if total - error > bound:
                break
            if total + error > bound:
                unsure = i
            size += 1
        _best(found[k], errors[k], alike[k], order[:m], size, first, state[k], drawn[k : k + 1], doubt[k])
        if unsure != NOBODY:
            doubt[k, 0], doubt[k, 1] = unsure, THE_BOUND


@inlined
def _ranked(found, candidates, order):
    """Candidates by falling score, equal ones by rising position; returns how many there are."""
    m = 0
    for i in range(len(found)):
        if candidates[i]:
            j = m
            while j > 0 and found[order[j - 1]] < found[i]:
                order[j] = order[j - 1]
                j -= 1
            order[j] = i
            m += 1
    return m


@kernel
def _best(found, errors, alike, order, size, first, state, drawn, doubt):
    """The ``size`` best of ranked positions."""
    m = len(order)
    state[:] = 0
    drawn[0] = 0
    doubt[:] = NOBODY
    if size >= m or size == 0:
        for i in order[:size]:
            state[i] = CERTAIN
        return
    lowest, highest = np.inf, -np.inf
    for i in order[:size]:
        lowest = min(lowest, found[i] - errors[i])
    for j in order[size:]:
        highest = max(highest, found[j] + errors[j])
    if lowest > highest:
        for i in order[:size]:
            state[i] = CERTAIN
        return
    for i in order[:size]:
        if found[i] - errors[i] <= highest:
            for j in order[size:]:
                if _overlap(found, errors, i, j) and alike[i] != alike[j]:
                    doubt[0], doubt[1] = i, j
    last = order[size - 1]
    certain = 0
    for i in order[:size]:
        if not _overlap(found, errors, i, last):
            state[i] = CERTAIN
            certain += 1
        else:
            state[i] = TIED
    for j in order[size:]:
        if _overlap(found, errors, j, last):
            state[j] = TIED
    drawn[0] = size - certain
    if first:
        for i in range(len(state)):
            if state[i] == TIED:
                state[i] = CERTAIN if drawn[0] > 0 else 0
                drawn[0] -= min(1, drawn[0])


@inlined
def _overlap(found, errors, i, j):
    return abs(found[i] - found[j]) <= errors[i] + errors[j]


@kernel
def pair_ranks(
    weights: NDArray[np.float64],
    drawn: NDArray[np.float64],
    candidates: NDArray[np.bool_],
    bound: NDArray[np.float64],
    spread: NDArray[np.float64],
    relative: float,
    rank: NDArray[np.int64],
    admitted: NDArray[np.int64],
    doubt: NDArray[np.int64],
) -> None:
    """Order all (position, token) pairs that can be proposed by falling weight.

    Parameters
    ----------
    weights, candidates, relative
        As in `scores`.
    drawn : (n, L, V) float64
        What proposals are drawn from; a pair of probability zero has no rank.
    bound, spread : (n,) float64
        A weight of at least ``bound``, known to within ``spread``, is admitted.
    rank : (n, L, V) int64
        0 for the largest, equal for equal weights; -1 for pairs that cannot be.
    admitted : (n,) int64
        Ranks below this are admitted.
    doubt : (n, 2) int64
        Two pairs ``i V + v`` whose order is not known, or one and THE_BOUND, or NOBODY.
    """
    n, L, V = weights.shape
    pairs = np.empty(L * V, dtype=np.int64)
    keys = np.empty(L * V)
    for k in range(n):
        rank[k] = -1
        doubt[k] = NOBODY
        admitted[k] = 0
        m = 0
        for i in range(L):
            if candidates[k, i]:
                for v in range(V):
                    if drawn[k, i, v] > 0.0:
                        pairs[m], keys[m] = i * V + v, -weights[k, i, v]
                        m += 1
        order = np.argsort(keys[:m], kind="mergesort")
        current, before = 0, NOBODY
        for at in order:
            i, v = divmod(pairs[at], V)
            w = -keys[at]
            if before != NOBODY:
                above = -keys[before]
                apart = w * (1.0 + relative) < above * (1.0 - relative)
                if apart or (relative > 0.0 and pairs[before] // V == i):
                    current += 1
                elif relative > 0.0 and doubt[k, 0] == NOBODY:
                    doubt[k, 0], doubt[k, 1] = pairs[before], pairs[at]
            rank[k, i, v] = current
            before = at
            if w * (1.0 + relative) >= bound[k] - spread[k]:
                admitted[k] = current + 1
                if w * (1.0 - relative) < bound[k] + spread[k]:
                    doubt[k, 0], doubt[k, 1] = pairs[at], THE_BOUND
