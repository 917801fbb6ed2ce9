"""The value of the best random sizes in floating point (``policies.minimax_bounds``)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .jit import kernel

__all__ = ["near_value"]


@kernel
def near_value(N: int, D: NDArray[np.float64]) -> float:  # pragma: no cover - compiled
    """The v with ``R(1) = N - 1``, by Newton's method with the slope of the recursion.

    Parameters
    ----------
    N : int
    D : (L-1,) float64
        The denominators of the criterion.

    Notes
    -----
    Cost ``O(L M)`` a step, M the terms of a root.
    """
    L = len(D) + 1
    R, rises = np.empty(L + 1), np.empty(L + 1)
    v = 0.0
    while True:
        R[:], rises[:] = 0.0, 0.0
        for K in range(L - 1, 0, -1):
            total, slope, root, m = -v * D[K - 1], -D[K - 1], 0.0, 0
            while m < L - K:
                if m > 0 and root >= 1 + R[K + m + 1]:
                    break
                m += 1
                total, slope = total + R[K + m], slope + rises[K + m]
                root = 1 + total / m
            if root > R[K + 1]:
                R[K], rises[K] = root, slope / m
            else:
                R[K], rises[K] = R[K + 1], rises[K + 1]
        if R[1] <= (N - 1) * (1 + 1e-13) or rises[1] == 0.0:
            return v
        v -= (R[1] - (N - 1)) / rises[1]
