"""One step backwards of the probability that intervals are filled without a contradiction.

Notation. ``F_d(u, v)`` is the probability of an interval of gap d after the step, already times ``(1-r)^{d-1}``; the
row u = V stands for the left sentinel, whose laws take the place of the rows of ``K``. New tokens at positions
i <= J = g - H - 1 see the left end only, those beyond H (and J) the right end only, those between see both; H
is the mixing distance.

Rows u are independent of each other: each is one piece of work, its sums in one fixed order.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .jit import kernel
from .matrices import add_product, widened
from .threads import for_each

__all__ = ["all_masked", "step_back"]


def step_back(
    F: NDArray[np.float64],
    R: NDArray[np.float64],
    K: NDArray[np.float64],
    nu: NDArray[np.float64],
    r: float,
    H: int,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Tables before a step from those after it.

    Parameters
    ----------
    F : (D+1, V+1, V) float64
        Intervals after the step, times ``(1-r)^{d-1}``; row V: those that touch the left sentinel. Row 0 is zero.
    R : (D+1, V+1) float64
        Intervals that touch the right sentinel at distance d, likewise; column V is not used.
    K : (min(2H, D)+1, V+1, V) float64
        Powers of P; row V holds the laws of single tokens by position. More rows may be given.
    nu : (V,) float64
        The law far from both ends.
    r : float
        Probability that a masked token is revealed in the step.
    H : int
        Mixing distance; at least D if there is none.

    Returns
    -------
    F, R : same shapes
        Before the step.

    Notes
    -----
    Cost ``O(min(H, D)^3 V^4 + D^2 V^3)``. Subtraction-free.
    """
    D, V = F.shape[0] - 1, nu.size
    wide = widened(F)
    width = wide.shape[2]
    backward = np.ascontiguousarray(K[:, :V].transpose(0, 2, 1))
    swapped = np.ascontiguousarray(F[:, :V].transpose(0, 2, 1))
    inverse = np.divide(1.0, K, out=np.zeros_like(K), where=K > 0)
    near = min(H, D - 1) if D > H + 1 else 0
    BR = np.zeros((near + 1, V, width))
    onward = np.zeros((max(min(2 * H, D) - H - 1, 0), H if near else 0, V, V))
    if near:
        _seen_from_the_right(wide, K, nu, r, BR)
        for_each(_onward, 0, len(onward), H, wide, BR, onward)
    before, right = F.copy(), R.copy()
    for_each(_row, 0, V + 1, wide, R, K, backward, swapped, inverse, nu, r, H, BR, onward, before, right)
    return before, right


@kernel
def all_masked(
    F: NDArray[np.float64], R: NDArray[np.float64], sigma: NDArray[np.float64], r: float
) -> float:  # pragma: no cover - compiled
    """Probability of a correct sequence from a step that finds everything masked and reveals something.

    Parameters
    ----------
    F : (L+1, V+1, V) float64
    R : (L+1, V+1) float64
    sigma : (L+1, V) float64
        Laws of the tokens, positions from 1.
    r : float
    """
    L, V = F.shape[0] - 1, F.shape[2]
    settled = np.zeros((L + 1, V))
    W = np.empty(V)
    total = 0.0
    for i in range(1, L + 1):
        for w in range(V):
            W[w] = r * sigma[i, w] * (F[i, V, w] + settled[i, w])
            total += W[w] * R[L + 1 - i, w]
        for j in range(i + 1, L + 1):
            _add_row(W, F[j - i], settled[j])
    return total


@kernel
def _seen_from_the_right(
    F: NDArray[np.float64], K: NDArray[np.float64], nu: NDArray[np.float64], r: float, BR: NDArray[np.float64]
) -> None:  # pragma: no cover - compiled
    """``r c(w | v) B_n(w; v)``: a new token w at distance n from v, and all that is drawn between them."""
    V = nu.size
    for n in range(1, BR.shape[0]):
        for w in range(V):
            for v in range(V):
                BR[n, w, v] = F[n, w, v]
        for m in range(1, n):
            add_product(F[n - m], BR[m], BR[n], V)
        for w in range(V):
            for v in range(V):
                BR[n, w, v] *= r * nu[w] * K[n, w, v] / nu[v]


