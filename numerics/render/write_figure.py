"""A figure as files: the drawing, the numbers in it as CSV beside it, and its caption and provenance as text."""

from __future__ import annotations

from pathlib import Path

from ..errors import BadInput
from .figure import Figure
from .table import render
from .write import write_bytes, write_text

__all__ = ["EXTENSIONS", "require_target", "write_figure"]

EXTENSIONS = (".pdf", ".svg", ".png")
"""The formats that a figure can be written in."""


def require_target(path: Path) -> None:
    """Refuse, before anything is measured, a name of another extension or in a folder that is not there."""
    if path.suffix.lower() not in EXTENSIONS:
        raise BadInput(str(path), f"found the extension {path.suffix!r}; {', '.join(EXTENSIONS)} are accepted")
    if not path.parent.is_dir():
        raise BadInput(str(path), f"there is no folder {str(path.parent)!r}")


def write_figure(path: Path, figure: Figure, drawing: bytes | None = None) -> None:
    """Write ``path``, and beside it the same name with ``.csv`` and ``.txt``; a drawing that is made is taken."""
    from .draw import drawn

    require_target(path)
    if drawing is None:
        drawing = drawn(figure, path.suffix.lower().removeprefix("."))
    write_text(path.with_suffix(".csv"), render(figure.table, "csv"))
    write_text(
        path.with_suffix(".txt"),
        "".join(f"{line}\n" for line in (figure.caption, *figure.table.notes, *figure.table.provenance)),
    )
    write_bytes(path, drawing)
