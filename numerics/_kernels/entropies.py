"""Entropies of all subsets of positions, and the cost of predicting one more.

The contexts of a set R of revealed positions, ``V^|R|`` of them, are cut into pieces of fixed size. A piece is one
compensated sum, the pieces of a set are added in order, and so neither the threads nor their number show.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from .jit import kernel, uncontracted
from .lattice import read_only
from .threads import for_each

__all__ = ["conditional_costs", "entropies"]

PIECE = 4096
"""Contexts a piece."""

TASKS = 32

A_LOG = 20
"""Operations that a logarithm takes."""


def entropies(m: NDArray[np.float64], V: int, L: int) -> NDArray[np.float64]:
    """``H(X_R)`` in nats for every set R of positions.

    Parameters
    ----------
    m : ((V+1)^L,) float64
        Marginal lattice.
    V, L : int

    Returns
    -------
    H : (2^L,) float64
        Indexed by R as a bit pattern, bit L-1-i for position i: the first position is the most significant bit.

    Notes
    -----
    Cost ``O((V+1)^L)``, one log an entry. A term ``-m log m`` carries the rounding of m, which moves it by at most
    ``1 + |log m|`` times the change, the log's own error and one product; the compensated sum adds ``2u`` of its value
    and a term in ``u^2``. None of the terms is negative.
    """
    pattern, first = _pieces(V, L)
    sums = np.empty((len(pattern), 1, 2))
    for_each(_entropy_pieces, 0, TASKS, read_only(m), V, L, pattern, first, sums, operations=A_LOG * len(m))
    H = np.empty((1 << L, 1))
    _add_pieces(pattern, sums, H)
    return H[:, 0]


def conditional_costs(
    m: NDArray[np.float64], V: int, L: int, D: NDArray[np.float64] | None
) -> tuple[NDArray[np.float64], NDArray[np.float64], float]:
    """Cost of predicting position i from a set R of revealed ones.

    Parameters
    ----------
    m : ((V+1)^L,) float64
        Marginal lattice.
    V, L : int
    D : (L, (V+1)^L) float64 or None
        The denoiser, as in `lanes.composed_steps`; None is the exact one.

    Returns
    -------
    entropy : (2^L, L) float64
        ``H(X_i | X_R)``, sets as in `entropies`; zero for i in R.
    divergence : (2^L, L) float64
        ``E D(q(.|X_R) || p_theta(.|X_R))``; infinite where a possible token has no probability, zero for the exact
        denoiser.
    worst : float
        Largest divergence in a context of positive probability.

    Notes
    -----
    Cost ``O(L V (V+1)^(L-1))`` logs.

    The entropy sums ``joint log(total/joint)``, `total` being the row's own sum of joints, not m of the context: it is
    never below one of them, so no term is negative, and a token that is certain costs exactly 0. Its depth is at most
    that of m, d, so the log of the ratio is within ``gamma_(2d+1)`` and its own rounding.

    The divergence sums ``q f(p/q - 1)``, or p where ``q = 0``, with ``f(t) = t - log(1+t) >= 0``: the same as
    ``sum q log(q/p)`` for rows that sum to 1. Near-equal rows do not cancel in the sum, but each f still does: with
    predictions of relative error e, a row is off by ``e sum q |p/q - 1| <= 2e`` and a few u, and by what the rows
    of D miss of 1; with q of relative error e, by ``e sum q |log(q/p)|``, at most e times the divergence and 2.
    """
    pattern, first = _pieces(V, L)
    sums = np.zeros((len(pattern), L, 2))
    apart = np.zeros((len(pattern), L, 2))
    worst = np.zeros(len(pattern))
    for_each(
        _cost_pieces,
        0,
        TASKS,
        read_only(m),
        read_only(np.empty((0, 0)) if D is None else D),
        V,
        L,
        pattern,
        first,
        sums,
        apart,
        worst,
        operations=A_LOG * V * L * len(m),
    )
    entropy = np.empty((1 << L, L))
    divergence = np.empty((1 << L, L))
    _add_pieces(pattern, sums, entropy)
    _add_pieces(pattern, apart, divergence)
    return entropy, divergence, float(worst.max())


def _pieces(V: int, L: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Set and first context of every piece, set by set."""
    every = np.arange(1 << L)
    contexts = V ** np.bitwise_count(every).astype(np.int64)
    count = (contexts + PIECE - 1) // PIECE
    pattern = np.repeat(every, count)
    number = np.arange(len(pattern)) - np.repeat(np.cumsum(count) - count, count)
    return pattern, number * PIECE


