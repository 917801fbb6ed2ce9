"""``PATH_KL`` (M4): from the definition, and through the information profile (M5.4 to M5.6).

Given the reveal times, ``log p_tau(x)`` is a sum of conditionals, so the expectation over ``tau`` needs only the
law of the set R of positions that are revealed before position i.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from ..enclosure import UNIT_ROUNDOFF, Enclosure, gamma
from ..engines import tabular
from ..engines.workspace import Workspace
from ..instances import Instance
from ..policies import Bernoulli, FixedSets, FixedSize
from .information import Profile, by_size, curve_weights, profile, tabular_method
from .method import Method

__all__ = ["METHODS", "before_law", "size_law", "learning_profile"]


def size_law(instance: Instance) -> tuple[NDArray[np.float64], float]:
    """Law of how many positions are revealed before a given one: (L,) weights and their relative error (M5.6)."""
    L, policy = instance.length, instance.policy
    if isinstance(policy, FixedSize):
        weights = np.zeros(L)
        for size, revealed in zip(policy.sizes, policy.revealed()[:-1], strict=True):
            if size:
                weights[revealed] += size / L
        return weights, gamma(policy.steps + 1)
    if not isinstance(policy, Bernoulli):
        raise TypeError("the number revealed before a position has a law of its own for order-oblivious policies only")
    schedule = policy.schedule
    rows = [
        w * curve_weights(reveal, hide, L)
        for w, reveal, hide in zip(schedule.weights, schedule.revealed, schedule.tails, strict=False)
    ]
    # a and 1-a carry N + 2 roundings, to the power L-1; the row 8L, the product and the sum N more.
    return np.sum(rows, axis=0), gamma((L + 1) * (schedule.steps + 4) + 8 * L)


def before_law(instance: Instance) -> tuple[NDArray[np.float64], float]:
    """``P(R is what is revealed before i)`` as a (2^L, L) array, and its relative error."""
    L, policy = instance.length, instance.policy
    chance = np.zeros((1 << L, L))
    if isinstance(policy, FixedSets):
        revealed = 0
        for chosen in policy.sets:
            chance[revealed, list(chosen)] = 1.0
            revealed |= sum(1 << (L - 1 - i) for i in chosen)
        return chance, 0.0
    weights, error = size_law(instance)
    sizes = np.array([pattern.bit_count() for pattern in range(1 << L)])
    per_set = np.append(weights / [math.comb(L - 1, j) for j in range(L)], 0.0)
    misses = (np.arange(1 << L)[:, None] >> np.arange(L - 1, -1, -1) & 1) == 0
    return np.where(misses, per_set[sizes][:, None], 0.0), error + 2 * UNIT_ROUNDOFF


def _expected(work: Workspace, cells: NDArray[np.float64], cell_error: float) -> tuple[float, float]:
    """``sum_i E cells[R_i, i]`` with its absolute error; infinite cells of positive chance make it infinite."""
    chance, error = before_law(work.instance)
    used = chance > 0
    terms = chance[used] * cells[used]
    value = math.fsum(terms)
    if math.isinf(value):
        return math.inf, 0.0
    return value, (work.instance.length * cell_error + value * (error + 3 * UNIT_ROUNDOFF)) * (1 + 1e-9)


def _learning_term(work: Workspace) -> tuple[float, float]:
    costs = tabular.conditional_costs(work)
    return _expected(work, costs.divergence, costs.divergence_error)


def _path_kl(work: Workspace) -> Enclosure:
    costs = tabular.conditional_costs(work)
    surprise, error = _expected(work, costs.entropy, costs.entropy_error)
    learning, learning_error = _learning_term(work)
    H, H_error = tabular.entropies(work)
    if math.isinf(learning):
        return Enclosure.around(math.inf, 0.0)
    value = math.fsum([surprise, learning, -H[-1]])
    return Enclosure.around(value, error + learning_error + H_error + UNIT_ROUNDOFF * abs(value), least=0.0)


def learning_profile(work: Workspace) -> Profile:
    """The learning error of M5.6 by the number of positions revealed."""
    return work.once(_learning_profile)


def _learning_profile(work: Workspace) -> Profile:
    costs = tabular.conditional_costs(work)
    return Profile(by_size(costs.divergence), costs.divergence_error * work.instance.length)


def _left_sum(work: Workspace, values: Profile) -> tuple[float, float]:
    """``sum_k w_k Z(a_{k-1})`` or ``(1/L) sum_k s_k z(S_{k-1})``."""
    weights, error = size_law(work.instance)
    used = weights > 0
    return Profile(values.values[used], values.error).weighted(weights[used], error)


def _path_kl_by_profile(work: Workspace) -> Enclosure:
    z = profile(work)
    left, left_error = _left_sum(work, z)
    area, area_error = z.mean()
    learning, learning_error = _left_sum(work, learning_profile(work))
    if math.isinf(learning):
        return Enclosure.around(math.inf, 0.0)
    value = math.fsum([left, learning, -area])
    return Enclosure.around(value, left_error + area_error + learning_error + UNIT_ROUNDOFF * abs(value), least=0.0)


def _profile_left_sum(work: Workspace) -> Enclosure:
    value, error = _left_sum(work, profile(work))
    return Enclosure.around(value, error, least=0.0)


def _no_reveal_times(instance: Instance) -> str | None:
    if isinstance(instance.policy, Bernoulli | FixedSize | FixedSets):
        return tabular.lattice_obstacle(instance)
    return "the policy's reveal times depend on the tokens"


def _not_oblivious(instance: Instance) -> str | None:
    if isinstance(instance.policy, Bernoulli | FixedSize):
        return tabular.lattice_obstacle(instance)
    return "the profile is for policies that do not favour any position"


def _only(kind: type) -> object:
    def obstacle(instance: Instance) -> str | None:
        if isinstance(instance.policy, kind):
            return tabular.lattice_obstacle(instance)
        return f"it belongs to {'Bernoulli' if kind is Bernoulli else 'fixed-size'} policies"

    return obstacle


def _eps_learning(work: Workspace) -> Enclosure:
    costs = tabular.conditional_costs(work)
    return Enclosure.around(costs.worst, costs.row_error, least=0.0)


def _learning(work: Workspace) -> Enclosure:
    return Enclosure.around(*_learning_term(work), least=0.0)


def _eps_learning_mean(work: Workspace) -> Enclosure:
    value, error = _learning_term(work)
    L = work.instance.length
    return Enclosure.around(value / L, error / L + UNIT_ROUNDOFF * value if math.isfinite(value) else 0.0, least=0.0)


METHODS = (
    tabular_method("path_kl", _path_kl, obstacle=_no_reveal_times),
    Method(
        "path_kl",
        "profile",
        "rounding",
        _not_oblivious,
        tabular.lattice_cost,
        _path_kl_by_profile,
        "any language x Bernoulli or fixed-size",
        "L (V+1)^L",
        frozenset({"M5.4", "M5.5", "M5.6"}),
    ),
    tabular_method("curve_left_sum", _profile_left_sum, obstacle=_only(Bernoulli)),
    tabular_method("profile_left_sum", _profile_left_sum, obstacle=_only(FixedSize)),
    tabular_method("learning_term", _learning, obstacle=_no_reveal_times),
    tabular_method("eps_learning", _eps_learning),
    tabular_method("eps_learning_mean", _eps_learning_mean, obstacle=_no_reveal_times),
)
