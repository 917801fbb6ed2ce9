"""Verdicts: what was found when a statement met an instance."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from ..enclosure import Enclosure

__all__ = ["Side", "Status", "Verdict"]


class Status(Enum):
    """The four answers; none of them is true or false in an ``if``."""

    HOLDS = "holds"
    VIOLATED = "violated"
    UNDECIDED = "undecided"
    NOT_APPLICABLE = "not applicable"

    def __bool__(self) -> bool:
        raise TypeError(
            "a verdict has four values; compare it with Status.HOLDS, .VIOLATED, .UNDECIDED or .NOT_APPLICABLE"
        )


@dataclass(frozen=True)
class Side:
    """One side of a statement on an instance: its interval and what it was computed from."""

    value: float
    lo: float
    hi: float
    quantities: dict[str, Enclosure] = field(default_factory=dict)
    interval: Any = field(default=None, compare=False, repr=False)


@dataclass(frozen=True)
class Verdict:
    """The outcome of one statement on one instance (or pair of instances).

    Parameters
    ----------
    statement : Statement
    instances : tuple of str
        Names of the subjects.
    status : Status
    lhs, rhs : Side or None
        None where the statement does not apply.
    reason : str
        Why it does not apply or is undecided; empty otherwise.
    """

    statement: Any
    instances: tuple[str, ...]
    status: Status
    lhs: Side | None = None
    rhs: Side | None = None
    reason: str = ""

    def __bool__(self) -> bool:
        return bool(self.status)

    @property
    def margin(self) -> float:
        """``rhs - lhs``, or ``lhs - rhs`` for a statement from below; nan where it is not defined."""
        if self.lhs is None or self.rhs is None:
            return math.nan
        difference = self.rhs.value - self.lhs.value
        return -difference if self.statement.relation in (">=", ">") else difference

    @property
    def ratio(self) -> float:
        """Tightness: the smaller side over the larger one as stated; 1 at equality, nan where it is not defined."""
        if self.lhs is None or self.rhs is None:
            return math.nan
        low, high = self.lhs.value, self.rhs.value
        if self.statement.relation in (">=", ">"):
            low, high = high, low
        if low == high:
            return 1.0
        return low / high if high and math.isfinite(low) else math.nan

    def account(self) -> str:
        """Everything that is known, for a person who has to act on it."""
        lines = [
            f"{self.statement.id} ({self.statement.title}) on {' and '.join(self.instances)}: {self.status.value}",
            f"  {self.statement}",
        ]
        if self.reason:
            lines.append(f"  {self.reason}")
        for name, side in (("left", self.lhs), ("right", self.rhs)):
            if side is not None:
                lines.append(f"  {name} side = {side.value:.12g}  in [{side.lo:.17g}, {side.hi:.17g}]")
                lines += [
                    f"    {quantity} = {found.value:.12g}  in [{found.lo:.17g}, {found.hi:.17g}]  "
                    f"({found.kind}, engine {found.engine})"
                    for quantity, found in side.quantities.items()
                ]
        if self.lhs is not None:
            lines.append(f"  margin {self.margin:.6g}, ratio {self.ratio:.6g}")
        return "\n".join(lines)
