"""Proof notes: fixed headings, links that lead somewhere, mathematics that GitHub renders."""

import re
from pathlib import Path

import pytest
from docs import NOTES as GENERATED

from maskbound.theory import statements

ROOT = Path(__file__).resolve().parents[2]
NOTES = sorted((ROOT / "proofs_notes").glob("*.md"))
WRITTEN = [note for note in NOTES if note.name not in {*GENERATED, "adding.md", "definitions.md", "trust.md"}]
HEADINGS = [
    "Statement",
    "Assumptions",
    "Proof",
    "Where it is tight",
    "What breaks without each assumption",
    "Checked by",
    "References",
]
LINK = re.compile(r"\]\(([^)#]+)\)")
TRAPS = re.compile(r"\\[{},;!|_]")
"""Escapes that Markdown eats before the mathematics is read."""


def headings(text: str) -> list[str]:
    return re.findall(r"^## (.*)$", text, flags=re.MULTILINE)


def unbalanced(text: str) -> bool:
    """Whether a paragraph opens mathematics that it does not close."""
    return any(paragraph.count("$") % 2 for paragraph in text.split("\n\n"))


@pytest.mark.parametrize("note", WRITTEN, ids=lambda n: n.name)
def test_a_note_has_the_fixed_headings_and_something_under_each(note):
    text = note.read_text(encoding="utf-8")
    assert text.startswith("# ")
    assert headings(text) == HEADINGS
    sections = re.split(r"^## .*$", text, flags=re.MULTILINE)[1:]
    assert all(section.strip() for section in sections)


@pytest.mark.parametrize("note", NOTES, ids=lambda n: n.name)
def test_links_lead_to_files_and_mathematics_renders(note):
    text = note.read_text(encoding="utf-8")
    links = LINK.findall(text)
    assert links
    assert [link for link in links if not (note.parent / link).exists()] == []
    assert TRAPS.findall(text) == []
    assert not unbalanced(text)


@pytest.mark.parametrize("note", WRITTEN, ids=lambda n: n.name)
def test_every_note_serves_a_statement_and_leads_to_its_declaration(note):
    served = [s for s in statements.values() if s.note == note.name]
    assert served
    text = note.read_text(encoding="utf-8")
    assert "../theory/" in text
    for statement in served:
        if statement.status == "false on purpose":
            assert f"`{statement.id}`" in text


def test_the_checks_above_can_fail():
    assert headings("# A\n## Proof\n") != HEADINGS
    assert unbalanced("a $b\n\nc$ d")
    assert TRAPS.findall(r"$\{a\}$")
    assert LINK.findall("[x](../nowhere.md)") == ["../nowhere.md"]
