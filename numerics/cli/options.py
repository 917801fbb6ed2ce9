"""Arguments and options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["AsJson", "Database", "Seconds", "Spec", "Specs"]


Specs = Annotated[
    list[str] | None, typer.Argument(metavar="[SPEC]...", help="Instance files, or names in the gallery.")
]


Spec = Annotated[str, typer.Argument(metavar="SPEC", help="An instance file, or a name in the gallery.")]


Database = Annotated[Path | None, typer.Option("--db", metavar="FILE", help="Read the database of a sweep.")]


AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


Seconds = Annotated[float, typer.Option(help="Time that a measurement may be estimated to take.")]
