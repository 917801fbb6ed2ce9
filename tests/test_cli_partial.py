"""Answers of the command that are partial: claims left open, quantities out of reach, interrupts, unknown names."""

from __future__ import annotations

import importlib
import json
import re
import threading

import pytest
from test_cli import PAIR, fine, refused, run

from maskbound.numerics import load
from maskbound.numerics.cli import interrupts
from maskbound.numerics.tables import verdicts
from maskbound.numerics.testing import assert_holds

measure_module = importlib.import_module("maskbound.numerics.metrics.measure")


@pytest.fixture
def spec(tmp_path):
    path = tmp_path / "pair.toml"
    path.write_text(PAIR.format(name="small pair", steps=2))
    return str(path)


@pytest.mark.parametrize(
    ("claim", "status"),
    [
        ("ser <= 0.26", 0),
        ("kl <= 0 + kl", 0),
        ("ser <= 0.24", 1),
        ("hellinger**2 <= hellinger*hellinger", 0),
        ("(1 - hellinger**2)**2 <= 1 - ser", 3),
        ("expected_parallel_steps >= 0", 3),
    ],
)
def test_the_command_and_the_assertion_agree_on_a_claim(spec, claim, status):
    """One that holds, two decided exactly, one violated, one undecided, and one that speaks of other policies."""
    found = run("check", spec, "--claim", claim)
    assert found.exit_code == status, found.stdout
    try:
        assert_holds(claim, load(spec))
    except AssertionError:
        assert status in (1, 3)
    else:
        assert status == 0


def test_the_claims_of_a_file_count_too(tmp_path, spec):
    """In the gallery as a whole a claim may apply to some instances only; statements of the ledger may stay open."""
    text = PAIR.format(name="claimed", steps=2)
    for claim, status in (("ser <= 1/4", 0), ("expected_parallel_steps >= 0", 3)):
        path = tmp_path / "claimed.toml"
        path.write_text(f'claims = ["{claim}"]\n{text}')
        assert run("check", str(path)).exit_code == status
    assert run("check", spec).exit_code == 0


def test_quantities_out_of_reach_leave_the_others(spec):
    found = run("measure", spec, "-q", "ser", "-q", "expected_parallel_steps", "-q", "kl", "--json")
    assert found.exit_code == 2
    assert list(json.loads(found.stdout)["quantities"]) == ["ser", "kl"]
    assert found.stderr.startswith("maskbound: expected_parallel_steps: cannot be measured on small pair")
    alone = run("measure", spec, "-q", "expected_parallel_steps")
    assert (alone.exit_code, alone.stdout) == (2, "")


@pytest.mark.parametrize(
    ("words", "module", "attribute", "said"),
    [
        (["measure", "-q", "kl", "-q", "ser", "-q", "tv"], measure_module, "measure_one", "2 of 3 quantities"),
        (
            ["check", "--all", "--claim", "kl <= path_kl", "--claim", "ser <= 1", "--claim", "tv <= 1"],
            verdicts,
            "settled",
            "2 of 3 verdicts",
        ),
    ],
)
def test_an_interrupt_prints_what_is_finished(spec, monkeypatch, words, module, attribute, said):
    calls = []

    def stopped(*about, **options):
        calls.append(about)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return genuine(*about, **options)

    genuine = getattr(module, attribute)
    monkeypatch.setattr(module, attribute, stopped)
    found = run(*words, spec)
    assert found.exit_code == 130
    assert found.stderr == f"maskbound: interrupted: {said} are printed\n"
    assert len(re.findall(r"^(?:kl|ser|pair|small pair) ", found.stdout, re.MULTILINE)) == 2


def test_an_interrupt_that_comes_out_as_another_error_is_one(spec, monkeypatch):
    def stopped(*about, **options):
        raise ImportError("half imported")

    monkeypatch.setattr(measure_module, "measure_one", stopped)
    assert run("measure", "-q", "kl", spec).exit_code == 70
    monkeypatch.setattr(interrupts, "_heard", threading.Event())
    interrupts._heard.set()
    found = run("measure", "-q", "kl", spec)
    assert found.exit_code == 130
    assert found.stderr == "maskbound: interrupted: nothing is kept but what was written before\n"


def test_a_table_is_not_written_under_a_name_that_says_something_else(tmp_path):
    assert "found the extension '.docx'; .md, .tex, .csv, .json are accepted" in refused(
        "table", "statements", "--out", str(tmp_path / "x.docx")
    )
    assert list(tmp_path.iterdir()) == []
    fine("table", "statements", "--format", "csv", "--out", str(tmp_path / "x.txt"))
    assert (tmp_path / "x.txt").read_text().startswith("id,")


def test_an_unknown_statement_is_answered_by_a_few(monkeypatch):
    assert "`maskbound theorems` lists the known ids" in refused("theorems", "frobnicate")
    assert len(refused("theorems", "kl-path-kl/given-times-pat")) < 200
    assert "total_correlation" in refused("measure", "pair-bernoulli", "-q", "TC")
    assert "quantities are kl" in refused("measure", "pair-bernoulli", "-q", "KL")
