"""What the tokens of one step tell of each other, on a hidden chain with sparse transitions.

For a step that reveals the positions S, x_R being what was revealed before, and with the tokens of S from left to
right,

    ``D = sum_{i in S} D( q(x_i | x_R, x_{S left of i}) || q(x_i | x_R) )``

has the mean ``sum_{i in S} H(X_i | X_R) - H(X_S | X_R)`` for ``x ~ q``. Both conditionals at i have the same message
from the right, that of x_R; from the left one has that of x_R, the other that of all that is revealed after the step,
which is the first one's of the next step. So a step costs one pass from either side.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from .jit import kernel

__all__ = ["Runs", "step_divergences"]

Runs = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]
"""A sparse matrix, row by row in runs of neighbouring columns: where the runs of each row begin (K+1), the first column
of each run, where its entries begin (one more than runs), and the entries.
"""


@kernel
def step_divergences(
    piece: int,
    rows: int,
    initial: NDArray[np.float64],
    ahead: Runs,
    back: Runs,
    shown_from: NDArray[np.int64],
    shown: NDArray[np.int64],
    shown_probability: NDArray[np.float64],
    emitted: NDArray[np.float64],
    final: NDArray[np.float64],
    x: NDArray[np.int64],
    steps: NDArray[np.int64],
    count: int,
    out: NDArray[np.float64],
) -> None:  # pragma: no cover - compiled
    """Rows ``piece * rows`` and following, in place.

    Parameters
    ----------
    initial, final : (K,) float64
        Initial law, and end weights or ones.
    ahead, back
        The transitions and their transpose.
    shown_from, shown, shown_probability
        The emissions, row by row.
    emitted : (V, K) float64
        The same.
    x : (n, L) int64
        Possible sequences.
    steps : (n, L) int64
        The step (from 0) of each position.
    count : int
        N.
    out : (n,) float64
        The sum of D over the steps, in nats; NaN where float64 loses a probability.

    Notes
    -----
    Cost ``O(N L E)`` a sequence for E transitions.
    """
    n, L = x.shape
    V, K = emitted.shape
    before, after, behind = np.empty((L, K)), np.empty((L, K)), np.empty((L, K))
    here, one, other, size = np.empty(K), np.empty(V), np.empty(V), np.empty(count, np.int64)
    for row in range(piece * rows, min((piece + 1) * rows, n)):
        size[:] = 0
        for i in range(L):
            size[steps[row, i]] += 1
        out[row] = 0.0
        known = -1
        for step in range(count):
            if size[step] < 2:
                continue
            if known != step:
                _forward(initial, ahead, emitted, x[row], steps[row], step, here, before)
            _backward(final, back, emitted, x[row], steps[row], step, here, behind)
            _forward(initial, ahead, emitted, x[row], steps[row], step + 1, here, after)
            for i in range(L):
                if steps[row, i] == step:
                    _weights(before[i], behind[i], shown_from, shown, shown_probability, one)
                    _weights(after[i], behind[i], shown_from, shown, shown_probability, other)
                    out[row] += _divergence(other, one)
            before, after = after, before
            known = step + 1


@kernel
def _forward(initial, transitions, emitted, x, steps, step, here, ahead):  # pragma: no cover - compiled
    """Laws of the states given the tokens further left of the steps before ``step``, up to factors."""
    L, K = ahead.shape
    ahead[0] = initial
    for i in range(L - 1):
        total = 0.0
        for s in range(K):
            here[s] = ahead[i, s] * emitted[x[i], s] if steps[i] < step else ahead[i, s]
            total += here[s]
        _advance(here, total, transitions, ahead[i + 1])


@kernel
def _backward(final, transitions, emitted, x, steps, step, here, behind):  # pragma: no cover - compiled
    """Likelihoods of the tokens further right of the steps before ``step``, by the state, up to factors."""
    L, K = behind.shape
    behind[L - 1] = final
    for i in range(L - 1, 0, -1):
        total = 0.0
        for s in range(K):
            here[s] = behind[i, s] * emitted[x[i], s] if steps[i] < step else behind[i, s]
            total += here[s]
        _advance(here, total, transitions, behind[i - 1])


@kernel
def _advance(here, total, transitions, there):  # pragma: no cover - compiled
    """``there = here A / total``."""
    starts, first, entries, probabilities = transitions
    there[:] = 0.0
    for s in range(len(here)):
        if here[s] > 0.0:
            share = here[s] / total
            for r in range(starts[s], starts[s + 1]):
                run = probabilities[entries[r] : entries[r + 1]]
                reached = there[first[r] : first[r] + len(run)]
                for e in range(len(run)):
                    reached[e] += share * run[e]


@kernel
def _weights(ahead, behind, shown_from, shown, shown_probability, out):  # pragma: no cover - compiled
    """The law of the token, up to a factor."""
    out[:] = 0.0
    for s in range(len(ahead)):
        share = ahead[s] * behind[s]
        if share > 0.0:
            for e in range(shown_from[s], shown_from[s + 1]):
                out[shown[e]] += share * shown_probability[e]


@kernel
def _divergence(one, other):  # pragma: no cover - compiled
    """``D(one || other)`` of laws up to factors, as a sum of terms that are not negative."""
    total, whole = 0.0, 0.0
    for v in range(len(one)):
        total += one[v]
        whole += other[v]
    if total == 0.0 or whole == 0.0:
        return math.nan
    divergence = 0.0
    for v in range(len(one)):
        p, q = one[v] / total, other[v] / whole
        if p > 0.0:
            if q == 0.0:
                return math.nan
            divergence += p * math.log(p / q) - (p - q)
        else:
            divergence += q
    return max(divergence, 0.0)
