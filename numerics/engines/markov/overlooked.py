"""What it costs to overlook an end of an interval (proofs_notes/methods/chains-at-length.md).

A token revealed at distances i and n from the ends u and v of an interval of gap ``g = i + n`` has the law ``c(w) =
K_i(u, w) K_n(w, v) / K_g(u, v)``. In its place stands ``K_i(u, .)`` where v is overlooked, ``nu(w) K_n(w, v) / nu(v)``
where u is. The probability of a correct sequence moves by at most the sum over tokens of

    ``E max_{+,-} sum_w (c' - c)^{+,-}(w) x(w)``,

x(w) a bound on the probability that an interval which the token begins or ends will be filled wrongly: the `Risks`,
which the tables after the step tell. The expectation is over the interval of the exact sampler, whose ends have a
probability of at most ``C_g`` times their own under nu: so most of it is a mean over the ends. Near the sentinels, and
where C is large, the worst ends are taken.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...numbers.enclosure import RAISED, gamma
from ..reveal_steps import RevealStep
from .chain import Chain
from .products import product

__all__ = ["Overlooked", "Risks"]

Array = NDArray[np.float64]

NEAR = 8
"""Distances at which the law of a token is looked at; farther ones are mixtures."""


class Risks(NamedTuple):
    """How probable it is, at most, that an interval which begins or ends with a new token w is filled wrongly.

    Attributes
    ----------
    near : (V,) float64
        Where the next token to the left, or to the right, is as new; the two added.
    left, right : (D+1, V) float64
        Where no token is new between w and the interval's left end, or right end, by the distance to it; w is drawn
        with regard to this end, so that a path joins them.
    left_unseen, right_unseen : (D+1, V) float64
        The same where this end is overlooked: perhaps no path joins it to w.
    """

    near: Array
    left: Array
    right: Array
    left_unseen: Array
    right_unseen: Array


class _Moved(NamedTuple):
    """How far the law of a token moves when the end at distance n, the index, is overlooked.

    Attributes
    ----------
    worst : (n,) float64
        In total variation, at most, whatever the ends.
    mean : (n, 2, V) float64
        ``E (c' - c)^+`` and ``E (c' - c)^-``, ends independent and stationary.
    """

    worst: Array
    mean: Array


class Overlooked:
    """Errors of overlooked ends for one chain.

    Parameters
    ----------
    chain : Chain
    furthest : int
        No distance at which an end is seen is larger; L if the chain is not seen to mix.
    """

    def __init__(self, chain: Chain, furthest: int) -> None:
        L, V = chain.length, chain.vocab
        self.L = L
        self.known = min(2 * furthest, L)
        """Distances up to which powers are used; beyond, the law far from both ends stands for them."""
        self.e = np.minimum.accumulate([math.inf] + [chain.mixed_at(n) for n in range(1, self.known + 1)])
        self.far = 16 * L * float(self.e[-1]) if self.known < L else 0.0
        """All that is due to that law, added over the tokens."""
        own = float(self.e[furthest]) if furthest < L else 0.0
        log = 3 * L * (math.log1p(own) - math.log1p(-own)) if own < 1 else math.inf
        self.relative = math.expm1(log) * RAISED if log < 1 else math.inf
        """What overlooking all ends beyond ``furthest`` may change a mean by, in parts of it."""
        self.K, self.laws = chain.powers(self.known), chain.marginals(min(self.known + 1, L))
        both = np.minimum(self.e * (2 + self.e) / 2, 1.0)
        first = np.concatenate([np.zeros((1, V)), self.laws])[: self.known + 1]
        self.laws_by_distance = np.concatenate([self.K, first[:, None]], axis=1)
        """Of a token by its distance to each token, or to the sentinel, to its left: (known+1, V+1, V)."""
        self.left = _Moved(both.copy(), np.ones((self.known + 1, 2, V)))
        self.right = _Moved(np.minimum(self.e / 2, 1.0), np.ones((self.known + 1, 2, V)))
        self.beside = np.append(1.0, both[:-1])
        """As ``left.worst``, where the left end is the sentinel."""
        self.more, self.neighbour = np.full((2, L + 1), math.inf)
        if self.known < L:
            self._measure(chain, furthest)
            self._compare()
        nu = self.laws[-1]
        backward = np.divide(nu[:, None] * self.K[1], nu, out=np.zeros((V, V)), where=nu > 0).T
        self.rows = np.concatenate([chain.transition, backward, chain.initial[None]])
        """Laws of which that of any new token is a mixture, once the factor ``neighbour`` is allowed for."""

    def _measure(self, chain: Chain, furthest: int) -> None:
        """Distances between laws from the powers themselves."""
        K, laws, nu, e = self.K, self.laws, self.laws[-1], self.e
        last = min(furthest, self.known - NEAR)
        if last < 2:
            return
        slack = 8 * gamma(chain.power_depth(self.known) + chain.marginal_depth(len(laws)) + chain.vocab + 8)
        forward = [np.concatenate([K[i], laws[i - 1 : i]]) for i in range(1, NEAR + 1)]
        backward = [(nu[:, None] * K[n] / nu).T for n in range(1, NEAR + 1)]
        ends = np.append(nu, 0.0)
        for n in range(2, last + 1):
            defect = float(e[n + NEAR - 1])
            if defect < 1:
                later = 2 * defect / (1 - defect)
                _lower(self.right, n, *_moved(forward, K[n].T, ends, nu, later, slack))
                _lower(self.left, n, *_moved(backward, K[n] / nu, nu, nu, later, slack))
                beside, _ = _moved(backward, laws[n - 1 : n] / nu, nu, np.ones(1), later, slack)
                self.beside[n] = min(self.beside[n], beside)

    def _compare(self) -> None:
        """``C_g``, times what the left ends' mean law exceeds nu by; and the factor for neighbours."""
        L, e, nu = self.L, np.append(self.e, np.full(self.L - self.known, self.e[-1])), self.laws[-1]
        with np.errstate(divide="ignore", invalid="ignore"):
            apart = np.where(e < 1, np.log((1 + e) / (1 - np.minimum(e, 1.0))), math.inf)
            starts = np.cumsum(np.concatenate([self.laws, np.broadcast_to(nu, (L - len(self.laws), len(nu)))]), axis=0)
            starts = (starts / np.arange(1, L + 1)[:, None] / nu).max(axis=1)
            self.more[:L] = np.exp(2 * np.cumsum(apart[::-1])[::-1][:L]) * starts[::-1]
            g = np.arange(2, L + 1)
            self.neighbour[2:] = (1 + e[(g - 1) // 2]) / np.where(e[g - 1] < 1, 1 - e[g - 1], 0.0)
        self.more *= (1 + self.far) * RAISED
        self.neighbour *= (1 + self.far) * RAISED

    def risks(self, after: Array | None, r: float, limit: int, rounding: float) -> Risks:
        """What new tokens may spoil.

        Parameters
        ----------
        after : (D+1, V+1, V+1) float64, optional
            Probabilities that intervals will be filled correctly, after the step; 0 beyond. Without them everything
            may be spoiled.
        r : float
            Probability that a masked token is revealed in the step.
        limit : int
        rounding : float
            Absolute error of ``after``.
        """
        V = self.K.shape[1]
        if after is None:
            return Risks(np.ones(V), *np.zeros((4, limit + 1, V)))
        reach = len(after) - 1
        wrong = np.clip(1 - after[1:] + rounding, rounding, 1.0)
        stay: Array = np.power(1 - r, np.arange(max(limit, reach) + 1), dtype=np.float64)
        inner = np.ascontiguousarray(wrong[:, :V, :V])
        before = np.max(self.rows @ inner, axis=1)
        behind = np.max(self.rows @ inner.transpose(0, 2, 1), axis=1)
        near = r * product(stay[None, :reach], before + behind)[0] * RAISED
        left, right, left_unseen, right_unseen = np.full((4, limit + 1, V), stay[reach])
        d = np.arange(1, min(limit, reach) + 1)
        joined = self.laws_by_distance[np.minimum(d, self.known)] > 0
        spoiled = wrong[d - 1, :, :V]
        seen = np.where(joined, spoiled, 0.0)
        left[d] = stay[d - 1, None] * seen.max(axis=1)
        right[d] = stay[d - 1, None] * seen[:, :V].max(axis=2)
        left_unseen[d] = stay[d - 1, None] * spoiled.max(axis=1)
        right_unseen[d] = stay[d - 1, None] * spoiled[:, :V].max(axis=2)
        return Risks(near, left, right, left_unseen, right_unseen)

    def errors(self, step: RevealStep, limit: int, risks: Risks) -> Array:
        """Errors of a step, by the gap of the interval and the distance H beyond which ends are overlooked.

        Returns
        -------
        errors : (limit+1, n+1) float64
        """
        most = min(self.known, max(limit - 1, 0))
        gaps, n = np.arange(limit + 1)[:, None], np.arange(1, most + 1)
        other = np.maximum(gaps - n, 0)
        near = self.neighbour[: limit + 1, None]
        inside, edge = np.zeros((2, limit + 1, most))
        for moved, beside, here, there in (
            (self.right, self.right.worst, risks.right_unseen, risks.left),
            (self.left, self.beside, risks.left_unseen, risks.right),
        ):
            spoiled = near * risks.near.max() + here.max(axis=1)[n] + there.max(axis=1)[other]
            spoiled = np.minimum(spoiled, 1.0)
            mean = moved.mean[1 : most + 1]
            means = near[:, :, None] * (mean @ risks.near) + np.einsum("nsw,nw->ns", mean, here[n])
            means = np.minimum(means + (mean @ there.T)[np.arange(most), :, other], mean.sum(axis=2)).max(axis=2)
            inside += np.minimum(moved.worst[n] * spoiled, self.more[: limit + 1, None] * means)
            edge += beside[n] * spoiled
        inside *= np.maximum(self.L - gaps, 0) * step.interior[: limit + 1, None]
        edge *= step.edge[: limit + 1, None]
        each = np.where(n < gaps, float(step.one[1]) * (inside + edge), 0.0)
        return np.append(np.cumsum(each[:, ::-1], axis=1)[:, ::-1], np.zeros((limit + 1, 1)), axis=1)


def _moved(
    laws: Sequence[Array], values: Array, rows: Array, columns: Array, later: float, slack: float
) -> tuple[float, Array]:
    """Bounds for the laws ``c' = law`` and ``c = law x / m``, x a row of ``values`` and m its mean under the law: for
    these laws and, as the means m differ by factors within ``1 + later``, for all mixtures of the last.

    Returns
    -------
    worst : float
        Total variation.
    mean : (2, V) float64
        ``(c' - c)^+`` and ``(c' - c)^-`` averaged over rows of the laws and of the values with these weights.
    """
    worst, mean = 0.0, np.zeros((2, values.shape[1]))
    for law in laws:
        means = (law @ values.T)[:, :, None]
        ratios = np.divide(values, means, out=np.ones((*means.shape[:2], values.shape[1])), where=means > 0)
        moved = law[:, None] * (1 - ratios)
        last = float(np.abs(moved).sum(axis=2).max()) / 2
        parts = np.stack([np.maximum(moved, 0.0), np.maximum(-moved, 0.0)])
        mixed = np.einsum("u,v,suvw->sw", rows, columns, parts)
        drawn = rows @ law + mixed[1]
        worst, mean = max(worst, last), np.maximum(mean, mixed + slack * drawn)
    worst = max(worst, last * (1 + later) + later / 2)
    return worst + slack, np.maximum(mean, mixed + (later + slack) * drawn)


def _lower(moved: _Moved, n: int, worst: float, mean: Array) -> None:
    moved.worst[n] = min(moved.worst[n], worst)
    moved.mean[n] = np.minimum(moved.mean[n], mean)
