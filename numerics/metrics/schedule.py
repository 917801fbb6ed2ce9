"""Quantities of the policy alone (definitions.md#quantities): largest steps, collisions, number of steps, and ratios of
them.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from fractions import Fraction

from ..engines.needs import FIXED_SIZE, Need, scope_of
from ..engines.workspace import Cost, Workspace
from ..instances import Instance
from ..numbers.enclosure import Enclosure
from ..policies import Bernoulli, Schedule
from .method import Method

__all__ = ["METHODS", "schedule_of"]

UNKNOWN = "how much a step reveals is not given"


def _is_known(instance: Instance) -> bool:
    return instance.policy.step_law is not None or instance.policy.sizes is not None


KNOWN = Need("Bernoulli or given sizes", UNKNOWN, _is_known, "policy")
SIZED = Need("given sizes", "no step sizes are given", lambda instance: instance.policy.sizes is not None, "policy")
COUNTED = Need(
    "Bernoulli or remasking or given sizes or mixture of sizes",
    UNKNOWN,
    lambda instance: instance.policy.remasks or bool(instance.policy.size_law) or _is_known(instance),
    "policy",
)


def _shares(work: Workspace) -> tuple[list[int], int] | None:
    """``w_k``, or ``s_k / L``, as whole numbers and what they add up to; None for a floating schedule."""
    policy = work.instance.policy
    if policy.step_law is None:
        return list(policy.sizes or ()), work.instance.length
    weights = policy.step_law.law.weights
    return None if weights is None else (shares := [int(w) for w in weights], sum(shares))


def schedule_of(instance: Instance) -> Schedule:
    """The schedule of a Bernoulli policy."""
    return Bernoulli.of(instance.policy).schedule


def _max_step_weight(work: Workspace) -> Enclosure:
    shares = _shares(work)
    if shares is None:
        return Enclosure.relative(float(schedule_of(work.instance).weights.max()), depth=2)
    return Enclosure.exactly(Fraction(max(shares[0]), shares[1]))


def _collision_probability(work: Workspace) -> Enclosure:
    shares = _shares(work)
    if shares is None:
        weights = schedule_of(work.instance).weights
        return Enclosure.relative(math.fsum((weights * weights).tolist()), depth=6)
    return Enclosure.exactly(Fraction(sum(w * w for w in shares[0]), shares[1] ** 2))


def _max_step_size(work: Workspace) -> Enclosure:
    return Enclosure.exactly(max(work.instance.policy.sizes or ()))


def _expected_steps(work: Workspace) -> Enclosure:
    return Enclosure.exactly(work.instance.policy.steps)


def _dyadic_step_size(work: Workspace) -> Enclosure:
    return Enclosure.exactly(1 << (max(work.instance.policy.sizes or ()) - 1).bit_length())


def _starts(instance: Instance) -> list[tuple[int, int]]:
    """``(S_{k-1}, s_k)`` of every step that is not empty."""
    sizes = list(instance.policy.sizes or ())
    return [(before, s) for before, s in zip(itertools.accumulate(sizes, initial=0), sizes, strict=False) if s]


def _tc_step_ratio(work: Workspace) -> Enclosure:
    L = work.instance.length
    ratios = [Fraction(s - 1, L - 1 - before) for before, s in _starts(work.instance) if s > 1]
    return Enclosure.exactly(max(ratios, default=Fraction(0)))


def _dtc_step_ratio(work: Workspace) -> Enclosure:
    return Enclosure.exactly(max(Fraction(s - 1, before + 1) for before, s in _starts(work.instance)))


def _birthday_probability(work: Workspace) -> Enclosure:
    """The probability that ``s_k`` symbols drawn from the ``n_k`` that are left are all different, step by step
    (permutations/birthday).
    """
    L = work.instance.length
    steps = [(L - before, s) for before, s in _starts(work.instance)]
    return Enclosure.exactly(math.prod((Fraction(math.perm(n, s), n**s) for n, s in steps), start=Fraction(1)))


def _speedup_at_unit_cost(work: Workspace) -> Enclosure:
    return Enclosure.exactly(Fraction(work.instance.length, work.instance.policy.steps))


def _method(quantity: str, run: Callable[[Workspace], Enclosure], policies: Need) -> Method:
    return Method(
        quantity,
        "schedule",
        "exact",
        policies,
        lambda instance: Cost(instance.policy.steps, 0),
        run,
        scope_of(policies),
        "N",
    )


METHODS = (
    _method("max_step_weight", _max_step_weight, KNOWN),
    _method("max_step_size", _max_step_size, SIZED),
    _method("collision_probability", _collision_probability, KNOWN),
    _method("expected_steps", _expected_steps, COUNTED),
    _method("dyadic_step_size", _dyadic_step_size, SIZED),
    _method("tc_step_ratio", _tc_step_ratio, FIXED_SIZE),
    _method("dtc_step_ratio", _dtc_step_ratio, FIXED_SIZE),
    _method("birthday_probability", _birthday_probability, SIZED),
    _method("speedup_at_unit_cost", _speedup_at_unit_cost, KNOWN),
)
