"""One row model, four formats: Markdown, LaTeX (booktabs), CSV and JSON."""

from __future__ import annotations

import csv
import io
import json
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from tabulate import tabulate

from ..display import Formula, Rows, latex_cell
from ..latex import LatexColumn, latex_table, latex_text
from ..numbers.digits import shown, shown_float, shown_interval
from ..numbers.enclosure import Enclosure
from ..numbers.logform import LogForm
from .symbols import symbol_of_column

if TYPE_CHECKING:
    from pandas import DataFrame

__all__ = ["FORMATS", "Formula", "Table", "as_json", "as_text", "column_texts", "render"]

LONGEST_EXACT = 200_000
"""Bits in the arguments of a log form that is written out."""

FORMULA_STARTS = ("=", "+", "-", "@", "\t")
"""First characters of cells that a spreadsheet would take for formulas."""


@dataclass(frozen=True)
class Table:
    """Rows of cells under headings.

    Parameters
    ----------
    title : str
        What the table shows, with units.
    columns : tuple of str
    rows : tuple of tuples
        Cells: text, formulas, numbers, enclosures, or None where there is nothing to say.
    notes : tuple of str
        Remarks, printed below.
    nats : tuple of str
        Columns in nats, beside those that bear the name of a quantity.
    without_unit : tuple of int
        Rows in which these columns are something else, as where verdicts compare probabilities.
    provenance : tuple of str
        Versions, seeds and fingerprints of instances, a fact a line; for JSON and for the file beside the others.
    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    notes: tuple[str, ...] = field(default_factory=tuple)
    provenance: tuple[str, ...] = field(default_factory=tuple)
    nats: tuple[str, ...] = ()
    without_unit: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        for row in self.rows:
            if len(row) != len(self.columns):
                raise ValueError(f"a row of {len(row)} cells under {len(self.columns)} columns: {row}")

    def only(self, *columns: str) -> Table:
        """The same table with these columns."""
        kept = [self.columns.index(column) for column in columns]
        rows = tuple(tuple(row[c] for c in kept) for row in self.rows)
        return replace(self, columns=columns, rows=rows)

    def to_frame(self) -> DataFrame:
        """As a frame of pandas; a column of enclosures becomes three: the value, ``_lo`` and ``_hi``."""
        return Rows(self.columns, self.rows, self.title).frame()

    def to_latex(self) -> str:
        """In LaTeX, for a document with ``\\usepackage{array,booktabs,longtable}``."""
        return _latex(self)

    def _repr_html_(self) -> str:
        return Rows(self.columns, self.rows, self.title).html()

    def is_numeric(self, column: int) -> bool:
        """Whether a column holds numbers and nothing else."""
        cells = [row[column] for row in self.rows if row[column] is not None]
        return bool(cells) and all(isinstance(cell, int | float | Enclosure) for cell in cells)


def render(table: Table, fmt: str) -> str:
    """The table as text in one of ``FORMATS``; for readers, numbers show only digits that their enclosure supports."""
    return FORMATS[fmt](table)


def as_json(cell: Any) -> Any:
    """A cell as JSON: enclosures as objects, infinity as the string ``"inf"``, what is not defined as null."""
    if isinstance(cell, Enclosure):
        found = {"value": as_json(cell.value), "lo": as_json(cell.lo), "hi": as_json(cell.hi), "kind": cell.kind}
        if cell.engine:
            found["engine"] = cell.engine
        notes = [cell.note] if cell.note else []
        if isinstance(cell.exact, LogForm) and cell.exact.bits > LONGEST_EXACT:
            notes.append(f"the exact number, with arguments of {cell.exact.bits} bits, is not written out")
        elif cell.exact is not None:
            found["exact"] = str(cell.exact)
        if cell.confidence is not None:
            found["confidence"] = cell.confidence
        if notes:
            found["note"] = "; ".join(notes)
        return found
    if isinstance(cell, Formula):
        return cell.text
    if isinstance(cell, float):
        return float(cell) if math.isfinite(cell) else None if math.isnan(cell) else "inf" if cell > 0 else "-inf"
    return cell


def as_text(cell: Any) -> str:
    """A cell for readers."""
    if cell is None:
        return "-"
    if isinstance(cell, Enclosure):
        return shown(cell)
    return shown_float(cell) if isinstance(cell, float) else str(cell)


def column_texts(cells: Sequence[Any]) -> tuple[str, ...]:
    """Cells of one column for readers: where a number that was drawn is shown as an interval, all that were are.

    Examples
    --------
    >>> near = Enclosure(4.82, 4.811, 4.839, "statistical", confidence=0.99)
    >>> far = Enclosure(9.98, 9.933, 9.994, "statistical", confidence=0.99)
    >>> column_texts([near]), column_texts([near, far])
    (('4.8',), ('[4.811, 4.839]', '[9.933, 9.994]'))
    """
    texts = tuple(map(as_text, cells))
    drawn = [isinstance(cell, Enclosure) and cell.kind == "statistical" for cell in cells]
    if not any(each and text.startswith("[") for each, text in zip(drawn, texts, strict=True)):
        return texts
    return tuple(
        shown_interval(cell.lo, cell.hi) if each and cell.lo < cell.hi else text
        for cell, each, text in zip(cells, drawn, texts, strict=True)
    )


def _json(table: Table) -> str:
    rows = [dict(zip(table.columns, (as_json(cell) for cell in row), strict=True)) for row in table.rows]
    written = {"title": table.title, "rows": rows, "notes": list(table.notes), "provenance": list(table.provenance)}
    return json.dumps(written, indent=1) + "\n"


def _csv(table: Table) -> str:
    """Numbers in full; enclosures become three columns, the value and both ends; text is never a formula."""
    wide = [any(isinstance(row[c], Enclosure) for row in table.rows) for c in range(len(table.columns))]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    header = []
    for name, three in zip(table.columns, wide, strict=True):
        header += [name, f"{name} lo", f"{name} hi"] if three else [name]
    writer.writerow(map(_inert, header))
    for row in table.rows:
        line: list[Any] = []
        for cell, three in zip(row, wide, strict=True):
            if isinstance(cell, Enclosure):
                line += [_full(cell.value), _full(cell.lo), _full(cell.hi)]
            else:
                line += [_full(cell), "", ""] if three else [_full(cell)]
        writer.writerow(line)
    return out.getvalue()


def _full(cell: Any) -> Any:
    """Every digit of a number; nothing where there is none."""
    if isinstance(cell, float):
        return "" if math.isnan(cell) else repr(float(cell))
    if isinstance(cell, int):
        return str(cell)
    return "" if cell is None else _inert(str(cell))


def _inert(text: str) -> str:
    """Text behind an apostrophe where a spreadsheet would take it for a formula; a number stays one."""
    # A carriage return would end the row, and let what follows begin a cell.
    text = text.replace("\r", " ")
    if not text.startswith(FORMULA_STARTS):
        return text
    try:
        float(text)
    except ValueError:
        return f"'{text}"
    return text


def _markdown(table: Table) -> str:
    written = [
        [_markdown_cell(row[c], text) for row, text in zip(table.rows, texts, strict=True)]
        for c, texts in enumerate(_texts(table))
    ]
    cells = list(zip(*written, strict=True))
    aligned = ["right" if table.is_numeric(c) else "left" for c in range(len(table.columns))]
    body = tabulate(cells, table.columns, tablefmt="github", disable_numparse=True, colalign=aligned if cells else None)
    notes = "".join(f"\n{_markdown_text(note)}\n" for note in table.notes)
    return f"**{_markdown_text(table.title)}**\n\n{body}\n{notes}"


def _texts(table: Table) -> list[tuple[str, ...]]:
    """The columns as readers see them."""
    return [column_texts([row[c] for row in table.rows]) for c in range(len(table.columns))]


def _markdown_cell(cell: Any, text: str) -> str:
    if isinstance(cell, Formula):
        return "`" + cell.text.replace("|", r"\|") + "`"
    return _markdown_text(text)


def _markdown_text(text: str) -> str:
    """Characters that would be read as markup, escaped; underscores inside words are not."""
    text = re.sub(r"([\\|*`<\[\]])", r"\\\1", text)
    return re.sub(r"(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])", r"\\_", text)


def _latex(table: Table) -> str:
    caption = " ".join(f"{latex_text(text).rstrip('.')}." for text in (table.title, *table.notes))
    columns = [
        LatexColumn(
            heading,
            tuple(latex_cell(row[c], text) for row, text in zip(table.rows, texts, strict=True)),
            texts,
            table.is_numeric(c),
            symbol_of_column(heading),
        )
        for c, (heading, texts) in enumerate(zip(table.columns, _texts(table), strict=True))
    ]
    return latex_table(caption, columns)


FORMATS: Mapping[str, Callable[[Table], str]] = MappingProxyType(
    {"md": _markdown, "latex": _latex, "csv": _csv, "json": _json}
)
"""The formats that a table can be written in."""
