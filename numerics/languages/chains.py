"""Chains that may end: the law of their sequences given that these have L tokens (definitions.md#end-weights).

A chain that ends after state k with probability ``end[k]`` writes sequences of every length. Given the length L its
law is ``q(x) = i A E .. A E f / Z_L``, where f holds the end weights and ``Z_L`` is the probability of the length. This
is a Markov chain whose transitions depend on the position: with the messages ``h_L = f``, ``h_t = A h_{t+1}``, they are
``A(k, k') h_{t+1}(k') / h_t(k)``. A chain without end weights is the case f = 1.
"""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Callable
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import BadInput
from ..numbers.enclosure import RAISED, UNIT_ROUNDOFF, gamma
from ..numbers.limits import require_memory
from ..numbers.probabilities import PARAMETER_DEPTH, Probabilities
from .base import Language, Pick, may_underflow, positive, refuse_lost

__all__ = ["SUM_DEPTH", "ChainLanguage", "ends_of"]

SUM_DEPTH = 40
"""Roundings in numpy's pairwise sum: 16 in a block of 128, one a level above; enough for 2^30 terms."""


class ChainLanguage(Language):
    """A language that a homogeneous chain of states writes, given the number of tokens.

    Attributes
    ----------
    initial : Probabilities, shape (K,)
    transition : Probabilities
        One row for each of the K states.
    end : Probabilities, shape (K, 1), or None
        Probability that the sequence ends after a state; a row of ``transition`` and its end sum to 1.
    shorter : Probabilities, shape (1,), or None
        Probability that a sequence is over before the initial state: ``initial`` and it sum to 1.
    """

    initial: Probabilities
    transition: Probabilities
    end: Probabilities | None = None
    shorter: Probabilities | None = None

    def _read_ends(
        self, initial: Any, transition: Any, end: Any, shorter: Any, states: int | None, width: int | None
    ) -> None:
        """Validate the laws of a chain that may end; without a number of states or a width, K of either."""
        self.initial, self.shorter = Probabilities.parse_with_rest(
            initial, 0 if shorter is None else shorter, (states,), "initial", "shorter"
        )
        K = self.initial.values.size
        self.transition, self.end = Probabilities.parse_with_rest(transition, end, (K, width or K), "transition", "end")

    @staticmethod
    def _refuse_shorter(shorter: Any) -> None:
        """Refuse it where nothing says where longer sequences end."""
        if shorter is not None:
            raise BadInput("shorter", "found it without end, which says where longer sequences end")

    @property
    def ends(self) -> bool:
        """Whether it has end weights, so that its law depends on the distance to the last token."""
        return self.end is not None

    @property
    def is_homogeneous(self) -> bool:
        return not self.ends

    @property
    @abstractmethod
    def transitions(self) -> int:
        """Transitions between the first state and the last."""

    @property
    def links(self) -> int:
        """Transitions that are possible."""
        return int(np.count_nonzero(self.transition.values))

    @abstractmethod
    def _following(self, message: NDArray[Any]) -> NDArray[Any]:
        """``h(k')`` at the entry of ``transition`` that leads to k'."""

    @abstractmethod
    def _arrived(self, flow: NDArray[np.float64]) -> NDArray[np.float64]:
        """Sums over the transitions that lead to the same state, of an array like ``transition``: shape (K,)."""

    def _behind(self, message: NDArray[Any], transition: NDArray[Any]) -> NDArray[Any]:
        """``sum_k' A(k, k') h(k')``."""
        return (transition * self._following(message)).sum(axis=-1)

    def expected_transitions(
        self, read: Callable[[NDArray[np.float64]], NDArray[np.float64]]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The law of the first state, and how often each transition is expected in a sequence.

        Parameters
        ----------
        read : callable
            What is taken of every law on the way: itself, or 1 where it is positive.

        Returns
        -------
        first : (K,) float64
        transitions : float64
            Of the shape of ``transition``.
        """
        A, state = read(self.transition.values), read(self.initial.values)
        if not self.ends:
            first, visits = state, np.zeros(state.size)
            for _ in range(self.transitions):
                visits, state = visits + state, read(self._arrived(state[:, None] * A))
            return first, visits[:, None] * A
        state = state * read(self.future[0])
        first = state = state / state.sum()
        total = np.zeros(A.shape)
        for row in self.future[1:]:
            message = read(row)
            behind = self._behind(message, A)
            each = np.divide(state, behind, out=np.zeros(state.size), where=behind > 0)
            flow = each[:, None] * A * self._following(message)
            total, state = total + flow, read(self._arrived(flow))
        return first, total

    @property
    def _laws_rational(self) -> bool:
        given = (self.initial, self.transition, self.end, self.shorter)
        return all(law.rational for law in given if law is not None)

    def final(self, pick: Pick) -> NDArray[Any]:
        """What a pick takes of the end weights, shape (K,); ones where there are none."""
        return np.ones(self.initial.values.size, np.int64) if self.end is None else pick(self.end)[:, 0]

    def _written_ends(self) -> dict[str, Any]:
        """The keys of the ends, where they are given."""
        keys = {}
        if self.end is not None:
            keys["end"] = [row[0] for row in self.end.written()]
        if self.shorter is not None:
            keys["shorter"] = self.shorter.written()[0]
        return keys

    @cached_property
    def future(self) -> NDArray[np.float64]:
        """The messages ``h_t``, shape (T + 1, K), each up to a power of two of its own.

        Raises
        ------
        BeyondReach
            When they do not fit the memory, or one of them leaves the range of float64.
        """
        return self._messages[0]

    @cached_property
    def _messages(self) -> tuple[NDArray[np.float64], int]:
        """The messages, and the sum of the exponents that were taken out of them."""
        T, K = self.transitions, self.initial.values.size
        require_memory(16 * (T + 1) * K, f"the messages of {K} states and L={self.length}")
        rows, exponents = np.empty((T + 1, K)), 0
        rows[T] = self.final(lambda law: law.values)
        for t in range(T - 1, -1, -1):
            row = self._behind(rows[t + 1], self.transition.values)
            _, exponent = np.frexp(row.max())
            rows[t] = np.ldexp(row, -exponent)
            exponents += int(exponent)
        if may_underflow((T, self.transition.values), (1, self.final(lambda law: law.values))):
            possible = positive(self.final(lambda law: law.values))
            for t in range(T - 1, -1, -1):
                possible = positive(self._behind(possible, positive(self.transition.values)))
                refuse_lost(rows[t], possible > 0)
        return rows, exponents

    def _refuse_impossible_length(self) -> None:
        """Refuse a length that no sequence has."""
        if not self.ends:
            return
        possible, A = positive(self.final(lambda law: law.values)), positive(self.transition.values)
        for _ in range(self.transitions):
            before, possible = possible, positive(self._behind(possible, A))
            if (before == possible).all():
                break
        if not ((self.initial.values > 0) & (possible > 0)).any():
            raise BadInput("end", f"no sequence has length={self.length}: the chain ends before that, or never does")

    @property
    def log_length_probability(self) -> float:
        return self._length_probability[0]

    @property
    def log_length_probability_error(self) -> float:
        return self._length_probability[1]

    @cached_property
    def _length_probability(self) -> tuple[float, float]:
        if not self.ends:
            return 0.0, 0.0
        rows, exponents = self._messages
        total = math.fsum(self.initial.values * rows[0])
        value = math.log(total) + exponents * math.log(2)
        error = gamma(self.length_depth) + 2 * UNIT_ROUNDOFF * (abs(math.log(total)) + 2 * abs(exponents))
        return value, error * RAISED

    def exact_length_probability(self) -> Fraction:
        if not self.ends:
            return Fraction(1)
        message, A = self.final(lambda law: law.fractions), self.transition.fractions
        for _ in range(self.transitions):
            message = self._behind(message, A)
        return Fraction((self.initial.fractions * message).sum())

    @property
    def length_depth(self) -> int:
        """Roundings in ``Z_L``."""
        terms = self.transition.values.shape[-1]
        return (self.transitions + 2) * (PARAMETER_DEPTH + 2 + terms) + self.initial.values.size

    def _given_length(self, table: NDArray[Any]) -> NDArray[Any]:
        """A table of ``Z_L q(x)`` divided by its sum; itself without end weights."""
        return table / table.sum() if self.ends else table

    def _table_depth(self, paths: int) -> int:
        """Roundings in the table, where so many are in the sum over the paths of a sequence; no fewer in messages."""
        return 2 * (paths + self.length_depth) + SUM_DEPTH if self.ends else paths


def ends_of(language: ChainLanguage) -> NDArray[np.float64]:
    """End weights, shape (K,), or ones, as kernels take them."""
    return np.ascontiguousarray(language.final(lambda law: law.values), dtype=np.float64)
