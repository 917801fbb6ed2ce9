"""A plan: a schedule, its value, and how far from the best it can be."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, Literal

from ..errors import BadInput
from ..instances import Instance
from ..metrics import measure
from ..numbers.enclosure import Enclosure
from ..policies import Bernoulli, FixedSize, Schedule

__all__ = ["KINDS", "Kind", "Plan", "kind_of", "measured", "named_policies", "others"]

Kind = Literal["bernoulli", "fixed-size"]
KINDS: tuple[Kind, ...] = ("bernoulli", "fixed-size")

SECONDS = 600.0
"""Time that a measurement may be estimated to take."""


@dataclass(frozen=True)
class Plan:
    """A schedule of N steps and the quantity that it makes small.

    Parameters
    ----------
    quantity : {"path_kl", "kl", "ser"}
    kind : {"bernoulli", "fixed-size"}
    policy : Bernoulli or FixedSize
        The best one found.
    value : Enclosure
        The quantity under it.
    least : float or None
        No policy of this kind and number of steps has less; None where that is not known.
    guarantee : str
        What is proved about it, in words.
    others : mapping
        The quantity under the named schedules that apply, ``uniform`` and ``cosine``.
    """

    quantity: str
    kind: Kind
    policy: Bernoulli | FixedSize
    value: Enclosure
    least: float | None
    guarantee: str
    others: Mapping[str, Enclosure]

    @property
    def gap(self) -> float | None:
        """By how much, at most, the best of its kind is better."""
        return None if self.least is None else max(self.value.hi - self.least, 0.0)

    def gain(self, name: str) -> float | None:
        """The share of a named schedule's value that is saved: 0.25 for a quarter less, 0 where no difference shows.

        None where that schedule does not apply, one of the two is known by bounds only, or what was drawn does not tell
        them apart.
        """
        other = self.others.get(name)
        if other is None:
            return None
        if other.overlaps(self.value):
            return None if "statistical" in (other.kind, self.value.kind) else 0.0
        return 1 - self.value.value / other.value if self.value.has_value and other.has_value else None


def named_policies(kind: Kind, steps: int, length: int) -> dict[str, Bernoulli | FixedSize]:
    """The uniform and the cosine schedule as policies of this kind; a cosine that cannot be rounded is left out."""
    if kind == "bernoulli":
        return {"uniform": Bernoulli(steps), "cosine": Bernoulli(schedule=Schedule.cosine(steps))}
    found: dict[str, Bernoulli | FixedSize] = {"uniform": FixedSize.balanced(steps, length)}
    with suppress(BadInput):
        found["cosine"] = FixedSize(Schedule.cosine(steps).sizes(length))
    return found


def kind_of(instance: Instance) -> Kind:
    """The instance's own kind; fixed-size where it has neither."""
    return "bernoulli" if instance.policy.step_law is not None else "fixed-size"


def measured(instance: Instance, policy: Bernoulli | FixedSize, quantity: str, **options: Any) -> Enclosure:
    """The quantity with this policy in the place of the instance's own, and the options of ``measure``."""
    return measure(replace(instance, policy=policy, spec=None), [quantity], seconds=SECONDS, **options)[quantity]


def others(instance: Instance, kind: Kind, steps: int, quantity: str, **options: Any) -> dict[str, Enclosure]:
    """The quantity under the named schedules."""
    named = named_policies(kind, steps, instance.length)
    return {name: measured(instance, policy, quantity, **options) for name, policy in named.items()}
