"""Measurements, laws, curves and sequences as tables and records."""

from __future__ import annotations

import math

import numpy as np
import pytest

from maskbound.numerics import Instance, curve, languages, law, measure, policies
from maskbound.numerics.engines.workspace import Workspace
from maskbound.numerics.errors import BadInput, BeyondReach
from maskbound.numerics.instances import parse
from maskbound.numerics.instances.gallery import load_gallery
from maskbound.numerics.metrics import information_curve
from maskbound.numerics.metrics.sequences import log_probabilities
from maskbound.numerics.numbers.enclosure import UNIT_ROUNDOFF
from maskbound.numerics.tables import results

PAIR = Instance(languages.pair(2, 2), policies.Bernoulli(steps=2), name="small pair")
ENGLISH = parse(
    {
        "name": "letters",
        "language": {"kind": "english", "order": 1, "length": 3},
        "policy": {"kind": "bernoulli", "steps": 2},
    }
)


def test_the_law_of_pair():
    # Both tokens in one step (probability 1/2): all four alike; else they agree.
    found = law(PAIR)
    assert found.p.tolist() == [0.375, 0.125, 0.125, 0.375]
    assert found.q.tolist() == [0.5, 0, 0, 0.5]
    record = results.law_record(PAIR, found)
    assert record["law"] == [0.375, 0.125, 0.125, 0.375]
    assert all(lo <= p <= hi for lo, p, hi in zip(record["lo"], record["law"], record["hi"], strict=True))
    assert max(record["hi"]) < 0.375 + 1e-12


@pytest.mark.parametrize("engine", ["tabular", "reference"])
def test_both_engines_give_the_law(engine):
    assert law(PAIR, engine=engine).p.tolist() == [0.375, 0.125, 0.125, 0.375]


def test_the_likeliest_sequences_come_first():
    table = results.law_table(PAIR, law(PAIR))
    assert [row[0] for row in table.rows] == ["0 0", "1 1", "0 1", "1 0"]
    assert [row[1].value for row in table.rows] == [0.375, 0.375, 0.125, 0.125]
    assert table.notes == ("4 of 4 sequences, 1 of the probability",)


def test_a_law_beyond_reach_is_refused_at_once():
    long = Instance(languages.pair(16, 64), policies.Bernoulli(steps=2))
    with pytest.raises(BeyondReach, match="V=16, L=64"):
        law(long)
    with pytest.raises(BeyondReach, match=r"information curve.*V=16, L=64"):
        curve(long)
    with pytest.raises(BadInput, match="tabular, adaptive, reference"):
        law(PAIR, engine="blocks")


def test_english_is_spelt_in_letters():
    table = results.law_table(ENGLISH, law(ENGLISH))
    assert len(table.rows) == 40
    assert table.rows[0][0] == repr("   ")


def test_sequences_are_read_as_tokens_and_as_letters():
    text = "the\n0 1 2\n\n3,4, 5\n   \na b\n"
    with pytest.raises(BadInput, match=r"line 7: found 'to'; 3 tokens from 0 to 26.*or 3 letters"):
        results.read_sequences(text + "to\n", ENGLISH)
    found = results.read_sequences(text, ENGLISH)
    assert found.tolist() == [[19, 7, 4], [0, 1, 2], [3, 4, 5], [26, 26, 26], [0, 26, 1]]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("0 1 1\n", "line 1: found '0 1 1'; 2 tokens from 0 to 1"),
        ("0 1\n0 2\n", "line 2: found '2'"),
        ("0 -1\n", "line 1: found '-1'"),
        ("0 x\n", "line 1: found 'x'"),
        ("0 ²\n", "line 1: found '²'"),
        ("0 99999999999999999999\n", "line 1: found '99999999999999999999'"),
        ("\n\n", "found no sequence"),
    ],
)
def test_wrong_sequences_are_named_by_their_line(text, message):
    with pytest.raises(BadInput) as refused:
        results.read_sequences(text, PAIR)
    assert message in str(refused.value)


def test_log_probabilities_of_sequences():
    x = np.array([[0, 0], [0, 1]])
    record = results.sequences_record(PAIR, log_probabilities(PAIR, x), x)
    first, second = record["sequences"]
    assert first["sequence"] == [0, 0]
    for found, truth in ((first["log_p"], math.log(0.375)), (second["log_p"], math.log(0.125))):
        # 3/8 and 1/8 are exact here; the library's log is within an ulp.
        assert found["lo"] <= truth <= found["hi"]
        assert found["hi"] - found["lo"] < 200 * UNIT_ROUNDOFF
    assert second["log_q"] == "-inf"
    table = results.sequences_table(PAIR, log_probabilities(PAIR, x), x)
    assert [row[0] for row in table.rows] == ["0 0", "0 1"]


