"""Confidence intervals that hold whatever the law is."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import scipy
from numpy.typing import NDArray

from ...numbers.enclosure import UNIT_ROUNDOFF, gamma

__all__ = [
    "Interval",
    "clopper_pearson",
    "empirical_bernstein",
    "entropy_modulus",
    "mean_at_least",
    "mean_at_most",
    "total_variation_radius",
]

Interval = tuple[float, float, float]
"""Value, lower end, upper end."""

RAISED_A_LITTLE = 1 + gamma(40)
"""On a few products, quotients and square roots of what is summed exactly; no term is negative."""

BETA_SLACK = 1e-9
"""Relative allowance for the library's inverse of the incomplete beta function, whose error is some 1e-14."""


def clopper_pearson(hits: int, count: int, alpha: float) -> Interval:
    """A probability of success from ``hits`` in ``count`` trials: the interval of coverage at least ``1 - alpha``.

    Each end leaves out at most ``alpha/2`` (Clopper and Pearson, Biometrika 26, 1934).

    Examples
    --------
    >>> clopper_pearson(0, 10, 0.5)[2] > 1 - 0.25 ** 0.1
    True
    """
    lo = scipy.special.betaincinv(hits, count - hits + 1, alpha / 2) * (1 - BETA_SLACK) if hits else 0.0
    # By symmetry: 1 - alpha/2 would lose the digits of alpha.
    left = scipy.special.betaincinv(count - hits, hits + 1, alpha / 2) * (1 - BETA_SLACK) if hits < count else 0.0
    return hits / count, float(lo), min(math.nextafter(1.0 - float(left), 2.0), 1.0)


def empirical_bernstein(x: NDArray[np.float64], low: float, high: float, alpha: float) -> Interval:
    """The mean of a variable that lies in [low, high]: an interval of coverage at least ``1 - alpha``.

    With V the sample variance and R the range, ``|mean - E x| <= sqrt(2 V t / n) + 7 R t / (3 (n-1))``, ``t = log(4 /
    alpha)`` (Maurer and Pontil, COLT 2009, theorem 4 on either side).

    Parameters
    ----------
    x : (n,) float64
        n at least 2.
    """
    n, t = len(x), math.log(4 / alpha)
    mean = math.fsum(x) / n
    variance = math.fsum((x - mean) ** 2) / (n - 1)
    spread = (math.sqrt(2 * variance * t / n) + 7 * (high - low) * t / (3 * (n - 1))) * RAISED_A_LITTLE
    return mean, max(mean - spread, low), min(mean + spread, high)


def mean_at_least(y: NDArray[np.float64], stake: float, alpha: float) -> float:
    """A lower end for the mean of a variable that is never negative; of coverage at least ``1 - alpha``.

    Were the mean m, a gambler who stakes a fixed part of his money on each ``y / m`` would have a fair game, and come
    to ``1 / alpha`` times his money with a probability of alpha at most (Ville; Waudby-Smith and Ramdas, J. R. Stat.
    Soc. B 86, 2024). Nothing else is asked of y; the stake must not depend on it.

    Parameters
    ----------
    stake : float
        Between 0 and 1.

    Examples
    --------
    >>> mean_at_least(np.ones(1000), 0.9, 0.01) > 0.99
    True
    """
    return _least(lambda m: _money(stake * (y / m - 1.0)) < math.log(1 / alpha), float(y.mean()))


def mean_at_most(y: NDArray[np.float64], most: float, stake: float, alpha: float) -> float:
    """An upper end for the mean of a variable that is at most ``most``, in the same way.

    Parameters
    ----------
    stake : float
        Between 0 and 1, of what may be staked whatever the mean: its money is ``1 + stake (m - y) / most``.

    Examples
    --------
    >>> mean_at_most(np.zeros(1000), 1.0, 0.9, 0.01) < 0.01
    True
    """
    if most <= 0:
        return most
    y = y / most

    def possible(gap: float) -> bool:
        return _money(stake * (1.0 - gap - y)) < math.log(1 / alpha)

    # The mean that is ruled out is looked for by its distance from the largest value.
    return most * (1.0 - _least(possible, 1.0 - float(y.mean())))


def _money(gains: NDArray[np.float64]) -> float:
    """Logarithm of what is left of 1, at least; numpy's sum is in pairs, of fewer than 60 roundings each."""
    logs = np.log1p(gains)
    return float(logs.sum() - 64 * UNIT_ROUNDOFF * np.abs(logs).sum())


def _least(possible: Callable[[float], bool], high: float) -> float:
    """The least positive number that is possible, from below, where a larger one than it is."""
    low = 0.0
    if high <= 0:
        return 0.0
    for _ in range(60):
        middle = (low + high) / 2
        if possible(middle):
            high = middle
        else:
            low = middle
        if high - low <= 1e-9 * high:
            break
    return low


def total_variation_radius(
    count: int, squares: NDArray[np.float64], distances: NDArray[np.float64], most: float, cells: int, alpha: float
) -> float:
    """How far, in total variation, the mean of ``count`` vectors may be from its expectation; at level ``1 - alpha``.

    Vectors G of one sum, in ``cells`` cells, whose sums over any cells vary by at most b. Their mean differs from ``E
    G`` by ``Z = max_A sum_A (mean - E G)``, and Bousquet's inequality (C. R. Acad. Sci. Paris 334, 2002) says

        ``P( Z >= m + sqrt(2 t (s + 2 b m)/n) + b t/(3 n) ) <= e^-t``

    for ``m >= E Z`` and ``s >= max_A Var(sum_A G)``. Both come from pairs of independent copies: with ``d`` the total
    variation between two, ``s <= E d^2 / 2``; and ``E Z <= sqrt(cells T/n) / 2``, ``T = E ||G - G'||^2 / 2``, by
    Cauchy and Schwarz. T and ``E d^2`` are bounded by :func:`empirical_bernstein`, ``alpha/4`` each.

    Against an interval for each cell, whose range terms add up over the cells, the range is paid once.

    Parameters
    ----------
    count : int
        n.
    squares : (m,) float64
        ``||G - G'||_2^2`` of disjoint pairs among them, m at least 2.
    distances : (m,) float64
        Their ``d``, at most b.
    most : float
        b.
    cells : int
    alpha : float
    """
    # The sum over cells of (G - G')^2 is at most its largest entry times its absolute sum, b times 2b.
    T = empirical_bernstein(squares / 2, 0.0, most**2, alpha / 4)[2]
    s = empirical_bernstein(distances**2 / 2, 0.0, most**2 / 2, alpha / 4)[2]
    t = math.log(2 / alpha)
    m = math.sqrt(cells * T / count) / 2
    return (m + math.sqrt(2 * t * (s + 2 * most * m) / count) + most * t / (3 * count)) * RAISED_A_LITTLE


def entropy_modulus(radius: float, vocab: int) -> float:
    """How much ``H(Y | X)`` can change, in nats, within a total variation of ``radius`` of the joint law.

    ``h(r) + r log(V - 1)`` for Y with V values (Alhejji and Smith, ISIT 2020), log V from ``r = 1 - 1/V`` on.

    Examples
    --------
    >>> entropy_modulus(0.5, 2) == math.log(2)
    True
    """
    if radius >= 1 - 1 / vocab:
        return math.log(vocab)
    if radius == 0:
        return 0.0
    binary = -radius * math.log(radius) - (1 - radius) * math.log1p(-radius)
    return (binary + radius * math.log(vocab - 1)) * RAISED_A_LITTLE
