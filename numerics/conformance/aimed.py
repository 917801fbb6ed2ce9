"""Bets that aim at the number of sequences asked for (proofs_notes/samplers/steps.md).

A bet that grows fastest is on the temperature that code has, and still needs luck where what it wins on average is
little more than what is enough. One that is to have won enough by the last sequence, with as large a probability as can
be and whenever that comes, need not know the temperature, only whether it is lower or higher. It is an option that pays
where the sum of the scores of all tokens is large: bets are made as that would be hedged.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri_exp

from .near_temperatures import NEAR, sharpness, tilted, variance

__all__ = ["HIGHER", "LOWER", "AimedBets"]

Array = NDArray[np.float64]

LOWER, HIGHER = "a lower temperature", "a higher temperature"


class AimedBets:
    """The wealth of a bet on lower temperatures than the claimed one, and of one on higher ones.

    Parameters
    ----------
    sequences : int
        That are to be drawn in all.

    Attributes
    ----------
    wealth : dict of str to float
        In nats.
    """

    def __init__(self, sequences: int) -> None:
        self.wealth = {LOWER: 0.0, HIGHER: 0.0}
        self._sequences, self._rows, self._variance = sequences, 0, 0.0

    def add(
        self,
        own: Array,
        written: NDArray[np.int64],
        row: NDArray[np.int64],
        calls: NDArray[np.int64],
        enough: float,
    ) -> None:
        """Bet on calls, one after another.

        Parameters
        ----------
        own : (m, V) float64
            Log probabilities of tokens under the claim.
        written : (m,) int64
        row : (m,) int64
            Of each token; those of a call stand before those of later ones.
        calls : (n + 1,) int64
            The first row of each call, and the end.
        enough : float
            What is to be won, in nats.
        """
        spread = variance(own)
        for first, end in zip(calls[:-1].tolist(), calls[1:].tolist(), strict=True):
            of = slice(*np.searchsorted(row, (first, end)))
            if self._rows:
                for name, sign in ((LOWER, -1.0), (HIGHER, 1.0)):
                    far = sign * self._exposure(self.wealth[name] - enough, end - first)
                    each = tilted(own[of], far)
                    ratio = np.take_along_axis(each, written[of, None], 1)[:, 0]
                    claimed = np.take_along_axis(own[of], written[of, None], 1)[:, 0]
                    # A token that the claim forbids is counted elsewhere.
                    possible = np.isfinite(claimed)
                    ratio = np.where(possible, ratio, 0.0) - np.where(possible, claimed, 0.0)
                    by_row = np.bincount(row[of] - first, ratio, minlength=end - first)
                    self.wealth[name] += float(np.logaddexp.reduce(by_row)) - math.log(end - first)
            self._rows, self._variance = self._rows + end - first, self._variance + float(spread[of].sum())

    def _exposure(self, missing: float, rows: int) -> float:
        """The logarithm of the temperature to bet on over the claimed one, without its sign.

        An option that pays 1 if a normal variable of variance v is above x is worth ``Phi(-x/sqrt(v))`` before: what is
        missing. Its relative change is the density at that point over ``sqrt(v)`` times what it is worth.
        """
        of_a_row = self._variance / self._rows
        left = of_a_row * (self._sequences - self._rows)
        if missing >= 0 or left <= 0:
            return 0.0
        deviations = float(ndtri_exp(missing))
        exposure = math.exp(-(deviations**2) / 2 - math.log(2 * math.pi) / 2 - missing) / math.sqrt(left)
        sharp = float(sharpness(np.array(rows), np.array(exposure**2 * of_a_row / 2)))
        return min(exposure * sharp, NEAR)
