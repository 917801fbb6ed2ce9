"""The law of proposals as far as rounding leaves it alone.

Scores of proposals fall into levels, farther apart than rounding moves them: between levels code decides as the claim
does, within one by ties. What any rule for ties leaves the same is which proposals were kept above the lowest level
that was, and how many of that level. Its probability is the same under every rule, so that its ratios lose nothing to
ties, as those to the probability of the one outcome that was seen do. Where all that could be of that level have the
same conditionals, rounding decides nothing, and a claim of the first of them is taken at its word.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from ..policies import Adaptive
from .steps import Transitions, log_choose, rows_at
from .ties import tolerance

__all__ = ["Levels"]

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]
Rows = Callable[[Array], Array]


class Levels:
    """What was kept of proposals, up to ties.

    Parameters
    ----------
    policy : Adaptive
        Which proposes, and scores by the network's conditionals; where it has sizes, given how many are kept.
    seen : Transitions

    Notes
    -----
    Candidates are counted through all steps; each has a row of conditionals, of which those above the lowest level
    that was kept cannot have been drawn where nothing was kept.
    """

    def __init__(self, policy: Adaptive, seen: Transitions) -> None:
        among = seen.candidates(policy.block_length) & (seen.size > 0)[:, None]
        self._step, place = np.nonzero(among)
        self._cell = self._step, among.cumsum(axis=1)[self._step, place] - 1
        self._shape = len(among), int(among.sum(axis=1).max(initial=0))
        self._possible = ~(seen.chosen & ~among).any(axis=1)
        self._logs, self._written = rows_at(seen.log_c, self._step, place), seen.tokens[self._step, place][:, None]
        c, chosen = np.exp(self._logs), seen.chosen[self._step, place]
        kept = np.where(chosen, np.take_along_axis(c, self._written, 1)[:, 0], math.nan)
        low, high, self._count = _ends(policy, self._laid_out(c, math.nan), self._laid_out(kept, math.nan))
        self._chosen, self._certain = chosen, kept >= high[self._step]
        self._above = c >= high[self._step, None]
        self._within = (c >= low[self._step, None]) & ~self._above
        self._place, self._length = place, seen.y.shape[1]
        if policy.takes_first:
            # Of a level that a threshold may run through all may have been taken, or one.
            apart = tolerance(seen.vocab, policy.score)
            self._take_first(c, chosen, place, math.inf if policy.bound is None else float(policy.bound) - apart)

    def _take_first(self, c: Array, chosen: Mask, place: NDArray[np.int64], limit: float) -> None:
        """Places decide in a level of one number below the limit, if all that could be of it are alike."""
        tied, same = self._tied()
        highest = np.where(self._within, c, -math.inf).max(axis=1)
        same &= (highest == np.where(self._within, c, math.inf).min(axis=1)) & (highest < limit)
        apart = np.bincount(self._step, tied & ~same, minlength=self._shape[0]) > 0
        decided = tied & ~apart[self._step]
        last = np.zeros(self._shape[0], dtype=np.int64)
        np.maximum.at(last, self._step[decided & chosen], place[decided & chosen])
        self._above |= self._within & (decided & (place < last[self._step]))[:, None]
        self._within &= ~decided[:, None]
        self._certain |= decided & chosen
        self._count = np.where(apart, self._count, 0)

    def _tied(self) -> tuple[Mask, Mask]:
        """Candidates (N,) that may be of the level, and whether they have the conditionals of the first such one."""
        tied = ~self._certain & self._within.any(axis=1)
        first = np.full(self._shape[0], -1)
        first[self._step[tied][::-1]] = np.flatnonzero(tied)[::-1]
        return tied, (self._logs == self._logs[first[self._step]]).all(axis=1)

    def alike(self) -> tuple[NDArray[np.int64], Mask]:
        """Steps (g,) at which all that may be of the level have equal conditionals, and which positions (g, L) may."""
        tied, same = self._tied()
        among = np.zeros((self._shape[0], self._length), dtype=bool)
        among[self._step[tied], self._place[tied]] = True
        step = np.flatnonzero(among.any(axis=1) & (np.bincount(self._step, tied & ~same, minlength=len(among)) == 0))
        return step, among[step]

    def law(self, drawn: Rows) -> Array:
        """Log probability (n,) of what was kept, if proposals are drawn so, from log conditionals.

        Notes
        -----
        Cost: a pass over the conditionals of the candidates.
        """
        logs = drawn(self._logs)
        tied, below = self._shares(logs, self._certain)
        left = _at_least(self._count, self._laid_out(tied, 0.0), self._laid_out(below, 1.0))
        taken = np.where(self._certain, np.take_along_axis(logs, self._written, 1)[:, 0], 0.0)
        with np.errstate(divide="ignore"):
            log = np.bincount(self._step, taken, minlength=self._shape[0]) + np.log(np.minimum(left, 1.0))
        return np.where(self._possible, log, -math.inf)

    def at_random(self, drawn: Rows) -> Array:
        """Log probability (n,) of which were kept, too, if each choice within a level is as likely.

        Of n others in the level each set of k of ``n + k`` was as likely to be the one that was kept.
        """
        logs = drawn(self._logs)
        tied, below = self._shares(logs, self._chosen)
        others = _numbers(self._laid_out(tied, 0.0), self._laid_out(below, 1.0))
        ways = log_choose(
            np.arange(others.shape[1]) + self._count[:, None], np.broadcast_to(self._count[:, None], others.shape)
        )
        taken = np.where(self._chosen, np.take_along_axis(logs, self._written, 1)[:, 0], 0.0)
        with np.errstate(divide="ignore"):
            left = np.log(np.minimum((others * np.exp(-ways)).sum(axis=1), 1.0))
        return np.where(self._possible, np.bincount(self._step, taken, minlength=self._shape[0]) + left, -math.inf)

    def _shares(self, logs: Array, fixed: Mask) -> tuple[Array, Array]:
        """Probabilities (N,) that a candidate is in the level, and below it; those that are fixed count as below."""
        p = np.exp(logs)
        tied, below = ((p * some).sum(axis=1) for some in (self._within, ~(self._above | self._within)))
        return np.where(fixed, 0.0, tied), np.where(fixed, 1.0, below)

    def _laid_out(self, values: Array, empty: float) -> Array:
        """Values of candidates (N, ...) by step and candidate (n, m, ...)."""
        found = np.full((*self._shape, *values.shape[1:]), empty)
        found[self._cell] = values
        return found


def _ends(policy: Adaptive, scores: Array, kept: Array) -> tuple[Array, Array, NDArray[np.int64]]:
    """The ends (n,) of the lowest level that was kept, the upper one excluded, and how many of it were.

    All above was kept. ``scores`` are (n, m, V), ``kept`` (n, m); NaN where there is none. With a threshold the level
    is the lowest that surely reaches it, of which all were kept, if any was, and else that of the best proposal.
    """
    apart = tolerance(scores.shape[2], policy.score)
    ranked = np.sort(scores.reshape(len(scores), -1), axis=1)
    starts = np.where(np.diff(ranked, axis=1, prepend=-math.inf) > apart, ranked, math.nan)

    def around(score: Array) -> tuple[Array, Array]:
        low = np.where(starts <= score[:, None], starts, -math.inf).max(axis=1, initial=-math.inf)
        return low, np.where(starts > score[:, None], starts, math.inf).min(axis=1, initial=math.inf)

    if policy.rule == "threshold":
        assert policy.bound is not None
        low, high = around(np.full(len(scores), float(policy.bound) + apart))
        reached = np.asarray((kept >= high[:, None]).any(axis=1))
        best = around(np.where(np.isnan(kept), -math.inf, kept).max(axis=1, initial=-math.inf))
        return np.where(reached, high, best[0]), np.where(reached, high, best[1]), (~reached).astype(np.int64)
    low, high = around(np.where(np.isnan(kept), math.inf, kept).min(axis=1, initial=math.inf))
    every = (np.isnan(kept) == np.isnan(scores[..., 0])).all(axis=1)
    # Where nothing is left out there is no choice.
    high = np.where(every, -math.inf, high)
    count = ((kept >= low[:, None]) & (kept < high[:, None])).sum(axis=1)
    return low, high, count


def _at_least(count: NDArray[np.int64], tied: Array, below: Array) -> Array:
    """The probability (n,) that of independent ones (n, m) at least so many are tied and all others below."""
    most = int(count.max(initial=0))
    found = np.zeros((len(count), most + 1))
    found[:, 0] = 1.0
    for j in range(tied.shape[1]):
        more = found * tied[:, j, None]
        found *= below[:, j, None]
        found[:, 1:] += more[:, :-1]
        found[:, -1] += more[:, -1]
    return np.where(np.arange(most + 1) >= count[:, None], found, 0.0).sum(axis=1)


def _numbers(tied: Array, below: Array) -> Array:
    """The probability (n, m + 1) that so many of independent ones (n, m) are tied and all others below."""
    found = np.zeros((tied.shape[0], tied.shape[1] + 1))
    found[:, 0] = 1.0
    for j in range(tied.shape[1]):
        more = found[:, :-1] * tied[:, j, None]
        found *= below[:, j, None]
        found[:, 1:] += more
    return found
