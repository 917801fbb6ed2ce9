"""Both ends of an interval born in one step: the costly term of the bigram recursion.

Two positions revealed together inside a masked interval with tokens u, v at its ends are drawn independently, so that
their joint weight is a bilinear form in ``E_g(u, v) = f(g; u, v) / K_g(u, v)^2``:

    ``C_d(s, w) = sum_{m, n > d} sum_{u, v} E_{m+n}(u, v) K_m(u, s) K_n(s, v) K_{m+d}(u, w) K_{n-d}(w, v)``,

m the distance from the left end to the first new position, n from that to the right end, d between the two. Summed as
it stands this is ``O(G^3 V^4)``. Since ``K_m = P^m``, both sums are Horner schemes: with
``X_n(s, t; v) = sum_m sum_u E_{m+n}(u, v) K_m(u, s) K_m(u, t)`` and ``Q_n(s, t; v) = X_n(s, t; v) K_n(s, v)``

    ``X_n = P^T (X_{n+1} + diag E_{n+1}) P`` for each v, ``U_{d}(s, t; .) = P (Q_{d+1} + U_{d+1})(s, t; .)``,
    ``C_d(s, w) = sum_t U_d(s, t; w) K_d(t, w)``,

which is ``O(G V^4)``. The first scheme is independent for each v, the second for each s: two rounds of parallel work in
pieces of a fixed size, each of which is a product of a small matrix and a wide one.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from ..._kernels.threads import for_each
from .products import MULTIPLICATIONS, product

__all__ = ["both_new"]


def both_new(
    E: NDArray[np.float64],
    K: NDArray[np.float64],
    X_last: NDArray[np.float64] | None = None,
    U_last: NDArray[np.float64] | None = None,
) -> NDArray[np.float64]:
    """``C_d`` for d = 1..G.

    Parameters
    ----------
    E : (G+1, V, V) float64
        ``E_n(u, v)``; row 0 is not used.
    K : (G+1, V, V) float64
        ``K_0..K_G``.
    X_last : (V, V, V) float64, optional
        ``X_G``, indexed (v, s, t): parents longer than G, if there are any.
    U_last : (V, V) float64, optional
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
    G, V = len(K) - 1, K.shape[1]
    X_last = np.zeros((V, V, V)) if X_last is None else X_last
    U_last = np.zeros((V, V)) if U_last is None else U_last
    C = np.zeros_like(K)
    Q = np.empty((G + 1, V, V, V))
    piece = min(max(MULTIPLICATIONS // V**3, 1), V)
    pieces = math.ceil(V / piece)

    def outward(k: int) -> None:
        """``Q_n(., .; v)``, indexed (v, s, t), for n = G..1; X is indexed (s, v, t)."""
        v = slice(k * piece, (k + 1) * piece)
        X = np.ascontiguousarray(X_last[v].transpose(1, 0, 2))
        shape, P, PT = X.shape, K[1], np.ascontiguousarray(K[1].T)
        for n in range(G, 0, -1):
            if n < G:
                diagonal = np.einsum("svs->sv", X)
                diagonal += E[n + 1][:, v]
                half = product(X.reshape(-1, V), P)
                X = product(PT, half.reshape(V, -1)).reshape(shape)
            np.multiply(X.transpose(1, 0, 2), K[n].T[v, :, None], out=Q[n, v])

    def inward(k: int) -> None:
        """``C_d(s, .)`` for d = G..1; U is indexed (w, s, t)."""
        s = slice(k * piece, (k + 1) * piece)
        U = np.repeat(U_last[None, s], V, axis=0)
        for d in range(G, 0, -1):
            if d < G:
                U += Q[d + 1, :, s]
                U = product(K[1], U.reshape(V, -1)).reshape(U.shape)
            C[d, s] = np.matmul(U, K[d].T[:, :, None])[:, :, 0].T

    for_each(outward, 0, pieces)
    for_each(inward, 0, pieces)
    return C
