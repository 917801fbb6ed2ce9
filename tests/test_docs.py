"""The README does what it says: its code runs and prints what it shows, its tables are the current ones."""

from __future__ import annotations

import contextlib
import doctest
import io
import re
from pathlib import Path

import pytest
from docs import PAGES, regenerated
from sympy.printing.pretty.pretty_symbology import pretty_use_unicode

README = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", README, re.DOTALL)
PROGRAMS = [
    (code, BLOCKS[k + 1][1] if k + 1 < len(BLOCKS) and BLOCKS[k + 1][0] == "text" else "")
    for k, (language, code) in enumerate(BLOCKS)
    if language == "python"
]


@pytest.mark.parametrize(("code", "shown"), PROGRAMS)
def test_code_runs_and_prints_what_is_shown(code, shown):
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(code, "README.md", "exec"), {})
    assert printed.getvalue() == shown


def test_the_session_in_the_repl_goes_as_shown():
    from maskbound.numerics.repl import namespace

    (session,) = [code for language, code in BLOCKS if language == "pycon"]
    parsed = doctest.DocTestParser().get_doctest(session, namespace(), "README.md", "README.md", 0)
    # Where sympy is imported first in here, it finds no encoding of the output, and no Greek letters.
    pretty_use_unicode(True)
    # It pads the lines of a formula to the same width.
    outcome = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE).run(parsed)
    assert outcome.attempted > 10
    assert not outcome.failed


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_tables_are_current(page):
    text = page.read_text(encoding="utf-8")
    assert "<!-- table: " in text
    assert regenerated(text) == text, "run `make docs`"


def test_a_stale_table_is_noticed():
    stale = README.replace("| proved here |", "| proved there |", 1)
    assert stale != README
    assert regenerated(stale) == README


def test_the_files_are_accepted(tmp_path):
    from maskbound.numerics import load
    from maskbound.numerics.claims import ClaimFile
    from maskbound.numerics.instances import parse
    from maskbound.numerics.sweeps import Grid

    stated, grid, file = [code for language, code in BLOCKS if language == "toml"]
    (tmp_path / "chain.toml").write_text(file)
    assert load(tmp_path / "chain.toml").name == "a small chain"
    (tmp_path / "mine.claim.toml").write_text(stated)
    assert not ClaimFile.load(tmp_path / "mine.claim.toml").left_out
    (tmp_path / "grid.toml").write_text(grid)
    specs = list(Grid.load(tmp_path / "grid.toml").specs())
    assert len({parse(spec).fingerprint for spec in specs}) == 6
