"""Probabilities: validated rows that remember whether they are rational.

A row of rationals is a row of integer weights over their sum, and a count table is one already; so exact
values need no second representation. Floating rows are rescaled to sum to 1.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from copy import copy
from fractions import Fraction
from functools import cached_property
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from ..errors import BadInput, shown
from .row_faults import likely_cause

__all__ = [
    "PARAMETER_DEPTH",
    "ROW_TOLERANCE",
    "SMALLEST_NORMAL",
    "Parametrised",
    "Probabilities",
    "floating",
    "number",
    "numbers",
    "whole",
    "written",
]

PARAMETER_DEPTH = 3
"""Relative error, in units of 2^-53, of a stored probability: one division; for floating rows also one sum
(``math.fsum``, correctly rounded), or the 2^-52 by which a row may miss 1 and still stay as it is."""

ROW_TOLERANCE = 1e-12

ROUNDED_TO_ONE = 2.0**-52
"""A row divided by its sum adds up to 1 within this, so that storing a stored row changes nothing."""

SMALLEST_NORMAL = sys.float_info.min
"""Below this a float64 loses digits, and soon the difference from zero."""

LONGEST_RATIONAL = 1000
"""Characters of a rational string, or digits of a whole number; decimal exponents have three digits at most."""


def number(value: Any, key: str) -> Fraction | float:
    """A real number of an instance: an int, a float, or a string holding an exact rational.

    Raises
    ------
    BadInput
        When it is none of these, not finite, or too long to be meant.
    """
    if isinstance(value, bool | np.bool_):
        raise BadInput(key, f'found {shown(bool(value))}; a number or a rational such as "1/3" is accepted')
    if isinstance(value, Fraction):
        return value
    if isinstance(value, int | np.integer) and int(value).bit_length() <= 3.4 * LONGEST_RATIONAL:
        return Fraction(int(value))
    if isinstance(value, float | np.floating):
        if not math.isfinite(value):
            raise BadInput(key, f"found {value}; only finite numbers are accepted")
        return float(value)
    if isinstance(value, str) and len(value) <= LONGEST_RATIONAL and _short_exponent(value):
        try:
            return Fraction(value)
        except (ValueError, ZeroDivisionError):
            pass
    if isinstance(value, str) and len(value) > LONGEST_RATIONAL and value[:1].isdigit():
        found = f"found a number of {len(value)} characters"
        raise BadInput(key, f"{found}; at most {LONGEST_RATIONAL} are accepted, or a row over a common denominator")
    raise BadInput(key, f'found {shown(value)}; a number or a rational such as "1/3" is accepted')


def _short_exponent(text: str) -> bool:
    """Whether the decimal exponent has at most three digits: ``Fraction`` would write out the others."""
    return len(text.strip().lower().partition("e")[2].lstrip("+-")) <= 3


def floating(value: Fraction | float, key: str) -> float:
    """The nearest float64 of a number; one that would overflow, or underflow towards zero, is refused."""
    try:
        rounded = float(value)
    except OverflowError:
        rounded = math.inf
    if math.isinf(rounded) or (value != 0 and abs(rounded) < SMALLEST_NORMAL):
        raise BadInput(key, f"found {shown(value)}, which is beyond the range of float64")
    return rounded


def whole(value: Any, key: str, least: int = 0, most: int | None = None) -> int:
    """An integer of at least ``least`` and, where one is given, at most ``most``."""
    fits = isinstance(value, int | np.integer) and not isinstance(value, bool)
    if not fits or value < least or (most is not None and value > most):
        accepted = f"of at least {least}" if most is None else f"from {least} to {most}"
        raise BadInput(key, f"found {shown(value)}; a whole number {accepted} is accepted")
    return int(value)


def written(value: Any) -> Any:
    """A parameter as instance files hold it: rationals as whole numbers or strings in lowest terms, lists as lists."""
    if isinstance(value, Fraction):
        return int(value) if value.denominator == 1 else str(value)
    if isinstance(value, list | tuple):
        return [written(entry) for entry in value]
    return value


class Probabilities:
    """An array whose rows (last axis) are probability laws.

    Attributes
    ----------
    values : (..., K) float64
        The probabilities, each within ``PARAMETER_DEPTH`` roundings of the exact one.
    weights : (..., K) object array of int, or None
        For rational rows: integers proportional to the probabilities, row by row.
    totals : (..., 1) object array of int, or None
        What the weights of each row are divided by, where the entries are only a part of their laws.
    """

    def __init__(
        self, values: NDArray[np.float64], weights: NDArray[Any] | None, totals: NDArray[Any] | None = None
    ) -> None:
        self.values = np.ascontiguousarray(values, dtype=np.float64)
        self.values.flags.writeable = False
        self.weights = weights
        self.totals = totals
        self._part_of: tuple[Probabilities, slice] | None = None

    @classmethod
    def parse(cls, data: Any, shape: tuple[int | None, ...], key: str, rest_key: str = "") -> Probabilities:
        """Validate nested lists (or an array) of numbers and rational strings.

        Parameters
        ----------
        data : nested sequence or ndarray
        shape : tuple of int or None
            The shape wanted; None accepts any length of at least one.
        key : str
            Name of the argument in messages.
        rest_key : str
            Name of the argument that would take what is missing from 1, for the message.

        Raises
        ------
        BadInput
            For a wrong shape, an entry that is no number or negative, or a row that does not sum to 1 (exactly
            if rational, within 1e-12 if floating).
        """
        if isinstance(data, Probabilities):
            return data._checked(shape, key)
        return cls.of_rows(numbers(data, shape, key), key, rest_key)

    @classmethod
    def parse_with_rest(
        cls, data: Any, rest: Any, shape: tuple[int | None, ...], key: str, rest_key: str
    ) -> tuple[Probabilities, Probabilities]:
        """Rows that sum to 1 together with one more entry each, given under another name.

        Parameters
        ----------
        data, shape, key
            As for :meth:`parse`.
        rest : sequence of numbers
            One for each row; a number where there is a single row.
        rest_key : str
            Its name in messages.

        Returns
        -------
        rows, rest : Probabilities
            Of shapes ``shape`` and ``(*shape[:-1], 1)``.
        """
        rows = numbers(data, shape, key)
        if rows.ndim > 1:
            last = numbers(rest, rows.shape[:-1], rest_key)
        else:
            last = np.array(number(rest, rest_key))
        for index in np.ndindex(last.shape):
            if not 0 <= last[index] <= 1:
                raise BadInput(
                    _at(rest_key, index), f"found {shown(last[index])}; a probability from 0 to 1 is accepted"
                )
        _refuse_underflow(last, last.astype(np.float64), rest_key)
        if rows.dtype != last.dtype:
            rows, last = rows.astype(np.float64), last.astype(np.float64)
        joint = cls.of_rows(np.concatenate([rows, last[..., None]], axis=-1), key, rest_key, with_rest=True)
        return joint._part(slice(None, -1)), joint._part(slice(-1, None))

    def _part(self, columns: slice) -> Probabilities:
        weights = totals = None
        if self.weights is not None:
            weights, totals = self.weights[..., columns], self.weights.sum(axis=-1, keepdims=True)
        part = Probabilities(self.values[..., columns], weights, totals)
        part._part_of = self, columns
        return part

    def in_rationals(self) -> Probabilities:
        """The same law in whole numbers: floats are fractions over powers of two, and a row is they over their sum.

        The values stay as they are; each is within ``PARAMETER_DEPTH`` roundings of its fraction.
        """
        if self.weights is not None:
            return self
        if self._part_of is not None:
            joint, columns = self._part_of
            return joint.in_rationals()._part(columns)
        ratios = [value.as_integer_ratio() for value in self.values.ravel().tolist()]
        common = max(below for _, below in ratios)
        weights = np.empty(len(ratios), dtype=object)
        weights[:] = [above * (common // below) for above, below in ratios]
        return Probabilities(self.values, weights.reshape(self.values.shape))

    @classmethod
    def of_rows(cls, rows: NDArray[Any], key: str, rest_key: str, with_rest: bool = False) -> Probabilities:
        """Fractions or float64 as :func:`numbers` gives them, checked; floating ones are divided by their sums."""
        exact = rows.dtype == object
        demand = "rational rows must sum to exactly 1" if exact else "rows must sum to 1 within 1e-12"
        weights = np.empty(rows.shape if exact else 0, dtype=object)
        for index in np.ndindex(rows.shape[:-1]):
            row = rows[index]
            _refuse_outside(row, key, index)
            total: Fraction | float
            if exact:
                weights[index], common = _integer_row(row)
                total = Fraction(sum(weights[index]), common)
            else:
                total = math.fsum(row)
            if total != 1 if exact else abs(total - 1.0) > ROW_TOLERANCE:
                what = f"the row and its {rest_key} sum" if with_rest else "the row sums"
                problem = f"{what} to {shown(total) if exact else format(total, '.15g')}; {demand}"
                cause = likely_cause(rows.astype(np.float64), index, "" if with_rest else rest_key)
                raise BadInput(_at(key, index), problem + cause)
            if not exact and abs(total - 1.0) > ROUNDED_TO_ONE:
                row /= total
        if exact:
            return cls.from_weights(weights, key)
        _refuse_underflow(rows, rows, key)
        return cls(rows, None)

    def _checked(self, shape: tuple[int | None, ...], key: str) -> Probabilities:
        """Itself, if the shape is right and no row is empty."""
        _require_shape(self.values, shape, key)
        empty = np.argwhere(self.values.sum(axis=-1) == 0)
        if len(empty):
            raise BadInput(_at(key, tuple(empty[0])), "the row sums to 0; rows must sum to 1")
        return self

    @classmethod
    def from_weights(cls, weights: NDArray[Any], key: str = "") -> Probabilities:
        """Rows given as non-negative integers; a row of zeros (a context that is never met) stays zero.

        Raises
        ------
        BadInput
            When a positive probability is below the normal range of float64, where it would turn into zero.
        """
        weights = np.asarray(weights)
        totals = weights.sum(axis=-1, keepdims=True)
        small = totals.size == 0 or int(totals.max()) < 2**53
        with np.errstate(invalid="ignore", divide="ignore"):
            if small:
                values = weights.astype(np.float64) / totals.astype(np.float64)
            else:
                values = _divide(weights, totals)
        values = np.where(totals > 0, values, 0.0).astype(np.float64)
        _refuse_underflow(weights, values, key)
        return cls(values, weights)

    @property
    def rational(self) -> bool:
        return self.weights is not None

    @property
    def proportions(self) -> NDArray[Any]:
        """Numbers in proportion to the entries of each row: whole ones if it is rational, so that ties are exact."""
        return self.values if self.weights is None else self.weights

    @property
    def uniform(self) -> bool:
        """Whether the entries of the one row are equal."""
        return len(set(self.proportions.tolist())) == 1

    @cached_property
    def fractions(self) -> NDArray[Any]:
        """The same rows as an object array of Fractions."""
        if self.weights is None:
            raise BadInput("", "floating probabilities have no exact rational form")
        totals = self.weights.sum(axis=-1, keepdims=True) if self.totals is None else self.totals
        exact = np.empty(self.weights.shape, dtype=object)
        for index in np.ndindex(self.weights.shape):
            total = int(totals[(*index[:-1], 0)])
            exact[index] = Fraction(int(self.weights[index]), total) if total else Fraction(0)
        return exact

    def written(self) -> Any:
        """The rows as an instance file holds them."""
        return self.values.tolist() if self.weights is None else written(self.fractions.tolist())

    def __repr__(self) -> str:
        return f"Probabilities({self.values!r})"


class Parametrised:
    """What is given by probabilities, in attributes of its own or of others like it."""

    def in_rationals(self) -> Self:
        """The same thing, its floating probabilities as the rationals that they are."""
        twin = copy(self)
        for name, held in vars(self).items():
            if isinstance(held, Probabilities | Parametrised):
                setattr(twin, name, held.in_rationals())
        return twin


def _unwrapped(data: Any, key: str) -> Any:
    """The array in a tensor, a series or a frame; anything else as it is."""
    if isinstance(data, np.ndarray | np.generic) or not hasattr(data, "__array__"):
        return data
    try:
        return np.asarray(data)
    except (TypeError, RuntimeError, ValueError) as problem:
        raise BadInput(
            key, f"found a {type(data).__name__} that gives no array ({str(problem)[:200]}); a numpy array is accepted"
        ) from None


def numbers(data: Any, shape: tuple[int | None, ...], key: str) -> NDArray[Any]:
    """An array of Fractions, or of float64 where one entry is floating."""
    data = _unwrapped(data, key)
    if isinstance(data, np.ndarray) and data.dtype.kind == "f":
        _require_shape(data, shape, key)
        return np.array(data, dtype=np.float64)
    flat: list[Fraction | float] = []
    found = _flatten(data, shape, key, flat)
    if any(isinstance(entry, float) for entry in flat):
        return _rounded(flat, found, key)
    exact = np.empty(len(flat), dtype=object)
    exact[:] = flat
    return exact.reshape(found)


def _flatten(data: Any, shape: tuple[int | None, ...], key: str, out: list[Fraction | float]) -> tuple[int, ...]:
    data = _unwrapped(data, key)
    if isinstance(data, np.ndarray):
        data = data.tolist()
    wanted = "one or more" if shape[0] is None else shown(shape[0])
    if not isinstance(data, Sequence) or isinstance(data, str):
        raise BadInput(key, f"found {shown(data)}; a list of {wanted} entries is accepted")
    if len(data) == 0 or shape[0] not in (None, len(data)):
        raise BadInput(key, f"found {shown(list(data))}; {wanted} are accepted")
    if len(shape) == 1:
        out.extend(number(entry, f"{key}[{i}]") for i, entry in enumerate(data))
        return (len(data),)
    inner = {_flatten(entry, shape[1:], f"{key}[{i}]", out) for i, entry in enumerate(data)}
    if len(inner) > 1:
        raise BadInput(key, "its rows differ in length; all must be equally long")
    return (len(data), *inner.pop())


def _rounded(flat: list[Fraction | float], shape: tuple[int, ...], key: str) -> NDArray[np.float64]:
    values = np.empty(len(flat))
    for at, entry in enumerate(flat):
        try:
            values[at] = floating(entry, "")
        except BadInput as problem:
            index = tuple(int(i) for i in np.unravel_index(at, shape))
            raise BadInput(_at(key, index), problem.problem) from None
    return values.reshape(shape)


def _integer_row(row: NDArray[Any]) -> tuple[list[int], int]:
    """Fractions times their least common denominator, and that."""
    common = math.lcm(*(entry.denominator for entry in row))
    return [entry.numerator * (common // entry.denominator) for entry in row], common


def _divide(weights: NDArray[Any], totals: NDArray[Any]) -> NDArray[Any]:
    """Correctly rounded quotients of big integers (Python's true division)."""
    totals = np.broadcast_to(totals, weights.shape)
    quotients = np.zeros(weights.shape)
    for index in np.ndindex(weights.shape):
        if totals[index]:
            quotients[index] = int(weights[index]) / int(totals[index])
    return quotients


def _refuse_outside(row: Any, key: str, index: tuple[int, ...]) -> None:
    for column, entry in enumerate(row):
        exact = isinstance(entry, Fraction)
        if not (0 <= entry.numerator <= entry.denominator if exact else 0 <= entry <= 1 + ROW_TOLERANCE):
            raise BadInput(_at(key, (*index, column)), f"found {shown(entry)}; a probability from 0 to 1 is accepted")


def _refuse_underflow(weights: NDArray[Any], values: NDArray[np.float64], key: str) -> None:
    lost = np.argwhere((values < SMALLEST_NORMAL) & (weights > 0).astype(bool))
    if len(lost):
        raise BadInput(_at(key, tuple(lost[0])), "found a positive probability below 1e-307, which float64 would lose")


def _require_shape(array: NDArray[Any], shape: tuple[int | None, ...], key: str) -> None:
    fits = array.ndim == len(shape)
    if not fits or any(want not in (None, have) for want, have in zip(shape, array.shape, strict=True)):
        raise BadInput(key, f"found an array of shape {array.shape}; the shape {_shape_shown(shape)} is accepted")


def _at(key: str, index: tuple[int, ...]) -> str:
    return key + "".join(f"[{i}]" for i in index)


def _shape_shown(shape: tuple[int | None, ...]) -> str:
    return "(" + ", ".join("any" if extent is None else shown(extent) for extent in shape) + ")"
