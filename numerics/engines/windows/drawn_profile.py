"""The information profile and curve of a long hidden chain from drawn sequences.

For j positions of a drawn sequence, revealed at random, ``z(j)`` is the mean of L times the entropy of another token
given these, which lies between 0 and ``L log V``. ``Z(a)`` is the mean of z over ``Bin(L - 1, a)`` revealed positions.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from ..._kernels.layers import ASKED, REVEALED
from ...numbers.enclosure import Enclosure
from ..sampled.intervals import empirical_bernstein
from .layers import Layers, told
from .step_correlations import LOOKED_AT

__all__ = ["drawn_entropy"]

BATCH = 8192


def drawn_entropy(arrays: Layers, revealed: NDArray[np.int64], seed: list[int], confidence: float) -> Enclosure:
    """The mean of z over these numbers of revealed positions, one a sequence, each from 0 to L - 1."""
    L, high, found = arrays.length, math.log(arrays.vocab), np.empty(len(revealed))
    for k, at in enumerate(range(0, len(revealed), BATCH)):
        rng, some = np.random.default_rng([*seed, k]), revealed[at : at + BATCH, None]
        rank = np.argsort(rng.random((len(some), L)), axis=1)
        looked = np.where(rank < some + LOOKED_AT, ASKED, ASKED + 1)
        found[at : at + BATCH] = told(arrays, np.where(rank < some, REVEALED, looked).astype(np.int8), rng)[:, 2]
    value, lo, hi = empirical_bernstein(np.clip(found, 0.0, high), 0.0, high, 1 - confidence)
    moved, note = arrays.moved(), f"{len(found)} sequences, seed {seed[0]}"
    lo, hi = max(lo - moved, 0.0), hi + moved
    return Enclosure(L * value, L * lo, L * hi, "statistical", confidence=confidence, note=note).by("sampled")
