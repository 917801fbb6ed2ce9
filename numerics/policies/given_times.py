"""Policies whose reveal times are independent of the tokens, and the laws of these times.

A policy of this kind says what a step reveals of the masked positions, in Fractions; every law that an engine asks for
follows from that, and a class replaces those that it has in closed form. One that draws more, before the first step, is
a mixture of policies that do not. Sets of positions are bit patterns, bit L-1-i for position i.
"""

from __future__ import annotations

import itertools
import math
from abc import abstractmethod
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from ..numbers.enclosure import UNIT_ROUNDOFF
from ..numbers.limits import power
from .base import DrawStep, Partial, Policy, Transition
from .filling import filled, fillings

__all__ = ["ExchangeableTimes", "GivenTimes", "pattern"]

Positions = tuple[int, ...]


def pattern(positions: Iterable[int], length: int) -> int:
    """A set of positions as bits."""
    return sum(1 << (length - 1 - i) for i in positions)


class GivenTimes(Policy):
    """A policy whose reveal times are independent of the tokens."""

    oblivious = True

    @property
    def parts(self) -> tuple[tuple[Fraction, GivenTimes], ...]:
        """Policies whose next step depends on the past through what is masked only, with their probabilities."""
        return ((Fraction(1), self),)

    @abstractmethod
    def choices(self, step: int, masked: Positions) -> Iterator[tuple[Fraction, Positions]]:
        """Sets of masked positions that step 1..N may reveal, each with its probability given these."""

    @abstractmethod
    def reveal_times(self, uniforms: NDArray[np.float64]) -> NDArray[np.int64]:
        """The step, from 0, at which each position is revealed, from (n, L) uniform numbers in [0, 1).

        Cost ``O(L log(N + L))`` a sequence. A time's probability is off by ``2^-53`` at most; ties of the uniform
        numbers, which make a random order uneven, have a probability below ``L^2 2^-54``.
        """

    def log2_of_times(self, length: int) -> float:
        """At most the logarithm to base 2 of the probability of any possible reveal times."""
        least: dict[Positions, float] = {tuple(range(length)): 0.0}
        for step in range(1, self.steps + 1):
            following: dict[Positions, float] = {}
            for masked, sofar in least.items():
                for probability, chosen in self.choices(step, masked):
                    left = tuple(i for i in masked if i not in chosen)
                    log = sofar + math.log2(probability.numerator) - math.log2(probability.denominator)
                    following[left] = min(following.get(left, 0.0), log)
            least = following
        return min(least.values())

    def exact_before(self, length: int) -> Mapping[tuple[int, int], Fraction]:
        """``P(R is what is revealed before i)``, by R and i, where it is positive."""
        found: defaultdict[tuple[int, int], Fraction] = defaultdict(Fraction)
        reached: Mapping[Positions, Fraction] = {tuple(range(length)): Fraction(1)}
        for step in range(1, self.steps + 1):
            following: defaultdict[Positions, Fraction] = defaultdict(Fraction)
            for masked, probability in reached.items():
                R = (1 << length) - 1 - pattern(masked, length)
                for share, chosen in self.choices(step, masked):
                    for i in chosen:
                        found[R, i] += probability * share
                    following[tuple(i for i in masked if i not in chosen)] += probability * share
            reached = following
        return found

    def before(self, length: int) -> tuple[NDArray[np.float64], float]:
        """The same as a (2^L, L) array, and its relative error."""
        probabilities = self.exact_before(length)
        found = np.zeros((1 << length, length))
        for at, probability in probabilities.items():
            found[at] = float(probability)
        return found, rounding(probabilities.values())

    def transitions(
        self, step: int, y: Partial, conditionals: NDArray[np.float64], memory: Hashable = None
    ) -> Iterator[Transition]:
        masked = tuple(i for i, token in enumerate(y) if token == conditionals.shape[1])
        for probability, chosen in self.choices(step, masked):
            yield from fillings(float(probability), y, chosen, conditionals)

    def drawing(self, n: int, length: int, rng: np.random.Generator) -> DrawStep:
        tau = self.reveal_times(rng.random((n, length)))
        return lambda step, y, conditionals: filled(y, tau == step - 1, conditionals, rng)

    def pair_count(self, vocab: int, length: int) -> int:
        """Every pair at every step."""
        return power(2 * vocab + 1, length) * self.steps


