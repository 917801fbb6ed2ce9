"""Everything about an instance that fits a table, from the lattice of its partial sequences.

The marginal lattice ``m[y] = q(x_R)`` gives every exact conditional as a ratio; other denoisers bring a lattice of
their own. One pass over the pairs of partial sequences gives the output law, one over the lattice all entropies.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from .._kernels import entropies as entropy_kernels
from .._kernels import lanes as lane_kernels
from .._kernels import lattice as lattice_kernels
from ..errors import BeyondReach
from ..instances import Instance
from ..numbers.enclosure import RAISED, SAFE, UNIT_ROUNDOFF, gamma
from ..numbers.lattice import lattice_rows, lattice_size
from ..numbers.limits import power
from ..policies import Bernoulli, GivenTimes, Schedule
from .law import Law
from .needs import GIVEN_TIMES
from .ranges import least_conditionals, require_range
from .workspace import Cost, Workspace

__all__ = [
    "ConditionalCosts",
    "conditional_costs",
    "cost",
    "entropies",
    "exact_ratio_depth",
    "lattice_cost",
    "law",
    "obstacle",
]

ROWS_AT_ONCE = 1 << 15
SMALLEST_PROBABILITY = 1e-280
"""A table with smaller positive entries is refused: products of them would leave the normal range of float64."""


def lattice_cost(instance: Instance) -> Cost:
    """One pass over the lattice, and L arrays for a denoiser that is not exact."""
    V, L = instance.vocab, instance.length
    size = power(V + 1, L)
    arrays = 2 + (0 if _from_marginals(instance) else L)
    prepared = 0 if _from_marginals(instance) else 30 * L * V
    return Cost(size * (10 * L + prepared), 8 * size * arrays + 16 * L * power(2, L))


def obstacle(instance: Instance) -> str | None:
    """None for reveal times that a compiled pass over the pairs is written for."""
    policy = instance.policy
    if not policy.counted and policy.sets is None:
        return GIVEN_TIMES(instance) or "the policy is neither Bernoulli, nor of fixed sizes or sets"
    return None


def cost(instance: Instance) -> Cost:
    """One pass over the pairs, all steps in lanes."""
    V, L, policy = instance.vocab, instance.length, instance.policy
    base = lattice_cost(instance)
    if policy.step_law is None:
        passes = max(len(policy.size_law), 1)
        return Cost(base.operations + passes * power(2 * V + 1, L), base.bytes + 8 * power(V + 1, L))
    uniform = _uniform(policy.step_law)
    # Lanes of a row come in fours; with uniform steps a row has as many as masks, or one.
    lanes = min(policy.steps, 1 + L / (2 * V + 1)) if uniform else policy.steps
    in_memory = min(policy.steps, 1 + L / (V + 1)) if uniform else min(policy.steps, LANES_AT_ONCE)
    return Cost(
        base.operations + power(2 * V + 1, L) * (lanes + 3) / 4, base.bytes + 8 * (in_memory + 4) * power(V + 1, L)
    )


LANES_AT_ONCE = 16


def _uniform(steps: Schedule) -> bool:
    return bool(steps.weights.min() == steps.weights.max())


def _from_marginals(instance: Instance) -> bool:
    """Whether the marginal lattice alone gives the sampler's conditionals."""
    return instance.exact_denoiser and instance.off_support_scope != "local"


def lattice_depth(instance: Instance) -> int:
    """Roundings in an entry of the marginal lattice."""
    return instance.language.depth + instance.length * (instance.vocab - 1)


def exact_ratio_depth(instance: Instance) -> int:
    """Roundings in an exact conditional, a ratio of two entries."""
    return 2 * lattice_depth(instance) + 1


def conditional_depth(instance: Instance) -> int:
    return max(instance.denoiser.depth(instance.vocab, exact_ratio_depth(instance)), exact_ratio_depth(instance))


def marginal_lattice(work: Workspace) -> NDArray[np.float64]:
    """``m[y]`` for every partial sequence, shape ((V+1)^L,)."""
    return work.once_for_policies(_marginal_lattice)


def table(work: Workspace) -> NDArray[np.float64]:
    """q as a table of ``V^L``, refused where its entries would underflow in products."""
    return work.once_for_policies(_table)


def _table(work: Workspace) -> NDArray[np.float64]:
    q = work.instance.language.table()
    smallest = q[support(work)].min()
    if smallest < SMALLEST_PROBABILITY:
        raise BeyondReach(
            f"{work.instance.name} has sequences of probability {smallest:.3g}; below {SMALLEST_PROBABILITY:.0e} "
            "float64 products underflow"
        )
    return q


