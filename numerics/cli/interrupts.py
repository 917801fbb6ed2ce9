"""Ctrl-C that is answered within two seconds, wherever the computation is.

Python hears an interrupt between two steps of its own; compiled code may be seconds or minutes away from the next. A
thread that the interpreter wakes at once waits for that, and then ends the process, saying what is kept.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

__all__ = ["answered", "keeping", "was_heard"]

PATIENCE = 2.0
"""Seconds in which the program may answer by itself."""
PRINTING = 20.0
"""Seconds more in which one that did answer prints what it has."""
INTERRUPTED = 130
KEPT = "what was written before is kept, the rest is not"

_kept: list[Callable[[], str]] = []
_heard = threading.Event()


def was_heard() -> bool:
    """Whether there was an interrupt; in the middle of an import or a callback it comes out as some other error."""
    return _heard.is_set()


@contextmanager
def keeping(sentence: Callable[[], str]) -> Iterator[None]:
    """Meanwhile an interrupt that the program itself does not answer in time is answered by this sentence."""
    _kept.append(sentence)
    try:
        yield
    finally:
        _kept.remove(sentence)


@contextmanager
def answered() -> Iterator[None]:
    """Interrupts of the program inside are answered in time; in threads and where there are no signals, as ever."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    done = threading.Event()
    _heard.clear()

    def interrupt(number: int, frame: FrameType | None) -> None:
        _heard.set()
        raise KeyboardInterrupt

    read, write = os.pipe()
    os.set_blocking(write, False)
    before = signal.signal(signal.SIGINT, interrupt)
    woken = signal.set_wakeup_fd(write, warn_on_full_buffer=False)
    threading.Thread(target=_watch, args=(read, done), daemon=True).start()
    try:
        yield
    finally:
        done.set()
        signal.set_wakeup_fd(woken)
        signal.signal(signal.SIGINT, before)
        os.close(write)


def _watch(read: int, done: threading.Event) -> None:
    while number := os.read(read, 1):
        if number[0] != signal.SIGINT:
            continue
        answers = _heard.wait(PATIENCE) and done.wait(PRINTING)
        if not answers and not done.is_set():
            _leave()
    os.close(read)


def _leave() -> None:
    try:
        said = _kept[-1]() if _kept else KEPT
        print(f"maskbound: interrupted: {said}", file=sys.stderr, flush=True)
    finally:
        os._exit(INTERRUPTED)
