"""Version of the code that measured a row: the package's, and a digest of the sources that measure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import cache
from importlib.metadata import version
from pathlib import Path

from maskbound import theory

__all__ = ["code_version", "digest"]

ABOVE = ("cli", "tables", "testing", "repl.py")
"""Folders that only call sweeps or read them."""

SUFFIXES = (".py", ".json", ".tsv")
"""Code, and the data that it reads."""


@cache
def code_version() -> str:
    """Version under which rows are kept beside their fingerprint, such as ``0.1.0+3f2a9c01b7d4``."""
    return f"{version('maskbound')}+{digest(Path(theory.__file__).parent, Path(__file__).parent.parent)}"


def digest(*folders: Path) -> str:
    """Of the paths and the contents of all sources in the folders, 12 hexadecimal digits."""
    total = hashlib.sha256()
    for folder in folders:
        for path in sorted(_sources(folder)):
            content = path.read_bytes()
            total.update(f"{path.relative_to(folder).as_posix()} {len(content)}\n".encode() + content)
    return total.hexdigest()[:12]


def _sources(folder: Path) -> Iterator[Path]:
    for path in folder.rglob("*"):
        if path.suffix in SUFFIXES and path.relative_to(folder).parts[0] not in ABOVE:
            yield path
