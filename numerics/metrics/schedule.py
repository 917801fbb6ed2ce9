"""Quantities of the policy alone (M4): largest steps, collisions, number of steps."""

from __future__ import annotations

import math
from fractions import Fraction

from ..enclosure import Enclosure
from ..engines.workspace import Cost, Workspace
from ..instances import Instance
from ..policies import Bernoulli, FixedSets, FixedSize
from .method import Method

__all__ = ["METHODS"]


def _obstacle(instance: Instance) -> str | None:
    if isinstance(instance.policy, Bernoulli | FixedSize | FixedSets):
        return None
    return "the policy's steps depend on the tokens"


def _sizes_obstacle(instance: Instance) -> str | None:
    return "a Bernoulli policy has no step sizes" if isinstance(instance.policy, Bernoulli) else _obstacle(instance)


def _shares(work: Workspace) -> tuple[list[int], int] | None:
    """``w_k``, or ``s_k / L``, as whole numbers and what they add up to; None for a floating schedule."""
    policy = work.instance.policy
    if not isinstance(policy, Bernoulli):
        return _step_sizes(policy), work.instance.length
    weights = policy.schedule.law.weights
    return None if weights is None else (shares := [int(w) for w in weights], sum(shares))


def _step_sizes(policy: FixedSize | FixedSets) -> list[int]:
    return list(policy.sizes) if isinstance(policy, FixedSize) else [len(chosen) for chosen in policy.sets]


def _max_step_weight(work: Workspace) -> Enclosure:
    shares = _shares(work)
    if shares is None:
        return Enclosure.relative(work.instance.policy.schedule.weights.max(), depth=2)
    return Enclosure.exactly(Fraction(max(shares[0]), shares[1]))


def _collision_probability(work: Workspace) -> Enclosure:
    shares = _shares(work)
    if shares is None:
        weights = work.instance.policy.schedule.weights
        return Enclosure.relative(math.fsum((weights * weights).tolist()), depth=6)
    return Enclosure.exactly(Fraction(sum(w * w for w in shares[0]), shares[1] ** 2))


def _max_step_size(work: Workspace) -> Enclosure:
    return Enclosure.exactly(max(_step_sizes(work.instance.policy)))


def _expected_steps(work: Workspace) -> Enclosure:
    return Enclosure.exactly(work.instance.policy.steps)


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
