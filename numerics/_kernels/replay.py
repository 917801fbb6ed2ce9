"""The probability that the sampler draws one given sequence of a chain, one step backwards.

Every array is about one sequence x of L tokens; position 0 is the left sentinel and L+1 the right one. ``F[a,
d]`` is the probability that the tokens between a and a + d are drawn as in x from the next step on, times
``(1-r)^{d-1}`` and divided by the product of their scales ``mu_i``; ``R[a]`` is the same for the interval from
a to the right sentinel. Zones of an interval, and H, are those of ``renewal``; an interval that no path joins
draws each of its tokens with the probability ``off_i``.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .jit import inlined, kernel
from .threads import for_each

__all__ = ["replay_step"]


def replay_step(
    F: NDArray[np.float64],
    R: NDArray[np.float64],
    joined: NDArray[np.float64],
    far: NDArray[np.float64],
    off: NDArray[np.float64],
    mu: NDArray[np.float64],
    r: float,
    H: int,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Tables before a step from those after it.

    Parameters
    ----------
    F : (L+1, L+1) float64
    R : (L+1,) float64
    joined : (L+1, min(2H, L)+1) float64
        ``K_d(x_a, x_{a+d})``; row 0 the law of ``x_d`` itself.
    far, off, mu : (L+1,) float64
        By position: the stationary law of its token, its probability off the support, its scale (positive).
    r : float
        Probability that a masked token is revealed in the step.
    H : int
        Mixing distance; at least L if there is none.

    Returns
    -------
    F, R : same shapes

    Notes
    -----
    Cost ``O(L^3 + L H^3)``. Subtraction-free.
    """
    L = F.shape[0] - 1
    operations = L**3 + L * min(H, L) ** 3
    BR = np.zeros((L + 1, min(H, L) + 1 if H + 1 < L else 1))
    if H + 1 < L:
        for_each(_seen_from_the_right, 1, L + 1, F, joined, far, mu, r, BR, operations=operations)
    before, right = np.zeros_like(F), R.copy()
    for_each(_start, 0, L + 1, F, R, joined, far, off, mu, r, H, BR, before, right, operations=operations)
    return before, right


@kernel
def _seen_from_the_right(
    b: int,
    F: NDArray[np.float64],
    joined: NDArray[np.float64],
    far: NDArray[np.float64],
    mu: NDArray[np.float64],
    r: float,
    BR: NDArray[np.float64],
) -> None:  # pragma: no cover - compiled
    """``r c B`` for new positions b - n that see b only."""
    for n in range(1, min(BR.shape[1] - 1, b - 1) + 1):
        i = b - n
        B = F[i, n]
        for m in range(1, n):
            B += F[i, n - m] * BR[b, m]
        BR[b, n] = r * far[i] * joined[i, n] / far[b] / mu[i] * B


@kernel
def _start(
    a: int,
    F: NDArray[np.float64],
    R: NDArray[np.float64],
    joined: NDArray[np.float64],
    far: NDArray[np.float64],
    off: NDArray[np.float64],
    mu: NDArray[np.float64],
    r: float,
    H: int,
    BR: NDArray[np.float64],
    before: NDArray[np.float64],
    right: NDArray[np.float64],
) -> None:  # pragma: no cover - compiled
    """All intervals that begin at a."""
    D = F.shape[0] - 1 - a
    settled = np.zeros(D + 1)
    M = np.empty(max(min(H, D), 1) + 1)
    ahead = F[a]
    if D >= 1:
        before[a, 1] = ahead[1]
    for g in range(2, min(H + 1, D) + 1):
        before[a, g] = _both_ends(a, g, 0, F, joined, off, mu, r, H, BR, settled, M)
    for J in range(1, D + 1):
        law = joined[a, J] if J <= H else far[a + J]
        N = r * law / mu[a + J] * (ahead[J] + settled[J])
        right[a] += N * R[a + J]
        following = F[a + J]
        for i in range(J + 1, D + 1):
            settled[i] += N * following[i - J]
        g = J + H + 1
        if g <= D:
            before[a, g] = _both_ends(a, g, J, F, joined, off, mu, r, H, BR, settled, M)


@inlined
def _both_ends(
    a: int,
    g: int,
    J: int,
    F: NDArray[np.float64],
    joined: NDArray[np.float64],
    off: NDArray[np.float64],
    mu: NDArray[np.float64],
    r: float,
    H: int,
    BR: NDArray[np.float64],
    settled: NDArray[np.float64],
    M: NDArray[np.float64],
) -> float:  # pragma: no cover - compiled
    """The interval (a, a + g), given what new positions up to J have settled."""
    b = a + g
    total = F[a, g] + settled[g]
    first_right = max(H, J) + 1
    for i in range(first_right, g):
        total += (F[a, i] + settled[i]) * BR[b, g - i]
    low, high = J + 1, min(H, g - 1)
    possible = g >= joined.shape[1] or joined[a, g] > 0.0
    for i in range(low, high + 1):
        position = a + i
        sums = F[a, i] + settled[i]
        for j in range(low, i):
            sums += M[j - low] * F[a + j, i - j]
        if possible:
            sums *= r * joined[a, i] * joined[position, g - i] / joined[a, g] / mu[position]
        else:
            sums *= r * off[position] / mu[position]
        M[i - low] = sums
        onward = F[position, g - i]
        for j in range(first_right, g):
            onward += F[position, j - i] * BR[b, g - j]
        total += sums * onward
    return total
