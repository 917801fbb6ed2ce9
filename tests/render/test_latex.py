"""Tables in LaTeX compile, and keep to the width of the text."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from maskbound.numerics.claims import ClaimFile, decide
from maskbound.numerics.claims.fragment import latex_fragment
from maskbound.numerics.judging.cases import open_case
from maskbound.numerics.render.table import Table, render
from maskbound.numerics.tables.registry import CASE_TABLES, PLAIN_TABLES

pytestmark = pytest.mark.slow

QUICK = ("engines", "headlines", "minimax", "quantities", "references", "refuted", "statements", "tightness")
"""Tables about the toolkit that take seconds; the cells of the others are of the same kinds."""
CLAIM = Path(__file__).parents[2] / "proofs_notes" / "claims" / "li-cai-1.claim.toml"
DOCUMENT = r"""
\documentclass{article}
\usepackage{array,booktabs,longtable}
\begin{document}
%s
\end{document}
"""
MOST_OVER = 100.0
"""Points by which a formula that cannot be broken may be too wide."""


def compiled(body: str, folder: Path) -> str:
    """What pdflatex said, without breaks of its lines."""
    (folder / "all.tex").write_text(DOCUMENT % body)
    words = ["pdflatex", "-interaction=nonstopmode", "all.tex"]
    for _ in range(2):  # A longtable knows its widths the second time.
        found = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False, errors="replace")
    return found.stdout


def over(said: str) -> float:
    return max(map(float, re.findall(r"Overfull \\hbox \(([.0-9]+)pt", said)), default=0.0)


def test_tables_and_claims_compile_and_fit(tmp_path):
    cases = [open_case(name) for name in ("pair-bernoulli", "refined-parity")]
    tables = [make(cases) for make in CASE_TABLES.values()] + [PLAIN_TABLES[name]() for name in QUICK]
    parts = [*(render(table, "latex") for table in tables), latex_fragment(decide(ClaimFile.load(CLAIM)))]
    said = compiled("\n\\clearpage\n".join(parts), tmp_path)
    assert "Output written on all.pdf" in said
    assert not re.findall(r"^!.*", said, re.MULTILINE)
    assert over(said) < MOST_OVER


def test_what_does_not_compile_or_fit_is_noticed(tmp_path):
    good = render(Table("t", ("a",), (("a & b",),)), "latex")
    assert re.search(r"^! Extra alignment tab", compiled(good.replace(r"\&", "&"), tmp_path), re.MULTILINE)
    wide = render(Table("t", ("a", "b"), (("word " * 30, "word " * 30),)), "latex")
    assert over(compiled(wide, tmp_path)) < 1
    assert over(compiled(re.sub(r">\{[^}]*\}p\{[^}]*\}", "l", wide), tmp_path)) > MOST_OVER
