"""What commands print: tables, JSON, and a bar of progress."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console

    from ..tables.render import Table

__all__ = ["console", "print_json", "print_table", "progress"]

PATIENCE = 2.0
"""Seconds before a progress bar appears."""


def print_json(value: Any, indent: int | None = 1) -> None:
    print(json.dumps(value, indent=indent, allow_nan=False))


def print_table(built: Table) -> None:
    """For a person on a terminal, as wide as that is; else whole lines."""
    from ..tables.listing import on_screen, plain

    if sys.stdout.isatty():
        console().print(on_screen(built))
    else:
        print(plain(built), end="")
    for note in built.notes:
        print(note)


def console(stderr: bool = False) -> Console:
    """A console that takes text as it is: names may look like markup."""
    from rich.console import Console

    return Console(stderr=stderr, markup=False, highlight=False, emoji=False)


@contextmanager
def progress(total: float, what: str) -> Iterator[Callable[..., None]]:
    """A bar on stderr, on a terminal only, once the work has taken two seconds.

    Yields what advances it: by one step, or to a given point of ``total``, perhaps under another description.
    """
    screen = console(stderr=True)
    if not sys.stderr.isatty() or not screen.is_interactive:
        yield lambda reached=None, what=None: None
        return
    from rich.progress import Progress

    bar = Progress(console=screen, transient=True)
    task = bar.add_task(what, total=total)
    patience = threading.Timer(PATIENCE, bar.start)
    patience.daemon = True
    patience.start()

    def advance(reached: float | None = None, what: str | None = None) -> None:
        step = {"advance": 1} if reached is None else {"completed": min(reached, total)}
        bar.update(task, description=what, **step)

    try:
        yield advance
    finally:
        patience.cancel()
        patience.join()
        bar.stop()
