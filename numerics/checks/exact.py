"""Exact decisions: how the two sides of a statement compare on a rational instance, where equality counts.

Balls of rising precision tell different numbers apart. Where they do not, both sides are brought into closed form,
in which equal numbers differ by nothing. A statement that goes through ``exp``, as ``ser <= 1 - exp(-kl)`` does,
needs no rewriting: ``exp`` of a log form is a closed form.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction
from functools import reduce

import sympy
from flint import arb, ctx, fmpq

from maskbound.theory import symbols

from ..closedform import ClosedForm
from ..enclosure import Enclosure
from ..logform import LogForm
from .verdict import Side

__all__ = ["MOST_BITS", "Known", "in_log_forms", "order", "sides"]

Known = Fraction | LogForm | float
"""The exact value of a quantity on a rational instance; the only float is ``math.inf``."""

FIRST_BITS, BLIND_BITS, MOST_BITS = 64, 512, 1 << 14
"""Precision at which balls start, up to which they rise before equality is looked into, and at which they stop."""

SIDE_BITS = 128

EXPONENTIALS = {"ter": "log_ter", "generative_perplexity": "generative_nll"}
"""Quantities that are ``exp`` of a log form."""


def in_log_forms(expression: sympy.Expr) -> sympy.Expr:
    """The expression with quantities that are exponentials written as ``exp`` of the log form."""
    return expression.subs(
        {
            symbols[name + subject]: sympy.exp(symbols[log + subject])
            for name, log in EXPONENTIALS.items()
            for subject in ("", "@2")
        }
    )


def order(left: sympy.Expr, right: sympy.Expr, values: Mapping[sympy.Symbol, Known]) -> int | None:
    """-1, 0 or 1 as the left side is smaller than, equal to or larger than the right one; None where that stays open.

    Raises
    ------
    ValueError
        Where a side is not defined: a division by zero, or the log or the root of a negative number.
    """
    if left.has(sympy.zoo, sympy.nan) or right.has(sympy.zoo, sympy.nan):
        raise ValueError("division by zero")
    bits = FIRST_BITS
    while bits <= MOST_BITS:
        a, b = ball(left, values, bits), ball(right, values, bits)
        if a < b or a > b:
            return -1 if a < b else 1
        if a.is_exact() and a == b:
            return 0
        if bits == BLIND_BITS:
            one, other = closed_form(left, values), closed_form(right, values)
            if one is not None and other is not None:
                return (one + other.scaled(Fraction(-1))).sign(MOST_BITS)
        bits *= 2
    return None


def sides(
    left: sympy.Expr,
    right: sympy.Expr,
    values: Mapping[sympy.Symbol, Known],
    measured: Mapping[str, Enclosure],
    order: int | None,
) -> tuple[Side | None, Side | None]:
    """Both sides of a statement for readers; equal ones are shown as the same number."""
    found: list[Side | None] = []
    for expression in (left, right):
        used = {name: measured[name] for name in sorted(s.name for s in expression.free_symbols) if name in measured}
        same = found[0] if order == 0 and found else None
        found.append(_side(expression, values, used) if same is None else replace(same, quantities=used))
    return found[0], found[1]


def _side(expression: sympy.Expr, values: Mapping[sympy.Symbol, Known], used: dict[str, Enclosure]) -> Side | None:
    """The float64 nearest to the number, give or take two spacings; None where the number is indefinite."""
    bits, found = SIDE_BITS, ball(expression, values, SIDE_BITS)
    if found.contains(0):
        form = closed_form(expression, values)
        if form is not None and form.sign(MOST_BITS) == 0:
            return Side(0.0, 0.0, 0.0, used)
    while found.is_finite() and found.rel_accuracy_bits() < SIDE_BITS // 2 and bits < MOST_BITS:
        bits *= 2
        found = ball(expression, values, bits)
    if found.is_nan():
        return None
    low, middle, high = (float(end) for end in (found.lower(), found.mid(), found.upper()))
    if found.is_exact() and found == arb(middle):
        return Side(middle, middle, middle, used)
    return Side(middle, math.nextafter(low, -math.inf), math.nextafter(high, math.inf), used)


def ball(expression: sympy.Expr, values: Mapping[sympy.Symbol, Known], bits: int) -> arb:
    """A ball that contains the value of an expression; infinite quantities make it infinite or indefinite."""
    with ctx.workprec(bits):
        return _ball(expression, values, bits)


def _ball(expression: sympy.Expr, values: Mapping[sympy.Symbol, Known], bits: int) -> arb:
    if expression.is_Symbol:
        known = values[expression]
        if isinstance(known, LogForm):
            return known.ball(bits)
        return arb(known) if isinstance(known, float) else arb(fmpq(known.numerator, known.denominator))
    if expression.is_Rational:
        return arb(fmpq(int(expression.p), int(expression.q)))
    if expression is sympy.E:
        return arb(1).exp()
    operands = [_ball(part, values, bits) for part in expression.args]
    if expression.is_Pow:
        return _ball_power(operands[0], expression.exp, operands[1])
    if isinstance(expression, sympy.log):
        if operands[0] < 0:
            raise ValueError("log of a negative number")
        return operands[0].log()
    combine = _BALLS.get(expression.func)
    if combine is None:
        raise TypeError(f"{expression.func} is outside the grammar of claims")
    return reduce(combine, operands) if len(operands) > 1 else combine(operands[0], operands[0])


_BALLS: Mapping[type, Callable[[arb, arb], arb]] = {
    sympy.Add: lambda a, b: a + b,
    sympy.Mul: lambda a, b: a * b,
    sympy.Max: lambda a, b: a.max(b),
    sympy.Min: lambda a, b: a.min(b),
    sympy.exp: lambda a, _: a.exp(),
    sympy.ceiling: lambda a, _: a.ceil(),
}


def _ball_power(base: arb, exponent: sympy.Expr, ball: arb) -> arb:
    if exponent.is_Integer:
        return base ** int(exponent)
    if base < 0:
        raise ValueError("a root of a negative number")
    return base.sqrt() if exponent == sympy.Rational(1, 2) else (ball * base.log()).exp()


def closed_form(expression: sympy.Expr, values: Mapping[sympy.Symbol, Known]) -> ClosedForm | None:
    """The value of an expression in closed form; None where it has none, or is infinite."""
    if expression.is_Symbol:
        known = values[expression]
        return None if isinstance(known, float) else ClosedForm.of(known)
    if expression.is_Rational:
        return ClosedForm.of(Fraction(int(expression.p), int(expression.q)))
    if expression is sympy.E:
        return ClosedForm.exp(LogForm(1))
    operands = []
    for part in _in_play(expression, values):
        operand = closed_form(part, values)
        if operand is None:
            return None
        operands.append(operand)
    return _combined(expression, operands)


def _in_play(expression: sympy.Expr, values: Mapping[sympy.Symbol, Known]) -> list[sympy.Expr]:
    """The operands; of a maximum or a minimum those that no other one is known to exceed, or to fall below."""
    parts = list(expression.args)
    if not isinstance(expression, sympy.Max | sympy.Min):
        return parts
    sign = 1 if isinstance(expression, sympy.Max) else -1
    balls = [sign * ball(part, values, BLIND_BITS) for part in parts]
    return [part for part, own in zip(parts, balls, strict=True) if not any(other > own for other in balls)]


def _combined(expression: sympy.Expr, operands: list[ClosedForm]) -> ClosedForm | None:
    first = operands[0]
    if expression.is_Add:
        return reduce(ClosedForm.__add__, operands)
    if expression.is_Mul:
        return _product(operands)
    if expression.is_Pow:
        exponent = operands[1].rational
        return None if exponent is None else first.power(exponent)
    if isinstance(expression, sympy.exp):
        return None if first.exponentials else ClosedForm.exp(first.form)
    if isinstance(expression, sympy.log):
        return first.log()
    if isinstance(expression, sympy.Max | sympy.Min):
        return _extreme(operands, 1 if isinstance(expression, sympy.Max) else -1)
    if isinstance(expression, sympy.ceiling):
        return None if first.rational is None else ClosedForm.of(math.ceil(first.rational))
    raise TypeError(f"{expression.func} is outside the grammar of claims")


def _product(operands: list[ClosedForm]) -> ClosedForm | None:
    product: ClosedForm | None = operands[0]
    for other in operands[1:]:
        product = None if product is None else product.times(other)
    return product


def _extreme(operands: list[ClosedForm], direction: int) -> ClosedForm | None:
    """The largest (direction 1) or the smallest (-1)."""
    best = operands[0]
    for other in operands[1:]:
        ahead = (other + best.scaled(Fraction(-1))).sign(MOST_BITS)
        if ahead is None:
            return None
        best = other if ahead == direction else best
    return best
