"""Inequalities between polynomials that their form proves: no negative coefficient, but for a square."""

from __future__ import annotations

import itertools
from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction

import sympy
from sympy import Expr, Integer, Poly, Rational

from ..errors import BeyondReach
from ..numbers.rationals import to_fraction

__all__ = ["Inequality", "inequality"]


@dataclass(frozen=True)
class Inequality:
    """A polynomial that a claim needs to be non-negative.

    Parameters
    ----------
    where : str
        Which languages and steps it stands for.
    polynomial : Poly
        Of the right side less the left one, over a positive denominator.
    denominator : Expr
    squares : tuple of Expr
        What is a square times a positive number in it; the rest has no negative coefficient.
    """

    where: str
    polynomial: Poly
    denominator: Expr
    squares: tuple[Expr, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether its form proves it."""
        rest = self.polynomial.as_expr() - sum(self.squares, Integer(0))
        return all(c >= 0 for c in Poly(sympy.expand(rest), *self.polynomial.gens).coeffs())

    def lines(self) -> list[str]:
        """The inequality and why it holds."""
        rest = sympy.expand(self.polynomial.as_expr() - sum(self.squares, Integer(0)))
        shown = " + ".join([str(square) for square in self.squares] + ([str(rest)] if rest or not self.squares else []))
        over = "" if self.denominator == 1 else f"({self.denominator}) * "
        return [f"{self.where}: {over}(rhs - lhs) = {shown} >= 0"]


def inequality(where: str, expression: Expr) -> Inequality:
    """What ``expression >= 0`` asks of its numerator, over variables that are never negative.

    Raises
    ------
    BeyondReach
        When it is no rational function with rational coefficients and a denominator of one sign.
    """
    top, bottom = sympy.fraction(sympy.together(expression))
    top, bottom = sympy.expand(top), sympy.factor(bottom)
    generators = sorted(top.free_symbols | bottom.free_symbols, key=str) or [sympy.Symbol("S")]
    if not (top.is_polynomial(*generators) and bottom.is_polynomial(*generators)):
        raise BeyondReach("the claim is no rational function of the schedule")
    below = Poly(sympy.expand(bottom), *generators)
    if all(c < 0 for c in below.coeffs()):
        top, below = -top, -below
        bottom = -bottom
    if any(c < 0 for c in below.coeffs()):
        raise BeyondReach("the sign of a denominator depends on the schedule")
    polynomial = Poly(top, *generators)
    if not all(c.is_Rational for c in polynomial.coeffs()):
        raise BeyondReach("the claim has irrational numbers, which are not decided for all lengths")
    plain = Inequality(where, polynomial, bottom)
    return plain if plain.holds else Inequality(where, polynomial, bottom, _squares(polynomial))


def _squares(polynomial: Poly) -> tuple[Expr, ...]:
    """A square whose subtraction leaves no negative coefficient; none if none of the small ones does."""
    if polynomial.total_degree() != 2:
        return ()
    size = len(polynomial.gens)
    monomials = [tuple(int(k == j) for k in range(size)) for j in range(-1, size)]
    terms = {powers: to_fraction(c) for powers, c in polynomial.terms()}
    for factors in itertools.product((0, 1, -1), repeat=size + 1):
        square: dict[tuple[int, ...], int] = defaultdict(int)
        for (f, one), (g, other) in itertools.product(zip(factors, monomials, strict=True), repeat=2):
            square[tuple(a + b for a, b in zip(one, other, strict=True))] += f * g
        for scale in (Fraction(1, 4), Fraction(1, 2), Fraction(1)):
            if any(factors) and all(terms.get(m, 0) >= scale * square.get(m, 0) for m in {*terms, *square}):
                root = sum((f * v for f, v in zip(factors, (Integer(1), *polynomial.gens), strict=True)), Integer(0))
                return (Rational(scale.numerator, scale.denominator) * root**2,)
    return ()
