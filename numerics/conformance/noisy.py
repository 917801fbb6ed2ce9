"""Choices by a score with Gumbel noise: an exponential clock for each position, of which the first are taken.

The largest of ``s_i + tau g_i`` are the first of clocks with rates ``exp(s_i / tau)``. So the set A is taken with
probability ``int S(t) dF(t)``: F is the probability that all clocks of A have rung by t, S that no other has. The
integral is replaced by the mean of its lower and upper sums, S at the later and at the earlier end of each interval,
which is exact to second order: good for the comparison of likelihoods, and not for bets.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from .steps import SLIP, Transitions, uniformly

__all__ = ["NOISES", "noisily", "noisy_proposals"]

Array = NDArray[np.float64]
Rows = Callable[[Array], Array]

NOISES = (0.1, 0.3, 1.0, 2.0)
"""Sizes tau of the noise that are tried."""

TIMES = np.geomspace(1e-4, 1e8, 400)
"""Ends of the intervals, where the fastest clock has rate 1."""


def noisily(seen: Transitions, score: str, noise: Array, among: NDArray[np.bool_]) -> Array:
    """Log probability (n,) of the positions, given how many, by ``score + noise Gumbel``.

    Parameters
    ----------
    seen : Transitions
    score : str
    noise : (n,) float64
        Positive.
    among : (n, L) bool
        Candidates.
    """
    values = np.where(among, seen.score(score) / noise[:, None], -math.inf)
    rates = np.exp(values - values.max(axis=1, keepdims=True, initial=-700.0))
    rung = np.where(seen.chosen[..., None], -np.expm1(-rates[..., None] * TIMES), 1.0)
    silent = np.exp(-np.where(among & ~seen.chosen, rates, 0.0).sum(axis=1)[:, None] * TIMES)
    return _sums(seen, rung.prod(axis=1), silent)


def noisy_proposals(seen: Transitions, drawn: Rows, noise: Array, among: NDArray[np.bool_]) -> Array:
    """Log probability (n,) of proposals everywhere, the largest ``log c + noise Gumbel`` kept.

    Parameters
    ----------
    seen : Transitions
    drawn : callable
        What proposals are drawn from, from log conditionals; c is the network's own.
    noise : (n,) float64
        Positive.
    among : (n, L) bool
    """
    law = np.exp(drawn(seen.log_c))
    log_rates = np.where(among[..., None], seen.log_c / noise[:, None, None], -math.inf)
    rates = np.exp(log_rates - log_rates.max(axis=(1, 2), initial=-700.0)[:, None, None])
    own = np.take_along_axis(rates, seen.tokens[..., None], 2)
    rung = np.where(seen.chosen[..., None], -np.expm1(-own * TIMES), 1.0).prod(axis=1)
    silent = np.ones(rung.shape)
    for i in range(among.shape[1]):
        others = (law[:, i, :, None] * np.exp(-rates[:, i, :, None] * TIMES)).sum(axis=1)
        silent *= np.where((among & ~seen.chosen)[:, i, None], np.minimum(others, 1.0), 1.0)
    written = np.take_along_axis(law, seen.tokens[..., None], 2)[..., 0]
    with np.errstate(divide="ignore"):
        tokens = np.where(seen.chosen, np.log(written), 0.0).sum(axis=1)
    return tokens + _sums(seen, rung, silent)


def _sums(seen: Transitions, rung: Array, silent: Array) -> Array:
    """The mean of both sums, with slips; nothing is certain where nothing was chosen."""
    steps = np.diff(rung, axis=1, prepend=0.0)
    earlier = np.concatenate([np.ones((len(rung), 1)), silent[:, :-1]], axis=1)
    with np.errstate(divide="ignore"):
        law = math.log1p(-SLIP) + np.log((steps * (silent + earlier)).sum(axis=1) / 2)
    slip = math.log(SLIP) + uniformly(seen, seen.masked)
    return np.where(seen.size == 0, 0.0, np.logaddexp(law, slip))
