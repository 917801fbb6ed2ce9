"""Linear forms in named functionals, and maxima of minima of them.

A *form* is a sum of coefficients times names (quantities, ``log V``, and ``1`` for a constant). A *lattice form* is
``max_i min_j l_ij``: sums, positive multiples, maxima and minima of forms are written so.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import TypeAlias

import sympy

from maskbound.theory.monotone import sign as exact_sign

from ..errors import BeyondReach
from ..numbers.rationals import to_fraction

__all__ = ["CONSTANT", "Form", "Lattice", "Number", "add", "maximum", "minimum", "negative", "number", "scaled", "sign"]

CONSTANT = "1"
"""The name of what is added as it is."""

MOST_FORMS = 2000
"""Forms of a lattice form; each exchange of maxima and minima multiplies their number."""

Number: TypeAlias = Fraction | sympy.Expr
"""A rational as a Fraction, any other exact real number as sympy has it."""

Form: TypeAlias = Mapping[str, Number]

Lattice: TypeAlias = tuple[tuple[Form, ...], ...]
"""The largest, over the outer tuple, of the smallest of each inner one."""


def number(value: sympy.Expr | Fraction | int) -> Number:
    """A Fraction where the number is rational."""
    if isinstance(value, Fraction):
        return value
    value = sympy.sympify(value)
    return to_fraction(value) if value.is_Rational else value


def sign(value: Number) -> int:
    """-1, 0 or 1.

    Raises
    ------
    BeyondReach
        When an irrational number cannot be told from zero.
    """
    if isinstance(value, Fraction):
        return (value > 0) - (value < 0)
    try:
        return exact_sign(value)
    except ValueError as problem:
        raise BeyondReach(str(problem)) from None


def _plus(one: Form, other: Form) -> Form:
    names = {**one, **other}
    return {name: number(one.get(name, Fraction(0)) + other.get(name, Fraction(0))) for name in names}


def _bounded(count: int) -> None:
    if count > MOST_FORMS:
        raise BeyondReach(f"its maxima and minima make {count} linear forms, more than {MOST_FORMS}")


def add(one: Lattice, other: Lattice) -> Lattice:
    """The sum of two lattice forms."""
    _bounded(sum(map(len, one)) * sum(map(len, other)))
    return tuple(
        tuple(_plus(a, b) for a, b in itertools.product(first, second))
        for first, second in itertools.product(one, other)
    )


def scaled(lattice: Lattice, factor: Number) -> Lattice:
    """A multiple of a lattice form."""
    if sign(factor) < 0:
        return scaled(negative(lattice), number(-factor))
    return tuple(tuple({name: number(factor * c) for name, c in form.items()} for form in row) for row in lattice)


def negative(lattice: Lattice) -> Lattice:
    """Minus a lattice form: the minimum of maxima that it is, written as a maximum of minima."""
    _bounded(math.prod(map(len, lattice)) * len(lattice))
    return tuple(
        tuple({name: number(-c) for name, c in form.items()} for form in chosen)
        for chosen in itertools.product(*lattice)
    )


def maximum(parts: Iterable[Lattice]) -> Lattice:
    """The largest of several lattice forms."""
    return tuple(itertools.chain.from_iterable(parts))


def minimum(parts: Iterable[Lattice]) -> Lattice:
    """The smallest of several lattice forms."""
    parts = list(parts)
    _bounded(math.prod(map(len, parts)) * max(len(row) for part in parts for row in part) * len(parts))
    return tuple(tuple(itertools.chain.from_iterable(rows)) for rows in itertools.product(*parts))
