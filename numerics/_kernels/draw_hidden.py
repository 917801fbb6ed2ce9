"""Sequences of an order-oblivious sampler on a hidden Markov model, a whole sequence at a time.

A step needs conditionals at the positions that it reveals, and they depend on the revealed tokens only:

    ``q(x_t = v | x_R)  proportional to  sum_s  f(s) b(s) B(s, v)``,  ``f = m_a A^{t-a}``,  ``b = A^{c-t} b_c``,

a and c the nearest revealed neighbours, m and b the forward and backward messages there, which run from one revealed
position to the next by powers of A: ``O(R K^2)`` a step with R revealed positions, whatever the gaps between them.
Where A has few arcs they run over every position between by these, ``O(L E)`` a step. States of weight zero are
skipped, so that sparse emissions are cheap. Messages are rescaled by powers of two.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .arcs import ahead_by_arcs, back_by_arcs, seen, token_weights
from .inversion import choose
from .jit import kernel
from .messages import NEVER, is_possible, raised

__all__ = ["draw_hidden"]


@kernel
def draw_hidden(
    piece: int,
    rows: int,
    initial: NDArray[np.float64],
    powers: NDArray[np.float64],
    transposed: NDArray[np.float64],
    moves: tuple[NDArray[Any], ...],
    shown: tuple[NDArray[Any], ...],
    final: NDArray[np.float64],
    order: NDArray[np.integer],
    steps: NDArray[np.integer],
    uniforms: NDArray[np.float64],
    tokens: NDArray[np.int64],
    broke: NDArray[np.int64],
) -> None:  # pragma: no cover - compiled
    """Rows ``piece * rows`` and following, in place.

    Parameters
    ----------
    initial : (K,) float64
        Law of the first state that emits.
    powers, transposed : (G+1, K, K) float64
        ``A^0..A^G`` and their transposes; longer gaps are made of several. Zero exactly where they structurally are.
        None of either where arcs are to be used.
    moves, shown
        The arcs (:mod:`.arcs`).
    final : (K,) or (0,) float64
        End weights, if there are any.
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
    Cost ``O(K^2 sum_k R_k)`` a sequence, ``R_k`` revealed positions at step k: about ``N L K^2`` at N uniform steps; by
    arcs ``O(N L E)``.
    """
    L = tokens.shape[1]
    K, V = len(shown[0]) - 1, len(shown[3]) - 1
    known, merged = np.empty(L, np.int64), np.empty(L, np.int64)
    ahead, behind = np.empty((L, K)), np.empty((L, K))
    room, weights = np.empty((3, K)), np.empty(V)
    held = np.empty(len(moves[0]) - 1)
    for row in range(piece * rows, min((piece + 1) * rows, len(tokens))):
        y = tokens[row]
        broke[row] = NEVER
        count, start, last = 0, 0, -1
        while True:
            stop = start
            while stop < L and steps[row, order[row, stop]] == steps[row, order[row, start]]:
                stop += 1
            fresh = order[row, start:stop]
            if not _forward(initial, powers, moves, shown, final, y, known[:count], fresh, ahead, room, held):
                weights_of_ends = final if len(final) > 0 else np.ones(K)
                broke[row] = -1 if is_possible(initial, moves, shown, weights_of_ends, y) else last
                break
            if start == L:
                break
            _backward(transposed, moves, shown, final, y, known[:count], fresh, behind, room, held)
            lost = False
            for j in range(len(fresh)):
                token_weights(ahead[j], behind[j], shown, weights)
                v = choose(weights, uniforms[row, fresh[j]])
                lost = lost or v < 0
                y[fresh[j]] = v
            if lost:
                broke[row] = -1
                break
            count = _merge(known, count, fresh, merged)
            last = steps[row, fresh[0]]
            start = stop


@kernel
def _forward(initial, powers, moves, shown, final, y, known, fresh, ahead, room, held):  # pragma: no cover - compiled
    """Predictive messages at ``fresh`` from what is ``known`` before it; false when all that is known is impossible."""
    message, following, spare = room[0], room[1], room[2]
    message[:] = initial
    at, j = 0, 0
    for end in known:
        while j < len(fresh) and fresh[j] < end:
            _advance(message, powers, moves, fresh[j] - at, ahead[j], spare, held)
            if len(powers) == 0:
                message[:], at = ahead[j], fresh[j]
            j += 1
        _advance(message, powers, moves, end - at, following, spare, held)
        if not seen(following, y[end], shown, message):
            return False
        raised(message)
        at = end
    while j < len(fresh):
        _advance(message, powers, moves, fresh[j] - at, ahead[j], spare, held)
        if len(powers) == 0:
            message[:], at = ahead[j], fresh[j]
        j += 1
    if len(final) == 0:
        return True
    _advance(message, powers, moves, len(y) - 1 - at, following, spare, held)
    total = 0.0
    for s in range(len(final)):
        total += following[s] * final[s]
    return total > 0.0


@kernel
def _backward(transposed, moves, shown, final, y, known, fresh, behind, room, held):  # pragma: no cover - compiled
    """Likelihoods of what is ``known`` after each of ``fresh``, by its hidden state."""
    message, following, spare = room[0], room[1], room[2]
    j, c, at = len(fresh) - 1, len(known) - 1, -1
    if len(final) > 0:
        message[:], at = final, len(y) - 1
    else:
        message[:] = 1.0
    while j >= 0 and (c < 0 or fresh[j] > known[c]):
        if at >= 0:
            _retreat(message, transposed, moves, at - fresh[j], behind[j], spare, held)
            if len(transposed) == 0:
                message[:], at = behind[j], fresh[j]
        else:
            behind[j] = 1.0
        j -= 1
    while j >= 0:
        if at >= 0:
            _retreat(message, transposed, moves, at - known[c], following, spare, held)
        else:
            following[:] = message
        at = known[c]
        seen(following, y[at], shown, message)
        raised(message)
        c -= 1
        while j >= 0 and (c < 0 or fresh[j] > known[c]):
            _retreat(message, transposed, moves, at - fresh[j], behind[j], spare, held)
            if len(transposed) == 0:
                message[:], at = behind[j], fresh[j]
            j -= 1


@kernel
def _advance(message, powers, moves, gap, out, spare, held):  # pragma: no cover - compiled
    """``out = message A^gap`` up to a power of two; ``message`` is left as it is."""
    if len(powers) > 0:
        _leap(message, powers, gap, out, spare)
        return
    starts, columns, probability = moves
    out[:] = message
    for _ in range(gap):
        held[:] = 0.0
        ahead_by_arcs(out, starts, columns, probability, held)
        out[:] = held[: len(out)]
        raised(out)


@kernel
def _retreat(message, transposed, moves, gap, out, spare, held):  # pragma: no cover - compiled
    """``out = A^gap message`` up to a power of two; ``message`` is left as it is."""
    if len(transposed) > 0:
        _leap(message, transposed, gap, out, spare)
        return
    starts, columns, probability = moves
    out[:] = message
    for _ in range(gap):
        held[:] = 0.0
        held[: len(out)] = out
        back_by_arcs(held, starts, columns, probability, out)
        raised(out)


@kernel
def _leap(message, powers, gap, out, spare):  # pragma: no cover - compiled
    longest = len(powers) - 1
    if gap <= longest:
        _multiply(message, powers[gap], out)
        return
    spare[:] = message
    while gap > 0:
        part = min(gap, longest)
        _multiply(spare, powers[part], out)
        gap -= part
        if gap > 0:
            raised(out)
            spare[:] = out


@kernel
def _multiply(message, A, out):  # pragma: no cover - compiled
    """``out = message A``, skipping states of weight zero."""
    K = len(message)
    for t in range(K):
        out[t] = 0.0
    for s in range(K):
        m = message[s]
        if m > 0.0:
            for t in range(K):
                out[t] += m * A[s, t]


@kernel
def _merge(known, count, fresh, merged):  # pragma: no cover - compiled
    """Add ``fresh`` to the first ``count`` positions of ``known``, both rising; the new count."""
    c, j = 0, 0
    for k in range(count + len(fresh)):
        if j == len(fresh) or (c < count and known[c] < fresh[j]):
            merged[k] = known[c]
            c += 1
        else:
            merged[k] = fresh[j]
            j += 1
    known[: count + len(fresh)] = merged[: count + len(fresh)]
    return count + len(fresh)
