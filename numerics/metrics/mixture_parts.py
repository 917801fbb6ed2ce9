"""Mixtures of sizes, part by part: what is an average over reveal times is the average of what the parts have."""

from __future__ import annotations

import math
from dataclasses import replace

from ..enclosure import UNIT_ROUNDOFF, Enclosure
from ..engines.needs import Need, all_of
from ..engines.workspace import Cost, Workspace
from ..instances import Instance
from ..policies import GivenTimes
from . import block_sizes
from .method import Method

__all__ = ["METHODS"]

AVERAGES = ("path_kl", "learning_term", "mean_learning_error", "profile_left_sum", "ser")

MIXTURE = Need(
    "a mixture of sizes", "the policy does not mix sizes", lambda instance: len(instance.policy.size_law) > 1
)


def _parts(instance: Instance) -> list[Instance]:
    return [replace(instance, policy=part) for _, part in GivenTimes.of(instance.policy).parts]


def _averaged(method: Method) -> Method:
    """A method for fixed sizes as one for their mixtures."""

    def obstacle(instance: Instance) -> str | None:
        return method.obstacle(_parts(instance)[0])

    def cost(instance: Instance) -> Cost:
        each = [method.cost(part) for part in _parts(instance)]
        return Cost(sum(cost.operations for cost in each), max(cost.bytes for cost in each))

    def run(work: Workspace) -> Enclosure:
        parts = GivenTimes.of(work.instance.policy).parts
        return _mean([(float(chance), method.run(work.under(part))) for chance, part in parts])

    return replace(
        method,
        obstacle=all_of(MIXTURE, obstacle),
        cost=cost,
        run=run,
        scope=method.scope.replace("fixed-size", "mixture of sizes"),
        price=f"for each list of sizes: {method.price}",
    )


def _mean(found: list[tuple[float, Enclosure]]) -> Enclosure:
    """Chances are rounded once, and may underflow."""
    if any(math.isinf(each.value) for _, each in found):
        return Enclosure.around(math.inf, 0.0)
    value = math.fsum(chance * each.value for chance, each in found)
    spread = math.fsum(chance * max(each.hi - each.value, each.value - each.lo) for chance, each in found)
    lost = 2 * len(found) * math.ulp(0.0) if any(each.hi for _, each in found) else 0.0
    return Enclosure.around(value, (spread + 4 * UNIT_ROUNDOFF * value) * (1 + 1e-9) + lost, least=0.0)


METHODS = tuple(_averaged(method) for method in block_sizes.METHODS if method.quantity in AVERAGES)
