"""The interface of policies (definitions.md#policies): choose positions from a partial sequence and fill them
independently.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Hashable, Iterator
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..traits import decides

__all__ = ["Partial", "Policy", "Transition"]

Partial = tuple[int, ...]
"""A partial sequence; the mask is V."""

Transition = tuple[Fraction | float, Partial, Hashable]
"""Chance, next partial sequence, next memory."""


class Policy(ABC):
    """A rule that reveals a fully masked sequence in ``steps`` steps."""

    remasks = False
    """Whether a revealed token can be masked again."""

    oblivious = False
    """Whether the reveal times are independent of the tokens."""

    proposes = False
    """Whether tokens are drawn before the positions that keep them are chosen."""

    sets: tuple[tuple[int, ...], ...] | None = None
    """The positions of every step where they are given."""

    temperature: Fraction | float = Fraction(1)
    """Tokens are drawn from ``c^(1/T)`` normalised."""

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

    @abstractmethod
    def check(self, vocab: int, length: int) -> None:
        """Refuse, with BadInput, a language that this policy does not fit."""

    @abstractmethod
    def written(self) -> dict[str, Any]:
        """The ``[policy]`` table with every parameter as numbers, rational where they are rational."""

    def drawn_depth(self, vocab: int, depth: int) -> int:
        """Roundings in the chance of a token drawn, from conditionals of ``depth`` roundings."""
        return depth

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
        chance, next y, next memory
            Each chance positive; a pair may be yielded more than once.
        """

    @abstractmethod
    def draw_step(
        self, step: int, y: NDArray[np.int64], conditionals: NDArray[np.float64], rng: np.random.Generator
    ) -> NDArray[np.int64]:
        """One step for a batch: ``y`` of shape (n, L), ``conditionals`` (n, L, V); returns the next ``y``."""


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
