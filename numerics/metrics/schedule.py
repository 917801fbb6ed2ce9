"""Quantities of the policy alone (M4): largest steps, collisions, number of steps."""

from __future__ import annotations

import math
from fractions import Fraction

from ..enclosure import Enclosure, gamma
from ..engines.workspace import Cost, Workspace
from ..instances import Instance
from ..policies import Bernoulli, FixedSets, FixedSize, step_weights
from .method import Method

__all__ = ["METHODS"]


def _obstacle(instance: Instance) -> str | None:
    if isinstance(instance.policy, Bernoulli | FixedSize | FixedSets):
        return None
    return "the policy's steps depend on the tokens"


def _sizes_obstacle(instance: Instance) -> str | None:
    return "a Bernoulli policy has no step sizes" if isinstance(instance.policy, Bernoulli) else _obstacle(instance)


def _weights(work: Workspace) -> list[Fraction | float]:
    return step_weights(work.instance.policy, work.instance.length)


def _max_step_weight(work: Workspace) -> Enclosure:
    return _number(max(_weights(work)), depth=2)


def _collision_probability(work: Workspace) -> Enclosure:
    weights = _weights(work)
    if isinstance(weights[0], Fraction):
        return _number(sum(w * w for w in weights), depth=0)
    return _number(math.fsum(w * w for w in weights), depth=6)


def _max_step_size(work: Workspace) -> Enclosure:
    policy = work.instance.policy
    sizes = policy.sizes if isinstance(policy, FixedSize) else [len(chosen) for chosen in policy.sets]
    return _number(Fraction(max(sizes)), depth=0)


def _expected_steps(work: Workspace) -> Enclosure:
    return _number(Fraction(work.instance.policy.steps), depth=0)


def _number(number: Fraction | float, depth: int) -> Enclosure:
    """A rational exactly; a floating number with the roundings of its making."""
    return Enclosure.exactly(number) if isinstance(number, Fraction) else Enclosure.relative(number, depth)


def _method(quantity: str, run, obstacle) -> Method:
    return Method(
        quantity,
        "schedule",
        "exact",
        obstacle,
        lambda instance: Cost(instance.policy.steps, 0),
        run,
        "any language x any policy of given reveal times",
        "N",
    )


METHODS = (
    _method("max_step_weight", _max_step_weight, _obstacle),
    _method("max_step_size", _max_step_size, _sizes_obstacle),
    _method("collision_probability", _collision_probability, _obstacle),
    _method("expected_steps", _expected_steps, _obstacle),
)
