"""Instance files as tests: passing, failing, and wrong, in a folder of somebody else's tests."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

PAIR = """
claims = [{claims}]
language = {{kind = "pair", vocab = 2, length = 2}}
policy = {{kind = "bernoulli", steps = 2}}
"""
TWO = """
relation = "more-steps"
claims = ["kl@2 < kl", "kl <= 1"]
[first]
language = {kind = "pair", vocab = 2, length = 2}
policy = {kind = "bernoulli", steps = 2}
[second]
language = {kind = "pair", vocab = 2, length = 2}
policy = {kind = "bernoulli", steps = 3}
"""
# Pair(2), L = 2, N = 2 has SER 1/4 (known-answers.md); intervals cannot decide the equality.
FILES = {
    "good": PAIR.format(claims='"kl <= path_kl", "ser == 1/4"'),
    "two": TWO,
    "bad": PAIR.format(claims='"ser <= 0.24", "ser <= 0.26"'),
    "lonely": PAIR.format(claims='"kl@2 <= kl"'),
    "misspelt": PAIR.format(claims='"kl <= pathkl"'),
    "number": PAIR.replace("[{claims}]", "3").format(),
    "wrong": PAIR.format(claims="").replace('"pair"', '"pear"'),
    "true_claim": 'claim = "kl <= path_kl"\ninstances = ["pair-bernoulli"]',
    "false_claim": 'claim = "path_kl <= kl / 2"\ninstances = ["pair-bernoulli"]',
    "wrong_claim": 'claim = "path_kl <= kl / 2"\ninstances = ["pear-bernoulli"]',
}
OUTCOMES = """
PASSED good.maskbound.toml::statements
PASSED good.maskbound.toml::kl <= path_kl
PASSED good.maskbound.toml::ser == 1/4
PASSED two.maskbound.toml::statements
PASSED two.maskbound.toml::kl@2 < kl
PASSED two.maskbound.toml::kl <= 1
PASSED bad.maskbound.toml::statements
FAILED bad.maskbound.toml::ser <= 0.24
PASSED bad.maskbound.toml::ser <= 0.26
PASSED lonely.maskbound.toml::statements
FAILED lonely.maskbound.toml::kl@2 <= kl
ERROR misspelt.maskbound.toml
ERROR number.maskbound.toml
ERROR wrong.maskbound.toml
PASSED true_claim.claim.toml::kl <= path_kl
FAILED false_claim.claim.toml::path_kl <= kl/2
ERROR wrong_claim.claim.toml
"""
FALSE_LEDGER = """
from maskbound.numerics.tables import verdicts
from maskbound.theory import claim

verdicts.statements = {"false": claim("ser <= 0.2", id="false")}
"""


def report_of(folder, **files: str) -> str:
    """What pytest says of a folder with these instance files."""
    for name, text in files.items():
        (folder / f"{name}.{'claim' if name.endswith('_claim') else 'maskbound'}.toml").write_text(text)
    (folder / "chain.toml").write_text("no instance, and not asked for")
    call = [sys.executable, "-m", "pytest", "-rA", "--continue-on-collection-errors", "-p", "no:cacheprovider", "."]
    return subprocess.run(call, cwd=folder, capture_output=True, text=True, env={**os.environ, "COLUMNS": "200"}).stdout


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    return report_of(tmp_path_factory.mktemp("theirs"), **FILES)


def test_each_bound_is_a_test(report):
    found = re.findall(r"^(?:PASSED|FAILED|ERROR) \S+\.(?:maskbound|claim)\.toml.*?(?= - |$)", report, re.MULTILINE)
    assert sorted(found) == sorted(OUTCOMES.strip().splitlines())
    assert "chain.toml" not in report


@pytest.mark.parametrize(
    "line",
    [
        "ser <= 0.24 .*: violated",
        "left side = 0.25 ",
        "margin -0.01,",
        "kl@2 <= kl: it compares two instances, and the file holds one",
        r"misspelt\.maskbound\.toml: claims\[0\]: .*path_kl",
        r"number\.maskbound\.toml: claims: found 3; a list",
        "This form, as typed here, is false: pair-bernoulli, that is pair",
        r"wrong_claim\.claim\.toml: .*no such instance",
        r'wrong\.maskbound\.toml: language\.kind: found "pear"',
    ],
)
def test_failures_are_told_in_sentences(report, line):
    assert re.search(line, report), report
    assert "plugin.py" not in report


@pytest.mark.slow
def test_a_violated_statement_fails(tmp_path):
    (tmp_path / "conftest.py").write_text(FALSE_LEDGER)
    report = report_of(tmp_path, good=PAIR.format(claims=""))
    assert re.search("false .*: violated", report), report
    assert "1 failed" in report


EXAMPLE = Path(__file__).parents[2] / "proofs_notes" / "using" / "sampler_tests"
MISTAKES = {
    "temperature": ("temperature=1.0", "temperature=0.8", "tokens +temperature 1 +temperature 0"),
    "order": ("-confidence", "confidence", "impossible .positions.: call 0"),
}


@pytest.mark.slow
@pytest.mark.parametrize("mistake", [None, "order", "temperature"])
def test_the_example_repository_passes_and_fails_with_a_mistake_in_its_sampler(tmp_path, mistake):
    for file in EXAMPLE.iterdir():
        if file.is_file():
            (tmp_path / file.name).write_text(file.read_text())
    if mistake:
        right, wrong, told = MISTAKES[mistake]
        code = (EXAMPLE / "generate.py").read_text()
        assert right in code
        (tmp_path / "generate.py").write_text(code.replace(right, wrong))
    call = [sys.executable, "-m", "pytest", "--strict-markers", "-m", "samples_from", "-p", "no:cacheprovider"]
    found = subprocess.run(call, cwd=tmp_path, capture_output=True, text=True, env={**os.environ, "COLUMNS": "200"})
    assert ("1 failed" if mistake else "1 passed") in found.stdout, found.stdout
    if mistake:
        assert re.search(told, found.stdout), found.stdout
        # The traceback is theirs alone.
        assert "plugin.py" not in found.stdout
