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
def is_possible(initial, moves, shown, final, y):  # pragma: no cover - compiled
    """Whether a partial sequence has a hidden path, by the zeros of the parameters alone.

    Parameters
    ----------
    initial : (K,) float64
        Law of the first state that emits.
    moves, shown
        The arcs (:mod:`.arcs`).
    final : (K,) float64
        End weights, or ones.
    y : (L,) int64
        The mask is V.

    Notes
    -----
    Cost ``O(L E)``.
    """
    starts, columns, _ = moves
    by_token, states = shown[3], shown[4]
    K = len(shown[0]) - 1
    here, following = initial[:K] > 0.0, np.empty(len(starts) - 1, np.bool_)
    for i in range(len(y)):
        if i > 0:
            following[:] = False
            for s in range(len(following)):
                if here[s] if s < K else following[s]:
                    for e in range(starts[s], starts[s + 1]):
                        following[columns[e]] = True
            here[:] = following[:K]
        if y[i] < len(by_token) - 1:
            following[:] = False
            for e in range(by_token[y[i]], by_token[y[i] + 1]):
                following[states[e]] = here[states[e]]
            here[:] = following[:K]
        if not here.any():
            return False
    for s in range(K):
        here[s] &= final[s] > 0.0
    return bool(here.any())
