"""One sampler of a released package, with its arguments, and what its documentation says of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ...instances import Instance
from ...languages import Language, markov
from ...policies import Adaptive, Policy

if TYPE_CHECKING:
    from ..conform import SamplerCode

__all__ = ["LONG", "Setting", "peaked", "proposing"]


LONG = 300
"""Sequences of L = 16 that are drawn where code conforms: enough for an evidence of e^14 against the usual mistakes."""


@dataclass(frozen=True)
class Setting:
    """What is run, and what it is held against.

    Parameters
    ----------
    sampler, setting : str
        Its name in the package, and the arguments that matter.
    documented : str
        What the package says of it.
    policy : Policy
        That, as a policy.
    code : SamplerCode
    meaning : str
        What follows for somebody who reports numbers with it.
    language : Language, optional
        Three tokens, L = 5, no two contexts alike, unless given.
    samples : int
    """

    sampler: str
    setting: str
    documented: str
    policy: Policy
    code: SamplerCode
    meaning: str
    language: Language = field(default_factory=lambda: peaked(5))
    samples: int = 2_000

    @property
    def instance(self) -> Instance:
        return Instance(self.language, self.policy, name=self.sampler)


def peaked(length: int) -> Language:
    """Asymmetric, and no two contexts of short runs give equal conditionals."""
    transition = [["11/100", "59/100", "3/10"], ["71/100", "19/100", "1/10"], ["1/25", "7/100", "89/100"]]
    return markov(["59/100", "3/10", "11/100"], transition, length)


def proposing(length: int = 5, **settings: Any) -> Adaptive:
    """Propose everywhere, keep the surest."""
    return Adaptive(length, **({"score": "confidence", "order": "sample-then-choose", "sizes": [2, 2, 1]} | settings))
