"""A table in LaTeX: booktabs rules, and columns that fit the text.

A document needs ``\\usepackage{array,booktabs,longtable}``. Where every row fits on a line, columns are as wide as
their cells; else the print is smaller, and columns of words and formulas are broken to the width of the text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["LatexColumn", "latex_table", "latex_text"]

PAGE = 40
"""Rows that fit one page; a longer table is broken over several."""

PLAIN = 64
"""Characters of a line at the size of the text, spaces between columns included."""

SIZES = ((r"\footnotesize", 76), (r"\scriptsize", 88), (r"\tiny", 112))
"""Smaller print, and how many characters of it make a line."""

SEPARATION = 2
"""Characters between columns."""

STRETCH = 1.5
"""Height of rows in which fractions stand, so that they do not touch."""

LEAST_WORDS = 14
"""A column of words is not narrower, unless its cells are."""

_ESCAPES = str.maketrans(
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
        "|": r"\textbar{}",
        '"': r"\textquotedbl{}",
        "±": r"$\pm$",
        "[": "{[}",
        "]": "{]}",
    }
)


def latex_text(text: str) -> str:
    """Special characters escaped; brackets too, since one that opens a row would be an argument of its predecessor."""
    return text.translate(_ESCAPES)


@dataclass(frozen=True)
class LatexColumn:
    """A column as it is to be printed.

    Parameters
    ----------
    heading : str
    cells : tuple of str
        In LaTeX.
    texts : tuple of str
        The same as readers see them, by whose lengths widths are found.
    numeric : bool
        Numbers stand on the right and are never broken.
    """

    heading: str
    cells: tuple[str, ...]
    texts: tuple[str, ...]
    numeric: bool

    @property
    def whole(self) -> int:
        """Characters of its widest line."""
        return max(map(len, (self.heading, *self.texts)))

    @property
    def least(self) -> int:
        """Characters below which a number or a word would not fit."""
        words = [word for text in (self.heading, *(() if self.numeric else self.texts)) for word in _pieces(text)]
        longest = max(map(len, words), default=0)
        if self.numeric:
            return max([longest, *(len(text) + 1 for text in self.texts)])
        return min(self.whole, max(longest, LEAST_WORDS))

    @property
    def narrowest(self) -> int:
        """The same if intervals are broken after their first end, and words go as narrow as they can."""
        words = [word for text in (self.heading, *(() if self.numeric else self.texts)) for word in _pieces(text)]
        ends = [end + " " for text in (self.texts if self.numeric else ()) for end in text.split(" ")]
        return max(map(len, [*words, *ends]), default=0)


def latex_table(caption: str, columns: Sequence[LatexColumn], notes: Sequence[str] = ()) -> str:
    """``table`` and ``tabular``, or ``longtable`` for more than a page; the caption and the notes below are LaTeX."""
    rows = len(columns[0].cells)
    gaps = SEPARATION * len(columns)
    if sum(column.whole for column in columns) + gaps <= PLAIN:
        shape = "".join("r" if column.numeric else "l" for column in columns)
        size, broken = "", False
    else:
        widths = [column.least for column in columns]
        if sum(widths) + gaps > SIZES[-1][1]:
            widths = [column.narrowest for column in columns]
        size, room = next((each for each in SIZES if sum(widths) + gaps <= each[1]), SIZES[-1])
        shape = _broken(columns, widths, room)
        broken = True
    head = " & ".join(_cell(latex_text(column.heading), broken) for column in columns) + r" \\"
    body = [" & ".join(_cell(column.cells[r], broken) for column in columns) + r" \\" for r in range(rows)]
    if rows > PAGE:
        start = [rf"\begin{{longtable}}{{{shape}}}", *([rf"\caption{{{caption}}} \\"] if caption else [])]
        lines = [*start, r"\toprule", head, r"\midrule", r"\endhead", *body, r"\bottomrule", r"\end{longtable}"]
    else:
        start = [rf"\begin{{tabular}}{{{shape}}}"]
        lines = [*start, r"\toprule", head, r"\midrule", *body, r"\bottomrule", r"\end{tabular}"]
    settings = rf"{size}\setlength{{\tabcolsep}}{{3pt}}" if broken else ""
    if any(r"\frac" in cell for column in columns for cell in column.cells):
        settings += rf"\renewcommand{{\arraystretch}}{{{STRETCH}}}"
    if settings:
        lines = [f"{{{settings}%", *lines, "}"]
    lines += [rf"\par{{\footnotesize {note}\par}}" for note in notes]
    if rows <= PAGE:
        above = [rf"\caption{{{caption}}}"] if caption else []
        lines = [r"\begin{table}", *above, r"\centering", *lines, r"\end{table}"]
    return "\n".join(lines) + "\n"


def _broken(columns: Sequence[LatexColumn], least: Sequence[int], room: int) -> str:
    """Widths as parts of the line: each column its least, and an equal share of what is left unless it needs less."""
    widths = list(least)
    left = room - SEPARATION * len(columns) - sum(widths)
    order = sorted(range(len(columns)), key=lambda c: columns[c].whole - widths[c])
    for rank, c in enumerate(order):
        more = max(0, min(columns[c].whole - widths[c], left // (len(order) - rank)))
        widths[c] += more
        left -= more
    whole = max(room, sum(widths) + SEPARATION * len(columns))
    sides = [r"\raggedleft" if column.numeric else r"\raggedright" for column in columns]
    return "".join(
        rf">{{{side}\arraybackslash}}p{{{width / whole:.3f}\linewidth}}"
        for side, width in zip(sides, widths, strict=True)
    )


def _pieces(text: str) -> list[str]:
    """What a line is not broken in."""
    return re.split(r"[ /_-]", text)


def _cell(latex: str, broken: bool) -> str:
    """In a narrow column, words may break after what joins them."""
    if not broken or latex.startswith("$"):
        return latex
    return re.sub(r"(?<=[A-Za-z)])(/|\\_)(?=[A-Za-z(])", r"\1\\allowbreak{}", latex)
