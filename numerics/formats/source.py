"""Text files of other programs, read line by line within bounds; an error names the file and the line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..errors import BadInput, unread
from ..numbers.limits import require_memory

__all__ = ["Source", "about"]

LARGEST_FILE = 1 << 28
BYTES_A_BYTE = 12
"""Of memory for a byte of text, once its lines are strings and its entries are in tables."""

BLANKS = re.compile("[ \t]+")


class Source:
    """The lines of a text file.

    Parameters
    ----------
    path : str or Path
    key : str
        Name of the argument that holds the path, for messages.

    Raises
    ------
    BadInput
        When it is no regular file of UTF-8 text, or has more than 2^28 bytes.
    BeyondReach
        When its tables would not fit the memory.

    Notes
    -----
    Lines end at a line feed only, and fields at spaces and tabs only: words of a model may hold the other characters
    that Unicode counts as line ends or blanks.
    """

    def __init__(self, path: str | Path, key: str = "path") -> None:
        self.path, self.key = Path(path), key
        try:
            if self.path.exists() and not self.path.is_file():
                raise BadInput(key, f"{path} is no regular file; a text file is accepted")
            size = self.path.stat().st_size
            if size > LARGEST_FILE:
                raise BadInput(key, f"{path} has {size} bytes; at most {LARGEST_FILE} are accepted")
            require_memory(BYTES_A_BYTE * size, f"the model in {path}")
            text = self.path.read_bytes().decode("utf-8-sig")
        except (OSError, ValueError) as problem:
            raise BadInput(key, f"{path} {unread(problem, 'UTF-8 text')}") from None
        if "\0" in text:
            raise BadInput(key, f"{path} holds a zero byte, as binary files do; the text form of a model is accepted")
        self.lines = [line.removesuffix("\r") for line in text.split("\n")]

    def fields(self, line: int) -> list[str]:
        """The fields of a line; lines count from 1."""
        stripped = self.lines[line - 1].strip(" \t")
        return BLANKS.split(stripped) if stripped else []

    def fault(self, line: int, problem: str) -> BadInput:
        """The error of a line."""
        return BadInput(self.key, f"{self.path}, line {line}: {problem}")

    def __len__(self) -> int:
        """How many lines there are, the empty one after the last line feed not counted."""
        return len(self.lines) - (not self.lines[-1])


@contextmanager
def about(path: object, key: str = "path") -> Iterator[None]:
    """Say of every error inside that has no place of its own that the file has it."""
    try:
        yield
    except BadInput as problem:
        if problem.key:
            raise
        raise BadInput(key, f"{path}: {problem.problem}") from None
