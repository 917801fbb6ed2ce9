"""Holding statements against instances (design, section 1)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import sympy

from maskbound.theory import Statement, statements, symbols

from ..enclosure import Enclosure
from ..engines import rational
from ..engines.workspace import Request, Workspace
from ..errors import BadInput, MaskboundError, NoLogForm
from ..instances import Instance
from ..metrics import measure_one
from ..metrics.divergence import law_distance
from ..metrics.log_forms import exact_law_distance
from . import exact as exactly
from .hypotheses import missing
from .intervals import evaluate, outward, to_interval
from .verdict import Side, Status, Verdict

__all__ = ["check", "judge"]

FALSE = "false on purpose"


def check(
    *subjects: Instance,
    judged: Iterable[Statement] | None = None,
    relation: str | None = None,
    request: Request | None = None,
    exact: bool = False,
) -> list[Verdict]:
    """Verdicts of statements on one instance, or on a pair.

    Parameters
    ----------
    *subjects : Instance
        One, or two.
    judged : iterable of Statement, optional
        By default the ledger without the statements that are false on purpose.
    relation : str, optional
        How the second subject is known to relate to the first.
    request : Request, optional
        Widths, times and seeds of the measurements.
    exact : bool
        Decide by rationals and log forms, equalities included; undecided where an instance is not rational or too
        large for that.

    Returns
    -------
    list of Verdict
        One for each statement of as many subjects, in order.
    """
    works = tuple(Workspace(subject, request) for subject in subjects)
    if judged is None:
        judged = (statement for statement in statements.values() if statement.status not in (FALSE, "asymptotic"))
    return [judge(statement, works, relation, exact) for statement in judged if statement.subjects == len(works)]


def judge(
    statement: Statement, works: tuple[Workspace, ...], relation: str | None = None, exact: bool = False
) -> Verdict:
    """One statement on its subjects, whose intermediates are shared between statements."""
    names = tuple(work.instance.name for work in works)
    lacking = {assumption.name for work in works for assumption in missing(work.instance, statement.assumptions)}
    if statement.relation_between is not None and statement.relation_between.name != relation:
        lacking.add(f"a pair that {statement.relation_between.name}")
    if lacking:
        return Verdict(statement, names, Status.NOT_APPLICABLE, reason=f"needs {', '.join(sorted(lacking))}")
    try:
        return (_judge_exactly if exact else _judge_by_intervals)(statement, works, names)
    except (BadInput, ValueError) as problem:
        return Verdict(statement, names, Status.NOT_APPLICABLE, reason=str(problem))
    except MaskboundError as problem:
        return Verdict(statement, names, Status.UNDECIDED, reason=str(problem))


def _judge_by_intervals(statement: Statement, works: tuple[Workspace, ...], names: tuple[str, ...]) -> Verdict:
    measured = {name: _measured(name, works, statement.id) for name in sorted(statement.quantities)}
    given = {name: _given(name, works) for name in statement.given}
    lhs, rhs = (_side(expression, measured, given) for expression in statement.sides)
    status, reason = _compare(lhs, statement.relation, rhs), ""
    circular = [name for name, found in measured.items() if statement.id in found.relies_on]
    if circular:
        status, reason = Status.UNDECIDED, f"{', '.join(circular)} could only be measured by assuming {statement.id}"
    elif status is Status.UNDECIDED:
        reason = "the enclosures overlap" + (f"; equality: {statement.tight}" if statement.tight else "")
    return Verdict(statement, names, status, lhs, rhs, reason)


def _judge_exactly(statement: Statement, works: tuple[Workspace, ...], names: tuple[str, ...]) -> Verdict:
    given = {symbols[name]: _given(name, works) for name in statement.given}
    left, right = (
        # log(4)/log(2) is 2: logs of whole numbers as sums over primes.
        sympy.expand_log(exactly.in_log_forms(expression).subs(given), factor=True)
        for expression in statement.sides
    )
    used = sorted(symbol.name for symbol in left.free_symbols | right.free_symbols)
    try:
        measured = {name: _measured_exactly(name, works) for name in used}
    except NoLogForm:
        return _judge_by_intervals(statement, works, names)
    except BadInput:
        reasons = [
            f"{work.instance.name}: {rational.obstacle(work.instance)}"
            for work in works
            if rational.obstacle(work.instance)
        ]
        if not reasons:
            # A quantity that is no log form, such as a sum of radicals, is known by intervals only.
            return _judge_by_intervals(statement, works, names)
        return Verdict(statement, names, Status.UNDECIDED, reason="; ".join(reasons))
    values = {symbols[name]: found.exact for name, found in measured.items()}
    order = exactly.order(left, right, values)
    lhs, rhs = exactly.sides(left, right, values, measured, order)
    if order is None:
        reason = f"{exactly.MOST_BITS} bits do not tell the sides apart, and a side has no closed form"
        return Verdict(statement, names, Status.UNDECIDED, lhs, rhs, reason)
    holds = {"<": order < 0, "<=": order <= 0, "==": order == 0, ">=": order >= 0, ">": order > 0}[statement.relation]
    return Verdict(statement, names, Status.HOLDS if holds else Status.VIOLATED, lhs, rhs)


def _measured(name: str, works: tuple[Workspace, ...], statement: str) -> Enclosure:
    if name == "law_distance":
        return law_distance(*works)
    work = works[1] if name.endswith("@2") else works[0]
    return measure_one(work, name.removesuffix("@2"), avoid=frozenset({statement}))


def _measured_exactly(name: str, works: tuple[Workspace, ...]) -> Enclosure:
    if name == "law_distance":
        return exact_law_distance(*works)
    work = works[1] if name.endswith("@2") else works[0]
    return measure_one(work, name.removesuffix("@2"), "rational")


def _given(name: str, works: tuple[Workspace, ...]) -> int:
    instance = (works[1] if name.endswith("@2") else works[0]).instance
    return {"V": instance.vocab, "L": instance.length, "N": instance.policy.steps}[name.removesuffix("@2")]


def _side(expression: sympy.Expr, measured: Mapping[str, Enclosure], given: Mapping[str, int]) -> Side:
    """The interval of one side; whole-number parameters are put in exactly first."""
    expression = expression.subs({symbols[name]: value for name, value in given.items()})
    if expression.has(sympy.zoo, sympy.nan):
        raise ValueError("division by zero")
    used = {name: measured[name] for name in sorted(s.name for s in expression.free_symbols)}
    interval = evaluate(expression, {symbols[name]: to_interval(found) for name, found in used.items()})
    lo, hi = outward(interval)
    middle = evaluate(expression, {symbols[name]: to_interval(found.value) for name, found in used.items()})
    return Side(min(max(float(middle.mid), lo), hi), lo, hi, used, interval)


def _compare(lhs: Side, relation: str, rhs: Side) -> Status:
    """Three-valued: intervals that do not decide leave the statement open."""
    a, b = lhs.interval, rhs.interval
    if relation in (">=", ">"):
        a, b, relation = b, a, {">=": "<=", ">": "<"}[relation]
    if relation == "==":
        if a.b < b.a or b.b < a.a:
            return Status.VIOLATED
        return Status.HOLDS if a.a == a.b == b.a == b.b else Status.UNDECIDED
    if a.b < b.a or (relation == "<=" and a.b == b.a):
        return Status.HOLDS
    if a.a > b.b or (relation == "<" and a.a == b.b):
        return Status.VIOLATED
    return Status.UNDECIDED
