"""Mutual informations of a Markov chain at one distance, as sums of non-negative terms."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from .jit import kernel

__all__ = ["lag_information"]

FAR = 1e100


@kernel
def lag_information(
    sigma: NDArray[np.float64],
    after: NDArray[np.float64],
    K: NDArray[np.float64],
    left: NDArray[np.float64],
    right: NDArray[np.float64],
) -> NDArray[np.float64]:  # pragma: no cover - compiled
    """``I(X_i; X_{i+d})`` in nats for a batch of positions, and what its rounding error is made of.

    ``I = sum_{u,v} sigma_i(u) sigma_{i+d}(v) phi(rho)``, ``rho = P(v | u) / sigma_{i+d}(v)``, with
    ``phi(rho) = rho log rho - rho + 1 >= 0``: no two terms cancel, so a small information keeps its digits.

    Parameters
    ----------
    sigma, after : (n, V) float64
        Laws of ``X_i`` and of ``X_{i+d}``.
    K : (V, V) float64
    left, right : (n, V) float64
        ``left(u) K(u, v) right(v)`` is the probability of v after d tokens from u: ones and ``K = P^d`` where that is
        the same at all positions.

    Returns
    -------
    (n, 2) float64
        The information, and ``sum sigma sigma rho |log rho|``, by which relative errors of ``rho`` are multiplied.

    Notes
    -----
    Cost ``n V^2`` logarithms. A law below the normal range of float64 has no relative error; its terms, and what they
    change by, are of its own size, and less than the square of any rounding.
    """
    n, V = sigma.shape
    out = np.zeros((n, 2))
    for i in range(n):
        information, sensitivity = 0.0, 0.0
        for u in range(V):
            if sigma[i, u] == 0.0:
                continue
            row, spread = 0.0, 0.0
            for v in range(V):
                if after[i, v] == 0.0:
                    continue
                probability = left[i, u] * K[u, v] * right[i, v]
                rho = probability / after[i, v]
                if rho > FAR:
                    # The product of a small law and a large ratio: neither may be formed, and 1 is small beside it.
                    ratio = math.log(rho) if rho < math.inf else math.log(probability) - math.log(after[i, v])
                    row += probability * ratio - (probability - after[i, v])
                    spread += probability * ratio
                elif rho == 0.0:
                    row += after[i, v]
                else:
                    slope = rho * math.log(rho)
                    row += after[i, v] * (slope - (rho - 1.0))
                    spread += after[i, v] * abs(slope)
            information += sigma[i, u] * row
            sensitivity += sigma[i, u] * spread
        out[i, 0] = information
        out[i, 1] = sensitivity
    return out
