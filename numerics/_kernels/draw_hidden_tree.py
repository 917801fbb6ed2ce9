"""The sampler on a hidden Markov model with few states: evidence kept in a tree of matrix products.

Position i carries the matrix ``T_i = A diag(B(., x_i))``, or A while it is masked (position 0: without the A). A binary
tree over the positions holds the products of ranges, so that revealing a token renews ``log2 L`` products, and a
conditional multiplies ``log2 L`` of them from either side:

    ``q(x_t = v | x_R)  proportional to  sum_s (pi T_0 .. T_{t-1} A)(s) (T_{t+1} .. T_{L-1} f)(s) B(s, v)``,

f the end weights, or 1. That is ``O(L K^3 log L)`` a sequence, however many steps there are. Nodes are numbered as in a
heap: 1 the root, 2m and 2m+1 the children of m, ``2^H + i`` the leaf of position i. Products are rescaled by powers of
two.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .inversion import choose
from .jit import kernel
from .messages import NEVER, is_possible, raised

__all__ = ["draw_hidden_tree", "masked_tree"]


@kernel
def masked_tree(A: NDArray[np.float64], length: int) -> NDArray[np.float64]:  # pragma: no cover - compiled
    """The tree of a sequence without evidence, shape (2^(H+1), K, K), H the least with ``2^H >= length``.

    The states are a multiple of 4: pad with states that are never entered.
    """
    K, leaves = len(A), 1
    while leaves < length:
        leaves *= 2
    nodes = np.zeros((2 * leaves, K, K))
    for i in range(leaves):
        if 0 < i < length:
            nodes[leaves + i] = A
        else:
            for s in range(K):
                nodes[leaves + i, s, s] = 1.0
    for node in range(leaves - 1, 0, -1):
        _renew(nodes, node)
    return nodes


@kernel
def draw_hidden_tree(
    piece: int,
    rows: int,
    initial: NDArray[np.float64],
    A: NDArray[np.float64],
    emission: NDArray[np.float64],
    final: NDArray[np.float64],
    template: NDArray[np.float64],
    moves: tuple[NDArray[Any], ...],
    shown: tuple[NDArray[Any], ...],
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
        K a multiple of 4.
    A : (K, K) float64
    emission : (K, V) float64
    final : (K,) float64
        End weights, or ones.
    template : (2^(H+1), K, K) float64
        From :func:`masked_tree`.
    moves, shown
        The arcs (:mod:`.arcs`).
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
    """
    L = tokens.shape[1]
    K, V = emission.shape
    leaves = len(template) // 2
    H = 0
    while leaves > 1 << H:
        H += 1
    nodes = np.empty_like(template)
    left, right = np.empty((H + 1, K)), np.empty((H + 1, K))
    ahead, weights = np.empty(K), np.empty(V)
    for row in range(piece * rows, min((piece + 1) * rows, len(tokens))):
        y = tokens[row]
        nodes[:] = template
        broke[row] = NEVER
        start, last = 0, -1
        while True:
            if start > 0 and not _alive(initial, nodes[1], final):
                broke[row] = -1 if is_possible(initial, moves, shown, final, y) else last
                break
            if start == L:
                break
            stop, now = start, steps[row, order[row, start]]
            before = -1
            while stop < L and steps[row, order[row, stop]] == now:
                t = order[row, stop]
                _descend(nodes, initial, final, left, right, H, t, before)
                _token_weights(left[H], right[H], A, t > 0, emission, ahead, weights)
                y[t] = choose(weights, uniforms[row, t])
                if y[t] < 0:
                    broke[row] = -1
                before = t
                stop += 1
            if broke[row] < 0:
                break
            fresh = order[row, start:stop]
            for t in fresh:
                for s in range(K):
                    for r in range(K):
                        nodes[leaves + t, s, r] = template[leaves + t, s, r] * emission[r, y[t]]
                raised(nodes[leaves + t])
            for level in range(1, H + 1):
                renewed = -1
                for t in fresh:
                    node = (leaves + t) >> level
                    if node != renewed:
                        _renew(nodes, node)
                        renewed = node
            last, start = now, stop


