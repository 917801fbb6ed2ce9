"""The numbers that interval recursions need of an order-oblivious policy, step by step.

Before step k a configuration of revealed positions has a probability that depends only on how many named positions are
revealed and how many masked; in the step the masked positions of an interval are revealed independently of its
tokens. Both the Bernoulli and the fixed-size sampler are of this kind, so that a functional which is linear in
intervals has one recursion for both.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..numbers.probabilities import PARAMETER_DEPTH

__all__ = ["RevealStep", "bernoulli_steps", "fixed_size_steps", "prefix_sums", "step_depth"]


class RevealStep(NamedTuple):
    """Probabilities before and in one step. Index d counts a distance, so that d - 1 positions lie between.

    Attributes
    ----------
    keep, one, two : (L+1,) float64
        Given that they are masked: d - 1 named positions stay so, while none, one, two named others are revealed.
    interior : (L+1,) float64
        Before the step, two named positions at distance g are revealed and those between are masked.
    edge : (L+1,) float64
        The same with one revealed position and b - 1 masked ones: an interval that touches a sentinel.
    whole : float
        Everything is masked before the step.
    pair : (L+1,) float64
        Two named positions are revealed in this step and the d - 1 between are masked after it.
    """

    keep: NDArray[np.float64]
    one: NDArray[np.float64]
    two: NDArray[np.float64]
    interior: NDArray[np.float64]
    edge: NDArray[np.float64]
    whole: float
    pair: NDArray[np.float64]


def step_depth(d: int) -> int:
    """Depth of the entries at distance d (definitions.md#rounding): d ratios of two sums of parameters, and the
    library's power.
    """
    return (2 * PARAMETER_DEPTH + 3) * (d + 3) + 8


def prefix_sums(w: NDArray[np.float64]) -> NDArray[np.float64]:
    """``0, w_1, w_1 + w_2, ..`` in doubled precision, each rounded once."""
    sums = [0.0]
    high, low = 0.0, 0.0
    for term in w.tolist():
        total = high + term
        shadow = total - high
        low += (high - (total - shadow)) + (term - shadow)
        high = total
        sums.append(high + low)
    return np.array(sums)


def bernoulli_steps(weights: NDArray[np.float64], L: int) -> Iterator[RevealStep]:
    """Steps of the Bernoulli sampler; those of weight zero are left out.

    Parameters
    ----------
    weights : (N,) float64
        ``w_1..w_N``.
    L : int
    """
    w = np.asarray(weights, dtype=np.float64)
    revealed, masked = prefix_sums(w), prefix_sums(w[::-1])[::-1]
    distance = np.arange(L + 1)
    gap = np.maximum(distance - 1, 0)
    for k in range(w.size):
        if w[k] == 0:
            continue
        a, rest, after = revealed[k], masked[k], masked[k + 1]
        r, stay = w[k] / rest, after / rest
        keep, before = stay**gap, rest**gap
        yield RevealStep(
            keep,
            r * keep,
            r * r * keep,
            a * a * before,
            a * before,
            float(rest**L),
            w[k] * w[k] * after**gap,
        )


def fixed_size_steps(sizes: Sequence[int], L: int) -> Iterator[RevealStep]:
    """Steps of the fixed-size sampler; empty ones are left out.

    Parameters
    ----------
    sizes : sequence of int
        ``s_1..s_N``, of sum L.
    L : int
    """
    shown = 0
    for s in sizes:
        if s == 0:
            continue
        M = L - shown
        yield RevealStep(
            _ratios(M - s, M, L),
            s / M * _ratios(M - s, M - 1, L),
            s * (s - 1) / (M * max(M - 1, 1)) * _ratios(M - s, M - 2, L),
            shown * (shown - 1) / (L * max(L - 1, 1)) * _ratios(M, L - 2, L),
            shown / L * _ratios(M, L - 1, L),
            1.0 if shown == 0 else 0.0,
            s * (s - 1) / (L * max(L - 1, 1)) * _ratios(M - s, L - 2, L),
        )
        shown += s


def _ratios(above: int, below: int, L: int) -> NDArray[np.float64]:
    """``prod_{t < d-1} (above - t) / (below - t)`` for d = 0..L; zero once ``above`` is used up."""
    t = np.arange(max(L - 1, 0), dtype=np.float64)
    up, down = np.maximum(above - t, 0.0), below - t
    factors = np.divide(up, down, out=np.zeros_like(up), where=(up > 0) & (down > 0))
    return np.concatenate([[1.0], np.cumprod(np.concatenate([[1.0], factors]))])[: L + 1]
