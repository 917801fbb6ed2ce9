"""Linear programmes in exact rationals: the simplex method with Bland's rule, which never cycles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

__all__ = ["Game", "Optimum", "game", "maximise"]


@dataclass(frozen=True)
class Optimum:
    """The largest value of ``c.x`` with ``A x <= b``, ``x >= 0``.

    Parameters
    ----------
    value : Fraction or None
        None where it is unbounded.
    x : list of Fraction
        Where it is taken; the direction in which it grows where it is unbounded.
    y : list of Fraction
        The multipliers of the rows, ``y >= 0``, ``A^T y >= c``, ``b.y = value``; empty where it is unbounded.
    """

    value: Fraction | None
    x: list[Fraction]
    y: list[Fraction]


@dataclass(frozen=True)
class Game:
    """A matrix game: the rows pay the least of their largest losses, the columns receive it."""

    value: Fraction
    rows: list[Fraction]
    columns: list[Fraction]


def maximise(c: Sequence[Fraction], A: Sequence[Sequence[Fraction]], b: Sequence[Fraction]) -> Optimum:
    """The optimum; ``b`` must not be negative, so that the origin is a corner to start from."""
    n, m = len(c), len(A)
    rows = [[*map(Fraction, row), *(Fraction(i == j) for j in range(m)), Fraction(b[i])] for i, row in enumerate(A)]
    cost = [*(-Fraction(v) for v in c), *[Fraction(0)] * (m + 1)]
    basis = list(range(n, n + m))
    while True:
        enter = next((j for j in range(n + m) if cost[j] < 0), None)
        if enter is None:
            break
        ratios = [(row[-1] / row[enter], basis[i], i) for i, row in enumerate(rows) if row[enter] > 0]
        if not ratios:
            direction = [Fraction(j == enter) for j in range(n + m)]
            for i, row in enumerate(rows):
                direction[basis[i]] = -row[enter]
            return Optimum(None, direction[:n], [])
        leave = min(ratios)[2]
        pivot = rows[leave][enter]
        rows[leave] = [v / pivot for v in rows[leave]]
        for i, row in enumerate(rows):
            if i != leave and row[enter]:
                factor = row[enter]
                rows[i] = [v - factor * p if p else v for v, p in zip(row, rows[leave], strict=True)]
        factor = cost[enter]
        cost = [v - factor * p if p else v for v, p in zip(cost, rows[leave], strict=True)]
        basis[leave] = enter
    x = [Fraction(0)] * (n + m)
    for i, j in enumerate(basis):
        x[j] = rows[i][-1]
    return Optimum(cost[-1], x[:n], cost[n : n + m])


def game(payoff: Sequence[Sequence[Fraction]]) -> Game:
    """The value and the best weights of both players of ``payoff[row][column]``; rows pay, columns receive."""
    least = min(min(row) for row in payoff)
    shifted = [[v - least + 1 for v in row] for row in payoff]
    columns = list(zip(*shifted, strict=True))
    best = maximise([Fraction(1)] * len(payoff), columns, [Fraction(1)] * len(columns))
    assert best.value is not None
    value = 1 / best.value
    return Game(value + least - 1, [v * value for v in best.x], [v * value for v in best.y])
