"""Bernoulli steps: every masked position is revealed on its own (definitions.md#policies)."""

from __future__ import annotations

import itertools
from collections.abc import Hashable, Iterator
from random import Random
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from ..errors import BadInput
from ..spec.draws import Spec, normalised
from ..traits import decides
from ..types import whole
from .base import Partial, Policy, Transition
from .filling import filled, fillings
from .kind import FEW_STEPS, ScheduledTable
from .schedule import Schedule

__all__ = ["Bernoulli"]

WEIGHTS = ((1, 1, 2), (2, 1, 1), (1, 3), (3, 1), (1, 2), (2, 1), (1, 0, 1), (1, 2, 3, 2))
"""Unequal step laws that a search begins with."""


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

    oblivious = True

    def __init__(self, steps: int | None = None, *, schedule: Schedule | None = None, weights: Any = None) -> None:
        if sum(given is not None for given in (steps, schedule, weights)) != 1:
            raise BadInput("steps", "exactly one of steps, schedule and weights is accepted")
        if weights is not None:
            schedule = Schedule(weights)
        self.schedule = schedule if schedule is not None else Schedule.uniform(whole(steps, "steps", 1))

    @property
    def steps(self) -> int:
        return self.schedule.steps

    @property
    def one_step(self) -> bool:
        weights = self.schedule.fractions if self.schedule.rational else self.schedule.weights
        return int((weights > 0).sum()) == 1

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
            chance = float(reveal**size * keep ** (len(masked) - size))
            if chance > 0:
                for chosen in itertools.combinations(masked, size):
                    yield from fillings(chance, y, chosen, conditionals)

    def draw_step(
        self, step: int, y: NDArray[np.int64], conditionals: NDArray[np.float64], rng: np.random.Generator
    ) -> NDArray[np.int64]:
        chosen = (y == conditionals.shape[2]) & (rng.random(y.shape) < self.schedule.hazards[step - 1])
        return filled(y, chosen, conditionals, rng)

    def written(self) -> dict[str, Any]:
        return {"kind": "bernoulli", "weights": self.schedule.law.written()}

    def __repr__(self) -> str:
        return f"Bernoulli(steps={self.steps})"


@decides("BernoulliPolicy", "policy")
def _is_bernoulli(policy: Policy) -> bool:
    return isinstance(policy, Bernoulli)


@decides("UniformSteps", "policy")
def _has_uniform_steps(policy: Policy) -> bool:
    return isinstance(policy, Bernoulli) and policy.schedule.law.uniform


class BernoulliTable(ScheduledTable):
    kind: Literal["bernoulli"]

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
