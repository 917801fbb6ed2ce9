"""What a test of a sampler found, and how it is told."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from textwrap import wrap
from typing import Literal

from ..instances import Instance
from ..languages import spelt
from .diagnosis import WITH_TIES, Component
from .final_law import Cell
from .foresight import Needed
from .tokens import AS_CLAIMED, near_laws
from .trace_test import Impossible

__all__ = ["ROOM", "Conformity", "Status"]

Status = Literal["conforms", "differs", "inconclusive"]

SPREAD = 12
"""Tokens on either side of a change that are written out."""

STABLE = """\
  ties: a stable sort of -score (numpy: kind="stable", torch: stable=True) takes the lowest of equal scores first;
  the policy with ties = "random" draws among them, as code does that sorts by -score and then by a random number"""

WIDEST = 56
"""Letters of a line of what was seen."""

ROOM = 1.25
"""Sequences to those that decide on average: fewer might by bad luck not do it."""

LOOSEST = 0.5
"""A larger total variation is no conformance."""

NO_DIFFERENCE = "no difference found"
"""What is said of the rest where a test did not end in ``conforms``."""


@dataclass(frozen=True)
class Conformity:
    """The outcome of a test of a sampler.

    Parameters
    ----------
    instance : Instance
    samples, calls : int
        Sequences drawn, in so many calls.
    status : {"conforms", "differs", "inconclusive"}
    log_evidence : float
        The most that there was after any call, in nats; infinite once the impossible was seen.
    components : mapping of str to Component
        "sizes", "positions", "tokens", "draw_before_choice" and "revealed" where steps were seen; "rows" always.
    followed : int
        Sequences whose steps were seen.
    steps : tuple of Impossible
        Steps that the claim forbids, the first of each kind and call.
    chosen_again : bool
        Whether code chose a position again that was revealed, as is seen when the network answers otherwise there.
    ties_tested : bool or None
        Whether enough equal scores were met to tell other orders of them from the claim's; None where there are none to
        tell, or the final law shows it.
    not_excluded : tuple of str
        Alternatives that should be told from the claim and were not, where the final law is out of reach.
    tied : bool
        Whether rounding may break ties of the policy: then the claim is the set of laws that arise so, and p the one
        with the ties as they are exactly.
    tv : tuple of float or None
        Total variation between the law drawn from and p: the empirical value, then both ends of the interval. Rows
        that are not independent count one a call in it. None where the final law is out of reach.
    closest : tuple of (str, float)
        Laws of the catalogue by ``(1/n) sum log r(X_i)`` over the possible sequences drawn (nats per sequence); where
        others were drawn too, r given that a sequence is possible.
    closest_tv : tuple of float or None
        As ``tv``, between the law drawn from and the closest one, with all that p forbids as one outcome; alpha is
        shared by all the laws that could be it.
    impossible : tuple of ((int, ...), int)
        Sequences that p forbids, or that hold a mask, with how often they were drawn, in the order of drawing.
    cells : tuple of Cell
        The three that differ most.
    tv_wanted, alpha : float
        What was asked.
    foresee : callable
        Works ``needed`` out.
    """

    instance: Instance
    samples: int
    calls: int
    status: Status
    log_evidence: float
    components: Mapping[str, Component]
    followed: int
    steps: tuple[Impossible, ...]
    chosen_again: bool
    ties_tested: bool | None
    not_excluded: tuple[str, ...]
    tied: bool
    tv: tuple[float, float, float] | None
    closest: tuple[tuple[str, float], ...]
    closest_tv: tuple[float, float, float] | None
    impossible: tuple[tuple[tuple[int, ...], int], ...]
    cells: tuple[Cell, ...]
    tv_wanted: float
    alpha: float
    foresee: Callable[[], Needed] = field(repr=False, compare=False)

    @cached_property
    def needed(self) -> Needed:
        """Sequences that would decide, if the sampler is right, as known before any was drawn."""
        return self.foresee()

    def __str__(self) -> str:
        return self.account()

    def account(self) -> str:
        """The outcome in words."""
        lines = [
            f"{self.status}: {self.samples} sequences against {self.instance.name}, the steps of {self.followed} seen",
            f"  evidence against it e^{self.log_evidence:.4g}; 1/alpha = e^{math.log(1 / self.alpha):.4g} is enough",
            *self._table(),
            *self._first_step(),
        ]
        if self.tied:
            lines.append("  some scores differ by no more than rounding: any choice between them counts as right")
        if WITH_TIES in getattr(self.components.get("positions"), "seen", ""):
            lines.append(STABLE)
        elif self.ties_tested is False and self.status != "differs":
            lines.append("  the rule for ties was not tested: too few positions had equal scores")
        if self.chosen_again:
            lines.append("  positions that are revealed already are chosen again")
        if self.status == "inconclusive" and self.not_excluded:
            lines.append(f"  not excluded yet: {'; '.join(self.not_excluded[:3])}")
        if self.status == "conforms" and self.tv is None:
            near = "; ".join(near_laws(self.instance.policy)) or "other choices of positions"
            lines.append(f"  excluded: {near}; smaller differences are not, and tv is not tested at this length")
            lines += [f"  {told}" for told in self.needed.told_of_temperatures()]
        if self.status == "inconclusive":
            lines += [f"  {self.needed.told()}", *self._deciding()]
        return "\n".join(lines + self._final_law())

    def _deciding(self) -> list[str]:
        """What to ask for in its place, and at which cost."""
        if self.needed.conforms is None:
            return []
        needed = self.needed.conforms if self.tv is None else math.ceil(ROOM * self.needed.conforms)
        enough = max(needed, math.ceil(ROOM * self.samples))
        told = f"  to decide: samples = {enough}, {enough / self.samples:.3g} times as long"
        if self.tv is not None and self.tv[2] < LOOSEST:
            told += f"; or tv = {math.ceil(self.tv[2] * 100) / 100:g}, which these sequences show"
        return [told]

    def _table(self) -> list[str]:
        """A line for each component."""
        rows = [("", "claimed", "seen", "evidence")]
        for name, part in self.components.items():
            evidence = "" if part.as_claimed else f"e^{part.log_evidence:.4g}"
            seen = NO_DIFFERENCE if part.seen == AS_CLAIMED and self.status != "conforms" else part.seen
            first, *rest = wrap(seen, WIDEST)
            rows += [(name.replace("_", " "), part.claimed, first, evidence), *(("", "", line, "") for line in rest)]
        widths = [max(len(row[k]) for row in rows) for k in range(4)]
        return [
            "  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
            for row in rows
        ]

    def _first_step(self) -> list[str]:
        """The first step that the claim forbids."""
        if not self.steps:
            return []
        first = self.steps[0]
        changed = [i for i, pair in enumerate(zip(first.before, first.after, strict=True)) if pair[0] != pair[1]]
        middle = changed[0] if changed else 0
        shown = slice(max(middle - SPREAD, 0), middle + SPREAD)
        before, after = (spelt(self.instance.language, y[shown]) for y in (first.before, first.after))
        place = f"call {first.call}, row {first.row}, step {first.step}, from position {shown.start}"
        return [
            f"  impossible ({first.component}): {place}",
            f"    before {before}",
            f"    after  {after}",
            *([f"    revealed {_listed(changed)}, where the claim reveals {_listed(first.due)}"] if first.due else []),
        ]

    def _final_law(self) -> list[str]:
        """What complete sequences say."""
        if self.tv is None:
            return []
        value, lo, hi = self.tv
        interval = f"between {lo:.4g} and {hi:.4g} with probability 1 - {self.alpha:g}"
        lines = [f"  total variation {value:.4g} as drawn; {interval}; {self.tv_wanted:g} is accepted"]
        if self.impossible:
            first, _ = self.impossible[0]
            often = sum(count for _, count in self.impossible)
            lines.append(f"  {often} of them impossible, the first {spelt(self.instance.language, first)}")
        if self.status == "differs":
            lines += [
                f"  {spelt(self.instance.language, cell.sequence)}: drawn {cell.drawn:.5f}, claimed {cell.claimed:.5f}"
                for cell in self.cells
            ]
        lines += [f"  {score:.6f} nats per sequence: {name}" for name, score in self.closest]
        if self.status == "differs" and self.closest_tv is not None:
            lines.append(f"  total variation from the closest of them at most {self.closest_tv[2]:.4g}")
        return lines


def _listed(positions: Sequence[int]) -> str:
    """The first few of them."""
    rest = "" if len(positions) <= SPREAD else f" and {len(positions) - SPREAD} more"
    return f"positions {', '.join(map(str, positions[:SPREAD]))}{rest}" if positions else "none"
