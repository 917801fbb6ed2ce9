"""Constants of published forms: the smallest value of a free parameter C that an instance allows.

A statement whose published form hides its constant in an O() carries it as the parameter ``C``, linearly, on its larger
side. From the sides at C = 0 and C = 1 follows the least C for which the instance does not violate it.
"""

from __future__ import annotations

from dataclasses import replace

from sympy import Integer, Symbol

from maskbound.theory import Statement

from ..engines.workspace import Workspace
from ..evaluation.intervals import outward
from ..numbers.enclosure import Enclosure
from .checking import judge
from .verdict import Status

__all__ = ["constant_of", "least_constant"]

NAME = "C"


def constant_of(statement: Statement) -> Symbol | None:
    """The parameter that stands for a hidden constant; None for a statement without one."""
    return next((symbol for symbol in statement.parameters if symbol.name == NAME), None)


def least_constant(statement: Statement, works: tuple[Workspace, ...], relation: str | None = None) -> Enclosure | None:
    """The smallest C at which the statement is not violated on its subjects.

    Parameters
    ----------
    statement : Statement
        ``lhs <= rhs``, rhs linear in C.
    works, relation
        As in :func:`judge`.

    Returns
    -------
    Enclosure or None
        Never negative; None where the statement does not apply, or C has a vanishing factor.
    """
    constant = constant_of(statement)
    if constant is None:
        raise ValueError(f"statement {statement.id} has no parameter {NAME}")
    without, once = (
        judge(replace(statement, parameters={**statement.parameters, constant: Integer(c)}), works, relation)
        for c in (0, 1)
    )
    if once.status is Status.NOT_APPLICABLE or once.lhs is None or once.rhs is None or without.rhs is None:
        return None
    factor = once.rhs.interval - without.rhs.interval
    if not factor.a > 0:
        return None
    lo, hi = outward((once.lhs.interval - without.rhs.interval) / factor)
    middle = (once.lhs.value - without.rhs.value) / (once.rhs.value - without.rhs.value)
    lo, hi = max(lo, 0.0), max(hi, 0.0)
    return Enclosure(min(max(middle, lo), hi), lo, hi, "rounding")
