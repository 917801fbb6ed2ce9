"""Sequences of an order-oblivious sampler on an n-gram language, all contexts of h = n - 1 tokens in one array.

A slot is a window of h positions. Two messages meet at the slot that ends at a position to be revealed: the probability
of each context together with what is revealed before its end, and the likelihood of what is revealed after its start.
Both run by the same push: the oldest token of a context leaves and a new one arrives,

    ``out(w_2 .. w_h v)  =  sum_{w_1} message(w_1 w_2 .. w_h) T(w_1 .. w_h, v)``,

over the contexts that agree with the revealed tokens; likelihoods run from the right, contexts read backwards. Messages
are kept where the token that arrives is revealed. A token that is revealed changes them up to the nearest h neighbours
that had been revealed before; none beyond is computed again. Messages are rescaled by powers of two.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .inversion import choose
from .jit import kernel
from .messages import LARGE, NEVER, SMALL

__all__ = ["draw_ngrams"]

_1, _2, _3, _4, _5, _6, _7, _8 = (np.uint64(k) for k in range(1, 9))
"""Unsigned, so that no index is tested for being negative."""


@kernel
def draw_ngrams(
    piece: int,
    rows: int,
    initial: NDArray[np.float64],
    final: NDArray[np.float64],
    following: NDArray[np.float64],
    preceding: NDArray[np.float64],
    onto: NDArray[np.float64],
    onto_preceding: NDArray[np.float64],
    digits: NDArray[np.int64],
    reverse: NDArray[np.int64],
    free: NDArray[np.int64],
    begin: NDArray[np.int64],
    order: NDArray[np.integer],
    steps: NDArray[np.integer],
    uniforms: NDArray[np.float64],
    tokens: NDArray[np.int64],
    broke: NDArray[np.int64],
) -> None:  # pragma: no cover - compiled
    """Rows ``piece * rows`` and following, in place.

    Parameters
    ----------
    initial : (V^h,) float64
        Law of the first h <= L tokens, the first most significant; h is at least 2.
    final : (V^h,) float64
        End weights, or ones, by the last h tokens, the last most significant.
    following : (V^h, W) float64
        ``T(c, v)`` by context and next token, whose number V is rounded up to a multiple of 8.
    preceding : (V^h, W) float64
        The same by the next token and the last h - 1 of the context, the next most significant, and the first.
    onto, onto_preceding : (V, V^h) float64
        The same with the token that arrives before the others.
    digits : (V^h, h) int64
        The tokens of each context.
    reverse : (V^(h-1),) int64
        A number of h - 1 digits, these backwards.
    free, begin : int64
        ``free[begin[m] : begin[m + 1]]``, in rising order, are the numbers of h - 1 digits of which those are 0 that m
        has a bit for, the first digit the highest bit.
    order : (n, L) int
        Positions by the step that reveals them, those of one step in rising order.
    steps : (n, L) int
        The step (from 0) of each position.
    uniforms : (n, L) float64
        One number in [0, 1) a position.
    tokens : (n, L) int64
        V on entry; what is revealed before the context becomes impossible is filled in.
    broke : (n,) int64
        The step that made the context impossible, or the largest int64 if none did; -1 where float64 cannot tell.

    Notes
    -----
    Cost: at a step, at most ``V^m`` for each n neighbours of which m are masked.
    """
    L = tokens.shape[1]
    M, h = digits.shape
    V = M // len(reverse)
    slots = L - h + 1
    room, sums, weights = np.empty((2, M + 7)), np.empty(len(reverse)), np.empty(V)
    ahead, behind = np.empty((slots, len(reverse))), np.empty((slots, len(reverse)))
    left, right = np.empty((slots, M)), np.empty((slots, M))
    left_wanted, right_wanted = np.zeros(slots, np.bool_), np.zeros(slots, np.bool_)
    mirror, mirror_tau, drawn = np.empty(L, np.int64), np.empty(L, np.int64), np.empty(L, np.int64)
    for row in range(piece * rows, min((piece + 1) * rows, len(tokens))):
        y, tau = tokens[row], steps[row]
        for i in range(L):
            mirror[i], mirror_tau[i] = V, tau[L - 1 - i]
        broke[row] = NEVER
        start, last = 0, -1
        while True:
            stop = start
            while stop < L and tau[order[row, stop]] == tau[order[row, start]]:
                stop += 1
            fresh = order[row, start:stop]
            left_wanted[:] = right_wanted[:] = False
            left_wanted[slots - 1] = True
            for t in fresh:
                slot = max(t - h + 1, 0)
                left_wanted[slot] = right_wanted[slots - 1 - slot] = True
            alive = _sweep(initial, following, onto, h, free, begin, y, tau, last, left_wanted, ahead, left, room, sums)
            if alive:
                _token_weights(left[slots - 1], final, h - 1, y[slots - 1 :], digits, reverse, free, begin, weights)
                alive = weights.sum() > 0.0
            if not alive:
                broke[row] = -1 if _is_possible(initial, following, final, digits, reverse, y) else last
                break
            if start == L:
                break
            _sweep(
                final,
                preceding,
                onto_preceding,
                h,
                free,
                begin,
                mirror,
                mirror_tau,
                last,
                right_wanted,
                behind,
                right,
                room,
                sums,
            )
            for t in fresh:
                slot = max(t - h + 1, 0)
                likelihood = right[slots - 1 - slot]
                _token_weights(left[slot], likelihood, t - slot, y[slot:], digits, reverse, free, begin, weights)
                drawn[t] = choose(weights, uniforms[row, t])
                if drawn[t] < 0:
                    broke[row] = -1
            if broke[row] < 0:
                break
            # Written only now: the tokens of one step must not see each other.
            for t in fresh:
                y[t] = mirror[L - 1 - t] = drawn[t]
            last, start = tau[fresh[0]], stop


@kernel
def _sweep(
    first, table, onto, h, free, begin, y, tau, last, wanted, kept, found, room, sums
):  # pragma: no cover - compiled
    """Renew from left to right what tokens of step ``last`` have changed; false when what is known is impossible.

    ``found[s]`` is the message at slot s, where it is wanted; ``kept[s]`` leaves out its last token, which is known.
    """
    M, V = len(first), len(onto)
    here, there = room[0], room[1]
    here[:M] = first
    at, anchor, unchanged, changed = 0, 0, 0, False
    for e in range(len(y)):
        if tau[e] == last:
            unchanged, changed = 0, True
        else:
            unchanged = unchanged + 1 if y[e] < V else 0
        slot = e - h + 1
        if slot < 0:
            continue
        if changed or wanted[slot]:
            if at < anchor:
                at = anchor
                _load(here, kept[at], y[at : at + h], free, begin)
            while at < slot:
                if not _push(here, there, table, onto, y[at : at + h + 1], free, begin, sums):
                    return False
                here, there = there, here
                at += 1
            if wanted[slot]:
                found[slot] = here[:M]
            if changed and y[e] < V and slot > 0:
                _store(here, kept[slot], y[slot : e + 1], free, begin)
        if y[e] < V:
            anchor = slot
        changed = changed and unchanged < h
    return True


@kernel
def _push(message, out, table, onto, y, free, begin, sums):  # pragma: no cover - compiled
    """The message one slot to the right, y the tokens of both slots; false when it is zero."""
    V, S = len(onto), np.uint64(len(sums))
    leaving, arriving = y[0], y[len(y) - 1]
    known, base = _known(y[1 : len(y) - 1], V)
    low, high = np.uint64(0 if leaving == V else leaving), np.uint64(V if leaving == V else leaving + 1)
    if arriving < V:
        _push_onto(message, out, onto[arriving], low, high, known, base, arriving, V, free, begin, sums)
    else:
        _push_rows(message, out, table, low, high, S, known, base, np.uint64(V), free, begin)
    return _raised(out, known, base, arriving, V, free, begin)


@kernel
def _push_onto(
    message, out, onto, low, high, known, base, arriving, V, free, begin, sums
):  # pragma: no cover - compiled
    """Where the token that arrives is known; neighbouring contexts together."""
    S, together, bits = np.uint64(len(sums)), 1, known
    while together < len(sums) and bits & 1 == 0:
        together, bits = together * V, bits >> 1
    run = np.uint64(together)
    for k in range(begin[known], begin[known + 1], together):
        r = np.uint64(base + free[k])
        for i in range(run):
            sums[i] = 0.0
        for w in range(low, high):
            c = w * S + r
            for i in range(run):
                sums[i] += message[c + i] * onto[c + i]
        o = r * np.uint64(V) + np.uint64(arriving)
        for i in range(run):
            out[o + i * np.uint64(V)] = sums[i]


@kernel
def _push_rows(message, out, table, low, high, S, known, base, V, free, begin):  # pragma: no cover - compiled
    """Where it is masked; eight of its values together. What spills over is zero, and written over in its turn."""
    entries, width = table.reshape(-1), np.uint64(table.shape[1])
    for k in range(begin[known], begin[known + 1]):
        r = np.uint64(base + free[k])
        for v in range(np.uint64(0), width, _8):
            a0 = a1 = a2 = a3 = a4 = a5 = a6 = a7 = 0.0
            for w in range(low, high):
                c = w * S + r
                m = message[c]
                e = c * width + v
                a0 += m * entries[e]
                a1 += m * entries[e + _1]
                a2 += m * entries[e + _2]
                a3 += m * entries[e + _3]
                a4 += m * entries[e + _4]
                a5 += m * entries[e + _5]
                a6 += m * entries[e + _6]
                a7 += m * entries[e + _7]
            o = r * V + v
            out[o], out[o + _1], out[o + _2], out[o + _3] = a0, a1, a2, a3
            out[o + _4], out[o + _5], out[o + _6], out[o + _7] = a4, a5, a6, a7


@kernel
def _raised(message, known, base, last, V, free, begin):  # pragma: no cover - compiled
    """Multiply a message by a power of two so that some entry is at least 2^-64; false when it is zero."""
    largest = 0.0
    for k in range(begin[known], begin[known + 1]):
        r = (base + free[k]) * V
        for c in range(r, r + V) if last == V else range(r + last, r + last + 1):
            if message[c] >= SMALL:
                return True
            largest = max(largest, message[c])
    while 0.0 < largest < SMALL:
        for c in range(len(message)):
            message[c] *= LARGE
        largest *= LARGE
    return largest > 0.0


@kernel
def _known(y, V):  # pragma: no cover - compiled
    """Which tokens are known, as bits, and the number that they make as digits, with zeros for the others."""
    bits, base = 0, 0
    for token in y:
        known = token < V
        bits = 2 * bits + known
        base = V * base + token * known
    return bits, base


@kernel
def _store(message, kept, y, free, begin):  # pragma: no cover - compiled
    """Keep a message whose last token is known."""
    V = (len(message) - 7) // len(kept)
    known, base = _known(y[: len(y) - 1], V)
    for k in range(begin[known], begin[known + 1]):
        kept[base + free[k]] = message[(base + free[k]) * V + y[len(y) - 1]]


@kernel
def _load(message, kept, y, free, begin):  # pragma: no cover - compiled
    V = (len(message) - 7) // len(kept)
    known, base = _known(y[: len(y) - 1], V)
    for k in range(begin[known], begin[known + 1]):
        message[(base + free[k]) * V + y[len(y) - 1]] = kept[base + free[k]]


@kernel
def _token_weights(left, right, digit, y, digits, reverse, free, begin, weights):  # pragma: no cover - compiled
    """Probabilities of a token of the slot whose messages meet, up to a factor; y begins at the slot."""
    V, S, h = len(weights), len(reverse), digits.shape[1]
    known, base = _known(y[: h - 1], V)
    low, high = (0, V) if y[h - 1] == V else (y[h - 1], y[h - 1] + 1)
    weights[:] = 0.0
    for k in range(begin[known], begin[known + 1]):
        q = base + free[k]
        if digit == h - 1:
            for v in range(low, high):
                weights[v] += left[q * V + v] * right[v * S + reverse[q]]
        else:
            for v in range(low, high):
                weights[digits[q * V, digit]] += left[q * V + v] * right[v * S + reverse[q]]


@kernel
def _is_possible(initial, table, final, digits, reverse, y):  # pragma: no cover - compiled
    """Whether a sequence agrees with what is known, by the zeros of the parameters alone."""
    M, h = digits.shape
    S = len(reverse)
    V = M // S
    here, there = initial > 0.0, np.empty(M, np.bool_)
    for e in range(len(y)):
        if e >= h:
            there[:] = False
            for c in range(M):
                if here[c]:
                    for v in range(V):
                        there[c % S * V + v] |= table[c, v] > 0.0
            here, there = there, here
        for c in range(M):
            here[c] &= y[e] == V or digits[c, min(e, h - 1)] == y[e]
    for c in range(M):
        here[c] &= final[c % V * S + reverse[c // V]] > 0.0
    return here.any()
