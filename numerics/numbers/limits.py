"""Limits of this machine: requests are estimated before memory or time is spent."""

from __future__ import annotations

import os

from ..errors import BeyondReach

__all__ = ["memory_budget", "power", "require_memory", "shown_bytes"]

BEYOND_COUNTING = 10**300


def memory_budget() -> int:
    """Bytes that one computation may take: half of the machine's memory."""
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2


def power(base: int, exponent: int) -> int:
    """``base ** exponent``, or 10^300 if that is less: estimates need not write out numbers of a million digits."""
    if base < 2 or exponent * (base.bit_length() - 1) < BEYOND_COUNTING.bit_length():
        return min(base**exponent, BEYOND_COUNTING)
    return BEYOND_COUNTING


def require_memory(needed: int, what: str, instead: str = "") -> None:
    """Refuse, before allocating, what would take more than the budget.

    Parameters
    ----------
    needed : int
        Estimate in bytes.
    what : str
        Subject of the sentence, e.g. ``"the table of V=27, L=9"``.
    instead : str
        What could be done in its place.
    """
    budget = memory_budget()
    if needed > budget:
        hint = f"; {instead}" if instead else ""
        raise BeyondReach(f"{what} needs {shown_bytes(needed)}, more than the {shown_bytes(budget)} there are{hint}")


def shown_bytes(count: int) -> str:
    """``count`` bytes as people say it: ``"1.5 GB"``."""
    size = float(min(count, BEYOND_COUNTING))
    for unit in ("B", "kB", "MB", "GB", "TB", "PB"):
        if size < 1000:
            return f"{size:.3g} {unit}"
        size /= 1000
    return f"{size:.3g} EB"
