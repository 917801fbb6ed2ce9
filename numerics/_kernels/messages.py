"""Messages of hidden Markov models that neither underflow nor lose a zero, shared by the samplers."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .jit import kernel

__all__ = ["LARGE", "NEVER", "SMALL", "is_possible", "raised"]

NEVER = np.iinfo(np.int64).max
"""The step at which a sequence without contradictions becomes impossible."""

SMALL, LARGE = 2.0**-64, 2.0**64


@kernel
def raised(message: NDArray[np.float64]) -> None:  # pragma: no cover - compiled
    """Multiply an array by a power of two, in place, so that some entry is at least 2^-64; zeros stay zero."""
    flat = message.reshape(-1)
    largest = 0.0
    for s in range(len(flat)):
        if flat[s] >= SMALL:
            return
        largest = max(largest, flat[s])
    while 0.0 < largest < SMALL:
        for s in range(len(flat)):
            flat[s] *= LARGE
        largest *= LARGE


@kernel
def is_possible(
    initial: NDArray[np.float64],
    A: NDArray[np.float64],
    emission: NDArray[np.float64],
    final: NDArray[np.float64],
    y: NDArray[np.int64],
) -> bool:  # pragma: no cover - compiled
    """Whether a partial sequence has a hidden path, by the zeros of the parameters alone.

    Parameters
    ----------
    initial : (K,) float64
    A : (K, K) float64
    emission : (K, V) float64
    final : (K,) float64
        End weights, or ones.
    y : (L,) int64
        The mask is V.

    Notes
    -----
    Cost ``O(L K^2)``.
    """
    K, V = emission.shape
    here, following = initial > 0.0, np.empty(K, np.bool_)
    for i in range(len(y)):
        if i > 0:
            following[:] = False
            for s in range(K):
                if here[s]:
                    for t in range(K):
                        following[t] |= A[s, t] > 0.0
            here[:] = following
        if y[i] < V:
            for s in range(K):
                here[s] &= emission[s, y[i]] > 0.0
        if not here.any():
            return False
    for s in range(K):
        here[s] &= final[s] > 0.0
    return bool(here.any())
