"""Arguments and options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ..errors import BadInput
from ..numbers.units import Unit

__all__ = ["AsJson", "Database", "InUnit", "Needs", "Seconds", "Spec", "Specs", "Unit", "Width", "needed"]


Specs = Annotated[
    list[str] | None, typer.Argument(metavar="[SPEC]...", help="Instance files, or names in the gallery.")
]


Spec = Annotated[
    str,
    typer.Argument(metavar="SPEC", help="An instance file (`keys` lists what goes into it), or a name in the gallery."),
]


Database = Annotated[Path | None, typer.Option("--db", metavar="FILE", help="Read the database of a sweep.")]


AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


InUnit = Annotated[Unit, typer.Option("--unit", help="Of entropies and divergences.")]


Needs = Annotated[
    list[str] | None,
    typer.Option(
        "--needs", metavar="NAME,...", help="What a claim assumes, such as exact-denoiser,chosen-first (`assumptions`)."
    ),
]


def needed(given: list[str] | None, claimed: bool = True) -> list[str]:
    """The names in ``--needs``, which may be given several times and separates by commas."""
    names = [name.strip() for text in given or () for name in text.split(",") if name.strip()]
    if names and not claimed:
        raise BadInput("--needs", "it says what a claim assumes; it is accepted with --claim")
    return names


Seconds = Annotated[float, typer.Option(help="Time that a measurement may be estimated to take.")]


Width = Annotated[float, typer.Option(help="Relative width wanted.")]
