"""The claim and the verdict for the appendix of a paper, in LaTeX."""

from __future__ import annotations

from maskbound.theory import Statement

from ..latex import latex_text
from ..render.table import render
from ..report.symbols import latex_with_symbols
from .findings import Findings
from .page import displayed, reading
from .tight import tightest_table

__all__ = ["latex_fragment"]

PACKAGES = "% Packages: \\usepackage[T1]{fontenc}, \\usepackage{amsmath,array,booktabs,longtable}"


def latex_fragment(found: Findings) -> str:
    """The inequality, what was found and where it is tightest; a comment names the packages that it needs."""
    statement, published = found.statement, found.claim.published
    cited = "" if published is None else f" ({latex_text(published.theorem + ' of ' if published.theorem else '')}"
    cited += "" if published is None else f"\\cite{{{published.paper.key}}})"
    lines = [
        PACKAGES,
        f"\\paragraph{{{latex_text(statement.title)}{cited}}}",
        f"\\[ {displayed(statement).latex} \\]",
        *_assumed(statement),
        *(latex_text(text) for text in (found.sentence, reading(found)) if text),
    ]
    if found.tightest:
        lines += ["", render(tightest_table(found), "latex").rstrip()]
    if published is not None:
        lines += ["", "% BibTeX:", *(f"% {line}" for line in published.paper.bibtex().splitlines())]
    return "\n".join(lines) + "\n"


def _assumed(statement: Statement) -> list[str]:
    needs = [latex_with_symbols(assumption.sentence, latex_text) for assumption in statement.assumptions]
    return [f"It assumes that {'; and that '.join(needs)}."] if needs else []
