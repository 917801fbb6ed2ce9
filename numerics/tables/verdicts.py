"""Verdicts for readers and for programs."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from rich.text import Text
from tabulate import tabulate

from maskbound.theory import RELATIONS, Statement, statements

from ..engines.workspace import Request, Workspace
from ..falsify.search import Falsification
from ..judging import Status, Verdict, settled
from ..judging.cases import Case
from ..judging.checking import FALSE
from ..numbers.enclosure import Enclosure
from ..render.table import Formula, Table, as_json, as_text

__all__ = [
    "as_records",
    "grouped",
    "equalities_left",
    "is_rounding_equality",
    "judged_on",
    "remarks",
    "search_record",
    "tally",
    "verdict_table",
    "verdicts_of",
]

COLUMNS = ("instance", "statement", "lhs", "relation", "rhs", "ratio", "verdict")
NARROW, SMALL = 1e-9, 1e-3
"""An enclosure of any kind narrower than this, relative to its value or to ``SMALL``, counts as rounded."""

COLOURS = {
    "holds": "green",
    "violated": "bold red",
    "undecided": "yellow",
    "undefined": "yellow",
    "not applicable": "dim",
}


def judged_on(case: Case, claims: Sequence[Statement] = ()) -> list[tuple[Statement, Case]]:
    """The statements that speak of as many subjects as a case has, and the cases that they speak of.

    Without claims, the ledger but for what is false on purpose or a limit, and what the case's own file claims. A
    claim about one subject is held against both parts of a pair.
    """
    ledger = [s for s in statements.values() if s.status not in (FALSE, "asymptotic")]
    stated = claims or case.claims
    fitting = [s for s in [*([] if claims else ledger), *stated] if s.subjects == len(case.subjects)]
    whole = [(statement, case) for statement in fitting]
    return whole + [
        (claim, part) for claim in stated if claim not in fitting for part in case.parts if claim.subjects == 1
    ]


def verdicts_of(
    case: Case, claims: Sequence[Statement] = (), request: Request | None = None, exact: bool = False
) -> Iterator[Verdict]:
    """One verdict after the other, in the order of :func:`judged_on`; measurements are shared between them."""
    works = {subject: Workspace(subject, request) for subject in case.subjects}
    for statement, about in judged_on(case, claims):
        yield settled(statement, tuple(works[subject] for subject in about.subjects), about.relation, exact)


def is_rounding_equality(verdict: Verdict) -> bool:
    """Whether a verdict is open though all that it needs is known to rounding: the sides are equal, or as good as."""
    if verdict.status is not Status.UNDECIDED or verdict.lhs is None or verdict.rhs is None:
        return False
    used = [*verdict.lhs.quantities.values(), *verdict.rhs.quantities.values()]
    return all(_known_to_rounding(found) and verdict.statement.id not in found.relies_on for found in used)


def _known_to_rounding(found: Enclosure) -> bool:
    narrow = found.kind in ("exact", "rounding") or found.width <= NARROW * max(abs(found.value), SMALL)
    return narrow and math.isfinite(found.width)


def verdict_table(verdicts: Iterable[Verdict], title: str, notes: tuple[str, ...] = ()) -> Table:
    """A row for each verdict."""
    verdicts = list(verdicts)
    rows = tuple(
        (
            " & ".join(verdict.instances),
            verdict.statement.id,
            verdict.lhs and verdict.lhs.shown(),
            Formula(verdict.statement.relation, RELATIONS[verdict.statement.relation]),
            verdict.rhs and verdict.rhs.shown(),
            verdict.tightness(),
            verdict.status.value,
        )
        for verdict in verdicts
    )
    plain = tuple(r for r, verdict in enumerate(verdicts) if not verdict.statement.is_information)
    return Table(title, COLUMNS, rows, notes, nats=("lhs", "rhs"), without_unit=plain)


def grouped(groups: Iterable[tuple[str, Sequence[Verdict]]]) -> Text:
    """Verdicts for a terminal, under a heading for each group, in columns that 80 characters can hold."""
    groups = [(heading, verdicts) for heading, verdicts in groups if verdicts]
    table = verdict_table((verdict for _, verdicts in groups for verdict in verdicts), "")
    cells = [[as_text(cell) for cell in row[1:]] for row in table.rows]
    if not cells:
        return Text()
    # The formats of tabulate are asked for aligned cells only; the headings go between its lines.
    aligned = tabulate(
        [["statement", "lhs", "", "rhs", "ratio", "verdict"], *cells],
        tablefmt="plain",
        disable_numparse=True,
        colalign=("left", "right", "left", "right", "right", "left"),
    ).split("\n")
    found = Text()
    found.append(f"  {aligned[0]}\n", "bold")
    rows = iter(aligned[1:])
    for heading, verdicts in groups:
        found.append(f"{heading}\n", "bold cyan")
        for verdict, line in zip(verdicts, rows, strict=False):
            status = verdict.status.value
            found.append(f"  {line.rstrip().removesuffix(status)}")
            found.append(f"{status}\n", COLOURS[status])
    return found


def tally(verdicts: Iterable[Verdict]) -> str:
    """The counts, in one line."""
    found = list(verdicts)
    count = Counter(verdict.status for verdict in found)
    equal = sum(map(is_rounding_equality, found))
    line = f"{count[Status.HOLDS]} hold, {count[Status.VIOLATED]} violated, {count[Status.UNDECIDED]} undecided"
    if equal:
        which = "all" if equal == count[Status.UNDECIDED] else f"{equal} of them"
        line += f" ({which} equalities to within rounding)"
    undefined = f", {count[Status.UNDEFINED]} undefined" if count[Status.UNDEFINED] else ""
    return f"{line}{undefined}; {count[Status.NOT_APPLICABLE]} not applicable"


def remarks(verdicts: Iterable[Verdict], *, inapplicable: bool = False) -> list[str]:
    """Lines below a table of verdicts: violations in full, and why others could not be decided.

    With ``inapplicable``, also why a statement does not apply.
    """
    verdicts = list(verdicts)
    wanted = {Status.UNDECIDED, Status.UNDEFINED} | ({Status.NOT_APPLICABLE} if inapplicable else set())
    single = [
        verdict.account()
        if verdict.status is Status.VIOLATED
        else f"{verdict.statement.id} on {' & '.join(verdict.instances)}: {verdict.status.value}: {verdict.reason}"
        for verdict in verdicts
        if verdict.status is Status.VIOLATED or (verdict.status in wanted and not is_rounding_equality(verdict))
    ]
    return single + equalities_left(verdicts)


def equalities_left(verdicts: Iterable[Verdict]) -> list[str]:
    """A line for each instance: how many equalities are known to within rounding only, and why, of the first."""
    groups: dict[tuple[str, ...], list[Verdict]] = {}
    for verdict in filter(is_rounding_equality, verdicts):
        groups.setdefault(verdict.instances, []).append(verdict)
    return [
        f"{' & '.join(names)}: {len(found)} known to within rounding only, such as {found[0].statement.id}: "
        f"{found[0].exactly or found[0].reason}"
        for names, found in groups.items()
    ]


def as_records(verdicts: Iterable[Verdict]) -> list[dict[str, Any]]:
    """The JSON of ``check --json``; the sides are numbers, null where the statement does not apply.

    Their unit is null for what is no amount of information.
    """
    return [
        {
            "statement": verdict.statement.id,
            "instance": verdict.instances[0] if len(verdict.instances) == 1 else list(verdict.instances),
            "status": verdict.status.value,
            "lhs": None if verdict.lhs is None else as_json(verdict.lhs.value),
            "rhs": None if verdict.rhs is None else as_json(verdict.rhs.value),
            "unit": verdict.unit if verdict.statement.is_information else None,
            "margin": as_json(verdict.margin),
            "ratio": _number(verdict.tightness()),
        }
        for verdict in verdicts
    ]


def search_record(found: Falsification) -> dict[str, Any]:
    """The JSON of ``falsify --json``; the counterexample and the tightest instance in the format of instance files."""
    extreme = found.tightest
    return {
        "statement": found.statement.id,
        "claim": str(found.statement),
        "counterexample": found.instance,
        "verdict": None if found.verdict is None else as_records([found.verdict])[0],
        "tightest": None if extreme is None else {"ratio": as_json(extreme.ratio), "instance": extreme.instance},
        "tried": found.tried,
        "judged": found.judged,
        "shrunk": found.finished,
        "seed": found.seed,
        "seconds": found.seconds,
    }


def _number(found: Enclosure | None) -> Any:
    return None if found is None else as_json(found.value)
