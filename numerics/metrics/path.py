"""``PATH_KL`` (definitions.md#quantities): from the definition, and through the information profile
(bernoulli/riemann-error, fixed-size/riemann-error).

Given the reveal times, ``log p_tau(x)`` is a sum of conditionals, so the expectation over ``tau`` needs only the
law of the set R of positions that are revealed before position i.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from ..enclosure import UNIT_ROUNDOFF, Enclosure, gamma
from ..engines import tabular
from ..engines.workspace import Cost, Workspace
from ..instances import Instance
from ..policies import Bernoulli, FixedSets, FixedSize, Policy
from .information import Profile, by_size, curve_weights, profile, tabular_method
from .method import Method, Obstacle

__all__ = ["METHODS", "before_law", "learning_profile", "path_kl_by_definition", "size_law"]


def size_law(instance: Instance) -> tuple[NDArray[np.float64], float]:
    """Law of how many positions are revealed before a given one: (L,) weights and their relative error
    (learning-error/worst-case).
    """
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
    rows = curve_weights(schedule.revealed[:-1, None], schedule.tails[:-1, None], L) * schedule.weights[:, None]
    # w, a and 1-a are correctly rounded parameters; columns are summed exactly.
    return np.array([math.fsum(column.tolist()) for column in rows.T]), gamma(10 * L + 6)


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
    weights, error = size_law(work.instance)
    used = weights > 0
    return Profile(values.values[used], values.error).weighted(weights[used], error)


def step_law(instance: Instance) -> tuple[NDArray[np.float64], float]:
    """Expected number of steps from r to r+s revealed tokens, s >= 2: (L+1, L+1), and its relative error."""
    L, policy = instance.length, instance.policy
    jumps = np.zeros((L + 1, L + 1))
    if isinstance(policy, FixedSize):
        for size, revealed in zip(policy.sizes, policy.revealed()[:-1], strict=True):
            jumps[revealed, size] += size >= 2
        return jumps, 0.0
    assert isinstance(policy, Bernoulli)
    schedule = policy.schedule
    before, after = schedule.revealed[:-1], schedule.tails[1:]
    for r in range(L):
        for s in range(2, L - r + 1):
            ways = math.comb(L, r) * math.comb(L - r, s)
            terms = before**r * schedule.weights**s * after ** (L - r - s)
            jumps[r, s] = ways * math.fsum(terms.tolist())
    return jumps, gamma(10 * L + 6)


def _path_kl_by_profile(work: Workspace) -> Enclosure:
    """``(1/L) sum over jumps r -> r+s of sum_{t<s} (z(r) - z(r+t))`` (fixed-size/riemann-error,
    bernoulli/mixture-of-sizes-path-kl), and the learning term.

    No term is negative, so a small PATH_KL comes out with a small error.
    """
    L = work.instance.length
    z = profile(work)
    jumps, error = step_law(work.instance)
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
    return Enclosure.around(value, (moved + learning_error) * (1 + 1e-9), least=0.0)


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


def _only(kind: type[Policy]) -> Obstacle:
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


def _mean_learning_error(work: Workspace) -> Enclosure:
    value, error = _learning_term(work)
    L = work.instance.length
    return Enclosure.around(value / L, error / L + UNIT_ROUNDOFF * value if math.isfinite(value) else 0.0, least=0.0)


def _is_exact(instance: Instance) -> str | None:
    return None if instance.exact_denoiser else "the denoiser is not exact"


def _nothing_to_learn(quantity: str) -> Method:
    """The exact denoiser's error is 0 at any length."""
    return Method(
        quantity,
        "denoiser",
        "exact",
        _is_exact,
        lambda instance: Cost(1, 0),
        lambda work: Enclosure.exactly(0),
        "any language x any policy, exact denoiser",
        "1",
    )


METHODS = (
    *map(_nothing_to_learn, ("learning_term", "eps_learning", "mean_learning_error")),
    tabular_method("path_kl", path_kl_by_definition, obstacle=_no_reveal_times, policies="given reveal times"),
    Method(
        "path_kl",
        "profile",
        "rounding",
        _not_oblivious,
        tabular.lattice_cost,
        _path_kl_by_profile,
        "any language x Bernoulli or fixed-size",
        "L (V+1)^L",
        frozenset({"bernoulli/riemann-error", "fixed-size/riemann-error", "learning-error/worst-case"}),
    ),
    tabular_method("curve_left_riemann_sum", _profile_left_sum, obstacle=_only(Bernoulli), policies="Bernoulli"),
    tabular_method("profile_left_sum", _profile_left_sum, obstacle=_only(FixedSize), policies="fixed-size"),
    tabular_method("learning_term", _learning, obstacle=_no_reveal_times, policies="given reveal times"),
    tabular_method("eps_learning", _eps_learning),
    tabular_method(
        "mean_learning_error", _mean_learning_error, obstacle=_no_reveal_times, policies="given reveal times"
    ),
)
