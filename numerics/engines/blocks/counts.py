"""Blocks under fixed sizes, one block after another: how many of each step's tokens they use up.

A fixed-size policy couples the blocks only through its counts: the tokens of a block come in steps of sizes
``c = (c_1..c_N)``, a uniform draw of b cells from the L that the steps offer, the next block draws from what is
left, and so on. With ``beta(c)`` a probability of one block given its own sizes, the probability of all m blocks is

    [t^s] (sum_c multinomial(b; c) beta(c) t^c)^m / multinomial(L; s).

Divided by ``multinomial(j b; c)`` after j factors, the coefficients ``F_j(c)`` are themselves probabilities: that the
first j blocks do well, given that they use up c. They obey

    F_{j+1}(c) = sum_{c'} prod_k C(c_k, c'_k) / C((j+1) b, b) * beta(c') F_j(c - c'),

in which nothing is subtracted and nothing exceeds 1. Empty steps do not matter to a block, so beta is given on the
compositions of b.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...numbers.limits import BEYOND_COUNTING
from ..workspace import Cost

__all__ = ["Composition", "Tiny", "all_blocks", "all_or_some", "compositions", "counts_cost"]

Composition = tuple[int, ...]
"""Sizes of the steps that reveal a block, empty ones left out."""

SMALLEST = 2.0**-1000
"""A product of positive factors below this may have underflowed; all that do in one step add up to less."""


@dataclass(frozen=True)
class Tiny:
    """``mantissa * 2^exponent``, a non-negative number that may be below the range of float64.

    Parameters
    ----------
    mantissa : float
    exponent : int
    depth : float
        Roundings in the mantissa (definitions.md#rounding).
    lost : float
        What underflow may have taken from the mantissa; 0 where no product came near it.
    """

    mantissa: float
    exponent: int
    depth: float
    lost: float


def compositions(total: int) -> Iterator[Composition]:
    """Ordered sums of positive numbers.

    Examples
    --------
    >>> list(compositions(3))
    [(1, 1, 1), (1, 2), (2, 1), (3,)]
    """
    if total == 0:
        yield ()
    for first in range(1, total + 1):
        for rest in compositions(total - first):
            yield (first, *rest)


def counts_cost(sizes: Sequence[int], b: int) -> Cost:
    """Blocks, times ways to take a block from the steps, times counts used up: ``m C(b+N-1, b) prod_k (s_k + 1)``."""
    used = sorted(s for s in sizes if s)
    cells = 1
    for s in used[:-1]:
        cells = min(cells * (s + 1), BEYOND_COUNTING)
    ways = math.comb(b + len(used) - 1, b) if len(used) < 10**4 else BEYOND_COUNTING
    return Cost(sum(used) // b * float(ways) * cells * 3.0 * (b + 2), 8.0 * cells * (8 + b * len(used)))


def all_blocks(beta: Mapping[Composition, float], sizes: Sequence[int], depth: float) -> Tiny:
    """``E prod_blocks beta(sizes of the block)``.

    Parameters
    ----------
    beta : mapping
        A number from 0 to (about) 1 for every composition of b.
    sizes : sequence of int
        ``s_1..s_N``, whose sum is a multiple of b.
    depth : float
        Roundings in the entries of ``beta``.

    Notes
    -----
    Rounding: ``m (depth + 3 b + C(b+N-1, b) + 3)``.
    """
    return _run(beta, None, sizes, depth)[0]


def all_or_some(
    beta: Mapping[Composition, float], failing: Mapping[Composition, float], sizes: Sequence[int], depth: float
) -> tuple[Tiny, Tiny]:
    """The same, and ``1 -`` it without subtraction, from ``failing = 1 - beta``."""
    kept, lost = _run(beta, failing, sizes, depth)
    assert lost is not None
    return kept, lost


def _run(
    beta: Mapping[Composition, float], failing: Mapping[Composition, float] | None, sizes: Sequence[int], depth: float
) -> tuple[Tiny, Tiny | None]:
    b = sum(next(iter(beta)))
    used = [s for s in sizes if s]
    count = sum(used) // b
    # One count follows from the others: the largest step has no axis.
    rest = used.index(max(used))
    box = [s for k, s in enumerate(used) if k != rest]
    draws = [
        (taken, _composition(taken))
        for taken in _spread(b, len(used))
        if all(t <= s for t, s in zip(taken, used, strict=True))
    ]
    choose = [[_binomials(s, t) for t in range(min(b, s) + 1)] for s in box]
    total = sum(np.ogrid[tuple(slice(s + 1) for s in box)], np.zeros([1] * len(box)))
    shape = tuple(s + 1 for s in box)
    F, G = np.zeros(shape), np.zeros(shape)
    F[(0,) * len(box)] = 1.0
    exponent, lost = 0, 0.0
    least = min((b for b in beta.values() if b > 0), default=1.0)
    for j in range(count):
        near = SMALLEST * math.comb((j + 1) * b, b) / least
        if F[F > 0].min(initial=1.0) < near:
            lost += SMALLEST
        of_rest = [_binomials_of((j + 1) * b - total, t) / math.comb((j + 1) * b, b) for t in range(b + 1)]
        F_next, G_next = np.zeros(shape), np.zeros(shape)
        for taken, composition in draws:
            others = [t for k, t in enumerate(taken) if k != rest]
            source = tuple(slice(0, s + 1 - t) for s, t in zip(box, others, strict=True))
            target = tuple(slice(t, None) for t in others)
            weight = np.broadcast_to(of_rest[taken[rest]], shape)[target].copy()
            for axis, t in enumerate(others):
                if t:
                    weight *= choose[axis][t][t:].reshape([-1 if a == axis else 1 for a in range(len(box))])
            well = weight * F[source]
            if failing is not None and (failing[composition] > 0 or G.any()):
                G_next[target] += weight * G[source] + np.ldexp(well, exponent) * failing[composition]
            F_next[target] += well * beta[composition]
        largest = math.frexp(F_next.max())[1]
        F, G = np.ldexp(F_next, -largest), G_next
        exponent += largest
        lost = math.ldexp(lost, -largest)
    roundings = count * (depth + 3 * b + len(draws) + 3)
    end = (-1,) * len(box)
    kept = Tiny(float(F[end]), exponent, roundings, lost)
    if failing is None:
        return kept, None
    return kept, Tiny(float(G[end]), 0, roundings, count * SMALLEST if any(failing.values()) else 0.0)


def _spread(total: int, cells: int) -> Iterator[tuple[int, ...]]:
    """All ways to write ``total`` as a sum of ``cells`` non-negative numbers."""
    for bars in itertools.combinations(range(total + cells - 1), cells - 1):
        edges = (-1, *bars, total + cells - 1)
        yield tuple(after - before - 1 for before, after in itertools.pairwise(edges))


def _composition(taken: Sequence[int]) -> Composition:
    return tuple(t for t in taken if t)


def _binomials(most: int, t: int) -> NDArray[np.float64]:
    """``C(c, t)`` for c = 0..most, each correctly rounded."""
    return np.array([float(math.comb(c, t)) for c in range(most + 1)])


def _binomials_of(cells: NDArray[np.float64], t: int) -> NDArray[np.float64]:
    """``C(cells, t)``, zero where there are fewer than t; at most 2t roundings."""
    product = np.ones_like(cells)
    for taken in range(t):
        product *= np.maximum(cells - taken, 0.0) / (taken + 1)
    return product
