"""Hidden Markov models and n-grams at length: which instances the windows serve, and what they measure."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import scipy
from numpy.typing import NDArray

from ...instances import Instance
from ...languages import HMM
from ...languages.chains import ChainLanguage
from ...numbers.enclosure import UNIT_ROUNDOFF as U
from ...numbers.enclosure import Enclosure, Kind
from ...numbers.limits import memory_budget
from ...policies import Bernoulli, ExchangeableTimes
from ..workspace import Cost, Workspace
from .coefficients import Fractions, Functional, Sizes
from .contraction import survival
from .control_variate import Sampling
from .hidden import HiddenChain, hidden_chain
from .information import (
    BYTES,
    FEWEST_PATHS,
    PATH_LENGTH,
    Effort,
    Grown,
    Sum,
    information,
    sampled_information,
    token_entropies,
)
from .window_schedule import window_bytes

__all__ = [
    "cost",
    "curve_at",
    "dual_total_correlation",
    "entropy",
    "exact_obstacle",
    "left_sum",
    "obstacle",
    "path_cost",
    "path_kl",
    "profile_at",
    "sampled_cost",
    "sampled_path_kl",
    "total_correlation",
]

FEWEST = 1000
"""Windows without which a run is not worth its time."""

LAWS = 20
"""Laws of the state until it has settled, in estimates."""

MOST_BYTES = 1.5e9
"""For windows of one length."""

MOST_PATHS = 100_000
MOST_NUMBERS = 6e7
"""Paths beyond the windows, unless another number is asked for, and the numbers in the windows they start from."""

CLASSES = 500
"""Of windows, times the numbers of positions outside, in estimates."""

WITH_FORGETTING = (64, 1024)
"""Lengths at which it is counted for Bernoulli steps what positions let through: shorter sequences are looked at whole,
and at longer ones the sums over all numbers of revealed positions take seconds."""

SHARE = 0.5
"""Of the time asked for: for paths, and for windows before them."""


def obstacle(instance: Instance) -> str | None:
    """None for hidden Markov models and n-grams."""
    if not instance.language.hidden_states:
        return "the language is neither a hidden Markov model nor an n-gram"
    return None


def exact_obstacle(instance: Instance) -> str | None:
    """None where also the denoiser is exact and the policy favours no position."""
    if obstacle(instance):
        return obstacle(instance)
    if not instance.exact_denoiser:
        return "the denoiser is not exact"
    return None if instance.policy.counted else "the policy favours positions"


def cost(instance: Instance) -> Cost:
    """The fewest windows that are worth looking at, and the laws of the state."""
    return _cost(instance, points=1)


def path_cost(instance: Instance) -> Cost:
    """The same with the steps of the policy."""
    return _cost(instance, points=instance.policy.steps)


def _cost(instance: Instance, points: int) -> Cost:
    states, L, V = instance.language.hidden_states, float(instance.length), instance.vocab
    if states is None:
        return Cost(math.inf, math.inf)
    K, (links, shown) = float(states), _links(instance)
    sizes = 0 if instance.policy.step_law is not None else points
    windows = (FEWEST if L > 2 else 1) * _right_ends(instance)
    operations = windows * (V * links + 10 * K * V + LAWS * (shown * V + 10 * V * V))
    operations += L * (links + LAWS * K + 5000) + 50 * (points - sizes) * L
    operations += sizes * CLASSES * 20 * math.sqrt(L)
    return Cost(operations, 24 * L * K + 32 * V * links + 64 * (points - sizes) * L + FEWEST * window_bytes(states, V))


def _right_ends(instance: Instance) -> int:
    """How many right ends ask for windows of their own: all, where end weights never settle since no state returns."""
    language = ChainLanguage.of(instance.language)
    if not (language.ends and language.is_hidden):
        return 1
    arcs = HMM.of(language).moves.arcs
    groups, _ = scipy.sparse.csgraph.connected_components(arcs.matrix(arcs.values), connection="strong")
    return language.length if groups == arcs.shape[0] else 1


def _links(instance: Instance) -> tuple[float, float]:
    """Transitions that are possible, and pairs of a state and a token that it shows."""
    language = ChainLanguage.of(instance.language)
    if language.is_hidden:
        return float(language.links), float(len(HMM.of(language).shown.values))
    states = float(language.hidden_states or 1)
    return states * language.vocab, states


def path_kl(work: Workspace) -> Enclosure:
    """PATH_KL of the exact denoiser, in nats (bernoulli/riemann-error, fixed-size/riemann-error)."""
    policy = work.instance.policy
    if policy.size_law and max(max(sizes) for _, sizes in policy.size_law) <= 1:
        return Enclosure(0.0, 0.0, 0.0, "exact")
    return _enclosure(work.once(_path_kl))


def _path_kl(work: Workspace) -> Sum:
    """By windows that were grown under another policy, where these do."""
    return _measured(work, _steps(work, end=1.0), 0.0, work.once_for_policies(_grown))


def _grown(work: Workspace) -> list[Grown]:
    return []


def sampled_path_kl(work: Workspace) -> Enclosure:
    """The same with what lies beyond the windows sampled."""
    request = work.request
    able = SHARE * request.seconds * 1e9 / _window_nanoseconds(work.instance)
    most = max(FEWEST_PATHS, min(able / (PATH_LENGTH * (work.instance.vocab + 1)), _most_paths(work.instance)))
    width = 0.0 if request.samples else request.width
    sampling = Sampling(request.samples or int(most), able / 16, width, request.seed, request.confidence)
    found = _enclosure(sampled_information(chain(work), _steps(work, end=1.0), sampling))
    return replace(found, kind="statistical", confidence=request.confidence)


def sampled_cost(instance: Instance) -> Cost:
    """Windows, twice, and the fewest paths."""
    if instance.language.hidden_states is None:
        return Cost(math.inf, math.inf)
    windows = path_cost(instance)
    operations = 2 * windows.operations
    operations += FEWEST_PATHS * PATH_LENGTH * (instance.vocab + 1) * _window_nanoseconds(instance)
    return Cost(operations, windows.bytes + 16 * _most_paths(instance) * _numbers(instance) + BYTES)


def _numbers(instance: Instance) -> float:
    """In one window."""
    return float(instance.language.hidden_states or 1) * instance.vocab


def _most_paths(instance: Instance) -> int:
    return max(FEWEST_PATHS, int(min(MOST_PATHS, MOST_NUMBERS / _numbers(instance))))


def _window_nanoseconds(instance: Instance) -> float:
    """One window, and what it tells, law by law."""
    return 4 * _numbers(instance) + LAWS * instance.vocab * (_links(instance)[1] / 4 + 5.0 * instance.vocab)


def left_sum(work: Workspace) -> Enclosure:
    """``PATH_KL + H``, the left Riemann sum of the curve or of the profile."""
    return _less(work, _measured(work, _steps(work, end=0.0), -token_entropies(chain(work))[0]), -1.0)


def entropy(work: Workspace) -> Enclosure:
    """``H(X)``."""
    return _less(work, work.once(_total_correlation))


def total_correlation(work: Workspace) -> Enclosure:
    """``TC = f(1)``."""
    return _enclosure(work.once(_total_correlation))


def _total_correlation(work: Workspace) -> Sum:
    return _measured(work, _at(work, 1.0, end=1.0, weight=0.0), token_entropies(chain(work))[0])


def dual_total_correlation(work: Workspace) -> Enclosure:
    """``DTC = H(X) - Z(1) = f'(1) - f(1)``."""
    return _enclosure(_measured(work, _at(work, 1.0, end=-1.0, weight=1.0), 0.0))


