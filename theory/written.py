"""Expressions as they are written: trees of sympy that nothing simplifies.

sympy rewrites an expression while it is built, by rules that hold where everything in it is a finite number and every
part is defined: ``0*log(x)`` becomes 0, ``exp(log(x))`` becomes x, ``x/x`` becomes 1. An inequality is about what was
written, and where a part of it has no value it has none. So the functions here put nothing together but rational
constants and nested sums or products, neither of which can decide whether an expression has a value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cmp_to_key
from math import prod

from sympy import Add, Basic, Expr, Max, Min, Mul, Pow, S, Symbol, ceiling, exp, log

__all__ = ["FUNCTIONS", "apply", "evaluated", "power", "product", "replaced", "total"]

FUNCTIONS: Mapping[str, Callable[..., Expr]] = {"log": log, "exp": exp, "ceil": ceiling, "min": Min, "max": Max}
"""Of the grammar of claims, by name; ``sqrt`` is a power."""

_canonical = cmp_to_key(Basic.compare)


def total(terms: Iterable[Expr]) -> Expr:
    """The sum, its rational terms added up."""
    return _joined(Add, terms, lambda constants: sum(constants, S.Zero), S.Zero)


def product(factors: Iterable[Expr]) -> Expr:
    """The product, its rational factors multiplied; zero times anything is left as it is."""
    return _joined(Mul, factors, lambda constants: prod(constants, start=S.One), S.One)


def _joined(kind: type[Expr], parts: Iterable[Expr], combined: Callable[[list[Expr]], Expr], neutral: Expr) -> Expr:
    flat = [inner for part in parts for inner in (part.args if isinstance(part, kind) else (part,))]
    constant = combined([part for part in flat if part.is_Rational])
    others = sorted((part for part in flat if not part.is_Rational), key=_canonical)
    if not others:
        return constant
    if constant != neutral:
        others = [constant, *others]
    return others[0] if len(others) == 1 else kind(*others, evaluate=False)


def power(base: Expr, exponent: Expr) -> Expr:
    """``base ** exponent``; a number only if both are, and the result is rational.

    Raises
    ------
    ValueError
        For a power of a rational that has no value: 0 to a negative power, a root of a negative number.
    """
    if exponent is S.One:
        return base
    if base.is_Rational and exponent.is_Rational:
        if base == 0 and exponent < 0:
            raise ValueError(f"0 to the power {exponent} has no value")
        if base < 0 and not exponent.is_Integer:
            raise ValueError(f"a root of {base} has no value")
        found = Pow(base, exponent)
        if found.is_Rational:
            return found
    return Pow(base, exponent, evaluate=False)


def apply(name: str, *arguments: Expr) -> Expr:
    """One of `FUNCTIONS`, of rationals with a rational value as a number.

    Raises
    ------
    ValueError
        For the logarithm of a rational that is not positive.
    """
    if name == "log" and arguments[0].is_Rational and arguments[0] <= 0:
        raise ValueError(f"the log of {arguments[0]} has no value")
    if all(argument.is_Rational for argument in arguments):
        found = FUNCTIONS[name](*arguments)
        if found.is_Rational:
            return found
    return FUNCTIONS[name](*arguments, evaluate=False)


def replaced(expression: Expr, values: Mapping[Symbol, Expr]) -> Expr:
    """The expression with values in the place of symbols, and nothing else changed.

    Raises
    ------
    ValueError
        Where rational constants come together that have no value, as in ``1/(N - 1)`` at N = 1.
    """
    if not expression.free_symbols & values.keys():
        return expression
    if expression.is_Symbol:
        return values[expression]
    parts = [replaced(part, values) for part in expression.args]
    if expression.is_Add:
        return total(parts)
    if expression.is_Mul:
        return product(parts)
    if expression.is_Pow:
        return power(*parts)
    return apply(_NAMES[expression.func], *parts)


_NAMES = {function: name for name, function in FUNCTIONS.items()}


def evaluated(expression: Expr) -> Expr:
    """The same as sympy builds it, which simplifies; a square root is left alone."""
    parts = [evaluated(part) for part in expression.args]
    if expression.is_Pow and expression.exp is S.Half:
        return Pow(*parts, evaluate=False)
    return expression.func(*parts) if parts else expression
