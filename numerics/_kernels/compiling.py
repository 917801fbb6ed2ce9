"""Word of a compiler at work: the first use of a kernel compiles it, and the code is kept on disk."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from functools import cache
from typing import Any

__all__ = ["PATIENCE", "Watch", "listen", "tell"]

PATIENCE = 2.0
"""Seconds of compiling after which something is said."""


class Watch:
    """Adds up the time in which something is compiled, and speaks once when that is more than its patience."""

    def __init__(self, say: Callable[[], None]) -> None:
        self._say = say
        self._depth, self._spent, self._started = 0, 0.0, 0.0
        self._timer: threading.Timer | None = None

    def begin(self) -> None:
        """A kernel is compiled, perhaps for another one."""
        self._depth += 1
        if self._depth == 1 and self._spent < PATIENCE:
            self._started = time.monotonic()
            self._timer = threading.Timer(PATIENCE - self._spent, self._speak)
            self._timer.daemon = True
            self._timer.start()

    def end(self) -> None:
        """It is finished."""
        self._depth -= 1
        if self._depth == 0 and self._timer is not None:
            self._timer.cancel()
            self._timer = None
            self._spent += time.monotonic() - self._started

    def _speak(self) -> None:
        self._spent = PATIENCE
        self._say()


_said: list[Callable[[], None]] = []


def tell(say: Callable[[], None]) -> None:
    """Call this, once, when compiling has taken more than two seconds; to be asked before anything is compiled."""
    _said[:] = [say]


@cache
def listen() -> None:
    """Hear the compiler, where somebody wants to be told."""
    from numba.core import event

    class Heard(event.Listener):
        def __init__(self, watch: Watch) -> None:
            self._watch = watch

        def on_start(self, event: Any) -> None:
            self._watch.begin()

        def on_end(self, event: Any) -> None:
            self._watch.end()

    for say in _said:
        event.register("numba:compile", Heard(Watch(say)))