@kernel
def _alive(initial, product, final):  # pragma: no cover - compiled
    for s in range(len(initial)):
        if initial[s] > 0.0:
            for t in range(len(initial)):
                if final[t] > 0.0 and initial[s] * product[s, t] * final[t] > 0.0:
                    return True
    return False


@kernel
def _renew(nodes, node):  # pragma: no cover - compiled
    """The product of a node's two children."""
    K = nodes.shape[1]
    a, b, out = nodes[2 * node], nodes[2 * node + 1], nodes[node]
    for s in range(0, K, 2):
        for t in range(0, K, 4):
            a0 = a1 = a2 = a3 = b0 = b1 = b2 = b3 = 0.0
            for r in range(K):
                f, g = a[s, r], a[s + 1, r]
                a0 += f * b[r, t]
                a1 += f * b[r, t + 1]
                a2 += f * b[r, t + 2]
                a3 += f * b[r, t + 3]
                b0 += g * b[r, t]
                b1 += g * b[r, t + 1]
                b2 += g * b[r, t + 2]
                b3 += g * b[r, t + 3]
            out[s, t], out[s, t + 1], out[s, t + 2], out[s, t + 3] = a0, a1, a2, a3
            out[s + 1, t], out[s + 1, t + 1], out[s + 1, t + 2], out[s + 1, t + 3] = b0, b1, b2, b3
    raised(out)


@kernel
def _row_times(message, A, out):  # pragma: no cover - compiled
    """``out = message A``."""
    K = len(A)
    for t in range(0, K, 4):
        a0 = a1 = a2 = a3 = 0.0
        for r in range(K):
            f = message[r]
            a0 += f * A[r, t]
            a1 += f * A[r, t + 1]
            a2 += f * A[r, t + 2]
            a3 += f * A[r, t + 3]
        out[t], out[t + 1], out[t + 2], out[t + 3] = a0, a1, a2, a3


@kernel
def _times_column(A, message, out):  # pragma: no cover - compiled
    """``out = A message``."""
    K = len(A)
    for s in range(0, K, 4):
        a0 = a1 = a2 = a3 = 0.0
        for r in range(K):
            f = message[r]
            a0 += A[s, r] * f
            a1 += A[s + 1, r] * f
            a2 += A[s + 2, r] * f
            a3 += A[s + 3, r] * f
        out[s], out[s + 1], out[s + 2], out[s + 3] = a0, a1, a2, a3


@kernel
def _descend(nodes, initial, final, left, right, H, t, before):  # pragma: no cover - compiled
    """Messages from both sides along the path to leaf t; the part shared with leaf ``before`` is there already."""
    depth = 0
    if before < 0:
        left[0] = initial
        right[0] = final
    else:
        while (t >> (H - depth - 1)) == (before >> (H - depth - 1)):
            depth += 1
    for d in range(depth, H):
        node = ((1 << H) + t) >> (H - d - 1)
        sibling = nodes[node ^ 1]
        if node & 1:
            _row_times(left[d], sibling, left[d + 1])
            raised(left[d + 1])
            right[d + 1] = right[d]
        else:
            _times_column(sibling, right[d], right[d + 1])
            raised(right[d + 1])
            left[d + 1] = left[d]


@kernel
def _token_weights(left, right, A, moves, emission, ahead, weights):  # pragma: no cover - compiled
    K = len(left)
    if moves:
        _row_times(left, A, ahead)
    else:
        ahead[:] = left
    weights[:] = 0.0
    for s in range(K):
        share = ahead[s] * right[s]
        if share > 0.0:
            for v in range(len(weights)):
                weights[v] += share * emission[s, v]
