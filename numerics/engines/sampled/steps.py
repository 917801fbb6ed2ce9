"""The number of steps of policies that decide it as they go."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ...instances import Instance
from ...numbers.enclosure import Enclosure
from ..workspace import Workspace
from .intervals import Interval, empirical_bernstein
from .tally import Collector, obstacle, settled

__all__ = ["expected_steps", "steps_obstacle"]


def steps_obstacle(instance: Instance) -> str | None:
    """None for thresholds and entropy bounds."""
    if not instance.policy.compares or instance.policy.sizes is not None:
        return "the number of steps is fixed"
    return obstacle(instance)


class Steps(Collector):
    """Number of steps that each sequence took."""

    def __init__(self, work: Workspace) -> None:
        super().__init__(work)
        self._steps = np.empty(0)

    @property
    def nanoseconds(self) -> float:
        return self.sampler.nanoseconds

    def upto(self, count: int) -> NDArray[np.float64]:
        """Of the first ``count`` sequences."""
        while len(self._steps) < count:
            chunk = self.drawn(count - len(self._steps))
            assert chunk.steps is not None
            self._steps = np.concatenate([self._steps, chunk.steps])
        return self._steps[:count]


def _steps(work: Workspace) -> Steps:
    return Steps(work)


def expected_steps(work: Workspace) -> Enclosure:
    """``E[steps]``, which is from 1 to L."""
    L = float(work.instance.length)

    def interval(drawn: Steps, count: int, alpha: float) -> Interval:
        value, lo, hi = empirical_bernstein(drawn.upto(count), 1.0, L, alpha)
        spread = drawn.sampler.error * L
        return value, max(lo - spread, 1.0), min(hi + spread, L)

    return settled(work, work.once(_steps), interval)
