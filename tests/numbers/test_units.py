"""Bits: every conversion contains the truth, and every place that prints a number has it."""

from __future__ import annotations

import json
import math
from fractions import Fraction

import mpmath
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from maskbound.numerics import Instance, cli, languages, measure, policies
from maskbound.numerics.errors import BadInput
from maskbound.numerics.metrics.units import unit_of
from maskbound.numerics.numbers.enclosure import Enclosure
from maskbound.numerics.numbers.units import converted
from maskbound.numerics.render.in_unit import table_in_unit
from maskbound.numerics.render.table import Table

PAIR = Instance(languages.pair(2, 4), policies.Bernoulli(steps=1), name="pair")


@given(st.floats(-1e6, 1e6), st.floats(0, 1e3))
def test_the_ends_are_rounded_outwards(lo, width):
    found = converted(Enclosure.between(lo, lo + width), "bits")
    with mpmath.workdps(60):
        for end, below in ((lo, True), (lo + width, False)):
            truth = mpmath.mpf(end) / mpmath.log(2)
            assert (found.lo <= truth) if below else (truth <= found.hi)
            assert abs((found.lo if below else found.hi) - truth) <= 4 * math.ulp(float(truth))


def test_two_pairs_of_fair_bits_cost_two_bits():
    found = measure(PAIR, ["kl", "ser"], unit="bits")
    assert found["kl"].contains(2)
    assert found["ser"] == measure(PAIR, ["ser"])["ser"]
    assert unit_of("log_ter", "bits") == "bits per token"
    assert found.table().rows[0][2] == "bits"


def test_zero_is_zero_and_infinity_is_infinite():
    assert converted(Enclosure.exactly(0), "bits").exact == Fraction(0)
    assert converted(Enclosure(math.inf, math.inf, math.inf, "rounding"), "bits").lo == math.inf


def test_other_units_are_refused():
    with pytest.raises(BadInput, match="nats or bits"):
        measure(PAIR, ["kl"], unit="bit")


def test_a_table_of_nothing_in_nats_is_refused():
    with pytest.raises(BadInput, match="--unit"):
        table_in_unit(Table("x", ("instance", "ser"), (("a", 0.5),)), "bits")


@pytest.mark.parametrize("words", [["measure", "-q", "entropy"], ["curve"], ["law"], ["table", "curve"]])
def test_commands_print_bits(words, tmp_path):
    path = tmp_path / "coin.toml"
    language = 'language = {kind = "iid", length = 1, probabilities = ["1/2", "1/2"]}'
    path.write_text(language + '\npolicy = {kind = "bernoulli", steps = 1}\n')
    sequence = tmp_path / "x.txt"
    sequence.write_text("0\n")
    more = ["--sequences", str(sequence)] if words == ["law"] else []
    asked = ["--format", "json"] if words[0] == "table" else ["--json"]
    numbers = {}
    for unit in ("nats", "bits"):
        out = CliRunner().invoke(
            cli.app,
            [words[0], *words[1:2], str(path), *words[2:], *more, *asked, "--unit", unit]
            if words[0] == "table"
            else [words[0], str(path), *words[1:], *more, *asked, "--unit", unit],
        )
        assert out.exit_code == 0, out.output
        record = json.loads(out.stdout)
        numbers[unit] = {
            "measure": lambda r: r["quantities"]["entropy"]["value"],
            "curve": lambda r: r["profile"][0]["value"],
            "law": lambda r: -r["sequences"][0]["log_p"]["value"],
            "table": lambda r: r["rows"][0]["Z(a)"]["value"],
        }[words[0]](record)
    assert numbers == {"nats": pytest.approx(math.log(2), rel=1e-12), "bits": pytest.approx(1, rel=1e-12)}


def test_results_of_an_instance_are_written_in_bits_and_latex():
    words = ["table", "results", "pair-bernoulli", "--unit", "bits", "--format"]
    found = json.loads(CliRunner().invoke(cli.app, [*words, "json"]).stdout)
    (row,) = found["rows"]
    # Two pairs of uniform symbols among four: TC = 2 log 4.
    assert row["total_correlation"]["value"] == pytest.approx(4, rel=1e-12)
    assert "bits" in found["title"]
    assert r"\begin{tabular}" in CliRunner().invoke(cli.app, [*words, "latex"]).stdout
