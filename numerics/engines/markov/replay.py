"""One step backwards of the probability that a given sequence is drawn: what BLAS does of it, and in which order.

The sums over all new positions that see the left end only are products of triangular matrices, ``sum_c N[c, a] F[c,
i]``: ``L^3/6`` multiplications a step, of which only those near the diagonal are left to a kernel
(``_kernels.replay``). Indexed by end and distance, a row of W > L entries, a triangular matrix is a view with rows of
W + 1: what lies above its diagonal falls on the zeros behind the row before.
"""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import as_strided
from numpy.typing import NDArray

from ..._kernels.replay import advance, begin
from .products import product

__all__ = ["replay_step", "width"]

Array = NDArray[np.float64]

APART = 512
"""Numbers in 4096 bytes."""

BLOCK = 16
"""New positions between two products."""

COLUMNS = 256
"""Left ends that are looked at together."""


def replay_step(
    F: Array,
    R: Array,
    joined: Array,
    far: Array,
    off: Array,
    mu: Array,
    r: float,
    H: int,
    room: tuple[Array, Array, Array],
    signs: bool = False,
) -> Array:
    """Tables before a step from those after it: F in place, R anew.

    Parameters
    ----------
    F : (L+1, width(L)) float64
        By end and distance, zero for d = 0 and d > b.
    R : (L+1,) float64
    joined : (L+1, min(2H, L)+1) float64
        ``K_d(x_{b-d}, x_b)``; at d = b the law of ``x_b`` itself.
    far, off, mu : (L+1,) float64
        By position: the stationary law of its token, its probability off the support, its scale (positive).
    r : float
        Probability that a masked token is revealed in the step.
    H : int
        Mixing distance; at least L if there is none.
    room : three arrays like F
        Zero for d = 0 and d > b, and of any content where d is a distance.
    signs : bool
        Whether ones take the place of positive numbers, which cannot underflow; zeros are right then, nothing else is.

    Returns
    -------
    R : (L+1,) float64

    Notes
    -----
    Cost ``O(L^3)`` multiplications of matrices and ``O(L^2 H + L H^3)`` others. Subtraction-free.
    """
    L = len(F) - 1
    H = min(H, L)
    BR = begin(F, joined, far, mu, r, H, signs)
    N, settled, before = room
    settled[:] = F
    right = R.copy()
    shared = (F, R, joined, far, off, mu, r, H, signs, BR, N, settled, before, right)
    by_start, by_new, sums = (_triangle(array) for array in (F, N, settled))
    for left in range(0, L, COLUMNS):
        right_of = min(left + COLUMNS, L)
        ends = slice(L - right_of + 1, L - left + 1)
        for first in range(left - H, L + 1, BLOCK):
            last = min(first + BLOCK, L + 1)
            low, high = min(first + H, L), min(last + H, L)
            if low < high and first > left + 1:
                between = np.ascontiguousarray(by_start[low:high, L - first + 1 : L - left][:, ::-1])
                sums[low:high, ends] += product(between, by_new[left : first - 1, ends])
            advance(first, last, left, right_of, *shared)
    F[:] = before
    return right


def width(L: int) -> int:
    """Columns of the tables, at least ``L + 1``: rows of a length near a power of two would meet in the cache."""
    return L + 1 if L < APART else L + 1 + (APART // 4 + 7 - L - 1) % APART


def _triangle(array: Array) -> Array:
    """Entries by end b, from 1, and by start, from L down to 0: (L, L+1)."""
    L, columns = len(array) - 1, array.shape[1]
    first = array.ravel()[columns + 1 - L :]
    return as_strided(first, (L, L + 1), ((columns + 1) * array.itemsize, array.itemsize))