@kernel
def _onward(
    k: int, H: int, F: NDArray[np.float64], BR: NDArray[np.float64], onward: NDArray[np.float64]
) -> None:  # pragma: no cover - compiled
    """From a new token at i that sees both ends of a gap H + 2 + k: all that is drawn to its right, transposed."""
    V, width = onward.shape[2], F.shape[2]
    g = H + 2 + k
    sums = np.zeros((V, width))
    for i in range(g - H, H + 1):
        for w in range(V):
            for v in range(V):
                sums[w, v] = F[g - i, w, v]
        for j in range(H + 1, g):
            add_product(F[j - i], BR[g - j], sums, V)
        for w in range(V):
            for v in range(V):
                onward[k, i - 1, v, w] = sums[w, v]


@kernel
def _row(
    u: int,
    F: NDArray[np.float64],
    R: NDArray[np.float64],
    K: NDArray[np.float64],
    backward: NDArray[np.float64],
    swapped: NDArray[np.float64],
    inverse: NDArray[np.float64],
    nu: NDArray[np.float64],
    r: float,
    H: int,
    BR: NDArray[np.float64],
    onward: NDArray[np.float64],
    before: NDArray[np.float64],
    right: NDArray[np.float64],
) -> None:  # pragma: no cover - compiled
    """All intervals whose left token is u."""
    D, V = F.shape[0] - 1, nu.size
    width = F.shape[2]
    settled = np.zeros((D + 1, width))
    N = np.empty(V)
    M = np.zeros((max(min(H, D - 1), 1), V, width))
    for g in range(2, min(H + 1, D) + 1):
        _gap(u, g, 0, F, K, backward, swapped, inverse, r, H, BR, onward, settled, M, before)
    for J in range(1, D):
        for w in range(V):
            law = K[J, u, w] if J <= H else nu[w]
            N[w] = r * law * (F[J, u, w] + settled[J, w])
        for i in range(J + 1, D + 1):
            _add_row(N, F[i - J], settled[i])
            total = 0.0
            for w in range(V):
                total += N[w] * R[i - J, w]
            right[i, u] += total
        g = J + H + 1
        if g <= D:
            _gap(u, g, J, F, K, backward, swapped, inverse, r, H, BR, onward, settled, M, before)


@kernel
def _gap(
    u: int,
    g: int,
    J: int,
    F: NDArray[np.float64],
    K: NDArray[np.float64],
    backward: NDArray[np.float64],
    swapped: NDArray[np.float64],
    inverse: NDArray[np.float64],
    r: float,
    H: int,
    BR: NDArray[np.float64],
    onward: NDArray[np.float64],
    settled: NDArray[np.float64],
    M: NDArray[np.float64],
    before: NDArray[np.float64],
) -> None:  # pragma: no cover - compiled
    """``before[g, u]``, given what new tokens up to J have settled."""
    V = inverse.shape[2]
    total = before[g, u]
    start = np.empty(V)
    for v in range(V):
        total[v] = F[g, u, v] + settled[g, v]
    for i in range(max(H, J) + 1, g):
        for w in range(V):
            start[w] = F[i, u, w] + settled[i, w]
        _add_row(start, BR[g - i], total)
    low, high = J + 1, min(H, g - 1)
    for i in range(low, high + 1):
        sums = M[i - low]
        for v in range(V):
            for w in range(sums.shape[1]):
                sums[v, w] = F[i, u, w] + settled[i, w]
        for j in range(low, i):
            add_product(M[j - low], F[i - j], sums, V)
        for v in range(V):
            scale = r * inverse[g, u, v]
            ahead = 0.0
            for w in range(V):
                sums[v, w] *= scale * K[i, u, w] * backward[g - i, v, w]
                ahead += sums[v, w] * (swapped[g - i, v, w] if g <= H + 1 else onward[g - H - 2, i - 1, v, w])
            total[v] += ahead


@kernel
def _add_row(
    x: NDArray[np.float64], B: NDArray[np.float64], out: NDArray[np.float64]
) -> None:  # pragma: no cover - compiled
    """``out += x B`` for the first rows of B."""
    for k in range(x.size):
        factor = x[k]
        for j in range(out.size):
            out[j] += factor * B[k, j]
