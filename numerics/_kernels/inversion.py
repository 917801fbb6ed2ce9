"""Drawing one index from non-negative weights by inversion, inside other kernels."""

from __future__ import annotations

from numpy.typing import NDArray

from .jit import kernel

__all__ = ["choose"]


@kernel
def choose(weights: NDArray, u: float) -> int:  # pragma: no cover - compiled
    """The index at which the running sum first exceeds ``u`` times the total.

    Parameters
    ----------
    weights : (K,) float64
        Non-negative; need not be normalised.
    u : float
        In [0, 1).

    Returns
    -------
    int
        Never an index of weight zero: a product that rounds up to the total goes to the last positive weight. -1 when
        all are zero.
    """
    total = 0.0
    for v in range(len(weights)):
        total += weights[v]
    target, reached, last = u * total, 0.0, -1
    for v in range(len(weights)):
        if weights[v] > 0.0:
            reached += weights[v]
            last = v
            if reached > target:
                break
    return last
