"""Enclosures for the tables of the study: measured where something reaches, and functions of them."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

from ..engines.workspace import Request, Workspace
from ..errors import BadInput, BeyondReach
from ..metrics import measure_one
from ..numbers.enclosure import KINDS, Enclosure

__all__ = ["divided", "increasing", "kind", "known_or_drawn", "measured", "times", "total"]

LIBRARY = 2.0**-50
"""Relative allowance for a few roundings and the library's exp and log."""


def measured(work: Workspace, quantity: str, engine: str | None = None) -> Enclosure | None:
    """The quantity, by an engine or by any, or None where none reaches it."""
    try:
        return measure_one(work, quantity, engine)
    except (BadInput, BeyondReach):
        return None


def known_or_drawn(work: Workspace, quantity: str, drawing: Request) -> Enclosure | None:
    """The quantity as it is computed, or drawn where that is narrower; what was computed for others is used again."""
    known = measured(work, quantity)
    if known is not None and known.width <= drawing.width * abs(known.hi):
        return known
    drawn = measured(Workspace(work.instance, drawing), quantity, "sampled")
    return min((found for found in (known, drawn) if found is not None), key=lambda found: found.width, default=None)


def increasing(found: Enclosure | None, function: Callable[[float], float]) -> Enclosure | None:
    """A non-negative, non-decreasing function of an enclosure, of the same kind."""
    if found is None:
        return None
    lo, value, hi = function(found.lo), function(found.value), function(found.hi)
    lo, hi = max(lo - LIBRARY * abs(lo), 0.0), hi + LIBRARY * abs(hi) if math.isfinite(hi) else hi
    return replace(found, lo=lo, value=min(max(value, lo), hi), hi=hi, exact=None)


def divided(found: Enclosure | None, by: float) -> Enclosure | None:
    """A non-negative enclosure over a positive number."""
    return increasing(found, lambda x: x / by)


def times(above: Enclosure | None, below: Enclosure | None) -> Enclosure | None:
    """How many times one non-negative enclosure is of another that it is at least as large as; of the weaker kind."""
    if above is None or below is None:
        return None
    weakest = max(above, below, key=lambda one: KINDS.index(one.kind))
    lo = above.lo / below.hi * (1 - LIBRARY) if below.hi > 0 else 1.0
    hi = above.hi / below.lo * (1 + LIBRARY) if below.lo > 0 else math.inf
    value = above.value / below.value if below.value > 0 else math.nan
    lo, hi = max(lo, 1.0), max(hi, 1.0)
    return replace(weakest, lo=lo, value=min(max(value, lo), hi), hi=hi, exact=None)


def total(*found: Enclosure | None) -> Enclosure | None:
    """The sum, of the weakest kind among them; None if one of them is."""
    known = [one for one in found if one is not None]
    if len(known) < len(found):
        return None
    weakest = max(known, key=lambda one: KINDS.index(one.kind))
    lo, value, hi = (math.fsum(ends) for ends in zip(*((one.lo, one.value, one.hi) for one in known), strict=True))
    return replace(weakest, lo=math.nextafter(lo, -math.inf), value=value, hi=math.nextafter(hi, math.inf), exact=None)


def kind(found: Enclosure | None) -> str | None:
    """Kind of an enclosure, for the column beside the number."""
    return None if found is None else found.kind
