"""The interface of policies (definitions.md#policies): choose positions from a partial sequence and fill them
independently.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Hashable, Iterator
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

__all__ = ["Partial", "Policy", "Transition"]

Partial = tuple[int, ...]
"""A partial sequence; the mask is V."""

Transition = tuple[Fraction | float, Partial, Hashable]
"""Chance, next partial sequence, next memory."""


class Policy(ABC):
    """A rule that reveals a fully masked sequence in ``steps`` steps."""

    remasks = False
    """Whether a revealed token can be masked again."""

    @property
    @abstractmethod
    def steps(self) -> int:
        """N, the number of denoiser calls (the most there can be, where it is random)."""

    @abstractmethod
    def check(self, vocab: int, length: int) -> None:
        """Refuse, with BadInput, a language that this policy does not fit."""

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
