"""Fingerprints: a digest of what an instance is, the same on every machine and for every name that it is given."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import BadInput
from .explicit import dump

if TYPE_CHECKING:
    from .instance import Instance

__all__ = ["fingerprint"]

DIGITS = 32
"""Hexadecimal: 128 bits."""


FILES = ("path", "words", "symbols", "labels")
"""Keys that hold the path of a file."""


def fingerprint(instance: Instance) -> str:
    """SHA-256 of the canonical spec, cut to 128 bits.

    Names are left out. A file that the spec refers to counts by its content, wherever it lies.

    Parameters
    ----------
    instance : Instance

    Returns
    -------
    str
        32 hexadecimal digits. One law written in two ways, such as by name and as a table, has two fingerprints.

    Raises
    ------
    BadInput
        For an instance that no instance file can hold, or whose files can no longer be read.
    """
    canonical = {key: _anonymous(table) for key, table in dump(instance).items() if key != "name"}
    text = json.dumps(canonical, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()[:DIGITS]


def _anonymous(entry: Any) -> Any:
    """The entry without names of tokens, and with the content of each file in the place of its path."""
    if not isinstance(entry, dict):
        return entry
    kept = {key: value for key, value in entry.items() if key != "tokens"}
    return {key: _content(value) if key in FILES else _anonymous(value) for key, value in kept.items()}


def _content(path: str) -> str:
    stem, of_python, name = path.rpartition(".py:")
    file, tail = (f"{stem}.py", f":{name}") if of_python else (path, "")
    try:
        return hashlib.sha256(Path(file).read_bytes() + tail.encode()).hexdigest()
    except OSError as problem:
        raise BadInput(path, f"the file cannot be read ({problem.strerror})") from None
