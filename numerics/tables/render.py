"""One row model, four formats: Markdown, LaTeX (booktabs), CSV and JSON."""

from __future__ import annotations

import csv
import io
import json
import math
from dataclasses import dataclass, field
from typing import Any

from tabulate import tabulate

from ..enclosure import Enclosure
from .digits import shown, shown_float

__all__ = ["FORMATS", "Table", "as_json", "render"]

FORMATS = ("md", "latex", "csv", "json")


@dataclass(frozen=True)
class Table:
    """Rows of cells under headings.

    Parameters
    ----------
    title : str
        What the table shows, with units.
    columns : tuple of str
    rows : tuple of tuples
        Cells: text, numbers, or enclosures.
    notes : tuple of str
        Provenance and remarks, printed below.
    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    notes: tuple[str, ...] = field(default_factory=tuple)

    def __post_init__(self) -> None:
        for row in self.rows:
            if len(row) != len(self.columns):
                raise ValueError(f"a row of {len(row)} cells under {len(self.columns)} columns: {row}")


def render(table: Table, fmt: str) -> str:
    """The table as text in one of ``FORMATS``; numbers show only digits that their enclosure supports."""
    if fmt == "json":
        rows = [dict(zip(table.columns, (as_json(cell) for cell in row), strict=True)) for row in table.rows]
        return json.dumps({"title": table.title, "rows": rows, "notes": list(table.notes)}, indent=1) + "\n"
    if fmt == "csv":
        return _csv(table)
    cells = [[_text(cell) for cell in row] for row in table.rows]
    if fmt == "latex":
        body = tabulate(
            [[_escaped(cell) for cell in row] for row in cells],
            [_escaped(column) for column in table.columns],
            tablefmt="latex_raw",
            disable_numparse=True,
        )
        return _booktabs(body, _escaped(table.title), [_escaped(note) for note in table.notes])
    body = tabulate(
        [[cell.replace("|", "\\|") for cell in row] for row in cells],
        table.columns,
        tablefmt="github",
        disable_numparse=True,
    )
    notes = "".join(f"\n{note}\n" for note in table.notes)
    return f"**{table.title}**\n\n{body}\n{notes}"


def as_json(cell: Any) -> Any:
    """A cell as JSON: enclosures as objects, infinity as the string ``"inf"``."""
    if isinstance(cell, Enclosure):
        found = {
            "value": as_json(cell.value),
            "lo": as_json(cell.lo),
            "hi": as_json(cell.hi),
            "kind": cell.kind,
            "engine": cell.engine,
        }
        if cell.confidence is not None:
            found["confidence"] = cell.confidence
        if cell.exact is not None:
            found["exact"] = str(cell.exact)
        return found
    if isinstance(cell, float) and not math.isfinite(cell):
        return None if math.isnan(cell) else "inf" if cell > 0 else "-inf"
    return cell


def _text(cell: Any) -> str:
    if isinstance(cell, Enclosure):
        return shown(cell)
    return shown_float(cell) if isinstance(cell, float) else str(cell)


def _csv(table: Table) -> str:
    """Enclosures become three columns: the value and both ends, in full."""
    wide = [any(isinstance(row[c], Enclosure) for row in table.rows) for c in range(len(table.columns))]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    header = []
    for name, three in zip(table.columns, wide, strict=True):
        header += [name, f"{name} lo", f"{name} hi"] if three else [name]
    writer.writerow(header)
    for row in table.rows:
        line: list[Any] = []
        for cell, three in zip(row, wide, strict=True):
            if isinstance(cell, Enclosure):
                line += [repr(cell.value), repr(cell.lo), repr(cell.hi)]
            else:
                line += [cell, "", ""] if three else [cell]
        writer.writerow(line)
    return out.getvalue()


_LATEX = str.maketrans(
    {
        "&": r"\&",
        "%": r"\%",
        "_": r"\_",
        "#": r"\#",
        "$": r"\$",
        "{": r"\{",
        "}": r"\}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        "\\": r"\textbackslash{}",
        "<": r"\textless{}",
        ">": r"\textgreater{}",
    }
)


def _escaped(text: str) -> str:
    return text.translate(_LATEX)


def _booktabs(body: str, title: str, notes: list[str]) -> str:
    lines = body.splitlines()
    rules = [i for i, line in enumerate(lines) if line == "\\hline"]
    for i, rule in zip(rules, ("\\toprule", "\\midrule", "\\bottomrule"), strict=True):
        lines[i] = rule
    caption = " ".join([title + ".", *notes])
    return "\n".join(["\\begin{table}", f"\\caption{{{caption}}}", "\\centering", *lines, "\\end{table}"]) + "\n"
