"""Why a row of probabilities may not sum to 1, for the message that refuses it: nothing is ever rescaled silently."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

__all__ = ["likely_cause"]

NEAR = 1e-9
"""Sums of columns that are meant to be 1, in float64."""

ROUGH = 0.02
"""Largest distance from 1 of the sum of a row that is only rounded, however coarsely."""

FLOAT32 = 2.0**-23

MOST_DECIMALS = 8
LOG_DECIMALS = 4
"""Of logarithms to base 10 as the usual files of n-grams have them."""


def likely_cause(rows: NDArray[np.float64], index: tuple[int, ...], rest_key: str = "") -> str:
    """A clause for the end of the sentence that refuses ``rows[index]``; empty where nothing suggests itself.

    Parameters
    ----------
    rows : (..., K) float64
        All rows of the argument, none of them negative.
    index : tuple of int
        The first row that does not sum to 1.
    rest_key : str
        The key that would take what the rows leave, if there is one.
    """
    row = rows[index]
    total = math.fsum(row)
    if rows.ndim == 2 and np.all(np.abs(rows.sum(axis=0) - 1) <= NEAR):
        return " (its columns do, so it may be transposed)"
    if abs(total - 1) <= FLOAT32 * len(row) and np.array_equal(row, row.astype(np.float32)):
        return " (its numbers are those of float32: convert them to float64, and divide each row by its sum)"
    if abs(total - 1) <= ROUGH:
        positive = row[row > 0]
        if not _decimals(positive) and _has_decimals(np.log10(positive), LOG_DECIMALS):
            return f" (its numbers are powers of 10 rounded to {LOG_DECIMALS} decimals, as in a file of n-grams)"
        decimals = _decimals(positive)
        if decimals and abs(total - 1) <= 0.5 * len(row) * 10.0**-decimals * (1 + NEAR):
            return f" (its numbers are rounded to {decimals} decimals)"
    if rest_key and total < 1 and np.all(rows.sum(axis=-1) <= 1 + NEAR):
        return f" (if the rest is the probability to end there, give it as {rest_key})"
    return ""


def _decimals(numbers: NDArray[np.float64]) -> int | None:
    """The fewest decimals that write the numbers; None for more than a person would write."""
    return next((d for d in range(1, MOST_DECIMALS + 1) if _has_decimals(numbers, d)), None)


def _has_decimals(numbers: NDArray[np.float64], decimals: int) -> bool:
    return bool(np.all(np.abs(numbers - np.round(numbers, decimals)) <= NEAR * 10.0**-decimals))
