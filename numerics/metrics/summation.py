"""Sums with a proven error."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from ..numbers.enclosure import RAISED, UNIT_ROUNDOFF

__all__ = ["entropy_terms", "sum_of_logs"]


def sum_of_logs(
    weights: NDArray[np.float64], ratios: NDArray[np.float64], weight_error: float, ratio_error: float
) -> tuple[float, float]:
    """``sum_j w_j log r_j`` over the entries of positive weight, with an absolute error bound.

    Parameters
    ----------
    weights, ratios : (n,) float64
        Non-negative.
    weight_error, ratio_error : float
        Relative errors of their entries.

    Returns
    -------
    value, error : float
        ``value`` is infinite where a weight meets a zero ratio. The error covers the relative errors given, the
        library's log (1 ulp; 4 allowed), the products, and the sum, which is correctly rounded.
    """
    used = weights > 0
    w, r = weights[used], ratios[used]
    if (r == 0).any():
        return -math.inf, 0.0
    logs = np.log(r)
    terms = w * logs
    value = math.fsum(terms)
    size = math.fsum(np.abs(terms))
    shift = -math.log1p(-ratio_error) if ratio_error < 1 else math.inf
    moved = weight_error / (1 - weight_error) if weight_error < 1 else math.inf
    error = math.fsum(w) * shift * (1 + moved) + size * (moved + 6 * UNIT_ROUNDOFF) * RAISED
    return value, error + abs(value) * UNIT_ROUNDOFF


def entropy_terms(probabilities: NDArray[np.float64], relative_error: float) -> tuple[float, float]:
    """``-sum p log p`` with an absolute error bound, from probabilities of a given relative error."""
    value, error = sum_of_logs(probabilities, probabilities, relative_error, relative_error)
    return -value, error