def curve_at(work: Workspace, a: float) -> Enclosure:
    """``Z(a) = T - f'(a)`` at the fraction as it is stored."""
    return _less(work, _measured(work, _at(work, a, end=0.0, weight=1.0), token_entropies(chain(work))[0]))


def profile_at(work: Workspace, j: int) -> Enclosure:
    """``z(j) = T - L (f_{j+1} - f_j)``."""
    weight = np.zeros(work.instance.length)
    weight[j] = work.instance.length
    sizes = Sizes(len(weight), 0.0, weight, work.once_for_policies(_survival))
    return _less(work, _measured(work, sizes, token_entropies(chain(work))[0]))


def chain(work: Workspace) -> HiddenChain:
    """The language as plain arrays."""
    return work.once_for_policies(_chain)


def _chain(work: Workspace) -> HiddenChain:
    return hidden_chain(work.instance.language)


def _survival(work: Workspace) -> NDArray[np.float64] | None:
    return survival(chain(work))


def _steps(work: Workspace, end: float) -> Functional:
    policy, L = work.instance.policy, work.instance.length
    if policy.size_law:
        weight = -np.array(
            [float(L * probability) for probability in ExchangeableTimes.of(policy).exact_sizes_before(L)]
        )
        return Sizes(L, end, weight, work.once_for_policies(_survival))
    schedule = Bernoulli.of(policy).schedule
    used = schedule.weights > 0
    forgotten = work.once_for_policies(_survival) if WITH_FORGETTING[0] <= L <= WITH_FORGETTING[1] else None
    points = schedule.revealed[:-1][used], schedule.tails[:-1][used], -schedule.weights[used]
    return Fractions(L, end, *points, forgotten)


def _at(work: Workspace, a: float, end: float, weight: float) -> Fractions:
    """At one fraction; ``1 - a`` is rounded once."""
    return Fractions(work.instance.length, end, np.array([a]), np.array([1 - a]), np.array([weight]))


def _measured(work: Workspace, functional: Functional, whole: float, grown: list[Grown] | None = None) -> Sum:
    request = work.request
    effort = Effort(request.width, request.seconds, min(MOST_BYTES, memory_budget() / 4))
    return information(chain(work), functional, whole, effort, grown)


def _less(work: Workspace, found: Sum, sign: float = 1.0) -> Enclosure:
    """``T - F``, or ``T + F`` for a sign of -1."""
    T, error = token_entropies(chain(work))
    value = T - sign * found.value
    rounding = error + found.rounding + U * abs(value)
    ends = sorted((-sign * found.below, -sign * found.above))
    return _enclosure(replace(found, value=value, rounding=rounding, below=ends[0], above=ends[1]))


def _enclosure(found: Sum) -> Enclosure:
    lo = max(math.nextafter(found.value + found.below - found.rounding, -math.inf), 0.0)
    hi = max(math.nextafter(found.value + found.above + found.rounding, math.inf), 0.0)
    kind: Kind = "truncation" if found.truncated else "rounding"
    return Enclosure(min(max(found.value, lo), hi), lo, hi, kind, note=found.note)
