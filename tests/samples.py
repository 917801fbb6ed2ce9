"""Whether drawn sequences follow an exact law, with a proven probability of failure."""

from __future__ import annotations

import math

import numpy as np

from maskbound.numerics.instances import Instance
from maskbound.numerics.metrics.output_law import law
from maskbound.numerics.numbers.enclosure import gamma
from maskbound.numerics.numbers.lattice import sequence_index

__all__ = ["FAILURE", "assert_follows", "divergence", "divergence_limit"]

FAILURE = 1e-9
"""Probability that one comparison with the exact law fails although the sampler is right."""


def divergence_limit(count: int, cells: int) -> float:
    """``n D(empirical || p)`` exceeds this with probability ``FAILURE`` at most.

    For k cells and x > k - 1: ``P(n D >= x) <= e^{-x} (e x / (k-1))^{k-1}`` (Agrawal, IEEE Trans. Inf. Theory 2020).
    """
    if cells == 1:
        return 0.0
    low, high = float(cells - 1), float(cells - 1) + 200.0 + 10 * cells

    def log_tail(x: float) -> float:
        return -x + (cells - 1) * (1 + math.log(x / (cells - 1)))

    for _ in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if log_tail(middle) > math.log(FAILURE) else (low, middle)
    return high


def divergence(tokens: np.ndarray, p: np.ndarray, vocab: int) -> float:
    """``n D(empirical || p)``; infinite when something of probability zero was drawn."""
    counts = np.bincount(sequence_index(tokens, vocab), minlength=len(p))
    seen = counts > 0
    if (p[seen] == 0).any():
        return math.inf
    return float((counts[seen] * np.log(counts[seen] / (len(tokens) * p[seen]))).sum())


def assert_follows(instance: Instance, tokens: np.ndarray) -> None:
    """Every ``log p`` is off by the rounding of p."""
    found = law(instance)
    limit = divergence_limit(len(tokens), int((found.p > 0).sum())) + len(tokens) * gamma(found.p_depth)
    assert divergence(tokens, found.p, instance.vocab) <= limit * (1 + 1e-9)
