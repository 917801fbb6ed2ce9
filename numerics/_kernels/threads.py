"""Independent pieces of work on several threads."""

from __future__ import annotations

import math
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from .jit import interpreting

__all__ = ["WORTH_THREADS", "for_each", "thread_count"]

WORTH_THREADS = 3e5
"""Operations that take as long as to start threads, some 0.3 ms."""


def thread_count() -> int:
    """Number of threads to use: the environment's ``NUMBA_NUM_THREADS``, by default one a processor."""
    given = os.environ.get("NUMBA_NUM_THREADS", "")
    if given.isdecimal():
        return max(int(given), 1)
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def for_each(kernel: Callable[..., None], first: int, last: int, *arguments: Any, operations: float = math.inf) -> None:
    """``kernel(k, *arguments)`` for ``first <= k < last``; on one thread if all ``operations`` are few.

    No piece may read what another writes. The threads are Python's, and kernels let go of the interpreter lock: this
    compiles three times faster than numba's parallel loops, uneven pieces share the threads well, and calling from
    several threads or forking a process that has called is safe.
    """
    several = operations > WORTH_THREADS and not interpreting.get()
    threads = min(thread_count(), last - first) if several else 1
    if threads <= 1:
        for k in range(first, last):
            kernel(k, *arguments)
        return
    pool = ThreadPoolExecutor(threads)
    try:
        for piece in [pool.submit(kernel, k, *arguments) for k in range(first, last)]:
            piece.result()
    finally:
        pool.shutdown(cancel_futures=True)
