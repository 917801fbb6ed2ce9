"""Sequences of a chain whose states and transitions are listed position by position, and what they tell.

A row draws a sequence x, and two sets of its positions are revealed: R, and R with some more, S. At each position i of
a third set, with Q and P the conditionals of ``x_i`` given ``x_R`` and given ``x_R, x_S``, it finds

    ``D(P || Q)``  and  ``J(Q) - J(P)``,  J the information of the state about the token,

which have the same mean ``I(X_i; X_S | X_R)`` (see :mod:`..engines.windows.step_correlations`), and the entropy of Q.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from .jit import kernel

__all__ = ["REVEALED", "ADDED", "ASKED", "token_informations"]

REVEALED, ADDED, ASKED = 0, 1, 2
"""Parts of a position: in R, in S, looked at; any other number is masked."""

TOGETHER = 8
LANES = 2 * TOGETHER
"""Rows that go through the transitions together, each with R and with R and S."""


@kernel
def token_informations(
    piece: int,
    rows: int,
    initial: NDArray[np.float64],
    first: NDArray[np.int64],
    starts: NDArray[np.int64],
    columns: NDArray[np.int32],
    probabilities: NDArray[np.float64],
    shape: NDArray[np.int64],
    shown: NDArray[np.float64],
    entropies: NDArray[np.float64],
    part: NDArray[np.int8],
    uniforms: NDArray[np.float64],
    out: NDArray[np.float64],
) -> None:  # pragma: no cover - compiled
    """Rows ``piece * rows`` and following, in place.

    Parameters
    ----------
    initial : float64
        Law of the first position's states.
    first : (L+1,) int64
        Where the states of each position begin.
    starts : int64
        Where the transitions from each state begin, one more than states; none from the last position's.
    columns, probabilities
        State that a transition leads to, counted from the next position's first, and its probability.
    shape : int64
        Row of ``shown`` that a state emits by.
    shown, entropies : (B, V) and (B,) float64
        Emission laws and their entropies.
    part : (n, L) int8
    uniforms : (n, L, 2) float64
        For the state and the token of each position.
    out : (n, 3) float64
        Means over the positions asked for, in nats; NaN where float64 loses a probability.

    Notes
    -----
    Cost ``O(E + K V)`` a row, for E transitions and K states over all positions.
    """
    n, L = part.shape
    V, most = shown.shape[1], np.diff(first).max()
    ahead, behind = np.empty((first[L], LANES)), np.empty((2, most, LANES))
    x, law, scale = np.empty((TOGETHER, L), np.int64), np.empty((2, V)), np.empty(LANES)
    for begin in range(piece * rows, min((piece + 1) * rows, n), TOGETHER):
        count = min(TOGETHER, n - begin)
        some = part[begin : begin + count]
        for k in range(count):
            _drawn(initial, first, starts, columns, probabilities, shape, shown, uniforms[begin + k], x[k])
        for s in range(len(initial)):
            ahead[s] = initial[s]
        for i in range(L - 1):
            here, there = ahead[first[i] : first[i + 1]], ahead[first[i + 1] : first[i + 2]]
            _take_in(here, some[:, i], x[:, i], shape[first[i] :], shown, scale)
            _advance(starts[first[i] :], columns, probabilities, here, scale, there)
        behind[:] = 1.0
        out[begin : begin + count] = 0.0
        for i in range(L - 1, -1, -1):
            here, further = behind[i % 2], behind[(i + 1) % 2]
            states = first[i + 1] - first[i]
            if i < L - 1:
                _return(starts[first[i] :], columns, probabilities, further, scale, here[:states])
            for k in range(count):
                if some[k, i] == ASKED:
                    _tell(
                        k,
                        ahead[first[i] : first[i + 1]],
                        here,
                        shape[first[i] :],
                        shown,
                        entropies,
                        law,
                        out[begin + k],
                    )
            _take_in(here[:states], some[:, i], x[:, i], shape[first[i] :], shown, scale)
        for k in range(count):
            out[begin + k] /= max((some[k] == ASKED).sum(), 1)


@kernel
def _drawn(initial, first, starts, columns, probabilities, shape, shown, uniforms, x):  # pragma: no cover - compiled
    state = _picked(initial, 0, len(initial), uniforms[0, 0])
    for i in range(len(x)):
        emitted = shown[shape[state]]
        x[i] = _picked(emitted, 0, len(emitted), uniforms[i, 1])
        if i < len(x) - 1:
            e = _picked(probabilities, starts[state], starts[state + 1], uniforms[i + 1, 0])
            state = first[i + 1] + columns[e]


@kernel
def _picked(law, begin, end, uniform):  # pragma: no cover - compiled
    """An index with a probability in proportion to its entry, which is positive."""
    target = 0.0
    for k in range(begin, end):
        target += law[k]
    target *= uniform
    found = begin
    for k in range(begin, end):
        if law[k] > 0.0:
            found = k
            if target < law[k]:
                break
            target -= law[k]
    return found


@kernel
def _take_in(messages, part, tokens, shape, shown, scale):  # pragma: no cover - compiled
    """Multiply by the probabilities of what is revealed at a position, and find one over each lane's sum."""
    for k in range(len(part)):
        if part[k] == REVEALED or part[k] == ADDED:
            for s in range(len(messages)):
                p = shown[shape[s], tokens[k]]
                messages[s, TOGETHER + k] *= p
                if part[k] == REVEALED:
                    messages[s, k] *= p
    scale[:] = 0.0
    for s in range(len(messages)):
        for b in range(LANES):
            scale[b] += messages[s, b]
    for b in range(LANES):
        scale[b] = 1.0 / scale[b]


