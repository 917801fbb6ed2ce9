"""Verdicts in tables: counts, ratios, and which open ones are equalities."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from maskbound.numerics import Instance, languages, policies
from maskbound.numerics.errors import BadInput
from maskbound.numerics.judging import Side, Status, Verdict, Verdicts, check
from maskbound.numerics.judging.cases import Case
from maskbound.numerics.numbers.enclosure import Enclosure
from maskbound.numerics.tables.registry import bounds
from maskbound.numerics.tables.verdicts import (
    as_records,
    is_rounding_equality,
    judged_on,
    remarks,
    tally,
    verdicts_of,
)
from maskbound.theory import claim, statements

PAIR = Instance(languages.pair(2, 2), policies.Bernoulli(steps=2), name="small pair")


def side(lo: float, hi: float, kind: str = "rounding", **more) -> Side:
    return Side((lo + hi) / 2, lo, hi, {"kl": Enclosure((lo + hi) / 2, lo, hi, kind, **more)})


def verdict(lhs: Side, rhs: Side, status: Status, relation: str = "<=") -> Verdict:
    return Verdict(claim(f"kl {relation} path_kl"), ("x",), status, lhs, rhs, "the enclosures overlap")


def test_the_ledger_is_judged_without_what_is_false_on_purpose():
    judged = {statement.id for statement, _ in judged_on(Case((PAIR,)))}
    assert "bernoulli/uniform-rate" in judged
    assert not any(statements[name].status == "false on purpose" for name in judged)
    assert all(statements[name].subjects == 1 for name in judged)


def test_a_claim_about_one_subject_meets_both_parts_of_a_pair():
    second = replace(PAIR, policy=policies.Bernoulli(steps=3), name="more steps")
    pair = Case((PAIR, second), "more-steps")
    one, two = claim("kl <= path_kl", id="one"), claim("kl@2 <= kl", id="two")
    found = [(v.statement.id, v.instances, v.status) for v in verdicts_of(pair, [one, two])]
    assert found == [
        ("two", ("small pair", "more steps"), Status.HOLDS),
        ("one", ("small pair",), Status.HOLDS),
        ("one", ("more steps",), Status.HOLDS),
    ]


def test_equalities_to_within_rounding_are_told_from_other_open_verdicts():
    lhs, rhs = side(0.5, 0.5 + 2e-12), side(0.5 + 1e-12, 0.5 + 3e-12, "truncation")
    assert is_rounding_equality(verdict(lhs, rhs, Status.UNDECIDED))
    assert not is_rounding_equality(verdict(lhs, rhs, Status.HOLDS))
    assert not is_rounding_equality(verdict(side(0.5, 0.6, "bound"), rhs, Status.UNDECIDED))
    circular = side(0.5, 0.5 + 2e-12, relies_on=frozenset({"claim"}))
    assert not is_rounding_equality(verdict(circular, rhs, Status.UNDECIDED))
    unbounded = Side(0.5, 0.5, math.inf, {"kl": Enclosure(0.5, 0.5, math.inf, "rounding")})
    assert not is_rounding_equality(verdict(unbounded, rhs, Status.UNDECIDED))
    nothing = Verdict(claim("kl <= path_kl"), ("x",), Status.UNDECIDED, reason="too large")
    assert not is_rounding_equality(nothing)


def test_the_count_says_which_open_verdicts_are_equalities():
    equal = verdict(side(0.5, 0.5), side(0.5, 0.5), Status.UNDECIDED)
    other = Verdict(claim("kl <= path_kl"), ("x",), Status.UNDECIDED, reason="too large")
    fine = verdict(side(0.1, 0.1), side(0.2, 0.2), Status.HOLDS)
    broken = verdict(side(0.3, 0.3), side(0.2, 0.2), Status.VIOLATED)
    without = Verdict(claim("kl <= path_kl"), ("x",), Status.NOT_APPLICABLE, reason="needs something")
    assert tally([fine, broken, without]) == "1 hold, 1 violated, 0 undecided; 1 not applicable"
    both = tally([equal, equal])
    assert both == "0 hold, 0 violated, 2 undecided (all equalities to within rounding); 0 not applicable"
    assert "2 undecided (1 of them equalities to within rounding)" in tally([equal, other])
    assert remarks([fine, without]) == []
    large = replace(equal, exactly="an exact kl would take 60 s")
    assert remarks([large, fine, large]) == [
        "x: 2 known to within rounding only, such as claim: an exact kl would take 60 s"
    ]
    assert remarks([other]) == ["claim on x: undecided: too large"]
    assert remarks([without], inapplicable=True) == ["claim on x: not applicable: needs something"]
    assert "left side = 0.3" in remarks([broken])[0]


@pytest.mark.parametrize(
    ("lhs", "rhs", "relation", "lo", "hi"),
    [
        (side(0.2, 0.2), side(0.4, 0.4), "<=", 0.5, 0.5),
        (side(0.4, 0.4), side(0.2, 0.2), ">=", 0.5, 0.5),
        (side(0.1, 0.2), side(0.4, 0.5), "<=", 0.2, 0.5),
        (side(0.0, 0.0), side(0.4, 0.4), "<=", 0.0, 0.0),
        (side(0.0, 0.0), side(0.0, 0.0), "<=", 1.0, 1.0),
        (side(-0.2, -0.2), side(0.4, 0.4), "<=", -0.5, -0.5),
    ],
)
def test_tightness_encloses_the_ratio(lhs, rhs, relation, lo, hi):
    found = verdict(lhs, rhs, Status.HOLDS, relation).tightness()
    # One division, rounded outwards by one ulp.
    assert lo - 2**-52 <= found.lo <= lo
    assert hi <= found.hi <= hi + 2**-52


def test_a_table_shows_no_more_digits_of_a_ratio_than_the_enclosure_supports():
    (one,) = rows = Verdicts([verdict(side(0.54242, 0.54360), side(6.25, 6.25), Status.HOLDS)])
    for shown in (str(rows), rows.to_latex(), rows._repr_html_(), one.account()):
        assert "0.087" in shown
        assert "0.0868" not in shown
    assert "margin 5.71," in one.account()


def test_verdicts_of_several_instances_are_one_table():
    both = Verdicts([verdict(side(0.1, 0.1), side(0.2, 0.2), Status.HOLDS)]) + check(PAIR, judged="kl <= path_kl")
    assert [found.instances for found in both] == [("x",), ("small pair",)]
    assert "<table>" in both._repr_html_()
    assert "small pair" in both.to_latex()
    with pytest.raises(BadInput, match=r"check\(a\) \+ check\(b\) is one table"):
        check([PAIR, PAIR], judged="kl <= path_kl")


def test_a_ratio_of_noise_is_not_shown():
    noise = side(0.0, 3e-15)
    assert verdict(noise, noise, Status.UNDECIDED).tightness() is None
    infinite = verdict(side(0.1, 0.1), side(math.inf, math.inf), Status.HOLDS).tightness()
    assert (infinite.lo, infinite.value, infinite.hi) == (0, 0, 0)
    assert verdict(side(math.inf, math.inf), side(math.inf, math.inf), Status.HOLDS).tightness() is not None


def test_a_side_is_as_weak_as_its_weakest_quantity():
    sampled = Enclosure(0.5, 0.4, 0.6, "statistical", confidence=0.99)
    sure = Enclosure(0.5, 0.5, 0.5, "exact")
    found = Side(1.0, 0.9, 1.1, {"kl": sampled, "tv": sure, "ser": sampled}).shown()
    assert found.kind == "statistical"
    # Both intervals must hold at once: 1 - 2 * 0.01, computed in a handful of roundings.
    assert found.confidence == pytest.approx(0.98, rel=0, abs=1e-15)


def test_records_have_null_where_nothing_was_measured():
    without = Verdict(claim("kl <= path_kl"), ("a", "b"), Status.NOT_APPLICABLE, reason="needs something")
    assert as_records([without]) == [
        {
            "statement": "claim",
            "instance": ["a", "b"],
            "status": "not applicable",
            "lhs": None,
            "rhs": None,
            "unit": "nats",
            "margin": None,
            "ratio": None,
        }
    ]


def test_bounds_are_ordered_from_the_loosest():
    table = bounds([Case((PAIR,))])
    ratios = [row[5].value for row in table.rows if row[5] is not None and row[6] == "holds"]
    assert len(ratios) > 5
    assert ratios == sorted(ratios, key=lambda ratio: float(f"{ratio:.9g}"))
    assert {row[1] for row in table.rows} >= {
        "kl-path-kl/given-times",
        "bernoulli/uniform-rate",
        "sequence-error/from-kl",
        "pair/ser-lower",
    }
    assert not any(row[6] == "not applicable" for row in table.rows)
