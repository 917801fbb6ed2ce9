"""Products of blocks (M8.5): what m independent blocks do, from what one does.

Divergences and entropies add, chances of being correct multiply, and what is per token or worst case stays.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from ..enclosure import UNIT_ROUNDOFF, Enclosure
from ..engines import blocks
from ..engines.workspace import Workspace
from . import divergence, error_rates, information, path
from .method import Method

__all__ = ["METHODS"]

ADDED = (
    "kl",
    "path_kl",
    "entropy",
    "total_correlation",
    "dual_total_correlation",
    "learning_term",
    "profile_start",
    "profile_end",
    "curve_left_sum",
    "curve_area",
)
KEPT = ("log_ter", "ter", "log_ter_language", "eps_learning", "eps_learning_mean")

OF_ONE_BLOCK = {
    method.quantity: method
    for family in (divergence, error_rates, information, path)
    for method in family.METHODS
    if method.engine == ("profile" if method.quantity == "path_kl" else "tabular")
}


def _added(one: Enclosure, count: int) -> Enclosure:
    """``m x``, rounded outwards."""
    value = count * one.value
    if math.isinf(value):
        return one
    spread = max(one.hi - one.value, one.value - one.lo)
    return Enclosure.around(value, (count * spread + UNIT_ROUNDOFF * value) * (1 + 1e-9), least=0.0)


def _failure(one: Enclosure, count: int) -> Enclosure:
    """``1 - (1 - x)^m`` without cancellation; log1p and expm1 are within 1 ulp (4 allowed)."""

    def failure(x: float) -> float:
        return -math.expm1(count * math.log1p(-x)) if x < 1 else 1.0

    slack = 1 + 24 * UNIT_ROUNDOFF
    lo, hi = failure(one.lo) / slack, min(failure(one.hi) * slack, 1.0)
    return Enclosure(min(max(failure(one.value), lo), hi), lo, hi, "rounding")


def _method(quantity: str, combine: Callable[[Enclosure, int], Enclosure]) -> Method:
    of_one = OF_ONE_BLOCK[quantity]

    def run(work: Workspace) -> Enclosure:
        return combine(of_one.measure(blocks.one_block(work)), blocks.block_count(work.instance))

    return Method(
        quantity,
        "blocks",
        "rounding",
        blocks.obstacle,
        blocks.cost,
        run,
        "blocks x Bernoulli",
        "one block of length b: (2V+1)^b min(N, b)",
        of_one.relies_on,
    )


METHODS = (
    *(_method(quantity, _added) for quantity in ADDED),
    *(_method(quantity, lambda one, count: one) for quantity in KEPT),
    _method("ser", _failure),
)
