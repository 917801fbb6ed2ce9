"""The game of random sizes against a language, solved as a linear programme over all lists of sizes."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from itertools import combinations
from math import comb, factorial

from .logs import Real, mp

__all__ = ["harmonic", "mean_uniforms", "secretary", "two_step_dtc", "value"]

SMALL = mp.mpf(10) ** -75


@cache
def value(criterion: str, L: int, N: int) -> Fraction:
    """The least v with which a mixture of lists of at most N sizes costs at most ``v D_K`` on the code of each rank K.

    A list costs, on the code of rank K, how many tokens the step with the K-th one reveals after it.
    """
    if L == 1:
        return Fraction(0)
    D = [{"tc": L - K, "dtc": K, "tc+dtc": L}[criterion] for K in range(1, L)]
    columns = []
    for steps in range(1, min(N, L) + 1):
        for cuts in combinations(range(1, L), steps - 1):
            ends = (*cuts, L)
            columns.append([Fraction(min(b for b in ends if b >= K) - K, D[K - 1]) for K in range(1, L)])
    return _value_of_game(columns)


def _value_of_game(columns: list[list[Fraction]]) -> Fraction:
    """The least, over mixtures of columns, of the largest entry: the simplex method with Bland's rule.

    With ``big - entry`` in the place of each entry, which is positive, it is big less one over the largest sum of
    weights y >= 0 of the rows with ``y . column <= 1`` for every column.
    """
    rows, big = len(columns[0]), max(max(column) for column in columns) + 1
    table = [
        [*(big - entry for entry in column), *(Fraction(c == d) for d in range(len(columns))), Fraction(1)]
        for c, column in enumerate(columns)
    ]
    cost = [Fraction(-1)] * rows + [Fraction(0)] * (len(columns) + 1)
    basis = [rows + c for c in range(len(columns))]
    while any(c < 0 for c in cost[:-1]):
        enter = next(j for j, c in enumerate(cost) if c < 0)
        _, _, leave = min((line[-1] / line[enter], basis[r], r) for r, line in enumerate(table) if line[enter] > 0)
        pivot = table[leave][enter]
        table[leave] = [entry / pivot for entry in table[leave]]
        for r, line in enumerate(table):
            if r != leave and line[enter]:
                table[r] = [a - line[enter] * b for a, b in zip(line, table[leave], strict=True)]
        cost = [a - cost[enter] * b for a, b in zip(cost, table[leave], strict=True)]
        basis[leave] = enter
    return big - 1 / cost[-1]


def harmonic(n: int) -> Fraction:
    return sum((Fraction(1, k) for k in range(1, n + 1)), Fraction(0))


def secretary(L: int) -> Fraction:
    """By backward induction: the k-th candidate is the best so far with probability 1/k, and then the best with k/L."""
    ahead = Fraction(0)
    for k in range(L, 0, -1):
        ahead = max(Fraction(k, L), ahead) / k + ahead * Fraction(k - 1, k)
    return ahead


def two_step_dtc(L: int) -> Fraction:
    found = Fraction(0)
    for m in range(2, L):
        h = sum((Fraction(1, k) for k in range(L - m + 1, L)), Fraction(0))
        found = max(found, h / (Fraction(m, L - m) - h))
    return found


def mean_uniforms(n: int) -> Real:
    """``sum_k P(U_1 + .. + U_k <= n)``, each probability from the law of Irwin and Hall."""
    total, k = mp.mpf(0), 0
    while k <= n or mp.mpf(n) ** k / factorial(k) > SMALL:
        below = sum((-1) ** j * comb(k, j) * (n - j) ** k for j in range(min(n, k) + 1))
        total += mp.mpf(below) / factorial(k)
        k += 1
    return total
