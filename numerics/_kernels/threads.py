"""Independent pieces of work on several threads."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from numba import get_num_threads

__all__ = ["for_each"]


def for_each(kernel: Callable[..., None], first: int, last: int, *arguments: Any) -> None:
    """``kernel(k, *arguments)`` for ``first <= k < last``, on as many threads as numba is set to use.

    The pieces must not read what another writes. Threads that run a compiled loop without the interpreter lock,
    rather than a parallel loop inside it: it compiles three times faster, calls from several threads at once and
    from forked processes are safe, and uneven pieces share the threads well.
    """
    threads = min(get_num_threads(), last - first)
    if threads <= 1:
        for k in range(first, last):
            kernel(k, *arguments)
        return
    pool = ThreadPoolExecutor(threads)
    try:
        for done in [pool.submit(kernel, k, *arguments) for k in range(first, last)]:
            done.result()
    finally:
        pool.shutdown(cancel_futures=True)
