"""Output of the commands: tables, JSON, and a bar of progress."""

from __future__ import annotations

import json
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress

    from ..render.table import Table

__all__ = ["PATIENCE", "Remaining", "console", "print_json", "print_lines", "print_table", "progress"]

PATIENCE = 2.0
"""Seconds before a progress bar appears."""
LINE_EVERY = 60.0
"""Seconds between two lines about a long piece of work, where there is no terminal for a bar."""


def print_json(value: Any, indent: int | None = 1) -> None:
    print(json.dumps(value, indent=indent, allow_nan=False))


def print_table(built: Table) -> None:
    """For a person on a terminal, as wide as that is; else whole lines."""
    from ..render.listing import on_screen, plain

    if sys.stdout.isatty():
        console().print(on_screen(built))
    else:
        print(plain(built), end="")
    for note in built.notes:
        print(note)


def print_lines(text: str) -> None:
    """Lines as they are; on a terminal, those that are too wide go on below, further to the right."""
    if not sys.stdout.isatty():
        print(text)
        return
    width = console().width
    for line in text.splitlines():
        indent = " " * (len(line) - len(line.lstrip()))
        wrapped = textwrap.wrap(line, width, subsequent_indent=f"{indent}    ", break_on_hyphens=False)
        print("\n".join(wrapped))


def console(stderr: bool = False) -> Console:
    """A console that takes text as it is: names may look like markup."""
    from rich.console import Console

    return Console(stderr=stderr, markup=False, highlight=False, emoji=False)


def interactive() -> Console | None:
    """The console of stderr where that is a terminal which can show a bar; rich is imported for one only."""
    screen = console(stderr=True) if sys.stderr.isatty() else None
    return screen if screen is not None and screen.is_interactive else None


class Remaining:
    """How far a long piece of work is and how long it may still take: a bar on a terminal, else lines.

    The first line comes with the first piece that ends after two seconds, the others ``every`` so many.
    """

    def __init__(self, what: str, every: float = LINE_EVERY) -> None:
        self._every = every
        self._what = what
        self._bar: Progress | None = None
        self._started = time.monotonic()
        self._said = self._started - every + PATIENCE
        self._total = self._left = self._done = self._failures = 0

    def begin(self, total: int, left: int) -> None:
        """There are ``total`` pieces, of which ``left`` are to be done."""
        self._total, self._left = total, left
        screen = interactive()
        if screen is not None:
            from rich.progress import MofNCompleteColumn, Progress

            self._bar = Progress(*Progress.get_default_columns(), MofNCompleteColumn(), console=screen)
            self._task = self._bar.add_task(self._what, total=total, completed=total - left)
            self._bar.start()

    def advance(self, failures: int = 0) -> None:
        """One piece is done, in which so many things failed."""
        self._done += 1
        self._failures += failures
        failed = f", {self._failures} failed" if self._failures else ""
        if self._bar is not None:
            self._bar.update(self._task, advance=1, description=f"{self._what}{failed}")
        elif time.monotonic() - self._said >= self._every:
            self._said = time.monotonic()
            finished = self._total - self._left + self._done
            seconds = (self._said - self._started) / self._done * (self._left - self._done)
            print(
                f"{self._what}: {finished} of {self._total}{failed}, about {_span(seconds)} left",
                file=sys.stderr,
                flush=True,
            )

    def reach(self, done: int, total: int) -> None:
        """So many pieces of ``total`` are done, where nobody says when they begin; lines only."""
        if done < self._done:
            self._started = time.monotonic()
            self._said = self._started - self._every + PATIENCE
        self._total = self._left = total
        self._done = done - 1
        self.advance()

    def end(self) -> None:
        """Leave the terminal as it was."""
        if self._bar is not None:
            self._bar.stop()


def _span(seconds: float) -> str:
    """A time in the unit in which a person would say it."""
    for unit, length in (("h", 3600), ("min", 60)):
        if seconds >= 2 * length:
            return f"{seconds / length:.0f} {unit}"
    return f"{seconds:.0f} s"


@contextmanager
def progress(total: float, what: str) -> Iterator[Callable[..., None]]:
    """A bar on stderr, on a terminal only, once the work has taken two seconds.

    Yields what advances it: by one step, or to a given point of ``total``, perhaps under another description.
    """
    screen = interactive()
    if screen is None:
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
