"""The law of proposals as far as ties leave it alone.

Scores of proposals fall into levels, farther apart than rounding moves them: between levels code decides as the claim
does, within one by ties of whatever kind. What any rule for ties leaves the same is which proposals were kept above the
lowest level that was, and how many of that level. Its probability is the same under every rule, so that its ratios
lose nothing to ties, as those to the probability of the one outcome that was seen do.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from ..policies import Adaptive
from .steps import Transitions
from .ties import tolerance

__all__ = ["proposals_up_to_ties"]

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]
Rows = Callable[[Array], Array]


def proposals_up_to_ties(policy: Adaptive, seen: Transitions, laws: Mapping[str, Rows]) -> dict[str, Array]:
    """Log probabilities (n,) of what was kept, up to ties, of proposals that are drawn from each law.

    Parameters
    ----------
    policy : Adaptive
        Which proposes, and scores by the network's conditionals; where it has sizes, given how many are kept.
    seen : Transitions
    laws : mapping of str to callable
        From log conditionals to log probabilities.

    Notes
    -----
    Cost: a sort of the conditionals of each step's candidates, and a pass over them for each law.
    """
    among = seen.candidates(policy.block_length) & (seen.size > 0)[:, None]
    row, place = np.nonzero(among)
    cell = row, among.cumsum(axis=1)[row, place] - 1
    shape = len(among), int(among.sum(axis=1).max(initial=0))
    logs, written = seen.log_c[row, place], seen.tokens[row, place][:, None]
    c = np.exp(logs)
    kept = np.where(seen.chosen[row, place], np.take_along_axis(c, written, 1)[:, 0], math.nan)
    low, high, count = _levels(policy, *(_laid_out(values, shape, cell) for values in (c, kept)))
    certain = kept >= high[row]
    above, within = c >= high[row, None], (c >= low[row, None]) & (c < high[row, None])
    possible = ~(seen.chosen & ~among).any(axis=1)
    found = {}
    for name, law in laws.items():
        drawn = law(logs)
        taken = np.where(certain, np.take_along_axis(drawn, written, 1)[:, 0], 0.0)
        p = np.exp(drawn)
        tied, below = ((p * some).sum(axis=1) for some in (within, ~(above | within)))
        tied, below = np.where(certain, 0.0, tied), np.where(certain, 1.0, below)
        left = _at_least(
            count, *(_laid_out(values, shape, cell, empty) for values, empty in ((tied, 0.0), (below, 1.0)))
        )
        with np.errstate(divide="ignore"):
            log = np.bincount(row, taken, minlength=shape[0]) + np.log(np.minimum(left, 1.0))
        found[name] = np.where(possible, log, -math.inf)
    return found


def _levels(policy: Adaptive, scores: Array, kept: Array) -> tuple[Array, Array, NDArray[np.int64]]:
    """The ends (n,) of the level that ties may concern, the upper one excluded, and how many of it were kept.

    All above was kept. ``scores`` are (n, m, V), ``kept`` (n, m); NaN where there is none.
    """
    apart = tolerance(scores.shape[2], policy.score)
    ranked = np.sort(scores.reshape(len(scores), -1), axis=1)
    starts = np.where(np.diff(ranked, axis=1, prepend=-math.inf) > apart, ranked, math.nan)

    def ends(score: Array) -> tuple[Array, Array]:
        low = np.where(starts <= score[:, None], starts, -math.inf).max(axis=1, initial=-math.inf)
        return low, np.where(starts > score[:, None], starts, math.inf).min(axis=1, initial=math.inf)

    if policy.rule == "threshold":
        assert policy.bound is not None
        low, high = ends(np.full(len(scores), float(policy.bound) + apart))
        reached = (kept >= high[:, None]).any(axis=1)
        best = ends(np.where(np.isnan(kept), -math.inf, kept).max(axis=1, initial=-math.inf))
        return np.where(reached, low, best[0]), np.where(reached, high, best[1]), (~reached).astype(np.int64)
    low, high = ends(np.where(np.isnan(kept), math.inf, kept).min(axis=1, initial=math.inf))
    every = (np.isnan(kept) == np.isnan(scores[..., 0])).all(axis=1)
    # Where nothing is left out there is no choice.
    high = np.where(every, -math.inf, high)
    count = ((kept >= low[:, None]) & (kept < high[:, None])).sum(axis=1)
    return low, high, count


def _laid_out(
    values: Array, shape: tuple[int, int], cell: tuple[NDArray[np.int64], ...], empty: float = math.nan
) -> Array:
    """Values of candidates (N, ...) by step and candidate (n, m, ...)."""
    found = np.full((*shape, *values.shape[1:]), empty)
    found[cell] = values
    return found


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
