"""The output law of any policy, step by step from its own transitions.

Slow and plain: partial sequences are keys of a dictionary and every policy is asked for the law of each step.
It is the only engine that needs nothing of a policy but its interface, and a second opinion on all others.
"""

from __future__ import annotations

import math
from collections import defaultdict

import numpy as np

from ..instances import Instance
from ..numbers.enclosure import SAFE
from ..numbers.lattice import sequence_index
from ..numbers.limits import power
from ..policies import Adaptive, GivenTimes
from . import rational, tabular
from .law import Law
from .ranges import require_range
from .workspace import Cost, Workspace

__all__ = ["cost", "law", "obstacle"]

PAIRS_A_SECOND = 3e5


def obstacle(instance: Instance) -> str | None:
    """None for an instance whose comparisons, if its policy makes any, are of rationals."""
    if instance.policy.compares and not rational.has_rational_conditionals(instance):
        return "the policy compares conditionals that are no rationals"
    return None


def cost(instance: Instance) -> Cost:
    """All pairs of partial sequences at every step, in Python."""
    V, L, policy = instance.vocab, instance.length, instance.policy
    pairs = power(3 * V + 1 if policy.remasks else 2 * V + 1, L) * policy.steps * max(len(policy.size_law), 1)
    if policy.proposes:
        pairs = power(2 * V, L) * policy.steps
    return Cost(pairs * 1e9 / PAIRS_A_SECOND, 1000 * power(V + 1, L))


def law(work: Workspace) -> Law:
    """p by pushing mass along transitions; one rounding a factor and one an addition."""
    return work.once(_law)


def _law(work: Workspace) -> Law:
    instance = work.instance
    V, L, policy = instance.vocab, instance.length, instance.policy
    scope = instance.off_support_scope or "global"
    q = tabular.table(work)
    if policy.step_law is not None:
        require_range(instance, GivenTimes.of(policy).log2_of_times(L))
    mass = {((V,) * L, None): 1.0}
    for step in range(1, policy.steps + 1):
        if not mass:
            # Every sequence has been abandoned.
            break
        rows = instance.conditionals(np.array([y for y, _ in mass]), scope)
        following: dict = defaultdict(float)
        for ((y, memory), probability), conditionals in zip(mass.items(), rows, strict=True):
            if policy.compares:
                moves = Adaptive.of(policy).transitions(step, y, conditionals, memory, rational.exact_rows(work, y))
            else:
                moves = policy.transitions(step, y, conditionals, memory)
            for share, reached, remembered in moves:
                term = probability * float(share)
                if term < 2 * SAFE:
                    require_range(instance, math.log2(max(term, SAFE / 2)))
                following[reached, remembered] += term
        mass = following
    p = np.zeros_like(q)
    for (y, _), probability in mass.items():
        if V not in y:
            p[sequence_index(np.array([y]), V)] += probability
    depth = _depth(instance)
    return Law(p, q, depth, instance.language.depth, tabular.support(work), instance.off_support == "stop", V, L)


def _depth(instance: Instance) -> int:
    """A factor for each token, a choice for each step, and as many additions as there are ways into a target."""
    V, L, policy = instance.vocab, instance.length, instance.policy
    ratio = instance.denoiser.depth(V, tabular.exact_ratio_depth(instance))
    if policy.remasks:
        return policy.steps * (L * (ratio + 3) + power(V + 1, L))
    drawn = policy.drawn_depth(V, ratio)
    factors, ways = L, policy.steps * 2**L
    if policy.proposes:
        # Every proposal counts, and many of them lead to one target.
        factors, ways = L * L, ways + L * power(max(V, 2), L)
    return factors * (drawn + 2) + policy.steps * (L + 4) + ways
