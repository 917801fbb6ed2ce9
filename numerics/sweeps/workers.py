"""Who measures the instances of a sweep: this process, several on this machine, or a Dask cluster.

All three call one function, :func:`measured`, whose rows depend on the point and the settings only.
"""

from __future__ import annotations

import json
import os
import signal
import threading
import warnings
from collections.abc import Generator, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import active_children, get_context, parent_process

from ..engines.workspace import Workspace
from ..errors import BadInput, MaskboundError, RowsRescaled
from ..instances import Instance, parse
from ..metrics import measure_one
from .code import code_version
from .grid import Point, Settings
from .store import Row

__all__ = ["in_processes", "measured", "on_cluster", "outcomes"]

THREADS = "NUMBA_NUM_THREADS"
ATTEMPTS = 5


def measured(point: Point, settings: Settings) -> list[Row]:
    """A row for each quantity of a point; what fails, fails with a message."""
    if point.problem:
        return failed(point, point.problem)
    work = Workspace(_instance(point), settings.request)
    return [_row(work, point, quantity, settings.engine) for quantity in point.quantities]


def _instance(point: Point) -> Instance:
    """Silently: whoever read the grid was warned of its rows."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RowsRescaled)
        return parse(json.loads(point.spec))


def failed(point: Point, message: str, passing: bool = False) -> list[Row]:
    """The rows of a point of which nothing could be measured."""
    return [Row.failed(point.fingerprint, point.spec, quantity, message, passing) for quantity in point.quantities]


def _row(work: Workspace, point: Point, quantity: str, engine: str | None) -> Row:
    try:
        return Row.measured(point.fingerprint, point.spec, quantity, measure_one(work, quantity, engine))
    except MaskboundError as problem:
        return Row.failed(point.fingerprint, point.spec, quantity, str(problem))
    except (MemoryError, OSError) as problem:
        message = f"the machine ran short while it was measured ({type(problem).__name__}: {str(problem)[:200]})"
        return Row.failed(point.fingerprint, point.spec, quantity, message, passing=True)
    except Exception as problem:
        # One instance must not stop the others; the row says what to report.
        message = f"internal error ({type(problem).__name__}: {str(problem)[:200]})"
        return Row.failed(point.fingerprint, point.spec, quantity, message)


def outcomes(
    points: Iterable[Point], settings: Settings, jobs: int = 1, scheduler: str | None = None
) -> Generator[list[Row], None, None]:
    """The rows of each point as they are finished, in any order."""
    if scheduler is not None:
        yield from on_cluster(list(points), settings, scheduler)
    elif jobs == 1:
        yield from (measured(point, settings) for point in points)
    else:
        yield from in_processes(list(points), settings, jobs)


def in_processes(points: list[Point], settings: Settings, jobs: int) -> Generator[list[Row], None, None]:
    """On this machine. A point whose process is killed, for want of memory perhaps, fails with that message."""
    while points:
        finished: set[str] = set()
        try:
            for rows in _pool(points, settings, jobs):
                finished.add(rows[0].fingerprint)
                yield rows
            return
        except BrokenProcessPool:
            points = [point for point in points if point.fingerprint not in finished]
        # Those under way are the first of what is left: one by one, until the one that does it is found.
        while points:
            point = points.pop(0)
            try:
                yield from _pool([point], settings, 1)
            except BrokenProcessPool:
                message = "the process that measured it was killed; its memory may not have sufficed"
                yield failed(point, message, passing=True)
                break


def _pool(points: list[Point], settings: Settings, jobs: int) -> Generator[list[Row], None, None]:
    with _threads(max(1, len(os.sched_getaffinity(0)) // jobs)):
        others = set(active_children())
        # Forking a process that has threads is unsafe, and numba may have started some.
        pool = ProcessPoolExecutor(min(jobs, len(points)), get_context("spawn"), initializer=_end_with_parent)
        try:
            for future in as_completed([pool.submit(measured, point, settings) for point in points]):
                yield future.result()
        except BaseException:
            # What is under way may take minutes, and nobody waits for it.
            for child in set(active_children()) - others:
                child.kill()
            raise
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


@contextmanager
def _threads(count: int) -> Iterator[None]:
    """Processes started inside use so many threads each; numba reads it once, when it is imported."""
    before = os.environ.get(THREADS)
    os.environ[THREADS] = before or str(count)
    try:
        yield
    finally:
        if before is None:
            del os.environ[THREADS]


def _end_with_parent() -> None:
    """A process whose parent is killed would wait for work for ever; a parent that is interrupted ends it itself."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    def watch() -> None:
        parent = parent_process()
        if parent is not None:
            parent.join()
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def on_cluster(points: list[Point], settings: Settings, scheduler: str) -> Generator[list[Row], None, None]:
    """On the workers of a Dask scheduler, which must have the same version installed.

    A result that is lost on its way, as when a worker leaves, says nothing about its point: the point is asked again.
    """
    try:
        from distributed import CancelledError, Client
        from distributed import as_completed as finished
    except ImportError:
        raise BadInput("--scheduler", "Dask is not installed; pip install 'maskbound[cluster]' brings it") from None
    try:
        client = Client(scheduler, set_as_default=False)
    except (OSError, ValueError) as problem:
        raise BadInput("--scheduler", f"found {scheduler}, which does not answer ({problem})") from None
    with client:
        asked = {client.submit(measured, point, settings, pure=False): (point, 1) for point in points}
        answers = finished(list(asked), loop=client.loop)
        for future in answers:
            point, attempt = asked.pop(future)
            if future.status == "error":
                yield failed(point, f"the cluster could not measure it ({future.exception()!r:.200})", passing=True)
                continue
            try:
                if future.status == "finished":
                    yield _of_this_code(future.result(), scheduler)
                    continue
            except (CancelledError, OSError):
                pass
            if attempt == ATTEMPTS:
                raise BadInput(
                    "--scheduler", f"{scheduler} lost one instance {ATTEMPTS} times; what is finished is kept"
                )
            again = client.submit(measured, point, settings, pure=False)
            asked[again] = point, attempt + 1
            answers.add(again)


def _of_this_code(rows: list[Row], scheduler: str) -> list[Row]:
    for row in rows:
        if row.version != code_version():
            raise BadInput(
                "--scheduler", f"the workers of {scheduler} run maskbound {row.version}; {code_version()} is accepted"
            )
    return rows
