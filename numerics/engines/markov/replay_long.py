"""One step backwards of the probability that a given sequence is drawn, where long intervals forget their left ends.

Left ends are taken in panels of `WIDTH`. Intervals that end `LONG` or more behind a panel all depend on the left end in
one way: ``F(a, b) = way(a) F(left, b)``, left the first of the panel. This is not assumed: it is looked at where it
arises, and carried on by positive sums (proofs_notes/methods/chains-at-length.md). So a table is worked out and kept
next to its diagonal, and farther away one row in `WIDTH`.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..._kernels.replay import advance_long
from ...numbers.enclosure import UNIT_ROUNDOFF as U
from .products import product
from .replay import BLOCK, CHUNK, Room, Step, add_up, fill, triangle

__all__ = ["Long", "Ways", "replay_long_step"]

Array = NDArray[np.float64]

WIDTH = 32
"""Left ends of a panel, a multiple of `BLOCK`."""

NEXT = 2
"""Panels behind a panel in which new positions may still tell its left ends apart."""

LONG = 48
"""Distance from the end of a panel at which ways are looked at."""

FORGOTTEN = 1e-12
"""Relative errors of all panels added that are accepted in a step."""


class Long(NamedTuple):
    """Which intervals are long.

    Attributes
    ----------
    stop : int
        New positions after the first of a panel that are looked at for each left end.
    distance : int
        From the first of a panel on, to the ends of its long intervals.
    panels : int
        How many have any.
    columns : int
        Distances in a table at which no interval is long, and some more.
    """

    stop: int
    distance: int
    panels: int
    columns: int

    @classmethod
    def of(cls, L: int, H: int) -> Long:
        least = max((1 + NEXT) * WIDTH + LONG, WIDTH + H + 1)
        stop = -(-(least + H) // BLOCK) * BLOCK - H
        panels = max((L - H - 1 - stop) // WIDTH + 1, 0)
        columns = min(stop + H + WIDTH + BLOCK, L + 1) if panels else L + 1
        return cls(stop, stop + H + 1, panels, columns)

    @property
    def lefts(self) -> NDArray[np.int64]:
        return np.arange(self.panels) * WIDTH


class Ways(NamedTuple):
    """How the long intervals of each panel depend on their left ends.

    Attributes
    ----------
    way : (panels, WIDTH+1) float64
        By left end, and for the first of the next panel; 1 for the first.
    far : (L+1, long.panels) float64
        ``F(left, b)`` by end, and panel; zero if the interval is not long.
    apart : float
        The relative errors of all panels added, at most.
    """

    way: Array
    far: Array
    apart: float

    @classmethod
    def none(cls, L: int, long: Long) -> Ways:
        """Where every long interval has probability 0."""
        return cls(np.ones((L // WIDTH + 1, WIDTH + 1)), np.zeros((L + 1, long.panels)), 0.0)

    def kept(self, keep: Array, long: Long) -> Ways:
        """When all masked tokens of an interval of gap d stay so with probability ``keep[d]``, to within ``8 u``."""
        stay = float(keep[2])
        way = self.way * stay ** -np.arange(WIDTH + 1.0) if stay > 0 else self.way
        distance = np.arange(len(self.far))[:, None] - long.lefts
        return self._replace(way=way, far=self.far * keep[np.maximum(distance, 0)])

    def fill_in(self, F: Array, long: Long) -> None:
        """The long intervals of all left ends."""
        L, filled = len(F) - 1, triangle(F)
        for panel, left in enumerate(long.lefts):
            end, way = left + long.distance, self.way[panel, WIDTH - 1 :: -1]
            filled[end - 1 :, L - left - WIDTH + 1 : L - left + 1] = self.far[end:, panel, None] * way


def replay_long_step(step: Step, room: Room, ways: Ways, long: Long) -> tuple[Array, Ways] | None:
    """Tables before a step from those after it, that of F in ``room.before`` and the ways, or nothing if long intervals
    have not forgotten their left ends.

    Parameters
    ----------
    step : Step
        Long intervals in ``F`` may be anything.
    room : Room
    ways : Ways
        Of ``step.F``.
    long : Long

    Returns
    -------
    R : (L+1,) float64
    ways : Ways

    Notes
    -----
    Cost ``O(L (H + WIDTH + LONG)^2 + L^3 / WIDTH^2)``. Subtraction-free.
    """
    L, H = len(step.F) - 1, step.seen
    right, parts = step.R.copy(), step.right_parts()
    room.settled[:, : long.columns] = step.F[:, : long.columns]
    for first in range(-H, L + 1, BLOCK):
        left = min(max((first - long.stop) // WIDTH + 1, 0), long.panels) * WIDTH
        fill(step, room, parts, right, first, left, L)
    way = np.ones_like(ways.way)
    apart = 0.0
    new, before = triangle(room.N), triangle(room.before)
    for panel in range(long.panels + NEXT if long.panels else 0):
        way[panel], error = _way(panel, new, before, step, ways, long)
        apart += error
    if not apart <= FORGOTTEN:
        return None
    far = _go_on(step, room, parts, right, ways, way, long)
    return right, Ways(way, far, apart)


def _way(panel: int, new: Array, before: Array, step: Step, after: Ways, long: Long) -> tuple[Array, float]:
    """The way of one panel, and the largest relative difference from it of its known long intervals and, if it goes on,
    of all that longer ones are sums of.
    """
    L, left = len(step.F) - 1, panel * WIDTH
    ends = slice(L - left - WIDTH, L - left + 1)
    end, close, last = left + WIDTH, left + (1 + NEXT) * WIDTH, min(left + long.distance - 1, L)
    rows = []
    if panel < long.panels:
        rows.append(new[close - 1 : left + long.stop - 1, ends])
        b = np.arange(left + long.stop, last + 1)
        if step.F[b, b - left].any() or after.far[:, panel].any():
            panels = after.way[panel : panel + 1 + NEXT]
            starts = np.cumprod(np.append(1.0, panels[:-1, WIDTH]))
            weights = (panels[:, :WIDTH] * starts[:, None]).reshape(-1, 1)[1:]
            rows.append((panels[0, ::-1] + (weights * new[left : close - 1, ends]).sum(axis=0))[None])
    seen = np.concatenate([*rows, before[end + LONG - 1 : last, ends]])[:, ::-1]
    seen = seen[seen.any(axis=1)]
    if not seen.all() or not len(seen):
        return np.ones(WIDTH + 1), math.inf if seen.size else 0.0
    ratios = seen / seen[:, :1]
    return ratios[-1], float((ratios.max(axis=0) / ratios.min(axis=0)).max()) - 1 + 8 * U


def _go_on(step: Step, room: Room, parts: Array, right: Array, after: Ways, way: Array, long: Long) -> Array:
    """Long intervals by the first left ends of panels, (L+1, long.panels)."""
    F, R, _, far, _, mu, r, _, _ = step
    L, H = len(F) - 1, step.seen
    N, settled, before = np.zeros((3, L + 1, long.panels))
    weighed = np.zeros((long.panels, long.panels))
    """New positions of a panel, by panel and left end, each times its way after the step."""
    onward = np.zeros(long.panels)
    for first in range(long.stop, L + 1 if long.panels else 0, BLOCK):
        last = min(first + BLOCK, L + 1)
        active = min((first - long.stop) // WIDTH + 1, long.panels)
        behind = active * WIDTH
        if (first - long.stop) % WIDTH == 0 and behind > first - long.stop:
            left = behind - WIDTH
            c, ends = np.arange(left + 1, first), np.arange(first, min(first + H, L) + 1)
            N[c, active - 1] = room.N[c, c - left]
            settled[ends, active - 1] = room.settled[ends, ends - left]
            weighed[active - 1] = product(after.way[active - 1 : active, :WIDTH], N[left:behind])[0]
        low, high = min(first + H, L), min(last + H, L)
        if low < high:
            known = after.far[low + 1 : high + 1, :active]
            sums = known.copy()
            for k in range(0, active, CHUNK):
                sums += product(known[:, k : k + CHUNK], weighed[k : min(k + CHUNK, active), :active])
            add_up(sums, F, low, high, N[behind:first, :active], behind)
            settled[low + 1 : high + 1, :active] = sums
        advance_long(first, last, F, R, far, mu, r, H, parts, N, settled, before, onward)
    for panel, left in enumerate(long.lefts):
        right[left : left + WIDTH] += onward[panel] * way[panel, :WIDTH]
    return before
