"""Expressions as text that can be typed back as a claim, and as LaTeX."""

from __future__ import annotations

import re
from typing import Any

from sympy import Expr, Symbol
from sympy.printing.latex import LatexPrinter
from sympy.printing.str import StrPrinter

from maskbound.theory.variables import latex_names, symbols

__all__ = ["spell", "to_latex"]

_RANK = {symbol: rank for rank, symbol in enumerate(symbols.values())}
_TWICE = re.compile(r"\(\(([^()]*)\)\)")
"""Parentheses that sympy sets twice around a denominator."""
_FREE_PARAMETERS = {"eps": r"\varepsilon", "delta": r"\delta"}


def _ordered(terms: tuple[Expr, ...]) -> list[Expr]:
    """Terms as people write them: positive before negative, short before long, then as `notation` declares them."""

    def key(term: Expr) -> tuple[bool, int, int, str]:
        free = term.free_symbols
        first = min((_RANK.get(symbol, len(_RANK)) for symbol in free), default=-1)
        return term.could_extract_minus_sign(), len(free), first, str(term)

    return sorted(terms, key=key)


class _ClaimPrinter(StrPrinter):
    """sympy's own text, with the functions' names of the claim grammar."""

    def _as_ordered_terms(self, expr: Expr, order: str | None = None) -> list[Expr]:
        return _ordered(expr.args)

    def _call(self, name: str, expr: Expr) -> str:
        return f"{name}({', '.join(self._print(argument) for argument in _ordered(expr.args))})"

    def _print_Max(self, expr: Expr) -> str:
        return self._call("max", expr)

    def _print_Min(self, expr: Expr) -> str:
        return self._call("min", expr)

    def _print_ceiling(self, expr: Expr) -> str:
        return self._call("ceil", expr)

    def _print_Exp1(self, expr: Expr) -> str:
        return "exp(1)"


class _LatexPrinter(LatexPrinter):
    """sympy's LaTeX, with terms in the same order and logarithms of a single symbol without parentheses."""

    def _as_ordered_terms(self, expr: Expr, order: str | None = None) -> list[Expr]:
        return _ordered(expr.args)

    def _print_Symbol(self, expr: Symbol, style: str = "plain") -> str:
        return _FREE_PARAMETERS.get(expr.name) or super()._print_Symbol(expr, style)

    def _print_log(self, expr: Expr, exp: str | None = None) -> str:
        if exp is None and isinstance(expr.args[0], Symbol):
            return rf"\log {self._print(expr.args[0])}"
        return super()._print_log(expr, exp)


def spell(expr: Expr) -> str:
    """The expression in the grammar of claims; parsing it gives the expression back.

    >>> from maskbound.theory import symbols
    >>> spell(symbols["kl"] / 2)
    'kl/2'
    """
    return _TWICE.sub(r"(\1)", _ClaimPrinter().doprint(expr))


def to_latex(expr: Expr, *, two_subjects: bool = False, **options: Any) -> str:
    """LaTeX of an expression, quantities written as in the papers.

    Parameters
    ----------
    expr : sympy.Expr
    two_subjects : bool
        Whether to tell the subjects apart by upper indices.
    **options
        Settings of sympy's LaTeX printer.
    """
    return _LatexPrinter({"symbol_names": latex_names(two_subjects), **options}).doprint(expr)
