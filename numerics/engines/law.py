"""The whole output law of a sampler beside the language, with error bounds."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ..display import MOST_ROWS, AsTable, Rows
from ..numbers.enclosure import UNIT_ROUNDOFF, Enclosure, margin
from ..numbers.lattice import sequence_rows

__all__ = ["Law"]


@dataclass(frozen=True, eq=False)
class Law(AsTable):
    """p and q on all ``V^L`` sequences, first token most significant.

    Parameters
    ----------
    p, q : (V^L,) float64
        Exact zeros are zero, and nothing else is.
    p_depth, q_depth : int
        Roundings in their entries (definitions.md#rounding).
    support : (V^L,) bool
        Where q is positive, by its structural zeros.
    may_stop : bool
        Whether the rule ``stop`` can abandon sequences, so that p may sum to less than 1.
    vocab, length : int
    """

    p: NDArray[np.float64]
    q: NDArray[np.float64]
    p_depth: int
    q_depth: int
    support: NDArray[np.bool_]
    may_stop: bool
    vocab: int
    length: int

    def table(self) -> Rows:
        """Every sequence with p and q, the likeliest first."""
        return self._rows(len(self.p))

    def _repr_html_(self) -> str:
        return self._rows(MOST_ROWS).html()

    def _rows(self, most: int) -> Rows:
        first = np.argsort(-self.p, kind="stable")[:most].tolist()
        rows = []
        for index in first:
            tokens = " ".join(map(str, sequence_rows(index, index + 1, self.vocab, self.length)[0]))
            p = Enclosure.relative(float(self.p[index]), self.p_depth, 1.0)
            rows.append((tokens, p, Enclosure.relative(float(self.q[index]), self.q_depth, 1.0)))
        return Rows(("sequence", "p", "q"), rows, f"{len(first)} of {len(self.p)} sequences, the likeliest first")

    @cached_property
    def lost(self) -> Enclosure:
        """Probability that a sequence is abandoned."""
        if not self.may_stop:
            return Enclosure(0.0, 0.0, 0.0, "exact")
        total = math.fsum(self.p)
        return Enclosure.around(1 - total, margin(self.p_depth + 1) * total + UNIT_ROUNDOFF, least=0.0, most=1.0)

    @cached_property
    def correct(self) -> Enclosure:
        """``p(support)``, the probability of a sequence that the language allows."""
        return Enclosure.relative(math.fsum(self.p[self.support]), self.p_depth + 1, most=1.0)
