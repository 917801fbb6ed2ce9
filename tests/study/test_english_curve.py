"""The table of English letters against the number of steps."""

from __future__ import annotations

import math

import pytest

from maskbound.numerics import Instance, languages, measure, policies
from maskbound.numerics.numbers.enclosure import Enclosure
from maskbound.numerics.study.english_curve import english_curve


def test_rows_are_what_is_measured_and_within_what_m6_4_allows():
    table = english_curve(steps=(2, 5), length=24)
    *random, bisection = table.rows
    for order, N, gap, allowed, by_vocabulary, kl_rate, tv_rate in random:
        assert order == "random"
        assert 0 < gap.hi <= allowed.lo <= by_vocabulary == math.log(27) / N
        instance = Instance(languages.english_ngram(2, 24, 1), policies.Bernoulli(N))
        found = measure(instance, ["path_kl", "bigram_kl_rate", "bigram_tv_rate"])
        assert gap.contains(found["path_kl"].value / 24)
        assert (kl_rate.value, tv_rate.value) == (found["bigram_kl_rate"].value, found["bigram_tv_rate"].value)
    assert random[0][2].lo > random[1][2].hi
    assert bisection[:2] == ("bisection", 4)
    assert (bisection[2].lo, bisection[2].hi, bisection[5].hi, bisection[6].hi) == (0, 0, 0, 0)
    assert "L = 15" in table.notes[0]


def test_an_order_that_makes_errors_is_not_called_exact(monkeypatch):
    monkeypatch.setattr(
        "maskbound.numerics.study.english_curve.measure",
        lambda *_: dict.fromkeys(["kl", "path_kl"], Enclosure.around(0.1, 1e-9)),
    )
    with pytest.raises(AssertionError, match="found"):
        english_curve(steps=(), length=7)
