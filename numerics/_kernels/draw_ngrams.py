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
from .jit import inlined, kernel
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
    following : (ceil(V / 8), V^(h-1), V, 8) float64
        ``T(c, v)`` for each eight v, zeros after the last, by the last h - 1 tokens of the context, and its first.
    preceding : (ceil(V / 8), V^(h-1), V, 8) float64
        The same from the right: for each eight of the context's first tokens, by the last h - 1, the last most
        significant, and the next token.
    onto, onto_preceding : (V, V^h) float64
        The same by the token that arrives, and the context with the token that leaves most significant.
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
    room, sums, weights = np.empty((2, M + 8)), np.empty(len(reverse)), np.empty(V)
    ahead, behind = np.empty((slots, len(reverse))), np.empty((slots, len(reverse)))
    left, right = np.empty((slots, M)), np.empty((slots, M))
    left_wanted, right_wanted = np.zeros(slots, np.bool_), np.zeros(slots, np.bool_)
    left_stale, right_stale = np.empty(L, np.bool_), np.empty(L, np.bool_)
    mirror, drawn = np.empty(L, np.int64), np.empty(L, np.int64)
    for row in range(piece * rows, min((piece + 1) * rows, len(tokens))):
        y, tau = tokens[row], steps[row]
        mirror[:] = V
        left_stale[:] = right_stale[:] = False
        broke[row] = NEVER
        start, last = 0, -1
        while broke[row] == NEVER:
            stop = start
            while stop < L and tau[order[row, stop]] == tau[order[row, start]]:
                stop += 1
            fresh = order[row, start:stop]
            left_wanted[:] = right_wanted[:] = False
            for t in fresh:
                slot = max(t - h + 1, 0)
                left_wanted[slot] = right_wanted[slots - 1 - slot] = True
            left_wanted[slots - 1] |= start == L
            alive = _sweep(
                initial, following, onto, h, free, begin, y, left_stale, left_wanted, ahead, left, room, sums
            ) and _sweep(
                final,
                preceding,
                onto_preceding,
                h,
                free,
                begin,
                mirror,
                right_stale,
                right_wanted,
                behind,
                right,
                room,
                sums,
            )
            if alive and start == L:
                _token_weights(left[slots - 1], final, h - 1, y, slots - 1, digits, reverse, free, begin, weights)
                if weights.sum() > 0.0:
                    break
                alive = False
            if alive:
                for t in fresh:
                    slot = max(t - h + 1, 0)
                    likelihood = right[slots - 1 - slot]
                    _token_weights(left[slot], likelihood, t - slot, y, slot, digits, reverse, free, begin, weights)
                    drawn[t] = choose(weights, uniforms[row, t])
                    alive &= drawn[t] >= 0
            if not alive:
                broke[row] = -1 if _is_possible(initial, onto, final, digits, reverse, y) else last
                break
            # Written only now: the tokens of one step must not see each other.
            for t in fresh:
                y[t] = mirror[L - 1 - t] = drawn[t]
                left_stale[t] = right_stale[L - 1 - t] = True
            last, start = tau[fresh[0]], stop


@kernel
def _sweep(
    first, table, onto, h, free, begin, y, stale, wanted, kept, found, room, sums
):  # pragma: no cover - compiled
    """Renew what revealed tokens have changed, from left to right up to the last slot that is wanted.

    ``found[s]`` is the message at slot s, where it is wanted; ``kept[s]`` leaves out its last token, which is known.
    What is left out stays ``stale``. False when what is known is impossible.
    """
    M, V = len(first), len(onto)
    here, there = room[0], room[1]
    here[:M] = first
    at, anchor, unchanged, changed = 0, 0, 0, False
    end = len(y)
    while end > h - 1 and not wanted[end - h]:
        end -= 1
    for e in range(end):
        if stale[e]:
            unchanged, changed, stale[e] = 0, True, False
        else:
            unchanged = unchanged + 1 if y[e] < V else 0
        slot = e - h + 1
        if slot < 0:
            continue
        if changed or wanted[slot]:
            if at < anchor:
                at = anchor
                _load(here, kept, y, at, h, V, free, begin)
            while at < slot:
                if not _push(here, there, table, onto, y, at, h, free, begin, sums):
                    return False
                here, there = there, here
                at += 1
            if wanted[slot]:
                found[slot] = here[:M]
            if changed and y[e] < V and slot > 0:
                _store(here, kept, y, slot, h, V, free, begin)
        if y[e] < V:
            anchor = slot
        changed = changed and unchanged < h
    if changed and end < len(y):
        stale[end] = True
    return True


