"""One step backwards of the probability that a given sequence is drawn, where long intervals forget their left ends.

Left ends are taken in panels of `WIDTH`. Intervals that end `LONG` or more behind a panel all depend on the left end in
one way: ``F(a, b) = way(a) F(left, b)``, left the first of the panel. This is not assumed: it is looked at where it
arises, and carried on by positive sums (proofs_notes/methods/chains-at-length.md). So a table is worked out next to its
diagonal, and farther away one row in `WIDTH`.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..._kernels.replay import advance_long
from ...numbers.enclosure import UNIT_ROUNDOFF as U
from .replay import BLOCK, Room, Step, add_up, fill, triangle

__all__ = ["Ways", "replay_long_step"]

Array = NDArray[np.float64]

WIDTH = 32
"""Left ends of a panel, a multiple of `BLOCK`."""

NEXT = 2
"""Panels behind a panel in which new positions may still tell its left ends apart."""

LONG = 48
"""Distance from the end of a panel at which ways are looked at."""


FORGOTTEN = 1e-12
"""Relative errors of all panels added that are accepted in a step."""


class Ways(NamedTuple):
    """How the long intervals of each panel depend on their left ends.

    Attributes
    ----------
    way : (panels, WIDTH+1) float64
        By left end, and for the first of the next panel; 1 for the first.
    apart : float
        The relative errors of all panels added, at most.
    """

    way: Array
    apart: float

    @classmethod
    def none(cls, L: int) -> Ways:
        """Where no interval is long."""
        return cls(np.ones((L // WIDTH + 1, WIDTH + 1)), 0.0)

    def kept(self, stay: float) -> Ways:
        """When each masked token of an interval stays so with this probability, to within ``8 u``."""
        return Ways(self.way * stay ** -np.arange(WIDTH + 1.0), self.apart) if stay > 0 else self


def replay_long_step(step: Step, room: Room, ways: Ways) -> tuple[Array, Ways] | None:
    """Tables before a step from those after it, that of F in ``room.before``, or nothing if long intervals have not
    forgotten their left ends.

    Parameters
    ----------
    step : Step
    room : Room
    ways : Ways
        Of ``step.F``.

    Returns
    -------
    R : (L+1,) float64
    ways : Ways

    Notes
    -----
    Cost ``O(L (H + WIDTH + LONG)^2 + L^3 / WIDTH)``. Subtraction-free.
    """
    L, H = len(step.F) - 1, step.seen
    least = max((1 + NEXT) * WIDTH + LONG, WIDTH + H + 1)
    stop = -(-(least + H) // BLOCK) * BLOCK - H
    """New positions after the first of a panel that are looked at for each left end."""
    count = max((L - H - 1 - stop) // WIDTH + 1, 0)
    right, parts = step.R.copy(), step.right_parts()
    nearby = L + 1 if count == 0 else stop + H + WIDTH + BLOCK
    room.settled[:, :nearby] = step.F[:, :nearby]
    for first in range(-H, L + 1, BLOCK):
        left = min(max((first - stop) // WIDTH + 1, 0), count) * WIDTH
        fill(step, room, parts, right, first, left, L)
    found = np.ones_like(ways.way)
    apart = 0.0
    for panel in range(count + NEXT if count else 0):
        found[panel], error = _way(panel * WIDTH, stop, panel < count, step, room, ways.way)
        apart += error
    if not apart <= FORGOTTEN:
        return None
    if count:
        _go_on(step, room, parts, right, stop, count, found)
    return right, Ways(found, apart)


def _way(left: int, stop: int, goes_on: bool, step: Step, room: Room, after: Array) -> tuple[Array, float]:
    """The way of one panel, and the largest relative difference from it of its known long intervals and, if it goes on,
    of all that longer ones are sums of.
    """
    L, H = len(step.F) - 1, step.seen
    ends = slice(L - left - WIDTH, L - left + 1)
    end, close = left + WIDTH, left + (1 + NEXT) * WIDTH
    new, before = triangle(room.N), triangle(room.before)
    rows = []
    if goes_on:
        rows.append(new[close - 1 : left + stop - 1, ends])
        if triangle(step.F)[left + stop - 1 :, L - left].any():
            panels = after[left // WIDTH : left // WIDTH + 1 + NEXT]
            starts = np.cumprod(np.append(1.0, panels[:-1, WIDTH]))
            weights = (panels[:, :WIDTH] * starts[:, None]).reshape(-1, 1)[1:]
            rows.append((panels[0, ::-1] + (weights * new[left : close - 1, ends]).sum(axis=0))[None])
    last = min(left + stop + H, L)
    seen = np.concatenate([*rows, before[end + LONG - 1 : last, ends]])[:, ::-1]
    seen = seen[seen.any(axis=1)]
    if not seen.all() or not len(seen):
        return np.ones(WIDTH + 1), math.inf if seen.size else 0.0
    ratios = seen / seen[:, :1]
    return ratios[-1], float((ratios.max(axis=0) / ratios.min(axis=0)).max()) - 1 + 8 * U


def _go_on(step: Step, room: Room, parts: Array, right: Array, stop: int, count: int, ways: Array) -> None:
    """Long intervals of the first ``count`` panels, by their first left ends."""
    F, R, _, far, _, mu, r, _, _ = step
    L, H = len(F) - 1, step.seen
    lefts = np.arange(count) * WIDTH
    N, settled, before = np.zeros((3, L + 1, count))
    onward = np.zeros(count)
    for first in range(stop, L + 1, BLOCK):
        last = min(first + BLOCK, L + 1)
        active = min((first - stop) // WIDTH + 1, count)
        if (first - stop) % WIDTH == 0 and active * WIDTH > first - stop:
            left = lefts[active - 1]
            c, ends = np.arange(left + 1, first), np.arange(first, min(first + H, L) + 1)
            N[c, active - 1] = room.N[c, c - left]
            settled[ends, active - 1] = room.settled[ends, ends - left]
        low, high = min(first + H, L), min(last + H, L)
        b = np.arange(low + 1, high + 1)[:, None]
        sums = F[b, b - lefts[:active]]
        if low < high:
            add_up(sums, F, low, high, N[1:first, :active], 1)
        settled[low + 1 : high + 1, :active] = sums
        advance_long(first, last, F, R, far, mu, r, H, parts, N, settled, before, onward)
    filled = triangle(room.before)
    for panel, left in enumerate(lefts):
        way, end = ways[panel, WIDTH - 1 :: -1], int(left) + stop + H + 1
        filled[end - 1 :, L - left - WIDTH + 1 : L - left + 1] = before[end:, panel, None] * way
        right[left : left + WIDTH] += onward[panel] * way[::-1]
