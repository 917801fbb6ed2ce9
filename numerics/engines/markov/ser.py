"""The probability that a Markov chain's sampler draws a possible sequence, and so its sequence error rate.

Definitions. ``F_k(g; u, v)`` is the probability that the g - 1 masked tokens between tokens u and v are drawn without a
contradiction from step k on; ``L_k(b; v)`` and ``R_k(n; u)`` are the same next to the left and the right
sentinel, ``W_k`` for a sequence all masked. ``F_{N+1}(1; u, v) = 1[P(u, v) > 0]``, and ``P(correct) = W_1``. With any
factors between 0 and 1 in the place of 1[P > 0], which vanish where P does, ``W_1`` is the mean of their product over
all pairs of neighbours.

A step is a sum over the newly revealed positions of an interval, from left to right (``renewal``): position i gets
token w with probability ``r c_i(w)`` given the ends, what lies between two new ones stays masked with powers of ``1 -
r`` and is settled by ``F_{k+1}``. A far end has no say in ``c_i``, so that a long interval falls into three zones
(``zones``): new tokens that see the left end only, those that see both (a row for each pair of ends: the costly
part), those that see the right end only.

Errors. Nothing is subtracted: the result is within relative ``gamma_m`` (definitions.md#rounding), m the depth of
:func:`_depth`, but for what underflows: probabilities are averaged and nothing else, so that this adds up to less than
``SAFE``. Ends that are overlooked cost what ``zones`` proves. Intervals longer than ``gap_limit``
at step k count as wrong: some such interval exists with probability at most ``L (1-a_{k-1})^{gap_limit}``.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from ...errors import BeyondReach
from ...numbers.enclosure import RAISED, SAFE, margin
from ...numbers.enclosure import UNIT_ROUNDOFF as U
from ..reveal_steps import RevealStep, bernoulli_steps, step_depth
from .chain import Chain, Measured
from .information import lag_information_of, path_kl
from .renewal import Renewal
from .zones import Forgetting, Zones

__all__ = ["mean_product", "probability_correct", "sequence_error_rate"]

TOLERANCE = 1e-8
"""Relative truncation error aimed at for the probability of a correct sequence."""

COARSE = 2e-2
"""Truncation error of a first look at the probability, which tells what absolute error its tolerance is."""

SHARE = 0.1
"""Of the truncation error, for intervals that are not followed."""

OPERATIONS_BUDGET = 5e14


def sequence_error_rate(chain: Chain, weights: NDArray[np.float64], tolerance: float = TOLERANCE) -> Measured:
    """``SER`` of the Bernoulli sampler with the exact denoiser; exactly 0 for a chain without zeros."""
    correct = probability_correct(chain, weights, tolerance)
    value = min(max(1 - correct.value, 0.0), 1.0)
    return Measured(value, correct.rounding + U * value if correct.error else 0.0, correct.truncation)


def probability_correct(chain: Chain, weights: NDArray[np.float64], tolerance: float = TOLERANCE) -> Measured:
    """``1 - SER``; see :func:`mean_product`."""
    chain = chain.reduced
    if _every_sequence_is_possible(chain):
        return Measured(1.0, 0.0)
    floor = math.exp(-path_kl(lag_information_of(chain), weights).hi)
    return mean_product(chain, weights, (chain.transition > 0).astype(np.float64), floor, tolerance)


def mean_product(
    chain: Chain, weights: NDArray[np.float64], factors: NDArray[np.float64], floor: float, tolerance: float
) -> Measured:
    """``E_p prod_i g(x_i, x_{i+1})``.

    Parameters
    ----------
    chain : Chain
        All of whose tokens occur.
    weights : (N,) float64
        Step law of the Bernoulli sampler.
    factors : (V, V) float64
        g, between 0 and 1, and 0 where the transition is.
    floor : float
        A number that the mean is not expected to be below; only the work depends on it.
    tolerance : float
        Relative truncation error aimed at.

    Raises
    ------
    BeyondReach
        When the estimate of the work is out of bounds, with the estimate.

    Notes
    -----
    Cost ``O(N (H^3 V^4 + min(L, G)^2 V^3))``, G the longest interval with a probability that matters, H at most the
    mixing distance (L if the chain does not mix) and less where intervals of this length are improbable.
    """
    L = chain.length
    mixing = chain.mixing(tolerance / (12 * L))
    H, e = (L, 0.0) if mixing is None or mixing.gap >= L else mixing
    steps = list(bernoulli_steps(weights, L))
    forgetting = Forgetting(chain, H)
    missed, overlooked = tolerance * floor / 4, 0.0
    if e:
        coarse = _Plan(chain, steps, forgetting, COARSE / 2, COARSE / 2).measured(factors)
        overlooked = max(floor, coarse.lo) * math.expm1(6 * L * e)
        missed += SHARE * overlooked
    return _Plan(chain, steps, forgetting, missed, (1 - 2 * SHARE) * overlooked).measured(factors)


class _Plan:
    """Which intervals are followed, and which ends are seen, for given truncation errors."""

    def __init__(
        self, chain: Chain, steps: list[RevealStep], forgetting: Forgetting, missed: float, overlooked: float
    ) -> None:
        self.chain, self.steps, self.known = chain, steps, forgetting.known
        limits, missed = _gap_limits(steps, chain.length, missed)
        pairs = zip(steps, limits, strict=True)
        self.zones = [forgetting.zones(step, limit, overlooked / len(steps)) for step, limit in pairs]
        far, added = forgetting.far, math.exp(forgetting.far)
        self.overlooked = (sum(zone.error for zone in self.zones[1:]) + far) * added
        self.near = sum(zone.near_error for zone in self.zones[1:]) * added
        self.missed, self.relative = missed, forgetting.relative

    def measured(self, factors: NDArray[np.float64]) -> Measured:
        chain, N = self.chain, len(self.steps)
        work = sum(_operations(zone, chain.vocab) for zone in self.zones[1:])
        if work > OPERATIONS_BUDGET:
            raise BeyondReach(
                f"the sequence error rate of V={chain.vocab}, L={chain.length} in {N} steps needs {work:.1e} operations"
            )
        value = _backwards(chain, factors, self.known, self.steps, self.zones)
        rounding = value * margin(_depth(chain, self.known, N)) * RAISED + SAFE
        overlooked = min(self.overlooked, self.near + (value + self.missed) * self.relative)
        return Measured(value, rounding, (overlooked + self.missed) * RAISED)


def _every_sequence_is_possible(chain: Chain) -> bool:
    """No contradiction can be drawn: transitions are all positive (and the tokens are those that occur)."""
    return chain.length == 1 or bool((chain.transition > 0).all())


def _gap_limits(steps: list[RevealStep], L: int, allowed: float) -> tuple[list[int], float]:
    """The longest interval followed at each step, and a bound of the probability that one is longer at some step."""
    limits, missed = [], 0.0
    for step in steps:
        masked = np.append(step.edge[1:] / step.edge[1], 0.0) if step.edge[1] > 0 else np.ones(L + 1)
        probability = L * masked
        enough = (
            int(np.argmax(probability <= allowed / len(steps))) if (probability <= allowed / len(steps)).any() else L
        )
        limits.append(min(max(enough, 1), L))
        if limits[-1] < L:
            missed += float(probability[limits[-1]])
    return limits, missed


def _operations(zones: Zones, V: int) -> float:
    gaps = np.arange(len(zones.seen))
    between = np.maximum(np.minimum(zones.seen, gaps - 1) - zones.settled, 0)
    return float(V**4 * (between.astype(np.float64) ** 2).sum() + V**3 * len(gaps) ** 2)


def _depth(chain: Chain, known: int, N: int) -> float:
    """Roundings in any one term of ``P(correct)``.

    Each of the L tokens is drawn once: three powers of P (or laws), and sums over at most L positions of V
    tokens. Each interval is passed on unchanged at most N times, at a power and a sum.
    """
    L, V = chain.length, chain.vocab
    token = 3 * chain.power_depth(known) + chain.marginal_depth(min(known + 1, L)) + L * (V + 2) + V + 21
    passed = 6 * L + (step_depth(1) + 6) * (L + 1)
    return L * token + N * passed


def _backwards(
    chain: Chain, factors: NDArray[np.float64], known: int, steps: list[RevealStep], zones: list[Zones]
) -> float:
    """``P(correct)`` by the steps from last to first."""
    L, V = chain.length, chain.vocab
    laws = chain.marginals(min(known + 1, L))
    by_position = np.concatenate([np.zeros((1, V)), laws])[: known + 1]
    renewal = Renewal(np.concatenate([chain.powers(known), by_position[:, None]], axis=1), laws[-1])
    F = np.zeros((2, V + 1, V + 1))
    F[1] = 1.0
    F[1, :V, :V] = factors
    whole = 0.0
    for k in range(len(steps) - 1, -1, -1):
        stay, r = steps[k].keep, float(steps[k].one[1])
        limit = len(zones[k].seen) - 1 if k else 0
        reach = len(F) - 1
        F = _stretched(F, stay, max(limit, reach))
        new = np.zeros((0, V))
        after = F
        if k:
            F, new = renewal.step_back(F, reach, r, zones[k])
        whole = whole * float(stay[L] * stay[2]) + renewal.whole(after, reach, new, r, L)
    return whole


def _stretched(table: NDArray[np.float64], stay: NDArray[np.float64], limit: int) -> NDArray[np.float64]:
    """``(1-r)^{d-1}`` times the table, filled with zeros to distances 0..limit."""
    out = np.zeros((limit + 1, *table.shape[1:]))
    out[: len(table)] = stay[: len(table), None, None] * table
    out[0] = 0.0
    return out
