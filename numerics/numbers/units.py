"""Nats and bits: measurements are made in nats, and may be reported in bits."""

from __future__ import annotations

import math
from dataclasses import replace
from enum import StrEnum

from ..errors import BadInput, shown
from .enclosure import Enclosure

__all__ = ["BELOW", "Unit", "converted", "read_unit", "shared", "worded"]

BELOW = math.log(2)
ABOVE = math.nextafter(BELOW, 1)
"""The two neighbours of ln 2 among float64."""


class Unit(StrEnum):
    """Of entropies and divergences."""

    nats = "nats"
    bits = "bits"


def read_unit(unit: str) -> Unit:
    """The unit of that name.

    Raises
    ------
    BadInput
        For any other word.
    """
    if unit not in list(Unit):
        raise BadInput("unit", f"found {shown(unit)}; nats or bits is accepted")
    return Unit(unit)


def worded(text: str, unit: str) -> str:
    """A text about nats, about the other unit."""
    return text.replace("nats", unit)


def converted(found: Enclosure, unit: str) -> Enclosure:
    """A number of nats in another unit, its ends rounded outwards.

    Examples
    --------
    >>> converted(Enclosure.exactly(0), "bits").hi
    0.0
    """
    if unit == Unit.nats or found.lo == found.hi == 0:
        return found
    lo = _divided(found.lo, ABOVE if found.lo >= 0 else BELOW, -math.inf)
    hi = _divided(found.hi, BELOW if found.hi >= 0 else ABOVE, math.inf)
    value = min(max(found.value / BELOW, lo), hi) if found.has_value else math.nan
    return replace(found, value=value, lo=lo, hi=hi, exact=None)


def shared(found: Enclosure, length: int) -> Enclosure:
    """A number over L, its ends rounded outwards.

    Examples
    --------
    >>> shared(Enclosure.exactly(1), 4).value
    0.25
    """
    lo, hi = _divided(found.lo, length, -math.inf), _divided(found.hi, length, math.inf)
    value = min(max(found.value / length, lo), hi) if found.has_value else math.nan
    return replace(found, value=value, lo=lo, hi=hi, exact=None)


def _divided(end: float, by: float, towards: float) -> float:
    return end if end == 0 or math.isinf(end) else math.nextafter(end / by, towards)
