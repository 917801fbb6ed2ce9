"""`maskbound falsify`: what it prints and writes, and its exit status."""

from __future__ import annotations

import json
import os
import re
from typing import Any

import pytest
from typer.testing import CliRunner

from maskbound.numerics import cli
from maskbound.theory import statements


def run(*words: str) -> Any:
    return CliRunner().invoke(cli.app, list(words))


def test_it_finds_shrinks_and_certifies(tmp_path):
    file = tmp_path / "found.json"
    found = run("falsify", "path_kl <= max_step_weight * total_correlation", "--budget", "60", "--out", str(file))
    assert found.exit_code == 1
    assert found.stdout.startswith("counterexample found: ")
    assert "no smaller one that was tried refutes it, too" in found.stdout
    assert "violated" in found.stdout
    assert found.stderr == f"maskbound: the certificate of the counterexample is written to {file}\n"
    assert run("verify", str(file)).stdout.startswith("accepted: violated: path_kl <= ")
    assert os.listdir(tmp_path) == ["found.json"]


def test_in_json(tmp_path):
    first, again = (run("falsify", "refuted/fixed-size-minus-two", "--json") for _ in range(2))
    assert first.exit_code == 1
    assert first.stderr == ""
    found = json.loads(first.stdout, parse_constant=pytest.fail)
    assert found["statement"] == "refuted/fixed-size-minus-two"
    assert found["claim"] == str(statements["refuted/fixed-size-minus-two"])
    assert found["verdict"]["status"] == "violated"
    assert found["tightest"] is None
    assert found["shrunk"]
    assert {**found, "seconds": 0} == {**json.loads(again.stdout), "seconds": 0}, "seeded, so reproducible"
    # The counterexample is an instance file, and refutes what was claimed.
    file = tmp_path / "counterexample.json"
    file.write_text(json.dumps(found["counterexample"]))
    assert run("check", str(file), "--claim", found["claim"]).exit_code == 1


def test_it_reports_how_close_it_came(tmp_path):
    file = tmp_path / "none.json"
    found = run("falsify", "kl <= path_kl", "--budget", "1", "--seed", "4", "--out", str(file))
    assert found.exit_code == 0
    assert re.match(
        r"claim: no counterexample in \d+ candidates, \d+ of them judged, in \d\.\d s \(seed 4\)", found.stdout
    )
    assert "nothing is written" in found.stderr
    assert not file.exists()
    record = json.loads(run("falsify", "bernoulli/max-weight", "--budget", "1", "--json").stdout)
    assert record["counterexample"] is record["verdict"] is None
    assert 0 < record["tightest"]["ratio"] <= 1
    assert record["seconds"] < 10, "one second, and the slowest candidate"


def test_it_takes_statements_about_two_subjects():
    found = run("falsify", "kl@2 <= kl", "--json")
    assert found.exit_code == 1
    assert json.loads(found.stdout)["counterexample"]["relation"] == "same-language"


@pytest.mark.parametrize(
    ("words", "parts"),
    [
        ([], ["STATEMENT"]),
        (["bernoulli/max-wieght"], ["bernoulli/max-wieght", "bernoulli/max-weight"]),
        (["kl <= pathkl"], ["pathkl", "path_kl"]),
        (["kl <="], ["ends too early"]),
        (["bernoulli/max-weight", "--budget", "0"], ["--budget", "found 0", "positive"]),
        (["bernoulli/max-weight", "--budget", "inf"], ["--budget", "positive"]),
        (["bernoulli/max-weight", "--budget", "soon"], ["--budget"]),
        (["bernoulli/max-weight", "--seed", "-1"], ["--seed"]),
        (["bernoulli/max-weight", "--out", "absent/x.json"], ["--out", "folder"]),
        (["hellinger <= 0", "--out", "x.json"], ["no certificates", "hellinger", "--instance"]),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_wrong_requests_get_one_sentence(words, parts, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    found = run("falsify", *words)
    assert found.exit_code == 2
    assert found.stdout == ""
    assert re.fullmatch(r"maskbound: [^\n]+\n", found.stderr)
    for part in parts:
        assert part in found.stderr
    assert not os.listdir(tmp_path)


def test_a_certificate_that_cannot_be_written_does_not_hide_the_counterexample(tmp_path, monkeypatch):
    """The search is over by then; what it found is printed, and counts."""
    from maskbound.numerics.certificates import kernel

    monkeypatch.setattr(kernel, "LARGEST_WORK", 0)
    found = run("falsify", "refuted/fixed-size-minus-two", "--out", str(tmp_path / "x.json"))
    assert found.exit_code == 1
    assert "counterexample found" in found.stdout
    assert "nothing is written" in found.stderr
    assert "too much work for this kernel" in found.stderr
    assert not os.listdir(tmp_path)


@pytest.mark.slow
def test_a_claim_is_searched_under_its_assumptions():
    words = ["falsify", "path_kl <= total_correlation", "--json", "--budget"]
    assert json.loads(run(*words, "20").stdout)["counterexample"] is not None
    found = run(*words, "2", "--needs", "exact-denoiser,chosen-first")
    assert found.exit_code == 0
    assert json.loads(found.stdout)["judged"] > 0


@pytest.mark.slow
def test_the_search_keeps_to_a_kind_of_language():
    found = run("falsify", "path_kl <= log(K)/9", "--language-kind", "hmm", "--budget", "4", "--json")
    assert json.loads(found.stdout)["counterexample"]["language"]["kind"] == "hmm"
    refused = run("falsify", "kl <= 1", "--language-kind", "english")
    assert refused.exit_code == 2
    assert "'english'" in refused.stderr
    assert "hmm" in refused.stderr


def test_a_statement_has_its_own_assumptions():
    refused = run("falsify", "bernoulli/max-weight", "--needs", "exact-denoiser")
    assert refused.exit_code == 2
    assert "has its own" in refused.stderr


def test_its_account_is_in_the_unit_that_is_asked_for():
    words = ("falsify", "kl >= path_kl", "--budget", "10", "--language-kind", "pair")
    nats, bits = (run(*words, "--unit", unit).output for unit in ("nats", "bits"))
    assert "information in bits" in bits
    assert "information in bits" not in nats
