"""Printed numbers promise no more than their enclosures."""

from __future__ import annotations

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maskbound.numerics.numbers.digits import shown, shown_float, shown_interval
from maskbound.numerics.numbers.enclosure import Enclosure

finite = st.floats(-1e12, 1e12)


def around(lo: float, hi: float) -> Enclosure:
    return Enclosure(lo, lo, hi, "rounding")


@pytest.mark.parametrize(
    ("lo", "hi", "text"),
    [
        (0.25, 0.25, "0.25"),
        (0.1234561, 0.1234562, "0.123456"),
        (0.1991, 0.2004, "0.20"),
        (0.99999999, 1.00000001, "1"),
        (0.999, 1.001, "1.0"),
        (1233.7, 1234.2, "1234"),
        (0.0, 3.1e-15, "0±4e-15"),
        (-5e-16, 3.1e-15, "0±4e-15"),
        (0.1183, 0.1292, "[0.118, 0.130]"),
        (-0.1, 0.2, "[-0.10, 0.20]"),
        (0.0, 0.37, "[0, 0.37]"),
        (0.5, math.inf, "[0.50, inf]"),
        (-math.inf, math.inf, "[-inf, inf]"),
        (math.inf, math.inf, "inf"),
        (-math.inf, -math.inf, "-inf"),
    ],
)
def test_known_roundings(lo, hi, text):
    value = lo if math.isfinite(lo) else hi
    assert shown(Enclosure(value, lo, hi, "rounding")) == text


@given(finite, st.floats(0, 1e6))
def test_what_is_shown_contains_the_enclosure(middle, width):
    lo, hi = middle - width, middle + width
    text = shown(around(lo, hi))
    number = r"-?[0-9.]+(?:e[+-]?[0-9]+)?"
    if found := re.fullmatch(rf"\[({number}), ({number})\]", text):
        assert float(found[1]) <= lo
        assert hi <= float(found[2])
    elif found := re.fullmatch(rf"0±({number})", text):
        assert max(-lo, hi) <= float(found[1])
    else:
        digits = 6 if lo == hi else max(len(re.sub(r"e.*|^-?0*\.?0*|\.|-", "", text)), 2)
        # A rounding to d digits is within half a unit of the d-th digit, at most 5 * 10^-d of the number; the
        # last bit of the printed decimal is a relative 2^-52.
        assert all(abs(float(text) - end) <= abs(end) * (5 * 10.0**-digits + 2**-52) for end in (lo, hi))


@given(finite, st.floats(1e-9, 1e6))
def test_interval_ends_are_rounded_outwards_by_little(lo, width):
    hi = lo + width
    found = re.fullmatch(r"\[(.*), (.*)\]", shown_interval(lo, hi))
    assert float(found[1]) <= lo
    assert hi <= float(found[2])
    # 15 digits are the most there are: 1e-14 relative to the larger end.
    allowed = 0.1 * (hi - lo) + 2e-14 * max(abs(lo), abs(hi))
    assert lo - float(found[1]) <= allowed
    assert float(found[2]) - hi <= allowed


def test_a_wider_enclosure_shows_fewer_digits():
    texts = [shown(around(1 / 3 - error, 1 / 3 + error)) for error in (1e-12, 1e-5, 1e-3)]
    assert texts == ["0.333333", "0.3333", "0.33"]


def test_bare_numbers():
    assert shown_float(math.nan) == "-"
    assert shown_float(2 / 3, 3) == "0.667"
