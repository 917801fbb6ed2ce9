"""The pages on using maskbound do what they say: every block of code is run, every file in them is used."""

from __future__ import annotations

from pathlib import Path

import pytest
from pages import blocks, run

from maskbound.numerics.instances import parse
from maskbound.numerics.judging.cases import open_case
from maskbound.numerics.study.english_curve import LANGUAGE, LENGTH, QUANTITIES, STEPS
from maskbound.numerics.sweeps import Grid

USING = Path(__file__).parent.parent / "proofs_notes" / "using"
WITH_TORCH = USING / "networks.md"
"""Run by ``tests/samplers``."""
SLOW = {"bounds-as-tests", "how-many-steps", "model-files", "tables"}
PAGES = sorted(set(USING.glob("*.md")) - {WITH_TORCH})


@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize(
    "page",
    [pytest.param(page, id=page.stem, marks=[pytest.mark.slow] if page.stem in SLOW else []) for page in PAGES],
)
def test_the_page_does_what_it_says(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run(page, tmp_path) == []


def test_there_is_a_page_for_each_use_of_one_screen():
    names = [
        "bounds-as-tests",
        "claims",
        "every-language",
        "exploring",
        "how-many-steps",
        "model-files",
        "samplers",
        "tables",
    ]
    assert [page.stem for page in PAGES] == names
    assert all(len(page.read_text().splitlines()) < 130 for page in (*PAGES, WITH_TORCH))


def test_a_page_that_is_wrong_is_noticed(tmp_path):
    (tmp_path / "page.md").write_text("```python\nprint(1)\n```\n\n```text\n2\n```\n")
    assert run(tmp_path / "page.md", tmp_path) == ["shown:\n2\nprinted:\n1\n"]


def test_the_instance_file_is_an_instance_with_claims(tmp_path):
    (text,) = [text for language, text in blocks(PAGES[0]) if language == "toml"]
    (tmp_path / "x.maskbound.toml").write_text(text)
    assert len(open_case(str(tmp_path / "x.maskbound.toml")).claims) == 2


def test_the_english_grid_is_that_of_the_english_curve(tmp_path):
    (text,) = [text for language, text in blocks(PAGES[-1]) if text.startswith("# english.toml")]
    (tmp_path / "english.toml").write_text(text)
    grid = Grid.load(tmp_path / "english.toml")
    language = LANGUAGE | {"length": LENGTH}
    specs = [{"language": language, "policy": {"kind": "bernoulli", "steps": n}} for n in STEPS if n > 128]
    assert [point.fingerprint for point in grid.points()] == [parse(spec).fingerprint for spec in specs]
    assert set(grid.quantities) >= set(QUANTITIES)
