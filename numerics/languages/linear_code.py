"""Linear codes over prime fields, every codeword equally likely, as generator matrices: no table is needed.

The entropy of a set of positions is the rank of its columns times the logarithm of the size of the field. So what is
averaged over sets of a size, as under random orders, needs the mean rank of so many columns.
"""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from functools import cached_property
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from ..errors import BadInput, BeyondReach, shown
from ..numbers.enclosure import LIBRARY
from ..numbers.lattice import sequence_index, sequence_rows
from ..numbers.limits import power, require_memory
from ..numbers.probabilities import PARAMETER_DEPTH, Probabilities, whole
from ..spec.draws import Spec
from ..spec.table import Count, Length, WholeRows
from .base import Language, Pick, Scope, masked_conditionals
from .kind import LanguageTable

__all__ = ["LinearCode", "latent_parity", "reed_solomon"]

LARGEST_FIELD = 1 << 31
"""Products of two symbols fit into 64 bits."""

MOST_CLASSES, MOST_MINORS = 14, 5000
"""Kinds of columns of which every set's rank is found, and sets of columns on which independence is tried."""

BYTES_A_TOKEN = 80
"""Of a table of codewords while it is built."""


class LinearCode(Language):
    """Uniform on the combinations of the rows of a matrix over a prime field.

    Parameters
    ----------
    field : int
        A prime p; tokens are 0..p-1.
    generator : list of lists of int
        The rows; they may depend on each other.

    Examples
    --------
    >>> LinearCode(2, [[1, 0, 1], [0, 1, 1]]).mean_ranks()
    [Fraction(0, 1), Fraction(1, 1), Fraction(2, 1), Fraction(2, 1)]
    """

    is_linear_code = True

    def __init__(self, field: int, generator: Any) -> None:
        self.vocab = whole(field, "field", 2, LARGEST_FIELD - 1)
        if any(field % d == 0 for d in range(2, math.isqrt(field) + 1)):
            raise BadInput("field", f"found {field}; a prime is accepted")
        rows = [
            [whole(c, f"generator[{k}][{i}]", 0, field - 1) for i, c in enumerate(row)]
            for k, row in enumerate(generator)
        ]
        if not rows or not rows[0] or any(len(row) != len(rows[0]) for row in rows):
            raise BadInput("generator", "found no rows, or rows of different lengths; a matrix is accepted")
        self.length = len(rows[0])
        self.given = tuple(map(tuple, rows))
        basis = _echelon(np.array(rows, dtype=np.int64), self.vocab)
        self.generator = basis if len(basis) else np.zeros((1, self.length), dtype=np.int64)
        self.dimension = len(basis)

    @property
    def rational(self) -> bool:
        return True

    @property
    def depth(self) -> int:
        return PARAMETER_DEPTH

    @property
    def summed(self) -> int:
        return self.length * (self.dimension + 1)

    def surprisal_range(self) -> tuple[float, float]:
        value = self.dimension * math.log(self.vocab)
        return value * (1 - 2 * LIBRARY), value * (1 + 2 * LIBRARY)

    def every_string_is_possible(self) -> bool:
        return self.dimension == self.length

    def log_prob(self, x: NDArray[np.integer]) -> NDArray[np.float64]:
        value = -self.dimension * math.log(self.vocab)
        return np.array([value if self._solution(row) is not None else -np.inf for row in np.asarray(x)])

    def _solution(self, y: NDArray[np.integer]) -> tuple[NDArray[np.int64], NDArray[np.int64]] | None:
        """A codeword that agrees with a partial sequence, and what may be added to it; None where there is none."""
        revealed = np.flatnonzero(np.asarray(y) != self.vocab)
        k = self.dimension
        if k == 0:
            zero = np.zeros(self.length, dtype=np.int64)
            return None if np.asarray(y)[revealed].any() else (zero, zero[None, :])
        # Rows: a symbol of the message a column each, and what the revealed token must be.
        system = np.concatenate([self.generator[:, revealed].T, np.asarray(y)[revealed, None]], axis=1)
        reduced = _echelon(system.astype(np.int64), self.vocab)
        pivots = [int(np.flatnonzero(row)[0]) for row in reduced]
        if k in pivots:
            return None
        message = np.zeros(k, dtype=np.int64)
        message[pivots] = reduced[:, k] if len(reduced) else []
        free = [j for j in range(k) if j not in pivots]
        moves = np.zeros((len(free), k), dtype=np.int64)
        for n, j in enumerate(free):
            moves[n, j] = 1
            moves[n, pivots] = -reduced[:, j] % self.vocab if len(reduced) else []
        return _product(message[None, :], self.generator, self.vocab)[0], _product(moves, self.generator, self.vocab)

    def conditionals(
        self, y: NDArray[np.integer], scope: Scope = "global"
    ) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        self.require_scope(scope)
        y = np.asarray(y)
        joint = np.zeros((len(y), self.length, self.vocab))
        for n, partial in enumerate(y):
            found = self._solution(partial)
            if found is not None:
                word, moves = found
                fixed = ~moves.any(axis=0)
                joint[n, fixed, word[fixed]] = 1.0
                joint[n, ~fixed] = 1.0
        return masked_conditionals(joint, y, self.vocab)

    def sample(self, count: int, rng: np.random.Generator) -> NDArray[np.int64]:
        messages = rng.integers(0, self.vocab, size=(count, len(self.generator)))
        return _product(messages, self.generator, self.vocab)

    def codewords(self) -> NDArray[np.int64]:
        """All of them, refused beyond memory."""
        size = power(self.vocab, self.dimension)
        require_memory(BYTES_A_TOKEN * size * self.length, f"a list of {shown(size)} codewords")
        if not self.dimension:
            return np.zeros((1, self.length), dtype=np.int64)
        return _product(sequence_rows(0, size, self.vocab, self.dimension), self.generator, self.vocab)

    def _expand(self, pick: Pick) -> NDArray[Any]:
        words = self.codewords()
        source = pick(Probabilities.from_weights(np.ones(len(words), dtype=np.int64)))
        dense = np.zeros(self.vocab**self.length, dtype=source.dtype)
        dense[sequence_index(words, self.vocab)] = source
        return dense

    def rank(self, positions: Sequence[int]) -> int:
        """Of the columns at these positions: the entropy of their tokens is so many times ``log p``."""
        return len(_echelon(self.generator[:, list(positions)], self.vocab))

    def mean_ranks(self) -> list[Fraction]:
        """The mean rank of j columns, j = 0..L.

        Raises
        ------
        BeyondReach
            When there are too many kinds of columns, and it is not known that any K of them are independent.

        Notes
        -----
        Columns that are multiples of each other are of one kind. Either the rank of every set of kinds is found, or,
        where any K of them are independent (as in a Reed-Solomon code), only their number counts.
        """
        if self.ranks_obstacle is not None:
            raise BeyondReach(self.ranks_obstacle)
        return list(self._mean_ranks)

    @cached_property
    def ranks_obstacle(self) -> str | None:
        """Why ranks are not averaged; None where they can be."""
        if self._any_are_independent or len(self._kinds) <= MOST_CLASSES:
            return None
        return (
            f"the code has {len(self._kinds)} kinds of columns, and not any {self.dimension} of them are known to be "
            f"independent; ranks are averaged over at most {MOST_CLASSES} kinds"
        )

    @cached_property
    def _kinds(self) -> Counter[tuple[int, ...]]:
        """Columns that are not zero, up to multiples, and how many there are of each."""
        return Counter(filter(any, (_normalised(column, self.vocab) for column in self.generator.T.tolist())))

    @cached_property
    def _mean_ranks(self) -> list[Fraction]:
        columns, counts = list(self._kinds), list(self._kinds.values())
        zero = self.length - sum(counts)
        by_rank = _by_number(counts, self.dimension) if self._any_are_independent else self._by_set(columns, counts)
        with_zeros = [_times(line, _all(zero)) for line in by_rank]
        ways = [math.comb(self.length, j) for j in range(self.length + 1)]
        return [
            Fraction(sum(rank * line[j] for rank, line in enumerate(with_zeros) if j < len(line)), ways[j])
            for j in range(self.length + 1)
        ]

    @cached_property
    def _any_are_independent(self) -> bool:
        """Whether any K kinds of columns are: by the form of the matrix that was given, or one by one."""
        K, columns = self.dimension, list(self._kinds)
        if not columns or self._is_reed_solomon():
            return True
        if math.comb(len(columns), K) > MOST_MINORS:
            return False
        matrix = np.array(columns, dtype=np.int64).reshape(len(columns), -1)
        sets = itertools.combinations(range(len(columns)), K)
        return all(len(_echelon(matrix[list(chosen)], self.vocab)) == K for chosen in sets)

    def _is_reed_solomon(self) -> bool:
        """Whether the rows that were given are the powers 0..K-1 of different numbers (a Vandermonde matrix)."""
        p, rows = self.vocab, self.given
        if len(rows) < 2 or len(rows) > self.length or len(set(rows[1])) < self.length:
            return False
        return all(rows[k][i] == pow(x, k, p) for k in range(len(rows)) for i, x in enumerate(rows[1]))

    def _by_set(self, columns: Sequence[Sequence[int]], counts: Sequence[int]) -> list[list[int]]:
        """By rank, how many sets of j columns there are, those of one kind being told apart."""
        found = [[0] for _ in range(self.dimension + 1)]
        matrix = np.array(columns, dtype=np.int64).reshape(len(columns), -1)
        lines: list[list[int]] = [[1]]
        for chosen in range(1 << len(columns)):
            members = [n for n in range(len(columns)) if chosen >> n & 1]
            if members:
                last = members[-1]
                lines.append(_times(lines[chosen ^ (1 << last)], _some(counts[last])))
            rank = len(_echelon(matrix[members], self.vocab)) if members else 0
            found[rank] = _plus(found[rank], lines[chosen])
        return found

    def written(self) -> dict[str, Any]:
        return {"kind": "linear-code", "field": self.vocab, "generator": [list(row) for row in self.given]}

    def __repr__(self) -> str:
        return f"LinearCode(field={self.vocab}, dimension={self.dimension}, length={self.length})"


