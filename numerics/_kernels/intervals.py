"""Both ends of an interval born in one step: the costly term of the bigram recursion.

Two positions revealed together inside a masked interval with tokens u, v at its ends are drawn independently, so that
their joint weight is a bilinear form in ``E_g(u, v) = f(g; u, v) / K_g(u, v)^2``:

    ``C_d(s, w) = sum_{m, n > d} sum_{u, v} E_{m+n}(u, v) K_m(u, s) K_n(s, v) K_{m+d}(u, w) K_{n-d}(w, v)``,

m the distance from the left end to the first new position, n from that to the right end, d between the two. Summed as
it stands this is ``O(G^3 V^4)``. Since ``K_m = P^m``, both sums are Horner schemes: with
``X_n(s, t; v) = sum_m sum_u E_{m+n}(u, v) K_m(u, s) K_m(u, t)`` and ``Q_n(s, t; v) = X_n(s, t; v) K_n(s, v)``

    ``X_n = P^T (X_{n+1} + diag E_{n+1}) P`` for each v, ``U_{d}(s, t; .) = P (Q_{d+1} + U_{d+1})(s, t; .)``,
    ``C_d(s, w) = sum_t U_d(s, t; w) K_d(t, w)``,

which is ``O(G V^4)``. The first scheme is independent for each v, the second for each s: two rounds of parallel work,
whose sums have one fixed order.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .jit import kernel
from .matrices import add_product, widened
from .threads import for_each

__all__ = ["both_new"]


def both_new(
    E: NDArray[np.float64],
    K: NDArray[np.float64],
    X_last: NDArray[np.float64],
    U_last: NDArray[np.float64],
) -> NDArray[np.float64]:
    """``C_d`` for d = 1..G.

    Parameters
    ----------
    E : (G+1, V, V) float64
        ``E_n(u, v)``; row 0 is not used.
    K : (G+1, V, V) float64
        ``K_0..K_G``.
    X_last : (V, V, V) float64
        ``X_G``, indexed (v, s, t): parents longer than G.
    U_last : (V, V) float64
        ``U_G(s, t)``, the same for every w: right ends farther than G.

    Returns
    -------
    C : (G+1, V, V) float64
        Row 0 is zero.

    Notes
    -----
    Without a negative input the result is subtraction-free; a term with a parent of gap g is ``2 (V+1) g`` roundings
    deep at most, those of E, K, X_last and U_last not counted. Cost ``6 G V^4`` flops.
    """
    V = K.shape[1]
    C = np.zeros_like(K)
    by_right_token = np.ascontiguousarray(E.transpose(2, 0, 1))
    wide = widened(K)
    Q = np.empty((len(K), V, V, wide.shape[2]))
    for_each(_outward, 0, V, by_right_token, wide, widened(X_last), Q)
    for_each(_inward, 0, V, wide, widened(U_last), Q, C)
    return C


@kernel
def _outward(
    v: int, E: NDArray[np.float64], K: NDArray[np.float64], X_last: NDArray[np.float64], Q: NDArray[np.float64]
) -> None:  # pragma: no cover - compiled
    """``Q_n(., .; v)`` for n = G..1."""
    G, V, width = K.shape[0] - 1, K.shape[1], K.shape[2]
    P = K[1]
    PT = np.ascontiguousarray(P[:, :V].T)
    X, half = X_last[v].copy(), np.empty((V, width))
    for n in range(G, 0, -1):
        if n < G:
            for u in range(V):
                X[u, u] += E[v, n + 1, u]
            half[:] = 0.0
            add_product(X, P, half, V)
            X[:] = 0.0
            add_product(PT, half, X, V)
        for s in range(V):
            for t in range(width):
                Q[n, s, v, t] = X[s, t] * K[n, s, v]


@kernel
def _inward(
    s: int, K: NDArray[np.float64], U_last: NDArray[np.float64], Q: NDArray[np.float64], C: NDArray[np.float64]
) -> None:  # pragma: no cover - compiled
    """``C_d(s, .)`` for d = G..1."""
    G, V, width = K.shape[0] - 1, K.shape[1], K.shape[2]
    P = K[1]
    U, sums = np.empty((V, width)), np.empty((V, width))
    for w in range(V):
        for t in range(width):
            U[w, t] = U_last[s, t]
    for d in range(G, 0, -1):
        if d < G:
            for w in range(V):
                for t in range(width):
                    sums[w, t] = Q[d + 1, s, w, t] + U[w, t]
            U[:] = 0.0
            add_product(P, sums, U, V)
        for w in range(V):
            total = 0.0
            for t in range(V):
                total += U[w, t] * K[d, t, w]
            C[d, s, w] = total
