"""Between KL and PATH_KL (log-mean-path-kl/lower): ``-log E_tau exp(-D(q || p_tau))``, from costs of positions in sets
alone.

``D(q || p_tau) = sum_i c(R_i, i) - H(X)``, ``c`` the cost of position i when R_i is revealed before it: the
conditional entropy and, for a denoiser that is not exact, its error. So ``E_tau exp(-D)`` is a sum over chains of sets,
and one pass over the pairs of a set and what is revealed next gives it for all steps: ``3^L`` pairs.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from ..engines import rational, tabular
from ..engines.needs import GIVEN_TIMES, scope_of
from ..engines.ranges import require_range
from ..engines.rational import information as exactly
from ..engines.rational.information import Number
from ..engines.workspace import Cost, Workspace
from ..errors import NoLogForm
from ..instances import Instance
from ..numbers.closedform import ClosedForm
from ..numbers.enclosure import RAISED, SAFE, UNIT_ROUNDOFF, Enclosure, gamma
from ..numbers.limits import power
from ..numbers.logform import LogForm
from ..numbers.rationals import to_fraction
from ..policies import GivenTimes, Schedule, pattern
from . import products
from .log_forms import exact_method
from .method import Method
from .mixtures import exact_parts

__all__ = ["METHODS"]

A_SET = 2e4
"""Operations that a set costs beside its pairs."""


def _log_mean_path_kl(work: Workspace) -> Enclosure:
    """Terms are positive; an error e of a cost moves a product of L by ``exp(L e)``."""
    instance = work.instance
    L, policy = instance.length, instance.policy
    costs = tabular.conditional_costs(work)
    H, H_error = tabular.entropies(work)
    cells = costs.entropy + costs.divergence
    kept = np.exp(-cells)
    times = GivenTimes.of(policy)
    if policy.size_law:
        mean = math.fsum(float(probability) * _of_sizes(kept, sizes, L) for probability, sizes in policy.size_law)
        depth = 2**L + 3 * L + 3
    elif policy.step_law is not None:
        mean, depth = _of_weights(kept, policy.step_law, L), 2**L + 12 * L + policy.steps * (L + 1)
    else:
        mean, depth = _of_choices(kept, times, L)
    dearest = np.where(np.isfinite(cells), cells, 0.0).max(axis=0)
    if mean < SAFE / UNIT_ROUNDOFF:
        # Otherwise the products that underflow are too small to be missed.
        require_range(instance, times.log2_of_times(L) - math.fsum(dearest) / math.log(2))
    if mean == 0:
        return Enclosure.around(math.inf, 0.0)
    value = 0.0 - math.log(mean) - float(H[-1])
    moved = L * (costs.entropy_error + costs.divergence_error + 8 * UNIT_ROUNDOFF) + gamma(depth + 1)
    moved += UNIT_ROUNDOFF * math.fsum(dearest)
    rounded = 8 * UNIT_ROUNDOFF * (abs(math.log(mean)) + float(H[-1]))
    return Enclosure.around(value, (moved + rounded + H_error) * RAISED, least=0.0)


def _products(kept: NDArray[np.float64], R: int, L: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Every set A outside R, and the product of ``kept[R, i]`` over i in A."""
    sets, probabilities = np.zeros(1, dtype=np.int64), np.ones(1)
    for i in range(L):
        bit = 1 << (L - 1 - i)
        if not R & bit:
            sets = np.concatenate([sets, sets | bit])
            probabilities = np.concatenate([probabilities, probabilities * kept[R, i]])
    return sets, probabilities


def _of_choices(kept: NDArray[np.float64], times: GivenTimes, L: int) -> tuple[float, int]:
    """Step by step over the sets that may be masked, and the roundings in the sum."""
    reached, depth = {tuple(range(L)): 1.0}, L
    for step in range(1, times.steps + 1):
        following: dict[tuple[int, ...], float] = {}
        terms: Counter[tuple[int, ...]] = Counter()
        rounded = False
        for masked, weight in reached.items():
            R = (1 << L) - 1 - pattern(masked, L)
            for share, chosen in times.choices(step, masked):
                left = tuple(i for i in masked if i not in chosen)
                following[left] = following.get(left, 0.0) + weight * float(share) * math.prod(kept[R, list(chosen)])
                terms[left] += 1
                rounded |= share != 1
        reached, depth = following, depth + max(terms.values()) - 1 + 2 * rounded
    return reached[()], depth


def _of_sizes(kept: NDArray[np.float64], given: tuple[int, ...], L: int) -> float:
    """Sum over ordered partitions, divided by how many there are."""
    reached = {0: 1.0}
    for size in (size for size in given if size):
        following: dict[int, float] = {}
        for R, weight in reached.items():
            sets, probabilities = _products(kept, R, L)
            sizes = np.array([int(A).bit_count() for A in sets])
            for A, probability in zip(sets[sizes == size].tolist(), probabilities[sizes == size].tolist(), strict=True):
                following[R | A] = following.get(R | A, 0.0) + weight * probability
        reached = following
    ways = math.factorial(L) // math.prod(math.factorial(size) for size in given)
    return reached[(1 << L) - 1] / ways