def _echelon(matrix: NDArray[np.int64], p: int) -> NDArray[np.int64]:
    """The reduced row echelon form over the field of p elements, without the rows of zeros."""
    rows, rank = matrix % p, 0
    for column in range(rows.shape[1]):
        below = np.flatnonzero(rows[rank:, column])
        if not len(below):
            continue
        at = rank + int(below[0])
        rows[[rank, at]] = rows[[at, rank]]
        rows[rank] = rows[rank] * pow(int(rows[rank, column]), -1, p) % p
        others = np.flatnonzero(rows[:, column])
        for r in others[others != rank]:
            rows[r] = (rows[r] - rows[r, column] * rows[rank] % p) % p
        rank += 1
        if rank == len(rows):
            break
    return rows[:rank]


def _product(messages: NDArray[np.int64], matrix: NDArray[np.int64], p: int) -> NDArray[np.int64]:
    """Row by row, so that no sum of products leaves 64 bits."""
    found = np.zeros((len(messages), matrix.shape[1]), dtype=np.int64)
    for k in range(matrix.shape[0]):
        found = (found + messages[:, k, None] * matrix[k] % p) % p
    return found


def _normalised(column: Sequence[int], p: int) -> tuple[int, ...]:
    """The multiple whose first entry that is not zero is one."""
    first = next((c for c in column if c), None)
    inverse = 1 if first is None else pow(first, -1, p)
    return tuple(c * inverse % p for c in column)


