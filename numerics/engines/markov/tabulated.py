"""The profile and the curve of a Markov chain at very many arguments at once, as arrays with one error for all.

The formulas are those of :mod:`.information`; here a loop over the distances d fills arrays over the arguments.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from ...errors import BeyondReach
from ...numbers.enclosure import RAISED
from ...numbers.enclosure import UNIT_ROUNDOFF as U
from .information import LagInformation

__all__ = ["curve_values", "profile_values"]

Array = NDArray[np.float64]

OPERATIONS_BUDGET = 2e10


def profile_values(lags: LagInformation) -> tuple[Array, float]:
    """``z(0..L-1)`` in nats and an absolute error for each; cost ``O(L D)``.

    Raises
    ------
    BeyondReach
        When so many distances count that it would take minutes.
    """
    L = lags.length
    return _less(lags, L, _probability_differences(L, len(lags.J)), 5.0 * L)


def curve_values(lags: LagInformation, cells: int) -> tuple[Array, float]:
    """``Z(m / cells)`` in nats, m = 0..cells, and an absolute error for each; cost ``O(cells D)``.

    ``cells`` is a power of two, so that ``m / cells`` and ``1 - m / cells`` are exact.
    """
    a = np.arange(cells + 1) / cells
    return _less(lags, cells + 1, _lag_terms(a, len(lags.J)), 3.0)


def _less(
    lags: LagInformation, count: int, terms: Iterator[tuple[Array, Array, float]], tail: float
) -> tuple[Array, float]:
    """``sum_i H(X_i) - sum_d c_d J(d)`` for arrays ``c_d``: a value, its terms' absolute sum, and their depth."""
    D = len(lags.J)
    if count * D > OPERATIONS_BUDGET:
        raise BeyondReach(
            f"the chain's tokens stay dependent over {D} positions, and {count} values of its information need more "
            f"than {OPERATIONS_BUDGET:.0e} operations"
        )
    value, rounding, size = np.full(count, lags.tokens.value), np.zeros(count), np.full(count, lags.tokens.value)
    for J, J_error, (c, bulk, depth) in zip(lags.J, lags.J_error, terms, strict=True):
        value -= c * J
        size += np.abs(c) * J
        rounding += bulk * (depth * U * (J + J_error) + J_error)
    rounding += (D + 2) * U * size + lags.tokens.error + tail * lags.beyond
    return value, float(rounding.max(initial=0.0)) * RAISED


def _probability_differences(L: int, D: int) -> Iterator[tuple[Array, Array, float]]:
    """``L (rho_{j+1} - rho_j)(d)`` over j, as in `reveal_probabilities.pair_probability_differences`."""
    j = np.arange(L, dtype=np.float64)
    n, common = L - j, np.ones(L)
    for d in range(1, D + 1):
        if d == 1:
            c = 2 * j / (L - 1.0)
        else:
            if d > 2:
                common *= np.maximum(n - (d - 2.0), 0.0) / (L - d + 1.0)
            c = j * (2 * n - (j + 1) * (d - 1.0)) / (L - 1.0) / (L - d) * common
        yield c, np.abs(c), 2.0 * d + 9


def _lag_terms(a: Array, D: int) -> Iterator[tuple[Array, Array, float]]:
    """``b_d(a) = 2a (1-a)^{d-1} - (d-1) a^2 (1-a)^{d-2}``."""
    before, power = np.zeros_like(a), np.ones_like(a)
    for d in range(1, D + 1):
        single, double = 2 * a * power, (d - 1) * a * a * before
        yield single - double, single + double, d + 4.0
        before, power = power, power * (1 - a)
