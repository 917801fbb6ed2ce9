"""A first-order chain on plain arrays: its laws, its powers, when it has mixed, and how far each number is off.

Definitions: ``sigma_i`` is the law of ``X_i`` (i = 1..L), ``K_g = P^g``. The chain has mixed at distance g when
``e_g = max |K_g(u, v) / pi(v) - 1|`` is small, pi being its stationary law. Errors are relative and counted in
units of ``u = 2^-53`` where they are called depths (definitions.md#rounding); the parameters themselves are within
``PARAMETER_DEPTH`` of the true ones, whose rows sum to exactly 1.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...errors import BadInput, BeyondReach
from ...numbers.enclosure import RAISED, SAFE, UNIT_ROUNDOFF, gamma
from ...numbers.probabilities import PARAMETER_DEPTH

__all__ = ["Chain", "Measured", "Mixing"]

SEARCHED_GAPS = 4096
"""Distances searched for mixing; a chain that needs more is treated as one that does not mix."""


class Measured(NamedTuple):
    """A number with a proven absolute error, by cause.

    Attributes
    ----------
    value : float
    rounding, truncation : float
        The true value is within ``rounding + truncation`` of ``value``.
    """

    value: float
    rounding: float
    truncation: float = 0.0

    @property
    def error(self) -> float:
        return (self.rounding + self.truncation) * (1 + 2 * UNIT_ROUNDOFF)

    @property
    def lo(self) -> float:
        return self.value - self.error if self.error else self.value

    @property
    def hi(self) -> float:
        return self.value + self.error if self.error else self.value


def mean_of(parts: Sequence[tuple[Fraction, Measured]]) -> Measured:
    """The mean of numbers that are taken with these positive probabilities; one that is certain is itself."""
    if len(parts) == 1:
        return parts[0][1]
    if any(math.isinf(found.value) for _, found in parts):
        return Measured(math.inf, 0.0)
    value, rounding, truncation = (
        math.fsum(float(probability) * getattr(found, name) for probability, found in parts)
        for name in Measured._fields
    )
    return Measured(value, rounding * RAISED + 4 * UNIT_ROUNDOFF * abs(value), truncation * RAISED)


class Mixing(NamedTuple):
    """Beyond ``gap`` every entry of ``K_g`` is within a relative ``defect`` of the stationary law."""

    gap: int
    defect: float


@dataclass(frozen=True)
class Chain:
    """A Markov chain of L tokens, homogeneous unless it has end weights (definitions.md#end-weights).

    Parameters
    ----------
    initial : (V,) float64
        Law of the first token.
    transition : (V, V) float64
        Rows sum to 1; rows of tokens that never occur may be zero. Zeros are structural.
    length : int
        L, at least 1.
    end : (V,) float64, optional
        End weights; a row of ``transition`` and its end sum to 1.
    """

    initial: NDArray[np.float64]
    transition: NDArray[np.float64]
    length: int
    end: NDArray[np.float64] | None = None

    def __post_init__(self) -> None:
        initial = np.ascontiguousarray(self.initial, dtype=np.float64)
        transition = np.ascontiguousarray(self.transition, dtype=np.float64)
        if initial.ndim != 1 or transition.shape != (initial.size, initial.size):
            raise BadInput("transition", f"found shape {transition.shape}; the initial law has {initial.size} entries")
        if self.length < 1:
            raise BadInput("length", f"found {self.length}; a whole number of at least 1 is accepted")
        object.__setattr__(self, "initial", initial)
        object.__setattr__(self, "transition", transition)

    @property
    def vocab(self) -> int:
        return self.initial.size

    def marginals(self, count: int, least: float = SAFE) -> NDArray[np.float64]:
        """``sigma_1..sigma_count``, shape (count, V); row i is within :meth:`marginal_depth` of the true one."""
        rows = np.empty((count, self.vocab))
        law, possible = self.initial.astype(np.longdouble), self.initial > 0
        for i in range(count):
            if i:
                law, possible = self.step(law), possible @ self._possible
            self._require_range(law, possible, i, least)
            rows[i] = law
        return rows

    @cached_property
    def _possible(self) -> NDArray[np.bool_]:
        return self.transition > 0

    def _require_range(
        self, law: NDArray[np.longdouble], possible: NDArray[np.bool_], distance: int, least: float
    ) -> None:
        """Refuse a probability that is positive but too small: the intervals may be met by sampling all the same."""
        if (law[possible] < least).any():
            raise BeyondReach(
                f"the chain has transitions of a positive probability below {least:.0e} over a distance of {distance}; "
                "float64 products of such lose digits, and soon their difference from zero"
            )

    def step(self, rows: NDArray[np.longdouble]) -> NDArray[np.longdouble]:
        """``rows P`` in extended precision; any order of the V-term sums is within the depths below."""
        return rows @ self._extended

    def before(self, message: NDArray[np.longdouble]) -> NDArray[np.longdouble]:
        """``P message`` in extended precision."""
        return self._extended @ message

    @cached_property
    def _extended(self) -> NDArray[np.longdouble]:
        return self.transition.astype(np.longdouble)

    @cached_property
    def _depth_a_step(self) -> float:
        """The parameters' own error, and V roundings of the extended format, which may be float64 itself."""
        return PARAMETER_DEPTH + (self.vocab + 1) * float(np.finfo(np.longdouble).eps) / 2 / UNIT_ROUNDOFF

    def marginal_depth(self, i: int) -> float:
        """Depth of ``sigma_i`` (i from 1), rounded to float64."""
        return PARAMETER_DEPTH + 1 + (i - 1) * self._depth_a_step

    def power_depth(self, g: int) -> float:
        """Depth of ``K_g`` built by g - 1 multiplications and rounded to float64."""
        return PARAMETER_DEPTH + 1 + (g - 1) * self._depth_a_step

    def powers(self, count: int, least: float = SAFE) -> NDArray[np.float64]:
        """``K_0..K_count``, shape (count + 1, V, V).

        Raises
        ------
        BeyondReach
            When a positive entry is below ``least``.
        """
        K = np.empty((count + 1, self.vocab, self.vocab))
        K[0] = np.eye(self.vocab)
        power, possible = np.eye(self.vocab, dtype=np.longdouble), np.eye(self.vocab, dtype=bool)
        for g in range(1, count + 1):
            power, possible = self.step(power), possible @ self._possible
            self._require_range(power, possible, g, least)
            K[g] = power
        return K

    @cached_property
    def reached(self) -> NDArray[np.bool_]:
        """Tokens that occur with positive probability, shape (V,)."""
        found = self.initial > 0
        for _ in range(min(self.length - 1, self.vocab)):
            found = found | (self.transition[found] > 0).any(axis=0)
        return found

    @cached_property
    def reduced(self) -> Chain:
        """The same chain on the tokens that occur."""
        if self.reached.all():
            return self
        kept = self.reached
        end = None if self.end is None else self.end[kept]
        return Chain(self.initial[kept], self.transition[np.ix_(kept, kept)], self.length, end)

    @cached_property
    def _spreads(self) -> list[float]:
        """Upper bounds of ``e_1, e_2, ..`` until one falls below 1e-13 or the search ends.

        The stationary probability of v lies between the least and the largest entry of column v of ``K_g``, so
        ``e_g <= max_v max_u K_g(u, v) / min_u K_g(u, v) - 1``.
        """
        spreads: list[float] = []
        K = np.eye(self.vocab, dtype=np.longdouble)
        for g in range(1, SEARCHED_GAPS + 1):
            K = self.step(K)
            low, high = K.min(axis=0), K.max(axis=0)
            if low.min() > 0:
                slack = (1 + gamma(self.power_depth(g) + 1)) ** 2 / (1 - gamma(self.power_depth(g) + 1)) ** 2
                spreads.append(max(float((high / low).max()) * slack - 1, 0.0))
            else:
                spreads.append(math.inf)
            if spreads[-1] < 1e-13 or g > 2 * self.length + 64 or (g >= 2 * self.vocab**2 and spreads[-1] == math.inf):
                break
        return spreads

    def mixing(self, defect: float) -> Mixing | None:
        """The least gap that is proven to mix to ``defect``, or None if the chain is not seen to mix.

        ``e_{m+n} <= e_m e_n`` and ``e_{n+1} <= e_n``: with the row differences ``K_m(u, .) - pi``, whose absolute
        values sum to at most ``e_m``, ``K_{m+n}(u, v)/pi(v) - 1`` is an average of ``K_n(w, v)/pi(v) - 1``. So a
        bound far below the rounding error of ``K_g`` follows from shorter powers.
        """
        best: Mixing | None = None
        for m, e in enumerate(self._spreads, start=1):
            if e >= 1:
                continue
            times = 1 if e == 0 else max(1, math.ceil(math.log(defect) / math.log(e)))
            while e**times > defect:
                times += 1
            if best is None or m * times < best.gap:
                best = Mixing(m * times, e**times)
        return best

    @cached_property
    def mixes(self) -> bool:
        """Whether the chain is seen to mix to the rounding error."""
        return self.mixing(UNIT_ROUNDOFF) is not None

    def mixed_at(self, gap: int) -> float:
        """An upper bound of ``e_gap``; infinite if none is known."""
        e = np.array(self._spreads[:gap])
        m = np.arange(1, e.size + 1)
        return float((e[e < 1] ** (gap // m[e < 1])).min(initial=math.inf))
