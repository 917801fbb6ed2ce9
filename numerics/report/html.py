"""The report as one HTML file that needs nothing else: styles, drawings and formulas are inside."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from html import escape
from importlib.resources import files
from typing import Any

from ..figures import Figure
from ..render.table import Formula, Table, as_text
from .build import Report, Written
from .formulas import mathml, mathml_display
from .symbols import with_symbols

__all__ = ["html_page"]


SHORT = 16
"""Letters of a cell that is kept on one line."""

FIGURE_WIDTH, COLUMN_WIDTH = "100%", "55%"
"""Of the text: of panels side by side, and of a single one."""


def html_page(report: Report) -> str:
    """The page."""
    style = files(__package__).joinpath("report.css").read_text(encoding="utf-8")
    contents = "".join(f'<li><a href="#{_anchor(s.title)}">{escape(s.title)}</a></li>' for s in report.sections)
    counter = _Counter()
    body = "".join(_section(section, counter, report.drawings) for section in report.sections)
    return (
        f'<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width">\n<title>{escape(report.title)}</title>\n'
        f"<style>\n{style}</style>\n</head>\n<body>\n<h1>{escape(report.title)}</h1>\n"
        f'{_display(report.formula)}<p class="abstract">{_inline(report.abstract)}</p>\n'
        f"<nav><ol>{contents}</ol></nav>\n{body}</body>\n</html>\n"
    )


class _Counter:
    """Numbers for tables and for figures."""

    def __init__(self) -> None:
        self._used = {"Table": 0, "Figure": 0}

    def next(self, what: str) -> str:
        self._used[what] += 1
        return f"<strong>{what} {self._used[what]}.</strong>"


def _display(formula: Formula | None) -> str:
    """At full size, on a line of its own."""
    if formula is None:
        return ""
    return f'<div class="display">{_cell(formula, mathml_display)}</div>\n'


def _section(section: Written, counter: _Counter, drawings: Mapping[str, bytes]) -> str:
    text = "".join(f"<p>{_inline(paragraph)}</p>\n" for paragraph in section.paragraphs)
    parts = "".join(_part(shown, caption, counter, drawings.get(name)) for name, shown, caption in section.parts)
    file = f"<pre>{escape(section.verbatim, quote=False)}</pre>\n" if section.verbatim else ""
    return f'<h2 id="{_anchor(section.title)}">{escape(section.title)}</h2>\n{text}{parts}{file}'


def _part(shown: Table | Figure, caption: str, counter: _Counter, drawing: bytes | None) -> str:
    if isinstance(shown, Figure):
        assert drawing is not None
        svg = drawing.decode()
        width = FIGURE_WIDTH if len(shown.panels) > 1 else COLUMN_WIDTH
        svg = f'<svg style="width: {width}"{svg[svg.index("<svg") + len("<svg") :]}'
        number = counter.next("Figure")
        return f"<figure>\n{svg}<figcaption>{number} {_inline(caption)}</figcaption>\n</figure>\n"
    told = " ".join([f"{shown.title.rstrip('.')}.", caption, *shown.notes])
    above = f"<figcaption>{counter.next('Table')} {_inline(told)}</figcaption>"
    return f'<figure>\n{above}\n<div class="scroll">{_table(shown)}</div>\n</figure>\n'


def _table(table: Table) -> str:
    kinds = [_kind(table, c) for c in range(len(table.columns))]
    # A heading may be broken after a stroke.
    headings = [escape(column).replace("/", "/<wbr>") for column in table.columns]
    head = "".join(f"<th{kind}>{heading}</th>" for kind, heading in zip(kinds, headings, strict=True))
    rows = "".join(
        f"<tr>{''.join(f'<td{kind}>{_cell(cell)}</td>' for kind, cell in zip(kinds, row, strict=True))}</tr>\n"
        for row in table.rows
    )
    return f"<table><thead><tr>{head}</tr></thead>\n<tbody>\n{rows}</tbody></table>"


def _kind(table: Table, column: int) -> str:
    """The class of a column's cells: short words are kept on one line, as numbers are."""
    if table.is_numeric(column):
        return ' class="number"'
    cells = [row[column] for row in table.rows]
    short = not any(isinstance(cell, Formula) or len(as_text(cell)) > SHORT for cell in cells)
    return ' class="short"' if short else ""


def _cell(cell: Any, written: Callable[[str], str] = mathml) -> str:
    if not isinstance(cell, Formula):
        return _plain(as_text(cell))
    try:
        return written(cell.latex)
    except ValueError:
        return f"<code>{escape(cell.text)}</code>"


def _inline(text: str) -> str:
    pieces = re.split(r"`([^`]+)`", text)
    for k, piece in enumerate(pieces):
        if k % 2:
            pieces[k] = f"<code>{escape(piece, quote=False)}</code>"
        else:
            pieces[k] = re.sub(r"\*([^*]+)\*", r"<em>\1</em>", _plain(piece))
    return "".join(pieces)


def _plain(text: str) -> str:
    """Text with its symbols as letters with subscripts."""

    def symbol(letter: str, below: str) -> str:
        return f"<i>{letter}</i><sub>{escape(below)}</sub>"

    return "".join(with_symbols(text, lambda piece: escape(piece, quote=False), symbol))


def _anchor(title: str) -> str:
    return re.sub(r"\W+", "-", title.lower()).strip("-")
