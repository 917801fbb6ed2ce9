"""An instance prepared for tests of samplers."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from ..engines.law import Law
from ..errors import BeyondReach
from ..instances import Instance
from ..metrics.output_law import law as output_law
from ..numbers.limits import power
from .catalogue import catalogue, distinct
from .known_bugs import Variant, law_of_variant
from .oracle import Oracle
from .ties import TiedLaws, tied_laws
from .trace_test import can_be_followed

__all__ = ["Claim", "FinalLaw"]

LOGARITHM = 800

MOST_SEQUENCES = 1 << 20
"""Of a language whose law is held against what is drawn, sequence by sequence."""


class FinalLaw:
    """What a claim says about complete sequences.

    Parameters
    ----------
    instance : Instance
    oracle : Oracle
    also : mapping of str to Variant

    Attributes
    ----------
    law : Law
        p, ties as they are exactly.
    alternatives : dict of str to (V^L,) float64
    ties : TiedLaws or None
        The set of laws, where rounding may break ties.
    depth : int
        Roundings in an expectation.
    """

    def __init__(self, instance: Instance, oracle: Oracle, also: Mapping[str, Variant]) -> None:
        self.law: Law = output_law(instance)
        others = {name: law_of_variant(variant, oracle) for name, variant in also.items()}
        self.alternatives = distinct(catalogue(instance, oracle) | others, self.law.p)
        self.ties: TiedLaws | None = tied_laws(instance, oracle)
        # A conditional is rounded to its logarithm, of at most 745, and back; the last sum is over all sequences.
        drawn = instance.policy.drawn_depth(instance.vocab, LOGARITHM)
        self.depth = self.law.p_depth + instance.length * (drawn + instance.vocab**instance.length)

    def expectation(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """The largest that functions (..., V^L) of a sequence have under the claim."""
        return values @ self.law.p if self.ties is None else self.ties.upper(values)

    @property
    def allowed(self) -> NDArray[np.float64]:
        """A law that is positive on all that the claim allows."""
        return self.law.p if self.ties is None else self.ties.law


class Claim:
    """An instance prepared for several tests: its oracle, and in a small language its law and others to compare.

    Parameters
    ----------
    instance : Instance
        Not under the rule ``stop``.
    also : mapping of str to Variant, optional
        Laws to hold the sampler against besides the catalogue's.

    Attributes
    ----------
    final : FinalLaw or None
        None where there are too many sequences.

    Raises
    ------
    BeyondReach
        When there is no final law within reach, and the steps of the policy cannot be followed either.
    """

    def __init__(self, instance: Instance, also: Mapping[str, Variant] = MappingProxyType({})) -> None:
        self.instance = instance
        self.oracle = Oracle(instance)
        self.final: FinalLaw | None = None
        follows = can_be_followed(instance.policy)
        if power(instance.vocab, instance.length) <= MOST_SEQUENCES:
            try:
                self.final = FinalLaw(instance, self.oracle, also)
            except BeyondReach:
                if not follows:
                    raise
        elif not follows:
            raise BeyondReach(
                f"{instance.name} has {instance.vocab}^{instance.length} sequences, and only the steps of Bernoulli, "
                "fixed-size, fixed-sets and adaptive policies are followed"
            )
