"""Sequences of an order-oblivious sampler on an n-gram language, or on a list of sequences, a whole sequence at a time.

Forward-backward over contexts of h tokens. The forward messages hold only the contexts that agree with the revealed
tokens, so that h revealed neighbours in a row leave a single one; they are kept for all positions, and the backward
messages are worked out from the nearest single context on the right of a position to be revealed. A language given as a
list of sequences is the case h = L: contexts without continuations.

Which contexts are possible is a matter of the list, never of a value. Values are rescaled by powers of two.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .inversion import choose
from .jit import kernel
from .messages import LARGE, NEVER, SMALL, raised

__all__ = ["back_contexts", "draw_contexts", "final_at", "forward_contexts"]


@kernel
def draw_contexts(
    piece: int,
    rows: int,
    contexts: NDArray[np.int64],
    initial: NDArray[np.float64],
    edges: NDArray[np.int64],
    following: NDArray[np.int32],
    probability: NDArray[np.float64],
    edge_of: NDArray[np.int32],
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
    contexts : (M, h) int64
        The tokens of each context, the first h <= L of a sequence among them.
    initial : (M,) float64
        Law of the first h tokens.
    edges : (M+1,) int64
        Context c has the edges ``edges[c]..edges[c+1]-1``, each of positive probability.
    following, probability : (E,)
        Of each edge: the next context and the probability.
    edge_of : (M, V) int32
        The edge of a token, or -1.
    final : (M,) float64
        End weights, or ones.
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
    Cost: the edges that agree with the revealed tokens, at every position and step. Memory ``12 (L-h+1) M`` bytes.
    """
    L, V = tokens.shape[1], edge_of.shape[1]
    M, h = contexts.shape
    slots = L - h + 1
    members, values = np.empty(slots * M, np.int32), np.empty(slots * M)
    first = np.empty(slots + 1, np.int64)
    total = np.full(M, -1.0)
    behind, nearer = np.empty(M), np.empty(M)
    weights, drawn = np.empty(V), np.empty(L, np.int64)
    for row in range(piece * rows, min((piece + 1) * rows, len(tokens))):
        y = tokens[row]
        broke[row] = NEVER
        start, last = 0, -1
        while True:
            if not forward_contexts(
                contexts, initial, edges, following, probability, edge_of, final, y, members, values, first, total
            ):
                broke[row] = last
                break
            if start == L:
                break
            stop, now = start, steps[row, order[row, start]]
            while stop < L and steps[row, order[row, stop]] == now:
                stop += 1
            slot = slots - 1
            final_at(final, members, first, slot, behind)
            for at in range(stop - 1, start - 1, -1):
                t = order[row, at]
                wanted = max(t - h + 1, 0)
                single = wanted
                while single < slot and first[single + 1] - first[single] > 1:
                    single += 1
                if single < slot:
                    slot = single
                    _ones_at(members, first, slot, behind)
                while slot > wanted:
                    slot -= 1
                    back_contexts(
                        edges, following, probability, edge_of, y[slot + h], members, first, slot, behind, nearer
                    )
                    behind, nearer = nearer, behind
                weights[:] = 0.0
                for k in range(first[slot], first[slot + 1]):
                    weights[contexts[members[k], t - slot]] += values[k] * behind[members[k]]
                drawn[at] = choose(weights, uniforms[row, t])
                if drawn[at] < 0:
                    broke[row] = -1
                    break
            if broke[row] < 0:
                break
            # Written only now: the tokens of one step must not see each other.
            for at in range(start, stop):
                y[order[row, at]] = drawn[at]
            last, start = now, stop


@kernel
def forward_contexts(
    contexts, initial, edges, following, probability, edge_of, final, y, members, values, first, total
):  # pragma: no cover - compiled
    """The contexts possible at each slot, a slot ending at position ``slot + h - 1``; false when one has none."""
    M, h = contexts.shape
    V = edge_of.shape[1]
    count = 0
    first[0] = 0
    for c in range(M):
        if initial[c] > 0.0:
            agrees = True
            for i in range(h):
                agrees = agrees and (y[i] == V or y[i] == contexts[c, i])
            if agrees:
                members[count], values[count] = c, initial[c]
                count += 1
    first[1] = count
    for slot in range(1, len(first) - 1):
        token = y[slot + h - 1]
        for k in range(first[slot - 1], first[slot]):
            c, value = members[k], values[k]
            if token < V:
                e = edge_of[c, token]
                if e >= 0:
                    count = _push(following[e], value * probability[e], members, total, count)
            else:
                for e in range(edges[c], edges[c + 1]):
                    count = _push(following[e], value * probability[e], members, total, count)
        first[slot + 1] = count
        for k in range(first[slot], count):
            values[k] = total[members[k]]
            total[members[k]] = -1.0
        raised(values[first[slot] : count])
        if count == first[slot]:
            return False
    ends = False
    for k in range(first[len(first) - 2], count):
        ends = ends or final[members[k]] > 0.0
    return ends


@kernel
def _push(c, value, members, total, count):  # pragma: no cover - compiled
    """Add to a context's total, which is negative while the context is not in the list; the length of the list."""
    if total[c] < 0.0:
        total[c] = value
        members[count] = c
        return count + 1
    total[c] += value
    return count


@kernel
def back_contexts(
    edges, following, probability, edge_of, token, members, first, slot, behind, nearer
):  # pragma: no cover
    """``nearer`` at ``slot`` from ``behind`` one slot to the right, ``token`` being the one between."""
    V = edge_of.shape[1]
    largest = 0.0
    for k in range(first[slot], first[slot + 1]):
        c = members[k]
        likelihood = 0.0
        if token < V:
            e = edge_of[c, token]
            if e >= 0:
                likelihood = probability[e] * behind[following[e]]
        else:
            for e in range(edges[c], edges[c + 1]):
                likelihood += probability[e] * behind[following[e]]
        nearer[c] = likelihood
        largest = max(largest, likelihood)
    while 0.0 < largest < SMALL:
        for k in range(first[slot], first[slot + 1]):
            nearer[members[k]] *= LARGE
        largest *= LARGE


@kernel
def final_at(final, members, first, slot, behind):  # pragma: no cover - compiled
    for k in range(first[slot], first[slot + 1]):
        behind[members[k]] = final[members[k]]


@kernel
def _ones_at(members, first, slot, behind):  # pragma: no cover - compiled
    for k in range(first[slot], first[slot + 1]):
        behind[members[k]] = 1.0
