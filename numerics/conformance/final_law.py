"""Complete sequences against the law of a small language (definitions.md#conformance)."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..numbers.lattice import sequence_index, sequence_rows
from .claim import FinalLaw
from .e_values import Evidence, log_likelihoods
from .tv_interval import tv_interval

__all__ = ["CLAIMED", "Cell", "Tally"]

CLAIMED = "as claimed"
TINY = 1e-300


@dataclass(frozen=True)
class Cell:
    """One sequence: how often it was drawn, and its probability under p."""

    sequence: tuple[int, ...]
    drawn: float
    claimed: float


class Tally:
    """The sequences drawn so far.

    Attributes
    ----------
    counts : (V^L,) int
        Of the sequences that the claim allows.
    impossible : dict
        Of the others.
    most : float
        The evidence after the call at which there was most.
    """

    def __init__(self, claim: FinalLaw, size: int) -> None:
        self.claimed = claim.law
        self.laws = {CLAIMED: claim.law.p, **claim.alternatives}
        self.allowed = claim.allowed
        self.evidence = Evidence(self.allowed, claim.expectation, claim.depth, claim.alternatives, size)
        self.counts = np.zeros(len(claim.law.p), dtype=np.int64)
        self.impossible: dict[tuple[int, ...], int] = {}
        self.shares, self.most = 0, 0.0

    @property
    def forbidden(self) -> int:
        return sum(self.impossible.values())

    def add(self, x: NDArray[np.int64]) -> None:
        """Count a call (n, L), then look."""
        V = self.claimed.vocab
        complete = (x != V).all(axis=1)
        possible = complete.copy()
        index = sequence_index(x[complete], V)
        possible[complete] = self.allowed[index] > 0
        for row in map(tuple, x[~possible].tolist()):
            self.impossible[row] = self.impossible.get(row, 0) + 1
        index = index[self.allowed[index] > 0]
        np.add.at(self.counts, index, 1)
        self.shares += len(x) ** 2
        if not self.impossible:
            self.evidence.add(index)
        self.most = math.inf if self.impossible else max(self.most, self.evidence.log)

    def closest(self) -> tuple[tuple[str, float], ...]:
        """All laws by likelihood, the claim among them; given that what is drawn is possible, if not all was."""
        n = max(int(self.counts.sum()), 1)
        laws = self.laws
        if self.impossible:
            laws = {name: law / max(math.fsum(law), TINY) for name, law in self._allowed().items()}
        scores = {name: found / n for name, found in log_likelihoods(self.counts, laws).items()}
        return tuple(sorted(scores.items(), key=lambda pair: -pair[1]))

    def distance(self, name: str, alpha: float, independent: bool) -> tuple[float, float, float]:
        """Total variation between the law drawn from and that one, with all that p forbids as one sequence."""
        p, n = self.claimed.p, int(self.counts.sum()) + self.forbidden
        counts = np.where(p > 0, self.counts, 0)
        law, units = np.where(p > 0, self.laws[name], 0.0), n if independent else n * n / self.shares
        return tv_interval(counts, n - int(counts.sum()), law, self.claimed.p_depth, alpha, units)

    def _allowed(self) -> dict[str, NDArray[np.float64]]:
        """The laws without what the claim forbids."""
        return {name: np.where(self.allowed > 0, law, 0.0) for name, law in self.laws.items()}

    def cells(self) -> tuple[Cell, ...]:
        """Three sequences, by ``(drawn - claimed)^2 / claimed``."""
        p, n = self.claimed.p, int(self.counts.sum()) + self.forbidden
        drawn = self.counts / n
        excess = np.divide((drawn - p) ** 2, p, out=np.zeros_like(p), where=p > 0)
        worst = np.argsort(-excess, kind="stable")[:3]
        V, L = self.claimed.vocab, self.claimed.length
        return tuple(
            Cell(tuple(sequence_rows(i, i + 1, V, L)[0].tolist()), float(drawn[i]), float(p[i])) for i in worst.tolist()
        )
