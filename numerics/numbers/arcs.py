"""Matrices of probabilities by their positive entries, row by row: memory is in proportion to these."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
import scipy
from numpy.typing import NDArray

from ..errors import BadInput, shown
from .categorical import categorical
from .limits import require_memory
from .probabilities import Probabilities, floating, number, numbers, written

__all__ = ["WRITTEN_OUT", "Arcs"]

WRITTEN_OUT = 1 << 16
"""Entries up to which a matrix is written, and multiplied with, zeros and all."""

BYTES_AN_ENTRY = 120
"""Of a dense matrix of rationals."""

Rows = Sequence[Mapping[Any, Any]]


class Arcs:
    """The positive entries of a matrix whose rows are laws, or parts of laws.

    Attributes
    ----------
    starts : (R + 1,) int64
        Row r has the arcs ``starts[r]`` to ``starts[r + 1] - 1``.
    columns : (E,) int64
        Rising in each row.
    width : int
        Number of columns.
    values : (E,) float64
        As of :class:`~maskbound.numerics.numbers.probabilities.Probabilities`.
    weights : (E,) array of int, or None
        Of rational rows: whole numbers in proportion to the probabilities.
    totals : (R,) array of int, or None
        What the weights of each row are divided by.
    """

    def __init__(
        self,
        starts: NDArray[np.int64],
        columns: NDArray[np.int64],
        width: int,
        values: NDArray[np.float64],
        weights: NDArray[Any] | None = None,
        totals: NDArray[Any] | None = None,
    ) -> None:
        # Kernels are compiled for contiguous arrays.
        self.starts, self.columns = (np.ascontiguousarray(each, dtype=np.int64) for each in (starts, columns))
        self.width, self.values = width, np.ascontiguousarray(values, dtype=np.float64)
        self.weights, self.totals = weights, totals
        for array in (self.starts, self.columns, self.values):
            array.flags.writeable = False

    @classmethod
    def of(cls, law: Probabilities) -> Arcs:
        """The positive entries of a matrix."""
        count, width = law.values.shape
        rows, columns = np.nonzero(law.values)
        starts = np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=count))])
        weights = totals = None
        if law.weights is not None:
            weights = law.weights[rows, columns]
            totals = (law.weights.sum(axis=1, keepdims=True) if law.totals is None else law.totals)[:, 0]
        return cls(starts, columns, width, law.values[rows, columns], weights, totals)

    @classmethod
    def parse(
        cls, data: Any, rest: Any, shape: tuple[int | None, int | None], key: str, rest_key: str = ""
    ) -> tuple[Arcs, Probabilities | None]:
        """Validate rows, each a list of all entries, or a mapping of columns to those that are not zero.

        Parameters
        ----------
        data : matrix, nested sequence, or sequence with mappings of columns to numbers
            Columns are whole numbers from 0, or strings of such.
        rest : sequence of numbers, or None
            One more entry for each row, with which it sums to 1.
        shape : pair of int or None
            Numbers of rows and columns; None accepts any. Without a number of columns there are as many as are named.
        key, rest_key : str
            Names in messages.

        Returns
        -------
        arcs : Arcs
        rest : Probabilities, shape (R, 1), or None

        Raises
        ------
        BadInput
            As :meth:`Probabilities.parse`.
        """
        if isinstance(data, Arcs):
            return data, rest
        if scipy.sparse.issparse(data):
            data = _rows_of(data)
        if not _has_mappings(data):
            if rest is None:
                return cls.of(Probabilities.parse(data, shape, key, rest_key)), None
            given, ends = Probabilities.parse_with_rest(data, rest, shape, key, rest_key)
            return cls.of(given), ends
        if shape[0] not in (None, len(data)):
            raise BadInput(key, f"found {len(data)} rows; {shape[0]} are accepted")
        rows = [_entries(row, shape[1], f"{key}[{r}]") for r, row in enumerate(data)]
        width = shape[1] or max(max(row, default=-1) for row in rows) + 1
        last = None if rest is None else numbers(rest, (len(rows),), rest_key)
        return _parsed(rows, last, width, key, rest_key)

    @property
    def shape(self) -> tuple[int, int]:
        return len(self.starts) - 1, self.width

    @property
    def rational(self) -> bool:
        return self.weights is not None

    @property
    def sparse(self) -> bool:
        """Whether it is large, and most of it zero."""
        size = self.shape[0] * self.width
        return size > WRITTEN_OUT and 2 * len(self.columns) < size

    @cached_property
    def rows(self) -> NDArray[np.int64]:
        """The row of each arc, shape (E,)."""
        return np.repeat(np.arange(self.shape[0]), np.diff(self.starts))

    @cached_property
    def terms(self) -> int:
        """The most entries of a row or a column."""
        fullest = int(np.bincount(self.columns, minlength=1).max())
        return max(int(np.diff(self.starts).max(initial=1)), fullest, 1)

    @cached_property
    def fractions(self) -> NDArray[Any]:
        """The entries as Fractions, shape (E,)."""
        if self.weights is None or self.totals is None:
            raise BadInput("", "floating probabilities have no exact rational form")
        exact = np.empty(len(self.columns), dtype=object)
        for at, (row, weight) in enumerate(zip(self.rows.tolist(), self.weights.tolist(), strict=True)):
            exact[at] = Fraction(int(weight), int(self.totals[row]))
        return exact

    def in_rationals(self) -> Arcs:
        """Whole laws as :meth:`Probabilities.in_rationals` has them; a large matrix stays as it is."""
        return self if self.rational or self.sparse else Arcs.of(self.dense().in_rationals())

    def matrix(self, entries: NDArray[np.float64]) -> scipy.sparse.csr_array:
        """Numbers, one for each arc, where they belong."""
        return scipy.sparse.csr_array((entries, self.columns, self.starts), shape=self.shape, copy=True)

    def full(self, entries: NDArray[Any]) -> NDArray[Any]:
        """The same with every zero.

        Raises
        ------
        BeyondReach
            When it does not fit the memory.
        """
        count, width = self.shape
        require_memory((BYTES_AN_ENTRY if entries.dtype == object else 8) * count * width, f"{count} x {width} numbers")
        found = np.full(self.shape, Fraction(0)) if entries.dtype == object else np.zeros(self.shape, entries.dtype)
        found[self.rows, self.columns] = entries
        return found

    def dense(self) -> Probabilities:
        """The matrix with every zero."""
        if self.weights is None or self.totals is None:
            return Probabilities(self.full(self.values), None)
        weights = np.zeros(self.shape, dtype=object)
        weights[self.rows, self.columns] = self.weights
        return Probabilities(self.full(self.values), weights, self.totals[:, None])

    def drawn(
        self, rows: NDArray[np.int64], rng: np.random.Generator, factor: NDArray[np.float64] | None = None
    ) -> NDArray[np.int64]:
        """A column of each of some rows, in proportion to its entries, each times the factor of its column.

        Every row has a positive sum.
        """
        columns, values = self._side_by_side(rows)
        entries = values if factor is None else values * factor[columns]
        return columns[np.arange(len(rows)), categorical(entries, rng)]

    def _side_by_side(self, rows: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Columns and values of some rows as matrices, shorter rows filled with zeros."""
        if self._filled is not None:
            columns, values = self._filled
            return columns[rows], values[rows]
        first, count = self.starts[rows], np.diff(self.starts)[rows]
        inside = np.arange(count.max()) < count[:, None]
        at = np.where(inside, first[:, None] + np.arange(count.max()), first[:, None])
        return self.columns[at], np.where(inside, self.values[at], 0.0)

    @cached_property
    def _filled(self) -> tuple[NDArray[np.int64], NDArray[np.float64]] | None:
        """All rows so, unless that would take much more memory than the arcs."""
        count = np.diff(self.starts)
        size = len(count) * int(count.max())
        if size > max(4 * len(self.columns), WRITTEN_OUT):
            return None
        at = np.arange(count.max())
        columns, values = np.zeros((len(count), len(at)), dtype=np.int64), np.zeros((len(count), len(at)))
        inside = at < count[:, None]
        columns[inside], values[inside] = self.columns, self.values
        return columns, values

    def written(self) -> list[Any]:
        """The rows as an instance file holds them: mappings of columns to numbers, where most are zero."""
        if not self.sparse:
            return self.dense().written()
        return [{str(column): written(p) for column, p in row.items()} for row in self.tables()]

    def tables(self) -> list[dict[int, Any]]:
        """The rows as mappings of columns to Fractions, or to float64 where they are no rationals."""
        return _tables(self.starts, self.columns, self.fractions if self.rational else self.values)


