"""Sympy expressions over enclosures, in interval arithmetic."""

from __future__ import annotations

import math
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import sympy
from mpmath import ceil
from mpmath.ctx_iv import MPIntervalContext

from ..enclosure import Enclosure

__all__ = ["Interval", "evaluate", "outward", "to_interval"]

_ARITHMETIC = MPIntervalContext()
_ARITHMETIC.prec = 120

Interval = Any
"""An mpmath interval; infinite ends are allowed, and an indeterminate form is the whole line."""


def to_interval(number: Enclosure | Fraction | int | float) -> Interval:
    """The interval of an enclosure (a known rational keeps its full precision) or of an exact number."""
    if isinstance(number, Enclosure):
        if isinstance(number.exact, Fraction):
            return to_interval(number.exact)
        return _ARITHMETIC.mpf([number.lo, number.hi])
    if isinstance(number, Fraction):
        return _ARITHMETIC.mpf(number.numerator) / _ARITHMETIC.mpf(number.denominator)
    return _ARITHMETIC.mpf([number, number])


def outward(interval: Interval) -> tuple[float, float]:
    """The ends as float64, rounded outwards."""
    lo, hi = float(interval.a.a), float(interval.b.b)
    if lo > interval.a:
        lo = math.nextafter(lo, -math.inf)
    if hi < interval.b:
        hi = math.nextafter(hi, math.inf)
    return lo, hi


def evaluate(expression: sympy.Expr, values: Mapping[sympy.Symbol, Interval]) -> Interval:
    """An interval that contains ``expression`` whenever ``values`` contain its symbols.

    Raises
    ------
    ValueError
        For an operation that is not defined anywhere on its operand, such as the log of a negative number.
    TypeError
        For a function outside the grammar of claims.
    """
    if expression.is_Symbol:
        return values[expression]
    if expression.is_Rational:
        return to_interval(Fraction(int(expression.p), int(expression.q)))
    operands = [evaluate(part, values) for part in expression.args]
    if expression is sympy.E:
        return _ARITHMETIC.exp(1)
    if expression.is_Add:
        return sum(operands[1:], operands[0])
    if expression.is_Mul:
        product = operands[0]
        for factor in operands[1:]:
            product = product * factor
        return product
    if expression.is_Pow:
        return _power(expression, operands)
    if isinstance(expression, sympy.exp):
        return _ARITHMETIC.exp(operands[0])
    if isinstance(expression, sympy.log):
        return _on_domain(_ARITHMETIC.log, operands[0])
    if isinstance(expression, sympy.Max):
        return _ARITHMETIC.mpf([max(part.a for part in operands), max(part.b for part in operands)])
    if isinstance(expression, sympy.Min):
        return _ARITHMETIC.mpf([min(part.a for part in operands), min(part.b for part in operands)])
    if isinstance(expression, sympy.ceiling):
        return _ARITHMETIC.mpf([ceil(operands[0].a.a), ceil(operands[0].b.b)])
    raise TypeError(f"{expression.func} is outside the grammar of claims")


def _power(expression: sympy.Pow, operands: list[Interval]) -> Interval:
    base, exponent = operands
    if expression.exp == sympy.Rational(1, 2):
        return _on_domain(_ARITHMETIC.sqrt, base)
    if expression.exp.is_Integer:
        return base ** int(expression.exp)
    return _ARITHMETIC.exp(exponent * _on_domain(_ARITHMETIC.log, base))


def _on_domain(function: Any, operand: Interval) -> Interval:
    """``log`` or ``sqrt`` of the part of an interval that is not negative."""
    if operand.b < 0:
        raise ValueError(f"{function.__name__} of a negative number")
    return function(_ARITHMETIC.mpf([max(operand.a, 0), operand.b]))
