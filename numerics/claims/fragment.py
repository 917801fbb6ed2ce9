"""The claim and the verdict for the appendix of a paper, in LaTeX: all of the page but its figures and files."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from maskbound.theory import Statement

from ..figures import Figure
from ..latex import latex_text
from ..render.table import Table, render
from ..report.build import Written
from ..report.symbols import latex_with_symbols
from .all_languages import every_language
from .findings import Findings
from .page import counterexample, displayed, not_established, reading, remark, symbols_table
from .tight import tight
from .tried import meanings, policies_tried

__all__ = ["latex_fragment"]

PACKAGES = "% Packages: \\usepackage[T1]{fontenc}, \\usepackage{amsmath,array,booktabs,longtable}"


def latex_fragment(found: Findings) -> str:
    """The inequality, its symbols, what was found and what was not; a comment names the packages that it needs."""
    statement, published = found.statement, found.claim.published
    lines = [
        PACKAGES,
        f"\\paragraph{{{latex_text(statement.title)}{_cited(found)}}}",
        f"\\[ {displayed(statement).latex} \\]",
        *_assumed(statement),
        *(f"It was tried on {_written(policies)}." for policies in (policies_tried(found),) if policies),
        *(latex_text(text) for text in (found.sentence, reading(found)) if text),
        *_paragraphs(remark(found)),
        *_section(counterexample(found), r"\emph{Counterexample.}"),
        *_symbols(found),
        *_section(every_language(found)),
        *_section(tight(found)),
        *_paragraphs(meanings(found)),
        *_section(not_established(found), f"\\emph{{{not_established(found).title}.}}"),
    ]
    if published is not None:
        lines += ["", "% BibTeX:", *(f"% {line}" for line in published.paper.bibtex().splitlines())]
    return "\n".join(lines) + "\n"


def _cited(found: Findings) -> str:
    """The theorem and the paper; the paper alone where a theorem that nobody has read would be called false."""
    published = found.claim.published
    if published is None:
        return ""
    theorem = f"{latex_text(published.theorem)} of " if published.theorem and not found.unread else ""
    return f" ({'compare ' if found.unread else ''}{theorem}\\cite{{{published.paper.key}}})"


def _assumed(statement: Statement) -> list[str]:
    return [f"It assumes that {_written(assumption.sentence)}." for assumption in statement.assumptions]


def _symbols(found: Findings) -> Iterator[str]:
    """What each symbol of the formula means."""
    yield from ("", r"\begin{description}")
    for symbol, meaning in symbols_table(found).rows:
        yield rf"\item[{{${symbol.latex}$}}] {_written(meaning)}"
    yield r"\end{description}"


def _section(section: Written | None, opening: str = "") -> Iterator[str]:
    """The paragraphs of a section of the page, and its tables."""
    if section is None:
        return
    yield from ("", *([opening] if opening else []), *(_written(text) for text in section.paragraphs))
    for _, shown, _caption in section.parts:
        if not isinstance(shown, Figure):
            yield from _table(shown.only(*(column for column in shown.columns if column != "certificate")))


def _paragraphs(texts: Sequence[str]) -> Iterator[str]:
    for text in texts:
        yield from ("", _written(text))


def _table(table: Table) -> Iterator[str]:
    yield from ("", render(table, "latex").rstrip())


def _written(text: str) -> str:
    """A paragraph, with its symbols as mathematics and what stands between backquotes as code."""
    pieces = re.split(r"`([^`]+)`", text)
    return "".join(
        f"\\texttt{{{latex_text(piece)}}}" if n % 2 else latex_with_symbols(piece, latex_text)
        for n, piece in enumerate(pieces)
    )