def support(work: Workspace) -> NDArray[np.bool_]:
    """True for the possible sequences, shape (V^L,)."""
    return work.once_for_policies(_support)


def _support(work: Workspace) -> NDArray[np.bool_]:
    return work.instance.language.support_table()


def _marginal_lattice(work: Workspace) -> NDArray[np.float64]:
    return lattice_kernels.marginal_lattice(table(work), work.instance.vocab, work.instance.length)


def conditional_lattice(work: Workspace) -> NDArray[np.float64] | None:
    """``D[i, y']``, the sampler's probability of the token that y' has at i given the rest; None where m suffices."""
    return work.once_for_policies(_conditional_lattice)


def _conditional_lattice(work: Workspace) -> NDArray[np.float64] | None:
    instance = work.instance
    if _from_marginals(instance):
        return None
    V, L = instance.vocab, instance.length
    m = marginal_lattice(work)
    strides = (V + 1) ** np.arange(L - 1, -1, -1)
    tokens = np.arange(1, V + 1)
    D = np.zeros((L, lattice_size(V, L)))
    for start in range(0, len(m), ROWS_AT_ONCE):
        stop = min(start + ROWS_AT_ONCE, len(m))
        y = lattice_rows(start, stop, V, L)
        # Where position i is masked, the index of y with token v there; elsewhere y itself, and unused.
        filled = np.arange(start, stop)[:, None, None] + (y == V)[:, :, None] * strides[:, None] * tokens
        if instance.off_support_scope == "local":
            exact, possible = instance.language.conditionals(y, "local")
        else:
            context = m[start:stop, None, None]
            exact = np.divide(m[filled], context, out=np.zeros(filled.shape), where=context > 0)
            exact[y != V] = 0.0
            possible = np.broadcast_to(context[..., 0] > 0, y.shape)
        rows = instance.with_convention(instance.predictor(y, exact), possible)
        for i in range(L):
            masked = y[:, i] == V
            D[i, filled[masked, i]] = rows[masked, i]
    return D


def law(work: Workspace) -> Law:
    """The output law of a policy with given reveal times."""
    return work.once(_law)


def _law(work: Workspace) -> Law:
    instance = work.instance
    V, L, policy = instance.vocab, instance.length, instance.policy
    m, D = marginal_lattice(work), conditional_lattice(work)
    require_range(instance, GivenTimes.of(policy).log2_of_times(L) + work.once_for_policies(_log2_of_tokens))
    factor = conditional_depth(instance) + 1
    sums = 2 ** (L + 1)
    if policy.size_law:
        p = np.zeros(power(V, L))
        for probability, sizes in policy.size_law:
            p += float(probability) * lattice_kernels.sized_forward(m, D, instance.convention, sizes, V, L)
        depth = L * factor + sums + L + (len(policy.size_law) + 2 if len(policy.size_law) > 1 else 0)
    elif policy.sets is not None:
        p = lattice_kernels.sets_forward(m, D, instance.convention, policy.sets, V, L)
        depth = L * factor
    else:
        steps = Bernoulli.of(policy).schedule
        p, own = _uniform_steps(work, steps.steps) if _uniform(steps) else _weighted_steps(work, steps.weights)
        depth = L * factor + sums + own
    stops = instance.off_support == "stop"
    return Law(p, table(work), depth, instance.language.depth, support(work), stops, V, L)


def _log2_of_tokens(work: Workspace) -> float:
    """At most the logarithm of any positive product of conditionals over the positions."""
    instance, D = work.instance, conditional_lattice(work)
    V, L, fallback = instance.vocab, instance.length, instance.convention
    if D is None:
        # No conditional is below the least probability of a sequence; that mostly is enough, and costs nothing.
        smallest = min(table(work)[support(work)].min(), np.where(fallback > 0, fallback, 1.0).min())
        if L * math.log2(smallest) > math.log2(SAFE) / 2:
            return L * math.log2(smallest)
    return math.fsum(np.log2(least_conditionals(marginal_lattice(work), D, fallback, V, L)))


