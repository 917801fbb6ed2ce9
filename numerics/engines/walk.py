"""The output law of any policy, step by step from its own transitions.

Slow and plain: partial sequences are keys of a dictionary and every policy is asked for the law of each step.
It is the only engine that needs nothing of a policy but its interface, and a second opinion on all others.
"""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from ..partial import sequence_index
from ..reach import power
from .law import Law
from .tabular import exact_ratio_depth
from .workspace import Cost, Workspace

__all__ = ["cost", "law", "obstacle"]

PAIRS_A_SECOND = 3e5


def obstacle(instance) -> str | None:
    """None: every instance can be walked, if it is small."""
    return None


def cost(instance) -> Cost:
    """All pairs of partial sequences at every step, in Python."""
    V, L = instance.vocab, instance.length
    pairs = power(2 * V + 1, L) * instance.policy.steps
    return Cost(pairs * 1e9 / PAIRS_A_SECOND, 1000 * power(V + 1, L))


def law(work: Workspace) -> Law:
    """p by pushing mass along transitions; one rounding a factor and one an addition."""
    return work.once(_law)


def _law(work: Workspace) -> Law:
    instance = work.instance
    V, L, policy = instance.vocab, instance.length, instance.policy
    scope = instance.off_support_scope or "global"
    mass = {((V,) * L, None): 1.0}
    for step in range(1, policy.steps + 1):
        rows = instance.conditionals(np.array([y for y, _ in mass]), scope)
        following: dict = defaultdict(float)
        for ((y, memory), chance), conditionals in zip(mass.items(), rows, strict=True):
            if V not in y:
                following[y, memory] += chance
                continue
            for share, reached, remembered in policy.transitions(step, y, conditionals, memory):
                following[reached, remembered] += chance * share
        mass = following
    q = instance.language.table()
    p = np.zeros_like(q)
    for (y, _), chance in mass.items():
        if V not in y:
            p[sequence_index(np.array([y]), V)] += chance
    ratio = instance.denoiser.depth(V, exact_ratio_depth(instance))
    sums = policy.steps * 2**L
    depth = L * (ratio + 2) + policy.steps * (L + 4) + sums
    return Law(
        p, q, depth, instance.language.depth, instance.language.support_table(), instance.off_support == "stop", V, L
    )
