"""What a notebook shows, and enclosures as numbers."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest

from maskbound.numerics import Instance, check, curve, languages, law, measure, policies, sweep
from maskbound.numerics.errors import BadInput
from maskbound.numerics.numbers.enclosure import Enclosure
from maskbound.numerics.universal import prove
from maskbound.theory import claim, statements

INSTANCE = Instance(languages.pair(2, 4), policies.Bernoulli(steps=2), name="two <pairs>")
WEATHER = languages.HMM(3, ["1/2", "1/2"], [["9/10", "1/10"], ["1/5", "4/5"]], [[1, 0], ["1/3", "2/3"]])
ONE = Enclosure(0.5147720709, 0.514772070, 0.514772071, "truncation")
BOUND = Enclosure.between(0.1, 0.2)


def test_an_enclosure_is_a_number_where_there_is_one():
    assert float(ONE) == ONE.value
    assert f"{ONE:.3f}" == "0.515"
    assert np.asarray([ONE, ONE], float).tolist() == [ONE.value] * 2
    assert str(ONE) == "0.514772"


def test_where_only_bounds_are_known_there_is_none():
    with pytest.raises(ValueError, match=r"only bounds are known, \[0\.10, 0\.20\]"):
        float(BOUND)
    with pytest.raises(ValueError, match="only bounds"):
        np.asarray([BOUND], float)
    assert f"{BOUND:.3f}" == str(BOUND) == "[0.10, 0.20]"


@pytest.mark.parametrize(
    ("result", "held"),
    [
        (lambda: statements["bernoulli/uniform-rate"], ["bernoulli/uniform-rate", "$", "ExactDenoiser"]),
        (lambda: ONE, ["0.514772", "truncation"]),
        (lambda: WEATHER, ["HMM(length=3, states=2, vocab=2)", "transition, row 0", "9/10, 1/10"]),
        (lambda: languages.english_ngram(order=2, length=9), ["NGram(order=2, vocab=27", ">27<"]),
        (lambda: INSTANCE, ["two &lt;pairs&gt;", "V = 2, L = 4, N = 2"]),
        (lambda: measure(INSTANCE, ["kl"]), ["kl", "nats"]),
        (lambda: check(INSTANCE), ["kl-path-kl/given-times", "holds"]),
        (lambda: check(INSTANCE)[0], ["profile/non-increasing", "holds"]),
        (lambda: law(INSTANCE), ["0 0 0 0", "16 of 16 sequences"]),
        (lambda: curve(INSTANCE), ["Z(a)"]),
        (lambda: sweep(INSTANCE, N=[1, 2], quantities=["ser"]), ["ser", "<td"]),
        (lambda: prove("path_kl <= total_correlation", policies.Bernoulli(steps=2), 3), ["holds", "every language"]),
    ],
    ids=[
        "statement",
        "enclosure",
        "language",
        "letters",
        "instance",
        "measured",
        "verdicts",
        "verdict",
        "law",
        "curve",
        "sweep",
        "decision",
    ],
)
def test_results_show_themselves(result, held):
    shown = result()._repr_html_()
    assert all(part in shown for part in held)
    assert "<pairs>" not in shown


def test_frames_have_values_and_ends():
    pytest.importorskip("pandas")
    frame = measure(INSTANCE, ["kl", "ser"]).to_frame()
    assert frame["quantity"].tolist() == ["kl", "ser"]
    assert (frame["value_lo"] <= frame["value"]).all()
    assert (frame["value"] <= frame["value_hi"]).all()
    assert len(law(INSTANCE).to_frame()) == 16
    assert sweep(INSTANCE, N=[1, 2], quantities=["ser"]).to_frame()["N"].tolist() == [1, 2]
    verdicts = check(INSTANCE).to_frame()
    assert set(verdicts["verdict"]) <= {"holds", "not applicable", "undecided"}


def test_a_long_table_is_cut_in_a_notebook_and_whole_in_a_frame():
    pytest.importorskip("pandas")
    long = law(Instance(languages.iid(["1/2", "1/2"], 8), policies.Bernoulli(1)))
    assert "60 of 256 sequences" in long._repr_html_()
    assert len(long.to_frame()) == 256
    assert math.isclose(long.to_frame()["p"].sum(), 1)


def test_latex_of_verdicts_and_enclosures():
    verdict = next(v for v in check(INSTANCE) if v.statement.id == "kl-path-kl/given-times")
    assert verdict._repr_latex_() == f"${verdict.statement.latex()}$: holds"
    assert Enclosure(0.0, 0.0, 3e-15, "rounding")._repr_latex_() == r"$0\pm 3e-15$"


def test_measurements_and_verdicts_print_as_tables():
    instance = Instance(languages.pair(2, 4), policies.Bernoulli(2), name="small")
    lines = str(measure(instance, ["ser", "kl"], unit="bits")).split("\n")
    assert [line.split()[:3] for line in lines] == [
        ["quantity", "value", "unit"],
        ["ser", "0.4375", "probability"],
        ["kl", "0.830075", "bits"],
    ]
    verdicts = check(instance, judged=[claim("kl <= path_kl")], unit="bits")
    assert re.search(r"^small +claim .* 0\.830075 +<= ", str(verdicts), re.MULTILINE)
    assert "information in bits" in str(verdicts[0])
    assert "bits" not in str(check(instance, judged=[claim("kl <= path_kl")])[0])
    for shown in (verdicts, verdicts[0]):
        assert "bits" in shown._repr_html_()
        assert "bits" in shown.to_latex()
    assert "bits" not in check(instance, judged="ser <= 1", unit="bits").to_latex()
    with pytest.raises(BadInput, match="in bits already"):
        verdicts[0].in_unit("nats")


def test_results_in_latex():
    found = measure(INSTANCE, ["kl", "ser"]).to_latex("Two & more")
    assert r"\caption{Two \& more}" in found
    assert re.search(r"^kl & 0\.575364 & nats & rounding & blocks", found, re.MULTILINE)
    assert r"\begin{tabular}{lrlll}" in found
    assert "caption" not in check(INSTANCE, judged=[claim("kl <= path_kl")]).to_latex()


def test_latex_of_verdicts_has_formulas():
    typed, ledger = claim("kl < path_kl"), statements["kl-path-kl/given-times"]
    rows = check(INSTANCE, judged=[typed]).to_latex()
    assert f"${typed.latex()}$ & 0.575364 & 0.693147 & 0.117783 & " in rows
    assert "Information in nats." in rows
    assert "nats &" not in rows
    assert "arraystretch" not in rows
    assert "arraystretch" in check(INSTANCE, judged="kl < path_kl/1 + total_correlation/2").to_latex()
    assert "path\\_kl" not in rows
    assert "claim" not in rows
    both = check(INSTANCE, judged=[typed, ledger]).to_latex()
    assert "claim & " in both
    assert "Statement & " in both
    assert "& $<$ & 0.693147" in both
    assert f"formula & ${typed.latex()}$" in check(INSTANCE, judged=[typed])[0].to_latex()


def test_open_verdicts_say_why_below_their_table():
    hidden = languages.HMM(60, [0.6, 0.4], [[0.7, 0.3], [0.2, 0.8]], [[0.9, 0.1], [0.25, 0.75]])
    found = check(Instance(hidden, policies.Bernoulli(steps=4)), judged=["kl <= path_kl / 2", "ser <= kl"])
    for shown in (str(found), found._repr_html_(), found.to_latex()):
        assert "undecided: the enclosures overlap, as kl of instance (V=2, L=60) would take" in shown
    alone = dict(found[0].table().rows)
    assert alone["margin"].lo < 0 < alone["margin"].hi
    assert 2 <= alone["ratio"].hi < 2.001
    assert dict(found[1].table().rows)["margin"].lo == 0


def test_sweeps_in_latex():
    assert "a & b" in sweep(INSTANCE, N=[1, 2], quantities=["kl"]).to_latex().replace("N & kl", "a & b")


def test_a_language_is_written_in_latex():
    found = WEATHER.to_latex("Weather")
    assert r"\caption{Weather}" in found
    assert "9/10, 1/10" in found
