"""Conditions of methods: each written once, with its words in the engine table and the sentence of refusal."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, get_args

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
    "Needs",
    "ONE_SCHEDULE",
    "RANDOM_SETS",
    "RATIONAL_LANGUAGE",
    "RATIONAL_SCHEDULE",
    "Obstacle",
    "all_of",
    "scope_of",
]

Obstacle = Callable[[Instance], str | None]
"""None when a method applies to an instance, or else the sentence that says why not."""

Part = Literal["adjective", "language", "policy", "condition"]


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
    part : {"adjective", "language", "policy", "condition"}
        Where the words stand: before the noun for the language, in its place, after the ``x``, or behind a comma.
    """

    words: str
    refusal: str
    holds: Callable[[Instance], bool]
    part: Part = "condition"

    def __call__(self, instance: Instance) -> str | None:
        return None if self.holds(instance) else self.refusal


@dataclass(frozen=True)
class Needs:
    """Several at once; the first that is lacking refuses."""

    each: tuple[Need, ...]

    def __call__(self, instance: Instance) -> str | None:
        return next(filter(None, (need(instance) for need in self.each)), None)


def all_of(*obstacles: Obstacle) -> Obstacle:
    """The first refusal of several."""
    needs = [need for obstacle in obstacles for need in _needs(obstacle)]
    if all(isinstance(obstacle, Need | Needs) for obstacle in obstacles):
        return Needs(tuple(needs))
    return lambda instance: next(filter(None, (obstacle(instance) for obstacle in obstacles)), None)


def scope_of(obstacle: Obstacle, *further: str) -> str:
    """What the engine table says of a method with these needs, and of conditions that only its author can name.

    >>> scope_of(all_of(MARKOV_CHAIN, HOMOGENEOUS, BERNOULLI, EXACT_DENOISER))
    'homogeneous Markov chain x Bernoulli, exact denoiser'
    """
    found = _needs(obstacle)
    words: dict[str, list[str]] = {part: [need.words for need in found if need.part == part] for part in get_args(Part)}
    noun = words["language"] or (["language"] if words["adjective"] else ["any language"])
    language = " ".join([*words["adjective"], *noun[-1:]])
    kinds = [each.split(" or ") for each in words["policy"] or ["any policy"]]
    # What all of them name; or one is a case of the others, and comes last.
    shared = [kind for kind in kinds[0] if all(kind in others for others in kinds)] or kinds[-1]
    return ", ".join([f"{language} x {' or '.join(shared)}", *words["condition"], *further])


def _needs(obstacle: Obstacle) -> tuple[Need, ...]:
    if isinstance(obstacle, Needs):
        return obstacle.each
    return (obstacle,) if isinstance(obstacle, Need) else ()


ANY_POLICY = Need("any policy", "", lambda instance: True, part="policy")
GIVEN_TIMES = Need(
    "given reveal times",
    "the policy's reveal times depend on the tokens",
    lambda instance: instance.policy.oblivious,
    part="policy",
)
EXCHANGEABLE = Need(
    "Bernoulli or fixed-size or mixture of sizes",
    "the profile is for policies that do not favour any position",
    lambda instance: instance.policy.exchangeable,
    part="policy",
)
COUNTED = Need(
    "Bernoulli or fixed-size or mixture of sizes",
    "the policy favours positions",
    lambda instance: instance.policy.counted,
    part="policy",
)
ONE_SCHEDULE = Need(
    "Bernoulli or fixed-size",
    "the policy favours positions, or mixes sizes",
    lambda instance: instance.policy.step_law is not None or instance.policy.random_sizes is not None,
    part="policy",
)
RANDOM_SETS = Need(
    "fixed-size or mixture of sizes",
    "it belongs to random sets of given sizes",
    lambda instance: bool(instance.policy.size_law),
    part="policy",
)
APART = Need(
    "Bernoulli or fixed sets",
    "fixed sizes couple what is far apart",
    lambda instance: instance.policy.step_law is not None or instance.policy.sets is not None,
    part="policy",
)
BERNOULLI = Need(
    "Bernoulli",
    "it belongs to Bernoulli policies",
    lambda instance: instance.policy.step_law is not None,
    part="policy",
)
FIXED_SIZE = Need(
    "fixed-size",
    "it belongs to fixed-size policies",
    lambda instance: instance.policy.random_sizes is not None,
    part="policy",
)
FIXED_SETS = Need(
    "fixed sets", "the policy has no given sets", lambda instance: instance.policy.sets is not None, part="policy"
)
MARKOV_CHAIN = Need(
    "Markov chain", "the language is no Markov chain", lambda instance: instance.language.is_markov, "language"
)
HOMOGENEOUS = Need(
    "homogeneous",
    "the chain has end weights, so that its transitions depend on the position",
    lambda instance: instance.language.is_homogeneous,
    "adjective",
)
RATIONAL_LANGUAGE = Need(
    "rational",
    "the language has floating probabilities, not rationals",
    lambda instance: instance.language.rational,
    "adjective",
)
EXACT_DENOISER = Need("exact denoiser", "the denoiser is not exact", lambda instance: instance.exact_denoiser)
RATIONAL_SCHEDULE = Need(
    "rational schedule", "the schedule has floating weights", lambda instance: instance.policy.irrational is None
)
