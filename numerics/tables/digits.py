"""Numbers printed with as many digits as their enclosure supports, and never more."""

from __future__ import annotations

import math

from ..enclosure import Enclosure

__all__ = ["shown", "shown_float"]

MOST_DIGITS = 6


def shown(number: Enclosure, most: int = MOST_DIGITS) -> str:
    """The longest rounding, up to ``most`` significant digits, that every point of the interval shares.

    An interval whose ends share no digit is printed whole.

    Examples
    --------
    >>> shown(Enclosure(0.12345678, 0.1234, 0.1235, "truncation"))
    '[0.123400, 0.123500]'
    >>> shown(Enclosure(0.5, 0.5, 0.5, "exact"))
    '0.5'
    """
    if number.lo == number.hi:
        return shown_float(number.value, most)
    if math.isinf(number.hi):
        return f"[{shown_float(number.lo, most)}, inf]"
    if number.lo <= 0 <= number.hi and max(-number.lo, number.hi) < 1e-9:
        return "0" if number.lo == 0 == number.value else f"{number.value:.0e}" if number.value else "0"
    for digits in range(most, 1, -1):
        low, high = f"{number.lo:.{digits}g}", f"{number.hi:.{digits}g}"
        if float(low) == float(high):
            return shown_float(float(low), digits)
    return f"[{shown_float(number.lo, most)}, {shown_float(number.hi, most)}]"


def shown_float(value: float, digits: int = MOST_DIGITS) -> str:
    """A bare number, for display only."""
    if math.isinf(value):
        return "inf" if value > 0 else "-inf"
    if math.isnan(value):
        return "-"
    return f"{value:.{digits}g}"
