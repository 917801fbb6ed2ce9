"""Enclosures: numbers with a proven interval and the reason for its width.

A float64 computed by m additions, multiplications and divisions of non-negative numbers is within relative
``gamma(m)`` of the true value (definitions.md#rounding, underflow aside); everything else here rounds outwards.
"""

from __future__ import annotations

import math
import sys
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any, Literal

__all__ = [
    "KINDS",
    "LIBRARY",
    "RAISED",
    "SAFE",
    "UNIT_ROUNDOFF",
    "Enclosure",
    "Kind",
    "gamma",
    "margin",
    "minus_log",
    "within_range",
]

Kind = Literal["exact", "rounding", "truncation", "statistical", "bound"]
KINDS: tuple[Kind, ...] = ("exact", "rounding", "truncation", "statistical", "bound")
"""Origins of a width, from the strongest claim to the weakest."""

UNIT_ROUNDOFF = 2.0**-53

RAISED = 1 + 1e-6
"""Factor on an error bound that float64 computed itself, from non-negative terms: ``m u < 1e-6`` for up to nine
thousand million roundings one upon another.
"""

LIBRARY = 8 * UNIT_ROUNDOFF
"""Relative error of the library's ``exp``, ``log``, ``log1p``, ``expm1``, which are within 1 ulp: 4 are allowed."""

MEETING = 1e-9
"""Bounds that differ by less, relative to their size, show the same digits: what lies between them is the value."""

SAFE = 2.0**-960
"""Products that stay above this round by the model (definitions.md#rounding), whatever the order of their factors. What
underflows is off by less than ``2^-1074`` each time, and so many times as there is time for do not add up to a rounding
of ``SAFE``.
"""


def gamma(depth: float) -> float:
    """Bound on the relative error of ``depth`` roundings: ``m u / (1 - m u)`` (definitions.md#rounding)."""
    if depth * UNIT_ROUNDOFF >= 0.5:
        return math.inf
    return depth * UNIT_ROUNDOFF / (1 - depth * UNIT_ROUNDOFF) * (1 + 4 * UNIT_ROUNDOFF)


def margin(depth: float) -> float:
    """Largest distance of the true value from a computed one, relative to the computed one: ``g / (1 - g)``."""
    error = gamma(depth)
    return math.inf if error >= 1 else error / (1 - error) * (1 + 4 * UNIT_ROUNDOFF)


def minus_log(p: float, depth: float = 0) -> tuple[float, float]:
    """Bounds of ``-log`` of a probability that came out as p > 0 after ``depth`` roundings.

    A true value of ``p (1 + e)``, ``|e| <= margin(depth)``, has a logarithm within ``-log(1 - |e|)`` of that of p.
    """
    value, most = -math.log(p), margin(depth)
    error = (abs(value) * LIBRARY - math.log1p(-most)) * RAISED if most < 1 else math.inf
    return max(value - error, 0.0), value + error


def within_range(rounded: float) -> float:
    """The finite float64 nearest to a finite number that rounds to this: beyond their range it is the largest."""
    return min(max(rounded, -sys.float_info.max), sys.float_info.max)


