"""From a row of the statement table to the proof, to the code that evaluates each side, and to the tests, by links."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from docs import NOTES

from maskbound.numerics.metrics.methods import measured_in
from maskbound.numerics.tables.statements import statement_account
from maskbound.theory import declared_in, statements

ROOT = Path(__file__).parent.parent
INDEX = (ROOT / "proofs_notes" / "README.md").read_text(encoding="utf-8")
LINK = re.compile(r"\]\(([^)#]+)\)")
DECLARED = [statement for statement in statements.values() if declared_in(statement)]


def links(page: Path) -> list[Path]:
    """Files that a page links to, as paths from the root."""
    found = [link for link in LINK.findall(page.read_text(encoding="utf-8")) if not link.startswith("http")]
    return [(page.parent / link).resolve().relative_to(ROOT.resolve()) for link in found]


@pytest.mark.parametrize("statement", DECLARED, ids=lambda s: s.id)
def test_a_reader_can_follow_a_statement(statement):
    (row,) = re.findall(rf"^\| \[{re.escape(statement.id)}\]\(([^)]+)\) .*$", INDEX, re.MULTILINE)
    note = ROOT / "proofs_notes" / row
    reached = links(note)
    assert all((ROOT / place).is_file() for place in reached)
    declaration = Path(declared_in(statement))
    assert declaration in reached
    names = (statement.id, statement.id.removeprefix("refuted/"))
    assert any(f'"{name}"' in (ROOT / declaration).read_text(encoding="utf-8") for name in names)
    assert any(place.parts[0] == "tests" and place.name.startswith("test_") for place in reached)
    assert Path("proofs_notes/quantities.md") in reached


@pytest.mark.parametrize("page", sorted((ROOT / "proofs_notes").rglob("*.md")), ids=lambda page: page.stem)
def test_every_page_links_to_what_is_there(page):
    assert [str(place) for place in links(page) if not (ROOT / place).exists()] == []


@pytest.mark.parametrize("statement", DECLARED, ids=lambda s: s.id)
def test_every_side_leads_to_the_code_that_measures_it(statement):
    page = (ROOT / "proofs_notes" / "quantities.md").read_text(encoding="utf-8")
    for name in {name.removesuffix("@2") for name in statement.quantities}:
        (row,) = re.findall(rf"^\| \[`{name}`\].*$", page, re.MULTILINE)
        places = [link.removeprefix("../") for link in LINK.findall(row)]
        assert places
        mentioned = [place for place in places if f"{name}" in (ROOT / place).read_text(encoding="utf-8")]
        assert mentioned, name
        assert name == "law_distance" or places == list(measured_in(name))


def test_the_generated_notes_are_current():
    for name, content in NOTES.items():
        assert (ROOT / "proofs_notes" / name).read_text(encoding="utf-8") == content(), "run `make docs`"


def test_the_command_prints_the_same_places():
    account = statement_account(statements["conflict/ser-lower"])
    for place in ("theory/sequence_error.py", "numerics/metrics/forbidden_pairs.py", "proofs_notes/forbidden-pairs.md"):
        assert place in account
    assert re.search(r"tested in +tests/theory/test_against_oracles\.py", account)
