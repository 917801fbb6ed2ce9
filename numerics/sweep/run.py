"""A sweep: what a grid asks for and a database lacks, measured and kept row by row."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from .grid import Grid, Point
from .store import Store
from .workers import outcomes

__all__ = ["Sweep", "missing", "sweep"]


@dataclass(frozen=True)
class Sweep:
    """The outcome of a sweep.

    Parameters
    ----------
    instances : int
        Of the grid, each counted once.
    measured : int
        Of these, how many were not finished before.
    failed : int
        Rows written now that hold a message in the place of a number.
    first_failure : str
        The first such message.
    """

    instances: int
    measured: int
    failed: int
    first_failure: str


def missing(grid: Grid, store: Store) -> tuple[int, list[Point]]:
    """How many instances the grid has, and those of which the database lacks a quantity."""
    known, size, points = store.known(), 0, []
    for point in grid.points():
        size += 1
        lacking = tuple(name for name in point.quantities if (point.fingerprint, name) not in known)
        if lacking:
            points.append(replace(point, quantities=lacking))
    return size, points


def sweep(
    grid: Grid,
    store: Store,
    *,
    jobs: int = 1,
    scheduler: str | None = None,
    begin: Callable[[int, int], None] = lambda total, left: None,
    advance: Callable[[], None] = lambda: None,
) -> Sweep:
    """Measure what is missing; every instance is written as soon as it is finished.

    Parameters
    ----------
    grid : Grid
    store : Store
    jobs : int
        Processes on this machine; 1 is this process itself.
    scheduler : str, optional
        The address of a Dask scheduler, in the place of processes.
    begin, advance : callable
        Told how many instances there are and how many are left, and then of each that is finished.

    Returns
    -------
    Sweep

    Raises
    ------
    BadInput
        When the database holds rows measured with other settings, or the scheduler does not answer.
    """
    store.agree_on(grid.settings)
    size, points = missing(grid, store)
    begin(size, len(points))
    failures = []
    for rows in outcomes(points, grid.settings, jobs, scheduler):
        store.add(rows)
        failures += [f"{row.name}: {row.message}" for row in rows if row.is_failure]
        advance()
    return Sweep(size, len(points), len(failures), failures[0] if failures else "")
