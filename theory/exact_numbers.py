"""Numbers that people type, as exact ones."""

from __future__ import annotations

from fractions import Fraction
from typing import TypeAlias

from sympy import Expr, Rational, sympify

__all__ = ["Number", "exact"]

Number: TypeAlias = Expr | int | float | Fraction | str
"""A whole number, a fraction, a string such as "1/3", a float, or an expression."""


def exact(value: Number) -> Expr:
    """The value as an exact sympy number; a float is the decimal that it is printed as.

    >>> exact("1/3"), exact(0.01), exact(2)
    (1/3, 1/100, 2)
    """
    if isinstance(value, Expr):
        return value
    if isinstance(value, float | str):
        return Rational(str(value))
    return sympify(value)
