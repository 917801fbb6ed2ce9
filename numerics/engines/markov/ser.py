"""The probability that a Markov chain's sampler draws a possible sequence, and so its sequence error rate.

Definitions. ``F_k(g; u, v)`` is the probability that the g - 1 masked tokens between tokens u and v are drawn without a
contradiction from step k on; ``L_k(b; v)`` and ``R_k(n; u)`` are the same next to the left and the right
sentinel, ``W_k`` for a sequence all masked. ``F_{N+1}(1; u, v) = 1[P(u, v) > 0]``, and ``P(correct) = W_1``.

A step is a sum over the newly revealed positions of an interval, from left to right: position i gets token w
with probability ``r c_i(w)`` given the ends, what lies between two new ones stays masked with powers of ``1 - r``
and is settled by ``F_{k+1}``. Beyond the mixing distance H an end has no say in ``c_i`` (its effect is below
the truncation error), so that a long interval falls into three zones: new tokens that see the left end only
(``N_i(u; w)``, one table for all intervals), those that see both (a row for each pair u, v: the costly part),
those that see the right end only (``B_n(w; v)``, one table again). In the middle of an interval longer than 2H
nothing is seen: a renewal process.

Errors. Nothing is subtracted: the result is within relative ``gamma_m`` (definitions.md#rounding), m the depth of
:func:`_depth`, but for what underflows: probabilities are averaged and nothing else, so that this adds up to less than
``SAFE``. Each of the L conditionals is off by a factor of at most ``((1+e)/(1-e))^3``, e the mixing defect at H.
Intervals longer than ``gap_limit`` at step k count as wrong: some such interval exists with probability at most ``L
(1-a_{k-1})^{gap_limit}``.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from ..._kernels.renewal import all_masked, step_back
from ...errors import BeyondReach
from ...numbers.enclosure import SAFE, margin
from ...numbers.enclosure import UNIT_ROUNDOFF as U
from ..reveal_steps import RevealStep, bernoulli_steps, step_depth
from .chain import Chain, Measured
from .information import lag_information_of, path_kl

__all__ = ["probability_correct", "sequence_error_rate"]

TOLERANCE = 1e-8
"""Relative truncation error aimed at for the probability of a correct sequence."""

OPERATIONS_BUDGET = 5e14


def sequence_error_rate(chain: Chain, weights: NDArray[np.float64], tolerance: float = TOLERANCE) -> Measured:
    """``SER`` of the Bernoulli sampler with the exact denoiser; exactly 0 for a chain without zeros."""
    correct = probability_correct(chain, weights, tolerance)
    value = min(max(1 - correct.value, 0.0), 1.0)
    return Measured(value, correct.rounding + U * value if correct.error else 0.0, correct.truncation)


def probability_correct(chain: Chain, weights: NDArray[np.float64], tolerance: float = TOLERANCE) -> Measured:
    """``1 - SER``.

    Parameters
    ----------
    chain : Chain
    weights : (N,) float64
        Step law of the Bernoulli sampler.
    tolerance : float
        Relative truncation error aimed at.

    Raises
    ------
    BeyondReach
        When the estimate of the work is out of bounds, with the estimate.

    Notes
    -----
    Cost ``O(N (H^3 V^4 + min(L, G)^2 V^3))``, H the mixing distance (L if the chain does not mix), G the
    longest interval with a probability that matters.
    """
    chain = chain.reduced
    if _every_sequence_is_possible(chain):
        return Measured(1.0, 0.0)
    L = chain.length
    mixing = chain.mixing(tolerance / (12 * L))
    H, e = (L, 0.0) if mixing is None or mixing.gap >= L else mixing
    steps = list(bernoulli_steps(weights, L))
    floor = math.exp(-path_kl(lag_information_of(chain), weights).hi)
    limits, missed = _gap_limits(steps, L, tolerance * floor / 4)
    work = sum(_operations(limit, H, chain.vocab) for limit in limits[1:])
    if work > OPERATIONS_BUDGET:
        raise BeyondReach(
            f"the sequence error rate of V={chain.vocab}, L={L} in {len(steps)} steps needs {work:.1e} operations"
        )
    value = _backwards(chain, H, steps, limits)
    relative = math.expm1(3 * L * (math.log1p(e) - math.log1p(-e))) if e else 0.0
    rounding = value * margin(_depth(chain, H, len(steps))) * (1 + 1e-9) + SAFE
    return Measured(value, rounding, (value * relative / (1 - relative) + missed) * (1 + 1e-9))


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


def _operations(limit: int, H: int, V: int) -> float:
    both = min(limit, H) ** 3 / 6 + max(min(limit, 2 * H) - H, 0) ** 3 / 6
    return 2.0 * V**4 * both + 2.0 * V**3 * (limit**2 / 2 + limit * min(limit, H) ** 2 / 2)


def _depth(chain: Chain, H: int, N: int) -> float:
    """Roundings in any one term of ``P(correct)``.

    Each of the L tokens is drawn once: three powers of P (or laws), and sums over at most L positions of V
    tokens. Each interval is passed on unchanged at most N times, at a power and a sum.
    """
    L, V = chain.length, chain.vocab
    token = 3 * chain.power_depth(2 * min(H, L)) + L * (V + 2) + V + 20
    if H >= L:
        token += chain.marginal_depth(L)
    else:
        token += chain.marginal_depth(H + 1)
    passed = 6 * L + (step_depth(1) + 6) * (L + 1)
    return L * token + N * passed


def _backwards(chain: Chain, H: int, steps: list[RevealStep], limits: list[int]) -> float:
    """``P(correct)`` by the steps from last to first."""
    L, V = chain.length, chain.vocab
    laws = chain.marginals(min(H + 1, L))
    nu = laws[-1]
    sigma = np.concatenate([np.zeros((1, V)), laws, np.broadcast_to(nu, (L - len(laws), V))])
    powers = chain.powers(min(2 * H, L))
    K = np.concatenate([powers, sigma[: len(powers), None]], axis=1)
    F = np.zeros((2, V + 1, V))
    F[1, :V] = chain.transition > 0
    F[1, V] = 1.0
    R = np.zeros((2, V + 1))
    R[1] = 1.0
    whole = 0.0
    for k in range(len(steps) - 1, -1, -1):
        stay, r = steps[k].keep, float(steps[k].one[1])
        drawn = all_masked(_stretched(F, stay, L), _stretched(R, stay, L), sigma, r)
        whole = whole * float(stay[L] * stay[2]) + drawn
        if k:
            limit = limits[k]
            F, R = step_back(_stretched(F, stay, limit), _stretched(R, stay, limit), K, nu, r, H)
    return whole


def _stretched(table: NDArray[np.float64], stay: NDArray[np.float64], limit: int) -> NDArray[np.float64]:
    """``(1-r)^{d-1}`` times the table, cut or filled with zeros to distances 0..limit."""
    out = np.zeros((limit + 1, *table.shape[1:]))
    known = min(len(table), limit + 1)
    factors = stay[:known].reshape(-1, *([1] * (table.ndim - 1)))
    out[:known] = factors * table[:known]
    out[0] = 0.0
    return out
