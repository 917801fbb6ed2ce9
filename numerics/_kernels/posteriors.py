"""Exact conditionals at every masked position of partial sequences, a batch at a time: forward-backward.

Which contexts are possible is a matter of the lists or of zeros that stay zero; values are rescaled by powers of two.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .arcs import ahead_by_arcs, back_by_arcs, seen, token_weights
from .draw_contexts import back_contexts, final_at, forward_contexts
from .jit import kernel
from .messages import raised

__all__ = ["context_posteriors", "hidden_posteriors"]


@kernel
def context_posteriors(
    piece: int,
    rows: int,
    contexts: NDArray[np.int64],
    initial: NDArray[np.float64],
    edges: NDArray[np.int64],
    following: NDArray[np.int32],
    probability: NDArray[np.float64],
    edge_of: NDArray[np.int32],
    final: NDArray[np.float64],
    y: NDArray[np.int64],
    found: NDArray[np.float64],
    possible: NDArray[np.bool_],
) -> None:  # pragma: no cover - compiled
    """Rows ``piece * rows`` and following of a batch, for an n-gram by its contexts.

    Parameters
    ----------
    contexts, initial, edges, following, probability, edge_of, final
        As in ``draw_contexts``.
    y : (n, L) int64
        The mask is V.
    found : (n, L, V) float64
        Zeros on entry; rows of masked positions sum to 1 where the context is possible.
    possible : (n,) bool

    Notes
    -----
    Cost: the edges that agree with the revealed tokens, at every position.
    """
    L, V = y.shape[1], edge_of.shape[1]
    M, h = contexts.shape
    slots = L - h + 1
    members, values = np.empty(slots * M, np.int32), np.empty(slots * M)
    first = np.empty(slots + 1, np.int64)
    total = np.full(M, -1.0)
    behind, nearer = np.empty(M), np.empty(M)
    for row in range(piece * rows, min((piece + 1) * rows, len(y))):
        possible[row] = forward_contexts(
            contexts, initial, edges, following, probability, edge_of, final, y[row], members, values, first, total
        )
        if not possible[row]:
            continue
        final_at(final, members, first, slots - 1, behind)
        for slot in range(slots - 1, -1, -1):
            if slot < slots - 1:
                back_contexts(
                    edges, following, probability, edge_of, y[row, slot + h], members, first, slot, behind, nearer
                )
                behind, nearer = nearer, behind
            for t in range(slot + h - 1 if slot > 0 else 0, slot + h):
                if y[row, t] == V:
                    for k in range(first[slot], first[slot + 1]):
                        found[row, t, contexts[members[k], t - slot]] += values[k] * behind[members[k]]
                    _normalise(found[row, t])


@kernel
def hidden_posteriors(
    piece: int,
    rows: int,
    initial: NDArray[np.float64],
    A: NDArray[np.float64],
    backwards: NDArray[np.float64],
    moves: tuple[NDArray[Any], ...],
    shown: tuple[NDArray[Any], ...],
    final: NDArray[np.float64],
    y: NDArray[np.int64],
    found: NDArray[np.float64],
    possible: NDArray[np.bool_],
) -> None:  # pragma: no cover - compiled
    """The same for a hidden Markov model.

    Parameters
    ----------
    initial : (K,) float64
    A, backwards : (K, K) float64
        Transitions, and their transpose; of shape (0, 0) where arcs are to be used.
    moves, shown
        The arcs (:mod:`.arcs`).
    final : (K,) float64
        End weights, or ones.
    y, found, possible
        As in `context_posteriors`.

    Notes
    -----
    Cost ``O(L K (K + V))`` a sequence, states that the tokens exclude left out; by arcs ``O(L (E + K V))``.
    """
    L = y.shape[1]
    K, V = len(shown[0]) - 1, len(shown[3]) - 1
    before = np.empty((L, K))
    here, behind, held = np.empty(K), np.empty(K), np.empty(len(moves[0]) - 1)
    for row in range(piece * rows, min((piece + 1) * rows, len(y))):
        tokens = y[row]
        before[0] = initial
        possible[row] = True
        for i in range(L):
            if tokens[i] < V:
                seen(before[i], tokens[i], shown, here)
            else:
                here[:] = before[i]
            weight = 0.0
            for s in range(K):
                weight += here[s] * final[s] if i == L - 1 else here[s]
            if weight == 0.0:
                possible[row] = False
                break
            if i + 1 < L:
                raised(here)
                _forward(here, A, moves, held, before[i + 1])
        if not possible[row]:
            continue
        behind[:] = final
        for i in range(L - 1, -1, -1):
            if tokens[i] == V:
                here[:] = behind
                token_weights(before[i], behind, shown, found[row, i])
                _normalise(found[row, i])
            else:
                seen(behind, tokens[i], shown, here)
            raised(here)
            if len(backwards) > 0:
                _forward(here, backwards, moves, held, behind)
            else:
                held[:] = 0.0
                held[:K] = here
                back_by_arcs(held, moves[0], moves[1], moves[2], behind)


@kernel
def _forward(here, A, moves, held, there):  # pragma: no cover - compiled
    """``there = here A``, over the positive entries of ``here``."""
    if len(A) == 0:
        held[:] = 0.0
        ahead_by_arcs(here, moves[0], moves[1], moves[2], held)
        there[:] = held[: len(there)]
        return
    there[:] = 0.0
    for s in range(len(here)):
        value = here[s]
        if value > 0.0:
            for t in range(len(there)):
                there[t] += value * A[s, t]


@kernel
def _normalise(row):  # pragma: no cover - compiled
    total = 0.0
    for v in range(len(row)):
        total += row[v]
    if total > 0.0:
        for v in range(len(row)):
            row[v] /= total
