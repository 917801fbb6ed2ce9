"""The probability that a Markov chain's sampler draws a possible sequence, and so its sequence error rate.

Definitions. ``F_k(g; u, v)`` is the probability that the g - 1 masked tokens between tokens u and v are drawn without a
contradiction from step k on; ``L_k(b; v)`` and ``R_k(n; u)`` are the same next to the left and the right
sentinel, ``W_k`` for a sequence all masked. ``F_{N+1}(1; u, v) = 1[P(u, v) > 0]``, and ``P(correct) = W_1``.
With any factors between 0 and 1 in the place of 1[P > 0], which vanish where P does, ``W_1`` is the mean of their
product over all pairs of neighbours: the probability of a correct sequence, if a pair is also wrong with the rest to 1.

A step is a sum over the newly revealed positions of an interval, from left to right (``renewal``): position i gets
token w with probability ``r c_i(w)`` given the ends, what lies between two new ones stays masked with powers of ``1 -
r`` and is settled by ``F_{k+1}``. A far end has no say in ``c_i``, so that a long interval falls into three zones
(``zones``): new tokens that see the left end only, those that see both (a row for each pair of ends: the costly
part), those that see the right end only.

Errors. Nothing is subtracted: the result is within relative ``gamma_m`` (definitions.md#rounding), m the depth of
:func:`_depth`, but for what underflows: probabilities are averaged and nothing else, so that this adds up to less than
``SAFE``. Ends that are overlooked cost what ``overlooked`` proves; long intervals that are taken to forget one end at
the other cost an absolute error. Intervals longer than ``gap_limit`` at step k count as wrong: some such interval
exists with probability at most ``L (1-a_{k-1})^{gap_limit}``.
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
from .overlooked import Overlooked
from .renewal import Renewal
from .zones import Zones, nearest_zones

__all__ = ["mean_product", "probability_correct", "sequence_error_rate"]

TOLERANCE = 1e-8
"""Relative truncation error aimed at for the probability of a correct sequence."""

COARSE = 2e-2
"""Truncation error of a first look at the probability, which tells what absolute error its tolerance is."""

NEAR_ONE = 0.1
"""From here on the floor is taken for the probability: a first look would allow at most ten times the error."""

SHARE = 0.1
"""Of the truncation error, for intervals that are not followed."""

SPLIT = 0.01
"""The same for intervals that are taken to have forgotten one end at the other."""

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
    seen = Overlooked(chain, H)
    missed, overlooked = tolerance * floor / 4, 0.0
    if e:
        if floor < NEAR_ONE:
            floor = max(
                floor, _Plan(chain, steps, seen, H, COARSE / 2, COARSE / 2, SPLIT * COARSE).measured(factors).lo
            )
        overlooked = floor * math.expm1(6 * L * e)
        missed += SHARE * overlooked
    return _Plan(chain, steps, seen, H, missed, (1 - 2 * SHARE) * overlooked, SPLIT * overlooked).measured(factors)


class _Plan:
    """Which intervals are followed, and what error overlooked ends may cause, for given truncation errors."""

    def __init__(
        self,
        chain: Chain,
        steps: list[RevealStep],
        ends: Overlooked,
        furthest: int,
        missed: float,
        overlooked: float,
        split: float,
    ) -> None:
        self.chain, self.steps, self.ends, self.furthest = chain, steps, ends, furthest
        self.limits, self.missed = _gap_limits(steps, chain.length, missed)
        self.allowed = overlooked / len(steps)
        self.split = split / len(steps)
        self.relative = margin(_depth(chain, ends.known, len(steps))) * RAISED

    def zones(self, k: int, after: NDArray[np.float64] | None) -> Zones:
        step, limit, ends = self.steps[k], self.limits[k], self.ends
        risks = ends.risks(after, float(step.one[1]), limit, 2 * self.relative)
        return nearest_zones(ends.errors(step, limit, risks), self.furthest, self.allowed)

    def measured(self, factors: NDArray[np.float64]) -> Measured:
        chain, N = self.chain, len(self.steps)
        work = sum(_operations(self.zones(k, None), chain.vocab) for k in range(1, N))
        if work > OPERATIONS_BUDGET:
            raise BeyondReach(
                f"the sequence error rate of V={chain.vocab}, L={chain.length} in {N} steps needs {work:.1e} operations"
            )
        value, overlooked, near, split = self._backwards(factors)
        ends, most = self.ends, value + near + split + self.missed
        overlooked = min(overlooked + ends.far, near + most * ends.relative)
        truncation = ((overlooked + split) * math.exp(ends.far) + self.missed) * RAISED
        return Measured(value, value * self.relative + SAFE, truncation)

    def _backwards(self, factors: NDArray[np.float64]) -> tuple[float, float, float, float]:
        """The mean by the steps from last to first, and the errors of what was overlooked, of that part of it which is
        nearer than the furthest, and of what was split.
        """
        steps, L, V = self.steps, self.chain.length, self.chain.vocab
        renewal = Renewal(self.ends.laws_by_distance, self.ends.laws[-1])
        F = np.zeros((2, V + 1, V + 1))
        F[1] = 1.0
        F[1, :V, :V] = factors
        whole, overlooked, near, split, number = 0.0, 0.0, 0.0, 0.0, np.zeros(L + 1)
        for k in range(len(steps) - 1, -1, -1):
            stay, r = steps[k].keep, float(steps[k].one[1])
            reach = len(F) - 1
            zones = self.zones(k, F) if k else None
            F = _stretched(F, stay, max(self.limits[k] if k else 0, reach))
            new = np.zeros((0, V))
            after = F
            if zones:
                overlooked += zones.error
                near += zones.near_error
                F, new, error = renewal.step_back(F, reach, r, zones, number, self.split)
                split += error
                number = np.maximum(L - np.arange(L + 1), 0) * steps[k].interior
            if k == 0 or self.limits[k] == L:
                whole = whole * float(stay[L] * stay[2]) + renewal.whole(after, reach, new, r, L)
        return whole, overlooked, near, split


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


def _stretched(table: NDArray[np.float64], stay: NDArray[np.float64], limit: int) -> NDArray[np.float64]:
    """``(1-r)^{d-1}`` times the table, filled with zeros to distances 0..limit."""
    out = np.zeros((limit + 1, *table.shape[1:]))
    out[: len(table)] = stay[: len(table), None, None] * table
    out[0] = 0.0
    return out
