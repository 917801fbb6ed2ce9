"""Positions that the claim draws by lot, and code that takes some of them more often.

A lot is a group of positions of which a step takes so many, each set as likely: all candidates, where the claim chooses
at random, or those with equal scores of equal conditionals, where it draws among equal ones. How often each position of
the sequence is taken, beside how often it should be, and each place within the group, is learned from earlier calls.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..policies import Adaptive, Policy
from .levels import Levels
from .steps import Transitions, log_choose, tied_alike

__all__ = ["BY_PLACE", "BY_POSITION", "Habits", "lots"]

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

BY_POSITION, BY_PLACE = "some positions more often than others", "some places among them more often than others"

PLACES = 16
"""Into which a group is divided."""

PRIOR = 1.0
"""Times that each was taken, and should have been, before anything is seen."""


def lots(policy: Policy, seen: Transitions, levels: Levels | None) -> tuple[NDArray[np.int64], Mask]:
    """Steps (g,), and the positions (g, L) of a lot of each, some of which were taken.

    Parameters
    ----------
    policy : Policy
    seen : Transitions
    levels : Levels or None
        Of a policy that proposes.
    """
    if policy.exchangeable or policy.remasks or policy.score == "random":
        step = np.arange(len(seen.y))
        among = seen.candidates(policy.block_length or seen.y.shape[1])
    elif policy.sets is not None or Adaptive.of(policy).takes_first:
        step, among = np.zeros(0, dtype=np.int64), np.zeros((0, seen.y.shape[1]), dtype=bool)
    else:
        step, among = tied_alike(policy, seen) if levels is None else levels.alike()
    taken = among & seen.chosen[step]
    drawn = taken.any(axis=1) & (taken != among).any(axis=1)
    return step[drawn], among[drawn]


class Habits:
    """How often each position, and each place within a lot, was taken in earlier calls.

    Parameters
    ----------
    length : int
    """

    def __init__(self, length: int) -> None:
        self._seen = {BY_POSITION: np.zeros((2, length)), BY_PLACE: np.zeros((2, PLACES))}

    def learn(self, among: Mask, taken: Mask, call: NDArray[np.int64]) -> dict[str, Array]:
        """Logarithms (g,) of the ratio of the probability of what each lot took to that under the claim.

        Parameters
        ----------
        among, taken : (g, L) bool
        call : (g,) int64
            Rising; what is learned from a call counts in later ones.
        """
        size, of = taken.sum(axis=1), among.sum(axis=1)
        lot, position = np.nonzero(among)
        place = PLACES * (among.cumsum(axis=1)[lot, position] - 0.5) / of[lot]
        call = np.unique(call, return_inverse=True)[1][lot]
        found = {}
        for name, kind in ((BY_POSITION, position), (BY_PLACE, place.astype(np.int64))):
            before = self._before(name, kind, call, taken[lot, position], (size / of)[lot])
            odds = np.zeros(among.shape)
            odds[lot, position] = (before[0] + PRIOR) / (before[1] + PRIOR)
            found[name] = _drawn(odds, among, taken) + log_choose(of, size)
        return found

    def _before(self, name: str, kind: NDArray[np.int64], call: NDArray[np.int64], *happened: NDArray[Any]) -> Array:
        """How often each kind was taken, and should have been, in the calls before (2, N)."""
        counts = np.zeros((2, int(call.max(initial=-1)) + 2, self._seen[name].shape[1]))
        for count, how_often in zip(counts, happened, strict=True):
            np.add.at(count, (call + 1, kind), how_often)
        counts[:, 0] = self._seen[name]
        counts = counts.cumsum(axis=1)
        self._seen[name] = counts[:, -1]
        return np.asarray(counts[:, call, kind])


def _drawn(odds: Array, among: Mask, taken: Mask) -> Array:
    """Log probability (g,) of sets in proportion to the product of odds, given their sizes.

    That of independent draws, of which as many are expected, given how many there are.
    """
    size, of = taken.sum(axis=1), among.sum(axis=1)
    odds = odds * (size / (of - size))[:, None]
    p = odds / (1 + odds)
    number = np.zeros((len(p), int(size.max(initial=0)) + 1))
    number[:, 0] = 1.0
    for j in range(p.shape[1]):
        more = number[:, :-1] * p[:, j, None]
        number *= 1 - p[:, j, None]
        number[:, 1:] += more
    each = np.log(np.where(taken, p, 1 - p)).sum(axis=1)
    return np.asarray(each - np.log(number[np.arange(len(p)), size]))
