"""How results show themselves in a notebook, and how they become frames of pandas."""

from __future__ import annotations

import html
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tabulate import tabulate

from .errors import BadInput
from .latex import LatexColumn, latex_table, latex_text
from .numbers.digits import shown_float
from .numbers.enclosure import Enclosure

if TYPE_CHECKING:
    from pandas import DataFrame

__all__ = ["MOST_ROWS", "AsTable", "Formula", "Rows", "latex_cell"]

MOST_ROWS = 60
"""Of a table in a notebook; a frame has all."""


@dataclass(frozen=True)
class Formula:
    """A formula as people type it, and in LaTeX."""

    text: str
    latex: str

    def __str__(self) -> str:
        return self.text


def latex_cell(cell: Any, text: str) -> str:
    """A cell that readers see as ``text``, in LaTeX."""
    return f"${cell.latex}$" if isinstance(cell, Formula) else latex_text(text)


@dataclass(frozen=True)
class Rows:
    """Rows of cells under headings, a title, and remarks that are printed below."""

    columns: Sequence[str]
    rows: Sequence[Sequence[Any]]
    title: str = ""
    notes: Sequence[str] = ()

    def without(self, *columns: str) -> Rows:
        """The same but for these columns."""
        kept = [c for c, column in enumerate(self.columns) if column not in columns]
        heads, *rows = ([row[c] for c in kept] for row in (self.columns, *self.rows))
        return Rows(heads, rows, self.title, self.notes)

    def html(self) -> str:
        """As a table of HTML, numbers with the digits that are certain and their interval as a tooltip."""
        head = "".join(f"<th>{html.escape(column)}</th>" for column in self.columns)
        body = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in self.rows[:MOST_ROWS])
        caption = f"<caption>{html.escape(self.title)}</caption>" if self.title else ""
        left = len(self.rows) - MOST_ROWS
        notes = "".join(f"<p>{html.escape(note)}</p>" for note in self.notes)
        more = f"<p>and {left} more rows, in <code>to_frame()</code></p>" if left > 0 else ""
        return f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{more}{notes}"

    def text(self) -> str:
        """For a terminal, numbers with the digits that are certain."""
        cells = [["" if cell is None else _text(cell) for cell in row] for row in self.rows]
        numeric = [any(isinstance(row[c], Enclosure | float) for row in self.rows) for c in range(len(self.columns))]
        aligned = ["right" if number else "left" for number in numeric] if cells else None
        table = tabulate(cells, self.columns, tablefmt="plain", disable_numparse=True, colalign=aligned)
        return "\n".join([table, *self.notes])

    def latex(self, caption: str) -> str:
        """In LaTeX, with that caption or the title."""
        columns = []
        for c, heading in enumerate(self.columns):
            cells = [row[c] for row in self.rows]
            texts = tuple("" if cell is None else _text(cell) for cell in cells)
            numeric = any(isinstance(cell, Enclosure | float) for cell in cells)
            written = tuple(map(latex_cell, cells, texts))
            columns.append(LatexColumn(heading, written, texts, numeric))
        return latex_table(latex_text(caption or self.title), columns, tuple(map(latex_text, self.notes)))

    def frame(self) -> DataFrame:
        """As a frame of pandas; a column of enclosures becomes three, the value and the ends ``_lo`` and ``_hi``.

        Raises
        ------
        BadInput
            When pandas is not installed.
        """
        try:
            from pandas import DataFrame
        except ImportError:
            raise BadInput("to_frame", "pandas is not installed; `pip install pandas` adds it") from None
        data: dict[str, list[Any]] = {}
        for c, column in enumerate(self.columns):
            cells = [row[c] for row in self.rows]
            if any(isinstance(cell, Enclosure) for cell in cells):
                for name in ("value", "lo", "hi"):
                    key = column if name == "value" else f"{column}_{name}"
                    data[key] = [_end(cell, name) for cell in cells]
            else:
                data[column] = [
                    cell if isinstance(cell, bool | int | float) or cell is None else str(cell) for cell in cells
                ]
        return DataFrame(data)


class AsTable:
    """A result that a notebook shows as a table."""

    def table(self) -> Rows:
        """The rows that are shown."""
        raise NotImplementedError

    def to_frame(self) -> DataFrame:
        """As a frame of pandas (which must be installed); enclosures become three columns: value, ``_lo``, ``_hi``."""
        return self.table().frame()

    def to_latex(self, caption: str = "") -> str:
        """In LaTeX, for a document with ``\\usepackage{array,booktabs,longtable}``."""
        return self.table().latex(caption)

    def _repr_html_(self) -> str:
        return self.table().html()


def _end(cell: Any, name: str) -> float:
    if isinstance(cell, Enclosure):
        return float(getattr(cell, name))
    return math.nan if cell is None else float(cell)


def _text(cell: Any) -> str:
    return shown_float(cell) if isinstance(cell, float) else str(cell)


def _cell(cell: Any) -> str:
    if isinstance(cell, Enclosure):
        return f"<td style='text-align: right'>{cell._repr_html_()}</td>"
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return f"<td style='text-align: right'>{shown_float(cell) if isinstance(cell, float) else cell}</td>"
    return f"<td style='text-align: left'>{'' if cell is None else html.escape(str(cell))}</td>"
