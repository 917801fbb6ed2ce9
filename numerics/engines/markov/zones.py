"""Which ends of an interval a new token sees, and what it costs to overlook one.

A token that is revealed at distance i from the left end u and n from the right end v of a masked interval of gap g =
i + n has the law ``c(w) = K_i(u, w) K_n(w, v) / K_g(u, v)``. In an interval of gap g at step k the right end is
overlooked beyond the distance ``H = H_k(g)``, and the left end too, unless the right one has been:

    ``c' = K_i(u, .)`` for n > H,    ``c' = nu(w) K_n(w, v) / nu(v)`` for i > H >= n.

Error. ``|P' - P| <= sum over tokens of E TV(c, c')``, up to the factor below, where the expectation is over the exact
sampler's interval of the token. Proof: replace the conditionals one token at a time, in the order of steps and
positions; what one replacement moves is a difference of means of the probability of going on correctly, which lies
between 0 and 1 where the c' sum to 1, and else, nu being a relative f from stationary, within ``(1 + 3f)^L``. The
reveal times do not depend on the tokens: an interval of gap g in which a token at a given offset is revealed in the
step has the expected number ``r (L - g) interior(g)``, or ``r edge(g)`` next to the left sentinel. This is what makes
a long interval, or a late step, so much cheaper than the worst token: a far end is overlooked where both are
improbable.

Where the distance seen is the furthest, with e of that distance, ``c'/c`` is a ratio of two numbers near ``nu(w)``
times one of two near ``nu(v)``, within a factor ``((1+e)/(1-e))^2`` of 1; and so is ``nu`` over any ``K_i`` that it
stands for. Means of products of non-negative numbers change by a factor within ``((1+e)/(1-e))^{3L}`` then, however
small they are. The other conditionals are replaced first, and these after them.

``TV(c, c')``, for all ends. With the right end overlooked it is half the mean of ``|K_n(w, v)/m - 1|`` over the law
``K_i(u, .)`` of w, m the mean of ``K_n(., v)`` under it; with the left end overlooked the same with
``K_i(u, w)/nu(w)`` and the law ``nu(w) K_n(w, v)/nu(v)``, so that one function serves both. Laws of distances ``i >
NEAR`` are means of those at NEAR, whose own means m differ by factors within ``(1 + e)^2 = 1 + h``, e of ``n + NEAR -
1``: they have at most ``(1 + h) D + h``, D the largest at NEAR. And ``e_n/2``, or ``e_i (2 + e_i)/2``, bound all of
them, as the columns' ratios do (``chain``).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...numbers.enclosure import RAISED, gamma
from ..reveal_steps import RevealStep
from .chain import Chain

__all__ = ["Forgetting", "Zones"]

Bound = NDArray[np.float64]
"""By distance."""

HALVINGS = 200

NEAR = 4
"""Distances at which the law of a token is looked at; farther ones are mixtures."""

FREE = 8
"""Distance that is added where this costs little: an error falls by a factor of some hundred or more."""


@dataclass(frozen=True)
class Zones:
    """``seen[g]`` is H, the distance at which ends are seen in an interval of gap g; ``settled[g]`` is the last
    position that does not see the right end, which never falls as g grows. ``near_error`` is the part of ``error`` that
    is due to intervals with a smaller H than the furthest.
    """

    seen: NDArray[np.int64]
    error: float
    near_error: float

    @property
    def settled(self) -> NDArray[np.int64]:
        return np.maximum(np.arange(len(self.seen)) - 1 - self.seen, 0)


class Forgetting:
    """Errors of overlooked ends for one chain.

    Parameters
    ----------
    chain : Chain
    furthest : int
        No distance at which an end is seen is larger; L if the chain is not seen to mix.
    """

    def __init__(self, chain: Chain, furthest: int) -> None:
        self.L, self.furthest = chain.length, furthest
        self.known = min(2 * furthest, self.L)
        """Distances up to which powers are used; beyond, the law far from both ends stands for them."""
        e = np.minimum.accumulate([math.inf] + [chain.mixed_at(n) for n in range(1, self.known + 1)])
        self.far = 16 * self.L * float(e[-1]) if self.known < self.L else 0.0
        """All that is due to that law, added over the tokens."""
        own = float(e[furthest]) if furthest < self.L else 0.0
        self.relative = math.expm1(3 * self.L * (math.log1p(own) - math.log1p(-own))) * RAISED if own < 1 else math.inf
        """What overlooking all ends beyond ``furthest`` may change a mean by, in parts of it."""
        left, right, beside = (np.minimum(bound, 1.0) for bound in (e / 2, e * (2 + e) / 2, e * (2 + e) / 2))
        beside = np.append(1.0, beside[:-1])
        if self.known < self.L:
            left, right, beside = self._measured(chain, e, left, right, beside)
        self.inside, self.at_edge = _tails(left + right), _tails(left + beside)

    def _measured(self, chain: Chain, e: Bound, left: Bound, right: Bound, beside: Bound) -> tuple[Bound, Bound, Bound]:
        """The same, and no larger, from the powers themselves."""
        K, laws = chain.powers(self.known), chain.marginals(self.known + 1)
        nu = laws[-1]
        slack = 8 * gamma(chain.power_depth(self.known) + chain.marginal_depth(self.known + 1) + chain.vocab + 8)
        near = range(1, min(NEAR, self.known) + 1)
        forward = [np.concatenate([K[i], laws[i - 1 : i]]) for i in near]
        backward = [(nu[:, None] * K[n] / nu).T for n in near]
        for n in range(2, min(self.furthest, self.known - NEAR) + 1):
            defect = float(e[n + NEAR - 1])
            later = defect * (2 + defect)
            if math.isfinite(later):
                left[n] = min(left[n], _worst(forward, K[n].T, later) / 2 + slack)
                right[n] = min(right[n], _worst(backward, K[n] / nu, later) / 2 + slack)
                beside[n] = min(beside[n], _worst(backward, laws[n - 1 : n] / nu, later) / 2 + slack)
        return left, right, beside

    def zones(self, step: RevealStep, limit: int, allowed: float) -> Zones:
        """The nearest distances whose errors add up to at most ``allowed``, those at ``furthest`` not counted.

        No token sees both ends where an interval is longer than twice the distance, so that to see half of it is free.
        """
        gaps = np.arange(limit + 1)
        r, shortest = float(step.one[1]), np.maximum(gaps - 1, 0)
        most = np.minimum(shortest, self.furthest)
        count = min(self.furthest, max(limit - 1, 0))
        tails = np.stack([self.inside[: count + 1], self.at_edge[: count + 1]])
        number = r * np.stack([np.maximum(self.L - gaps, 0) * step.interior[: limit + 1], step.edge[: limit + 1]])
        errors = number.T @ tails
        share = allowed
        free = np.minimum(shortest // 2, most)
        for _ in range(HALVINGS):
            needed = (errors > share).sum(axis=1)
            seen = np.clip(needed, np.minimum(free, needed + FREE), most)
            for g in range(limit - 1, -1, -1):
                seen[g] = max(seen[g], seen[g + 1] - 1)
            near_error = float(errors[gaps, seen][seen < most].sum())
            if near_error <= allowed:
                break
            share /= 2
        return Zones(seen, float(errors[gaps, seen][seen < shortest].sum()), near_error)


def _worst(laws: Sequence[Bound], values: Bound, later: float) -> float:
    """The largest mean of ``|x/m - 1|``, x a row of ``values`` and m its mean under a law, over these laws and, as the
    means m differ by factors within ``1 + later``, over all mixtures of the last.
    """
    worst = 0.0
    for law in laws:
        means = (law @ values.T)[:, :, None]
        ratios = np.divide(values, means, out=np.ones((*means.shape[:2], values.shape[1])), where=means > 0)
        last = float(np.einsum("uw,uvw->uv", law, np.abs(ratios - 1)).max())
        worst = max(worst, last)
    return max(worst, last * (1 + later) + later)


def _tails(each: NDArray[np.float64]) -> NDArray[np.float64]:
    """``sum_{n > H} each_n`` for H = 0, 1, .."""
    return np.append(np.cumsum(each[::-1])[::-1][1:], 0.0)
