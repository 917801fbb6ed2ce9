"""How far the law that sequences come from can be from p in total variation (definitions.md#tv-interval), whatever that
law is.

Let r be the law drawn from, with everything that p forbids pooled into one cell (which leaves ``T = TV(r, p)`` as it
is), k the number of cells, ``e`` the empirical law of n sequences and ``D = TV(e, r)``. One sequence moves D by at most
1/n, so ``D < E D + sqrt(log(1/alpha)/(2n))`` with probability ``1 - alpha`` (McDiarmid), and ``E D <= sum_x
sqrt(r_x)/(2 sqrt n)`` (Jensen). By Cauchy and Schwarz, and since the squared Hellinger distance is at most T, ``sum
sqrt(r_x) <= sum sqrt(p_x) + sqrt(2 k T)``. With ``S = sum_x sqrt(p_x)`` and the triangle inequality,

    |TV(e, p) - T| <= (S + sqrt(2 k T))/(2 sqrt n) + sqrt(log(1/alpha)/(2n)),

which is solved for T on both sides. Nothing is assumed of r. If only calls are independent, with shares w_j of the
sequences, one call moves D by at most w_j and an entry of e has variance at most ``r_x sum w_j^2``: the same holds with
``1/sum w_j^2`` for n.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from ..numbers.enclosure import gamma

__all__ = ["expected_tv", "sequences_needed", "tv_interval"]

SLACK = 1e-9
"""Relative allowance for the rounding of some thousand additions and of square roots."""

MOST = 10**12


def tv_interval(
    counts: NDArray[np.int64],
    impossible: int,
    p: NDArray[np.float64],
    depth: int,
    alpha: float,
    independent: float | None = None,
) -> tuple[float, float, float]:
    """``TV(true law, p)``: the empirical value, and both ends of an interval of coverage at least ``1 - alpha``.

    Parameters
    ----------
    counts : (M,) int
        How often each sequence was drawn; 0 where ``p = 0``.
    impossible : int
        How often one that p forbids.
    p : (M,) float64
        What it lacks in 1 is the probability of all that counts as impossible.
    depth : int
        Roundings in p.
    alpha : float
    independent : float, optional
        What n is in the bound, ``1/sum w_j^2`` where only calls are independent; all sequences are unless given.

    Returns
    -------
    value, lo, hi : float
        The value is the distance of the empirical law, which is biased upwards.

    Examples
    --------
    >>> value, lo, hi = tv_interval(np.array([520, 480]), 0, np.array([0.5, 0.5]), 0, 0.01)
    >>> lo == 0 < value < hi < 0.15
    True
    """
    n = int(counts.sum()) + impossible
    value = (float(np.abs(counts / n - p).sum()) + abs(impossible / n - _missing(p))) / 2
    spread, slope = _terms(p, n if independent is None else independent, alpha)
    error = gamma(depth) + SLACK
    # T -+ slope sqrt(T) = c is a quadratic in sqrt(T).
    above = value + spread + error
    hi = ((slope + math.sqrt(slope * slope + 4 * above)) / 2) ** 2 * (1 + SLACK)
    below = max(value - spread - error, 0.0)
    lo = ((math.sqrt(slope * slope + 4 * below) - slope) / 2) ** 2 * (1 - SLACK)
    return value, min(lo, value), max(min(hi, 1.0), value)


def sequences_needed(p: NDArray[np.float64], tv: float, alpha: float) -> int:
    """How many sequences would bring the interval below ``tv`` if p is the law drawn from, as estimated from E D."""
    few, many = 1, MOST
    while few < many:
        n = (few + many) // 2
        spread, slope = _terms(p, n, alpha)
        fits = expected_tv(p, n) + spread + slope * math.sqrt(tv) <= tv
        few, many = (few, n) if fits else (n + 1, many)
    return few


def expected_tv(p: NDArray[np.float64], n: int) -> float:
    """Of n sequences drawn from p, by the normal law: about ``sum sqrt(p (1 - p) / (2 pi n))``."""
    return float(np.sqrt(p * (1 - np.minimum(p, 1.0))).sum()) / math.sqrt(2 * math.pi * n)


def _missing(p: NDArray[np.float64]) -> float:
    return max(1 - math.fsum(p), 0.0)


def _terms(p: NDArray[np.float64], n: float, alpha: float) -> tuple[float, float]:
    """The term added to the distance, and the factor of ``sqrt(T)``."""
    cells = int(np.count_nonzero(p)) + 1
    spread = (float(np.sqrt(p).sum()) + math.sqrt(_missing(p))) / (2 * math.sqrt(n)) + math.sqrt(
        math.log(1 / alpha) / (2 * n)
    )
    return spread, math.sqrt(2 * cells) / (2 * math.sqrt(n))