def _uniform_steps(work: Workspace, steps: int) -> tuple[NDArray[np.float64], int]:
    """``p_N = N^-L sum_j C(N, j) c_j``."""
    instance = work.instance
    V, L = instance.vocab, instance.length
    ways = np.array([float(Fraction(math.comb(steps, j), steps**L)) for j in range(1, min(L, steps) + 1)])
    p = lane_kernels.composed_steps(marginal_lattice(work), conditional_lattice(work), instance.convention, ways, V, L)
    return p, 1


def _weighted_steps(work: Workspace, weights: NDArray[np.float64]) -> tuple[NDArray[np.float64], int]:
    """Steps of any weights, a few lanes at a time."""
    instance = work.instance
    V, L = instance.vocab, instance.length
    positive = weights[weights > 0]
    if L * (1 - math.log2(positive.min())) > 1000:
        raise BeyondReach(
            f"{instance.name} has a step of weight {positive.min():.3g}; its powers up to {L} leave float64's range"
        )
    g = np.zeros(lattice_size(V, L))
    g[0] = 1.0
    for start in range(0, len(positive), LANES_AT_ONCE):
        g = lane_kernels.weighted_steps(
            marginal_lattice(work),
            conditional_lattice(work),
            instance.convention,
            positive[start : start + LANES_AT_ONCE],
            V,
            L,
            g,
        )
    p = lattice_kernels.complete_rows(g.reshape(-1, 1), V, L)
    return p[:, 0], len(positive) + 3 * (L + 1) * (L + 2)


def entropies(work: Workspace) -> tuple[NDArray[np.float64], float]:
    """``H(X_R)`` for all 2^L subsets (bit L-1-i for position i) and one absolute error for all."""
    return work.once_for_policies(_entropies)


def _entropies(work: Workspace) -> tuple[NDArray[np.float64], float]:
    instance = work.instance
    H = entropy_kernels.entropies(marginal_lattice(work), instance.vocab, instance.length)
    relative = gamma(lattice_depth(instance))
    # -m log m moves by at most (1 + |log m|) times the relative change of m; log within 4 ulps, compensated sum.
    return H, (relative * (1 + H.max()) + 8 * UNIT_ROUNDOFF * (1 + H.max())) * RAISED


@dataclass(frozen=True)
class ConditionalCosts:
    """Cost of predicting one token, by the set R revealed (bit L-1-i for position i) and the position.

    Parameters
    ----------
    entropy : (2^L, L) float64
        ``H(X_i | X_R)`` in nats.
    divergence : (2^L, L) float64
        ``E D(q(.|X_R) || p_theta(.|X_R))``; may be infinite.
    worst : float
        The largest divergence in any context of positive probability.
    entropy_error, divergence_error, row_error : float
        Absolute errors of an entry of each, and of ``worst``.
    """

    entropy: NDArray[np.float64]
    divergence: NDArray[np.float64]
    worst: float
    entropy_error: float
    divergence_error: float
    row_error: float


def conditional_costs(work: Workspace) -> ConditionalCosts:
    """Conditional entropies and learning errors of every position in every context."""
    return work.once_for_policies(_conditional_costs)


def _conditional_costs(work: Workspace) -> ConditionalCosts:
    """Errors: a prediction p of relative error g moves a divergence by ``g sum |p - q| <= 2 g``, a conditional q by
    ``g sum q |log(q/p)| <= g (D + 2)``, since ``q log(p/q) <= p - q``, and rows that miss 1 by what they miss.

    The logs (4 ulps allowed), the products and the compensated sums add a few roundings of the terms' size.
    """
    instance = work.instance
    V, L, d = instance.vocab, instance.length, lattice_depth(instance)
    D = conditional_lattice(work)
    entropy, divergence, worst = entropy_kernels.conditional_costs(marginal_lattice(work), V, L, D)
    most = 1 + math.log(V)
    entropy_error = (gamma(2 * d + 1) + most * (gamma(d) + 12 * UNIT_ROUNDOFF)) * RAISED
    if D is None:
        return ConditionalCosts(entropy, divergence, worst, entropy_error, 0.0, 0.0)
    finite = divergence[np.isfinite(divergence)]
    largest = worst if math.isfinite(worst) else float(finite.max(initial=0.0))
    ratio_error = gamma(2 * d + 1) + 16 * UNIT_ROUNDOFF
    row_error = (3 * gamma(conditional_depth(instance) + 2 * d + 2) + ratio_error * (4 + largest)) * RAISED
    divergence_error = row_error + largest * (gamma(d) + 4 * UNIT_ROUNDOFF)
    return ConditionalCosts(entropy, divergence, worst, entropy_error, divergence_error, row_error)
