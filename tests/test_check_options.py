"""Which statements `check` judges, in which time, and what it makes of a counterexample that was found."""

from __future__ import annotations

import json
import math
import re
import subprocess
import sys
from dataclasses import replace

import pytest
from typer.testing import CliRunner

from maskbound.numerics import Instance, check, cli, denoisers, languages, measure, policies
from maskbound.numerics.errors import BadInput
from maskbound.numerics.judging import Status
from maskbound.theory import claim, statements

RUNNER = CliRunner()
FLOATING = Instance(
    languages.iid([0.3, 0.7], 3), policies.Bernoulli(steps=2), denoisers.Perturbed("tilt", 0.5), name="floating"
)


def test_statements_are_chosen_as_they_are_found():
    found = RUNNER.invoke(cli.app, ["check", "pair-bernoulli", "--statement", "Feng 4.2", "--json"])
    assert {each["statement"] for each in json.loads(found.stdout)} == {"token-error/feng-form"}
    refused = RUNNER.invoke(cli.app, ["check", "pair-bernoulli", "--statement", "x", "--claim", "kl <= 1"])
    assert refused.exit_code == 2
    assert "--statement" in refused.stderr


def test_the_time_of_a_measurement_is_chosen():
    found = RUNNER.invoke(cli.app, ["check", "english-bigram", "--claim", "kl <= 1", "--seconds", "1e-9"])
    assert found.exit_code == 3
    assert "would take" in found.stdout


def test_width_and_time_are_asked_for_as_in_measure():
    hidden = languages.HMM(16, [0.6, 0.4], [[0.7, 0.3], [0.2, 0.8]], [[0.9, 0.1], [0.25, 0.75]])
    instance = Instance(hidden, policies.Bernoulli(steps=4))
    (wide,), (narrow,) = (check(instance, judged="path_kl <= 0", width=width) for width in (0.1, 1e-9))
    assert wide.lhs.lo < narrow.lhs.lo <= narrow.lhs.hi < wide.lhs.hi
    (refused,) = check(instance, judged="log_ter <= 0", seconds=1e-12)
    assert "would take" in refused.reason
    told = RUNNER.invoke(cli.app, ["check", "pair-bernoulli", "--claim", "kl <= 1", "--width", "-1"])
    assert told.exit_code == 2
    assert "--width" in told.stderr


def test_exactness_takes_no_verdict_away_from_intervals():
    stated = claim("kl <= path_kl + 1")
    (verdict,) = check(FLOATING, judged=[stated], exact=True)
    assert verdict.status is Status.HOLDS
    (open_one,) = check(FLOATING, judged=[statements["learning-error/mean"]], exact=True)
    assert open_one.status is Status.UNDECIDED
    assert "no rationals" in open_one.exactly


def test_a_counterexample_is_an_instance_file_that_check_judges(tmp_path):
    path = tmp_path / "broken.json"
    words = ["falsify", "kl >= path_kl", "--instance", str(path), "--budget", "20"]
    assert RUNNER.invoke(cli.app, words).exit_code == 1
    found = RUNNER.invoke(cli.app, ["check", str(path)])
    assert found.exit_code == 1
    assert re.search(r"^claim-1 .*violated", found.stdout, re.MULTILINE)


def test_pytest_does_not_wait_for_the_numbers():
    code = (
        "import sys, maskbound.numerics.testing.plugin; print(sorted({'numba', 'scipy', 'sympy'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (lambda: measure("chain.toml", ["kl"]), "an Instance is accepted"),
        (lambda: measure(FLOATING, ["KLL"]), "closest known quantities are kl"),
        (lambda: measure(FLOATING, [3]), "quantity: found 3"),
        (lambda: check(3), "an Instance is accepted"),
        (lambda: Instance(languages.pair(2, 4), 3), "policy: found 3"),
        (lambda: Instance("english", policies.Bernoulli(2)), "language: found 'english'"),
        (lambda: policies.FixedSize(3), "sizes: found 3"),
    ],
)
def test_a_wrong_type_is_answered_by_a_sentence(wrong, said):
    with pytest.raises(BadInput, match=said):
        wrong()


def test_one_quantity_may_be_named_alone():
    assert list(measure(FLOATING, "kl")) == ["kl"]


def test_information_is_shown_in_bits():
    said = ["kl <= log(2)", "ser <= 1 - exp(-kl)", "tv <= sqrt(kl/2)"]
    words = ["check", "pair-bernoulli", *(word for text in said for word in ("--claim", text)), "--json"]
    nats, bits = (json.loads(RUNNER.invoke(cli.app, [*words, "--unit", unit]).stdout) for unit in ("nats", "bits"))
    assert [each["unit"] for each in bits] == ["bits", None, None]
    assert bits[0]["rhs"] == 1
    assert bits[0]["lhs"] == pytest.approx(nats[0]["lhs"] / math.log(2), rel=1e-15)
    assert bits[0]["margin"] == pytest.approx(nats[0]["margin"] / math.log(2), rel=1e-12)
    assert bits[1:] == [each | {"unit": None} for each in nats[1:]]
    screen = RUNNER.invoke(cli.app, [*words[:-1], "--unit", "bits"]).stdout
    assert "information in bits" in screen.split("\n")[0]


def test_a_verdict_in_bits_has_its_quantities_in_bits():
    (verdict,) = check(FLOATING, judged=[claim("ser <= 1 - exp(-path_kl)")], unit="bits")
    (same,) = check(FLOATING, judged=[claim("ser <= 1 - exp(-path_kl)")])
    assert verdict.rhs == replace(same.rhs, quantities=verdict.rhs.quantities)
    assert verdict.rhs.quantities["path_kl"].hi == pytest.approx(same.rhs.quantities["path_kl"].hi / math.log(2))
    with pytest.raises(BadInput, match="nats or bits"):
        check(FLOATING, judged=[], unit="hartleys")


def test_the_table_of_bounds_in_bits():
    words = ["table", "bounds", "pair-bernoulli", "--format", "json", "--unit"]
    nats, bits = (
        {row["statement"]: row for row in json.loads(RUNNER.invoke(cli.app, [*words, unit]).stdout)["rows"]}
        for unit in ("nats", "bits")
    )
    rate, root = "bernoulli/uniform-rate", "tv/pinsker"
    assert bits[rate]["rhs"]["value"] == pytest.approx(nats[rate]["rhs"]["value"] / math.log(2))
    assert bits[rate]["ratio"] == nats[rate]["ratio"]
    assert bits[root] == nats[root]