def _all(count: int) -> list[int]:
    """Of so many columns, how many sets of j there are."""
    return [math.comb(count, j) for j in range(count + 1)]


def _some(count: int) -> list[int]:
    """The same without the empty one."""
    return [0, *_all(count)[1:]]


def _plus(one: Sequence[int], other: Sequence[int]) -> list[int]:
    return [a + b for a, b in itertools.zip_longest(one, other, fillvalue=0)]


def _times(one: Sequence[int], other: Sequence[int]) -> list[int]:
    found = [0] * (len(one) + len(other) - 1)
    for i, a in enumerate(one):
        for j, b in enumerate(other):
            found[i + j] += a * b
    return found


def _by_number(counts: Sequence[int], dimension: int) -> list[list[int]]:
    """By rank, how many sets of j columns there are where any K kinds are independent: the rank is min(kinds, K)."""
    lines: list[list[int]] = [[1]]
    for count in counts:
        grown = [_times(line, _some(count)) for line in lines]
        lines = [_plus(a, b) for a, b in itertools.zip_longest(lines, [[0], *grown], fillvalue=[0])]
    found = [[0] for _ in range(dimension + 1)]
    for kinds, line in enumerate(lines):
        found[min(kinds, dimension)] = _plus(found[min(kinds, dimension)], line)
    return found


def reed_solomon(field: int, dimension: int, length: int) -> LinearCode:
    """The values at 0..L-1 of the polynomials of degree below K over the field of p >= L elements."""
    require_memory(BYTES_A_TOKEN * dimension * length, f"a generator matrix of {shown(dimension)} rows")
    return LinearCode(field, [[pow(point, k, field) for point in range(length)] for k in range(dimension)])


def latent_parity(bits: int, copies: int) -> LinearCode:
    """Latent bits of even sum, each shown by ``copies`` tokens in a row: L is bits times copies.

    A token tells of its bit, and the last bit is known from the others: ``z(j)`` has a closed form
    (definitions.md#languages).
    """
    bits, copies = whole(bits, "bits", 2), whole(copies, "copies", 1)
    require_memory(BYTES_A_TOKEN * bits * bits * copies, f"a generator matrix of {shown(bits - 1)} rows")
    rows = [[int(b in (k, bits - 1)) for b in range(bits) for _ in range(copies)] for k in range(bits - 1)]
    return LinearCode(2, rows)


class LinearCodeTable(LanguageTable):
    """``generator``: rows over the field of ``field`` elements."""

    kind: Literal["linear-code"]
    field: Count
    generator: WholeRows
    makes: ClassVar[Callable[..., Language]] = LinearCode

    @classmethod
    def examples(cls, vocab: int, length: int) -> Iterator[Spec]:
        if vocab in (2, 3, 5, 7) and length > 2:
            rows = [[1] * length, [int(i % 2) for i in range(length)]]
            yield {"kind": "linear-code", "field": vocab, "generator": rows}


class LatentParityTable(LanguageTable):
    kind: Literal["latent-parity"]
    bits: Count
    copies: Length
    makes: ClassVar[Callable[..., Language]] = latent_parity

    @classmethod
    def examples(cls, vocab: int, length: int) -> Iterator[Spec]:
        if vocab == 2:
            for bits in range(2, length + 1):
                if length % bits == 0:
                    yield {"kind": "latent-parity", "bits": bits, "copies": length // bits}