@dataclass(frozen=True)
class Enclosure:
    """An interval that contains a quantity.

    Parameters
    ----------
    value : float
        The best single number, inside the interval; nan where only bounds are known, so that no number in between is
        better than another.
    lo, hi : float
        Bounds; infinite where the quantity is or may be.
    kind : Kind
        Where the width comes from.
    engine : str
        Which engine measured it.
    relies_on : frozenset of str
        Ids of the statements that the value assumes; a verdict on one of these is undecided.
    confidence : float or None
        Coverage of a statistical interval.
    exact : Fraction, log form or None
        The number itself where it is known.
    note : str
        What limits the width, if that helps the reader.
    """

    value: float
    lo: float
    hi: float
    kind: Kind
    engine: str = ""
    relies_on: frozenset[str] = frozenset()
    confidence: float | None = None
    exact: Any = field(default=None, compare=False)
    note: str = ""

    def __post_init__(self) -> None:
        if not (self.lo <= self.hi if math.isnan(self.value) else self.lo <= self.value <= self.hi):
            raise ValueError(f"an enclosure needs lo <= value <= hi, got {self.lo}, {self.value}, {self.hi}")
        if self.kind not in KINDS:
            raise ValueError(f"kind={self.kind!r} is none of {KINDS}")
        if (self.kind == "statistical") != (self.confidence is not None):
            raise ValueError("a confidence belongs to statistical enclosures and to no others")

    @classmethod
    def between(
        cls, lo: float, hi: float, kind: Kind = "bound", *, confidence: float | None = None, note: str = ""
    ) -> Enclosure:
        """Two bounds, and a value only where they meet: relative to their size within ``MEETING``."""
        meet = lo == hi or 0 <= hi - lo <= MEETING * min(abs(lo), abs(hi))
        value = min(max(lo + (hi - lo) / 2, lo), hi) if meet and math.isfinite(lo) else lo if lo == hi else math.nan
        return cls(value, lo, hi, kind, confidence=confidence, note=note)

    @classmethod
    def around(
        cls, value: float, error: float, kind: Kind = "rounding", least: float = -math.inf, most: float = math.inf
    ) -> Enclosure:
        """``value`` give or take ``error``, cut to the quantity's known range ``[least, most]``."""
        value = min(max(float(value), least), most)
        if math.isinf(value):
            return cls(value, value, value, kind)
        lo = max(math.nextafter(value - error, -math.inf), least) if error else value
        hi = min(math.nextafter(value + error, math.inf), most) if error else value
        return cls(value, min(lo, value), max(hi, value), kind)

    @classmethod
    def relative(cls, value: float, depth: float, most: float = math.inf) -> Enclosure:
        """A subtraction-free result of ``depth`` roundings: never negative, and zero exactly when it is zero."""
        if value == 0:
            return cls.around(0.0, 0.0)
        # Below the range of normal numbers a product of the two can be zero, which would claim that there is no error.
        spread = max(value * margin(depth) * (1 + 4 * UNIT_ROUNDOFF), math.ulp(0.0))
        return cls.around(value, spread, least=0.0, most=most)

    @classmethod
    def exactly(cls, number: Fraction | int) -> Enclosure:
        """A rational number; the interval is its rounding to float64."""
        number = Fraction(number)
        try:
            value = float(number)
        except OverflowError:
            value = within_range(math.inf if number > 0 else -math.inf)
        lo = value if Fraction(value) <= number else math.nextafter(value, -math.inf)
        hi = value if Fraction(value) >= number else math.nextafter(value, math.inf)
        return cls(value, lo, hi, "exact", exact=number)

    def __float__(self) -> float:
        """The value, where there is one.

        Raises
        ------
        ValueError
            Where only bounds are known: no number between them stands for the others.
        """
        if not self.has_value:
            raise ValueError(f"only bounds are known, {self}; lo and hi are numbers, and no single number is")
        return self.value

    def __format__(self, spec: str) -> str:
        """As the value is formatted; without a format, or where only bounds are known, as it is shown."""
        return format(self.value, spec) if spec and self.has_value else str(self)

    def __str__(self) -> str:
        """The digits that are certain; an interval where these are fewer than two."""
        from .digits import shown

        return shown(self)

    def _repr_html_(self) -> str:
        sure = "" if self.confidence is None else f", holds with probability {self.confidence:.7g}"
        return f'<span title="[{self.lo:.17g}, {self.hi:.17g}], {self.kind}{sure}">{self}</span>'

    def _repr_latex_(self) -> str:
        return f"${str(self).replace('±', chr(92) + 'pm ').replace('inf', chr(92) + 'infty')}$"

    @property
    def has_value(self) -> bool:
        """Whether one number is the best."""
        return not math.isnan(self.value)

    @property
    def width(self) -> float:
        return 0.0 if self.lo == self.hi else self.hi - self.lo

    def contains(self, number: Any) -> bool:
        """Whether ``number`` (a float, Fraction or mpmath number) lies inside."""
        return bool(self.lo <= number <= self.hi)

    def overlaps(self, other: Enclosure) -> bool:
        return self.lo <= other.hi and other.lo <= self.hi

    def by(self, engine: str, relies_on: frozenset[str] = frozenset()) -> Enclosure:
        """The same interval, signed by the engine that measured it."""
        return replace(self, engine=engine, relies_on=self.relies_on | relies_on)
