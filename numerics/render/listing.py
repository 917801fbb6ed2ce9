"""Tables on a screen, and as plain text for files and pipes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from tabulate import tabulate

from .table import Table, as_text

if TYPE_CHECKING:
    from rich.table import Table as ScreenTable

__all__ = ["on_screen", "plain"]


def plain(table: Table) -> str:
    """Aligned text, a row a line, nothing cut off; every row says all that it means, so that lines can be searched."""
    cells = [[as_text(cell) for cell in row] for row in table.rows]
    text = tabulate(cells, table.columns, tablefmt="simple", disable_numparse=True, colalign=_aligned(table))
    return "".join(f"{line.rstrip()}\n" for line in text.split("\n"))


def on_screen(table: Table) -> ScreenTable:
    """For a terminal of any width: long cells continue on the next line, those of the first column stay whole."""
    from rich.box import SIMPLE_HEAD  # here, since files and pipes do without
    from rich.table import Table as ScreenTable

    screen = ScreenTable(box=SIMPLE_HEAD, pad_edge=False, title=None)
    for c, column in enumerate(table.columns):
        justify: Literal["left", "right"] = "right" if table.is_numeric(c) else "left"
        screen.add_column(column, justify=justify, overflow="fold", no_wrap=c == 0)
    for row in table.rows:
        screen.add_row(*(as_text(cell) for cell in row))
    return screen


def _aligned(table: Table) -> list[str] | None:
    return ["right" if table.is_numeric(c) else "left" for c in range(len(table.columns))] if table.rows else None
