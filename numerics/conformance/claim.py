"""An instance prepared for tests of samplers."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from ..engines.law import Law
from ..errors import BeyondReach
from ..instances import Instance, require_instance
from ..metrics.output_law import law as output_law
from ..numbers.limits import power
from .catalogue import catalogue, distinct
from .foresight import FOLLOWED, Foresight, Needed, foreseen, rows_of_a_call
from .known_bugs import Variant, law_of_variant
from .oracle import Oracle
from .ties import TiedLaws, tied_laws
from .tokens import Rows
from .trace_test import TraceTest, can_be_followed
from .tv_interval import expected_tv, sequences_needed

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
        Laws to hold what is returned against, besides the catalogue's.
    laws, scores : mapping of str to callable, optional
        Laws that tokens may be drawn by, from log conditionals (n, V) to log probabilities (n, V), which are normalised
        here; scores by which positions may be chosen, large first, from (n, L, V) to (n, L).

    Attributes
    ----------
    final : FinalLaw or None
        None where there are too many sequences.

    Raises
    ------
    BeyondReach
        When there is no final law within reach, and the steps of the policy cannot be followed either.
    """

    def __init__(
        self,
        instance: Instance,
        also: Mapping[str, Variant] = MappingProxyType({}),
        laws: Mapping[str, Rows] = MappingProxyType({}),
        scores: Mapping[str, Rows] = MappingProxyType({}),
    ) -> None:
        self.instance = require_instance(instance)
        self.oracle = Oracle(instance)
        self.laws, self.scores = dict(laws), dict(scores)
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
                f"{instance.name} has {instance.vocab}^{instance.length} sequences, and its policy is of no kind whose "
                "steps are followed"
            )

    def trace_test(self, aim: tuple[int, float] | None = None) -> TraceTest | None:
        """A new test of steps, where the policy can be followed; ``aim`` as of TraceTest."""
        policy = self.instance.policy
        if not can_be_followed(policy):
            return None
        return TraceTest(policy, self.oracle.vocab, self.oracle.length, self.laws, self.scores, aim)

    @cached_property
    def foresight(self) -> Foresight | None:
        """What steps will show of tokens, where they can be followed."""
        # Of the bets that aim at it only what is staked on them is asked.
        test = self.trace_test((FOLLOWED, 1.0))
        return None if test is None else foreseen(self.instance, self.oracle, test)

    def needed(
        self, samples: int | None = None, alpha: float = 1e-6, tv: float = 0.01, by_steps: bool = True
    ) -> Needed:
        """How many sequences a test needs, before any is drawn.

        Parameters
        ----------
        samples : int, optional
            That are to be drawn, of which the total variation is told, or where the final law is out of reach which
            temperatures they find. Unless given, the least number by which right code conforms, or 500.
        alpha, tv : float
            As of :func:`conform`.
        by_steps : bool
            Whether to work out what steps will show, at the cost of testing some 2,000 to 32,000 tokens, once.
        """
        seen = self.foresight if by_steps or self.final is None else None
        share = alpha if self.final is None else alpha / 2
        least = None if seen is None else seen.conforms(share)
        if self.final is None:
            assert seen is not None
            rows = rows_of_a_call(least or FOLLOWED)
            found = seen.finds(share, FOLLOWED if samples is None else samples)
            return Needed(least, seen.shows(share, rows), None, seen.never(), found)
        p = self.final.law.p
        enough = sequences_needed(p, tv, alpha)
        asked = enough if samples is None else samples
        shows = {} if seen is None else seen.shows(share, rows_of_a_call(min(asked, FOLLOWED)))
        shows = {name: n for name, n in shows.items() if n is not None and n <= FOLLOWED}
        return Needed(enough, shows, expected_tv(p, asked))
