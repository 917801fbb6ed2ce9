"""Files that are whole or not there at all."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from ..errors import BadInput

__all__ = ["write_bytes", "write_text"]


def write_text(path: str | Path, text: str) -> None:
    """Text as UTF-8; see :func:`write_bytes`."""
    write_bytes(path, text.encode("utf-8"))


def write_bytes(path: str | Path, content: bytes) -> None:
    """Write under a temporary name beside ``path`` and rename, so that an interrupted run leaves no half a file.

    A device or a pipe is written to directly; a link is followed.

    Raises
    ------
    BadInput
        When the file cannot be written.
    """
    target = Path(path)
    try:
        target = target.resolve()
        if target.is_dir():
            raise BadInput(str(path), "found a directory; the name of a file is accepted")
        if target.exists() and not target.is_file():
            target.write_bytes(content)
            return
        _replace(target, content)
    except (OSError, RuntimeError, ValueError) as problem:
        reason = getattr(problem, "strerror", None) or str(problem)
        raise BadInput(str(path), f"the file cannot be written ({reason})") from None


def _replace(target: Path, content: bytes) -> None:
    if target.exists() and not os.access(target, os.W_OK):
        raise PermissionError(0, "it is read-only")
    temporary = target.with_name(f".{target.name[:80]}.{secrets.token_hex(4)}.tmp")
    try:
        with temporary.open("xb") as stream:
            stream.write(content)
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)
