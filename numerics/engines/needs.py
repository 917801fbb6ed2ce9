"""Conditions of methods: each written once, with its words in the engine table and the sentence of refusal."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ..instances import Instance

__all__ = [
    "ANY_POLICY",
    "APART",
    "BERNOULLI",
    "COUNTED",
    "EXACT_DENOISER",
    "EXCHANGEABLE",
    "FIXED_SETS",
    "FIXED_SIZE",
    "GIVEN_TIMES",
    "HOMOGENEOUS",
    "MARKOV_CHAIN",
    "Need",
    "ONE_SCHEDULE",
    "RANDOM_SETS",
    "Obstacle",
    "all_of",
]

Obstacle = Callable[[Instance], str | None]
"""None when a method applies to an instance, or else the sentence that says why not."""


@dataclass(frozen=True)
class Need:
    """An obstacle where an instance lacks a capability.

    Parameters
    ----------
    words : str
        What the engine table says.
    refusal : str
        Why an instance without it is refused.
    holds : callable
    """

    words: str
    refusal: str
    holds: Callable[[Instance], bool]

    def __call__(self, instance: Instance) -> str | None:
        return None if self.holds(instance) else self.refusal


def all_of(*obstacles: Obstacle) -> Obstacle:
    """The first refusal of several."""
    return lambda instance: next(filter(None, (obstacle(instance) for obstacle in obstacles)), None)


ANY_POLICY = Need("any policy", "", lambda instance: True)
GIVEN_TIMES = Need(
    "given reveal times",
    "the policy's reveal times depend on the tokens",
    lambda instance: instance.policy.oblivious,
)
EXCHANGEABLE = Need(
    "Bernoulli or fixed-size or mixture of sizes",
    "the profile is for policies that do not favour any position",
    lambda instance: instance.policy.exchangeable,
)
COUNTED = Need(
    "Bernoulli or fixed-size or mixture of sizes",
    "the policy favours positions",
    lambda instance: instance.policy.counted,
)
ONE_SCHEDULE = Need(
    "Bernoulli or fixed-size",
    "the policy favours positions, or mixes sizes",
    lambda instance: instance.policy.step_law is not None or instance.policy.random_sizes is not None,
)
RANDOM_SETS = Need(
    "fixed-size or mixture of sizes",
    "it belongs to random sets of given sizes",
    lambda instance: bool(instance.policy.size_law),
)
APART = Need(
    "Bernoulli or fixed sets",
    "fixed sizes couple what is far apart",
    lambda instance: instance.policy.step_law is not None or instance.policy.sets is not None,
)
BERNOULLI = Need("Bernoulli", "it belongs to Bernoulli policies", lambda instance: instance.policy.step_law is not None)
FIXED_SIZE = Need(
    "fixed-size", "it belongs to fixed-size policies", lambda instance: instance.policy.random_sizes is not None
)
FIXED_SETS = Need("fixed sets", "the policy has no given sets", lambda instance: instance.policy.sets is not None)
MARKOV_CHAIN = Need("Markov chain", "the language is no Markov chain", lambda instance: instance.language.is_markov)
HOMOGENEOUS = Need(
    "homogeneous",
    "the chain has end weights, so that its transitions depend on the position",
    lambda instance: instance.language.is_homogeneous,
)
EXACT_DENOISER = Need("exact denoiser", "the denoiser is not exact", lambda instance: instance.exact_denoiser)
