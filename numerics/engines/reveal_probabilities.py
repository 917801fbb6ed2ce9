"""Probabilities that a reveal pattern meets a pair of positions, as coefficients of the lag informations.

``rho_m(d)`` is the probability that i and i+d are among m positions drawn uniformly from L, and none between them is:
``rho_m(d) = (m)_2 (L-m)_{d-1} / (L)_{d+1}`` with falling factorials. What precedes a position
(learning-error/worst-case) has probabilities of the same kind. Everything is built from products of ratios; where terms
of both signs meet, the error is bounded by the sum of their absolute values.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..numbers.enclosure import RAISED
from ..numbers.enclosure import UNIT_ROUNDOFF as U
from .reveal_steps import prefix_sums, step_depth

__all__ = [
    "ProbabilitiesBefore",
    "before_bernoulli",
    "before_fixed_size",
    "fixed_size_coefficients",
    "lag_coefficients",
    "pair_probability_differences",
]

SUM_DEPTH = 40
"""Roundings in numpy's pairwise sum: 16 in a block of 128, one a level above; enough for 2^30 terms."""

LEAST = math.ulp(0.0)


def lag_coefficients(
    a: NDArray[np.float64], rest: NDArray[np.float64], weights: NDArray[np.float64], D: int, relative: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """``sum_k w_k b_d(a_k)``, ``b_d(a) = 2a (1-a)^{d-1} - (d-1) a^2 (1-a)^{d-2}``, for d = 1..D.

    Parameters
    ----------
    a, rest : (n,) float64
        Fractions and ``1 - a``.
    weights : (n,) float64
    D : int
    relative : float
        Relative error of the entries of ``a``, ``rest`` and ``weights``.

    Returns
    -------
    value, error : (D,) float64
        The error is absolute. Cost ``O(n D)``.
    """
    value, error = np.zeros(D), np.zeros(D)
    once, twice = 2 * weights * a, weights * a * a
    power_before, power = np.zeros_like(rest), np.ones_like(rest)
    for d in range(1, D + 1):
        single = float((once * power).sum())
        double = (d - 1) * float((twice * power_before).sum())
        value[d - 1] = single - double
        error[d - 1] = (single + double) * (d + 3) * (relative + U) + (single + double) * (SUM_DEPTH + 4) * U
        power_before, power = power, power * rest
    return value, error * RAISED


def pair_probability_differences(L: int, D: int) -> Iterator[tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """``rho_{j+1}(d) - rho_j(d)`` for d = 1..D with its absolute error, one j = 0..L-1 after the other.

    With n = L - j the difference is ``j (2n - (j+1)(d-1)) / (L (L-1) (L-d)) * prod_{t=0}^{d-3} (n-1-t) /
    (L-2-t)`` for d >= 2, a product of exact integers and ratios, and ``2j / (L (L-1))`` for d = 1.
    """
    lag = np.arange(2, D + 1, dtype=np.float64)
    t = np.arange(max(D - 2, 0), dtype=np.float64)
    difference = np.empty(D)
    depth = 2.0 * np.arange(1, D + 1) + 8
    for j in range(L):
        n = L - j
        if D:
            difference[0] = 2.0 * j / (L * (L - 1.0))
        if D > 1:
            common = np.append(1.0, np.cumprod(np.maximum(n - 1 - t, 0.0) / (L - 2 - t)))
            difference[1:] = j * (2.0 * n - (j + 1.0) * (lag - 1)) / (L * (L - 1.0)) / (L - lag) * common
        yield difference.copy(), np.abs(difference) * depth * U * RAISED


def fixed_size_coefficients(sizes: Sequence[int], L: int, D: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """``c_d = sum_k [rho_{S_k} - rho_{S_{k-1}} - s_k (rho_{S_{k-1}+1} - rho_{S_{k-1}})](d)`` for d = 1..D.

    Written as ``sum_k sum_{S_{k-1} < m < S_k} (S_k - m) (rho_{m+1} - 2 rho_m + rho_{m-1})(d)``, where the second
    difference at m' = m - 1, with n = L - m' and e = d - 1, is ``(n-2)_{e-2} / (L)_{e+2}`` times
    ``(m'+2)(m'+1) e (e-1) - 4 (m'+1) e (n-1) + 2 n (n-1)``. Steps of one token contribute nothing.

    Returns
    -------
    value, error : (D,) float64
        The error is absolute. Cost ``O(L D)``.
    """
    weight, before = [], []
    reached = 0
    for size in sizes:
        weight += [size - t for t in range(1, size)]
        before += [reached + t - 1 for t in range(1, size)]
        reached += size
    w, m = np.array(weight, dtype=np.float64), np.array(before, dtype=np.float64)
    n = L - m
    value, error = np.zeros(D), np.zeros(D)
    common = np.ones_like(m)
    for d in range(1, D + 1):
        e = d - 1.0
        if d == 1:
            parts = (np.full_like(m, 2.0), np.zeros_like(m))
            scale = 1.0 / (L * (L - 1.0))
        elif d == 2:
            parts = (2.0 * n, 4.0 * (m + 1))
            scale = 1.0 / (L * (L - 1.0) * (L - 2.0))
        else:
            if d > 3:
                common = common * (np.maximum(n - e + 1, 0.0) / (L - e - 1))
            parts = ((m + 2) * (m + 1) * (e * (e - 1)) + 2 * n * (n - 1), 4 * (m + 1) * e * (n - 1))
            scale = 1.0 / (L * (L - 1.0)) / ((L - 2.0) * (L - 3.0))
        up = float((w * common * parts[0]).sum()) * scale
        down = float((w * common * parts[1]).sum()) * scale
        value[d - 1] = up - down
        error[d - 1] = (up + down) * (2 * d + 20 + SUM_DEPTH) * U * RAISED
    return value, error


class ProbabilitiesBefore(NamedTuple):
    """Probabilities of the contexts that a position meets when it is revealed (learning-error/worst-case).

    Attributes
    ----------
    probability : (3, n) float64
        ``probability[e, f]``: e named other positions have been revealed before, and f named ones not. Zero where that
        never happens; where it underflows, the smallest positive number.
    depth : int
        Roundings in an entry.
    """

    probability: NDArray[np.float64]
    depth: int


def before_bernoulli(weights: NDArray[np.float64], n: int) -> ProbabilitiesBefore:
    """``sum_k w_k a_{k-1}^e (1 - a_{k-1})^f`` for e < 3, f < n; cost ``O(N n)``."""
    w = np.asarray(weights, dtype=np.float64)
    a, rest = prefix_sums(w)[:-1], prefix_sums(w[::-1])[::-1][:-1]
    terms = w * np.stack([np.ones_like(a), a, a * a])
    return ProbabilitiesBefore(_moments(terms, (rest for _ in range(n)), n), step_depth(n) + SUM_DEPTH)


def before_fixed_size(sizes: Sequence[int], L: int, n: int) -> ProbabilitiesBefore:
    """``sum_k (s_k/L) (S_{k-1})_e (L-1-S_{k-1})_f / (L-1)_{e+f}`` for e < 3, f < n; 0 beyond L - 1 positions."""
    s = np.array([size for size in sizes if size], dtype=np.float64)
    shown = np.concatenate([[0.0], np.cumsum(s)[:-1]])
    masked = L - 1 - shown
    one, two = max(L - 1, 1), max((L - 1) * (L - 2), 1)
    terms = s / L * np.stack([np.ones_like(shown), shown / one, shown * (shown - 1) / two])
    out = np.zeros((3, n))
    for e in range(min(3, L)):
        factors = (np.maximum(masked - f, 0.0) / (L - 1 - e - f) for f in range(L - 1 - e))
        out[e] = _moments(terms[e : e + 1], factors, n)[0]
    return ProbabilitiesBefore(out, 3 * n + 12 + SUM_DEPTH)


def _moments(terms: NDArray[np.float64], factors: Iterator[NDArray[np.float64]], n: int) -> NDArray[np.float64]:
    """Sums over steps of terms times the product of the first f factors, f < n; 0 where factors are used up."""
    out = np.zeros((len(terms), n))
    power, happens = np.ones(terms.shape[1]), terms > 0
    for f in range(n):
        out[:, f] = np.maximum((terms * power).sum(axis=1), np.where(happens.any(axis=1), LEAST, 0.0))
        factor = next(factors, None)
        if factor is None:
            break
        power, happens = power * factor, happens & (factor > 0)
    return out
