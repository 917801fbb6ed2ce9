"""Bernoulli steps: every masked position is revealed on its own (definitions.md#policies)."""

from __future__ import annotations

import itertools
import math
from bisect import bisect_left
from collections.abc import Hashable, Iterator
from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from random import Random
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from ..errors import BadInput
from ..numbers.enclosure import gamma
from ..numbers.limits import power
from ..numbers.probabilities import whole
from ..spec.draws import Spec, normalised
from ..traits import decides
from .base import Partial, Policy, Transition
from .filling import fillings
from .given_times import ExchangeableTimes
from .kind import FEW_STEPS, ScheduledTable
from .schedule import Schedule

__all__ = ["Bernoulli", "binomial_law"]

WEIGHTS = ((1, 1, 2), (2, 1, 1), (1, 3), (3, 1), (1, 2), (2, 1), (1, 0, 1), (1, 2, 3, 2))
"""Unequal step laws that a search begins with."""

SAME_EDGE = 10 * Fraction(1, 2**53)
"""Floating revealed fractions this close are one edge of both schedules.

A weight is within ``d = 10 * 2^-53``, relatively, of the one that is meant: 3 as :data:`PARAMETER_DEPTH` says, 10 for
the product of sines of a cosine schedule. So ``a = A/(A + B)``, A and B sums of weights, is within ``2 d a (1 - a)``,
which is at most ``d/2``; and there are two schedules.
"""


class Bernoulli(ExchangeableTimes):
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
        self.step_law = self.schedule

    @property
    def irrational(self) -> str | None:
        return None if self.schedule.rational else "the schedule has floating weights, not rationals"

    @property
    def steps(self) -> int:
        return self.schedule.steps

    @cached_property
    def one_step(self) -> bool:
        return int((self.schedule.law.proportions > 0).sum()) == 1

    @property
    def one_choice(self) -> bool:
        return self.one_step

    def check(self, vocab: int, length: int) -> None:
        """Every language fits."""

    def transitions(
        self, step: int, y: Partial, conditionals: NDArray[np.float64], memory: Hashable = None
    ) -> Iterator[Transition]:
        vocab = conditionals.shape[1]
        masked = [i for i, token in enumerate(y) if token == vocab]
        reveal, keep = self.schedule.hazards[step - 1], self.schedule.survivals[step - 1]
        for size in range(len(masked) + 1):
            probability = float(reveal**size * keep ** (len(masked) - size))
            if probability > 0:
                for chosen in itertools.combinations(masked, size):
                    yield from fillings(probability, y, chosen, conditionals)

    def counts(self, step: int, masked: int) -> Iterator[tuple[Fraction, int]]:
        tail, after = self.schedule.exact_tails[step - 1 : step + 1]
        keep = after / tail if tail else Fraction(0)
        for size in range(masked + 1):
            if probability := math.comb(masked, size) * (1 - keep) ** size * keep ** (masked - size):
                yield probability, size

    def reveal_times(self, uniforms: NDArray[np.float64]) -> NDArray[np.int64]:
        return np.searchsorted(self.schedule.revealed[1:], uniforms, side="right")

    def log2_of_times(self, length: int) -> float:
        weights = self.schedule.weights
        return length * math.log2(weights[weights > 0].min())

    def exact_sizes_before(self, length: int) -> list[Fraction]:
        tails = np.array(self.schedule.exact_tails, dtype=object)
        rows = binomial_law(1 - tails[:-1, None], tails[:-1, None], length - 1) * -np.diff(tails)[:, None]
        return [sum(column, Fraction(0)) for column in rows.T]

    def sizes_before(self, length: int) -> tuple[NDArray[np.float64], float]:
        schedule = self.schedule
        rows = binomial_law(schedule.revealed[:-1, None], schedule.tails[:-1, None], length - 1)
        # w, a and 1-a are correctly rounded parameters; columns are summed exactly.
        columns = (rows * schedule.weights[:, None]).T
        return np.array([math.fsum(column.tolist()) for column in columns]), gamma(10 * length + 6)

    def jumps(self, length: int) -> tuple[NDArray[np.float64], float]:
        schedule, L = self.schedule, length
        found = np.zeros((L + 1, L + 1))
        before, after = schedule.revealed[:-1], schedule.tails[1:]
        for r in range(L):
            for s in range(2, L - r + 1):
                ways = math.comb(L, r) * math.comb(L - r, s)
                terms = before**r * schedule.weights**s * after ** (L - r - s)
                found[r, s] = ways * math.fsum(terms.tolist())
        return found, gamma(10 * L + 6)

    def refines(self, coarser: Policy) -> bool | None:
        """Whether every ``a_k`` of the coarser, 0 included, is one of its own: exactly if both are rational."""
        if not isinstance(coarser, Bernoulli):
            return None
        allowed = 0 if self.schedule.rational and coarser.schedule.rational else SAME_EDGE
        finer = self.schedule.exact_tails[::-1]
        return all(_holds(finer, tail - allowed, tail + allowed) for tail in coarser.schedule.exact_tails)

    def pair_count(self, vocab: int, length: int) -> int:
        tails = self.schedule.exact_tails
        total = 0
        for first, reveals, leaves in ((tail == 1, tail > after, after > 0) for tail, after in pairwise(tails)):
            from_masked = (vocab if reveals else 0) + leaves
            total += power(from_masked + (0 if first else vocab), length)
        return total

    def written(self) -> dict[str, Any]:
        return {"kind": "bernoulli", "weights": self.schedule.law.written()}

    def __repr__(self) -> str:
        if self.schedule.is_uniform:
            return f"Bernoulli(steps={self.steps})"
        return f"Bernoulli(weights=[{self.schedule.written()}])"


