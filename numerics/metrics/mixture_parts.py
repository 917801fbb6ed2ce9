"""Mixtures of sizes, part by part: what is an average over reveal times is the average of what the parts have.

And what bounds KL by the best of them (mixture-of-sizes/best-list).
"""

from __future__ import annotations

import math
from dataclasses import replace

from ..engines import rational, tabular
from ..engines.needs import RANDOM_SETS, Need, all_of, scope_of
from ..engines.rational.information import Number, total
from ..engines.rational.rows import ONE
from ..engines.workspace import Cost, Workspace
from ..instances import Instance
from ..numbers.enclosure import RAISED, UNIT_ROUNDOFF, Enclosure
from ..numbers.logform import LogForm
from ..policies import FixedSize, GivenTimes
from . import block_sizes, path
from .log_forms import exact_method, exact_path_kl, of_rationals
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
        return _mean([(float(probability), method.run(work.under(part))) for probability, part in parts])

    return replace(
        method,
        obstacle=all_of(MIXTURE, obstacle),
        cost=cost,
        run=run,
        scope=method.scope.replace("fixed-size", "mixture of sizes"),
        price=f"for each list of sizes: {method.price}",
    )


def _mean(found: list[tuple[float, Enclosure]]) -> Enclosure:
    """Probabilities are rounded once, and may underflow."""
    if any(math.isinf(each.value) for _, each in found):
        return Enclosure.around(math.inf, 0.0)
    value = math.fsum(probability * each.value for probability, each in found)
    spread = math.fsum(probability * max(each.hi - each.value, each.value - each.lo) for probability, each in found)
    lost = 2 * len(found) * math.ulp(0.0) if any(each.hi for _, each in found) else 0.0
    return Enclosure.around(value, (spread + 4 * UNIT_ROUNDOFF * value) * RAISED + lost, least=0.0)


def _best_list(work: Workspace) -> Enclosure:
    """The logarithm of a probability is within ``4 U`` of its size, and of 1 for its own rounding."""
    found = []
    for probability, sizes in work.instance.policy.size_law:
        own, log = path.path_kl_by_definition(work.under(FixedSize(sizes))), -math.log(float(probability))
        error = max(own.hi - own.value, own.value - own.lo) if math.isfinite(own.value) else 0.0
        error += (
            4 * UNIT_ROUNDOFF * (1 + log + abs(own.value)) if math.isfinite(own.value) and probability != 1 else 0.0
        )
        found.append(Enclosure.around(own.value + log, error, least=0.0))
    lo, value, hi = (min(ends) for ends in zip(*((each.lo, each.value, each.hi) for each in found), strict=True))
    return Enclosure(value, lo, hi, "rounding")


def _exact_best_list(work: Workspace) -> Number:
    return min(
        total([(ONE, exact_path_kl(work.under(FixedSize(sizes)))), (-ONE, LogForm.log(probability))])
        for probability, sizes in work.instance.policy.size_law
    )


def _cost(instance: Instance) -> Cost:
    one = tabular.lattice_cost(instance)
    return Cost(len(instance.policy.size_law) * (one.operations + 1e6), one.bytes)


def _exact_cost(instance: Instance) -> Cost:
    one = rational.lattice_cost(instance)
    return Cost(len(instance.policy.size_law) * one.operations, one.bytes)


METHODS = (
    *(_averaged(method) for method in block_sizes.METHODS if method.quantity in AVERAGES),
    Method(
        "best_list_path_kl",
        "tabular",
        "rounding",
        RANDOM_SETS,
        _cost,
        _best_list,
        scope_of(RANDOM_SETS),
        "for each list of sizes: L (V+1)^L",
    ),
    exact_method(
        "best_list_path_kl",
        _exact_best_list,
        all_of(RANDOM_SETS, rational.obstacle),
        _exact_cost,
        "for each list of sizes: L (V+1)^L, in Python",
        of_rationals(RANDOM_SETS.words),
    ),
)
