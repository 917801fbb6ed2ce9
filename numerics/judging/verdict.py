"""Verdicts: what was found when a statement met an instance."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any

from maskbound.theory import RELATIONS

from ..display import AsTable, Formula, Rows
from ..errors import BadInput
from ..metrics.units import in_nats
from ..numbers.enclosure import KINDS, Enclosure, Kind
from ..numbers.units import converted, read_unit

__all__ = ["Side", "Status", "Verdict", "Verdicts"]

COLUMNS = ("instance", "statement", "title", "lhs", "relation", "rhs", "unit", "ratio", "verdict")
RATIO = COLUMNS.index("ratio")
HEADS = {column: column.capitalize() for column in (*COLUMNS, "margin")} | {
    "title": "Claim",
    "lhs": "Left side",
    "relation": "",
    "rhs": "Right side",
}
"""Headings of a printed table."""
MIXED = "it multiplies amounts of information in one term and not in another: in bits it would be another claim"
UNNAMED = "claim"
"""The id of a claim that was given none."""


class Status(Enum):
    """The five answers; none of them is true or false in an ``if``."""

    HOLDS = "holds"
    VIOLATED = "violated"
    UNDECIDED = "undecided"
    UNDEFINED = "undefined"
    NOT_APPLICABLE = "not applicable"

    def __bool__(self) -> bool:
        names = ", ".join(f".{status.name}" for status in Status)
        raise TypeError(f"a verdict has five values; compare its status with one of {names}")


@dataclass(frozen=True)
class Side:
    """One side of a statement on an instance: its interval and what it was computed from.

    Parameters
    ----------
    value : float
        At the values of the quantities; nan where one of them is known by bounds only.
    lo, hi : float
    quantities : dict of str to Enclosure
        What was measured for it.
    interval : mpmath interval, optional
        The same in full precision.
    """

    value: float
    lo: float
    hi: float
    quantities: dict[str, Enclosure] = field(default_factory=dict)
    interval: Any = field(default=None, compare=False, repr=False)

    def shown(self) -> Enclosure:
        """Its interval as an enclosure, of the weakest kind among the quantities in it."""
        used = self.quantities.values()
        kind: Kind = max((found.kind for found in used), key=KINDS.index, default="exact")
        probabilities = [found.confidence for found in used if found.confidence is not None]
        if probabilities and kind != "statistical":
            kind = "statistical"
        confidence = (
            max(0.0, 1 - math.fsum(1 - probability for probability in probabilities)) if probabilities else None
        )
        return Enclosure(self.value, self.lo, self.hi, kind, confidence=confidence)

    def in_unit(self, unit: str, *, is_information: bool) -> Side:
        """What it was computed from in that unit, and the side itself if it is an amount of information."""
        used = {
            name: converted(found, unit) if in_nats(name.removesuffix("@2")) else found
            for name, found in self.quantities.items()
        }
        whole = converted(self.shown(), unit) if is_information else self
        return Side(whole.value, whole.lo, whole.hi, used)


@dataclass(frozen=True, repr=False)
class Verdict(AsTable):
    """The outcome of one statement on one instance (or pair of instances).

    Parameters
    ----------
    statement : Statement
    instances : tuple of str
        Names of the subjects.
    status : Status
    lhs, rhs : Side or None
        None where the statement does not apply, or a side has no value, or may have none.
    reason : str
        Why it does not apply, is undecided or undefined, or what decided it in the place of the two sides; else empty.
    cause : str
        What the reason has in common with those of other statements; empty where it stands alone.
    exactly : str
        Why exact arithmetic, tried after the intervals, did not decide it either.
    unit : {"nats", "bits"}
        Of what is an amount of information.
    order : int or None
        The sign of ``lhs - rhs``, 0 at equality; None where neither intervals nor exact arithmetic tell.
    """

    statement: Any
    instances: tuple[str, ...]
    status: Status
    lhs: Side | None = None
    rhs: Side | None = None
    reason: str = ""
    cause: str = ""
    exactly: str = ""
    unit: str = "nats"
    order: int | None = None

    def __bool__(self) -> bool:
        return bool(self.status)

    def __repr__(self) -> str:
        return f"<Verdict {self.statement.id} on {' & '.join(self.instances)}: {self.status.value}>"

    def __str__(self) -> str:
        return self.account()

    def table(self) -> Rows:
        """The statement, both sides, and why it is as it is."""
        rows: list[tuple[str, Any]] = [
            ("statement", f"{self.statement.id}: {self.statement.title}"),
            ("formula", Formula(str(self.statement), self.statement.latex())),
        ]
        rows += [("instance", " & ".join(self.instances)), ("verdict", self.status.value)]
        rows += [(name, side.shown()) for name, side in (("left side", self.lhs), ("right side", self.rhs)) if side]
        known = (("margin", self.margin_interval()), ("ratio", self.tightness()))
        rows += [(name, number) for name, number in known if number is not None]
        rows += [("information in", self.information_unit)] if self.lhs and self.information_unit else []
        rows += [("note", note) for note in self.notes]
        rows += [("why", reason) for reason in (self.reason, self.exactly) if reason]
        return Rows(("", ""), rows)

    def _repr_latex_(self) -> str:
        return f"${self.statement.latex()}$: {self.status.value}"

    def in_unit(self, unit: str) -> Verdict:
        """The same with its sides, if they are amounts of information, and quantities in ``"nats"`` or ``"bits"``.

        Judging is in nats, and so is the statement: a number that a claim compares with KL is one of nats.
        """
        if read_unit(unit) == self.unit:
            return self
        if self.unit != "nats":
            raise BadInput("unit", f"the verdict is in {self.unit} already; one in nats is accepted")
        information = self.statement.is_information
        left, right = (side and side.in_unit(unit, is_information=information) for side in (self.lhs, self.rhs))
        return replace(self, lhs=left, rhs=right, unit=unit)

    @property
    def notes(self) -> list[str]:
        """What whoever typed the claim should know of it."""
        return [MIXED] if self.statement.status == "claim" and self.statement.mixes_units else []

    @property
    def information_unit(self) -> str:
        """The unit of both sides; empty where they are no amounts of information."""
        return self.unit if self.statement.is_information else ""

    @property
    def is_finite(self) -> bool:
        """Whether both sides are known to be finite."""
        return all(side is not None and math.isfinite(side.hi - side.lo) for side in (self.lhs, self.rhs))

    @property
    def margin(self) -> float:
        """``rhs - lhs``, or ``lhs - rhs`` for a statement from below; nan where no single number is known."""
        if self.lhs is None or self.rhs is None:
            return math.nan
        difference = self.rhs.value - self.lhs.value
        return -difference if self.statement.relation in (">=", ">") else difference

    @property
    def ratio(self) -> float:
        """Tightness: the smaller side over the larger one as stated; 1 at equality, nan where no number is known."""
        if self.lhs is None or self.rhs is None:
            return math.nan
        low, high = self.lhs.value, self.rhs.value
        if self.statement.relation in (">=", ">"):
            low, high = high, low
        if low == high:
            return 1.0
        return low / high if high and math.isfinite(low) else math.nan

    def tightness(self) -> Enclosure | None:
        """The ratio as an interval; None where it is noise or not defined."""
        if self.lhs is None or self.rhs is None:
            return None
        low, high = self.lhs.shown(), self.rhs.shown()
        if self.statement.relation in (">=", ">"):
            low, high = high, low
        if low.lo == low.hi == high.lo == high.hi:
            return Enclosure(1.0, 1.0, 1.0, "exact")
        if high.lo <= 0 <= high.hi or not all(map(math.isfinite, (low.lo, low.hi))):
            return None
        if low.lo == low.hi == 0 or high.lo == math.inf:
            return Enclosure(0.0, 0.0, 0.0, "exact")
        ends = [above / below for above in (low.lo, low.hi) for below in (high.lo, high.hi)]
        lo = math.nextafter(min(ends), -math.inf) if low.lo else 0.0
        hi = math.nextafter(max(ends), math.inf) if low.hi else 0.0
        weaker = max(low, high, key=lambda side: KINDS.index(side.kind))
        return replace(weaker, value=min(max(self.ratio, lo), hi), lo=lo, hi=hi, exact=None)

    def margin_interval(self) -> Enclosure | None:
        """The margin as an interval; None where it is not finite."""
        if self.lhs is None or self.rhs is None:
            return None
        low, high = self.lhs, self.rhs
        if self.statement.relation in (">=", ">"):
            low, high = high, low
        if low.lo == low.hi == high.lo == high.hi:
            return Enclosure(0.0, 0.0, 0.0, "exact")
        lo, hi = _difference(high.lo, low.hi, -math.inf), _difference(high.hi, low.lo, math.inf)
        return Enclosure(self.margin, lo, hi, "bound") if math.isfinite(hi - lo) else None

    def account(self) -> str:
        """Everything that is known, for a person who has to act on it."""
        lines = [
            f"{self.statement.id} ({self.statement.title}) on {' and '.join(self.instances)}: {self.status.value}",
            f"  {self.statement}",
        ]
        if self.reason:
            lines.append(f"  {self.reason}")
        if self.exactly:
            lines.append(f"  in exact arithmetic: {self.exactly}")
        lines += [f"  {note}" for note in self.notes]
        if self.unit != "nats":
            lines.append(f"  information in {self.unit}; the claim is in nats")
        for name, side in (("left", self.lhs), ("right", self.rhs)):
            if side is not None:
                lines.append(f"  {name} side{_equals(side.value)} in [{side.lo:.17g}, {side.hi:.17g}]")
                lines += [
                    f"    {quantity}{_equals(found.value)} in [{found.lo:.17g}, {found.hi:.17g}]  "
                    f"({found.kind}, engine {found.engine})"
                    for quantity, found in side.quantities.items()
                ]
        known = [("margin", self.margin_interval()), ("ratio", self.tightness())]
        numbers = ", ".join(f"{name} {number}" for name, number in known if number is not None)
        if numbers:
            lines.append(f"  {numbers}")
        return "\n".join(lines)


def _difference(one: float, other: float, towards: float) -> float:
    """A difference rounded outwards; that with zero is exact."""
    return math.nextafter(one - other, towards) if one and other else one - other


def _equals(value: float) -> str:
    """A number before its interval; nothing where the interval is all that is known."""
    return "" if math.isnan(value) else f" = {value:.12g} "


class Verdicts(list[Verdict], AsTable):
    """Verdicts in order: a list that shows itself as a table; the sum of two is one table."""

    def table(self) -> Rows:
        """A row for each verdict."""
        rows = [
            (
                " & ".join(verdict.instances),
                verdict.statement.id,
                _said(verdict.statement),
                verdict.lhs and verdict.lhs.shown(),
                Formula(verdict.statement.relation, RELATIONS[verdict.statement.relation]),
                verdict.rhs and verdict.rhs.shown(),
                verdict.information_unit,
                verdict.tightness(),
                verdict.status.value,
            )
            for verdict in self
        ]
        return Rows(COLUMNS, rows, notes=self._why_open())

    def _why_open(self) -> list[str]:
        """A line for each reason why verdicts are undecided or undefined, and the statements that it is about."""
        reasons: dict[str, list[str]] = {}
        for verdict in self:
            if verdict.status in (Status.UNDECIDED, Status.UNDEFINED):
                said = str(verdict.statement) if verdict.statement.id == UNNAMED else verdict.statement.id
                reasons.setdefault(f"{verdict.status.value}: {verdict.reason}", []).append(said)
        return [f"{', '.join(dict.fromkeys(said))}: {reason}" for reason, said in reasons.items()]

    def to_latex(self, caption: str = "") -> str:
        """In LaTeX, as all tables; where every statement is a claim without an id, its formula says all."""
        found, units = self.table(), {verdict.information_unit for verdict in self}
        dropped = [] if any(verdict.statement.id != UNNAMED for verdict in self) else ["statement", "relation"]
        notes = list(found.notes)
        if len(units) == 1:
            dropped.append("unit")
            notes = [f"Information in {unit}." for unit in units if unit] + notes
        rows = [
            (*row[:RATIO], verdict.margin_interval(), *row[RATIO:])
            for row, verdict in zip(found.rows, self, strict=True)
        ]
        whole = Rows((*COLUMNS[:RATIO], "margin", *COLUMNS[RATIO:]), rows, notes=notes).without(*dropped)
        return Rows([HEADS[column] for column in whole.columns], whole.rows, notes=notes).latex(caption)

    def __add__(self, others: Iterable[Any]) -> Verdicts:  # type: ignore[override]
        return Verdicts([*self, *others])

    def __str__(self) -> str:
        return self.table().text()


def _said(statement: Any) -> str | Formula:
    """What a statement says in words; of a claim that was typed, the formula."""
    return Formula(statement.title, statement.latex()) if statement.status == "claim" else statement.title