def _of_weights(kept: NDArray[np.float64], steps: Schedule, L: int) -> float:
    """Arrival-time form: a lane a step, sets in the order of their patterns, which is causal."""
    weights = steps.weights[steps.weights > 0]
    arrived = np.zeros((len(weights) + 1, 1 << L))
    arrived[0, 0] = 1.0
    powers = weights[:, None] ** np.arange(L + 1)
    for R in range((1 << L) - 1):
        before = np.cumsum(arrived[:, R])
        if before[-1] == 0:
            continue
        sets, probabilities = _products(kept, R, L)
        sizes = np.array([int(A).bit_count() for A in sets[1:]])
        arrived[1:, R | sets[1:]] += before[:-1, None] * powers[:, sizes] * probabilities[1:]
    return math.fsum(arrived[:, -1].tolist())


# In exact rationals


def _exact_log_mean_path_kl(work: Workspace) -> Number:
    """A log form if every ``exp(-D(q || p_tau))`` is a rational multiple of the same number."""
    mean = _exact_mean(work)
    log = mean.log() if mean.rational != 0 else None
    return math.inf if log is None else -log.form - exactly.entropies(work)[-1]


def _exact_mean(work: Workspace) -> ClosedForm:
    """``E_tau exp(-D(q || p_tau) - H(X))``; sums of positive terms, so what is no single exponential stays none."""
    L, policy = work.instance.length, work.instance.policy
    if policy.step_law is not None:
        return _sum(_exact_mean(part).scaled(to_fraction(probability)) for probability, part in exact_parts(work))
    kept = work.once_for_policies(_exact_kept)
    parts = GivenTimes.of(policy).parts
    return _sum(_exact_mean_of(times, kept, L).scaled(probability) for probability, times in parts)


def _exact_mean_of(times: GivenTimes, kept: Mapping[tuple[int, int], ClosedForm], L: int) -> ClosedForm:
    """The same where the steps remember what is masked only."""
    reached = {tuple(range(L)): ClosedForm.of(1)}
    for step in range(1, times.steps + 1):
        following: dict[tuple[int, ...], list[ClosedForm]] = {}
        for masked, mean in reached.items():
            R = (1 << L) - 1 - pattern(masked, L)
            for share, chosen in times.choices(step, masked):
                part = _product([mean, *(kept[R, i] for i in chosen)]).scaled(share)
                following.setdefault(tuple(i for i in masked if i not in chosen), []).append(part)
        reached = {left: _sum(parts) for left, parts in following.items()}
    return reached[()]


def _exact_kept(work: Workspace) -> dict[tuple[int, int], ClosedForm]:
    """``exp(-c(R, i))``."""
    costs, zero = exactly.surprises(work), ClosedForm.of(0)
    return {at: _single(ClosedForm.exp(-cost)) if isinstance(cost, LogForm) else zero for at, cost in costs.items()}


def _single(found: ClosedForm | None) -> ClosedForm:
    if found is None or found.single is None:
        raise NoLogForm(
            "log_mean_path_kl averages different exponentials here, which is no log form; other engines enclose it"
        )
    return found


def _product(factors: Iterable[ClosedForm]) -> ClosedForm:
    return reduce(lambda one, other: _single(one.times(other)), factors, ClosedForm.of(1))


def _sum(parts: Iterable[ClosedForm]) -> ClosedForm:
    return reduce(lambda one, other: _single(one + other), parts, ClosedForm.of(0))


def _exact_cost(instance: Instance) -> Cost:
    """A step from one set takes some 1e5 operations; there are N where the sets are certain, and else at most 5^L."""
    lattice, policy = rational.lattice_cost(instance), instance.policy
    steps = policy.steps if policy.certain_times else max(len(policy.size_law), 1) * power(5, instance.length)
    return Cost(lattice.operations + 1e5 * steps, lattice.bytes)


def _cost(instance: Instance) -> Cost:
    L, policy = instance.length, instance.policy
    lanes = 1 if policy.step_law is None else policy.steps
    lattice = tabular.lattice_cost(instance)
    chains = max(len(policy.size_law), 1) * (power(3, L) * (lanes + 30) + power(2, L) * A_SET)
    return Cost(lattice.operations + chains, lattice.bytes + 8 * power(2, L) * (lanes + 4 * L), python=chains)


_ALONE = Method(
    "log_mean_path_kl",
    "tabular",
    "rounding",
    GIVEN_TIMES,
    _cost,
    _log_mean_path_kl,
    scope_of(GIVEN_TIMES),
    "L (V+1)^L + 3^L N",
)

METHODS = (
    _ALONE,
    products.of_independent_blocks(_ALONE),
    exact_method("log_mean_path_kl", _exact_log_mean_path_kl, cost=_exact_cost, price="5^L, in Python"),
)
