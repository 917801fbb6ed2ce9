"""Arrays in ``.npz`` files, read within bounds: nothing is ever unpickled."""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import BadInput, unread
from .limits import require_memory

__all__ = ["read_arrays"]

UNREADABLE = (OSError, ValueError, EOFError, TypeError, RuntimeError, MemoryError, zipfile.BadZipFile, zlib.error)
"""The exceptions that zipfile and numpy raise on a file that is not a sound ``.npz``."""


def read_arrays(path: str | Path) -> dict[str, NDArray[Any]]:
    """The arrays of real numbers in a file, by name.

    Raises
    ------
    BadInput
        For a file that is no sound ``.npz``, or whose arrays hold anything but real numbers.
    BeyondReach
        When they do not fit the memory.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(member.file_size for member in archive.infolist())
            require_memory(2 * size, f"the arrays in {path}")
        with np.load(path, allow_pickle=False) as held:
            arrays = {name: held[name] for name in held.files}
    except UNREADABLE as problem:
        raise BadInput("path", f"{path} {unread(problem, 'an .npz')}") from None
    for name, array in arrays.items():
        if not isinstance(array, np.ndarray):
            raise BadInput("path", f"{path} holds {name}, which is no array")
        if array.dtype.kind not in "fiu":
            raise BadInput(f"path.{name}", f"found entries of type {array.dtype}; real numbers are accepted")
    return arrays
