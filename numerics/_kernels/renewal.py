"""Rows of the recursion that fills masked intervals (``engines.markov.renewal``)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .jit import kernel

__all__ = ["draw_between", "draw_onward"]


@kernel
def draw_between(
    p: int,
    r: float,
    gaps: NDArray[np.int64],
    first: NDArray[np.int64],
    sums: NDArray[np.float64],
    start: NDArray[np.float64],
    K: NDArray[np.float64],
    backward: NDArray[np.float64],
    inverse: NDArray[np.float64],
    onward: NDArray[np.float64],
    M: NDArray[np.float64],
    total: NDArray[np.float64],
) -> None:  # pragma: no cover - compiled
    """``M_i = (start_i + sums) r c_i`` at the position ``i = first + p`` of each interval; ``total += M_i onward_i``.

    Parameters
    ----------
    p : int
    r : float
    gaps, first : (n,) int64
        Of the intervals, and the first position of each that sees both ends.
    sums : (n, V, V) float64
        Over earlier such positions; right token, then the new one. Not read at p = 0.
    start : (m, P, V) float64
        Without any of them. m is at least n, here and below.
    K : (H+1, V) float64
        Rows of the powers of P that belong to the left token.
    backward : (H+1, V, V) float64
        Transposed powers.
    inverse : (m, V) float64
        ``1 / K_g(u, v)``, zero where no path joins u and v.
    onward : (m, P, V, V) float64
        What is drawn to the right of a new token, right token first.
    M : (m, V, P V) float64
        Written at p.
    total : (m, V) float64
    """
    V = K.shape[1]
    fours = V - V % 4
    for a in range(gaps.size):
        i = first[a] + p
        law, before, back, ahead = K[i], start[a, p], backward[gaps[a] - i], onward[a, p]
        for v in range(V):
            scale = r * inverse[a, v]
            row = M[a, v, p * V : (p + 1) * V]
            if p:
                for w in range(V):
                    row[w] = (before[w] + sums[a, v, w]) * (scale * law[w] * back[v, w])
            else:
                for w in range(V):
                    row[w] = before[w] * (scale * law[w] * back[v, w])
            s0, s1, s2, s3 = 0.0, 0.0, 0.0, 0.0
            for w in range(0, fours, 4):
                s0 += row[w] * ahead[v, w]
                s1 += row[w + 1] * ahead[v, w + 1]
                s2 += row[w + 2] * ahead[v, w + 2]
                s3 += row[w + 3] * ahead[v, w + 3]
            for w in range(fours, V):
                s0 += row[w] * ahead[v, w]
            total[a, v] += (s0 + s1) + (s2 + s3)


@kernel
def draw_onward(
    rows: NDArray[np.float64],
    known: int,
    tall: NDArray[np.float64],
    settled: NDArray[np.float64],
    laws: NDArray[np.float64],
    r: float,
) -> None:  # pragma: no cover - compiled
    """``rows_i = r laws_i (settled_i + sum_{j<i} rows_j F_{i-j})`` for the positions i from ``known + 1`` on.

    Parameters
    ----------
    rows : (L, V) float64
        Position i at i - 1; the first ``known`` are given.
    known : int
    tall : (reach V, V) float64
        ``F_reach, .., F_1`` one above the other; longer ones are zero.
    settled, laws : (L, V) float64
    r : float
    """
    V = rows.shape[1]
    flat = rows.ravel()
    reach = tall.shape[0] // V
    sums = np.empty(V)
    for i in range(known + 1, rows.shape[0] + 1):
        near = min(i - 1, reach)
        first, above = (i - 1 - near) * V, (reach - near) * V
        sums[:] = settled[i - 1]
        count = near * V
        fours = count - count % 4
        for c in range(0, fours, 4):
            a0, a1, a2, a3 = flat[first + c], flat[first + c + 1], flat[first + c + 2], flat[first + c + 3]
            b0, b1, b2, b3 = tall[above + c], tall[above + c + 1], tall[above + c + 2], tall[above + c + 3]
            for v in range(V):
                sums[v] += (a0 * b0[v] + a1 * b1[v]) + (a2 * b2[v] + a3 * b3[v])
        for c in range(fours, count):
            factor, row = flat[first + c], tall[above + c]
            for v in range(V):
                sums[v] += factor * row[v]
        for v in range(V):
            flat[(i - 1) * V + v] = r * laws[i - 1, v] * sums[v]
