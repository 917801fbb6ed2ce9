"""The ``[policy]`` table of an instance file: one class a kind, its keys and the policy that it builds."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

from .. import policies
from ..errors import BadInput
from ..policies import Policy, Schedule
from .spec_table import ABSENT, Count, Number, Numbers, SpecTable, WholeRows, Wholes, of_kind

__all__ = ["read_policy"]


class PolicyTable(SpecTable):
    """A ``[policy]`` table."""

    kind: str

    def build(self, length: int) -> Policy:
        """The policy for sequences of ``length`` tokens."""
        raise NotImplementedError


class ScheduledTable(PolicyTable):
    """The keys of a schedule: ``steps`` with ``schedule`` ("uniform") and its ``ratio``; ``weights``; or ``alpha``."""

    steps: Count = ABSENT
    schedule: Literal["uniform", "cosine", "geometric"] = ABSENT
    ratio: Number = ABSENT
    weights: Numbers = ABSENT
    alpha: Numbers = ABSENT

    def read_schedule(self, source: str) -> Schedule:
        """The schedule given by ``source``: steps, weights or alpha."""
        self._refuse_strays(source)
        if source == "weights":
            return Schedule(self.weights)
        if source == "alpha":
            if not isinstance(self.alpha, list):
                raise BadInput("alpha", 'found a number; a list such as ["1/2", 1] is accepted')
            return Schedule.from_alpha(self.alpha)
        if self.schedule == "geometric":
            return Schedule.geometric(self.steps, self.ratio)
        return Schedule.cosine(self.steps) if self.schedule == "cosine" else Schedule.uniform(self.steps)

    def _refuse_strays(self, source: str) -> None:
        if self.given("schedule") and source != "steps":
            raise BadInput("schedule", f'found "{self.schedule}" next to {source}; it is accepted with steps only')
        geometric = self.schedule == "geometric"
        if self.given("ratio") and not geometric:
            raise BadInput("ratio", 'found a ratio; it is accepted with schedule = "geometric" only')
        if geometric and not self.given("ratio"):
            raise BadInput("ratio", 'the key is missing; schedule = "geometric" needs it')

    def canonical(self, folder: Path) -> dict[str, Any]:
        schedule = {"schedule": "uniform"} if self.given("steps") else {}
        return schedule | super().canonical(folder)


class BernoulliTable(ScheduledTable):
    kind: Literal["bernoulli"]

    def build(self, length: int) -> Policy:
        return policies.Bernoulli(schedule=self.read_schedule(self.exactly_one("steps", "weights", "alpha")))


class FixedSizeTable(ScheduledTable):
    """``sizes``, or the keys of a schedule: uniform ``steps`` are as even as possible, others are rounded."""

    kind: Literal["fixed-size"]
    sizes: Wholes = ABSENT

    def build(self, length: int) -> Policy:
        source = self.exactly_one("sizes", "steps", "weights", "alpha")
        if source == "sizes":
            self._refuse_strays(source)
            return policies.FixedSize(self.sizes)
        if source == "steps" and self.schedule in (None, "uniform"):
            self._refuse_strays(source)
            return policies.FixedSize.balanced(self.steps, length)
        schedule = self.read_schedule(source)
        try:
            return policies.FixedSize(schedule.sizes(length))
        except BadInput as problem:
            raise BadInput(source, problem.problem) from None


class AutoregressiveTable(PolicyTable):
    kind: Literal["autoregressive"]

    def build(self, length: int) -> Policy:
        return policies.autoregressive(length)


class RandomOrderTable(PolicyTable):
    kind: Literal["random-order"]

    def build(self, length: int) -> Policy:
        return policies.random_order(length)


class FixedSetsTable(PolicyTable):
    kind: Literal["fixed-sets"]
    sets: WholeRows

    def build(self, length: int) -> Policy:
        return policies.FixedSets(self.sets)


class BisectionTable(PolicyTable):
    kind: Literal["bisection"]

    def build(self, length: int) -> Policy:
        return policies.bisection(length)


class AdaptiveTable(PolicyTable):
    kind: Literal["adaptive"]
    score: Literal["confidence", "margin", "entropy", "random"]
    order: Literal["choose-then-sample", "sample-then-choose"]
    sizes: Wholes = ABSENT
    steps: Count = ABSENT
    threshold: Number = ABSENT
    entropy_bound: Number = ABSENT
    temperature: Number = Fraction(1)
    ties: Literal["first", "random"] = "first"
    block_length: Count = ABSENT

    def build(self, length: int) -> Policy:
        self.exactly_one("sizes", "steps", "threshold", "entropy_bound")
        keys = {name: getattr(self, name) for name in type(self).model_fields if name != "kind"}
        return policies.Adaptive(length, **keys)


class RemaskingTable(ScheduledTable):
    """The keys of ``bernoulli`` and ``sigma``, one number a step."""

    kind: Literal["remasking"]
    sigma: Numbers

    def build(self, length: int) -> Policy:
        if not isinstance(self.sigma, list):
            raise BadInput("sigma", "found a number; a list with one number for each step is accepted")
        return policies.Remasking(self.read_schedule(self.exactly_one("steps", "weights", "alpha")), self.sigma)


KINDS: Mapping[str, type[PolicyTable]] = MappingProxyType(
    {
        "bernoulli": BernoulliTable,
        "fixed-size": FixedSizeTable,
        "autoregressive": AutoregressiveTable,
        "random-order": RandomOrderTable,
        "fixed-sets": FixedSetsTable,
        "bisection": BisectionTable,
        "adaptive": AdaptiveTable,
        "remasking": RemaskingTable,
    }
)


def read_policy(table: Any, vocab: int, length: int, folder: Path) -> tuple[Policy, dict[str, Any]]:
    """A policy that fits sequences of ``length`` tokens out of ``vocab``, and the canonical form of its table."""
    read = of_kind(table, KINDS)
    policy = read.build(length)
    policy.check(vocab, length)
    return policy, read.canonical(folder)
