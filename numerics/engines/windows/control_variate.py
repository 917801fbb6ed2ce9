"""Information beyond the windows, sampled with the windows as control variate.

The windows that were cut have a share T of the functional each, and proven bounds b of its size. Windows are picked
independently with probabilities proportional to b, and one random path to the left of each gives an estimate of T/b
that is bounded and, but for a part which is measured too, unbiased. With B the sum of the bounds, the sum of all T is
within B times an empirical Bernstein interval.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ..._kernels import windows as kernels
from ..._kernels.threads import for_each
from ...numbers.enclosure import UNIT_ROUNDOFF as U
from ...numbers.enclosure import gamma
from ..sampled.intervals import empirical_bernstein
from .hidden import HiddenChain
from .tail_bounds import Beyond
from .window_schedule import MERGED, Cut, Harvest, Windows, rounding_error

__all__ = ["Pick", "Sampling", "explored", "total_bound"]

LEAST = 1e-4
MOST = 2.0
"""A path ends when what remains ahead is below LEAST, or could take the estimate out of [-MOST, MOST]."""

DEEPER = 64
"""Positions that a path may go beyond the longest window."""

PIECE = 16
"""Paths that one thread walks at a time."""


TYPICAL = 0.25
"""Standard deviation of an estimate, when it is guessed how many are needed."""


@dataclass(frozen=True)
class Sampling:
    """Number of paths beyond the windows.

    Attributes
    ----------
    most : int
    windows : float
        After a round that looks at more windows the rest is sampled.
    width : float
        Relative width of the result that needs no more of them; 0 if there shall be ``most`` in any case.
    seed : int
    confidence : float
    """

    most: int
    windows: float
    width: float
    seed: int
    confidence: float

    def paths(self, bound: float, value: float) -> float:
        """For bounds of this sum beside this value: half of the width, by the lengths of the intervals."""
        allowed, t = self.width * abs(value) / 4, math.log(8 / (1 - self.confidence))
        if not allowed:
            return self.most
        return 7 * 5 * MOST * t / 3 * bound / allowed + 2 * t * (TYPICAL * bound / allowed) ** 2


@dataclass
class Pick:
    """Windows picked among those that are cut, so many on the average for each unit of their bounds.

    Attributes
    ----------
    beyond : Beyond
    density : float
    seed : int
    total : float
        Sum of the bounds of all windows that were offered.
    """

    beyond: Beyond
    density: float
    seed: int
    total: float = 0.0
    _parts: list[tuple[Windows, int, NDArray[np.float64]]] = field(default_factory=list)

    def offer(self, cut: Cut) -> None:
        """Windows of one distance: their numbers are Poisson, so that given their sum the picks are independent."""
        m = cut.revealed
        classes = np.unique(m)
        width = np.array([self.beyond.width(int(k), cut.distance - 1 - int(k)) for k in classes])
        bound = cut.told[:, kernels.INFORMATION] * width[np.searchsorted(classes, m)]
        self.total += float(bound.sum())
        rng = np.random.default_rng([self.seed, 1, cut.distance])
        times = rng.poisson(bound * self.density)
        (chosen,) = times.nonzero()
        if len(chosen):
            again = np.repeat(np.arange(len(chosen)), times[chosen])
            windows = cut.windows(chosen)
            self._parts.append((windows.taken(again), cut.distance, cut.told[chosen][again]))

    def gathered(self) -> tuple[Windows, NDArray[np.int64], NDArray[np.float64]] | None:
        """All picks: windows, distances, and what they tell; None if there are too few."""
        if sum(len(windows) for windows, _, _ in self._parts) < 2:
            return None
        windows = [part[0] for part in self._parts]
        return (
            Windows(
                np.concatenate([one.M for one in windows]),
                np.concatenate([one.weight for one in windows]),
                np.concatenate([one.revealed for one in windows]),
                np.concatenate([one.root for one in windows]),
                max(one.apart for one in windows),
            ),
            np.concatenate([np.full(len(one), d) for one, d, _ in self._parts]),
            np.concatenate([told for _, _, told in self._parts]),
        )


def total_bound(harvest: Harvest, beyond: Beyond) -> float:
    """Sum of the bounds of the windows that were cut."""
    return math.fsum(far * beyond.width(m, q) for (m, q), far in harvest.cut_far.items())


def explored(chain: HiddenChain, beyond: Beyond, pick: Pick, confidence: float) -> tuple[float, float, float, int]:
    """The sum of all T, the ends of its interval, and the number of paths."""
    found = pick.gathered()
    if found is None:
        return 0.0, -pick.total, pick.total, 0
    windows, distance, told = found
    L, V = chain.length, chain.vocab
    D = min(L, int(distance.max()) + DEEPER) + 1
    coefficient, width = np.zeros((D, D)), np.zeros((D, D))
    for m in range(min(D - 1, L - 1)):
        for q in range(min(D - 1, L - 1) - m):
            coefficient[m, q] = beyond.functional.pair(m, q)[0]
            width[m, q] = beyond.width(m, q)
    sampled = [beyond.laws.apart(d) for d in range(D)]
    apart = np.array([error for _, error in sampled]) + chain.law_error(L)
    apart += windows.apart + DEEPER * (gamma(chain.depth_a_step) + MERGED)
    out = np.empty((len(windows), 2))
    for_each(
        kernels.explore,
        0,
        -(-len(windows) // PIECE),
        PIECE,
        windows.M,
        windows.weight,
        windows.revealed,
        windows.root,
        distance,
        told,
        *chain.steps,
        *chain.alike,
        beyond.laws.laws,
        np.array([count for count, _ in sampled]),
        apart,
        chain.emission.indptr.astype(np.int64),
        chain.emission.indices.astype(np.int64),
        chain.emission.data,
        rounding_error(chain),
        coefficient,
        width,
        np.random.default_rng([pick.seed, 2]).random((len(windows), D)),
        LEAST,
        MOST,
        out,
    )
    alpha = (1 - confidence) / 2
    value, lo, hi = empirical_bernstein(out[:, 0], -MOST, MOST, alpha)
    _, _, doubt = empirical_bernstein(out[:, 1], 0.0, 3 * MOST, alpha)
    # Coefficients are off by far less than a relative 1e-9 of the widths.
    doubt += 1e-6 + 1e3 * V * U
    return pick.total * value, pick.total * (lo - doubt), pick.total * (hi + doubt), len(windows)
