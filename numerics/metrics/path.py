"""``PATH_KL`` (definitions.md#quantities): from the definition, and through the information profile
(bernoulli/riemann-error, fixed-size/riemann-error).

Given the reveal times, ``log p_tau(x)`` is a sum of conditionals, so the expectation over ``tau`` needs only the
law of the set R of positions that are revealed before position i.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from ..engines import tabular
from ..engines.needs import BERNOULLI, EXACT_DENOISER, EXCHANGEABLE, GIVEN_TIMES, Need, scope_of
from ..engines.workspace import Cost, Workspace
from ..numbers.enclosure import RAISED, UNIT_ROUNDOFF, Enclosure
from ..policies import ExchangeableTimes, GivenTimes
from .information import Profile, by_size, profile, tabular_method
from .method import Method

__all__ = ["METHODS", "SIZES", "learning_profile", "path_kl_by_definition"]


SIZES = Need(
    "fixed-size or mixture of sizes",
    "it belongs to random sets of given sizes",
    lambda instance: instance.policy.exchangeable and instance.policy.step_law is None,
    "policy",
)


def _expected(work: Workspace, cells: NDArray[np.float64], cell_error: float) -> tuple[float, float]:
    """``sum_i E cells[R_i, i]`` with its absolute error; infinite cells of positive probability make it infinite."""
    probability, error = GivenTimes.of(work.instance.policy).before(work.instance.length)
    used = probability > 0
    terms = probability[used] * cells[used]
    value = math.fsum(terms)
    if math.isinf(value):
        return math.inf, 0.0
    return value, (work.instance.length * cell_error + value * (error + 3 * UNIT_ROUNDOFF)) * RAISED


def _learning_term(work: Workspace) -> tuple[float, float]:
    costs = tabular.conditional_costs(work)
    return _expected(work, costs.divergence, costs.divergence_error)


def path_kl_by_definition(work: Workspace) -> Enclosure:
    costs = tabular.conditional_costs(work)
    surprise, error = _expected(work, costs.entropy, costs.entropy_error)
    learning, learning_error = _learning_term(work)
    H, H_error = tabular.entropies(work)
    if math.isinf(learning):
        return Enclosure.around(math.inf, 0.0)
    value = math.fsum([surprise, learning, -H[-1]])
    return Enclosure.around(value, error + learning_error + H_error + UNIT_ROUNDOFF * abs(value), least=0.0)


def learning_profile(work: Workspace) -> Profile:
    """The learning error by the number of positions revealed."""
    return work.once_for_policies(_learning_profile)


def _learning_profile(work: Workspace) -> Profile:
    costs = tabular.conditional_costs(work)
    return Profile(by_size(costs.divergence), costs.divergence_error * work.instance.length)


def _left_sum(work: Workspace, values: Profile) -> tuple[float, float]:
    """``sum_k w_k Z(a_{k-1})`` or ``(1/L) sum_k s_k z(S_{k-1})``."""
    weights, error = ExchangeableTimes.of(work.instance.policy).sizes_before(work.instance.length)
    used = weights > 0
    return Profile(values.values[used], values.error).weighted(weights[used], error)


def _path_kl_by_profile(work: Workspace) -> Enclosure:
    """``(1/L) sum over jumps r -> r+s of sum_{t<s} (z(r) - z(r+t))`` (fixed-size/riemann-error,
    bernoulli/mixture-of-sizes-path-kl), and the learning term.

    No term is negative, so a small PATH_KL comes out with a small error.
    """
    L = work.instance.length
    z = profile(work)
    jumps, error = ExchangeableTimes.of(work.instance.policy).jumps(work.instance.length)
    terms, errors = [], []
    for r, s in np.argwhere(jumps[:, 2:] > 0):
        share = float(jumps[r, s + 2]) / L
        drops = np.maximum(z.values[r] - z.values[r + 1 : r + s + 2], 0.0)
        terms.append(share * math.fsum(drops))
        errors.append(share * 2 * len(drops) * z.error)
    exact = work.instance.exact_denoiser
    learning, learning_error = (0.0, 0.0) if exact else _left_sum(work, learning_profile(work))
    if math.isinf(learning):
        return Enclosure.around(math.inf, 0.0)
    value = math.fsum([*terms, learning])
    moved = math.fsum(errors) + (error + 6 * UNIT_ROUNDOFF) * value
    return Enclosure.around(value, (moved + learning_error) * RAISED, least=0.0)


def _profile_left_sum(work: Workspace) -> Enclosure:
    value, error = _left_sum(work, profile(work))
    return Enclosure.around(value, error, least=0.0)


def _eps_learning(work: Workspace) -> Enclosure:
    costs = tabular.conditional_costs(work)
    return Enclosure.around(costs.worst, costs.row_error, least=0.0)


def _learning(work: Workspace) -> Enclosure:
    return Enclosure.around(*_learning_term(work), least=0.0)


def _mean_learning_error(work: Workspace) -> Enclosure:
    value, error = _learning_term(work)
    L = work.instance.length
    return Enclosure.around(value / L, error / L + UNIT_ROUNDOFF * value if math.isfinite(value) else 0.0, least=0.0)


def _nothing_to_learn(quantity: str) -> Method:
    """The exact denoiser's error is 0 at any length."""
    return Method(
        quantity,
        "denoiser",
        "exact",
        EXACT_DENOISER,
        lambda instance: Cost(1, 0),
        lambda work: Enclosure.exactly(0),
        scope_of(EXACT_DENOISER),
        "1",
    )


METHODS = (
    *map(_nothing_to_learn, ("learning_term", "eps_learning", "mean_learning_error")),
    tabular_method("path_kl", path_kl_by_definition, policies=GIVEN_TIMES),
    Method(
        "path_kl",
        "profile",
        "rounding",
        EXCHANGEABLE,
        tabular.lattice_cost,
        _path_kl_by_profile,
        scope_of(EXCHANGEABLE),
        "L (V+1)^L",
        frozenset({"bernoulli/riemann-error", "fixed-size/riemann-error", "learning-error/worst-case"}),
    ),
    tabular_method("curve_left_riemann_sum", _profile_left_sum, policies=BERNOULLI),
    tabular_method("profile_left_sum", _profile_left_sum, policies=SIZES),
    tabular_method("learning_term", _learning, policies=GIVEN_TIMES),
    tabular_method("eps_learning", _eps_learning),
    tabular_method("mean_learning_error", _mean_learning_error, policies=GIVEN_TIMES),
)
