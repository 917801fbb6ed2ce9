"""Sequences of an order-oblivious sampler on a Markov chain, a whole sequence at a time.

Between neighbouring revealed positions a < b a token depends on the two ends only:
``q(x_t = w | x_a = u, x_b = v)  proportional to  K_{t-a}(u, w) K_{b-t}(w, v)``, ``K_g = P^g``. So a sequence costs
``O(L V)`` and the search for neighbours, at most ``O(L)`` a step.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .inversion import choose
from .jit import kernel
from .messages import NEVER

__all__ = ["draw_intervals"]


@kernel
def draw_intervals(
    piece: int,
    rows: int,
    start: NDArray[np.float64],
    powers: NDArray[np.float64],
    transposed: NDArray[np.float64],
    endings: NDArray[np.float64],
    convention: NDArray[np.float64],
    local: bool,
    order: NDArray[np.integer],
    steps: NDArray[np.integer],
    uniforms: NDArray[np.float64],
    tokens: NDArray[np.int64],
    broke: NDArray[np.int64],
) -> None:  # pragma: no cover - compiled
    """Rows ``piece * rows`` and following, in place.

    Parameters
    ----------
    start : (T, V) float64
        Laws of the tokens at positions 0..T-1; later ones have the last.
    powers, transposed : (G+1, V, V) float64
        ``P^0..P^G`` and their transposes; higher powers are the last. Zero exactly where they structurally are.
    endings : (E, V) float64
        ``P^g f`` for the end weights f and g = 0..E-1; the last for higher g. Ones where there are no end weights.
    convention : (L, V) float64
        What is drawn in an interval with ends that contradict each other, in the local scope.
    local : bool
        Whether a contradiction ends with its interval, or the whole sequence.
    order : (n, L) int
        Positions by the step that reveals them, those of one step in rising order.
    steps : (n, L) int
        The step (from 0) of each position.
    uniforms : (n, L) float64
        One number in [0, 1) a position.
    tokens : (n, L) int64
        V on entry; in the global scope, what is revealed before the context becomes impossible is filled in.
    broke : (n,) int64
        The first step that made the context impossible, or the largest int64 if none did; -1 where float64 cannot tell.
    """
    L, V = tokens.shape[1], powers.shape[1]
    furthest, settled, ended = len(powers) - 1, len(start) - 1, len(endings) - 1
    weights = np.empty(V)
    for row in range(piece * rows, min((piece + 1) * rows, len(tokens))):
        y = tokens[row]
        broke[row] = NEVER
        first = 0
        while first < L and (local or broke[row] == NEVER) and broke[row] >= 0:
            now = steps[row, order[row, first]]
            a, b, before, at = -1, -1, -1, first
            while at < L and steps[row, order[row, at]] == now:
                t = order[row, at]
                if b <= t:
                    a = _known(steps[row], now, t - 1, before, -1)
                    b = _known(steps[row], now, t + 1, L, 1)
                    before = -1
                left = start[min(t, settled)] if a < 0 else powers[min(t - a, furthest), y[a]]
                possible = a < 0 or b == L or powers[min(b - a, furthest), y[a], y[b]] > 0.0
                if possible:
                    right = transposed[min(b - t, furthest), y[b]] if b < L else endings[min(L - 1 - t, ended)]
                    for v in range(V):
                        weights[v] = left[v] * right[v]
                else:
                    weights[:] = convention[t]
                y[t] = choose(weights, uniforms[row, t])
                if y[t] < 0:
                    broke[row] = -1
                    break
                if before >= 0 and broke[row] == NEVER and powers[min(t - before, furthest), y[before], y[t]] == 0.0:
                    broke[row] = now
                before = t
                at += 1
            first = at


@kernel
def _known(steps, now, i, end, direction):  # pragma: no cover - compiled
    """The nearest position from ``i`` on, before ``end``, that was revealed before step ``now``; ``end`` if none."""
    while i != end and steps[i] >= now:
        i += direction
    return i
