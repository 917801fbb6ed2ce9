"""Where inequalities give an interval, no number inside is printed, drawn, stored or compared as the value."""

from __future__ import annotations

import json
import math
import re
from functools import cache

import pytest

from maskbound.numerics import Instance, languages, measure, policies
from maskbound.numerics.engines.workspace import Workspace
from maskbound.numerics.judging import Status, judge
from maskbound.numerics.metrics import measure_one
from maskbound.numerics.metrics.measure import Measured
from maskbound.numerics.numbers.enclosure import Enclosure
from maskbound.numerics.render.table import FORMATS, as_json, as_text
from maskbound.numerics.sweeps.store import Row
from maskbound.numerics.tables.results import measured_record, measured_table
from maskbound.numerics.tables.verdicts import as_records, verdict_table
from maskbound.theory import claim

CHAIN = languages.markov(["1/4", "3/4"], [["1/2", "1/2"], ["1/3", "2/3"]], 200)
HMM = languages.HMM(200, ["1/2", "1/2"], [["3/4", "1/4"], ["1/3", "2/3"]], [["3/4", "1/4"], ["0", "1"]])
INSTANCES = [
    Instance(CHAIN, policies.Bernoulli(steps=5)),
    Instance(HMM, policies.Bernoulli(steps=5)),
    Instance(languages.pair(2, 4000), policies.FixedSize([1000] * 4)),
]
LOOSE = [(instance, name) for instance in INSTANCES for name in ("kl", "log_ter", "ser")]


measured = cache(lambda instance: measure(instance, seconds=5))


def bound(instance: Instance, name: str) -> Enclosure | None:
    found = measured(instance)
    return found[name] if name in found and found[name].kind == "bound" and found[name].width else None


def test_the_instances_have_bounds():
    assert sum(bound(*each) is not None for each in LOOSE) >= 4


@pytest.mark.parametrize(("instance", "name"), LOOSE, ids=str)
def test_bounds_have_no_value(instance, name):
    found = bound(instance, name)
    if found is None:
        return
    assert math.isnan(found.value)
    record = json.loads(json.dumps(measured_record(instance, Measured({name: found})), allow_nan=False))
    assert record["quantities"][name]["value"] is None
    assert record["quantities"][name]["lo"] == found.lo
    if found.hi > 1.5 * found.lo:
        middle = f"{(found.lo + found.hi) / 2:.3g}"
        for fmt in ("md", "latex", "csv"):
            assert middle not in FORMATS[fmt](measured_table(instance, Measured({name: found})))
        assert re.fullmatch(r"\[\S+, \S+\]", as_text(found))
    row = Row.measured("f", '{"name": "one"}', name, found)
    assert row.value is None
    assert not row.is_failure


def test_a_ratio_of_bounds_is_an_interval():
    work = Workspace(INSTANCES[0])
    path_kl = measure_one(work, "path_kl")
    verdict = judge(claim("kl <= 40*path_kl"), (work,))
    assert verdict.status is Status.HOLDS
    assert math.isnan(verdict.ratio)
    assert math.isnan(verdict.margin)
    ratio = verdict.tightness()
    assert 0 < ratio.lo < 1 / 50
    assert ratio.hi == pytest.approx(1 / 40)
    assert as_text(ratio).startswith("[")
    (record,) = as_records([verdict])
    assert (record["lhs"], record["ratio"], record["margin"]) == (None, None, None)
    assert record["rhs"] == pytest.approx(40 * path_kl.value)
    assert "kl in [" in verdict.account()
    assert "nan" not in verdict.account()
    assert "nan" not in FORMATS["md"](verdict_table([verdict], "t"))


def test_two_bounds_that_meet_are_a_value():
    assert Enclosure.between(0.5, 0.5).value == 0.5
    assert Enclosure.between(0.5, 0.5 + 2e-10).value == 0.5 + 1e-10
    assert math.isnan(Enclosure.between(0.5, 0.5 + 1e-9).value)
    assert math.isnan(Enclosure.between(0.0, 1e-300).value)
    assert math.isnan(Enclosure.between(1.0, math.inf).value)
    assert as_json(Enclosure.between(0.25, 0.5))["value"] is None
    with pytest.raises(ValueError, match="lo <= value <= hi"):
        Enclosure.between(0.5, 0.25)
