"""Sizes that are drawn before the first step: the law of each size, given those before it in its sequence."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ..policies import Policy

__all__ = ["drawn_sizes", "lists_of", "other_draws"]

Array = NDArray[np.float64]
Lists = Sequence[tuple[float, tuple[int, ...]]]
"""Probabilities of lists of sizes."""

RARELY = 1e-3
"""Share of the claim's law in an alternative that always takes one list."""


def lists_of(policy: Policy) -> Lists:
    """Without empty steps, which nobody sees."""
    found: dict[tuple[int, ...], float] = {}
    for probability, sizes in policy.size_law:
        seen = tuple(size for size in sizes if size)
        found[seen] = found.get(seen, 0.0) + float(probability)
    return [(probability, sizes) for sizes, probability in found.items()]


def drawn_sizes(lists: Lists, size: NDArray[np.int64], row: NDArray[np.int64]) -> Array:
    """Log probabilities (n,) of the sizes (n,) of steps, those of a sequence in their order."""
    found = np.zeros(len(size))
    for k in map(np.flatnonzero, row == np.unique(row)[:, None]):
        left, before, place = list(lists), 1.0, 0
        for step in k[size[k] > 0].tolist():
            left = [each for each in left if each[1][place : place + 1] == (size[step],)]
            total = math.fsum(probability for probability, _ in left)
            found[step] = math.log(total / before) if total else -math.inf
            before, place = total, place + 1
            if not total:
                break
    return found


def other_draws(policy: Policy) -> dict[str, Lists]:
    """Each list half of the time more than claimed, and almost always."""
    own = lists_of(policy)
    found: dict[str, Lists] = {}
    for often, name in ((0.5, "more often than claimed"), (1 - RARELY, "always")):
        for chosen, (_, sizes) in enumerate(own):
            found[f"{', '.join(map(str, sizes))} {name}"] = [
                ((1 - often) * probability + often * (k == chosen), each) for k, (probability, each) in enumerate(own)
            ]
    return found
