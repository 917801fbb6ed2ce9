"""Products of blocks at any length: what independent blocks do, from what one of each sort does.

Divergences and entropies add, probabilities of being correct multiply, rates are averages over the tokens, and a worst
case is that of the worst block.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

from ..engines import blocks
from ..engines.needs import BERNOULLI, FIXED_SETS, all_of
from ..engines.workspace import Workspace
from ..instances import Instance
from ..numbers.enclosure import RAISED, UNIT_ROUNDOFF, Enclosure
from . import divergence, error_rates, information, path
from .method import FINISHED, Method, Obstacle, narrowed, unfinished

__all__ = ["ALIKE", "METHODS", "added", "divided", "method_of_one", "of_independent_blocks"]

Parts = Sequence[tuple[Enclosure, int]]
"""The measurements of one block of every sort, and how many blocks there are of it."""

OF_LANGUAGE = (
    "entropy",
    "total_correlation",
    "dual_total_correlation",
    "profile_start",
    "profile_end",
    "profile_area",
    "curve_area",
    "area_defect",
)
ADDED = ("kl", "reverse_kl", "learning_term")
PER_TOKEN = ("log_ter", "mean_learning_error", "generative_nll", "generative_nll_correct")
AREA = frozenset({"area-theorem/profile"})
ALIKE = "denoiser alike in every block"


_bernoulli = all_of(blocks.denoiser_obstacle, BERNOULLI)
_fixed_sets = all_of(blocks.denoiser_obstacle, FIXED_SETS)


def method_of_one(quantity: str, engine: str = "tabular") -> Method:
    """The method that measures one block."""
    families = (divergence, error_rates, information, path)
    (found,) = (
        method
        for family in families
        for method in family.METHODS
        if (method.quantity, method.engine) == (quantity, engine)
    )
    return found


def _spread(one: Enclosure) -> float:
    return max(one.hi - one.value, one.value - one.lo)


def added(parts: Parts, least: float = 0.0) -> Enclosure:
    """``sum_i m_i x_i``, rounded outwards."""
    terms = [count * one.value for one, count in parts]
    value = math.fsum(terms)
    if math.isinf(value):
        return Enclosure.around(value, 0.0)
    rounded = 2 * UNIT_ROUNDOFF * math.fsum(map(abs, terms))
    spread = math.fsum(count * _spread(one) for one, count in parts)
    return Enclosure.around(value, (spread + rounded) * RAISED, least=least)


def per_token(parts: Parts) -> Enclosure:
    """``sum_i m_i x_i / m``: blocks are equally long, so the mean over blocks is the mean over tokens."""
    whole, count = added(parts), sum(count for _, count in parts)
    return divided(whole, count)


def divided(whole: Enclosure, count: int) -> Enclosure:
    """``x / n``, of the same kind."""
    if math.isinf(whole.value):
        return whole
    error = _spread(whole) / count * RAISED + 2 * UNIT_ROUNDOFF * whole.value / count
    return Enclosure.around(whole.value / count, error, whole.kind, least=0.0)


def _failure(parts: Parts) -> Enclosure:
    """``1 - prod_i (1 - x_i)^{m_i}`` without cancellation; log1p and expm1 are within 1 ulp (4 allowed)."""

    def failure(probabilities: Sequence[float]) -> float:
        if any(x >= 1 for x in probabilities):
            return 1.0
        logs = [count * math.log1p(-x) for x, (_, count) in zip(probabilities, parts, strict=True)]
        return abs(math.expm1(math.fsum(logs)))

    slack = 1 + 24 * UNIT_ROUNDOFF
    lo = failure([one.lo for one, _ in parts]) / slack
    hi = min(failure([one.hi for one, _ in parts]) * slack, 1.0)
    return Enclosure(min(max(failure([one.value for one, _ in parts]), lo), hi), lo, hi, "rounding")


def _hellinger(parts: Parts) -> Enclosure:
    """``1 - H^2`` is a product of affinities."""
    spread = 1 + 4 * UNIT_ROUNDOFF

    def squared(one: Enclosure) -> Enclosure:
        lo, hi = one.lo**2 / spread, min(one.hi**2 * spread, 1.0)
        return Enclosure(min(max(one.value**2, lo), hi), lo, hi, "rounding")

    found = _failure([(squared(one), count) for one, count in parts])
    lo, hi = math.sqrt(found.lo) / spread, min(math.sqrt(found.hi) * spread, 1.0)
    return Enclosure(min(max(math.sqrt(found.value), lo), hi), lo, hi, "rounding")


def _signed_sum(parts: Parts) -> Enclosure:
    return added(parts, least=-math.inf)


def _method(
    quantity: str,
    combine: Callable[[Parts], Enclosure],
    engine_of_one: str = "tabular",
    obstacle: Obstacle = blocks.obstacle,
    policies: str = "Bernoulli or fixed sets",
) -> Method:
    of_one, scope = method_of_one(quantity, engine_of_one), f"blocks x {policies}, {ALIKE}"

    def run(work: Workspace) -> Enclosure:
        return combine([(of_one.measure(one), count) for one, count in blocks.parts(work)])

    return Method(
        quantity,
        "blocks",
        "rounding",
        obstacle,
        blocks.cost,
        run,
        narrowed(scope, FINISHED) if obstacle is _finished else scope,
        "each sort of block of length b: (2V+1)^b min(N, b)",
        of_one.relies_on,
    )


def of_independent_blocks(of_one: Method) -> Method:
    """The quantities that add over blocks whose reveal times are independent: under Bernoulli policies."""
    return Method(
        of_one.quantity,
        "blocks",
        "rounding",
        _bernoulli,
        blocks.cost,
        lambda work: added([(of_one.measure(one), count) for one, count in blocks.parts(work)]),
        f"blocks x Bernoulli, {ALIKE}",
        "each sort of block of length b: (2V+1)^b min(N, b)",
    )


def _finished(instance: Instance) -> str | None:
    return blocks.obstacle(instance) or unfinished(instance)


def _needing_all(quantity: str) -> Obstacle:
    """Averages over p need complete sequences."""
    incomplete = ("reverse_kl", "hellinger", "generative_nll")
    return _finished if quantity in incomplete else blocks.obstacle


def _language_method(
    quantity: str, combine: Callable[[Parts], Enclosure], relies_on: frozenset[str] = frozenset()
) -> Method:
    """The quantities in which neither the policy nor the denoiser has a part."""
    of_one = method_of_one(quantity)

    def run(work: Workspace) -> Enclosure:
        return combine([(of_one.measure(blocks.language_block(work)), blocks.block_count(work.instance))])

    return Method(
        quantity,
        "blocks",
        "rounding",
        blocks.language_obstacle,
        blocks.language_cost,
        run,
        "blocks x any policy",
        "one block of length b: b (V+1)^b",
        relies_on,
    )


def _log_ter_language() -> Method:
    """``H / L``."""
    entropy = _language_method("entropy", added)
    return replace(
        entropy,
        quantity="log_ter_language",
        run=lambda work: divided(entropy.run(work), work.instance.length),
    )


def _eps_learning() -> Method:
    """Every block meets the same contexts."""
    of_one = method_of_one("eps_learning")
    return Method(
        "eps_learning",
        "blocks",
        "rounding",
        blocks.denoiser_obstacle,
        blocks.prediction_cost,
        lambda work: of_one.measure(blocks.predicted_block(work)),
        f"blocks x any policy, {ALIKE}",
        "one block of length b: b (V+1)^b",
    )


METHODS = (
    *(_language_method(name, added, AREA if name == "profile_area" else frozenset()) for name in OF_LANGUAGE),
    _language_method("curve_midpoint_excess", _signed_sum),
    _log_ter_language(),
    _eps_learning(),
    *(_method(name, added, obstacle=_needing_all(name)) for name in ADDED),
    *(_method(name, per_token, obstacle=_needing_all(name)) for name in PER_TOKEN),
    _method("ser", _failure),
    _method("hellinger", _hellinger, obstacle=_finished),
    _method("path_kl", added, "profile", _bernoulli, "Bernoulli"),
    _method("path_kl", added, "tabular", _fixed_sets, "fixed sets"),
    _method("curve_left_riemann_sum", added, "tabular", _bernoulli, "Bernoulli"),
)
