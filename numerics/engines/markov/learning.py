"""What an imperfect denoiser costs on a Markov chain, when it sees the two nearest revealed neighbours only (M5.6).

The learning term is ``sum_i E D(q(.|X_R) || p_theta(.|X_R))``, X drawn from q and R what is revealed before i.
Both laws depend on the tokens and distances of the two nearest revealed neighbours, so that the sum runs over
pairs of distances (g, h), each with the chance that i has revealed neighbours there. Every divergence is a sum
of non-negative terms.

A neighbour farther than a reach G counts as none: the denoiser does not see it (or sees it only through the
exact conditional), and the chain has mixed to a defect e, which changes a conditional by a factor of at most
``((1+e)/(1-e))^2``.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...enclosure import UNIT_ROUNDOFF as U
from ...enclosure import gamma
from ..reveal_steps import prefix_sums, step_depth
from .chain import Chain, Measured

__all__ = ["LearningError", "NeighbourPrediction", "learning_error"]

TOLERANCE = 1e-13

NeighbourPrediction = Callable[[int, int, NDArray[np.float64]], NDArray[np.float64]]
"""From the distances to the left and right neighbour (0: none) and the exact conditionals, shape (V or 1, V or
1, V) by their
tokens (1 where there is none), the predicted ones of the same shape."""


class LearningError(NamedTuple):
    """The learning term of M5.6, ``sum_i E D(q || p_theta)``, and the largest possible divergence; both in nats."""

    total: Measured
    worst: Measured


class _Context(NamedTuple):
    """One pair of distances: chance of each (u, v) summed over positions, which can occur, exact conditionals."""

    left: int
    right: int
    chance: NDArray[np.float64]
    possible: NDArray[np.bool_]
    exact: NDArray[np.float64]


def learning_error(
    chain: Chain, weights: NDArray[np.float64], predict: NeighbourPrediction, reach: int, depth: int = 8
) -> LearningError:
    """Learning term and worst-case divergence under the Bernoulli sampler.

    Parameters
    ----------
    chain : Chain
    weights : (N,) float64
    predict : NeighbourPrediction
    reach : int
        Beyond this distance a neighbour changes predictions through the exact conditional at most.
    depth : int
        Roundings of ``predict`` beside those of the exact conditionals.

    Returns
    -------
    LearningError
        PATH_KL of this denoiser is that of the exact one plus ``total``. Infinite where a prediction is zero
        and q is not.

    Notes
    -----
    Cost ``O(G^2 V^3)``, G the larger of ``reach`` and the mixing distance; all of L if the chain does not mix.
    A prediction is taken to change by at most the square of the factor by which the exact conditional changes.
    """
    L = chain.length
    mixing = chain.mixing(TOLERANCE)
    G = L - 1 if mixing is None else min(max(mixing.gap, reach), L - 1)
    e = chain.mixed_at(G) if G < L - 1 else 0.0
    relative = gamma(3 * chain.power_depth(2 * max(G, 1)) + 2 * step_depth(2 * G) + chain.vocab + L + 30)
    change = relative + gamma(depth)
    sums, errors, missing = [], [], []
    worst, worst_error = 0.0, 0.0
    shift = 8 * math.atanh(min(e, 0.5))
    for context in _contexts(chain, np.asarray(weights, dtype=np.float64), G):
        predicted = predict(context.left, context.right, context.exact)
        divergence, spread = _divergences(context.exact, predicted)
        met = context.possible
        if not met.any():
            continue
        if not np.isfinite(divergence[met]).all():
            worst = math.inf
            if (context.chance[met & ~np.isfinite(divergence)] > 0).any():
                return LearningError(Measured(math.inf, 0.0), Measured(math.inf, 0.0))
            met = met & np.isfinite(divergence)
        sums.append(math.fsum(context.chance[met] * divergence[met]))
        error = 3 * change * (1 + spread[met]) + 8 * U * spread[met]
        errors.append(math.fsum(context.chance[met] * (error + divergence[met] * relative)))
        missing.append(math.fsum(context.chance[met] * shift * (1 + spread[met])))
        worst = max(worst, float(divergence[met].max(initial=0.0)))
        worst_error = max(worst_error, float((error + shift * (1 + spread[met])).max(initial=0.0)))
    total = Measured(math.fsum(sums), math.fsum(errors) * (1 + 1e-9), math.fsum(missing) * (1 + 1e-9) if e else 0.0)
    return LearningError(total, Measured(worst, worst_error if worst < math.inf else 0.0))


def _divergences(
    exact: NDArray[np.float64], predicted: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """``D(q || p)`` along the last axis, and ``sum q |log(q/p)|``, by which relative errors are multiplied."""
    on = exact > 0
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.where(on, np.log(np.where(on, exact, 1.0)) - np.log(predicted), 0.0)
        signed = np.where(on, exact * logs, 0.0)
    value = np.maximum(signed.sum(axis=-1), 0.0)
    size = np.abs(np.where(on, np.log(np.where(on, exact, 1.0)), 0.0)) * exact
    return value, np.abs(signed).sum(axis=-1) + size.sum(axis=-1)


def _contexts(chain: Chain, w: NDArray[np.float64], G: int) -> Iterator[_Context]:
    """Every pair of distances up to G, or none, with its chances under q summed over positions."""
    L, V = chain.length, chain.vocab
    a, rest = prefix_sums(w)[:-1], prefix_sums(w[::-1])[::-1][:-1]
    K = chain.powers(min(2 * G, L))
    laws = chain.marginals(L) if G >= L - 1 else chain.marginals(G + 1)
    sigma = np.concatenate([laws, np.broadcast_to(laws[-1], (L - len(laws), V))])
    totals = np.concatenate([np.zeros((1, V)), np.cumsum(sigma, axis=0)])

    def moment(power: int, n: int) -> float:
        """``sum_k w_k a_{k-1}^power (1 - a_{k-1})^n``."""
        return math.fsum(w * a**power * rest**n)

    both = {t: moment(2, t - 2) for t in range(2, min(2 * G, L - 1) + 1)}
    one = [moment(1, n) for n in range(2 * G + 2)]
    for g in range(1, G + 1):
        for h in range(1, min(G, L - 1 - g) + 1):
            ends = K[g + h]
            chance = both[g + h] * totals[L - g - h][:, None] * ends
            possible = (totals[L - g - h][:, None] > 0) & (ends > 0)
            yield _Context(g, h, chance, possible, _normal(K[g][:, None, :] * K[h].T[None], ends))
    for g in range(1, min(G, L - 1) + 1):
        # the right neighbour is none: i = L, L-1, .. has min(L - i, G) masked positions to its right that matter
        masked = np.minimum(L - np.arange(g + 1, L + 1), G)
        chance = (np.array(one)[g - 1 + masked][:, None] * sigma[: L - g]).sum(axis=0)
        possible = (totals[L - g] > 0)[:, None]
        yield _Context(g, 0, chance[:, None], possible, K[g][:, None, :])
    settled = min(len(laws), L)
    for i in range(1, settled + 1):
        later = L - i if i == settled else 0
        for h in range(1, min(G, L - i) + 1):
            counts = one[h - 1 + min(i - 1, G)] + sum(1 for j in range(1, later + 1) if i + j + h <= L) * one[h - 1 + G]
            joint = sigma[i - 1][:, None] * K[h]
            arrive = joint.sum(axis=0)
            exact = _normal(joint.T[None], arrive[None])
            yield _Context(0, h, (counts * arrive)[None], (arrive > 0)[None], exact)
    zero = [moment(0, n) for n in range(2 * G + 1)]
    for i in range(1, settled + 1):
        alike = range(i, L + 1) if i == settled else (i,)
        chance = math.fsum(zero[min(j - 1, G) + min(L - j, G)] for j in alike)
        yield _Context(0, 0, np.full((1, 1), chance), np.ones((1, 1), dtype=bool), sigma[i - 1][None, None])


def _normal(joint: NDArray[np.float64], total: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.divide(joint, total[:, :, None], out=np.zeros(joint.shape), where=total[:, :, None] > 0)
