"""Filling chosen positions: independently of each other, given what is revealed."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from ..numbers.categorical import categorical
from .base import Partial, Transition

__all__ = ["filled", "fillings"]


def fillings(
    probability: float, y: Partial, chosen: Sequence[int], conditionals: NDArray[np.float64]
) -> Iterator[Transition]:
    """Every way to fill the chosen positions independently, with its probability."""
    options = [[(float(c), v) for v, c in enumerate(conditionals[i]) if c > 0] for i in chosen]
    for drawn in itertools.product(*options):
        following, weight = list(y), probability
        for i, (c, v) in zip(chosen, drawn, strict=True):
            following[i] = v
            weight *= c
        yield weight, tuple(following), None


def filled(
    y: NDArray[np.int64], chosen: NDArray[np.bool_], conditionals: NDArray[np.float64], rng: np.random.Generator
) -> NDArray[np.int64]:
    """Draw the chosen positions of a batch independently."""
    following = y.copy()
    if chosen.any():
        following[chosen] = categorical(conditionals[chosen], rng)
    return following