@uncontracted
def _add(total, lost, term):
    """Neumaier's step; never contracted, since its error term must stay what it is."""
    reached = total + term
    if not math.isfinite(reached):
        return reached, 0.0
    if abs(total) >= abs(term):
        lost += (total - reached) + term
    else:
        lost += (term - reached) + total
    return reached, lost


@uncontracted
def _add_pieces(pattern, sums, out):
    """Sums of the pieces of each set, column by column."""
    p = 0
    while p < len(pattern):
        end = p
        while end < len(pattern) and pattern[end] == pattern[p]:
            end += 1
        for column in range(out.shape[1]):
            total, lost = 0.0, 0.0
            for piece in range(p, end):
                total, lost = _add(total, lost, sums[piece, column, 0])
                lost += sums[piece, column, 1]
            out[pattern[p], column] = total + lost
        p = end


@kernel
def _begin(code, pattern, V, L, token, place):
    """Start an odometer at context number `code` of a set: its lattice index and its number of digits."""
    row = 0
    digits = 0
    step = 1
    for k in range(L):
        if (pattern >> k) & 1:
            token[digits] = code % V
            place[digits] = step
            row += (token[digits] + 1) * step
            code //= V
            digits += 1
        step *= V + 1
    return row, digits


@kernel
def _advance(row, digits, V, token, place):
    """Lattice index of the next context."""
    for k in range(digits):
        if token[k] + 1 < V:
            token[k] += 1
            return row + place[k]
        row -= token[k] * place[k]
        token[k] = 0
    return row


@kernel
def _entropy_pieces(task, m, V, L, pattern, first, sums):
    token = np.empty(L, dtype=np.int64)
    place = np.empty(L, dtype=np.int64)
    for piece in range(task, len(pattern), TASKS):
        row, digits = _begin(first[piece], pattern[piece], V, L, token, place)
        total, lost = 0.0, 0.0
        for _ in range(min(PIECE, V**digits - first[piece])):
            probability = m[row]
            if probability > 0.0:
                total, lost = _add(total, lost, -probability * math.log(probability))
            row = _advance(row, digits, V, token, place)
        sums[piece, 0, 0] = total
        sums[piece, 0, 1] = lost


@kernel
def _cost_pieces(task, m, D, V, L, pattern, first, sums, apart, worst):
    token = np.empty(L, dtype=np.int64)
    place = np.empty(L, dtype=np.int64)
    for piece in range(task, len(pattern), TASKS):
        for i in range(L):
            if (pattern[piece] >> (L - 1 - i)) & 1:
                continue
            stride = (V + 1) ** (L - 1 - i)
            row, digits = _begin(first[piece], pattern[piece], V, L, token, place)
            cost, cost_lost = 0.0, 0.0
            distance, distance_lost = 0.0, 0.0
            for _ in range(min(PIECE, V**digits - first[piece])):
                total = 0.0
                for v in range(1, V + 1):
                    total += m[row + v * stride]
                if total > 0.0:
                    for v in range(1, V + 1):
                        joint = m[row + v * stride]
                        if joint > 0.0:
                            cost, cost_lost = _add(cost, cost_lost, joint * math.log(total / joint))
                    if len(D) > 0:
                        one = _divergence(m, D, row, stride, i, V, total)
                        worst[piece] = max(worst[piece], one)
                        distance, distance_lost = _add(distance, distance_lost, total * one)
                row = _advance(row, digits, V, token, place)
            sums[piece, i, 0] = cost
            sums[piece, i, 1] = cost_lost
            apart[piece, i, 0] = distance
            apart[piece, i, 1] = distance_lost


@uncontracted
def _divergence(m, D, row, stride, i, V, total):
    """``D(q || p_theta)`` of the conditionals at i in one context."""
    value = 0.0
    for v in range(1, V + 1):
        q = m[row + v * stride] / total
        p = D[i, row + v * stride]
        if q > 0.0:
            if p == 0.0:
                return math.inf
            ratio = p / q
            log = math.log1p(ratio - 1.0) if abs(ratio - 1.0) < 0.5 else math.log(ratio)
            value += q * ((ratio - 1.0) - log)
        else:
            value += p
    return value
