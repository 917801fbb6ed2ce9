"""`engines`, `theorems`, `table` and `figure`: what there is, and the parts of a write-up."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..errors import BadInput
from .application import app
from .options import Specs
from .output import print_table, progress

if TYPE_CHECKING:
    from ..tables.cases import Case
    from ..tables.render import Table


class Format(StrEnum):
    """What `table` writes."""

    md = "md"
    latex = "latex"
    csv = "csv"
    json = "json"


SUFFIXES = {".md": Format.md, ".tex": Format.latex, ".csv": Format.csv, ".json": Format.json}


@app.command()
def engines() -> None:
    """Which engine measures which quantity, on what, at what cost, how surely."""
    from ..tables.registry import engines as engine_table

    print_table(engine_table())


@app.command()
def theorems(
    statement: Annotated[str | None, typer.Argument(metavar="[ID]", help="The id of a statement.")] = None,
) -> None:
    """List the statements, or show one with its formula, source, status and proof note."""
    from ..tables.statements import find_statement, statement_account, statement_list

    if statement is None:
        print_table(statement_list().only("id", "formula", "status", "tightest"))
    else:
        print(statement_account(find_statement(statement)))


@app.command()
def table(
    name: Annotated[str, typer.Argument(metavar="NAME", help="bounds, engines or statements.")],
    specs: Specs = None,
    fmt: Annotated[
        Format | None, typer.Option("--format", help="By default what the name of FILE says, or md.")
    ] = None,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Write to this file.")] = None,
) -> None:
    """Write one of the tables of a write-up."""
    from ..tables.render import render
    from ..tables.write import write_text

    written = SUFFIXES.get(out.suffix.lower(), Format.md) if out else Format.md
    text = render(_built(name, specs), fmt or written)
    if out is None:
        print(text, end="")
    else:
        write_text(out, text)


@app.command()
def figure(
    name: Annotated[str, typer.Argument(metavar="NAME", help="curve or english-curve.")],
    out: Annotated[
        Path, typer.Option(metavar="FILE", help="A .pdf, .svg or .png; data and caption go beside it: .csv and .txt.")
    ],
    specs: Specs = None,
) -> None:
    """Draw one of the figures of a write-up."""
    from ..tables.figures import FIGURES
    from ..tables.figures.write import require_target, write_figure

    if name not in FIGURES:
        raise BadInput("NAME", f"found {name!r}; one of {', '.join(FIGURES)} is accepted")
    require_target(out)
    table_name, declare = FIGURES[name]
    write_figure(out, declare(_built(table_name, specs)))


def _built(name: str, specs: list[str] | None) -> Table:
    """The table of that name, over instances if it is about instances."""
    from ..tables.cases import gallery_names, open_case
    from ..tables.registry import CASE_TABLES, PLAIN_TABLES

    if name in CASE_TABLES:
        cases = [open_case(spec) for spec in specs or gallery_names()]
        with progress(len(cases), "measuring") as advance:
            return CASE_TABLES[name](_each(cases, advance))
    if name not in PLAIN_TABLES:
        raise BadInput("NAME", f"found {name!r}; one of {', '.join([*CASE_TABLES, *PLAIN_TABLES])} is accepted")
    if specs:
        raise BadInput("SPEC", f"found {specs[0]!r}; {name!r} is not about instances")
    return PLAIN_TABLES[name]()


def _each(cases: Iterable[Case], advance: Callable[[], None]) -> Iterator[Case]:
    for case in cases:
        yield case
        advance()