def _tables(starts: NDArray[Any], columns: NDArray[Any], entries: NDArray[Any]) -> list[dict[int, Any]]:
    named = list(zip(columns.tolist(), entries.tolist(), strict=True))
    return [dict(named[a:b]) for a, b in itertools.pairwise(starts.tolist())]


def _rows_of(matrix: Any) -> list[dict[int, Any]]:
    """The rows of a matrix of scipy."""
    found = scipy.sparse.csr_array(matrix)
    found.sum_duplicates()
    return _tables(found.indptr, found.indices, found.data)


def _has_mappings(data: Any) -> bool:
    return isinstance(data, Sequence) and not isinstance(data, str) and any(isinstance(row, Mapping) for row in data)


def _entries(row: Any, width: int | None, key: str) -> dict[int, Fraction | float]:
    """Column to number, without zeros, columns rising."""
    if not isinstance(row, Mapping):
        if not isinstance(row, Sequence) or isinstance(row, str):
            raise BadInput(key, f"found {shown(row)}; a list, or a table of columns and numbers, is accepted")
        if width not in (None, len(row)):
            raise BadInput(key, f"found {len(row)} entries; {width} are accepted")
        row = dict(enumerate(row))
    found: dict[int, Fraction | float] = {}
    for name, value in row.items():
        text = str(name)
        column = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1
        if column < 0 or (width is not None and column >= width):
            most = "" if width is None else f" to {width - 1}"
            raise BadInput(key, f"found the column {shown(name)}; whole numbers from 0{most} are accepted")
        if column in found:
            raise BadInput(key, f"found the column {column} twice")
        entry = number(value, f"{key}[{column}]")
        if not 0 <= entry <= 1:
            raise BadInput(f"{key}[{column}]", f"found {shown(entry)}; a probability from 0 to 1 is accepted")
        floating(entry, f"{key}[{column}]")
        found[column] = entry
    return {column: found[column] for column in sorted(found) if found[column]}


