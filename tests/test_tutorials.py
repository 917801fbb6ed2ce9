"""The pages on using maskbound do what they say: every block of code is run, every file in them is used."""

from __future__ import annotations

import contextlib
import io
import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from maskbound.numerics import cli
from maskbound.numerics.instances import parse
from maskbound.numerics.judging.cases import open_case
from maskbound.numerics.study.english_curve import LANGUAGE, LENGTH, QUANTITIES, STEPS
from maskbound.numerics.sweeps import Grid

USING = Path(__file__).parent.parent / "proofs_notes" / "using"
WITH_TORCH = USING / "networks.md"
"""Run by ``tests/samplers``."""
PAGES = sorted(set(USING.glob("*.md")) - {WITH_TORCH})
BLOCK = re.compile(r"```(\w+)\n(.*?)```", re.DOTALL)


def blocks(page: Path) -> list[tuple[str, str]]:
    return BLOCK.findall(page.read_text(encoding="utf-8"))


def run(page: Path, folder: Path) -> list[str]:
    """Do what a page says, block by block, in ``folder``; what its programs print that it does not show."""
    found, faults = blocks(page), []
    for k, (language, text) in enumerate(found):
        if language == "toml":
            name = re.match(r"# (\S+)\n", text)[1]
            (folder / Path(name).name).write_text(text)
        elif language == "sh":
            for line in text.splitlines():
                words = shlex.split(line, comments=True)
                assert words[0] == "maskbound"
                result = CliRunner().invoke(cli.app, words[1:])
                if result.exit_code:
                    faults.append(result.output)
        elif language == "python":
            shown = found[k + 1][1] if k + 1 < len(found) and found[k + 1][0] == "text" else ""
            printed = io.StringIO()
            with contextlib.redirect_stdout(printed):
                exec(compile(text, page.name, "exec"), {})
            if printed.getvalue() != shown:
                faults.append(f"shown:\n{shown}printed:\n{printed.getvalue()}")
    return faults


@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_page_does_what_it_says(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run(page, tmp_path) == []


def test_there_is_a_page_for_each_use_of_one_screen():
    names = ["bounds-as-tests", "claims", "every-language", "exploring", "model-files", "samplers", "tables"]
    assert [page.stem for page in PAGES] == names
    assert all(len(page.read_text().splitlines()) < 100 for page in (*PAGES, WITH_TORCH))


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
