"""The ``[policy]`` table of an instance file: each kind is declared beside the policy that it builds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any, ClassVar, Literal

from ..errors import BadInput
from ..spec.draws import Spec
from ..spec.table import ABSENT, Count, KindTable, Number, Numbers
from .base import Policy
from .schedule import Schedule

__all__ = ["FEW_STEPS", "PolicyTable", "ScheduledTable", "read_policy"]

FEW_STEPS = 4
"""Steps of the policies that a search begins with."""


class PolicyTable(KindTable):
    """A ``[policy]`` table."""

    steps_key: ClassVar[str | None] = None
    """The key that lists its steps; None where none does. A table may leave it out."""

    def build(self, length: int) -> Policy:
        """The policy for sequences of ``length`` tokens."""
        raise NotImplementedError

    @classmethod
    def examples(cls, length: int) -> Iterator[Spec]:
        """Small policies of this kind for L tokens, for searches to begin with."""
        return iter(())

    @classmethod
    def drawn(cls, length: int, rng: Random) -> Spec | None:
        """A random one; by default one of the examples, and None where there is none."""
        listed = list(cls.examples(length))
        return rng.choice(listed) if listed else None


class ScheduledTable(PolicyTable):
    """The keys of a schedule: ``steps`` with ``schedule`` ("uniform") and its ``ratio``; ``weights``; or ``alpha``."""

    steps: Count = ABSENT
    schedule: Literal["uniform", "cosine", "geometric"] = ABSENT
    ratio: Number = ABSENT
    weights: Numbers = ABSENT
    alpha: Numbers = ABSENT

    def read_schedule(self, source: str) -> Schedule:
        """The schedule given by ``source``: steps, weights or alpha."""
        self.refuse_strays(source)
        if source == "weights":
            return Schedule(self.weights)
        if source == "alpha":
            if not isinstance(self.alpha, list):
                raise BadInput("alpha", 'found a number; a list such as ["1/2", 1] is accepted')
            return Schedule.from_alpha(self.alpha)
        if self.schedule == "geometric":
            return Schedule.geometric(self.steps, self.ratio)
        return Schedule.cosine(self.steps) if self.schedule == "cosine" else Schedule.uniform(self.steps)

    def refuse_strays(self, source: str) -> None:
        """Refuse the keys of a schedule that go with another one than ``source``."""
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


def read_policy(table: Any, vocab: int, length: int, folder: Path) -> tuple[Policy, dict[str, Any]]:
    """A policy that fits sequences of ``length`` tokens out of ``vocab``, and the canonical form of its table."""
    read = PolicyTable.of_kind(table)
    policy = read.build(length)
    policy.check(vocab, length)
    return policy, read.canonical(folder)
