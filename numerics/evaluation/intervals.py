"""Intervals: numbers between two ends, in the arithmetic of extended reals."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from flint import arb, ctx
from mpmath import ceil, floor
from mpmath.ctx_iv import MPIntervalContext
from mpmath.libmp import from_man_exp, round_ceiling, round_floor

from ..numbers.enclosure import Enclosure
from .extended import INFINITY, MINUS_INFINITY, NEGATIVE, POSITIVE, ZERO, Extended

__all__ = ["Interval", "outward", "to_interval"]

PRECISION = 120

_ARITHMETIC = MPIntervalContext()
_ARITHMETIC.prec = PRECISION

LARGEST_EXPONENT = 1 << 40
"""Beyond this an exponential is only known to be large, or small."""


@dataclass(frozen=True)
class Interval(Extended):
    """All numbers between two ends, which may be infinite.

    Parameters
    ----------
    range : mpmath interval
    """

    range: Any

    def sorts(self) -> frozenset[int]:
        low, high = self.range.a, self.range.b
        possible = {
            MINUS_INFINITY: low == -math.inf,
            NEGATIVE: low < 0 and high > -math.inf,
            ZERO: low <= 0 <= high,
            POSITIVE: high > 0 and low < math.inf,
            INFINITY: high == math.inf,
        }
        return frozenset(sort for sort, fits in possible.items() if fits)

    def may_be_infinite(self) -> bool:
        return bool(self.range.a == -math.inf or self.range.b == math.inf)

    def whole(self) -> int | None:
        if self.may_be_infinite() or self.range.a != self.range.b or floor(self.range.a.a) != self.range.a:
            return None
        return int(self.range.a.a)

    def may_be_whole(self) -> bool:
        return self.may_be_infinite() or bool(ceil(self.range.a.a) <= floor(self.range.b.b))

    def constant(self, number: Fraction) -> Interval:
        return to_interval(number)

    def plus(self, other: Interval) -> Interval:
        return Interval(self.range + other.range)

    def times(self, other: Interval) -> Interval:
        return Interval(self.range * other.range)

    def to_the(self, n: int) -> Interval:
        return Interval(self.range**n)

    def root(self, exponent: Interval) -> Interval:
        if self.range.b == 0:
            return _between(0, 0 if exponent.range.a > 0 else 1)
        if exponent.range == _HALF:
            return Interval(_ARITHMETIC.sqrt(self.range))
        top = (exponent * Interval(_ARITHMETIC.mpf(self.range.b)).log()).exp()
        return _between(0, top.range.b)

    def exp(self) -> Interval:
        return _between(_exp(self.range.a).a, _exp(self.range.b).b)

    def log_of_positive(self) -> Interval:
        return _between(_log(self.range.a).a, _log(self.range.b).b)

    def ceil(self) -> Interval:
        return _between(ceil(self.range.a.a), ceil(self.range.b.b))

    def larger(self, other: Interval) -> Interval:
        return _between(max(self.range.a, other.range.a), max(self.range.b, other.range.b))

    def smaller(self, other: Interval) -> Interval:
        return _between(min(self.range.a, other.range.a), min(self.range.b, other.range.b))


def _between(low: Any, high: Any) -> Interval:
    return Interval(_ARITHMETIC.mpf([low, high]))


_HALF = _ARITHMETIC.mpf(0.5)


def _exp(end: Any) -> Any:
    if end == math.inf or end == -math.inf:
        return _ARITHMETIC.mpf(math.inf if end > 0 else 0)
    if end > LARGEST_EXPONENT:
        return _ARITHMETIC.mpf([_image(arb.exp, arb(LARGEST_EXPONENT)).a, math.inf])
    if end < -LARGEST_EXPONENT:
        return _ARITHMETIC.mpf([0, _image(arb.exp, arb(-LARGEST_EXPONENT)).b])
    return _image(arb.exp, _ball(end))


def _log(end: Any) -> Any:
    if end == 0 or end == math.inf:
        return _ARITHMETIC.mpf(-math.inf if end == 0 else math.inf)
    return _image(arb.log, _ball(end))


def _ball(end: Any) -> arb:
    """The finite number that is both ends of an mpmath interval."""
    sign, man, exponent, _ = end._mpi_[0]
    return arb((-man if sign else man, exponent))


def _image(function: Callable[[arb], arb], number: arb) -> Any:
    """What a function makes of a number, as an mpmath interval.

    The exponentials and logarithms of mpmath (1.3, 1.4) miss the number by a unit in the last place at times,
    logarithms near 1 most of all; its sums, products, quotients, powers and square roots hold it.
    """
    with ctx.workprec(PRECISION + 8):
        found = function(number)
        low, high = found.lower().man_exp(), found.upper().man_exp()
    rounded = ((low, round_floor), (high, round_ceiling))
    ends = [from_man_exp(int(man), int(exponent), PRECISION, way) for (man, exponent), way in rounded]
    return _ARITHMETIC.make_mpf(tuple(ends))


def to_interval(number: Enclosure | Fraction | int | float) -> Interval:
    """The interval of an enclosure (a known rational keeps its full precision) or of an exact number."""
    if isinstance(number, Enclosure):
        if isinstance(number.exact, Fraction):
            return to_interval(number.exact)
        return _between(number.lo, number.hi)
    if isinstance(number, Fraction):
        return Interval(_ARITHMETIC.mpf(number.numerator) / _ARITHMETIC.mpf(number.denominator))
    return Interval(_ARITHMETIC.mpf([number, number]))


def outward(interval: Any) -> tuple[float, float]:
    """The ends of an mpmath interval as float64, rounded outwards."""
    lo, hi = float(interval.a.a), float(interval.b.b)
    if lo > interval.a:
        lo = math.nextafter(lo, -math.inf)
    if hi < interval.b:
        hi = math.nextafter(hi, math.inf)
    return lo, hi
