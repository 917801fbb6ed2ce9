"""Drawing from many finite laws at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["categorical", "inverted"]


def categorical(rows: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.int64]:
    """One index from each row of non-negative weights.

    Parameters
    ----------
    rows : (n, K) float64
        Each row has a positive sum and need not be normalised.
    rng : numpy.random.Generator

    Returns
    -------
    (n,) int64
        Never an index of weight zero: a draw that rounds up to the total goes to the last positive one.
    """
    return inverted(rows, rng.random(len(rows)))


def inverted(rows: NDArray[np.float64], uniforms: NDArray[np.float64]) -> NDArray[np.int64]:
    """The same from given numbers in [0, 1): one a row, or many for a single row."""
    cumulative = np.cumsum(rows, axis=-1)
    target = uniforms * cumulative[:, -1]
    chosen = (cumulative <= target[:, None]).sum(axis=-1)
    last_positive = rows.shape[1] - 1 - np.argmax(rows[:, ::-1] > 0, axis=-1)
    return np.minimum(chosen, last_positive)
