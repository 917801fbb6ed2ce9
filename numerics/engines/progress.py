"""How far a long draw is, for whoever shows it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

__all__ = ["reached", "watched"]

Watcher = Callable[[int, int], None]

_watcher: ContextVar[Watcher | None] = ContextVar("watcher", default=None)


def reached(done: int, total: int) -> None:
    """So many sequences are drawn, of so many at most."""
    watcher = _watcher.get()
    if watcher is not None:
        watcher(done, total)


@contextmanager
def watched(watcher: Watcher) -> Iterator[None]:
    """Meanwhile ``watcher(done, total)`` is called after each part of a draw."""
    before = _watcher.set(watcher)
    try:
        yield
    finally:
        _watcher.reset(before)