def test_measurements():
    found = measure(PAIR, ["ser", "generative_nll"])
    record = results.measured_record(PAIR, found)
    assert record["instance"] == "small pair"
    assert record["quantities"]["generative_nll"]["value"] == "inf"
    assert set(record["quantities"]["ser"]) == {"value", "lo", "hi", "kind", "engine", "unit"}
    table = results.measured_table(PAIR, found)
    assert [row[0] for row in table.rows] == ["ser", "generative_nll"]
    assert table.rows[1][2] == "nats per token"


def test_the_curve_of_pair():
    # Z(a) = 2 log 2 (1 - a): a token is known as soon as its twin is.
    found = curve(PAIR, points=5)
    assert found.at == (0.0, 0.25, 0.5, 0.75, 1.0)
    for a, enclosure in zip(found.at, found.curve, strict=True):
        truth = 2 * math.log(2) * (1 - a)
        # The oracle's own rounding: three operations.
        assert enclosure.lo - 3 * UNIT_ROUNDOFF <= truth <= enclosure.hi + 3 * UNIT_ROUNDOFF
        assert enclosure.width < 1e-12
    assert [z.value for z in found.profile] == [pytest.approx(2 * math.log(2), rel=1e-14, abs=0), 0.0]
    record = results.curve_record(PAIR, found)
    assert [point["a"] for point in record["curve"]] == list(found.at)
    assert [point["j"] for point in record["profile"]] == [0, 1]
    profile, points = results.curve_tables(PAIR, found)
    assert len(profile.rows) == 2
    assert len(points.rows) == 5


def test_a_long_chain_has_a_curve_and_agrees_with_the_lattice_when_short():
    transition = [["1/3", "2/3"], ["1/4", "3/4"]]
    short = Instance(languages.markov(["1/2", "1/2"], transition, 6), policies.Bernoulli(steps=2))
    lattice, chain = curve(short), information_curve._from_chain(Workspace(short), 20)
    for one, other in zip(lattice.profile + lattice.curve, chain.profile + chain.curve, strict=True):
        assert one.overlaps(other)
        assert other.engine == "markov"
        assert other.width < 1e-12
    long = Instance(languages.markov(["1/2", "1/2"], transition, 500), policies.Bernoulli(steps=2))
    found = curve(long)
    assert len(found.profile) == 500
    profile, _ = results.curve_tables(long, found)
    assert [profile.rows[0][0], profile.rows[-1][0], len(profile.rows)] == [0, 499, 40]
    assert profile.notes == ("40 of 500 values; --json prints all",)


@pytest.mark.parametrize("name", ["hmm-weather", "hmm-forbidden", "trigram-sparse"])
def test_windows_find_the_curve_of_a_short_sequence(name):
    """All windows are looked at, but for those that a relative 1e-11 of the sum leaves out."""
    instance = load_gallery(name)
    lattice, windows = curve(instance), information_curve._from_windows(instance, 20, 60.0)
    assert windows.revealed == tuple(range(instance.length))
    for one, other in zip(lattice.profile + lattice.curve, windows.profile + windows.curve, strict=True):
        assert one.overlaps(other)
        assert other.width < 2e-11 * lattice.profile[0].value


@pytest.mark.slow
def test_windows_of_a_long_chain_enclose_its_curve():
    """Few windows are enough for the width that is asked; what is left out is enclosed."""
    transition = [["1/3", "2/3"], ["9/10", "1/10"]]
    chain = Instance(languages.markov(["1/2", "1/2"], transition, 90), policies.Bernoulli(steps=2))
    exact, found = information_curve._from_chain(Workspace(chain), 3), information_curve._from_windows(chain, 3, 60.0)
    truth = [*(exact.profile[j] for j in found.revealed), *exact.curve]
    for one, other in zip(truth, found.profile + found.curve, strict=True):
        assert one.overlaps(other)
        assert other.width < 0.02 * other.value
    assert any(other.width > 1e-6 for other in found.profile)
    assert not any(one.overlaps(other) for one, other in zip(truth[1:4], found.profile[:3], strict=True))


def test_a_long_hidden_chain_has_a_curve():
    found = curve(load_gallery("random-hmm-long"), points=2)
    assert found.revealed == (0, 511)
    assert found.curve[0].overlaps(found.profile[0])
    assert found.curve[1].overlaps(found.profile[1])
    assert found.curve[0].lo > found.curve[1].hi


def test_the_curve_ends_at_the_profile_and_never_rises():
    found = curve(ENGLISH)
    assert found.curve[0].overlaps(found.profile[0])
    assert found.curve[-1].overlaps(found.profile[-1])
    assert all(after.lo <= before.hi for before, after in zip(found.curve, found.curve[1:], strict=False))


@pytest.mark.parametrize("points", [1, 0, 1.5])
def test_a_curve_has_two_points_at_least(points):
    with pytest.raises(BadInput, match="points"):
        curve(PAIR, points=points)
