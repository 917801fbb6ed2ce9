"""KL and PATH_KL of choose-then-sample policies at length, by replay on sequences of the language
(kl-path-kl/equality-deterministic).

The policy is run on the own tokens of ``x ~ q``. With the exact denoiser at temperature 1 the sum W, over steps, of
``log q(x_A | x_R) - sum_{i in A} log q(x_i | x_R)`` has the mean PATH_KL, which is KL where what is revealed decides
the positions. W is not bounded, but its tails are:

* ``E e^{-W} <= 1``, so ``E max(W, -b)`` is above E W by at most ``e^-b``;
* ``W <= S``, the sum of ``-log q(x_i | x_R)``. If no step reveals more than m, then by Hoelder and Jensen a step's part
  has ``E exp(S_t / m | x_R) <= V^(|A_t| / m)``, so that ``P(S >= L log V + u) <= e^(-u/m)``, and the mean of
  ``min(W, L log V + u)`` is below E W by at most ``m e^(-u/m)``.

Means of clipped variables are bounded by the empirical Bernstein inequality. The upper end pays for the whole range;
the lower one may clip at any level fixed beforehand, and takes the best of some.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from ...instances import Instance
from ...numbers.enclosure import UNIT_ROUNDOFF, Enclosure, gamma
from ...policies import Adaptive
from ...policies.decisions import Contexts, choose, chosen_at_random
from ...sampling.sampler import StepwiseSampler, sampler_for
from ..workspace import Workspace
from .intervals import Interval, empirical_bernstein
from .tally import Collector, obstacle, settled

__all__ = ["replay_obstacle", "replayed", "replayed_kl_obstacle"]

LOWEST = 12.0
"""b: clipping W at -b moves its mean by at most ``e^-12``, some 6e-6."""

TAIL = 16.0
"""``u / m``: clipping above moves the mean by at most ``m e^-16``, some 1e-7 m."""

LEVELS = 8
"""The lower end clips at the range and its halves, quarters, and so on."""


def replay_obstacle(instance: Instance) -> str | None:
    """None for choose-then-sample policies that draw from the exact denoiser."""
    policy = instance.policy
    if not policy.compares or policy.proposes:
        return "only positions that are chosen before their tokens can be replayed"
    if not instance.exact_denoiser or policy.temperature != 1:
        return "the bound on its tails is for the exact denoiser at temperature 1"
    return obstacle(instance)


def replayed_kl_obstacle(instance: Instance) -> str | None:
    """None where, besides, what is revealed decides the positions."""
    found = replay_obstacle(instance)
    if found is None and not instance.policy.one_choice:
        return "a sequence has several histories"
    return found


class Replay(Collector):
    """Log ratios of sequences of the language, each along one history."""

    def __init__(self, work: Workspace) -> None:
        super().__init__(work)
        self.instance, self._seed, self._index = work.instance, work.request.seed, 0
        self._ratios = np.empty(0)

    @property
    def nanoseconds(self) -> float:
        return self.sampler.nanoseconds + self.instance.language.surprisal_nanoseconds

    def upto(self, count: int) -> NDArray[np.float64]:
        """W of the first ``count`` sequences, in nats."""
        while len(self._ratios) < count:
            rng = np.random.default_rng([self._seed, self._index])
            self._index += 1
            self._ratios = np.concatenate([self._ratios, self._batch(min(self.sampler.rows, count), rng)])
        return self._ratios[:count]

    def _batch(self, n: int, rng: np.random.Generator) -> NDArray[np.float64]:
        instance, policy, sampler = self.instance, Adaptive.of(self.instance.policy), self.sampler
        assert isinstance(sampler, StepwiseSampler)
        x = instance.language.sample(n, rng)
        y = np.full_like(x, instance.vocab)
        ratios, relative = instance.language.log_prob(x), gamma(sampler.conditional_depth)
        for step in range(1, policy.steps + 1):
            if (y != instance.vocab).all():
                break
            rows = sampler.rows_of(y)
            choices = choose(policy, step, Contexts(y, rows, np.ones(n), relative))
            self.undecided += int((choices.doubt[:, 0] >= 0).sum())
            chosen = chosen_at_random(choices, rng)
            drawn = np.take_along_axis(rows, x[..., None], axis=2)[..., 0]
            ratios -= np.where(chosen, np.log(np.where(chosen, drawn, 1.0)), 0.0).sum(axis=1)
            y[chosen] = x[chosen]
        return ratios


def _replay(work: Workspace) -> Replay:
    return Replay(work)


def replayed(work: Workspace) -> Enclosure:
    """PATH_KL, or KL where the two are one."""
    instance = work.instance
    policy, L = Adaptive.of(instance.policy), instance.length
    m = min(L, policy.block_length) if policy.sizes is None else max(policy.sizes)
    high = L * math.log(instance.vocab) + m * TAIL
    depth = sampler_for(instance).conditional_depth
    # L logarithms of conditionals, and one of q(x); what is clipped is the true W to within this.
    rounding = L * (gamma(depth) + 8 * UNIT_ROUNDOFF * high) + gamma(instance.language.depth + 2 * L) * (1 + high)

    def interval(drawn: Replay, count: int, alpha: float) -> Interval:
        ratios = drawn.upto(count)
        value, _, hi = empirical_bernstein(np.clip(ratios, -LOWEST, high), -LOWEST, high, alpha / 2)
        levels = [high / 2**j for j in range(LEVELS)]
        clipped = [
            empirical_bernstein(np.clip(ratios, -LOWEST, level), -LOWEST, level, alpha / 2 / LEVELS) for level in levels
        ]
        lowest = max(max(lo for _, lo, _ in clipped) - rounding - math.exp(-LOWEST), 0.0)
        return max(value, lowest), lowest, hi + rounding + m * math.exp(-TAIL)

    return settled(work, work.once(_replay), interval)
