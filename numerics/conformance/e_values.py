"""Evidence against the claim that sequences are drawn from p, valid however the rows of a call depend on each other.

Calls of a sampler are independent, since each has a seed of its own; the rows of one call need not be. For a function
``h >= 0`` of a sequence with ``E_p h <= 1``, the mean of h over the rows of a call has a mean of at most 1 under the
claim, whatever the rows share. So the product of such means over the calls is a non-negative supermartingale, also
where h is chosen by looking at earlier calls, and so is an average of such products, E_n. By Ville's inequality
``P(sup_n E_n >= 1/alpha) <= alpha``. (proofs_notes/samplers/evidence.md)

The functions are ``(1 + b (r/p - 1))_+`` over their mean under p, for laws r that the code may draw from. With b = 1 a
mean over c independent rows wins about as much as one row does; with b near c and r near p, nearly as much as c rows
do. Half of the weight lies on laws learned from earlier calls, for what nobody thought of, and half on the named
alternatives.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from ..numbers.enclosure import gamma

__all__ = ["CONCENTRATIONS", "Evidence", "log_likelihoods"]

CONCENTRATIONS = (10.0, 1e3, 1e5)
"""Sequences drawn from p that a learned law adds to those that were seen."""

LARGEST_RATIO = 1e200

CELLS_AT_ONCE = 1 << 20
"""Values of functions whose expectations are taken together."""

LOGARITHM = 2**14
"""Roundings allowed for the logarithm of a mean and of its size of at most 1500, and for their sum."""

Expectation = Callable[[NDArray[np.float64]], NDArray[np.float64]]
"""From functions of a sequence, (..., M), to the largest expectation of each under the claim, (...)."""


class Evidence:
    """What the calls so far say against the claim.

    Parameters
    ----------
    p : (M,) float64
        A law that is positive on all that the claim allows.
    expectation : callable
        Expectations under the claim, the largest where it is a set of laws.
    depth : int
        Roundings in an expectation.
    alternatives : mapping of str to (M,) float64
        Laws r, of any total.
    rows : int
        Of a call; b is a power of 2 up to this.

    Attributes
    ----------
    log : float
        ``log E_n`` in nats, rounded down; 0 before the first call.
    """

    def __init__(
        self,
        p: NDArray[np.float64],
        expectation: Expectation,
        depth: int,
        alternatives: Mapping[str, NDArray[np.float64]],
        rows: int,
    ) -> None:
        self.log = 0.0
        self._p, self._expectation, self._depth = p, expectation, depth
        self._factors = 2.0 ** np.arange(rows.bit_length())
        self._counts, self._calls = np.zeros(len(p), dtype=np.int64), 0
        bets = [self._learned()]
        if alternatives:
            bets.append(self._bets(np.array(list(alternatives.values()))))
        self._bets_on = bets
        self._wealth = [np.zeros(means.shape) for _, means in bets]

    def add(self, index: NDArray[np.int64]) -> None:
        """Count a call, whose rows (c,) are all possible.

        Notes
        -----
        Cost: one product a row, law and b; after 1, 2, 4, ... calls the laws are learned anew, in ``O(M)``.
        """
        for wealth, (ratios, means) in zip(self._wealth, self._bets_on, strict=True):
            with np.errstate(divide="ignore"):
                wealth += np.log(self._values(ratios[:, index]).mean(axis=2)) - means
        self._counts += np.bincount(index, minlength=len(self._p))
        self._calls += 1
        if self._calls & (self._calls - 1) == 0:
            self._bets_on[0] = self._learned()
        shares = np.array([log_sum(wealth) - math.log(len(self._wealth) * wealth.size) for wealth in self._wealth])
        self.log = log_sum(shares) - self._calls * gamma(self._depth + len(index) + LOGARITHM)

    def _learned(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """From the counts so far."""
        seen = int(self._counts.sum())
        return self._bets(np.array([(self._counts + c * self._p) / (seen + c) for c in CONCENTRATIONS]))

    def _bets(self, laws: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Ratios r/p (A, M), and the logarithms of the means of their functions (A, B)."""
        ratios = np.divide(laws, self._p, out=np.zeros(laws.shape), where=self._p > 0)
        ratios = np.minimum(ratios, LARGEST_RATIO)
        together = max(1, CELLS_AT_ONCE // (len(self._factors) * len(self._p)))
        parts = [self._values(ratios[start : start + together]) for start in range(0, len(ratios), together)]
        means = np.concatenate([self._expectation(part) for part in parts])
        # A function of mean 0 is 0 wherever p is positive, and wins nothing.
        return ratios, np.log(np.where(means > 0, means, 1.0))

    def _values(self, ratios: NDArray[np.float64]) -> NDArray[np.float64]:
        """The functions (A, B, .) at ratios (A, .)."""
        return np.maximum(1 + self._factors[:, None] * (ratios[:, None] - 1), 0.0)


def log_sum(logs: NDArray[np.float64]) -> float:
    """``log sum_i exp x_i``; -inf where all are."""
    largest = logs.max()
    return float(largest + np.log(np.exp(logs - largest).sum())) if largest > -math.inf else -math.inf


def log_likelihoods(counts: NDArray[np.int64], laws: Mapping[str, NDArray[np.float64]]) -> dict[str, float]:
    """``sum_i log r(X_i)`` for each law r, in nats; -inf where it forbids what was drawn."""
    seen = counts > 0
    with np.errstate(divide="ignore"):
        return {name: float(counts[seen] @ np.log(law[seen])) for name, law in laws.items()}
