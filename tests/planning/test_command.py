"""`maskbound schedule` and the tables of planned schedules."""

from __future__ import annotations

import json
import math

import pytest
from typer.testing import CliRunner

from maskbound.numerics import Instance, cli, languages, load, measure, planning, policies
from maskbound.numerics.render.table import FORMATS, render
from maskbound.numerics.study import schedules

RUNNER = CliRunner()


def test_a_plan_is_printed_and_can_be_put_in_a_file(tmp_path):
    result = RUNNER.invoke(cli.app, ["schedule", "markov-alpha", "--steps", "2"])
    assert result.exit_code == 0, result.output
    assert "saved by the best" in result.stdout
    assert "fixed-size/no-worse-path-kl" in result.stdout
    result = RUNNER.invoke(cli.app, ["schedule", "parity-uniform", "--json"])
    found = json.loads(result.stdout)
    assert [plan["kind"] for plan in found["plans"]] == ["bernoulli", "fixed-size"]
    for plan in found["plans"]:
        kind = plan["kind"]
        key = "weights" if kind == "bernoulli" else "sizes"
        spec = {"language": {"kind": "parity", "length": 3}, "policy": {"kind": kind, key: plan[key]}}
        (tmp_path / "planned.json").write_text(json.dumps({"name": "planned", **spec}))
        planned = load(tmp_path / "planned.json")
        value = measure(planned, ["path_kl"])["path_kl"]
        assert value.lo <= plan["value"]["hi"]
        assert plan["value"]["lo"] <= value.hi
        assert plan["least"] <= value.hi


def test_sizes_that_know_no_language_promise_less():
    """Parity, two steps: a sixth of TC + DTC = 3 log 2 at most, a third for sizes that are not random."""
    words = ["schedule", "parity-uniform", "--steps", "2", "--minimax"]
    found = json.loads(RUNNER.invoke(cli.app, [*words, "tc+dtc", "--json"]).stdout)["minimax"]
    assert (found["value"], found["fixed_value"]) == ("1/6", "1/3")
    assert math.isclose(found["path_kl_at_most"], math.log(2) / 2)
    assert math.isclose(found["fixed_path_kl_at_most"], math.log(2))
    assert math.isclose(found["path_kl"]["value"], math.log(2) / 2)
    assert found["policy"] == {"kind": "mixture-of-sizes", "steps": 2, "minimax": "tc+dtc"}
    assert "minimax (dtc): random sizes" in RUNNER.invoke(cli.app, [*words, "dtc"]).stdout
    assert RUNNER.invoke(cli.app, [*words, "log"]).exit_code == 2


def test_the_exact_quantities_are_planned_too():
    result = RUNNER.invoke(cli.app, ["schedule", "parity-uniform", "-q", "ser", "--json"])
    plans = {plan["kind"]: plan for plan in json.loads(result.stdout)["plans"]}
    assert plans["fixed-size"]["value"]["value"] == 0
    assert plans["bernoulli"]["saved"]["uniform"] > 0.1


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["parity-uniform", "--steps", "0"], "--steps: found 0; a positive whole number is accepted"),
        (["markov-floating", "-q", "kl"], "kl is planned for rational instances"),
        (["nowhere.toml"], "nowhere.toml"),
        (["parity-uniform", "--samples", "1"], "--samples: found 1; a whole number of at least 2"),
        (["parity-uniform", "--samples", "9"], "samples: the language is neither a hidden Markov model nor an n-gram"),
        (["hmm-weather", "--samples", "9", "-q", "kl"], "samples: they plan fixed sizes for path_kl"),
    ],
)
def test_bad_requests_are_answered_by_a_sentence(words, sentence):
    result = RUNNER.invoke(cli.app, ["schedule", *words])
    assert result.exit_code == 2
    assert sentence in result.stderr
    assert not result.stdout


LONG = """language = { kind = "english", order = 3, length = 40 }
policy = { kind = "fixed-size", steps = 16 }
"""


def test_a_language_that_is_too_large_is_planned_by_draws(tmp_path):
    (tmp_path / "long.toml").write_text(LONG)
    refused = RUNNER.invoke(cli.app, ["schedule", str(tmp_path / "long.toml")])
    assert refused.exit_code == 2
    assert "far more than this machine has" in refused.stderr
    assert "--samples" in refused.stderr


def test_drawn_sizes_are_the_best_ones():
    rows = [[0.5, 0.5], [0.125, 0.875], [1, 0]]
    language = languages.HMM(8, [0.5, 0.25, 0.25], [[0.8, 0.1, 0.1], [0.1, 0.8, 0.1], [0.1, 0.1, 0.8]], rows)
    instance = Instance(language, policies.FixedSize.balanced(3, 8))
    drawn, best = (planning.best_schedule(instance, **options) for options in ({"samples": 10000, "seed": 1}, {}))
    assert list(drawn.policy.random_sizes) == list(best.policy.random_sizes) == [2, 3, 3]
    assert (drawn.value.kind, drawn.gap) == ("statistical", None)
    assert drawn.value.lo <= best.value.value <= drawn.value.hi
    for name, value in best.others.items():
        assert drawn.others[name].lo <= value.value <= drawn.others[name].hi
    few = planning.best_schedule(instance, samples=100)
    assert few.value.overlaps(few.others["uniform"])
    assert few.gain("uniform") is None


def test_the_tables_are_built_from_what_is_planned(monkeypatch):
    """With small languages in the place of the long ones; every format renders them."""
    monkeypatch.setattr(schedules, "_planned", lambda: iter([("MDS(5, 2)", languages.mds(5, 2, 5), (2,))]))
    monkeypatch.setattr(schedules, "_targets", lambda: iter([("Pair(2)", languages.pair(2, 8), "ser", 0.5)]))
    planned, even = schedules.schedule_table(), schedules.break_even_table()
    sized, steps = planned.rows
    assert sized[3] == "fixed-size"
    assert sized[-2] == "100.0 %"
    assert sized[6].value <= steps[6].value
    uniform, best, bisection, autoregressive = even.rows
    instance = Instance(languages.pair(2, 8), policies.Bernoulli(uniform[5]))
    assert measure(instance, ["ser"])["ser"].hi <= 0.5
    assert best[5] <= uniform[5]
    assert bisection[5] == 4
    assert autoregressive[-1] == 1
    for fmt in FORMATS:
        assert "fixed-size" in render(planned, fmt)
        assert "bisection" in render(even, fmt)


@pytest.mark.slow
def test_the_tables_of_the_command_hold_what_they_claim():
    planned, even = schedules.schedule_table(), schedules.break_even_table()
    for name, _, _, kind, uniform, cosine, best, gap, *_ in planned.rows:
        assert best.lo <= min(uniform.hi, cosine.hi) + gap
        if name == "English letters":
            assert best.hi < uniform.lo - gap or kind == "bernoulli"
    assert {row[4] for row in even.rows} == {"uniform Bernoulli", "best fixed-size", "bisection", "autoregressive"}
