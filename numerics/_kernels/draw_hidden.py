"""Sequences of an order-oblivious sampler on a hidden Markov model, a whole sequence at a time.

A step needs conditionals at the positions that it reveals, and they depend on the revealed tokens only:

    ``q(x_t = v | x_R)  proportional to  sum_s  f(s) b(s) B(s, v)``,  ``f = m_a A^{t-a}``,  ``b = A^{c-t} b_c``,

a and c the nearest revealed neighbours, m and b the forward and backward messages there, which run from one revealed
position to the next by powers of A, or by its arcs where these are few. They are kept, and normalised: what a step
reveals is passed on until a message comes out as it was, bit for bit, where the chain has forgotten it or a token has
made it sure of its state. That is most often soon; ``O(R K^2)`` a step with R revealed positions, or ``O(L E)`` by
arcs, where it is not. States of weight zero are skipped, so that sparse emissions are cheap.
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
    Cost at most ``O(K^2 sum_k R_k)`` a sequence, ``R_k`` revealed positions at step k: about ``N L K^2`` at N uniform
    steps; by arcs ``O(N L E)``. A token is passed on to as many revealed positions as it takes to be forgotten.
    """
    L = tokens.shape[1]
    K, V = len(shown[0]) - 1, len(shown[3]) - 1
    from_left, from_right = np.empty((L, K)), np.empty((L, K))
    ahead, behind = np.empty((L, K)), np.empty((L, K))
    room, weights = np.empty((3, K)), np.empty(V)
    held = np.empty(len(moves[0]) - 1)
    # Of the type of other messages, for which the kernels below are compiled.
    first, last = initial.copy(), final.copy()
    for row in range(piece * rows, min((piece + 1) * rows, len(tokens))):
        y = tokens[row]
        broke[row] = NEVER
        start = 0
        while start < L:
            step, stop = steps[row, order[row, start]], start
            while stop < L and steps[row, order[row, stop]] == step:
                stop += 1
            fresh = order[row, start:stop]
            _look_left(first, powers, moves, V, y, fresh, from_left, ahead, room[0], held)
            _look_right(transposed, moves, last, V, y, fresh, from_right, behind, room[0], held)
            for j in range(len(fresh)):
                token_weights(ahead[j], behind[j], shown, weights)
                y[fresh[j]] = choose(weights, uniforms[row, fresh[j]])
                if y[fresh[j]] < 0:
                    broke[row] = -1
            if broke[row] < 0:
                break
            if not _renew_from_left(powers, moves, shown, final, y, fresh, from_left, ahead, room, held):
                weights_of_ends = final if len(final) > 0 else np.ones(K)
                broke[row] = -1 if is_possible(initial, moves, shown, weights_of_ends, y) else step
                break
            if stop < L:
                _renew_from_right(transposed, moves, shown, y, fresh, from_right, behind, room, held)
            start = stop


@kernel
def _look_left(initial, powers, moves, mask, y, fresh, from_left, ahead, spare, held):  # pragma: no cover - compiled
    """Predictive messages at ``fresh`` from what is revealed before each; by arcs, one goes on from another."""
    for j in range(len(fresh)):
        at, least = fresh[j] - 1, fresh[j - 1] if j > 0 and len(powers) == 0 else -1
        while at > least and y[at] == mask:
            at -= 1
        if at < 0:
            _advance(initial, powers, moves, fresh[j], ahead[j], spare, held)
        else:
            nearest = ahead[j - 1] if at == least else from_left[at]
            _advance(nearest, powers, moves, fresh[j] - at, ahead[j], spare, held)


@kernel
def _look_right(
    transposed, moves, final, mask, y, fresh, from_right, behind, spare, held
):  # pragma: no cover - compiled
    """Likelihoods, by the hidden state at each of ``fresh``, of what is revealed after it; by arcs as above."""
    L = len(y)
    for j in range(len(fresh) - 1, -1, -1):
        at, most = fresh[j] + 1, fresh[j + 1] if j < len(fresh) - 1 and len(transposed) == 0 else L
        while at < most and y[at] == mask:
            at += 1
        if at < L:
            nearest = behind[j + 1] if at == most else from_right[at]
            _retreat(nearest, transposed, moves, at - fresh[j], behind[j], spare, held)
        elif len(final) > 0:
            _retreat(final, transposed, moves, L - 1 - fresh[j], behind[j], spare, held)
        else:
            behind[j] = 1.0


@kernel
def _renew_from_left(
    powers, moves, shown, final, y, fresh, from_left, ahead, room, held
):  # pragma: no cover - compiled
    """Messages at ``fresh``, and after each as far as they change; false when all that is revealed is impossible.

    ``ahead`` holds what arrives at those before which nothing has changed.
    """
    arriving, message, spare = room[0], room[1], room[2]
    mask, L, j = len(shown[3]) - 1, len(y), 0
    while j < len(fresh):
        at = fresh[j]
        arriving[:] = ahead[j]
        while True:
            if not seen(arriving, y[at], shown, message):
                return False
            _normalise(message)
            is_fresh = j < len(fresh) and at == fresh[j]
            if not is_fresh and _same(message, from_left[at]):
                break
            j += is_fresh
            from_left[at] = message
            following = at + 1
            while following < L and y[following] == mask:
                following += 1
            if following == L:
                if len(final) > 0:
                    _advance(message, powers, moves, L - 1 - at, arriving, spare, held)
                    return _meet(arriving, final)
                return True
            _advance(message, powers, moves, following - at, arriving, spare, held)
            at = following
    return True


@kernel
def _renew_from_right(
    transposed, moves, shown, y, fresh, from_right, behind, room, held
):  # pragma: no cover - compiled
    """Likelihoods of what is revealed from each of ``fresh`` on, and before it as far as they change."""
    arriving, message, spare = room[0], room[1], room[2]
    mask, j = len(shown[3]) - 1, len(fresh) - 1
    while j >= 0:
        at = fresh[j]
        arriving[:] = behind[j]
        while at >= 0:
            seen(arriving, y[at], shown, message)
            _normalise(message)
            is_fresh = j >= 0 and at == fresh[j]
            if not is_fresh and _same(message, from_right[at]):
                break
            j -= is_fresh
            from_right[at] = message
            before = at - 1
            while before >= 0 and y[before] == mask:
                before -= 1
            if before >= 0:
                _retreat(message, transposed, moves, at - before, arriving, spare, held)
            at = before


@kernel
def _normalise(message):  # pragma: no cover - compiled
    """Divide by the sum, in place, so that messages of one direction are equal; zeros stay."""
    total = 0.0
    for s in range(len(message)):
        total += message[s]
    if total > 0.0:
        for s in range(len(message)):
            message[s] /= total


@kernel
def _same(one, other):  # pragma: no cover - compiled
    same = True
    for s in range(len(one)):
        same = same and one[s] == other[s]
    return same


@kernel
def _meet(message, final):  # pragma: no cover - compiled
    """Whether some state is left that has an end weight."""
    total = 0.0
    for s in range(len(final)):
        total += message[s] * final[s]
    return total > 0.0


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
