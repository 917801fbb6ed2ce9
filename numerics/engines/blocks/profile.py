"""The information profile of a product of m blocks, from the profile of one
(definitions.md#information-profile-and-curve).

Of j positions drawn uniformly from the L - 1 others, i fall into a position's own block with the hypergeometric
probability

    h_j(i) = C(b-1, i) (j)_i (L-1-j)_{b-1-i} / (L-1)_{b-1},        (n)_i = n (n-1) .. (n-i+1),

so ``z(j) = m sum_i h_j(i) z_b(i)``. One position more joins the block with probability ``(b-1-i) / (L-1-j)``, hence

    z(j) - z(j+1) = m sum_i h_j(i) (b-1-i) / (L-1-j) (z_b(i) - z_b(i+1)).

Everything is a product of exact integers and quotients: nothing is subtracted, and no factor grows with L.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ...numbers.enclosure import gamma

__all__ = ["before_law", "drop_weights", "profile_at_length"]


def _falling_ratio(
    revealed: NDArray[np.float64], masked: NDArray[np.float64], i: int, j: int, L: int
) -> NDArray[np.float64]:
    """``(revealed)_i (masked)_j / (L-1)_{i+j}``; at most ``2 (i + j)`` roundings."""
    ratio = np.ones_like(revealed)
    for t in range(i):
        ratio *= np.maximum(revealed - t, 0.0) / (L - 1 - t)
    for t in range(j):
        ratio *= np.maximum(masked - t, 0.0) / (L - 1 - i - t)
    return ratio


def before_law(sizes: Sequence[int], b: int) -> tuple[NDArray[np.float64], float]:
    """Law of how many positions of its own block are revealed before a given position.

    Parameters
    ----------
    sizes : sequence of int
        Step sizes, sum L, a multiple of ``b``.
    b : int
        Length of a block.

    Returns
    -------
    weights : (b,) float64
        ``(1/L) sum_k s_k h_{S_{k-1}}(i)``.
    error : float
        Their relative error.

    Notes
    -----
    Cost ``O(N b^2)``.

    Examples
    --------
    >>> before_law([1, 1], 2)[0].tolist()
    [0.5, 0.5]
    """
    s = np.array(sizes, dtype=np.float64)
    L = int(s.sum())
    revealed = np.concatenate([[0.0], s.cumsum()[:-1]])
    weights = np.zeros(b)
    for i in range(b):
        probabilities = math.comb(b - 1, i) * _falling_ratio(revealed, L - 1 - revealed, i, b - 1 - i, L)
        weights[i] = math.fsum(s * probabilities) / L
    return weights, gamma(2 * b + 5)


def drop_weights(sizes: Sequence[int], b: int) -> tuple[NDArray[np.float64], float]:
    """Coefficients of a block's drops in ``PATH_KL / m`` (fixed-size/riemann-error).

    ``PATH_KL = (1/L) sum_k sum_{r in step k} (S_k - 1 - r) (z(r) - z(r+1)) = m sum_i weights[i] (z_b(i) - z_b(i+1))``.

    Parameters
    ----------
    sizes : sequence of int
        Step sizes, sum L, a multiple of ``b``.
    b : int
        Length of a block.

    Returns
    -------
    weights : (b-1,) float64
    error : float
        Their relative error.

    Notes
    -----
    Cost ``O(L b^2)``, and 40 L bytes.

    Examples
    --------
    Two tokens at once, in the only block:

    >>> drop_weights([2], 2)[0].tolist()
    [0.5]
    """
    s = np.array(sizes, dtype=np.int64)
    L = int(s.sum())
    r = np.arange(L - 1, dtype=np.float64)
    still = np.repeat(s.cumsum(), s)[: L - 1] - 1 - r
    weights = np.zeros(max(b - 1, 0))
    for i in range(b - 1):
        # (b-1-i) (L-1-r)_{b-1-i} / (L-1-r) = (b-1-i) (L-2-r)_{b-2-i}, over one factor less of (L-1)_{b-1}.
        probabilities = _falling_ratio(r, L - 2 - r, i, b - 2 - i, L)
        scale = math.comb(b - 1, i) * (b - 1 - i)
        weights[i] = scale * math.fsum(still * probabilities) / ((L - b + 1) * L)
    return weights, gamma(2 * b + 8)


def profile_at_length(values: NDArray[np.float64], count: int) -> tuple[NDArray[np.float64], float]:
    """``v(j) = m sum_i h_j(i) v_b(i)`` for j = 0..L-1, from what one block has when i of its others are revealed.

    Parameters
    ----------
    values : (b,) float64
        Non-negative.
    count : int
        m.

    Returns
    -------
    (L,) float64, and its relative error

    Notes
    -----
    Cost ``O(L b^2)``.

    Examples
    --------
    >>> profile_at_length(np.array([1.0, 0.0]), 2)[0].round(6).tolist()
    [2.0, 1.333333, 0.666667, 0.0]
    """
    b = len(values)
    L = b * count
    j = np.arange(L, dtype=np.float64)
    found = np.zeros(L)
    for i in range(b):
        found += math.comb(b - 1, i) * _falling_ratio(j, L - 1 - j, i, b - 1 - i, L) * values[i]
    return count * found, gamma(3 * b + 5)
