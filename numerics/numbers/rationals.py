"""Rationals between flint, whose arithmetic is some eight times as fast, and the standard library."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from flint import fmpq

__all__ = ["to_flint", "to_fraction"]


def to_flint(number: Fraction | int) -> fmpq:
    """The same number in flint's arithmetic."""
    return fmpq(number.numerator, number.denominator)


def to_fraction(number: Any) -> Fraction:
    """The same number in the standard library's arithmetic, from one of flint or sympy."""
    return Fraction(int(number.p), int(number.q))
