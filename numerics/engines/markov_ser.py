"""The chance that a Markov chain's sampler draws a possible sequence, and so its sequence error rate.

Definitions. ``F_k(g; u, v)`` is the chance that the g - 1 masked tokens between tokens u and v are drawn without a
contradiction from step k on (M8.4); ``L_k(b; v)`` and ``R_k(n; u)`` are the same next to the left and the right
sentinel, ``W_k`` for a sequence all masked. ``F_{N+1}(1; u, v) = 1[P(u, v) > 0]``, and ``P(correct) = W_1``.

A step is a sum over the newly revealed positions of an interval, from left to right: position i gets token w with chance
``r c_i(w)`` given the ends, what lies between two new ones stays masked with powers of ``1 - r`` and is settled by
``F_{k+1}``. Beyond the mixing distance H an end has no say in ``c_i`` (its effect is below the truncation error), so that
a long interval falls into three zones: new tokens that see the left end only (``N_i(u; w)``, one table for all
intervals), those that see both (a row for each pair u, v: the costly part), those that see the right end only (``B_n(w; v)``,
one table again). In the middle of an interval longer than 2H nothing is seen: a renewal process.

Errors. Nothing is subtracted: the result is within relative ``gamma_m`` (M8.9), m the depth of :func:`_depth`. Each of the L
conditionals is off by a factor of at most ``((1+e)/(1-e))^3``, e the mixing defect at H. Intervals longer than ``gap_limit`` at
step k count as wrong: some such interval exists with chance at most ``L (1-a_{k-1})^{gap_limit}``.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..enclosure import UNIT_ROUNDOFF as U
from ..enclosure import gamma
from ..errors import BeyondReach
from .markov_chain import Chain, Measured
from .markov_information import lag_information_of, path_kl
from .reveal_steps import RevealStep, bernoulli_steps, step_depth

__all__ = ["chance_correct", "sequence_error_rate"]

TOLERANCE = 1e-8
"""Relative truncation error aimed at for the chance of a correct sequence."""

OPERATIONS_BUDGET = 5e14


class _Step(NamedTuple):
    r: float
    stay: NDArray[np.float64]
    limit: int


class _Tables(NamedTuple):
    """``F``, ``L``, ``R`` and ``W`` of the step that follows; distances are the first index."""

    interior: NDArray[np.float64]
    left: NDArray[np.float64]
    right: NDArray[np.float64]
    whole: float


def sequence_error_rate(chain: Chain, weights: NDArray[np.float64], tolerance: float = TOLERANCE) -> Measured:
    """``SER`` of the Bernoulli sampler with the exact denoiser; exactly 0 for a chain without zeros."""
    correct = chance_correct(chain, weights, tolerance)
    value = min(max(1 - correct.value, 0.0), 1.0)
    return Measured(value, correct.rounding + U * value if correct.error else 0.0, correct.truncation)


def chance_correct(chain: Chain, weights: NDArray[np.float64], tolerance: float = TOLERANCE) -> Measured:
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
    Cost ``O(N (H^3 V^4 + min(L, G)^2 V^3))``, H the mixing distance (L if the chain does not mix), G the longest interval with a
    chance that matters.
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
        raise BeyondReach(f"the sequence error rate of V={chain.vocab}, L={L} in {len(steps)} steps needs {work:.1e} operations")
    recursion = _Backward(chain, H)
    tables = recursion.last()
    for step, limit in reversed(list(zip(steps[1:], limits[1:], strict=True))):
        tables = recursion.back(tables, _Step(_hazard(step), step.keep, limit))
    value = recursion.whole(tables, _Step(_hazard(steps[0]), steps[0].keep, L))
    relative = math.expm1(3 * L * (math.log1p(e) - math.log1p(-e))) if e else 0.0
    rounding = value * gamma(_depth(chain, H, len(steps))) * (1 + 1e-9)
    return Measured(value, rounding, (value * relative / (1 - relative) + missed) * (1 + 1e-9))


def _every_sequence_is_possible(chain: Chain) -> bool:
    """No contradiction can be drawn: transitions are all positive (and the tokens are those that occur)."""
    return chain.length == 1 or bool((chain.transition > 0).all())


def _hazard(step: RevealStep) -> float:
    return float(step.one[1])


def _gap_limits(steps: list[RevealStep], L: int, allowed: float) -> tuple[list[int], float]:
    """The longest interval followed at each step, and a bound of the chance that one is longer at some step."""
    limits, missed = [], 0.0
    for step in steps:
        masked = np.append(step.edge[1:] / step.edge[1], 0.0) if step.edge[1] > 0 else np.ones(L + 1)
        chance = L * masked
        enough = int(np.argmax(chance <= allowed / len(steps))) if (chance <= allowed / len(steps)).any() else L
        limits.append(min(max(enough, 1), L))
        if limits[-1] < L:
            missed += float(chance[limits[-1]])
    return limits, missed


def _operations(limit: int, H: int, V: int) -> float:
    both = min(limit, H) ** 3 / 6 + max(min(limit, 2 * H) - H, 0) ** 3 / 6
    return 2.0 * V**4 * both + 2.0 * V**3 * (limit**2 / 2 + limit * min(limit, H) ** 2 / 2)


def _depth(chain: Chain, H: int, N: int) -> float:
    """Roundings in any one term of ``P(correct)``.

    Each of the L tokens is drawn once: three powers of P (or laws), and sums over at most L positions of V tokens. Each interval
    is passed on unchanged at most N times, at a power and a sum.
    """
    L, V = chain.length, chain.vocab
    token = 3 * chain.power_depth(2 * min(H, L)) + L * (V + 2) + V + 20
    if H >= L:
        token += chain.marginal_depth(L)
    else:
        token += chain.marginal_depth(H + 1)
    passed = 6 * L + (step_depth(1) + 6) * (L + 1)
    return L * token + N * passed


class _Backward:
    def __init__(self, chain: Chain, H: int) -> None:
        L, V = chain.length, chain.vocab
        self.L, self.V, self.H = L, V, H
        self.mixed = H < L
        K = chain.powers(min(2 * H, L))
        self.K = K
        self.KT = np.ascontiguousarray(K.transpose(0, 2, 1))
        self.inverse = np.divide(1.0, K, out=np.zeros_like(K), where=K > 0)
        self.sigma = np.zeros((L + 1, V))
        if self.mixed:
            laws = chain.marginals(H + 1)
            self.nu = laws[-1]
            self.sigma[1 : H + 2] = laws
            self.sigma[H + 2 :] = self.nu
            # c(w | v) at distance n from v, the left end out of sight
            self.to_right = self.nu[None, :, None] * K[: H + 1] / self.nu[None, None, :]
        else:
            self.nu = np.zeros(V)
            self.sigma[1:] = chain.marginals(L)
            self.to_right = np.zeros((1, V, V))
        self.possible = chain.transition > 0

    def last(self) -> _Tables:
        """After the last step only intervals without masked positions are left."""
        interior = np.zeros((2, self.V, self.V))
        interior[1] = self.possible
        ends = np.zeros((2, self.V))
        ends[1] = 1.0
        return _Tables(interior, ends, ends.copy(), 0.0)

    def back(self, after: _Tables, step: _Step) -> _Tables:
        """Tables of a step from those of the next."""
        V, H, r, limit = self.V, self.H, step.r, step.limit
        F, FL, FR = (_stretched(table, step.stay, limit) for table in (after.interior, after.left, after.right))
        wide = np.ascontiguousarray(F.transpose(1, 0, 2))
        tall = np.ascontiguousarray(F[::-1]).reshape(-1, V)
        BR = self._seen_from_the_right(F, step)
        settled = np.zeros((V, limit + 1, V))
        settled_edge = np.zeros((limit + 1, V))
        N = np.zeros((limit + 1, V, V))
        interior, left = F.copy(), FL.copy()
        for gap in range(2, min(H + 1, limit) + 1):
            interior[gap] = self._interior(gap, 0, F, tall, settled, BR, r)
            left[gap] = self._left(gap, 0, F, FL, tall, settled_edge, r)
        right = FR.copy()
        for J in range(1, limit):
            law = self.K[J] if J <= H else np.broadcast_to(self.nu, (V, V))
            N[J] = r * law * (F[J] + settled[:, J])
            W = r * self.sigma[J] * (FL[J] + settled_edge[J])
            ahead = wide[:, 1 : limit - J + 1].reshape(V, -1)
            settled[:, J + 1 :] += (N[J] @ ahead).reshape(V, -1, V)
            settled_edge[J + 1 :] += (W @ ahead).reshape(-1, V)
            right[J + 1 :] += FR[1 : limit - J + 1] @ N[J].T
            gap = J + H + 1
            if gap <= limit:
                interior[gap] = self._interior(gap, J, F, tall, settled, BR, r)
                left[gap] = self._left(gap, J, F, FL, tall, settled_edge, r)
        return _Tables(interior, left, right, self.whole(after, step))

    def whole(self, after: _Tables, step: _Step) -> float:
        """``W_k``: everything is masked, every new token follows its own law."""
        L, V, r = self.L, self.V, step.r
        F, FL, FR = (_stretched(table, step.stay, L) for table in (after.interior, after.left, after.right))
        shown = len(after.interior) - 1
        wide = np.ascontiguousarray(F.transpose(1, 0, 2))
        settled = np.zeros((L + 1, V))
        total = after.whole * float(step.stay[L] * step.stay[2])
        for i in range(1, L + 1):
            W = r * self.sigma[i] * (FL[i] + settled[i])
            total += float(W @ FR[L + 1 - i])
            ahead = min(shown, L - i)
            if ahead > 0:
                settled[i + 1 : i + 1 + ahead] += (W @ wide[:, 1 : ahead + 1].reshape(V, -1)).reshape(-1, V)
        return total

    def _seen_from_the_right(self, F: NDArray[np.float64], step: _Step) -> NDArray[np.float64]:
        """``r c(w | v) B_n(w; v)`` for n = 1..H, new tokens that see the right end only."""
        V, count = self.V, min(self.H, step.limit - 1) if self.mixed else 0
        BR = np.zeros((count + 1, V, V))
        for n in range(1, count + 1):
            B = F[n] + np.matmul(F[n - 1 : 0 : -1], BR[1:n]).sum(axis=0) if n > 1 else F[1]
            BR[n] = step.r * self.to_right[n] * B
        return BR

    def _interior(
        self, g: int, J: int, F: NDArray[np.float64], tall: NDArray[np.float64], settled: NDArray[np.float64],
        BR: NDArray[np.float64], r: float,
    ) -> NDArray[np.float64]:
        """``F_k(g; ., .)``; new positions up to J see the left end only and are summed in ``settled``."""
        V, H, K = self.V, self.H, self.K
        total = F[g] + settled[:, g]
        first_right = max(H, J) + 1
        if first_right < g:
            start = np.ascontiguousarray(F[first_right:g].transpose(1, 0, 2)) + settled[:, first_right:g]
            total = total + start.reshape(V, -1) @ BR[g - first_right : 0 : -1].reshape(-1, V)
        low, high = J + 1, min(H, g - 1)
        if high < low:
            return total
        zone = high - low + 1
        M = np.empty((V, V, zone, V))
        flat = M.reshape(V * V, zone * V)
        size = len(F)
        scale = r * self.inverse[g][:, :, None]
        for i in range(low, high + 1):
            done = i - low
            sums = np.repeat((F[i] + settled[:, i])[:, None, :], V, axis=1)
            if done:
                # rows of `tall` run over distances size-1 down to 0: done..1 are wanted
                rows = tall[(size - 1 - done) * V : (size - 1) * V]
                sums += (flat[:, : done * V] @ rows).reshape(V, V, V)
            sums *= scale
            sums *= K[i][:, None, :]
            sums *= self.KT[g - i][None]
            M[:, :, done] = sums
            onward = F[g - i]
            if first_right < g:
                onward = onward + np.matmul(F[first_right - i : g - i], BR[g - first_right : 0 : -1]).sum(axis=0)
            total = total + np.einsum("uvw,wv->uv", sums, onward)
        return total

    def _left(
        self, b: int, J: int, F: NDArray[np.float64], FL: NDArray[np.float64], tall: NDArray[np.float64],
        settled: NDArray[np.float64], r: float,
    ) -> NDArray[np.float64]:
        """``L_k(b; .)``; new positions up to J do not see the right end and are summed in ``settled``."""
        V, size = self.V, len(F)
        total = FL[b] + settled[b]
        own = self.sigma[b]
        scale = np.divide(r, own, out=np.zeros_like(own), where=own > 0)[:, None]
        low = J + 1
        M = np.empty((V, b - low, V))
        flat = M.reshape(V, (b - low) * V)
        for i in range(low, b):
            done = i - low
            sums = np.repeat((FL[i] + settled[i])[None, :], V, axis=0)
            if done:
                sums += flat[:, : done * V] @ tall[(size - 1 - done) * V : (size - 1) * V]
            sums *= scale * self.sigma[i] * self.KT[b - i]
            M[:, done] = sums
            total = total + (sums * F[b - i].T).sum(axis=1)
        return total


def _stretched(table: NDArray[np.float64], stay: NDArray[np.float64], limit: int) -> NDArray[np.float64]:
    """``(1-r)^{d-1}`` times the table, cut or filled with zeros to distances 0..limit."""
    out = np.zeros((limit + 1, *table.shape[1:]))
    known = min(len(table), limit + 1)
    factors = stay[:known].reshape(-1, *([1] * (table.ndim - 1)))
    out[:known] = factors * table[:known]
    out[0] = 0.0
    return out
