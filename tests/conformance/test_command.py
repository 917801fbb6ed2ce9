"""`conform`: exit status, output and messages, and what somebody's code may do wrong."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest
from typer.testing import CliRunner

from maskbound.numerics import Instance, cli, conform, languages, policies

RUNNER = CliRunner()

SPEC = """
name = "three coins"
language = {kind = "iid", probabilities = ["1/2", "1/2"], length = 3}
policy = {kind = "bernoulli", steps = 2}
"""

CODE = """
import sys
import numpy as np
print("imported")
def coins(probability):
    def sample(oracle, count, seed):
        print("sampling")
        return (np.random.default_rng(seed).random((count, oracle.length)) < probability).astype(int)
    return sample
fair, unfair = coins(0.5), coins(0.6)
def masked(oracle, count, seed):
    x = fair(oracle, count, seed)
    x[0, 1] = oracle.mask_id
    return x
def broken(oracle, count, seed): return [1, 2][5]
def gone(oracle, count, seed): sys.exit(0)
def short(oracle, count, seed): return fair(oracle, count, seed)[1:]
def real(oracle, count, seed): return fair(oracle, count, seed) / 1
def beyond(oracle, count, seed): return fair(oracle, count, seed) + 2
def below(oracle, count, seed): return fair(oracle, count, seed) - 1
def ragged(oracle, count, seed): return [[0], [0, 1]]
number = 3
"""


@pytest.fixture
def run(tmp_path):
    (tmp_path / "coins.toml").write_text(SPEC)
    (tmp_path / "code.py").write_text(CODE)

    def run(name, *words, file="code.py"):
        place = f"{tmp_path / file}:{name}" if name else str(tmp_path / file)
        return RUNNER.invoke(cli.app, ["conform", str(tmp_path / "coins.toml"), "--sampler", place, *words])

    return run


@pytest.mark.parametrize(
    ("name", "words", "status", "exit_code"),
    [
        ("fair", ["--samples", "20000", "--tv", "0.05"], "conforms", 0),
        ("unfair", ["--samples", "2000"], "differs", 1),
        ("masked", ["--samples", "2000"], "differs", 1),
        ("fair", ["--samples", "100"], "inconclusive", 3),
    ],
)
def test_each_outcome_has_its_status(run, name, words, status, exit_code):
    found = run(name, *words)
    assert (found.exit_code, found.stdout.split(":")[0]) == (exit_code, status)
    # What somebody's code prints is none of the results.
    assert "imported" in found.stderr
    assert "sampling" in found.stderr
    assert "sampling" not in found.stdout


def test_json_has_the_keys_that_are_promised(run):
    found = json.loads(run("masked", "--samples", "2000", "--json").stdout)
    promised = ["status", "samples", "log_evidence", "components", "tv"]
    assert list(found) == [*promised, "instance", "needed", "closest", "impossible", "impossible_steps"]
    assert (found["instance"], found["samples"], found["status"]) == ("three coins", 2000, "differs")
    assert found["log_evidence"] == "inf"
    assert len(found["tv"]) == 2
    # This code asks the oracle nothing.
    assert list(found["components"]) == ["rows"]
    assert found["components"]["rows"].keys() == {"as_claimed", "claimed", "seen", "log_evidence"}
    assert found["closest"][0].keys() == {"law", "nats_per_sequence"}
    assert found["impossible"][0].keys() == {"sequence", "count"}
    assert all(entry["sequence"][1] == 2 for entry in found["impossible"])
    # 2,000 sequences are 20 calls of 5, one of 1, after which no steps are looked for, and 173 of 11 or fewer.
    assert sum(entry["count"] for entry in found["impossible"]) == 194


def test_a_run_without_a_difference_says_what_it_can(run):
    found = run("fair", "--samples", "100")
    # Eight equally likely sequences: 8 sqrt(1/8 * 7/8 / (2 pi 100)) = 0.1056.
    expected = re.compile(r"right code conforms after about \d+ sequences; .* total variation of about 0\.11")
    assert expected.search(found.stdout)
    assert "right code" not in found.stderr
    told = json.loads(run("fair", "--samples", "5000", "--tv", "0.01", "--json").stdout)
    assert told["impossible"] == []
    assert told["needed"]["right_tv"] == pytest.approx(8 * np.sqrt(7 / 64 / (2 * np.pi * 5000)), rel=1e-12)
    assert told["needed"]["conforms"] > 100_000
    assert 0 <= told["log_evidence"] < 6 * np.log(10)
    assert told["closest"][0]["nats_per_sequence"] == pytest.approx(-3 * np.log(2), rel=1e-12)


def test_how_many_are_needed_is_said_without_a_sampler(tmp_path):
    spec = tmp_path / "coins.toml"
    spec.write_text(SPEC)
    found = RUNNER.invoke(cli.app, ["conform", str(spec), "--needed", "--tv", "0.05"])
    number = re.match(r"right code conforms after about (\d+) sequences", found.stdout)
    assert (found.exit_code, bool(number)) == (0, True)
    record = json.loads(RUNNER.invoke(cli.app, ["conform", str(spec), "--needed", "--tv", "0.05", "--json"]).stdout)
    assert record["conforms"] == int(number[1])
    neither = RUNNER.invoke(cli.app, ["conform", str(spec)])
    assert (neither.exit_code, neither.stdout) == (2, "")
    assert "--sampler" in neither.stderr
    assert "--needed" in neither.stderr


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("broken", "sampler: it raised IndexError: list index out of range (code.py, line 15)"),
        ("gone", "sampler: it raised SystemExit: 0"),
        ("short", "sampler: it returned int64 of shape (1, 3); whole numbers of shape (2, 3) are accepted"),
        ("real", "sampler: it returned float64 of shape (2, 3)"),
        ("beyond", "sampler: it returned tokens from 2 to 3; 0..2 are accepted"),
        ("below", "sampler: it returned tokens from -1 to 0"),
        ("ragged", "sampler: it returned list, which is no array"),
        ("number", "has no function number"),
        ("missing", "has no function missing"),
        ("", "FILE.py:NAME is accepted"),
    ],
)
def test_what_is_no_sampler_is_answered_in_one_sentence(run, name, message):
    found = run(name, "--samples", "100")
    assert (found.exit_code, found.stdout) == (2, "")
    told = found.stderr.splitlines()[-1]
    assert told.startswith("maskbound: ")
    assert message in told
    assert "Traceback" not in found.stderr


def test_its_own_traceback_is_there_on_demand(run):
    found = run("broken", "--samples", "100", "--debug")
    assert found.exit_code == 2
    assert "def broken(oracle, count, seed): return [1, 2][5]" in found.stderr


@pytest.mark.parametrize("words", [["--samples", "0"], ["--alpha", "1"], ["--tv", "0"], ["--seed", "-1"]])
def test_arguments_out_of_range_are_refused(run, words):
    found = run("fair", *words)
    assert (found.exit_code, found.stdout) == (2, "")
    assert words[0] in found.stderr


def test_a_missing_file_is_bad_input(run):
    assert "there is no file" in run("fair", file="none.py").stderr


def test_impossible_sequences_are_left_out_of_the_ranking_and_refute_at_once():
    """Uniform sequences of three colours: a third of the pairs clash, and the rest is uniform as claimed."""
    instance = Instance(languages.colouring(2), policies.FixedSize([1, 1]))

    def uniform(oracle, count, seed):
        return np.random.default_rng(seed).integers(0, 3, (count, 2))

    found = conform(instance, uniform, samples=3000, seed=1)
    assert (found.status, found.log_evidence) == ("differs", np.inf)
    assert 900 < sum(count for _, count in found.impossible) < 1100
    assert {sequence for sequence, _ in found.impossible} == {(0, 0), (1, 1), (2, 2)}
    assert found.closest[0][1] == pytest.approx(-np.log(6), rel=1e-12)
    assert 0.2 < found.tv[1] < 1 / 3 < found.tv[2]
