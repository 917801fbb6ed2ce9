"""Coefficients of the windows in each quantity, by the probability of their reveal pattern, and bounds for the rest.

Every quantity here is a multiple of ``sum_i H(X_i)`` and a functional ``F[f]`` of the information f of an erased
sequence (see :mod:`.information`), a sum over windows. A window has m revealed and q masked positions between its two
ends. With every position revealed with probability a, ``F[f] = end f(1) + sum_k weight_k f'(a_k)`` is applied to

    ``a^{m+2} (1-a)^q``: both ends revealed (:meth:`pair`), and
    ``a^{m+1} (1-a)^q P(Bin(n, a) >= r)``: the right end, and r or more of the n positions outside (:meth:`far`).

The n positions outside are those to the left of the window. What they tell of the right end, given the window, is a
non-decreasing function of the set revealed there, at most the information I of the state at the window's left end.
Averaged over sets of r positions it is ``z_r``, and its share of F[f] is ``sum_r (z_r - z_{r-1})`` times F of the
second polynomial: between I times the least and I times the largest over r, 0 included. The bounds of a larger n hold
too: leaving out one of n + 1 positions, each as likely, turns "r or more of n" into r + 1 or more of n + 1, or r of
them and the one left out not among these, so that its F is a mean of two thresholds' among n + 1.

With uniform sets of j positions, ``F[f] = end f_L + sum_j weight_j (f_{j+1} - f_j)``; falling factorials take the
places of the powers, and a hypergeometric law that of Bin(n, a). There n counts: were all other positions outside, the
number revealed there would be a function of j, its thresholds would be steps, and a left sum of steps of eight
positions would see one as eight times too high or not at all. For the few windows with nearly all others outside, what
these tell is what the nearest G tell, and the rest: at most what gets through a pattern of the nearest G
(:mod:`.contraction`), that is between 0 and ``I E survival`` at each j, whatever sign F gives it.

With fractions the same helps: were r of all positions outside a threshold, r near n would be seen as 1, whatever the
number of steps. Since ``f(a)`` is the mean of ``f_J`` over J of law ``Bin(L, a)``, ``f'(a)`` is L times the mean of
``f_{J+1} - f_J`` over ``Bin(L-1, a)``; so F is the functional of sizes with ``weight_j = sum_k weight_k L P(Bin(L-1,
a_k) = j)``.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import scipy
from numpy.typing import NDArray

from ..._kernels.thresholds import reached, unreset
from ...numbers.enclosure import UNIT_ROUNDOFF as U
from ...numbers.probabilities import PARAMETER_DEPTH

__all__ = ["Far", "Fractions", "Functional", "Sizes"]

LOOSENED = 1e-9
"""Relative allowance on bounds that multiply what is left out. Binomial probabilities come from logarithms of gammas,
of absolute error below ``10 n log(n) U``: under 1e-9 up to n = 10^5."""

ENOUGH = 0.05
"""Information that gets through the nearest positions, beside their own, when nothing further out is looked at."""


class Functional(ABC):
    """A linear functional of reveal probabilities on L positions."""

    length: int

    def __init__(self) -> None:
        self._pairs: dict[tuple[int, int], tuple[float, float]] = {}
        self._fars: dict[tuple[int, int], Far] = {}

    def pair(self, m: int, q: int) -> tuple[float, float]:
        """F of "both ends and m named positions are revealed, and q named ones masked", and its absolute error."""
        if (m, q) not in self._pairs:
            self._pairs[m, q] = self._pair(m, q)
        return self._pairs[m, q]

    def far(self, m: int, q: int) -> Far:
        """F of "one end, m named positions and r or more of n others are revealed, and q named ones masked"."""
        if (m, q) not in self._fars:
            self._fars[m, q] = self._far(m, q)
        return self._fars[m, q]

    @abstractmethod
    def _pair(self, m: int, q: int) -> tuple[float, float]: ...

    @abstractmethod
    def _far(self, m: int, q: int) -> Far: ...


@dataclass(frozen=True)
class Far:
    """Bounds over all r of at least 1, and 0 included; of an n in between, those of the next larger one hold.

    Attributes
    ----------
    n : (B,) int64
        Ascending, up to all positions outside a window of the class.
    least, most : (B,) float64
    """

    n: NDArray[np.int64]
    least: NDArray[np.float64]
    most: NDArray[np.float64]


class Fractions(Functional):
    """``F[f] = end f(1) + sum_k weight_k f'(a_k)``.

    Parameters
    ----------
    length : int
        L.
    end : float
        0 or 1, since it counts as exact.
    a, rest, weight : (n,) float64
        Fractions, ``1 - a``, and weights, each within ``PARAMETER_DEPTH`` roundings.
    survival : (n, n) float64, optional
        See :class:`Sizes`.
    """

    def __init__(
        self,
        length: int,
        end: float,
        a: NDArray[np.float64],
        rest: NDArray[np.float64],
        weight: NDArray[np.float64],
        survival: NDArray[np.float64] | None = None,
    ) -> None:
        super().__init__()
        self.length, self.end = length, end
        self.a, self.rest, self.weight = a, rest, weight
        self._by_sizes = None
        if survival is not None:
            by_size = length * (weight @ _binomial(length - 1, a, rest))
            self._by_sizes = Sizes(length, end, by_size, survival)

    def _slope(self, m: int, q: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Rising and falling part of the derivative of ``a^m (1-a)^q``, m at least 1."""
        rising = m * self.a ** (m - 1) * self.rest**q
        falling = q * self.a**m * self.rest ** max(q - 1, 0)
        return rising, falling

    def _pair(self, m: int, q: int) -> tuple[float, float]:
        rising, falling = self._slope(m + 2, q)
        end = self.end if q == 0 else 0.0
        value = math.fsum([end, *(self.weight * rising).tolist(), *(-self.weight * falling).tolist()])
        size = math.fsum(np.abs(self.weight) * (rising + falling))
        # Powers within an ulp of the library, of parameters within a few roundings.
        return value, size * ((m + q + 3) * PARAMETER_DEPTH + 12) * U + U * abs(value)

    def _far(self, m: int, q: int) -> Far:
        if self._by_sizes is not None:
            return self._by_sizes.far(m, q)
        tail, density = self._outside
        rising, falling = self._slope(m + 1, q)
        power = self.a ** (m + 1) * self.rest**q
        end = self.end if q == 0 else 0.0
        found = end + (self.weight * (rising - falling)) @ tail + (self.weight * power) @ density
        size = np.abs(self.weight) @ (rising + falling) + (np.abs(self.weight) * power) @ density.max(axis=1)
        slack = LOOSENED * float(size + abs(end))
        least, most = min(0.0, float(found.min()) - slack), max(0.0, float(found.max()) + slack)
        return Far(np.array([self.length]), np.array([least]), np.array([most]))

    @cached_property
    def _outside(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """``P(Bin(n, a) >= r)`` and its derivative for r = 1..n, n = L - 1, shape (points, n)."""
        n = max(self.length - 1, 1)
        density = n * _binomial(n - 1, self.a, self.rest)
        probability = _binomial(n, self.a, self.rest)
        tail = np.minimum(np.cumsum(probability[:, ::-1], axis=1)[:, ::-1], 1.0)
        return tail[:, 1:], density


class Sizes(Functional):
    """``F[f] = end f_L + sum_j weight_j (f_{j+1} - f_j)`` over uniform sets of j positions.

    Parameters
    ----------
    length : int
        L.
    end : float
        0 or 1.
    weight : (L,) float64
        Within ``PARAMETER_DEPTH`` roundings.
    survival : (n, n) float64, optional
        What gets through g positions revealed of the G nearest outside; see :func:`.contraction.survival`.
    """

    def __init__(
        self,
        length: int,
        end: float,
        weight: NDArray[np.float64],
        survival: NDArray[np.float64] | None = None,
    ) -> None:
        super().__init__()
        self.length, self.end, self.weight, self.survival = length, end, weight, survival
        self._revealed, self._masked = [np.ones(length + 1)], [np.ones(length + 1)]

    def _probabilities(self, m: int, q: int) -> NDArray[np.float64]:
        """Probability that m named positions are among j of L and q named ones are not, j = 0..L.

        ``(j)_m (L-j)_q / (L)_{m+q}``, in ``4 (m+q)`` roundings.
        """
        L, j = self.length, np.arange(self.length + 1, dtype=np.float64)
        for t in range(len(self._revealed) - 1, m):
            self._revealed.append(self._revealed[t] * (np.maximum(j - t, 0.0) / (L - t)))
        for t in range(len(self._masked) - 1, q):
            self._masked.append(self._masked[t] * (np.maximum(L - j - t, 0.0) / (L - t)))
        return self._revealed[m] * self._masked[q] * math.prod((L - t) / (L - m - t) for t in range(q))

    def _pair(self, m: int, q: int) -> tuple[float, float]:
        rho = self._probabilities(m + 2, q)
        up, down = self.weight * rho[1:], -self.weight * rho[:-1]
        value = math.fsum([self.end if q == 0 else 0.0, *up.tolist(), *down.tolist()])
        size = math.fsum(np.abs(up)) + math.fsum(np.abs(down))
        return value, size * (4 * (m + q + 2) + PARAMETER_DEPTH + 4) * U + U * abs(value)

    def _far(self, m: int, q: int) -> Far:
        L, others = self.length, self.length - 1 - m - q
        if others < 1:
            return Far(np.zeros(1, dtype=np.int64), np.zeros(1), np.zeros(1))
        rho = self._probabilities(m + 1, q)
        coefficient = (np.append(0.0, self.weight) - np.append(self.weight, -self.end)) * rho
        slack = LOOSENED * float(np.abs(self.weight) @ (rho[1:] + rho[:-1]) + abs(self.end) * rho[-1])
        coefficient = coefficient[m + 1 : L + 1 - q]
        n, least, most, nearest = [], [], [], (-math.inf, math.inf)
        for some in _numbers(others, self.survival):
            found = np.empty(some + 1)
            reached(coefficient, some, others, found)
            lo, hi = min(float(found[1:].min()) - slack, 0.0), max(float(found[1:].max()) + slack, 0.0)
            n.append(some)
            least.append(max(lo, nearest[0]))
            most.append(min(hi, nearest[1]))
            if self.survival is not None and some < len(self.survival):
                below, above = unreset(coefficient, self.survival[some], some, others)
                nearest = max(nearest[0], lo + below - slack), min(nearest[1], hi + above + slack)
                if above - below <= ENOUGH * (hi - lo):
                    break
        if n[-1] < others:
            n.append(others)
            least.append(nearest[0])
            most.append(nearest[1])
        return Far(np.array(n), np.array(least), np.array(most))


def _numbers(others: int, survival: NDArray[np.float64] | None) -> list[int]:
    """Numbers n whose bounds are found: those that leave out 0, 1, 2, 4, 8 positions and so on, and small ones."""
    found = {others} | {others - 2**k for k in range(others.bit_length()) if 2**k < others}
    if survival is not None:
        found |= {2**k for k in range(others.bit_length()) if 2**k < min(len(survival), others)}
    return sorted(found)


def _binomial(n: int, a: NDArray[np.float64], rest: NDArray[np.float64]) -> NDArray[np.float64]:
    """``P(Bin(n, a) = r)`` for r = 0..n, shape (points, n+1)."""
    r = np.arange(n + 1)
    ways = scipy.special.gammaln(n + 1) - scipy.special.gammaln(r + 1) - scipy.special.gammaln(n - r + 1)
    with np.errstate(divide="ignore"):
        log_a, log_rest = np.log(a)[:, None], np.log(rest)[:, None]
    with np.errstate(invalid="ignore"):
        powers = np.where(r == 0, 0.0, r * log_a) + np.where(r == n, 0.0, (n - r) * log_rest)
    return np.exp(ways + powers)