@inlined
def _push(message, out, table, onto, y, at, h, free, begin, sums):  # pragma: no cover - compiled
    """The message of slot ``at + 1`` from that of slot ``at``; false when it is zero."""
    V = len(onto)
    leaving, arriving = y[at], y[at + h]
    known, base = _known(y, at + 1, at + h, V)
    low, high = np.uint64(0 if leaving == V else leaving), np.uint64(V if leaving == V else leaving + 1)
    if arriving < V:
        _push_onto(message, out, onto[arriving], low, high, known, base, arriving, V, free, begin, sums)
    else:
        _push_rows(message, out, table, low, high, known, base, at, free, begin)
    return _raised(out, known, base, arriving, V, free, begin)


@inlined
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


@inlined
def _push_rows(message, out, table, low, high, known, base, at, free, begin):  # pragma: no cover - compiled
    """Where it is masked; eight of its values together, the last ones first.

    What spills over from less than eight is written over in its turn. The table of all contexts may be as large as the
    nearest cache, which keeps what was read last: every other slot reads it backwards, where few values spill over.
    """
    entries, S, V = table.reshape(-1), np.uint64(table.shape[1]), np.uint64(table.shape[2])
    backwards = at & 1 and table.shape[2] >= 8
    for chunk in range(table.shape[0] - 1, -1, -1):
        if known == 0:
            for k in range(S):
                r = S - _1 - k if backwards else k
                _push_row(message, out, entries, low, high, np.uint64(chunk), r, S, V)
        else:
            for k in range(begin[known], begin[known + 1]):
                _push_row(message, out, entries, low, high, np.uint64(chunk), np.uint64(base + free[k]), S, V)


@inlined
def _push_row(message, out, entries, low, high, chunk, r, S, V):  # pragma: no cover - compiled
    """To the contexts that keep the tokens of number r, from those that agree with it."""
    a0 = a1 = a2 = a3 = a4 = a5 = a6 = a7 = 0.0
    e, c = ((chunk * S + r) * V + low) * _8, low * S + r
    for _ in range(low, high):
        m = message[c]
        a0 += m * entries[e]
        a1 += m * entries[e + _1]
        a2 += m * entries[e + _2]
        a3 += m * entries[e + _3]
        a4 += m * entries[e + _4]
        a5 += m * entries[e + _5]
        a6 += m * entries[e + _6]
        a7 += m * entries[e + _7]
        e += _8
        c += S
    o = r * V + chunk * _8
    out[o], out[o + _1], out[o + _2], out[o + _3] = a0, a1, a2, a3
    out[o + _4], out[o + _5], out[o + _6], out[o + _7] = a4, a5, a6, a7


@inlined
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


@inlined
def _known(y, first, last, V):  # pragma: no cover - compiled
    """Which tokens from first to before last are known, as bits, and the number of them as digits, zeros for masks."""
    bits, base = 0, 0
    for i in range(first, last):
        known = y[i] < V
        bits = 2 * bits + known
        base = V * base + y[i] * known
    return bits, base


@kernel
def _store(message, kept, y, slot, h, V, free, begin):  # pragma: no cover - compiled
    """Keep the message of a slot whose last token is known."""
    known, base = _known(y, slot, slot + h - 1, V)
    for k in range(begin[known], begin[known + 1]):
        kept[slot, base + free[k]] = message[(base + free[k]) * V + y[slot + h - 1]]


@kernel
def _load(message, kept, y, slot, h, V, free, begin):  # pragma: no cover - compiled
    known, base = _known(y, slot, slot + h - 1, V)
    for k in range(begin[known], begin[known + 1]):
        message[(base + free[k]) * V + y[slot + h - 1]] = kept[slot, base + free[k]]


@kernel
def _token_weights(left, right, digit, y, slot, digits, reverse, free, begin, weights):  # pragma: no cover - compiled
    """Probabilities of a token of the slot whose messages meet, up to a factor."""
    V, S, h = len(weights), len(reverse), digits.shape[1]
    known, base = _known(y, slot, slot + h - 1, V)
    newest = y[slot + h - 1]
    low, high = (0, V) if newest == V else (newest, newest + 1)
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
def _is_possible(initial, onto, final, digits, reverse, y):  # pragma: no cover - compiled
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
                        there[c % S * V + v] |= onto[v, c] > 0.0
            here, there = there, here
        for c in range(M):
            here[c] &= y[e] == V or digits[c, min(e, h - 1)] == y[e]
    for c in range(M):
        here[c] &= final[c % V * S + reverse[c // V]] > 0.0
    return here.any()
