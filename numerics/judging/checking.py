"""Holding statements against instances (design, section 1)."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from fractions import Fraction
from typing import Any

import sympy

from maskbound.theory import Statement, claim, closest, statements, symbols

from ..engines.rational import MOST_PAIRS
from ..engines.workspace import Request, Workspace
from ..errors import BadInput, BeyondReach, MaskboundError, NoLogForm, shown
from ..evaluation.extended import NoValue, Undefined, evaluate
from ..evaluation.intervals import Interval, outward, to_interval
from ..instances import Instance, require_instance
from ..metrics import measure_exactly, measure_one
from ..metrics.divergence import law_distance
from ..metrics.log_forms import exact_law_distance
from ..metrics.measure import dearer
from ..numbers.enclosure import Enclosure
from ..numbers.limits import power
from ..numbers.units import read_unit
from . import exact as exactly
from .equalities import identities_of
from .exact import Real
from .hypotheses import missing
from .verdict import Side, Status, Verdict, Verdicts

__all__ = ["SETTLED_SECONDS", "check", "judge", "settled", "stated"]

SETTLED_SECONDS = 5.0
"""Estimated time of an exact measurement up to which it decides what intervals leave open."""

FALSE = "false on purpose"
BEYOND = "beyond the memory or the time there is"
CIRCULAR = "measured by assuming the statement itself, and in no other way within reach"
"""Causes that many statements share on a large instance."""


def check(
    *subjects: Instance,
    judged: Iterable[Statement | str] | Statement | str | None = None,
    relation: str | None = None,
    request: Request | None = None,
    exact: bool = False,
    unit: str = "nats",
    **options: Any,
) -> Verdicts:
    """Verdicts of statements on one instance, or on a pair.

    Parameters
    ----------
    *subjects : Instance
        One, or two.
    judged : iterable of Statement or str, or one of them, optional
        Statements, ids of the ledger, or claims that assume nothing, such as ``"kl <= path_kl"``. By default the ledger
        without the statements that are false on purpose.
    relation : str, optional
        How the second subject is known to relate to the first.
    request : Request, optional
        Widths, times and seeds of the measurements.
    exact : bool
        Decide by rationals and log forms, and by intervals where an instance is not rational or too large for that.
        Otherwise these decide only what intervals leave open, where that is quick (:func:`settled`).
    unit : {"nats", "bits"}
        Of what the verdicts show; numbers in claims are nats in either.
    **options
        ``width``, ``seconds``, ``samples``, ``seed`` and ``confidence``, as :func:`measure` takes them; they go before
        those of ``request``.

    Returns
    -------
    Verdicts
        A list of Verdict, one for each statement of as many subjects, in order.
    """
    for subject in subjects:
        if isinstance(subject, list | tuple):
            raise BadInput("instance", "found several at once; check each of them: check(a) + check(b) is one table")
    asked = Request.about(False, **options) if request is None else replace(request, **options)
    works = tuple(Workspace(require_instance(subject), asked) for subject in subjects)
    if judged is None:
        judged = (statement for statement in statements.values() if statement.status not in (FALSE, "asymptotic"))
    given = [judged] if isinstance(judged, Statement | str) else judged
    fitting = [statement for statement in map(stated, given) if statement.subjects == len(works)]
    unit = read_unit(unit)
    return Verdicts(settled(statement, works, relation, exact).in_unit(unit) for statement in fitting)


def stated(given: Statement | str, needs: Iterable[str] = ()) -> Statement:
    """The statement that is meant by an id of the ledger, or by a claim that assumes what ``needs`` names.

    Raises
    ------
    BadInput, ClaimError
        When there is none, or assumptions are given to what has its own.
    """
    if isinstance(given, Statement) or given in statements:
        if any(True for _ in needs):
            raise BadInput("needs", "assumptions are for typed claims; a statement has its own")
        return given if isinstance(given, Statement) else statements[given]
    if not isinstance(given, str) or not any(sign in given for sign in "<>="):
        close = closest(str(given), statements) or list(statements)[:3]
        raise BadInput("statement", f"found {shown(given)}; a claim or an id is accepted, such as {', '.join(close)}")
    return claim(given, assumptions=needs)


def judge(
    statement: Statement, works: tuple[Workspace, ...], relation: str | None = None, exact: bool = False
) -> Verdict:
    """One statement on its subjects, whose intermediates are shared between statements.

    With ``exact``, what has no exact value, as a sum of radicals, is known by intervals all the same.
    """
    return _judged(statement, works, relation, _judge_exactly_if_possible if exact else _judge_by_intervals)


Judge = Callable[[Statement, tuple[Workspace, ...], tuple[str, ...]], Verdict]


def _judged(statement: Statement, works: tuple[Workspace, ...], relation: str | None, judged: Judge) -> Verdict:
    names = tuple(work.instance.name for work in works)
    lacking = {assumption.name for work in works for assumption in missing(work.instance, statement.assumptions)}
    if statement.relation_between is not None and statement.relation_between.name != relation:
        lacking.add(f"a pair that {statement.relation_between.name}")
    if lacking:
        return Verdict(statement, names, Status.NOT_APPLICABLE, reason=f"needs {', '.join(sorted(lacking))}")
    try:
        return judged(statement, works, names)
    except NoValue as problem:
        status = Status.UNDEFINED if isinstance(problem, Undefined) else Status.UNDECIDED
        return Verdict(statement, names, status, reason=str(problem))
    except BadInput as problem:
        return Verdict(statement, names, Status.NOT_APPLICABLE, reason=str(problem))
    except MaskboundError as problem:
        large = isinstance(problem, BeyondReach) and not isinstance(problem, NoLogForm)
        return Verdict(statement, names, Status.UNDECIDED, reason=str(problem), cause=BEYOND if large else "")


def settled(
    statement: Statement, works: tuple[Workspace, ...], relation: str | None = None, exact: bool = False
) -> Verdict:
    """A verdict by intervals; what they leave open, such as an equality, is decided exactly where that is quick.

    Quick is an exact measurement that is estimated to take at most ``SETTLED_SECONDS``; a claim of a user may take as
    long as any measurement. With ``exact``, everything is decided exactly; where that cannot be, as for a denoiser that
    is not rational, intervals decide what they can. A claim whose sides touch holds with equality where identities of
    the ledger say so.
    """
    patient = exact or statement.status == "claim"
    rational = tuple(work.once(_in_rationals if patient else _in_rationals_soon) for work in works)
    ways = [(works, _judge_by_intervals), (rational, _judge_exactly)]
    found = {}
    for subjects, way in reversed(ways) if exact else ways:
        found[way] = _judged(statement, subjects, relation, way)
        if found[way].status is not Status.UNDECIDED:
            return found[way]
    touching = found[_judge_by_intervals]
    if statement.status == "claim" and touching.is_finite and len(works) == 1:
        identities = identities_of(statement, works[0].instance)
        if identities is not None:
            status = Status.HOLDS if "=" in statement.relation else Status.VIOLATED
            by = f" by {', '.join(identities)}" if identities else ""
            return replace(touching, status=status, reason=f"both sides are equal{by}", cause="", order=0)
    return replace(touching, exactly=found[_judge_exactly].reason)


def _in_rationals(work: Workspace) -> Workspace:
    """Where the instance is small, itself with floating parameters as the rationals that they are; else itself."""
    instance = work.instance
    small = power(instance.vocab + 1, instance.length) <= MOST_PAIRS
    return Workspace(instance.in_rationals() if small else instance, work.request)


def _in_rationals_soon(work: Workspace) -> Workspace:
    return Workspace(work.once(_in_rationals).instance, replace(work.request, seconds=SETTLED_SECONDS))


def _judge_by_intervals(statement: Statement, works: tuple[Workspace, ...], names: tuple[str, ...]) -> Verdict:
    measured = {name: _measured(name, works, statement.id) for name in sorted(statement.quantities)}
    values = {symbols[name]: to_interval(found) for name, found in measured.items()}
    values |= {symbols[name]: to_interval(Fraction(_given(name, works))) for name in statement.given}
    points = values | {symbols[name]: to_interval(found.value) for name, found in measured.items() if found.has_value}
    lhs, rhs = (
        _side(side, values, points, used)
        for side, used in zip(statement.sides, _used(statement.sides, measured), strict=True)
    )
    status, reason, cause = _compare(lhs, statement.relation, rhs), "", ""
    circular = [name for name, found in measured.items() if statement.id in found.relies_on]
    if circular:
        status, cause = Status.UNDECIDED, CIRCULAR
        reason = f"{', '.join(circular)} could only be measured by assuming {statement.id}"
    elif status is Status.UNDECIDED:
        refused = _refused(measured, works)
        more = f", as {refused}" if refused else f"; equality: {statement.tight}" if statement.tight else ""
        reason, cause = f"the enclosures overlap{more}", BEYOND if refused else ""
    return Verdict(statement, names, status, lhs, rhs, reason, cause, order=_order(lhs, rhs))


def _judge_exactly_if_possible(statement: Statement, works: tuple[Workspace, ...], names: tuple[str, ...]) -> Verdict:
    try:
        return _judge_exactly(statement, works, names)
    except NoLogForm as problem:
        found = _judge_by_intervals(statement, works, names)
        return replace(found, reason=str(problem)) if found.status is Status.UNDECIDED else found


def _judge_exactly(statement: Statement, works: tuple[Workspace, ...], names: tuple[str, ...]) -> Verdict:
    expressions = [exactly.in_log_forms(expression) for expression in statement.sides]
    used = sorted({s.name for e in expressions for s in e.free_symbols} - statement.given)
    measured = {name: _measured_exactly(name, works, statement.id) for name in used}
    values = {symbols[name]: Real.of(found.exact) for name, found in measured.items()}
    values |= {symbols[name]: Real.of(Fraction(_given(name, works))) for name in statement.given}
    left, right = (evaluate(expression, values, Real.of) for expression in expressions)
    order = left.compared(right)
    lhs, rhs = exactly.sides(left, right, _used(expressions, measured), order)
    if order is None:
        reason = f"{exactly.MOST_BITS} bits do not tell the sides apart, and a side has no closed form"
        return Verdict(statement, names, Status.UNDECIDED, lhs, rhs, reason)
    holds = {"<": order < 0, "<=": order <= 0, "==": order == 0, ">=": order >= 0, ">": order > 0}[statement.relation]
    return Verdict(statement, names, Status.HOLDS if holds else Status.VIOLATED, lhs, rhs, order=order)


def _used(sides: Sequence[sympy.Expr], measured: Mapping[str, Enclosure]) -> list[dict[str, Enclosure]]:
    """The quantities in each side."""
    names = [sorted(symbol.name for symbol in side.free_symbols) for side in sides]
    return [{name: measured[name] for name in found if name in measured} for found in names]


def _measured(name: str, works: tuple[Workspace, ...], statement: str) -> Enclosure:
    if name == "law_distance":
        return law_distance(*works)
    work = works[1] if name.endswith("@2") else works[0]
    return measure_one(work, name.removesuffix("@2"), avoid=frozenset({statement}))


def _refused(measured: Mapping[str, Enclosure], works: tuple[Workspace, ...]) -> str:
    """Why the first quantity of which only bounds are known is not measured itself, where that is its price."""
    for name, found in measured.items():
        if found.kind == "bound" and name != "law_distance":
            work = works[1] if name.endswith("@2") else works[0]
            refusal = dearer(work, name.removesuffix("@2"))
            if refusal is not None:
                return str(refusal)
    return ""


def _measured_exactly(name: str, works: tuple[Workspace, ...], statement: str) -> Enclosure:
    if name == "law_distance":
        return exact_law_distance(*works)
    work = works[1] if name.endswith("@2") else works[0]
    return measure_exactly(work, name.removesuffix("@2"), frozenset({statement}))


def _given(name: str, works: tuple[Workspace, ...]) -> int:
    instance = (works[1] if name.endswith("@2") else works[0]).instance
    sizes = {"V": instance.vocab, "L": instance.length, "N": instance.policy.steps}
    found = sizes.get(name.removesuffix("@2"), instance.language.hidden_states)
    if found is None:
        raise BadInput("K", f"{instance.name} has no hidden states")
    return found


def _side(
    expression: sympy.Expr,
    values: Mapping[sympy.Symbol, Interval],
    points: Mapping[sympy.Symbol, Interval],
    used: dict[str, Enclosure],
) -> Side:
    """The interval of one side, and its number where each quantity in it has one."""
    found = evaluate(expression, values, to_interval)
    lo, hi = outward(found.range)
    value = math.nan
    if all(quantity.has_value for quantity in used.values()):
        with suppress(NoValue):
            value = min(max(float(evaluate(expression, points, to_interval).range.mid), lo), hi)
    return Side(value, lo, hi, used, found.range)


def _order(lhs: Side, rhs: Side) -> int | None:
    """The sign of the difference, as far as the intervals tell."""
    a, b = lhs.interval, rhs.interval
    if a.b < b.a:
        return -1
    if a.a > b.b:
        return 1
    return 0 if a.a == a.b == b.a == b.b else None


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
