"""SER is 0, at any length, where every string is possible: no sampler can be wrong."""

from __future__ import annotations

from ..engines.needs import Need, scope_of
from ..engines.workspace import Cost
from ..numbers.enclosure import Enclosure
from .method import Method

__all__ = ["METHODS"]


FULL = Need(
    "every string possible from any hidden state",
    "some strings may be impossible",
    lambda instance: instance.language.every_string_is_possible(),
)


METHODS = (
    Method(
        "ser",
        "support",
        "exact",
        FULL,
        lambda instance: Cost(1, 0),
        lambda work: Enclosure.exactly(0),
        scope_of(FULL),
        "1",
    ),
)
