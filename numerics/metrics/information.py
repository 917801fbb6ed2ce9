"""Entropies, correlations, and the information profile and curve (definitions.md#information-profile-and-curve)."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..engines import tabular
from ..engines.needs import ANY_POLICY, Need, scope_of
from ..engines.workspace import Workspace
from ..numbers.enclosure import RAISED, UNIT_ROUNDOFF, Enclosure, gamma
from ..policies.bernoulli import binomial_law
from .method import Method

__all__ = ["METHODS", "Profile", "curve_at", "profile", "tabular_method"]


@dataclass(frozen=True)
class Profile:
    """A function of how many other positions are revealed, ``j = 0..L-1``, with one absolute error for all.

    ``values[j]`` sums over positions i the average, over the sets R of j others, of a non-negative quantity: the
    conditional entropy (``z``), or the learning error.
    """

    values: NDArray[np.float64]
    error: float

    def mean(self) -> tuple[float, float]:
        """``(1/L) sum_j`` of it, which is the integral of its curve (area-theorem/defect)."""
        L = len(self.values)
        return math.fsum(self.values) / L, self.error + 2 * UNIT_ROUNDOFF * math.fsum(self.values) / L

    def weighted(self, weights: NDArray[np.float64], weight_error: float) -> tuple[float, float]:
        """``sum_j weights[j] values[j]`` for weights that sum to 1, of relative error ``weight_error``."""
        value = math.fsum(weights * self.values)
        return value, (self.error + value * (weight_error + 3 * UNIT_ROUNDOFF)) * RAISED


def curve_at(values: Profile, reveal: float, hide: float, argument_error: float = 0.0) -> tuple[float, float]:
    """``Z(a)`` with its absolute error; ``argument_error`` is the relative error of a and of 1-a."""
    L = len(values.values)
    return values.weighted(binomial_law(reveal, hide, L - 1), gamma(8 * L) + 2 * L * argument_error)


def profile(work: Workspace) -> Profile:
    """``z(0..L-1)`` from conditional entropies, each a sum of non-negative terms."""
    return work.once_for_policies(_profile)


def _profile(work: Workspace) -> Profile:
    costs = tabular.conditional_costs(work)
    return Profile(by_size(costs.entropy), costs.entropy_error * work.instance.length)


def by_size(cells: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sum over positions i of the average of ``cells[R, i]`` over the sets R of each size that miss i."""
    subsets, L = cells.shape
    sizes = np.array([int(pattern).bit_count() for pattern in range(subsets)])
    sums = [math.fsum(cells[sizes == j].reshape(-1)) for j in range(L)]
    return np.array([total / math.comb(L - 1, j) for j, total in enumerate(sums)])


def _entropy(work: Workspace) -> Enclosure:
    H, error = tabular.entropies(work)
    return Enclosure.around(H[-1], error, least=0.0)


def _total_correlation(work: Workspace) -> Enclosure:
    H, error = tabular.entropies(work)
    L = work.instance.length
    value = math.fsum([*(H[1 << i] for i in range(L)), -H[-1]])
    return Enclosure.around(value, (L + 1) * error + abs(value) * UNIT_ROUNDOFF, least=0.0)


def _dual_total_correlation(work: Workspace) -> Enclosure:
    """``H(X) - sum_i (H(X) - H(X_-i))``."""
    H, error = tabular.entropies(work)
    L, full = work.instance.length, len(H) - 1
    value = math.fsum([*(H[full ^ (1 << i)] for i in range(L)), *[-H[full]] * (L - 1)])
    return Enclosure.around(value, (2 * L - 1) * error + abs(value) * UNIT_ROUNDOFF, least=0.0)


def _area_defect(work: Workspace) -> Enclosure:
    """``|integral Z - H(X)|``: conditional entropies against the entropy of the table (area-theorem/defect)."""
    area, error = profile(work).mean()
    H, H_error = tabular.entropies(work)
    return Enclosure.around(abs(area - H[-1]), error + H_error, least=0.0)


def _profile_max_increase(work: Workspace) -> Enclosure:
    z = profile(work)
    if len(z.values) == 1:
        return Enclosure(0.0, 0.0, 0.0, "exact")
    return Enclosure.around(float(np.diff(z.values).max()), 2 * z.error + UNIT_ROUNDOFF * z.values[0])


def _midpoint_excess(work: Workspace) -> Enclosure:
    """``Z(1/2) - (Z(0) + Z(1)) / 2``, positive where Z is not convex."""
    z = profile(work)
    middle, error = curve_at(z, 0.5, 0.5)
    ends = (z.values[0] + z.values[-1]) / 2
    return Enclosure.around(middle - ends, error + z.error + 2 * UNIT_ROUNDOFF * z.values[0])


def _of_profile(pick: Callable[[Profile], tuple[float, float]]) -> Callable[[Workspace], Enclosure]:
    def run(work: Workspace) -> Enclosure:
        value, error = pick(profile(work))
        return Enclosure.around(value, error, least=0.0)

    return run


def tabular_method(
    quantity: str,
    run: Callable[[Workspace], Enclosure],
    price: str = "L (V+1)^L",
    policies: Need = ANY_POLICY,
) -> Method:
    """A method on the marginal lattice that does not need the output law."""
    return Method(
        quantity,
        "tabular",
        "rounding",
        policies,
        tabular.lattice_cost,
        run,
        scope_of(policies),
        price,
    )


METHODS = (
    tabular_method("entropy", _entropy),
    tabular_method("total_correlation", _total_correlation),
    tabular_method("dual_total_correlation", _dual_total_correlation),
    tabular_method("profile_start", _of_profile(lambda z: (z.values[0], z.error))),
    tabular_method("profile_end", _of_profile(lambda z: (z.values[-1], z.error))),
    tabular_method("profile_area", _of_profile(Profile.mean)),
    tabular_method("curve_area", _of_profile(Profile.mean)),
    tabular_method("area_defect", _area_defect),
    tabular_method("profile_max_increase", _profile_max_increase),
    tabular_method("curve_midpoint_excess", _midpoint_excess),
)
