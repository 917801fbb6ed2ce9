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

__all__ = ["REVEALED", "ADDED", "ASKED", "SUMMED", "token_informations"]

REVEALED, ADDED, ASKED = 0, 1, 2
"""Parts of a position: in R, in S, looked at; any other number is masked."""

TOGETHER = 16
LANES = 2 * TOGETHER
"""Rows that go through the transitions together, each with R and with R and S: inner loops over so many numbers."""

SUMMED = 4
"""Transitions that are summed at a time; lists of them are a multiple as long."""


@kernel
def token_informations(
    piece: int,
    rows: int,
    initial: NDArray[np.float64],
    first: NDArray[np.int64],
    starts: NDArray[np.int64],
    columns: NDArray[np.int32],
    probabilities: NDArray[np.float64],
    arrivals: NDArray[np.int64],
    origins: NDArray[np.int32],
    shares: NDArray[np.float64],
    law_of: NDArray[np.int64],
    laws_from: NDArray[np.int64],
    laws: NDArray[np.int64],
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
        State that a transition leads to, counted from the next position's first, and its probability; some of
        probability 0 make their number a multiple of ``SUMMED``.
    arrivals, origins, shares
        The same transitions by the state that they lead to, with the state that they come from.
    law_of : int64
        Which of its position's emission laws a state has.
    laws_from : (L+1,) int64
        Where the emission laws of each position begin in ``laws``.
    laws : int64
        Rows of ``shown``.
    shown, entropies : (B, V) and (B,) float64
        Emission laws and their entropies.
    part : (n, L) int8
    uniforms : (n, L, 2) float64
        For the state and the token of each position.
    out : (n, 3) float64
        Means over the positions asked for, in nats; NaN where float64 loses a probability.

    Notes
    -----
    Cost ``O(E + K + D V)`` a row, for E transitions, K states and D emission laws over all positions.
    """
    n, L = part.shape
    V, most, widest = shown.shape[1], np.diff(first).max(), np.diff(laws_from).max()
    ahead, behind = np.empty((first[L], LANES)), np.empty((2, most, LANES))
    factors, total = np.empty((widest, LANES)), np.empty(LANES)
    x, mass, law, ones = np.empty((TOGETHER, L), np.int64), np.empty((2, widest)), np.empty((2, V)), np.ones(most)
    for begin in range(piece * rows, min((piece + 1) * rows, n), TOGETHER):
        count = min(TOGETHER, n - begin)
        some = part[begin : begin + count]
        for k in range(count):
            _drawn(
                initial,
                first,
                starts,
                columns,
                probabilities,
                law_of,
                laws_from,
                laws,
                shown,
                uniforms[begin + k],
                x[k],
            )
        total[:] = 1.0
        for i in range(L):
            own, here = law_of[first[i] : first[i + 1]], ahead[first[i] : first[i + 1]]
            _taken_in(some[:, i], x[:, i], laws[laws_from[i] : laws_from[i + 1]], shown, total, factors)
            if i == 0:
                _filled(initial, own, factors, here, total)
            else:
                _summed(arrivals[first[i] :], origins, shares, ahead[first[i - 1] :], own, factors, here, total)
        total[:] = 1.0
        out[begin : begin + count] = 0.0
        for i in range(L - 1, -1, -1):
            own, here = law_of[first[i] : first[i + 1]], behind[i % 2, : first[i + 1] - first[i]]
            emitted = laws[laws_from[i] : laws_from[i + 1]]
            _taken_in(some[:, i], x[:, i], emitted, shown, total, factors)
            if i == L - 1:
                _filled(ones, own, factors, here, total)
            else:
                _summed(starts[first[i] :], columns, probabilities, behind[(i + 1) % 2], own, factors, here, total)
            for k in range(count):
                if some[k, i] == ASKED:
                    _tell(k, ahead[first[i] :], here, own, emitted, shown, entropies, mass, law, out[begin + k])
        for k in range(count):
            out[begin + k] /= max((some[k] == ASKED).sum(), 1)


@kernel
def _drawn(
    initial, first, starts, columns, probabilities, law_of, laws_from, laws, shown, uniforms, x
):  # pragma: no cover - compiled
    state = _picked(initial, 0, len(initial), uniforms[0, 0])
    for i in range(len(x)):
        emitted = shown[laws[laws_from[i] + law_of[state]]]
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
def _taken_in(part, tokens, laws, shown, total, factors):  # pragma: no cover - compiled
    """Probabilities of what is revealed at a position, by emission law and lane, over the lane's sum before."""
    for lane in range(LANES):
        total[lane] = 1.0 / total[lane]
    for b in range(len(laws)):
        factors[b] = total
    for k in range(len(part)):
        if part[k] == REVEALED or part[k] == ADDED:
            for b in range(len(laws)):
                p = shown[laws[b], tokens[k]]
                factors[b, TOGETHER + k] *= p
                if part[k] == REVEALED:
                    factors[b, k] *= p


@kernel
def _filled(values, law_of, factors, target, total):  # pragma: no cover - compiled
    """Messages of the position from which they start, with its tokens, and their sums."""
    total[:] = 0.0
    for s in range(len(target)):
        for lane in range(LANES):
            target[s, lane] = values[s] * factors[law_of[s], lane]
            total[lane] += target[s, lane]


@kernel
def _summed(starts, columns, probabilities, source, law_of, factors, target, total):  # pragma: no cover - compiled
    """Messages ``sum_e p_e source_{column(e)}`` over the transitions listed with a state, its tokens taken in, and
    their sums.

    Four transitions at a time, so that sums stay in registers.
    """
    lanes = len(total)
    total[:] = 0.0
    for s in range(len(target)):
        row, factor = target[s], factors[law_of[s]]
        row[:] = 0.0
        for e in range(starts[s], starts[s + 1], SUMMED):
            p, q, r, t = probabilities[e], probabilities[e + 1], probabilities[e + 2], probabilities[e + 3]
            a, b, c, d = source[columns[e]], source[columns[e + 1]], source[columns[e + 2]], source[columns[e + 3]]
            for lane in range(lanes):
                row[lane] += p * a[lane] + q * b[lane] + r * c[lane] + t * d[lane]
        for lane in range(lanes):
            row[lane] *= factor[lane]
            total[lane] += row[lane]


@kernel
def _tell(lane, ahead, behind, law_of, laws, shown, entropies, mass, law, out):  # pragma: no cover - compiled
    V = shown.shape[1]
    mass[:, :] = 0.0
    law[:, :] = 0.0
    for s in range(len(behind)):
        mass[0, law_of[s]] += ahead[s, lane] * behind[s, lane]
        mass[1, law_of[s]] += ahead[s, TOGETHER + lane] * behind[s, TOGETHER + lane]
    before, after, less, least = 0.0, 0.0, 0.0, 0.0
    for b in range(len(laws)):
        p, q, emitted = mass[0, b], mass[1, b], shown[laws[b]]
        before += p
        after += q
        less += p * entropies[laws[b]]
        least += q * entropies[laws[b]]
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
