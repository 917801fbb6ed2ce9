"""The best random sizes for the worst language: an exact recursion, the law, and the language that attains the value.

A mixture of fixed sizes is a random set B of boundaries, L among them, with N of them on average. On ``MDS_K`` it costs
the overshoot ``e(K) = min{b in B : b >= K} - K``. With ``rho_b = P(b in B)`` the mean overshoot is at least
``sum_{j >= K} (1 - rho_K - .. - rho_j)_+``, and one uniform number (systematic sampling) attains it for all K at once.
So the least v with ``E e(K) <= v D_K`` for all K comes from a recursion for ``R(K) = rho_K + .. + rho_{L-1}``.
"""

from __future__ import annotations

import itertools
import math
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from random import Random
from typing import Any

from flint import fmpq

from ..errors import BadInput
from ..numbers.probabilities import number, whole
from ..numbers.rationals import to_flint, to_fraction

__all__ = ["CRITERIA", "Minimax", "denominators", "fixed_value", "minimax", "overshoot", "reaches"]

LONGEST = 4096

HALVINGS = 40
"""Of the interval in which the value of fixed sizes is looked for, a multiple of some ``1/D_K``."""

CRITERIA: Mapping[str, Callable[[int, int], int]] = {
    "tc+dtc": lambda L, K: L,
    "tc": lambda L, K: L - K,
    "dtc": lambda L, K: K,
    "min": lambda L, K: min(K, L - K),
}
"""What PATH_KL is compared with, on ``MDS_K`` in units of ``log q``."""


@dataclass(frozen=True)
class Minimax:
    """The game of a schedule against a language.

    Parameters
    ----------
    length : int
    steps : Fraction
        The mean number of steps.
    denominators : tuple of int or Fraction
        ``D_1 .. D_{L-1}``.
    value : Fraction
        The least v with ``PATH_KL <= v D`` for every language under some random sizes.
    boundaries : tuple of Fraction
        ``rho_1 .. rho_{L-1}``, the probability that so many tokens are revealed after some step.
    sizes : list of (tuple of int, Fraction)
        The law of the sizes, by one uniform number.
    prior : list of Fraction
        ``t_1 .. t_{L-1}``, ``sum t_K D_K = 1``: in the product of codes of rank K with exponents in proportion to t,
        no sizes of so many steps have ``PATH_KL < v D``. Of ``min`` D is the sum over the codes here, which may be less
        than the smaller of TC and DTC of the product.
    """

    length: int
    steps: Fraction
    denominators: tuple[Fraction, ...]
    value: Fraction
    boundaries: tuple[Fraction, ...]
    sizes: list[tuple[tuple[int, ...], Fraction]]
    prior: list[Fraction]

    def draw(self, rng: Random) -> tuple[int, ...]:
        """Sizes for one sequence, from one whole number below the common denominator of their probabilities."""
        whole = math.lcm(*(probability.denominator for _, probability in self.sizes))
        ends = list(itertools.accumulate(int(probability * whole) for _, probability in self.sizes))
        return self.sizes[bisect_right(ends, rng.randrange(whole))][0]


def minimax(length: int, steps: Any, criterion: str | Sequence[Any] = "tc+dtc") -> Minimax:
    """The minimax random sizes.

    Parameters
    ----------
    length : int
        L, at least 2.
    steps : int or rational
        N, at least 1; a fraction is a mean number of steps.
    criterion : {"tc+dtc", "tc", "dtc", "min"} or sequence of numbers
        What PATH_KL is divided by; or its values ``D_1 .. D_{L-1}`` on the MDS codes, in units of ``log q``, none
        negative.

    Returns
    -------
    Minimax
        Exact. Takes O(L^2) operations an iteration, and a handful of them.

    Raises
    ------
    BadInput

    Examples
    --------
    >>> minimax(4, 2, "tc").value
    Fraction(5, 11)
    """
    L = whole(length, "length", 2, LONGEST)
    N = number(steps, "steps")
    if not isinstance(N, Fraction) or N < 1:
        raise BadInput("steps", f"found {steps}; a rational number of at least 1 is accepted")
    D = denominators(criterion, L)
    rational = [to_flint(value) for value in D]
    value, R, active = _least_value(L, min(N, Fraction(L)), rational)
    boundaries = tuple(to_fraction(R[K] - R[K + 1]) for K in range(1, L))
    # With one token a step every language costs nothing.
    prior = [to_fraction(t) for t in _prior(L, rational, active)] if value else [1 / sum(D, Fraction(0))] * (L - 1)
    return Minimax(L, N, D, to_fraction(value), boundaries, _law(L, boundaries), prior)


def reaches(D: Sequence[Fraction], length: int, steps: Fraction) -> bool:
    """Whether some random sizes of so many steps have ``E e(K) <= D_K`` for every K."""
    R, _ = _solve(length, [to_flint(value) for value in D], fmpq(1))
    return bool(1 + R[1][0] <= to_flint(steps))


