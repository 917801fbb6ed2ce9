"""The report as Typst: all text as strings, so that nothing in it can be read as markup."""

from __future__ import annotations

import json
import re
from importlib.resources import files
from typing import Any

from ..figures import Figure
from ..numbers.enclosure import Enclosure
from ..render.table import Formula, Table, as_text
from .build import Report, Written
from .formulas import typst_math
from .html import COLUMN_WIDTH, FIGURE_WIDTH
from .symbols import with_symbols

__all__ = ["inline", "typst_source"]

MARKED = re.compile(r"(`[^`]+`|\*[^*]+\*)")
NARROW, WIDE = 30, 60
"""Characters of a text: up to ``NARROW``, or ``WIDE`` in one word, it is not broken; else columns share what is left,
none as more than ``WIDE``."""
SHORT_FILE = 40
"""Lines of a file that are kept on one page."""
MANY = 8
"""Columns from which on the print is smaller."""


def typst_source(report: Report) -> str:
    """The document without its appendix; figures are read from ``figures/NAME.svg``."""
    formula = "none" if report.formula is None else _display(report.formula)
    head = (
        f"#let report-title = {_string(report.title)}\n#let report-abstract = {{ {inline(report.abstract)} }}\n"
        f"#let report-formula = {formula}\n"
    )
    style = files(__package__).joinpath("report.typ").read_text(encoding="utf-8")
    return head + style + "".join(_section(section) for section in report.sections if not section.appendix)


def _section(section: Written) -> str:
    lines = [f"\n#heading({_string(section.title)})\n"]
    # The last paragraph stays with what it speaks of.
    stuck = len(section.paragraphs) - 1 if section.parts or section.verbatim else -1
    lines += [
        f"#block(sticky: {'true' if n == stuck else 'false'}, par({{ {inline(text)} }}))\n"
        for n, text in enumerate(section.paragraphs)
    ]
    lines += [_part(name, shown, caption) for name, shown, caption in section.parts]
    if section.verbatim:
        breakable = "true" if section.verbatim.count("\n") >= SHORT_FILE else "false"
        file = f"text(size: 10pt, raw({_string(section.verbatim)}, block: true))"
        lines.append(f"#block(breakable: {breakable}, {file})\n")
    return "\n".join(lines)


def inline(text: str) -> str:
    """A paragraph as code-mode content: strings, raw for what stands between backquotes, emphasis between stars."""
    pieces = []
    for piece in MARKED.split(text):
        if piece.startswith("`"):
            pieces.append(f"raw({_string(piece[1:-1])})")
        elif piece.startswith("*"):
            pieces.append(f"emph({_string(piece[1:-1])})")
        else:
            pieces += _plain(piece)
    return "; ".join(pieces)


def _part(name: str, shown: Table | Figure, caption: str) -> str:
    if isinstance(shown, Figure):
        width = FIGURE_WIDTH if len(shown.panels) > 1 else COLUMN_WIDTH
        return f'#figure(image("figures/{name}.svg", width: {width}), caption: {{ {inline(caption)} }})\n'
    below = "; ".join([inline(f"{shown.title.rstrip('.')}. {caption}"), *(inline(f" {note}") for note in shown.notes)])
    return f"#figure(kind: table, caption: {{ {below} }}, {_table(shown)})\n"


def _table(table: Table) -> str:
    sides = ["right" if table.is_numeric(c) else "left" for c in range(len(table.columns))]
    longest = [max((_length(row[c]) for row in table.rows), default=0) for c in range(len(table.columns))]
    whole = [all(" " not in as_text(row[c]) for row in table.rows) for c in range(len(table.columns))]
    widths = [
        "auto" if length <= NARROW or (one_word and length <= WIDE) else f"{min(length, WIDE)}fr"
        for length, one_word in zip(longest, whole, strict=True)
    ]
    head = ", ".join(_string(column) for column in table.columns)
    rows = "".join(f"  {', '.join(map(_cell, row))},\n" for row in table.rows)
    shape = f"columns: ({', '.join(widths)},), align: ({', '.join(f'{side} + horizon' for side in sides)},)"
    size = "" if len(widths) < MANY else "size: 6.6pt, "
    return f"booktabs({size}{shape},\n  table.header({head}),\n{rows})"


def _length(cell: Any) -> int:
    """In characters; mathematics is never broken."""
    return 0 if isinstance(cell, Formula) else len(as_text(cell))


def _cell(cell: Any) -> str:
    if isinstance(cell, Enclosure):
        # An interval stays on one line.
        return _string(as_text(cell).replace(" ", "\N{NO-BREAK SPACE}"))
    if not isinstance(cell, Formula):
        return f"{{ {'; '.join(_plain(as_text(cell)))} }}"
    try:
        return f"formula(${typst_math(cell.latex)}$)"
    except ValueError:
        # As people type it: a symbol that is new to the report must not cost it.
        return f"raw({_string(cell.text)})"


def _display(formula: Formula) -> str:
    """At the size of a displayed equation, on a line of its own."""
    try:
        return f"$ {typst_math(formula.latex)} $"
    except ValueError:
        return f"raw({_string(formula.text)})"


def _plain(text: str) -> list[str]:
    """Strings, and symbols as letters with subscripts."""
    return with_symbols(text, _string, lambda letter, below: f"emph({_string(letter)}); sub({_string(below)})")


def _string(text: str) -> str:
    """A string literal; Typst's escapes are those of JSON, but for code points."""
    return re.sub(r"\\u([0-9a-f]{4})", r"\\u{\1}", json.dumps(text, ensure_ascii=False))
