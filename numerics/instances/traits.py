"""Traits of an instance that its language, policy and denoiser do not decide alone."""

from __future__ import annotations

import itertools

from ..traits import decides
from .instance import Instance

__all__: list[str] = []


@decides("StepsDivideLength", "instance")
def _steps_divide_length(instance: Instance) -> bool:
    return instance.length % instance.policy.steps == 0


@decides("TwoSteps", "instance")
def _has_two_steps(instance: Instance) -> bool:
    return instance.policy.steps == 2 <= instance.length


@decides("AllButOneStep", "instance")
def _has_all_but_one_step(instance: Instance) -> bool:
    return instance.policy.steps == instance.length - 1


@decides("SeparatedSteps", "instance")
def _separates_steps(instance: Instance) -> bool:
    """Tokens of one step are in different blocks, or apart in the sense of the n-gram that their block is."""
    sets, unit = instance.policy.sets, instance.language.unit
    if sets is None:
        return False
    revealed: set[int] = set()
    for chosen in sets:
        for i, j in itertools.pairwise(sorted(chosen)):
            apart = i // unit.length != j // unit.length
            if not apart and (unit.memory is None or not _between(i, j, unit.memory, revealed)):
                return False
        revealed.update(chosen)
    return True


def _between(i: int, j: int, memory: int, revealed: set[int]) -> bool:
    """Whether ``memory`` consecutive positions between i and j have been revealed."""
    starts = range(i + 1, j - memory + 1)
    return memory == 0 or any(all(start + k in revealed for k in range(memory)) for start in starts)