def denominators(criterion: str | Sequence[Any], L: int) -> tuple[Fraction, ...]:
    """``D_1 .. D_{L-1}`` of a criterion."""
    if isinstance(criterion, str):
        if criterion not in CRITERIA:
            raise BadInput("criterion", f"found {criterion!r}; one of {', '.join(CRITERIA)} is accepted")
        return tuple(Fraction(CRITERIA[criterion](L, K)) for K in range(1, L))
    if len(criterion) != L - 1:
        raise BadInput("criterion", f"found {len(criterion)} numbers; one for each of the {L - 1} ranks is accepted")
    D = tuple(Fraction(value) for value in criterion)
    if min(D) <= 0:
        raise BadInput("criterion", "found a number that is not positive; a positive one for each rank is accepted")
    return D


Line = tuple[fmpq, fmpq]
"""A value at v and the slope in v."""


def _solve(L: int, D: Sequence[fmpq], v: fmpq) -> tuple[list[Line], list[int]]:
    """R(K) for K = 0..L, and of each how many terms are active (0: it is R(K+1)).

    Of ``sum_{j > K} (1 - r + R(j))_+ = v D_K`` the first m terms are active, as R does not increase; at a kink either
    slope does.
    """
    R: list[Line] = [(fmpq(0), fmpq(0))] * (L + 1)
    active = [0] * (L + 1)
    for K in range(L - 1, 0, -1):
        total, slope, root, m = -v * D[K - 1], -D[K - 1], fmpq(0), 0
        while m < L - K:
            following, rising = R[K + m + 1]
            if m and root >= 1 + following:
                break
            m += 1
            total, slope = total + following, slope + rising
            root = 1 + total / m
        if root >= R[K + 1][0]:
            R[K], active[K] = (root, slope / m), m
        else:
            R[K] = R[K + 1]
    return R, active


def _least_value(L: int, N: Fraction, D: Sequence[fmpq]) -> tuple[fmpq, list[fmpq], list[int]]:
    """Newton's method on the convex, decreasing ``R_v(1) = N - 1``, from v = 0: it ends at the root."""
    v, target = fmpq(0), to_flint(N) - 1
    while True:
        R, active = _solve(L, D, v)
        at, slope = R[1]
        if at <= target:
            return v, [each for each, _ in R], active
        v -= (at - target) / slope


def _prior(L: int, D: Sequence[fmpq], active: Sequence[int]) -> list[fmpq]:
    """The multipliers of the active constraints, by going through the recursion backwards."""
    weight = [fmpq(0)] * (L + 1)
    weight[1] = fmpq(1)
    t = [fmpq(0)] * (L - 1)
    for K in range(1, L):
        if active[K] == 0:
            weight[K + 1] += weight[K]
            continue
        share = weight[K] / active[K]
        t[K - 1] = share
        for j in range(K + 1, K + active[K] + 1):
            weight[j] += share
    total = sum((a * b for a, b in zip(t, D, strict=True)), fmpq(0))
    return [each / total for each in t]


def _law(L: int, boundaries: Sequence[Fraction]) -> list[tuple[tuple[int, ...], Fraction]]:
    """Intervals of these lengths end to end; of each, whether it holds a point of ``theta + Z``.

    As theta rises from 0 to 1, the point ``theta + n`` moves on to the next interval where it meets an end.
    """
    ends = list(itertools.accumulate(boundaries, initial=Fraction(0)))
    met = sorted((end - math.floor(end), math.floor(end)) for end in set(ends) if end != math.floor(end))
    holds = [bisect_right(ends, n) for n in range(math.ceil(ends[-1]))]
    law: dict[tuple[int, ...], Fraction] = {}
    theta = Fraction(0)
    for end, n in [*met, (Fraction(1), -1)]:
        found = [b for b in holds if b < L]
        sizes = tuple(after - before for before, after in itertools.pairwise([0, *found, L]))
        law[sizes] = law.get(sizes, Fraction(0)) + end - theta
        theta = end
        if n >= 0:
            holds[n] = bisect_right(ends, end + n)
    return sorted((sizes, probability) for sizes, probability in law.items() if probability)


def overshoot(sizes: Sequence[int], K: int) -> int:
    """How many tokens the step of the K-th one reveals after it."""
    return next(S for S in itertools.accumulate(sizes) if S >= K) - K


def fixed_value(length: int, steps: int, criterion: str | Sequence[Any] = "tc+dtc") -> Fraction:
    """The least v with ``PATH_KL <= v D`` for every language, under fixed sizes of at most so many steps.

    Parameters
    ----------
    length : int
    steps : int
    criterion : str or sequence of numbers

    Examples
    --------
    >>> fixed_value(8, 4)
    Fraction(1, 8)
    """
    D = denominators(criterion, length)

    def enough(v: Fraction) -> bool:
        """Going as far as v allows, step by step; where one can go from S, one can go from beyond S."""
        reached = taken = 0
        while reached < length:
            furthest = length
            for K in range(reached + 1, length):
                if furthest < K:
                    break
                furthest = min(furthest, K + math.floor(v * D[K - 1]))
            reached, taken = furthest, taken + 1
        return taken <= steps

    low, high = Fraction(0), max(Fraction(length - K) / D[K - 1] for K in range(1, length))
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    near = {Fraction(u) / d for d in set(D) for u in range(math.ceil(low * d), math.floor(high * d) + 1)}
    return next(v for v in sorted(near) if enough(v))
