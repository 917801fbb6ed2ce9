"""What is done with the formulas of statements: solving, expanding, compiling."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sympy import Dummy, Expr, Max, Min, Rel, Symbol, ceiling, expand, lambdify, oo, pretty, simplify, solve
from sympy.core.relational import Relational

from maskbound.theory.dimension import is_information, mixes_units
from maskbound.theory.exact_numbers import exact
from maskbound.theory.monotone import first_at_most
from maskbound.theory.written import replaced

__all__ = [
    "compiled",
    "exact",
    "expansion",
    "first_at_most",
    "is_expression",
    "is_information",
    "mixes_units",
    "pretty",
    "related",
    "replaced",
    "simplify",
    "solution",
]


def is_expression(it: object) -> bool:
    return isinstance(it, Expr)


def related(left: Expr, relation: str, right: Expr) -> Relational:
    """The relation of sympy, not evaluated."""
    return Rel(left, right, relation, evaluate=False)


def solution(difference: Expr, symbol: Symbol) -> Expr:
    """The value of ``symbol`` at which the difference is 0.

    Raises
    ------
    ValueError
        When sympy finds no solution or several.
    """
    unknown = Dummy(symbol.name, positive=True)
    try:
        found = solve(difference.subs(symbol, unknown), unknown)
    except NotImplementedError as problem:
        raise ValueError(f"no closed solution for {symbol}") from problem
    if len(found) != 1:
        raise ValueError(f"{len(found)} solutions for {symbol}; exactly one is needed")
    return found[0]


def expansion(bound: Expr, symbol: Symbol, terms: int) -> Expr | None:
    """In powers of ``1/symbol``, up to ``1/symbol^terms``; None where there is no such expansion."""
    large = Dummy(symbol.name, positive=True)
    try:
        found = bound.subs(symbol, large).series(large, oo, terms + 1)
        exists = expand(found.removeO() * large**terms).is_polynomial(large) and not bound.has(ceiling, Max, Min)
    except (ValueError, NotImplementedError, TypeError, AttributeError):
        exists = False
    return found.subs(large, symbol) if exists else None


def compiled(bound: Expr, arguments: Sequence[Symbol]) -> Callable[..., Any]:
    """A function of numbers or arrays."""
    return lambdify(arguments, bound, modules="numpy")
