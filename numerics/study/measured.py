"""Enclosures for the tables of the study: measured where something reaches, and functions of them."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

from ..engines.workspace import Workspace
from ..errors import BadInput, BeyondReach
from ..metrics import measure_one
from ..numbers.enclosure import KINDS, Enclosure

__all__ = ["increasing", "kind", "measured", "total"]

LIBRARY = 2.0**-50
"""Relative allowance for a few roundings and the library's exp and log."""


def measured(work: Workspace, quantity: str) -> Enclosure | None:
    """The quantity, or None where no engine reaches it."""
    try:
        return measure_one(work, quantity)
    except (BadInput, BeyondReach):
        return None


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
