"""The one screen of a check: what has to be seen is on it, and it is one screen."""

from __future__ import annotations

from dataclasses import replace

import pytest

from maskbound.numerics import Instance, languages, policies
from maskbound.numerics.instances.gallery import load_gallery
from maskbound.numerics.judging import Status
from maskbound.numerics.judging.cases import Case
from maskbound.numerics.judging.checking import BEYOND
from maskbound.numerics.tables.screen import EXPLAINED, explained, one_screen
from maskbound.numerics.tables.verdicts import verdicts_of
from maskbound.theory import claim, statements

HIDDEN = languages.HMM(48, ["1/2", "1/2"], [["9/10", "1/10"], ["1/5", "4/5"]], [["3/4", "1/4"], ["1/3", "2/3"]])


@pytest.fixture(scope="module")
def verdicts():
    return list(verdicts_of(Case((load_gallery("english-bigram"),))))


@pytest.mark.parametrize(("width", "height"), [(80, 24), (120, 24), (200, 60)])
def test_it_is_one_screen(verdicts, width, height):
    lines = one_screen(verdicts, "english-bigram", width=width, height=height)
    assert len(lines) <= height
    assert max(map(len, lines)) <= width


def test_every_violation_comes_first(verdicts):
    broken = [replace(v, status=Status.VIOLATED) if v.status is Status.HOLDS else v for v in verdicts][:5]
    lines = one_screen(broken, "broken")
    for verdict in (v for v in broken if v.status is Status.VIOLATED):
        assert any(line.startswith(verdict.statement.id) and "violated" in line for line in lines[2:8])


def test_what_is_open_is_counted_by_reason_and_exactness_says_why(verdicts):
    lines = one_screen(verdicts, "english-bigram")
    open_ones = [v for v in verdicts if v.status is Status.UNDECIDED]
    at = lines.index(f"{len(open_ones)} undecided: the sides are equal, or differ by less than rounding")
    assert open_ones[0].statement.id in lines[at + 1]
    assert lines[at + 2].startswith("  exact arithmetic leaves this open: ")


def test_reasons_of_one_cause_are_one_reason_and_a_claim_has_its_own():
    large = Case((Instance(HIDDEN, policies.Bernoulli(steps=4), name="large"),))
    stated = claim("tv <= kl")
    others = [statements[name] for name in ("profile/non-increasing", "area-theorem/defect", "log-mean-path-kl/lower")]
    found = list(verdicts_of(large, [*others, stated]))
    beyond = [v for v in found if v.cause == BEYOND]
    assert len({v.reason for v in beyond}) == 4
    lines = one_screen(found, "large", [stated], width=300)
    assert sum("would take engine" in line for line in lines if line.startswith("  such as")) == 1
    assert f"3 undecided: {BEYOND}" in lines
    (own,) = [v for v in beyond if v.statement is stated]
    assert f"1 undecided: {own.reason}" in lines


def test_the_tightest_are_in_order_and_attained_bounds_are_counted_only(verdicts):
    lines = one_screen(verdicts, "english-bigram", height=40)
    at = next(n for n, line in enumerate(lines) if line.startswith("the tightest of"))
    ratios = [float(line.split()[4]) for line in lines[at + 2 :] if "<=" in line or ">=" in line]
    assert len(ratios) > 3
    assert ratios == sorted(ratios, reverse=True)
    assert ratios[0] < 1


def test_claims_are_shown_whatever_their_verdict(verdicts):
    stated = claim("kl <= path_kl")
    (verdict,) = verdicts_of(Case((load_gallery("english-bigram"),)), [stated])
    lines = one_screen([*verdicts, verdict], "english-bigram", [stated])
    assert lines[3].split()[:1] == ["claim"]
    assert "holds" in lines[3]


def test_a_claim_that_is_about_nats_only_is_told_so():
    stated = claim("path_kl <= total_correlation * log(V)")
    case = Case((Instance(languages.pair(2, 4), policies.Bernoulli(steps=2)),))
    (mixed,), (plain,) = (list(verdicts_of(case, [each])) for each in (stated, claim("path_kl <= total_correlation")))
    for shown in (mixed.account(), mixed._repr_html_(), "\n".join(one_screen([mixed], "x", [stated], width=200))):
        assert shown.count("in bits it would be another claim") == 1
    assert "another claim" not in plain.account() + plain._repr_html_()


def test_the_verdicts_that_occur_are_explained(verdicts):
    lines = explained(verdicts)
    met = {v.status for v in verdicts}
    assert lines == [f"  {status.value}: {text}" for status, text in EXPLAINED.items() if status in met]
    assert set(EXPLAINED) == set(Status)
