"""Between KL and PATH_KL (M6.10): ``-log E_tau exp(-D(q || p_tau))``, from costs of positions in sets alone.

``D(q || p_tau) = sum_i c(R_i, i) - H(X)``, ``c`` the cost of position i when R_i is revealed before it: the
conditional entropy and, for a denoiser that is not exact, its error. So ``E_tau exp(-D)`` is a sum over chains of sets,
and one pass over the pairs of a set and what is revealed next gives it for all steps: ``3^L`` pairs.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from ..enclosure import UNIT_ROUNDOFF, Enclosure, gamma
from ..engines import tabular
from ..engines.workspace import Cost, Workspace
from ..instances import Instance
from ..policies import Bernoulli, FixedSets, FixedSize
from ..reach import power
from . import products
from .method import Method

__all__ = ["METHODS"]

A_SET = 2e4
"""Operations that a set costs beside its pairs."""


def _soft_path_kl(work: Workspace) -> Enclosure:
    """Terms are positive; an error e of a cost moves a product of L by ``exp(L e)``."""
    instance = work.instance
    L, policy = instance.length, instance.policy
    costs = tabular.conditional_costs(work)
    H, H_error = tabular.entropies(work)
    kept = np.exp(-(costs.entropy + costs.divergence))
    if isinstance(policy, FixedSets):
        mean, depth = _of_sets(kept, policy, L), L
    elif isinstance(policy, FixedSize):
        mean, depth = _of_sizes(kept, policy, L), 2**L + 3 * L
    else:
        assert isinstance(policy, Bernoulli)
        mean, depth = _of_weights(kept, policy, L), 2**L + 12 * L + policy.steps * (L + 1)
    if mean == 0:
        return Enclosure.around(math.inf, 0.0)
    value = 0.0 - math.log(mean) - float(H[-1])
    moved = L * (costs.entropy_error + costs.divergence_error + 8 * UNIT_ROUNDOFF) + gamma(depth)
    rounded = 8 * UNIT_ROUNDOFF * (abs(math.log(mean)) + float(H[-1]))
    return Enclosure.around(value, (moved + rounded + H_error) * (1 + 1e-9), least=0.0)


def _products(kept: NDArray[np.float64], R: int, L: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Every set A outside R, and the product of ``kept[R, i]`` over i in A."""
    sets, chances = np.zeros(1, dtype=np.int64), np.ones(1)
    for i in range(L):
        bit = 1 << (L - 1 - i)
        if not R & bit:
            sets = np.concatenate([sets, sets | bit])
            chances = np.concatenate([chances, chances * kept[R, i]])
    return sets, chances


def _of_sets(kept: NDArray[np.float64], policy: FixedSets, L: int) -> float:
    found, R = 1.0, 0
    for chosen in policy.sets:
        found *= math.prod(kept[R, list(chosen)].tolist())
        R |= sum(1 << (L - 1 - i) for i in chosen)
    return found


def _of_sizes(kept: NDArray[np.float64], policy: FixedSize, L: int) -> float:
    """Sum over ordered partitions, divided by how many there are."""
    reached = {0: 1.0}
    for size in (size for size in policy.sizes if size):
        following: dict[int, float] = {}
        for R, weight in reached.items():
            sets, chances = _products(kept, R, L)
            sizes = np.array([int(A).bit_count() for A in sets])
            for A, chance in zip(sets[sizes == size].tolist(), chances[sizes == size].tolist(), strict=True):
                following[R | A] = following.get(R | A, 0.0) + weight * chance
        reached = following
    ways = math.factorial(L) // math.prod(math.factorial(size) for size in policy.sizes)
    return reached[(1 << L) - 1] / ways


def _of_weights(kept: NDArray[np.float64], policy: Bernoulli, L: int) -> float:
    """Arrival-time form (M8.2): a lane a step, sets in the order of their patterns, which is causal."""
    weights = policy.schedule.weights[policy.schedule.weights > 0]
    arrived = np.zeros((len(weights) + 1, 1 << L))
    arrived[0, 0] = 1.0
    powers = weights[:, None] ** np.arange(L + 1)
    for R in range((1 << L) - 1):
        before = np.cumsum(arrived[:, R])
        if before[-1] == 0:
            continue
        sets, chances = _products(kept, R, L)
        sizes = np.array([int(A).bit_count() for A in sets[1:]])
        arrived[1:, R | sets[1:]] += before[:-1, None] * powers[:, sizes] * chances[1:]
    return math.fsum(arrived[:, -1].tolist())


def _obstacle(instance: Instance) -> str | None:
    if isinstance(instance.policy, Bernoulli | FixedSize | FixedSets):
        return None
    return "the policy's reveal times depend on the tokens"


def _cost(instance: Instance) -> Cost:
    L, policy = instance.length, instance.policy
    lanes = policy.steps if isinstance(policy, Bernoulli) else 1
    lattice = tabular.lattice_cost(instance)
    chains = power(3, L) * (lanes + 30) + power(2, L) * A_SET
    return Cost(lattice.operations + chains, lattice.bytes + 8 * power(2, L) * (lanes + 4 * L))


_ALONE = Method(
    "soft_path_kl",
    "tabular",
    "rounding",
    _obstacle,
    _cost,
    _soft_path_kl,
    "any language x any policy of given reveal times",
    "L (V+1)^L + 3^L N",
)

METHODS = (_ALONE, products.of_independent_blocks(_ALONE))
