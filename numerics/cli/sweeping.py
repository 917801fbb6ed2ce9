"""`sweep`: grids of instances, measured into a database."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from ..errors import BadInput
from .application import BAD_INPUT, app, require, say
from .interrupts import keeping
from .output import Remaining


@app.command(epilog="Example: maskbound sweep grid.toml --db results.db")
def sweep(
    grid: Annotated[Path, typer.Argument(metavar="GRID", help="A grid file: a base instance and lists of values.")],
    db: Annotated[Path, typer.Option("--db", metavar="FILE", help="The SQLite database that the rows go to.")],
    jobs: Annotated[
        int | None, typer.Option("--jobs", metavar="N", help="Processes on this machine; by default one a processor.")
    ] = None,
    scheduler: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="Measure on a Dask cluster, such as tcp://host:8786.")
    ] = None,
) -> int:
    """Measure a grid of instances. Rows are written as they finish; run again, it computes only what is missing.

    The status is 2 when nothing can be measured.
    """
    from ..sweeps import Grid, Store
    from ..sweeps import sweep as run

    if jobs is not None and scheduler is not None:
        raise BadInput("--jobs", "found it next to --scheduler; one of them is accepted")
    jobs = len(os.sched_getaffinity(0)) if jobs is None else jobs
    require("--jobs", jobs, 0 < jobs <= 1024, "a whole number from 1 to 1024")
    work, left = Grid.load(grid), Remaining("measuring")
    with Store(db) as store:
        try:
            with keeping(lambda: f"the rows that are written stay in {db}, and the next run measures the others"):
                done = run(work, store, jobs=jobs, scheduler=scheduler, begin=left.begin, advance=left.advance)
        finally:
            left.end()
    without = f", {done.empty} of them without a number" if done.empty else ""
    print(f"{done.instances} instances in {db}{without}; {done.measured} were new to it")
    if done.again:
        print(f"{done.again} quantities that had failed for a passing reason were tried again")
    if done.failed:
        later = f" ({done.passing} for a passing reason: the next run tries them again)" if done.passing else ""
        say(f"{done.failed} quantities could not be measured{later}; the first: {done.first_failure}")
    return BAD_INPUT if done.empty == done.instances else 0
