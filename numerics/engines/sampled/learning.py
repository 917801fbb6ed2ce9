"""Learning errors at length, in contexts that are drawn (definitions.md#eps_learning, #mean_learning_error).

A context is what is revealed of ``x ~ q`` before a position that is drawn uniformly. The divergence there, of the exact
conditional from the predicted one, is computed and not estimated; the positions of the same step have the same context,
and so have all masked ones where the policy treats positions alike. The mean over contexts is the mean learning error.
The worst does not depend on the policy: it is above the largest divergence met in contexts of random order.

A divergence is at least 0, and at most ``log(1/least)`` where ``least`` bounds the predictions from below
(:meth:`..denoisers.Denoiser.least`). Nothing bounds it where no such number is known; then the upper ends are infinite.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ...instances import Instance
from ...numbers.enclosure import RAISED, UNIT_ROUNDOFF, Enclosure, gamma, minus_log
from ...policies import GivenTimes, random_order
from ...sampling.conditionals import batch_nanoseconds, exact_conditionals
from ..workspace import Cost, Workspace
from .intervals import Interval, clopper_pearson, empirical_bernstein
from .tally import FEWEST, Collector, settled

__all__ = [
    "learning_cost",
    "learning_term",
    "mean_learning_error",
    "mean_learning_obstacle",
    "worst_learning_error",
]

CONTEXTS_AT_ONCE = 512
NANOSECONDS_AT_ONCE = 4e9

LEVELS = 8
"""Divergences are clipped at their bound and its halves, quarters, and so on."""

UNBOUNDED = 64.0
"""Nats that are the first of these where they have no bound."""


def mean_learning_obstacle(instance: Instance) -> str | None:
    """None where reveal times are independent of the tokens."""
    if not instance.policy.oblivious:
        return "the positions depend on the tokens, and the contexts on the policy"
    return None


def learning_cost(instance: Instance) -> Cost:
    """The fewest contexts that are worth drawing."""
    cells = 1.0 * CONTEXTS_AT_ONCE * instance.length * instance.vocab
    return Cost(FEWEST * batch_nanoseconds(instance, "global"), 100 * cells)


class Contexts(Collector):
    """Divergences in contexts of the language, one context a sequence."""

    def __init__(self, work: Workspace, times: GivenTimes) -> None:
        # Contexts are those of the language: the rule off the support has no part in them.
        self.instance = replace(work.instance, off_support="uniform")
        super().__init__(Workspace(self.instance, work.request))
        self._times, self._seed, self._index = times, work.request.seed, 0
        self._exact = exact_conditionals(self.instance.language, "global")
        self._found = np.empty((0, 2))
        self._rows = max(1, min(CONTEXTS_AT_ONCE, int(NANOSECONDS_AT_ONCE / self.nanoseconds)))

    @property
    def nanoseconds(self) -> float:
        return batch_nanoseconds(self.instance, "global") + 100.0 * self.instance.length * self.instance.vocab

    def upto(self, count: int) -> NDArray[np.float64]:
        """The first ``count`` contexts, (count, 2): the mean divergence of a position, and the largest; in nats."""
        while len(self._found) < count:
            rng = np.random.default_rng([self._seed, self._index])
            self._index += 1
            self._found = np.concatenate([self._found, self._batch(rng)])
        return self._found[:count]

    def _batch(self, rng: np.random.Generator) -> NDArray[np.float64]:
        language, times, n = self.instance.language, self._times, self._rows
        x = language.sample(n, rng)
        tau = times.reveal_times(rng.random(x.shape))
        now = np.take_along_axis(tau, rng.integers(language.length, size=(n, 1)), axis=1)
        y = np.where(tau < now, x, language.vocab)
        exact, _ = self._exact(y)
        divergence = _divergences(exact, self.instance.predictor(y, exact))
        asked = tau >= now if times.exchangeable else tau == now
        mean = np.where(asked, divergence, 0.0).sum(axis=1) / asked.sum(axis=1)
        return np.stack([mean, np.where(tau >= now, divergence, 0.0).max(axis=1)], axis=1)


def _divergences(q: NDArray[np.float64], p: NDArray[np.float64]) -> NDArray[np.float64]:
    """``sum q log(q/p)`` over the last axis: infinite where p forbids what q does not."""
    seen = q > 0
    with np.errstate(divide="ignore"):
        ratios = np.log(np.where(seen, q, 1.0)) - np.log(np.where(seen, p, 1.0))
    return np.maximum((q * ratios).sum(axis=-1), 0.0)


def _met(work: Workspace) -> Contexts:
    return Contexts(work, GivenTimes.of(work.instance.policy))


def _of_every_size(work: Workspace) -> Contexts:
    return Contexts(work, random_order(work.instance.length))


def _most(instance: Instance) -> float:
    least = instance.denoiser.least(instance.vocab)
    return minus_log(least)[1] if least > 0 else math.inf


def _rounding(drawn: Contexts, largest: float) -> float:
    """As of rows in a table (``tabular.conditional_costs``): the conditionals, then logarithms and a sum of V."""
    V = drawn.instance.vocab
    depth = drawn.sampler.exact_depth
    exact = gamma(depth) + (V + 16) * UNIT_ROUNDOFF
    return (3 * gamma(drawn.sampler.conditional_depth + depth) + exact * (4 + largest)) * RAISED


def mean_learning_error(work: Workspace) -> Enclosure:
    """The mean over contexts: of divergences clipped at c by empirical Bernstein, and at most ``log(1/least) - c``
    times the probability of larger ones (Clopper-Pearson) more; the best of some c fixed beforehand."""
    return settled(work, work.once(_met), lambda drawn, count, alpha: _mean(drawn, count, alpha, 1.0))


def learning_term(work: Workspace) -> Enclosure:
    """L times the mean."""
    L = float(work.instance.length)
    return settled(work, work.once(_met), lambda drawn, count, alpha: _mean(drawn, count, alpha, L))


def _mean(drawn: Contexts, count: int, alpha: float, factor: float) -> Interval:
    found, most = drawn.upto(count)[:, 0], _most(drawn.instance)
    if np.isinf(found).any():
        # A context that was drawn has positive probability.
        return math.inf, math.inf, math.inf
    first, each = most if math.isfinite(most) else UNBOUNDED, alpha / 2 / LEVELS
    lows, highs = [], []
    for c in (first / 2**j for j in range(LEVELS)):
        _, low, high = empirical_bernstein(np.minimum(found, c), 0.0, c, each)
        beyond = clopper_pearson(int((found > c).sum()), count, each)[2] if c < most else 0.0
        lows.append(low)
        highs.append(high + beyond * (most - c) if beyond else high)
    value, rounding = math.fsum(found) / count, _rounding(drawn, float(found.max()))
    return factor * value, max(factor * (max(lows) - rounding), 0.0), factor * (min(highs) + rounding)


def worst_learning_error(work: Workspace) -> Enclosure:
    """Between the largest divergence that was met, which is certain, and the most that the predictions allow."""

    def interval(drawn: Contexts, count: int, alpha: float) -> Interval:
        largest, most = float(drawn.upto(count)[:, 1].max()), _most(drawn.instance)
        if math.isinf(largest):
            return math.inf, math.inf, math.inf
        return largest, max(largest - _rounding(drawn, largest), 0.0), max(most, largest)

    return settled(work, work.once(_of_every_size), interval)
