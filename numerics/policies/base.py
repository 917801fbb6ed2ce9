"""The interface of policies (definitions.md#policies): choose positions from a partial sequence and fill them
independently.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Iterator, Sequence
from fractions import Fraction
from functools import cached_property
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from ..numbers.probabilities import Parametrised
from ..traits import decides
from .schedule import Schedule

__all__ = ["DrawStep", "Partial", "Policy", "Transition"]

Partial = tuple[int, ...]
"""A partial sequence; the mask is V."""

Transition = tuple[Fraction | float, Partial, Hashable]
"""Probability, next partial sequence, next memory."""

DrawStep = Callable[[int, NDArray[np.int64], NDArray[np.float64]], NDArray[np.int64]]
"""From a step, partial sequences (n, L) and conditionals (n, L, V), the next partial sequences."""


class Policy(Parametrised, ABC):
    """A rule that reveals a fully masked sequence in ``steps`` steps."""

    @classmethod
    def of(cls, policy: Policy) -> Self:
        """The policy, which must be of this class: a method whose conditions hold asks for what it needs."""
        if not isinstance(policy, cls):
            raise TypeError(f"{policy} is not of the kind {cls.__name__}")
        return policy

    remasks = False
    """Whether a revealed token can be masked again."""

    oblivious = False
    """Whether the reveal times are independent of the tokens."""

    exchangeable = False
    """Whether moreover their law stays the same when the positions are permuted."""

    step_law: Schedule | None = None
    """The law of each position's reveal time where these are i.i.d."""

    sizes: tuple[int, ...] | None = None
    """``s_1..s_N`` where they are given."""

    random_sizes: tuple[int, ...] | None = None
    """``s_1..s_N`` where each step reveals a uniformly random set of that size."""

    size_law: tuple[tuple[Fraction, tuple[int, ...]], ...] = ()
    """Probabilities of such sizes, of which one are drawn before the first step; empty for other policies."""

    compares = False
    """Whether conditionals are compared: their roundings could change what is revealed."""

    @property
    def irrational(self) -> str | None:
        """Why rational conditionals do not make the probabilities of its steps rational; None where they do."""
        return None

    proposes = False
    """Whether tokens are drawn before the positions that keep them are chosen."""

    sets: tuple[tuple[int, ...], ...] | None = None
    """The positions of every step where they are given."""

    score: str | None = None
    """What conditionals are ranked by; None where positions do not depend on them."""

    bound: Fraction | float | None = None
    """Where scores decide how many positions a step reveals, what they are held against."""

    block_length: int | None = None
    """Positions of a run that is finished before the next; None where a step may reveal any position."""

    temperature: Fraction | float = Fraction(1)
    """Tokens are drawn from ``c^(1/T)`` normalised."""

    @cached_property
    def exponent(self) -> Fraction | float:
        """``1/T``."""
        return 1 / self.temperature if self.temperature else math.inf

    @property
    def blocks(self) -> int:
        """Runs of positions that are finished one after another."""
        return 1

    @property
    def one_choice(self) -> bool:
        """Whether what is revealed decides the positions of a step."""
        return False

    @property
    def certain_times(self) -> bool:
        """Whether the reveal times have one value: the same paths lead to every sequence."""
        return self.oblivious and self.one_choice

    @property
    def counted(self) -> bool:
        """Whether the number that each step reveals has a closed law, and the positions do not matter to it."""
        return self.step_law is not None or bool(self.size_law)

    @property
    def given_sizes(self) -> tuple[int, ...] | None:
        """``s_1..s_N`` where they are given and tokens are drawn at temperature 1."""
        return None

    @property
    def chosen_first(self) -> bool:
        """Whether positions are chosen before their tokens are drawn, and no token is masked again."""
        return not (self.remasks or self.proposes)

    @property
    def one_step(self) -> bool:
        """Whether a single step reveals everything, at temperature 1."""
        return self.given_sizes is not None and max(self.given_sizes) == sum(self.given_sizes)

    @property
    @abstractmethod
    def steps(self) -> int:
        """N, the number of denoiser calls (the most there can be, where it is random)."""

    @property
    def edges(self) -> int:
        """Numbers that a uniform one is held against to draw a reveal time."""
        return self.steps

    @abstractmethod
    def check(self, vocab: int, length: int) -> None:
        """Refuse, with BadInput, a language that this policy does not fit."""

    @abstractmethod
    def written(self) -> dict[str, Any]:
        """The ``[policy]`` table with every parameter as numbers, rational where they are rational."""

    def refines(self, coarser: Policy) -> bool | None:
        """Whether its steps split those of another policy; None for one of another kind."""
        return None

    def resized(self, sizes: Sequence[int]) -> Policy:
        """The same rule with other sizes, its blocks forgotten, where a step may reveal any positions.

        Raises
        ------
        TypeError
            For other policies.
        """
        raise TypeError(f"{self} has no sizes of which the positions are left open")

    def drawn_depth(self, vocab: int, depth: int) -> int:
        """Roundings in the probability of a token drawn, from conditionals of ``depth`` roundings."""
        return depth

    @abstractmethod
    def pair_count(self, vocab: int, length: int) -> int:
        """Pairs of a partial sequence and one that a step leads to, over all steps, if every token were possible."""

    @abstractmethod
    def transitions(
        self, step: int, y: Partial, conditionals: NDArray[np.float64], memory: Hashable = None
    ) -> Iterator[Transition]:
        """The law of one step.

        Parameters
        ----------
        step : int
            1..N.
        y : tuple of int
            The partial sequence so far.
        conditionals : (L, V) float64, or object
            What the denoiser predicts from ``y``; a masked row may sum to less than 1 (rule ``stop``), and what
            is missing is lost. Policies of :mod:`.adaptive` and :mod:`.remasking` also take Fractions, and give them.
        memory : hashable
            What the policy remembers of earlier steps; None for those that need nothing.

        Yields
        ------
        probability, next y, next memory
            Each probability positive; a pair may be yielded more than once.
        """

    @abstractmethod
    def drawing(self, n: int, length: int, rng: np.random.Generator) -> DrawStep:
        """Steps for a batch of ``n`` sequences of ``length`` tokens, with what each remembers of earlier steps."""


@decides("OrderOblivious", "policy")
def _is_oblivious(policy: Policy) -> bool:
    return policy.oblivious


@decides("ChosenFirst", "policy")
def _is_chosen_first(policy: Policy) -> bool:
    return policy.chosen_first


@decides("OneChoice", "policy")
def _has_one_choice(policy: Policy) -> bool:
    return policy.one_choice


@decides("SizedPolicy", "policy")
def _has_given_sizes(policy: Policy) -> bool:
    return policy.given_sizes is not None


@decides("OneStep", "policy")
def _is_one_step(policy: Policy) -> bool:
    return policy.one_step


@decides("OneAtATime", "policy")
def _is_one_at_a_time(policy: Policy) -> bool:
    return policy.given_sizes is not None and max(policy.given_sizes) <= 1 and policy.chosen_first


@decides("ProposalsOneAtATime", "policy")
def _proposes_one_at_a_time(policy: Policy) -> bool:
    return policy.given_sizes is not None and max(policy.given_sizes) <= 1 and policy.proposes


@decides("TemperatureOne", "policy")
def _draws_at_temperature_one(policy: Policy) -> bool:
    return policy.temperature == 1


@decides("NoBlocks", "policy")
def _has_no_blocks(policy: Policy) -> bool:
    return policy.blocks == 1
