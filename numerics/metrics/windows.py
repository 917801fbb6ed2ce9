"""Hidden Markov models and n-grams at any length: enclosures by windows, and what they bound.

The values are those of :mod:`maskbound.numerics.engines.windows.information`, where they are derived; it differentiates
the entropy of an erased sequence (area-theorem/defect) and so relies on the identities named here.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

from ..engines import coarse_graining, windows
from ..engines.needs import BERNOULLI, COUNTED, FIXED_SIZE, Need, all_of
from ..engines.workspace import Cost, Workspace
from ..instances import Instance
from ..numbers.enclosure import UNIT_ROUNDOFF, Enclosure, Kind
from .chains import BY_CURVE
from .method import Method, Obstacle

__all__ = ["METHODS"]


def _per_token(whole: Enclosure, length: int) -> Enclosure:
    lo = math.nextafter(whole.lo / length, 0.0)
    hi = math.nextafter(whole.hi / length, math.inf)
    return replace(whole, value=min(max(whole.value / length, lo), hi), lo=lo, hi=hi)


def _log_ter_language(work: Workspace) -> Enclosure:
    return _per_token(windows.entropy(work), work.instance.length)


def _sampled_kl(work: Workspace) -> Enclosure:
    """From what a yes-or-no question tells of q and p, to PATH_KL."""
    path = windows.path_kl(work)
    below, note = coarse_graining.kl_from_below(work.instance, work.request)
    lo = min(below, path.hi)
    confidence = work.request.confidence
    return Enclosure.between(lo, path.hi, "statistical", confidence=confidence, note=f"{note}, to PATH_KL")


def _sampled_log_ter(work: Workspace) -> Enclosure:
    """``(H + KL) / L``."""
    return _per_token(_plus(windows.entropy(work), _sampled_kl(work)), work.instance.length)


def _plus(H: Enclosure, kl: Enclosure) -> Enclosure:
    spread = 2 * UNIT_ROUNDOFF * (H.hi + kl.hi)
    return replace(kl, value=H.value + kl.value, lo=max(H.lo + kl.lo - spread, 0.0), hi=H.hi + kl.hi + spread)


def _sampled_obstacle(instance: Instance) -> str | None:
    return windows.exact_obstacle(instance) or coarse_graining.obstacle(instance)


def _sampled_cost(instance: Instance) -> Cost:
    one, other = windows.path_cost(instance), coarse_graining.cost(instance)
    return Cost(one.operations + other.operations, max(one.bytes, other.bytes))


def _of_language(
    quantity: str, run: Callable[[Workspace], Enclosure], relies_on: frozenset[str] = frozenset()
) -> Method:
    return Method(
        quantity,
        "windows",
        "truncation",
        windows.obstacle,
        windows.cost,
        run,
        "hmm or n-gram x any policy",
        "n K V (V + 1), n windows",
        relies_on,
    )


def _of_policy(
    quantity: str,
    run: Callable[[Workspace], Enclosure],
    relies_on: frozenset[str] = BY_CURVE,
    kind: Kind = "truncation",
    obstacle: Obstacle = windows.exact_obstacle,
    cost: Callable[[Instance], Cost] = windows.path_cost,
    policies: Need = COUNTED,
) -> Method:
    return Method(
        quantity,
        "windows",
        kind,
        all_of(policies, obstacle),
        cost,
        run,
        f"hmm or n-gram x {policies.words}, exact denoiser",
        "n K V (V + 1) + N L, n windows",
        relies_on,
    )


METHODS = (
    _of_language("entropy", windows.entropy),
    _of_language("log_ter_language", _log_ter_language),
    _of_language("total_correlation", windows.total_correlation),
    _of_language("dual_total_correlation", windows.dual_total_correlation, BY_CURVE),
    _of_language("profile_start", lambda work: windows.curve_at(work, 0.0)),
    _of_language("profile_end", lambda work: windows.curve_at(work, 1.0), BY_CURVE),
    _of_language("curve_area", windows.entropy, BY_CURVE),
    _of_language("profile_area", windows.entropy, BY_CURVE),
    _of_policy("path_kl", windows.path_kl),
    _of_policy("path_kl", windows.sampled_path_kl, kind="statistical", cost=windows.sampled_cost),
    Method(
        "path_kl",
        "sampled",
        "statistical",
        windows.correlations_obstacle,
        windows.correlations_cost,
        windows.path_kl_of_steps,
        "hmm or n-gram x given reveal times, exact denoiser",
        "n (E + K V), n sequences; E transitions and K states that occur, over all positions",
    ),
    _of_policy("curve_left_riemann_sum", windows.left_sum, policies=BERNOULLI),
    _of_policy("profile_left_sum", windows.left_sum, policies=FIXED_SIZE),
    _of_policy(
        "kl", _sampled_kl, BY_CURVE | {"kl-path-kl/given-times"}, "statistical", _sampled_obstacle, _sampled_cost
    ),
    _of_policy(
        "log_ter",
        _sampled_log_ter,
        BY_CURVE | {"kl-path-kl/given-times"},
        "statistical",
        _sampled_obstacle,
        _sampled_cost,
    ),
)
