"""Claims whose two sides are equal by identities that the ledger proves, where measurements can only touch.

An identity that applies to an instance is an equation between its quantities. A claim whose sides differ by a
combination of such equations compares equal numbers, and needs no measurement to say so.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import sympy

from maskbound.theory import Statement, statements, symbols

from ..instances import Instance
from .hypotheses import missing

__all__ = ["identities_of"]

PROVED = ("identity", "proved here")
SIZES = ("V", "L", "N")


def identities_of(statement: Statement, instance: Instance) -> tuple[str, ...] | None:
    """The identities of the ledger by which both sides are the same number on an instance.

    Parameters
    ----------
    statement : Statement
        Of one subject.
    instance : Instance

    Returns
    -------
    tuple of str or None
        Ids of which a combination is the difference of the sides; none are needed where the sides are written alike.
        None where no combination is.

    Notes
    -----
    A linear system over the rationals, in which each product of quantities is an unknown of its own. It says nothing of
    infinite sides, which do not cancel.
    """
    sizes = {symbols[name]: size for name, size in zip(SIZES, _sizes(instance), strict=True)}
    wanted = _difference(statement).subs(sizes).expand()
    known = {each.id: _difference(each).subs(sizes).expand() for each in _applicable(instance)}
    rows = [each.as_coefficients_dict() for each in known.values()]
    target = wanted.as_coefficients_dict()
    terms = sorted({term for row in (target, *rows) for term in row if term != 0}, key=str)
    equations = sympy.Matrix(len(terms), len(rows), lambda i, j: rows[j][terms[i]])
    try:
        found, free = equations.gauss_jordan_solve(sympy.Matrix([target[term] for term in terms]))
    except ValueError:
        return None
    weights = found.subs(dict.fromkeys(free, 0))
    return tuple(name for name, weight in zip(known, weights, strict=True) if weight != 0)


def _sizes(instance: Instance) -> tuple[int, int, int]:
    return instance.vocab, instance.length, instance.policy.steps


def _difference(statement: Statement) -> sympy.Expr:
    lhs, rhs = statement.sides
    return lhs - rhs


@cache
def _identities() -> tuple[Statement, ...]:
    return tuple(
        each for each in statements.values() if each.relation == "==" and each.subjects == 1 and each.status in PROVED
    )


def _applicable(instance: Instance) -> Iterator[Statement]:
    return (each for each in _identities() if not missing(instance, each.assumptions))
