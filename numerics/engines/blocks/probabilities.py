"""The factor that one block of given step sizes contributes to all of them under fixed sizes.

Three probabilities of a block, each on the compositions c of its length b: of coming out right, of going wrong, and
``E exp(-D_tau)`` over the reveal times tau of sizes c, with ``D_tau = D(q_b || p_tau)``. The products of the first
over all blocks average to ``1 - SER``, those of the last to the ``E exp(-D_tau)`` of `log_mean_path_kl`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from ...instances import Instance
from ...numbers.enclosure import UNIT_ROUNDOFF
from .. import tabular
from ..workspace import Cost, Workspace
from .counts import Composition, compositions
from .engine import block_length, block_of_sizes, predicted_block, prediction_cost, sized_cost

__all__ = ["BlockProbabilities", "probabilities_cost", "correct_probabilities", "likelihood_ratios"]


@dataclass(frozen=True)
class BlockProbabilities:
    """By the sizes of the steps that reveal a block.

    Parameters
    ----------
    right, wrong : dict
        Probability of a possible block, and of an impossible one; each without subtraction.
    depth : float
        Roundings in either.
    """

    right: dict[Composition, float]
    wrong: dict[Composition, float]
    depth: float


def probabilities_cost(instance: Instance) -> Cost:
    """A table for each of ``2^(b-1)`` compositions, and a pass over the subsets for each."""
    b = block_length(instance)
    table, lattice = sized_cost(instance, (b,)), prediction_cost(instance)
    many = 2.0 ** min(b - 1, 1000)
    return Cost(
        many * (table.operations + 1e6 + 1e3 * 3.0 ** min(b, 600)) + lattice.operations, table.bytes + lattice.bytes
    )


def correct_probabilities(work: Workspace) -> BlockProbabilities:
    """Of one block under each composition of its length."""
    return work.once(_correct_probabilities)


def _correct_probabilities(work: Workspace) -> BlockProbabilities:
    right, wrong, depth = {}, {}, 0
    for sizes in compositions(block_length(work.instance)):
        law = tabular.law(block_of_sizes(work, sizes))
        right[sizes] = min(math.fsum(law.p[law.support]), 1.0)
        wrong[sizes] = math.fsum(law.p[~law.support])
        depth = max(depth, law.p_depth + 1)
    return BlockProbabilities(right, wrong, depth)


def likelihood_ratios(work: Workspace) -> tuple[dict[Composition, float], float]:
    """``E exp(-D_tau)`` of one block under each composition of its length, and its roundings.

    ``D_tau = sum_i (H(X_i|X_R) + learning error of i after R) - H(X)``, R what is revealed before i; the average over
    ordered set partitions is one pass over the subsets for each composition. Infinite costs give ratios of zero.
    """
    return work.once(_likelihood_ratios)


def _likelihood_ratios(work: Workspace) -> tuple[dict[Composition, float], float]:
    one = predicted_block(work)
    costs, (H, H_error) = tabular.conditional_costs(one), tabular.entropies(one)
    b = block_length(work.instance)
    cells = costs.entropy + costs.divergence
    means: dict[Composition, np.ndarray] = {(): np.array([1.0] + [0.0] * (2**b - 1))}
    found = {}
    for sizes in _prefixes(b):
        before, j = means[sizes[:-1]], sizes[-1]
        after = np.zeros(2**b)
        for R in np.flatnonzero(before):
            masked = [i for i in range(b) if not R >> (b - 1 - i) & 1]
            for chosen in combinations(masked, j):
                reached = R | sum(1 << (b - 1 - i) for i in chosen)
                weight = before[R] / math.comb(len(masked), j)
                after[reached] += weight * math.exp(-math.fsum(cells[R, list(chosen)]))
        if sum(sizes) == b:
            found[sizes] = math.exp(H[-1]) * float(after[-1])
        else:
            means[sizes] = after
    largest = float(cells[np.isfinite(cells)].max(initial=0.0))
    of_exponent = b * (costs.entropy_error + costs.divergence_error + 3 * UNIT_ROUNDOFF * largest) + H_error
    # b exponentials (4 ulps), weights and products; 2^b terms in a sum at every step; the exponent's error.
    return found, 8 * b + b * 2**b + 8 + 2 * of_exponent / UNIT_ROUNDOFF


def _prefixes(b: int) -> list[Composition]:
    """Compositions of 1..b, shorter totals first."""
    return [sizes for total in range(1, b + 1) for sizes in compositions(total)]
