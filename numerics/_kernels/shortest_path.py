"""The cheapest way from 0 to L in a given number of jumps, in whole numbers."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .jit import kernel

__all__ = ["cheapest_jumps"]

BEFORE_ALL = np.iinfo(np.int64).min


@kernel
def cheapest_jumps(price: NDArray[np.int64], jumps: int) -> NDArray[np.int64]:  # pragma: no cover - compiled
    """Places ``0 = S_0 <= .. <= S_N = L`` that minimise ``sum_k (S_k - S_{k-1}) price[S_{k-1}]``.

    Parameters
    ----------
    price : (L,) int64
        Of a unit of length, by the place that the jump starts from; ``0 <= L price < 2^61``.
    jumps : int
        N >= 1.

    Returns
    -------
    (N + 1,) int64
        Exactly optimal: nothing is rounded.

    Notes
    -----
    With ``E[i]`` the least cost from i in the jumps that are left, one more gives
    ``min_{j >= i} (j price[i] + E[j]) - i price[i]``: the lower envelope of the lines of slope j at ``price[i]``. As i
    falls the lines arrive in falling slope, so that the envelope is a stack; the place of the last query is where the
    next one starts, which makes it O(1) a query where prices are monotone and correct where they are not. In all
    ``O(N L)`` and ``4 N (L + 1)`` bytes.
    """
    L = price.size
    following = np.empty((jumps + 1, L + 1), dtype=np.int32)
    cost = np.zeros(L + 1, dtype=np.int64)
    for i in range(L):
        cost[i] = (L - i) * price[i]
    following[1, :] = L
    line = np.empty(L + 1, dtype=np.int64)
    starts = np.empty(L + 1, dtype=np.int64)
    before = np.zeros(L + 1, dtype=np.int64)
    for k in range(2, jumps + 1):
        before, cost = cost, before
        line[0], starts[0], top, at = L, BEFORE_ALL, 0, 0
        following[k, L] = L
        for i in range(L - 1, -1, -1):
            # The line of slope i is below that of slope j > i from this price on.
            while True:
                j = line[top]
                start = (before[i] - before[j]) // (j - i) + 1
                if top == 0 or start > starts[top]:
                    break
                top -= 1
            top += 1
            line[top], starts[top] = i, start
            at = min(at, top)
            x = price[i]
            while at < top and starts[at + 1] <= x:
                at += 1
            while starts[at] > x:
                at -= 1
            following[k, i] = line[at]
            cost[i] = (line[at] - i) * x + before[line[at]]
    places = np.zeros(jumps + 1, dtype=np.int64)
    for k in range(jumps, 0, -1):
        places[jumps - k + 1] = following[k, places[jumps - k]]
    return places
