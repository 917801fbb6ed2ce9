"""Evidence against the claim that sequences are drawn from p (definitions.md#e-values), valid whenever the test is
stopped.

For any law r the product ``prod_i r(X_i)/p(X_i)`` is a non-negative supermartingale of mean at most 1 under p, and so
is an average of such, E_n. By Ville's inequality ``P(sup_n E_n >= 1/alpha) <= alpha``. Half of the weight lies on
Dirichlet laws centred at p, for what nobody thought of, and half on the named alternatives.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln, logsumexp

from ..enclosure import UNIT_ROUNDOFF, gamma

__all__ = ["CONCENTRATIONS", "log_evidence", "log_likelihoods"]

CONCENTRATIONS = tuple(10.0**k for k in range(7))
"""Of the Dirichlet laws: a draw differs from p by about ``sqrt(p(x)/c)`` in a cell."""

ULPS = 16
"""Allowed to a library's logarithm, or log-gamma function, relative to its size."""


def log_evidence(
    counts: NDArray[np.int64], p: NDArray[np.float64], depth: int, alternatives: Mapping[str, NDArray[np.float64]]
) -> float:
    """``log E_n``, rounded down.

    Parameters
    ----------
    counts : (M,) int
        How often each sequence was drawn; 0 where ``p = 0``.
    p : (M,) float64
        The law that is claimed.
    depth : int
        Roundings in its entries.
    alternatives : dict of str to (M,) float64
        Laws r, of total at most 1.

    Returns
    -------
    float
        In nats; a lower bound of the mixture for the exact p.

    Examples
    --------
    >>> log_evidence(np.array([50, 50]), np.array([0.5, 0.5]), 0, {}) < 0 < log_evidence(
    ...     np.array([100, 0]), np.array([0.5, 0.5]), 0, {})
    True
    """
    n, seen = int(counts.sum()), counts > 0
    k, log_p = counts[seen].astype(np.float64), np.log(p[seen])
    claimed = float(k @ log_p)
    mixtures = [_dirichlet(k, c * p[seen], c * math.fsum(p), n) - claimed for c in CONCENTRATIONS]
    named = [found - claimed for found in log_likelihoods(counts, alternatives).values()]
    parts = [part for part in (mixtures, named) if part]
    shares = [logsumexp(part) - math.log(len(parts) * len(part)) for part in parts]
    # The sizes of the log-gammas (of a >= 1e-308 too) and logarithms that were added; then the error of p.
    most = n + 2 * CONCENTRATIONS[-1]
    size = 4 * most * (1 + math.log(most)) + 1500 * len(k) + 2 * float(k @ np.abs(log_p))
    return float(logsumexp(shares)) - (ULPS + len(k)) * UNIT_ROUNDOFF * size - n * gamma(depth)


def _dirichlet(k: NDArray[np.float64], a: NDArray[np.float64], total: float, n: int) -> float:
    """``log`` of the chance of a given order of draws, averaged over Dirichlet(a)."""
    return float((gammaln(a + k) - gammaln(a)).sum() - (gammaln(total + n) - gammaln(total)))


def log_likelihoods(counts: NDArray[np.int64], laws: Mapping[str, NDArray[np.float64]]) -> dict[str, float]:
    """``sum_i log r(X_i)`` for each law r, in nats; -inf where it forbids what was drawn."""
    seen = counts > 0
    with np.errstate(divide="ignore"):
        return {name: float(counts[seen] @ np.log(law[seen])) for name, law in laws.items()}
