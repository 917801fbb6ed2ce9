"""Policies whose reveal times do not depend on the tokens (definitions.md#policies)."""

from __future__ import annotations

import itertools
import math
from collections.abc import Hashable, Iterable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..categorical import categorical
from ..errors import BadInput, shown
from ..types import whole
from .base import Partial, Policy, Transition
from .schedule import MOST_STEPS, Schedule

__all__ = ["Bernoulli", "FixedSets", "FixedSize", "autoregressive", "bisection", "random_order"]

MOST_POSITIONS = 10**6
"""Sets of positions are stored position by position."""


class Bernoulli(Policy):
    """The MDM reverse process: at step k every masked position is revealed with hazard ``r_k`` on its own.

    Parameters
    ----------
    steps : int, optional
        N uniform steps; or give ``schedule``.
    schedule : Schedule, optional
    weights : sequence, optional
        The step law itself.
    """

    def __init__(self, steps: int | None = None, *, schedule: Schedule | None = None, weights: Any = None) -> None:
        if sum(given is not None for given in (steps, schedule, weights)) != 1:
            raise BadInput("steps", "exactly one of steps, schedule and weights is accepted")
        if weights is not None:
            schedule = Schedule(weights)
        self.schedule = schedule if schedule is not None else Schedule.uniform(whole(steps, "steps", 1))

    @property
    def steps(self) -> int:
        return self.schedule.steps

    def check(self, vocab: int, length: int) -> None:
        """Every language fits."""

    def transitions(
        self, step: int, y: Partial, conditionals: NDArray[np.float64], memory: Hashable = None
    ) -> Iterator[Transition]:
        vocab = conditionals.shape[1]
        masked = [i for i, token in enumerate(y) if token == vocab]
        reveal, keep = self.schedule.hazards[step - 1], self.schedule.survivals[step - 1]
        for size in range(len(masked) + 1):
            chance = float(reveal**size * keep ** (len(masked) - size))
            if chance > 0:
                for chosen in itertools.combinations(masked, size):
                    yield from fillings(chance, y, chosen, conditionals)

    def draw_step(
        self, step: int, y: NDArray[np.int64], conditionals: NDArray[np.float64], rng: np.random.Generator
    ) -> NDArray[np.int64]:
        chosen = (y == conditionals.shape[2]) & (rng.random(y.shape) < self.schedule.hazards[step - 1])
        return filled(y, chosen, conditionals, rng)

    def __repr__(self) -> str:
        return f"Bernoulli(steps={self.steps})"


class FixedSize(Policy):
    """At step k a uniformly random set of ``s_k`` masked positions.

    Parameters
    ----------
    sizes : sequence of int
        ``s_1..s_N``, summing to the length; empty steps are allowed.
    """

    def __init__(self, sizes: Sequence[int]) -> None:
        self.sizes = tuple(whole(size, f"sizes[{k}]") for k, size in enumerate(sizes))
        if not self.sizes:
            raise BadInput("sizes", "found no step; at least one is accepted")

    @classmethod
    def balanced(cls, steps: int, length: int) -> FixedSize:
        """Sizes as even as possible, the remainder to the early steps."""
        each, remainder = divmod(length, whole(steps, "steps", 1, MOST_STEPS))
        return cls([each + (k < remainder) for k in range(steps)])

    @property
    def steps(self) -> int:
        return len(self.sizes)

    def revealed(self) -> list[int]:
        """``S_0..S_N``."""
        return [0, *itertools.accumulate(self.sizes)]

    def check(self, vocab: int, length: int) -> None:
        if sum(self.sizes) != length:
            raise BadInput("sizes", f"found a sum of {shown(sum(self.sizes))}; sizes must add up to length={length}")

    def transitions(
        self, step: int, y: Partial, conditionals: NDArray[np.float64], memory: Hashable = None
    ) -> Iterator[Transition]:
        vocab = conditionals.shape[1]
        masked = [i for i, token in enumerate(y) if token == vocab]
        size = self.sizes[step - 1]
        chance = 1 / math.comb(len(masked), size)
        for chosen in itertools.combinations(masked, size):
            yield from fillings(chance, y, chosen, conditionals)

    def draw_step(
        self, step: int, y: NDArray[np.int64], conditionals: NDArray[np.float64], rng: np.random.Generator
    ) -> NDArray[np.int64]:
        order = np.where(y == conditionals.shape[2], rng.random(y.shape), np.inf)
        rank = order.argsort(axis=1).argsort(axis=1)
        return filled(y, rank < self.sizes[step - 1], conditionals, rng)

    def __repr__(self) -> str:
        return f"FixedSize({list(self.sizes)})"


class FixedSets(Policy):
    """The position set of every step is given.

    Parameters
    ----------
    sets : iterable of iterables of int
        Disjoint sets of positions (from 0) that cover the sequence, step by step.
    """

    def __init__(self, sets: Iterable[Iterable[int]]) -> None:
        self.sets = tuple(
            tuple(sorted(whole(i, f"sets[{k}][{j}]") for j, i in enumerate(chosen))) for k, chosen in enumerate(sets)
        )

    @property
    def steps(self) -> int:
        return len(self.sets)

    def check(self, vocab: int, length: int) -> None:
        listed = sorted(itertools.chain.from_iterable(self.sets))
        if len(listed) != length or listed != list(range(length)):
            raise BadInput("sets", f"together they must hold each of the positions 0..{length - 1} exactly once")

    def transitions(
        self, step: int, y: Partial, conditionals: NDArray[np.float64], memory: Hashable = None
    ) -> Iterator[Transition]:
        yield from fillings(1.0, y, self.sets[step - 1], conditionals)

    def draw_step(
        self, step: int, y: NDArray[np.int64], conditionals: NDArray[np.float64], rng: np.random.Generator
    ) -> NDArray[np.int64]:
        chosen = np.zeros(y.shape, dtype=bool)
        chosen[:, list(self.sets[step - 1])] = True
        return filled(y, chosen, conditionals, rng)

    def __repr__(self) -> str:
        return f"FixedSets({[list(chosen) for chosen in self.sets]})"


def autoregressive(length: int) -> FixedSets:
    """Left to right, one token a step."""
    return FixedSets([[i] for i in range(whole(length, "length", 1, MOST_POSITIONS))])


def random_order(length: int) -> FixedSize:
    """One token a step, in a uniformly random order."""
    return FixedSize([1] * whole(length, "length", 1, MOST_STEPS))


def bisection(length: int) -> FixedSets:
    """The midpoint of every masked run at once: ``ceil(log2(L+1))`` steps (independent-steps/path-kl)."""
    runs, sets = [(0, whole(length, "length", 1, MOST_POSITIONS))], []
    while runs:
        sets.append([(start + stop - 1) // 2 for start, stop in runs])
        halves = ((start, (start + stop - 1) // 2, stop) for start, stop in runs)
        runs = [
            run for start, middle, stop in halves for run in ((start, middle), (middle + 1, stop)) if run[0] < run[1]
        ]
    return FixedSets(sets)


def fillings(
    chance: float, y: Partial, chosen: Sequence[int], conditionals: NDArray[np.float64]
) -> Iterator[Transition]:
    """Every way to fill the chosen positions independently, with its chance."""
    options = [[(float(c), v) for v, c in enumerate(conditionals[i]) if c > 0] for i in chosen]
    for drawn in itertools.product(*options):
        following, weight = list(y), chance
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
