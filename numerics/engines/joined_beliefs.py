"""What the labels on both sides of a position say together about its token, and what it costs to rely on them.

A predictor gives ``Q(v | l, r)`` for each pair of labels. Whatever it is, ``-sum_i E log Q(X_i | l, r)`` is at least
``Z(a)``, and it is linear in the masses from the left and in those from the right: one product of matrices for all
lanes and, since the masses add up, for all positions that share the masses of one side.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .belief_automaton import Automaton

__all__ = ["cross_entropies"]

CHUNK = 384
"""Left labels treated at a time."""


def cross_entropies(
    left: Automaton,
    right: Automaton,
    emission: NDArray[np.float64],
    left_beliefs: NDArray[np.float64],
    right_beliefs: NDArray[np.float64],
    pairs: list[tuple[NDArray[np.float64], NDArray[np.float64]]],
) -> tuple[NDArray[np.float64], float]:
    """``-sum_v sum_{l, r, s} lambda_l(s) B(s, v) rho_r(s) log Q(v | l, r)`` for each lane, summed over the pairs.

    Parameters
    ----------
    left, right : Automaton
    emission : (K, V) float64
    left_beliefs, right_beliefs : (n_left, K), (n_right, K) float64
        ``Q(v | l, r)`` is proportional to ``sum_s left(l, s) B(s, v) right(r, s)``.
    pairs : list of two (entries, M) arrays
        Masses from the left and from the right.

    Returns
    -------
    values : (M,) float64
        Nats. Sums of non-negative products.
    most : float
        The largest ``-log Q`` of a possible token.

    Notes
    -----
    Cost ``2 M n_right`` flops for each left entry and pair, and ``n_left n_right (K + V)`` for the predictor.
    """
    V = emission.shape[1]
    owner_left, owner_right = left.owners(), right.owners()
    order = np.argsort(right.states, kind="stable")
    bounds = np.searchsorted(right.states[order], np.arange(emission.shape[0] + 1))
    columns = [order[bounds[s] : bounds[s + 1]] for s in range(emission.shape[0])]
    shown = [np.flatnonzero(emission[:, v] > 0) for v in range(V)]
    values = np.zeros(pairs[0][0].shape[1])
    most = 0.0
    by_family = np.argsort(left.family, kind="stable")
    for start in range(0, left.labels, CHUNK):
        chosen = by_family[start : start + CHUNK]
        cost = _surprises(left_beliefs[chosen], right_beliefs, emission, shown)
        most = max(most, float(cost.max(initial=0.0)))
        rank = np.full(left.labels, -1)
        rank[chosen] = np.arange(chosen.size)
        inside = np.flatnonzero(rank[owner_left] >= 0)
        inside = inside[np.argsort(left.states[inside], kind="stable")]
        cuts = np.flatnonzero(np.diff(left.states[inside])) + 1
        for entries in np.split(inside, cuts):
            s = int(left.states[entries[0]])
            if columns[s].size == 0:
                continue
            rows, cols = rank[owner_left[entries]], owner_right[columns[s]]
            tokens = np.flatnonzero(emission[s] > 0)
            weighted = sum(emission[s, v] * cost[v][np.ix_(rows, cols)] for v in tokens)
            for from_left, from_right in pairs:
                values += np.einsum("em,em->m", weighted @ from_right[columns[s]], from_left[entries])
    return values, most


def _surprises(
    left: NDArray[np.float64], right: NDArray[np.float64], emission: NDArray[np.float64], shown: list[NDArray[np.int64]]
) -> NDArray[np.float64]:
    """``-log Q(v | l, r)``, shape (V, n_left, n_right); zero where the token or the pair is impossible."""
    weights = np.empty((len(shown), len(left), len(right)))
    for v, states in enumerate(shown):
        weights[v] = (left[:, states] * emission[states, v]) @ right[:, states].T
    total = weights.sum(axis=0)
    possible = weights > 0
    np.divide(weights, total, out=weights, where=possible)
    np.log(weights, out=weights, where=possible)
    np.negative(weights, out=weights)
    weights[~possible] = 0.0
    return np.maximum(weights, 0.0, out=weights)
