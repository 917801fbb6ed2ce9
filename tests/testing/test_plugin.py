"""Instance files as tests: passing, failing, and wrong, in a folder of somebody else's tests."""

from __future__ import annotations

import pytest

from maskbound.numerics.tables import verdicts
from maskbound.theory import claim

pytest_plugins = ["pytester"]

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


@pytest.fixture
def run(pytester):
    """Write instance files and run pytest on their folder in this process."""

    def ran(**files):
        for name, text in files.items():
            (pytester.path / f"{name}.maskbound.toml").write_text(text)
        return pytester.runpytest_inprocess("-p", "no:cacheprovider", "-p", "no:xdist")

    return ran


def test_bounds_that_hold(run):
    """``kl <= ...`` and the equality: Pair(2), L = 2, N = 2 has SER 1/4 (M9), which intervals cannot decide."""
    found = run(small=PAIR.format(claims='"kl <= path_kl", "ser == 1/4"'), two=TWO)
    found.assert_outcomes(passed=6)


def test_a_bound_that_does_not_hold_fails_with_both_sides(run):
    found = run(small=PAIR.format(claims='"ser <= 0.24", "ser <= 0.26"'))
    found.assert_outcomes(passed=2, failed=1)
    found.stdout.fnmatch_lines(
        ["*small.maskbound.toml: ser <= 0.24*", "*violated*", "*left side = 0.25*", "*margin -0.01*"]
    )
    assert "plugin.py" not in found.stdout.str()


def test_a_violated_statement_fails(run, monkeypatch):
    """A ledger whose only statement is false."""
    monkeypatch.setattr(verdicts, "statements", {"wrong": claim("ser <= 0.2", id="wrong")})
    found = run(small=PAIR.format(claims=""))
    found.assert_outcomes(failed=1)
    found.stdout.fnmatch_lines(["*wrong*violated*"])


@pytest.mark.parametrize(
    ("claims", "sentence"),
    [
        ('"kl <= pathkl"', "*claims?0?: *path_kl*"),
        ('"kl"', "*claims?0?: *"),
        ("3", "*claims?0?: found 3; an inequality*"),
    ],
)
def test_a_claim_that_is_none_is_an_error(run, claims, sentence):
    found = run(small=PAIR.format(claims=claims))
    found.assert_outcomes(errors=1)
    found.stdout.fnmatch_lines([sentence])


def test_a_file_that_is_wrong_is_an_error(run):
    found = run(small=PAIR.format(claims="").replace('"pair"', '"pear"'))
    found.assert_outcomes(errors=1)
    found.stdout.fnmatch_lines(['*small.maskbound.toml: language.kind: found "pear"*'])


def test_a_claim_about_two_needs_two(run):
    found = run(small=PAIR.format(claims='"kl@2 <= kl"'))
    found.assert_outcomes(passed=1, failed=1)
    found.stdout.fnmatch_lines(["*it compares two instances, and the file holds one*"])


def test_other_files_are_left_alone(run, pytester):
    (pytester.path / "chain.toml").write_text("no instance at all")
    run(small=PAIR.format(claims="")).assert_outcomes(passed=1)
