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
def surviving(kept: NDArray[np.float64], memory: int, out: NDArray[np.float64]) -> None:  # pragma: no cover - compiled
    """Mean over the sets of g of G positions of what their patterns let through, in place.

    Parameters
    ----------
    kept : (U + 1,) float64
        By the length of a run of masked positions, those of U and longer alike; from 1 on, never increasing.
    memory : int
        Revealed positions in a row that let nothing through; 0 if there is no such number.
    out : (n, n) float64
        By G and g, which is at most G.

    Notes
    -----
    Of a uniform set of g of G + 1 positions the last is one with probability ``g / (G+1)``, and the others are uniform.
    Cost ``n^2 (U + memory) / 2``.
    """
    n, longest = len(out), len(kept) - 1
    shown = max(memory, 2)
    # Runs of revealed positions, from 0 on, and then of masked ones.
    now, before = np.zeros((n, shown + longest)), np.zeros((n, shown + longest))
    now[0, 0] = 1.0
    out[0, 0] = 1.0
    for G in range(1, n):
        now, before = before, now
        now[: G + 1] = 0.0
        for g in range(G + 1):
            probability = g / G
            if g < G:
                for v in range(shown):
                    now[g, shown] += (1.0 - probability) * kept[1] * before[g, v]
                for u in range(1, longest):
                    now[g, shown + u] += (1.0 - probability) * (kept[u + 1] / kept[u]) * before[g, shown + u - 1]
                now[g, shown + longest - 1] += (1.0 - probability) * before[g, shown + longest - 1]
            if g > 0 and memory != 1:
                for u in range(longest):
                    now[g, 1] += probability * before[g - 1, shown + u]
                for v in range(shown):
                    if v + 1 < shown:
                        now[g, v + 1] += probability * before[g - 1, v]
                    elif memory == 0:
                        now[g, v] += probability * before[g - 1, v]
            for state in range(shown + longest):
                out[G, g] += now[g, state]
