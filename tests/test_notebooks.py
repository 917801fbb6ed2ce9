"""The notebooks run from top to bottom, and show what they promise.

Their cells are run by Python itself: a Jupyter kernel is no dependency of the tests.
"""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest

pytest.importorskip("pandas")

NOTEBOOKS = sorted((Path(__file__).parent.parent / "proofs_notes" / "using").glob("*.ipynb"))


def run(notebook: dict) -> list[str]:
    """Run the code cells in one namespace; the HTML, or else the text, of what ends a cell."""
    names: dict = {}
    shown = []
    for cell in notebook["cells"]:
        if cell["cell_type"] != "code":
            continue
        tree = ast.parse("".join(cell["source"]))
        last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
        exec(compile(tree, cell["id"], "exec"), names)
        if last is not None:
            value = eval(compile(ast.Expression(last.value), cell["id"], "eval"), names)
            html = getattr(value, "_repr_html_", lambda value=value: repr(value))
            shown.append("" if value is None else html())
    return shown


@pytest.mark.parametrize(
    ("name", "held"),
    [
        ("theorem", ["V = 3, L = 8, N = 4", "bits", "$", "kl-path-kl/given-times", "holds"]),
        pytest.param("grid", ["policy.steps", "64", "steps.pdf"], marks=pytest.mark.slow),
        pytest.param("sampler", ["V = 2, L = 128"], marks=pytest.mark.slow),
    ],
)
def test_the_notebook_runs_and_shows(name, held, capsys):
    (path,) = [path for path in NOTEBOOKS if path.stem == name]
    shown = " ".join(run(json.loads(path.read_text(encoding="utf-8"))))
    assert all(part in shown for part in held)
    printed = capsys.readouterr().out
    if name == "sampler":
        assert "the likeliest token" in printed
    if name == "grid":
        assert printed == "8 measured\n0 measured when it is run again\n"


def test_every_notebook_is_run_and_holds_no_output():
    assert [path.stem for path in NOTEBOOKS] == ["grid", "sampler", "theorem"]
    for path in NOTEBOOKS:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        assert all(cell.get("outputs", []) == [] for cell in cells)


def test_a_cell_that_fails_is_noticed():
    with pytest.raises(NameError):
        run({"cells": [{"cell_type": "code", "id": "x", "source": ["nothing_of_that_name"]}]})