class ExchangeableTimes(GivenTimes):
    """Reveal times whose law stays the same when the positions are permuted: the numbers revealed decide it."""

    exchangeable = True

    @abstractmethod
    def counts(self, step: int, masked: int) -> Iterator[tuple[Fraction, int]]:
        """Numbers of masked positions that step 1..N may reveal of so many, each with its probability."""

    def choices(self, step: int, masked: Positions) -> Iterator[tuple[Fraction, Positions]]:
        for probability, size in self.counts(step, len(masked)):
            share = probability / math.comb(len(masked), size)
            yield from ((share, chosen) for chosen in itertools.combinations(masked, size))

    def exact_jumps(self, length: int) -> Mapping[tuple[int, int], Fraction]:
        """Expected number of steps from r to r+s revealed tokens, by r and s >= 1, where it is positive."""
        found: defaultdict[tuple[int, int], Fraction] = defaultdict(Fraction)
        reached: Mapping[int, Fraction] = {0: Fraction(1)}
        for step in range(1, self.steps + 1):
            following: defaultdict[int, Fraction] = defaultdict(Fraction)
            for r, probability in reached.items():
                for share, s in self.counts(step, length - r):
                    if s:
                        found[r, s] += probability * share
                    following[r + s] += probability * share
            reached = following
        return found

    def jumps(self, length: int) -> tuple[NDArray[np.float64], float]:
        """The same as an (L+1, L+1) array, and its relative error; what reveals one token may be left out."""
        found = np.zeros((length + 1, length + 1))
        jumps = self.exact_jumps(length)
        for at, expected in jumps.items():
            found[at] = float(expected)
        return found, rounding(jumps.values())

    def exact_sizes_before(self, length: int) -> list[Fraction]:
        """Probabilities that j = 0..L-1 positions are revealed before a given one."""
        probabilities = [Fraction(0)] * length
        for (r, s), expected in self.exact_jumps(length).items():
            probabilities[r] += Fraction(s, length) * expected
        return probabilities

    def sizes_before(self, length: int) -> tuple[NDArray[np.float64], float]:
        """The same in float64, shape (L,), and their relative error."""
        probabilities = self.exact_sizes_before(length)
        return np.array([float(probability) for probability in probabilities]), rounding(probabilities)

    def exact_before(self, length: int) -> Mapping[tuple[int, int], Fraction]:
        sized = enumerate(self.exact_sizes_before(length))
        probabilities = [probability / math.comb(length - 1, j) for j, probability in sized] + [Fraction(0)]
        found = ((R, i, probabilities[R.bit_count()]) for R in range(1 << length) for i in range(length))
        return {(R, i): probability for R, i, probability in found if probability and not R >> (length - 1 - i) & 1}

    def before(self, length: int) -> tuple[NDArray[np.float64], float]:
        weights, error = self.sizes_before(length)
        sizes = np.array([R.bit_count() for R in range(1 << length)])
        per_set = np.append(weights / [math.comb(length - 1, j) for j in range(length)], 0.0)
        misses = (np.arange(1 << length)[:, None] >> np.arange(length - 1, -1, -1) & 1) == 0
        return np.where(misses, per_set[sizes][:, None], 0.0), error + 2 * UNIT_ROUNDOFF


def rounding(numbers: Iterable[Fraction]) -> float:
    """Relative error of the nearest float64: 0 where all of them are such."""
    return UNIT_ROUNDOFF if any(Fraction(float(x)) != x for x in numbers) else 0.0
