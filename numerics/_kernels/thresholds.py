"""Uniform sets of positions: how many of some they hold, and what gets through the patterns they make."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .jit import kernel

__all__ = ["reached", "surviving", "unreset"]

TINY = 1e-25
"""Probabilities are left out below so much of the largest one: a hypergeometric law is log-concave, so that the ones
beyond fall at least as fast as they fell from there."""


@kernel
def reached(
    coefficient: NDArray[np.float64], n: int, others: int, out: NDArray[np.float64]
) -> None:  # pragma: no cover - compiled
    """``sum_t coefficient_t P(r or more of n named positions among t uniform ones of ``others``)``, in place.

    Parameters
    ----------
    coefficient : (others + 1,) float64
    n : int
        From 1 to ``others``.
    others : int
    out : (n + 1,) float64
        By r = 0..n.

    Notes
    -----
    Cost of a t some 20 standard deviations; a relative ``O(n) U`` of rounding.
    """
    probability = np.empty(n + 1)
    out[:] = 0.0
    for t in range(others + 1):
        if coefficient[t] == 0.0:
            continue
        lo, hi, total = _hypergeometric(t, n, others, probability)
        for r in range(lo, hi + 1):
            out[r] += coefficient[t] / total * probability[r]
    for r in range(n - 1, -1, -1):
        out[r] += out[r + 1]


@kernel
def unreset(
    coefficient: NDArray[np.float64], survival: NDArray[np.float64], n: int, others: int
) -> tuple[float, float]:  # pragma: no cover - compiled
    """``sum_t coefficient_t E survival(how many of n named positions are among t uniform ones of ``others``)``.

    Parameters
    ----------
    coefficient : (others + 1,) float64
    survival : (n + 1,) float64
    n, others : int

    Returns
    -------
    below, above : float
        The sums over negative and over positive coefficients.
    """
    probability = np.empty(n + 1)
    below, above = 0.0, 0.0
    for t in range(others + 1):
        if coefficient[t] == 0.0:
            continue
        lo, hi, total = _hypergeometric(t, n, others, probability)
        mean = 0.0
        for r in range(lo, hi + 1):
            mean += probability[r] * survival[r]
        mean *= coefficient[t] / total
        below += min(mean, 0.0)
        above += max(mean, 0.0)
    return below, above


@kernel
def _hypergeometric(t, n, others, probability):  # pragma: no cover - compiled
    """Probabilities up to a factor, from the mode outwards by their ratios; between which r, and their sum."""
    least, most = max(0, t - (others - n)), min(n, t)
    mode = min(max((t + 1) * (n + 1) // (others + 2), least), most)
    probability[mode] = 1.0
    total, lo, hi = 1.0, mode, mode
    while hi < most and probability[hi] > TINY:
        up = float(n - hi) * float(t - hi) / (float(hi + 1) * float(others - n - t + hi + 1))
        probability[hi + 1] = probability[hi] * up
        hi += 1
        total += probability[hi]
    while lo > least and probability[lo] > TINY:
        down = float(lo) * float(others - n - t + lo) / (float(n - lo + 1) * float(t - lo + 1))
        probability[lo - 1] = probability[lo] * down
        lo -= 1
        total += probability[lo]
    return lo, hi, total


@kernel
def surviving(
    masked: NDArray[np.float64], revealed: NDArray[np.float64], out: NDArray[np.float64]
) -> None:  # pragma: no cover - compiled
    """Mean over the sets of g of G positions of what their patterns let through, in place.

    Parameters
    ----------
    masked, revealed : (U + 1,) and (W + 1,) float64
        By the length of a run of masked or revealed positions, those of U or W and longer alike; 1 at 0, never
        increasing.
    out : (n, n) float64
        By G and g, which is at most G.

    Notes
    -----
    Of a uniform set of g of G + 1 positions the last is one with probability ``g / (G+1)``, and the others are uniform.
    Cost ``n^2 (U + W) / 2``.
    """
    n, runs = len(out), len(revealed) + len(masked) - 2
    W = len(revealed) - 1
    # By the length of the last run: revealed ones from 1 on, and then masked ones.
    now, before = np.zeros((n, runs)), np.zeros((n, runs))
    out[0, 0] = 1.0
    for G in range(1, n):
        now, before = before, now
        now[: G + 1] = 0.0
        for g in range(G + 1):
            probability = g / G
            if g < G:
                _run(masked, 1.0 - probability, before[g, W:], before[g, :W], G == 1, now[g, W:])
            if g > 0:
                _run(revealed, probability, before[g - 1, :W], before[g - 1, W:], G == 1, now[g, :W])
            for state in range(runs):
                out[G, g] += now[g, state]


@kernel
def _run(kept, probability, same, other, first, out):  # pragma: no cover - compiled
    """One more position of a kind, after runs of the same kind and of the other by their lengths."""
    begun = 1.0 if first else 0.0
    for k in range(len(other)):
        begun += other[k]
    out[0] += probability * kept[1] * begun
    for k in range(len(same)):
        further = min(k + 1, len(same) - 1)
        if kept[k + 1] > 0.0:
            out[further] += probability * (kept[further + 1] / kept[k + 1]) * same[k]
