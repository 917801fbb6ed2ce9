"""Chances that a uniform set of positions has r or more among some of them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .jit import kernel

__all__ = ["reached"]

TINY = 1e-25
"""Chances are left out below so much of the largest one: a hypergeometric law is log-concave, so that the ones beyond
fall at least as fast as they fell from there."""


@kernel
def reached(
    coefficient: NDArray[np.float64], n: int, others: int, out: NDArray[np.float64]
) -> None:  # pragma: no cover - compiled
    """``sum_t coefficient_t P(r or more of n named positions among t uniform ones of ``others``)``, in place.

    Parameters
    ----------
    coefficient : (others + 1,) float64
    n : int
        From 1 to ``others``.
    others : int
    out : (n + 1,) float64
        By r = 0..n.

    Notes
    -----
    Each law comes from the ratios of neighbouring chances, outwards from its mode, and is divided by its sum: a
    relative ``O(n) U``. Cost of a t some 20 standard deviations.
    """
    chance = np.empty(n + 1)
    out[:] = 0.0
    for t in range(others + 1):
        if coefficient[t] == 0.0:
            continue
        least, most = max(0, t - (others - n)), min(n, t)
        mode = min(max((t + 1) * (n + 1) // (others + 2), least), most)
        chance[mode] = 1.0
        total, lo, hi = 1.0, mode, mode
        while hi < most and chance[hi] > TINY:
            up = float(n - hi) * float(t - hi) / (float(hi + 1) * float(others - n - t + hi + 1))
            chance[hi + 1] = chance[hi] * up
            hi += 1
            total += chance[hi]
        while lo > least and chance[lo] > TINY:
            down = float(lo) * float(others - n - t + lo) / (float(n - lo + 1) * float(t - lo + 1))
            chance[lo - 1] = chance[lo] * down
            lo -= 1
            total += chance[lo]
        scale = coefficient[t] / total
        for r in range(lo, hi + 1):
            out[r] += scale * chance[r]
    for r in range(n - 1, -1, -1):
        out[r] += out[r + 1]