def _holds(rising: list[Fraction], least: Fraction, greatest: Fraction) -> bool:
    """Whether one of the numbers lies between these."""
    at = bisect_left(rising, least)
    return at < len(rising) and rising[at] <= greatest


def binomial_law(reveal: NDArray[Any] | float, hide: NDArray[Any] | float, trials: int) -> NDArray[Any]:
    """``C(n,j) a^j (1-a)^(n-j)`` for j = 0..n on the last axis, from ``a`` and ``1-a``, in their arithmetic.

    In float64 at most 8(n+1) roundings beside theirs: numpy's powers are within 1 ulp (4 allowed).
    """
    exact = np.asarray(reveal).dtype == object
    j = np.arange(trials + 1, dtype=object if exact else np.int64)
    ways = np.array([math.comb(trials, k) for k in range(trials + 1)], dtype=object if exact else np.float64)
    return ways * reveal**j * hide ** (trials - j)


@decides("BernoulliPolicy", "policy")
def _is_bernoulli(policy: Policy) -> bool:
    return isinstance(policy, Bernoulli)


@decides("UniformSteps", "policy")
def _has_uniform_steps(policy: Policy) -> bool:
    return isinstance(policy, Bernoulli) and policy.schedule.law.uniform


class BernoulliTable(ScheduledTable):
    kind: Literal["bernoulli"]
    steps_key: ClassVar[str] = "weights"

    def build(self, length: int) -> Policy:
        return Bernoulli(schedule=self.read_schedule(self.exactly_one("steps", "weights", "alpha")))

    @classmethod
    def examples(cls, length: int) -> Iterator[Spec]:
        for weights in (*([1] * steps for steps in range(1, FEW_STEPS + 1)), *WEIGHTS):
            yield {"kind": "bernoulli", "weights": normalised(list(weights))}

    @classmethod
    def drawn(cls, length: int, rng: Random) -> Spec:
        steps = rng.randint(1, FEW_STEPS)
        weights = [1] * steps
        if rng.random() < 0.5:
            weights = [rng.choice((1, 1, 2, 3, 5, 0)) for _ in range(steps - 1)] + [rng.randint(1, 5)]
        return {"kind": "bernoulli", "weights": normalised(weights)}