def _parsed(
    rows: list[dict[int, Fraction | float]], last: NDArray[Any] | None, width: int, key: str, rest_key: str
) -> tuple[Arcs, Probabilities | None]:
    exact = all(isinstance(entry, Fraction) for row in rows for entry in row.values())
    exact = exact and (last is None or last.dtype == object)
    laws = []
    for r, row in enumerate(rows):
        joint = list(row.values())
        if last is not None:
            if not 0 <= last[r] <= 1:
                raise BadInput(f"{rest_key}[{r}]", f"found {shown(last[r])}; a probability from 0 to 1 is accepted")
            joint.append(last[r])
        laws.append(_law(joint, exact, f"{key}[{r}]", rest_key, last is not None))
    sizes = [len(row) for row in rows]
    starts = np.concatenate([[0], np.cumsum(sizes)])
    columns = np.fromiter((column for row in rows for column in row), dtype=np.int64, count=starts[-1])
    values = np.array([p for (law, _, _), n in zip(laws, sizes, strict=True) for p in law[:n]], dtype=np.float64)
    weights = totals = None
    if exact:
        weights, totals = np.empty(starts[-1], dtype=object), np.empty(len(rows), dtype=object)
        weights[:] = [w for (_, whole, _), n in zip(laws, sizes, strict=True) for w in whole[:n]]
        totals[:] = [total for _, _, total in laws]
    arcs = Arcs(starts, columns, width, values, weights, totals)
    if last is None:
        return arcs, None
    ends = np.array([[law[-1]] for law, _, _ in laws])
    if totals is None:
        return arcs, Probabilities(ends, None)
    return arcs, Probabilities(ends, np.array([[whole[-1]] for _, whole, _ in laws], dtype=object), totals[:, None])


def _law(joint: list[Any], exact: bool, key: str, rest_key: str, with_rest: bool) -> tuple[list[float], list[int], int]:
    """The probabilities of a row, and of a rational one whole numbers in proportion to them, with their sum."""
    if exact:
        total = math.lcm(*(p.denominator for p in joint))
        weights = [p.numerator * (total // p.denominator) for p in joint]
        if sum(weights) == total:
            return [w / total for w in weights], weights, total
    entries = np.array(joint, dtype=object if exact else np.float64)
    return Probabilities.of_rows(entries, key, rest_key, with_rest=with_rest).values.tolist(), [], 0
