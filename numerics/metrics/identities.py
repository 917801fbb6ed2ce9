"""SER is 0, at any length, where every string is possible: no sampler can be wrong."""

from __future__ import annotations

from ..engines.workspace import Cost
from ..instances import Instance
from ..numbers.enclosure import Enclosure
from .method import Method

__all__ = ["METHODS"]


def _some_string_is_impossible(instance: Instance) -> str | None:
    return None if instance.language.every_string_is_possible() else "some strings may be impossible"


METHODS = (
    Method(
        "ser",
        "support",
        "exact",
        _some_string_is_impossible,
        lambda instance: Cost(1, 0),
        lambda work: Enclosure.exactly(0),
        "any language x any policy, every string possible from any hidden state",
        "1",
    ),
)
