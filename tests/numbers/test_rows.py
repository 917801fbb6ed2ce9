"""Rows of probabilities from whatever holds an array; those that do not sum to 1 are refused, with the likely cause."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pandas
import pytest

from maskbound.numerics import languages
from maskbound.numerics.errors import BadInput

HALVES = [0.5, 0.5]


def refusal(rows, initial=HALVES) -> str:
    with pytest.raises(BadInput) as problem:
        languages.markov(initial, rows, 3)
    return str(problem.value)


SINGLE = np.array([[0.35, 0.65], [0.1, 0.9]], dtype=np.float32)


@pytest.mark.parametrize("rows", [SINGLE, SINGLE.tolist(), [list(row) for row in SINGLE], pandas.DataFrame(SINGLE)])
def test_float32_is_named(rows):
    found = refusal(rows)
    assert found.startswith("transition[0]: the row sums to 0.99999997")
    assert "float32" in found


def test_float32_rows_that_sum_to_one_are_accepted():
    rows = np.array([[0.25, 0.75], [0.5, 0.5]], dtype=np.float32)
    assert languages.markov(HALVES, rows, 3).transition.values.tolist() == rows.tolist()


@pytest.mark.parametrize(
    "rows", [[[0.8, 0.4], [0.2, 0.6]], [["4/5", "2/5"], ["1/5", "3/5"]], np.array([[0.8, 0.4], [0.2, 0.6]])]
)
def test_a_transposed_matrix_is_named(rows):
    assert "its columns do, so it may be transposed" in refusal(rows)


def test_a_transposed_matrix_of_emissions_is_named():
    with pytest.raises(BadInput, match=r"emission\[1\]: the row sums to 0\.5; .*transposed"):
        languages.HMM(2, [1, 0, 0], np.eye(3), [[0.8, 0.2], [0.1, 0.4], [0.1, 0.4]])


def test_rounded_decimals_are_named():
    assert "rounded to 3 decimals" in refusal([[0.333, 0.666], HALVES])
    assert "rounded to 2 decimals" in refusal([[0.5, 0.49], HALVES])


def test_rounded_logarithms_are_named():
    rows = [[10**-0.4772, 10**-0.1761], HALVES]
    assert "powers of 10 rounded to 4 decimals" in refusal(rows)


@pytest.mark.parametrize("rows", [[[0.5, 0.2], HALVES], [["1/2", "1/5"], ["1/2", "1/2"]]])
def test_a_probability_to_end_is_named(rows):
    assert "probability to end" in refusal(rows)


def test_nothing_is_named_where_nothing_suggests_itself():
    assert refusal([[0.9, 0.9], HALVES]).endswith("rows must sum to 1 within 1e-12")
    assert refusal([[Fraction(1, 3), Fraction(1)], [Fraction(1, 2)] * 2]).endswith("must sum to exactly 1")


class Tensor:
    """What a library of tensors gives out: an array, or an error when it lies on another device."""

    def __init__(self, array, problem=None):
        self.array, self.problem = array, problem

    def __array__(self, dtype=None, copy=None):
        if self.problem:
            raise TypeError(self.problem)
        return np.asarray(self.array)


@pytest.mark.parametrize("wrap", [Tensor, pandas.DataFrame, lambda rows: [pandas.Series(row) for row in rows]])
def test_what_holds_an_array_is_accepted(wrap):
    rows = [[0.25, 0.75], [0.5, 0.5]]
    assert languages.markov(pandas.Series(HALVES), wrap(rows), 3).transition.values.tolist() == rows


def test_a_series_of_rationals_stays_rational():
    assert languages.iid(pandas.Series(["1/3", "2/3"]), 2).rational


def test_what_gives_no_array_is_refused_in_its_words():
    found = refusal(Tensor([], "it lies on another device"))
    assert found == (
        "transition: found a Tensor that gives no array (it lies on another device); a numpy array is accepted"
    )