@kernel
def _advance(starts, columns, probabilities, here, scale, there):  # pragma: no cover - compiled
    """Laws of the states given the tokens further left, up to factors, at the next position."""
    there[:] = 0.0
    for s in range(len(here)):
        for e in range(starts[s], starts[s + 1]):
            t, p = columns[e], probabilities[e]
            for b in range(LANES):
                there[t, b] += p * here[s, b]
    for t in range(len(there)):
        for b in range(LANES):
            there[t, b] *= scale[b]


@kernel
def _return(starts, columns, probabilities, further, scale, here):  # pragma: no cover - compiled
    """Likelihoods of the tokens further right, by the state, up to factors, at the position before."""
    here[:] = 0.0
    for s in range(len(here)):
        for e in range(starts[s], starts[s + 1]):
            t, p = columns[e], probabilities[e]
            for b in range(LANES):
                here[s, b] += p * further[t, b]
        for b in range(LANES):
            here[s, b] *= scale[b]


@kernel
def _tell(lane, ahead, behind, shape, shown, entropies, law, out):  # pragma: no cover - compiled
    V = shown.shape[1]
    law[:, :] = 0.0
    before, after, less, least = 0.0, 0.0, 0.0, 0.0
    for s in range(len(ahead)):
        p = ahead[s, lane] * behind[s, lane]
        q = ahead[s, TOGETHER + lane] * behind[s, TOGETHER + lane]
        before += p
        after += q
        less += p * entropies[shape[s]]
        least += q * entropies[shape[s]]
        emitted = shown[shape[s]]
        for v in range(V):
            law[0, v] += p * emitted[v]
            law[1, v] += q * emitted[v]
    if not (before > 0.0 and after > 0.0):
        out[:] = math.nan
        return
    divergence, change, entropy = 0.0, least / after - less / before, 0.0
    for v in range(V):
        p, q = law[1, v] / after, law[0, v] / before
        if q > 0.0:
            entropy -= q * math.log(q)
        if p > 0.0:
            change += p * math.log(p)
            divergence += p * math.log(p / q) - (p - q) if q > 0.0 else math.nan
        else:
            divergence += q
    out[0] += max(divergence, 0.0)
    out[1] += change + entropy
    out[2] += entropy
