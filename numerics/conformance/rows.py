"""Do the rows of a call depend on each other?

Two calls of equal size are cut into pairs of row numbers (i, j), neighbours and at random in turn, since rows that
share a draw may lie side by side or anywhere. For each pair a fair coin says whether rows i and j of the first call are
compared, or row i of the first and row j of the second. No row is compared twice. If rows are independent, both
comparisons find equal sequences with the same probability, whatever the law of a row and whether or not it depends on
its number; so of T equal pairs the number from within a call is ``Binomial(T, 1/2)``.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import bdtrc

__all__ = ["Rows"]

OWN_DRAWS = 0x0C0135
"""Seed of the coins, which are none of the sampler's numbers."""


class Rows:
    """Equal sequences within calls and between calls.

    Attributes
    ----------
    within, between : int
        Equal pairs, of about as many comparisons each.
    """

    def __init__(self) -> None:
        self.within = self.between = 0
        self._several, self._varied = False, False
        self._rng = np.random.default_rng(OWN_DRAWS)
        self._waiting: NDArray[np.int64] | None = None
        self._neighbours = False

    def add(self, x: NDArray[np.int64]) -> None:
        """The rows (c, L) of a call."""
        self._several |= len(x) > 1
        self._varied |= bool((x != x[0]).any())
        if self._waiting is None or len(self._waiting) != len(x):
            self._waiting = x
            return
        first, second = self._waiting, x
        half = len(x) // 2
        self._neighbours = not self._neighbours
        order = np.arange(2 * half) if self._neighbours else self._rng.permutation(len(x))[: 2 * half]
        i, j = order[::2], order[1::2]
        inside = self._rng.random(half) < 0.5
        equal = (first[i] == np.where(inside[:, None], first[j], second[j])).all(axis=1)
        self.within += int((equal & inside).sum())
        self.between += int((equal & ~inside).sum())
        self._waiting = None

    @property
    def alike(self) -> bool:
        """Whether the rows of each call were all equal, as those of code that draws nothing are."""
        return self._several and not self._varied

    @property
    def probability(self) -> float:
        """Of at least as many equal pairs within calls, if rows are independent."""
        return float(bdtrc(self.within - 1, self.within + self.between, 0.5)) if self.within else 1.0
