"""Small rational laws drawn at random, for instances that a search begins with."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from random import Random

__all__ = ["Spec", "law", "lopsided", "normalised"]

Spec = dict
"""A table of an instance file, with its numbers as Fractions."""


def normalised(weights: Sequence[int | Fraction]) -> list[Fraction]:
    """The law proportional to weights that are not all zero."""
    total = sum(weights)
    return [Fraction(w, total) for w in weights]


def law(size: int, rng: Random) -> list[Fraction]:
    """A row that is deterministic one time in four, and has zeros often."""
    if rng.random() < 0.25:
        certain = rng.randrange(size)
        return [Fraction(int(v == certain)) for v in range(size)]
    weights = [rng.choice((0, 1, 1, 2, 5)) for _ in range(size)]
    return normalised(weights if any(weights) else [1] * size)


def lopsided(rng: Random) -> int:
    """A positive weight, small mostly."""
    return rng.choice((1, 1, 1, 2, 3, 5, 10, 30))
