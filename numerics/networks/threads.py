"""How many threads torch computes with."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch

__all__ = ["one_thread"]


@contextmanager
def one_thread() -> Iterator[None]:
    """Meanwhile torch has one thread: sums come out the same on any number of cores.

    Networks as small as ours gain little from a second thread, and take several times as long with it where other
    processes have the cores, as each waits for the other without rest.
    """
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
