"""A sweep: what a grid asks for and a database lacks, measured and kept row by row."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from types import FrameType

from ..errors import BadInput
from .grid import Grid, Point
from .store import Row, Store, WriteFailed
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
    again : int
        Rows of an earlier run that had failed for a passing reason, and were tried again.
    passing : int
        Of the rows that failed now, how many for such a reason: the next run tries them again.
    empty : int
        Instances of the grid of which the database has no number.
    """

    instances: int
    measured: int
    failed: int
    first_failure: str
    again: int = 0
    passing: int = 0
    empty: int = 0


def missing(grid: Grid, store: Store) -> tuple[set[str], list[Point]]:
    """Fingerprints of the instances of the grid, and those of which the database lacks a quantity.

    Raises
    ------
    BadInput
        When no instance of the grid can be read, as where one of its keys is misspelt.
    """
    known, every, points, problems = store.known(), set(), [], []
    for point in grid.points():
        every.add(point.fingerprint)
        problems += [point.problem] if point.problem else []
        lacking = tuple(name for name in point.quantities if (point.fingerprint, name) not in known)
        if lacking:
            points.append(replace(point, quantities=lacking))
    if len(problems) == len(every):
        raise BadInput("grid", f"none of its {len(every)} instances can be read; the first: {problems[0]}")
    return every, points


def sweep(
    grid: Grid,
    store: Store,
    *,
    jobs: int = 1,
    scheduler: str | None = None,
    begin: Callable[[int, int], None] = lambda total, left: None,
    advance: Callable[[int], None] = lambda failures: None,
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
        Told how many instances there are and how many are left, and then of each that is finished how many of its
        quantities could not be measured.

    Returns
    -------
    Sweep

    Raises
    ------
    BadInput
        When no instance of the grid can be read, the database holds rows measured with other settings or cannot be
        written, or the scheduler does not answer.
    KeyboardInterrupt
        When it is interrupted. This and a failure to write say what is kept.
    """
    every, points = missing(grid, store)
    store.agree_on(grid.settings)
    size = len(every)
    passing = store.passing()
    again = sum((point.fingerprint, name) in passing for point in points for name in point.quantities)
    begin(size, len(points))
    failures: list[Row] = []
    kept = size - len(points)
    try:
        with _interrupts() as asked, closing(outcomes(points, grid.settings, jobs, scheduler)) as found:
            for rows in found:
                asked.storing = True
                store.add(rows)
                kept += 1
                asked.storing = False
                failed = [row for row in rows if row.is_failure]
                failures += failed
                advance(len(failed))
                if asked.met:
                    raise KeyboardInterrupt
    except KeyboardInterrupt:
        raise KeyboardInterrupt(_kept(kept, size, store)) from None
    except WriteFailed as problem:
        raise BadInput(problem.key, f"{problem.problem}; {_kept(kept, size, store)}") from None
    first = f"{failures[0].name}: {failures[0].message}" if failures else ""
    empty = len(every - store.with_numbers())
    return Sweep(size, len(points), len(failures), first, again, sum(row.passing for row in failures), empty)


@dataclass
class _Interrupts:
    """Whether one was met, and whether rows are being stored: none parts these from the count of what is kept."""

    met: bool = False
    storing: bool = False


@contextmanager
def _interrupts() -> Iterator[_Interrupts]:
    """Interrupts are raised at once and remembered: callbacks of C swallow them, imports make other errors of them."""
    found = _Interrupts()
    if threading.current_thread() is not threading.main_thread():
        yield found
        return

    def interrupt(number: int, frame: FrameType | None) -> None:
        found.met = True
        if not found.storing:
            raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, interrupt)
    try:
        yield found
    except Exception as problem:
        if found.met:
            raise KeyboardInterrupt from problem
        raise
    finally:
        signal.signal(signal.SIGINT, before)


def _kept(finished: int, size: int, store: Store) -> str:
    return f"{finished} of {size} instances are kept in {store.path}, and the next run measures the others"
