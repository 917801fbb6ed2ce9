"""Numbers printed with as many digits as their enclosure supports, and never more."""

from __future__ import annotations

import math
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .enclosure import Enclosure

__all__ = ["shown", "shown_float", "shown_interval"]

MOST_DIGITS = 6
FEWEST_DIGITS = 2
MOST_INTERVAL_DIGITS = 15
NEGLIGIBLE = 1e-6
"""An interval around zero that reaches less far is shown as ``0±...``."""


def shown(number: Enclosure, most: int = MOST_DIGITS) -> str:
    """The longest rounding, up to ``most`` significant digits, that every point of the interval shares.

    A number good to ``most`` digits drops its trailing zeros; one good to fewer keeps them. An interval whose points
    share fewer than two digits is shown whole, its ends rounded outwards.

    Examples
    --------
    >>> shown(Enclosure(0.5, 0.5, 0.5, "exact"))
    '0.5'
    >>> shown(Enclosure(0.1997, 0.1991, 0.2004, "truncation"))
    '0.20'
    >>> shown(Enclosure(0.12345678, 0.1183, 0.1292, "truncation"))
    '[0.118, 0.130]'
    >>> shown(Enclosure(0.0, 0.0, 3.1e-15, "rounding"))
    '0±4e-15'
    """
    if number.lo == number.hi:
        return shown_float(number.value, most)
    farthest = max(abs(number.lo), abs(number.hi))
    if number.lo <= 0 <= number.hi and farthest < NEGLIGIBLE:
        return f"0±{_outward(farthest, 1, ROUND_CEILING)}"
    if math.isfinite(farthest):
        for digits in range(most, FEWEST_DIGITS - 1, -1):
            low, high = f"{number.lo:#.{digits}g}", f"{number.hi:#.{digits}g}"
            if low == high:
                return shown_float(float(low), most) if digits == most else low.removesuffix(".")
    return shown_interval(number.lo, number.hi)


def shown_interval(lo: float, hi: float) -> str:
    """``[lo, hi]`` with the ends rounded outwards, by less than a tenth of the width.

    Examples
    --------
    >>> shown_interval(0.5, float("inf"))
    '[0.50, inf]'
    """
    finite = [abs(end) for end in (lo, hi) if math.isfinite(end) and end]
    digits = FEWEST_DIGITS
    if math.isfinite(hi - lo) and finite:
        smallest = math.ulp(max(finite))
        digits += math.floor(math.log10(max(finite))) - math.floor(math.log10(max(hi - lo, smallest)))
    digits = min(max(digits, FEWEST_DIGITS), MOST_INTERVAL_DIGITS)
    return f"[{_outward(lo, digits, ROUND_FLOOR)}, {_outward(hi, digits, ROUND_CEILING)}]"


def shown_float(value: float, digits: int = MOST_DIGITS) -> str:
    """A bare number, for display only.

    Examples
    --------
    >>> shown_float(0.1234567), shown_float(float("-inf")), shown_float(float("nan"))
    ('0.123457', '-inf', '-')
    """
    if math.isinf(value):
        return "inf" if value > 0 else "-inf"
    if math.isnan(value):
        return "-"
    return f"{value:.{digits}g}"


def _outward(value: float, digits: int, rounding: str) -> str:
    """``value``, as the shortest decimal that reads back as it, rounded in one direction to at most 15 digits."""
    if math.isinf(value) or value == 0:
        return shown_float(abs(value) if value == 0 else value)
    rounded = float(Context(prec=digits, rounding=rounding).create_decimal(Decimal(repr(value))))
    return f"{rounded:#.{digits}g}".removesuffix(".") if digits > 1 else f"{rounded:.1g}"
