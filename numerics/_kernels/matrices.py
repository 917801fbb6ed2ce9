"""Products of small matrices whose rows are filled up with zeros."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .jit import kernel

__all__ = ["add_product", "widened"]

LANES = 4
"""Rows are filled up to a multiple of this many entries, so that no scalar remainder is left."""


def widened(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """A copy of (..., V) with zeros behind, (..., width)."""
    V = rows.shape[-1]
    wide = np.zeros((*rows.shape[:-1], V + -V % LANES))
    wide[..., :V] = rows
    return wide


@kernel
def add_product(
    A: NDArray[np.float64], B: NDArray[np.float64], out: NDArray[np.float64], V: int
) -> None:  # pragma: no cover - compiled
    """``out += A B`` for the first V rows, two rows of A and four of B at a time, all columns that there are."""
    columns = out.shape[1]
    fours, pairs = V - V % 4, V - V % 2
    for i in range(0, pairs, 2):
        for k in range(0, fours, 4):
            a0, a1, a2, a3 = A[i, k], A[i, k + 1], A[i, k + 2], A[i, k + 3]
            b0, b1, b2, b3 = A[i + 1, k], A[i + 1, k + 1], A[i + 1, k + 2], A[i + 1, k + 3]
            for j in range(columns):
                out[i, j] += a0 * B[k, j] + a1 * B[k + 1, j] + (a2 * B[k + 2, j] + a3 * B[k + 3, j])
                out[i + 1, j] += b0 * B[k, j] + b1 * B[k + 1, j] + (b2 * B[k + 2, j] + b3 * B[k + 3, j])
        for k in range(fours, V):
            above, below = A[i, k], A[i + 1, k]
            for j in range(columns):
                out[i, j] += above * B[k, j]
                out[i + 1, j] += below * B[k, j]
    for i in range(pairs, V):
        for k in range(V):
            factor = A[i, k]
            for j in range(columns):
                out[i, j] += factor * B[k, j]
