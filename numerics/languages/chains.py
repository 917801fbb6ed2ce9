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

from ..errors import BadInput, BeyondReach
from ..numbers.arcs import Arcs
from ..numbers.enclosure import RAISED, UNIT_ROUNDOFF, gamma
from ..numbers.limits import require_memory
from ..numbers.probabilities import SMALLEST_NORMAL, Probabilities
from .base import LOST, Language, Pick, largest_surprisal, may_underflow, positive

__all__ = ["SUM_DEPTH", "ChainLanguage", "Message", "ends_of"]

LOWEST = 1074
"""The smallest positive float64 is 2 to minus this."""

NEGLIGIBLE = 2.0**-60
"""What underflow may do to the probability of a length."""

Message = Callable[[NDArray[Any]], NDArray[Any]]

SUM_DEPTH = 40
"""Roundings in numpy's pairwise sum: 16 in a block of 128, one a level above; enough for 2^30 terms."""


class ChainLanguage(Language):
    """A language that a homogeneous chain of states writes, given the number of tokens.

    Attributes
    ----------
    initial : Probabilities, shape (K,)
    end : Probabilities, shape (K, 1), or None
        Probability that the sequence ends after a state; its row of transitions and its end sum to 1.
    shorter : Probabilities, shape (1,), or None
        Probability that a sequence is over before the initial state: ``initial`` and it sum to 1.
    """

    initial: Probabilities
    end: Probabilities | None = None
    shorter: Probabilities | None = None

    def _read_start(self, initial: Any, shorter: Any, states: int | None) -> None:
        """Validate the law of the first state of a chain that may end before it."""
        self.initial, self.shorter = Probabilities.parse_with_rest(
            initial, 0 if shorter is None else shorter, (states,), "initial", "shorter"
        )

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
    @abstractmethod
    def links(self) -> int:
        """Transitions that are possible."""

    @property
    @abstractmethod
    def step_surprisal(self) -> float:
        """``-log`` of the smallest positive probability of a transition."""

    @property
    @abstractmethod
    def step_depth(self) -> int:
        """Roundings of one more transition: its parameters, a product, a sum, a change of scale."""

    @property
    @abstractmethod
    def _moves(self) -> Probabilities | Arcs:
        """The transitions as a pick takes them; an array of a number for each is an array of moves."""

    def start(self, pick: Pick) -> NDArray[Any]:
        """What a pick takes of the law of the first state, shape (K,)."""
        return pick(self.initial)

    @abstractmethod
    def _leaving(self, message: NDArray[Any]) -> NDArray[Any]:
        """``h(k)`` at the moves that leave k."""

    @abstractmethod
    def _following(self, message: NDArray[Any]) -> NDArray[Any]:
        """``h(k')`` at the moves that lead to k'."""

    @abstractmethod
    def _arrived(self, flow: NDArray[np.float64]) -> NDArray[np.float64]:
        """Sums over the moves that lead to the same state, shape (K,)."""

    @abstractmethod
    def _behind(self, moves: NDArray[Any]) -> Message:
        """The function from h to ``sum_k' A(k, k') h(k')``."""

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
            An array of moves.
        """
        A, state = read(self._moves.values), read(self.start(lambda law: law.values))
        if not self.ends:
            first, visits = state, np.zeros(state.size)
            for _ in range(self.transitions):
                visits, state = visits + state, read(self._arrived(self._leaving(state) * A))
            return first, self._leaving(visits) * A
        if self._messages[2]:
            raise BeyondReach(LOST)
        state = state * read(self.future[0])
        first = state = state / state.sum()
        total, back = np.zeros(A.shape), self._behind(A)
        for row in self.future[1:]:
            message = read(row)
            behind = back(message)
            each = np.divide(state, behind, out=np.zeros(state.size), where=behind > 0)
            flow = self._leaving(each) * A * self._following(message)
            total, state = total + flow, read(self._arrived(flow))
        return first, total

    @property
    def _laws_rational(self) -> bool:
        given = (self.initial, self._moves, self.end, self.shorter)
        return all(law.rational for law in given if law is not None)

    def final(self, pick: Pick) -> NDArray[Any]:
        """What a pick takes of the end weights, shape (K,); ones where there are none."""
        return np.ones(self._states, np.int64) if self.end is None else pick(self.end)[:, 0]

    @property
    def _states(self) -> int:
        """K."""
        return self.initial.values.size

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
            When they do not fit the memory, or what leaves the range of float64 could be told.
        """
        return self._messages[0]

    @cached_property
    def _messages(self) -> tuple[NDArray[np.float64], int, float]:
        """The messages, the sum of the exponents that were taken out of them, and what underflow can do to ``Z_L``.

        Relative to ``Z_L``, and none where every entry that is possible is a normal number. Otherwise a step from t + 1
        to t is off by no more than ``step_depth`` times 2^-1074, in the units of its rows, beside what its roundings
        do; as states at t have a total probability of at most 1, so is ``Z_L``, for each of the T steps and the start.
        """
        T, K = self.transitions, self._states
        require_memory(16 * (T + 1) * K, f"the messages of {K} states and L={self.length}")
        rows, exponents = np.empty((T + 1, K)), np.zeros(T + 1, dtype=np.int64)
        rows[T] = self.final(lambda law: law.values)
        back = self._behind(self._moves.values)
        for t in range(T - 1, -1, -1):
            row = back(rows[t + 1])
            _, exponent = np.frexp(row.max())
            rows[t] = np.ldexp(row, -exponent)
            exponents[t] = exponents[t + 1] + exponent
        total = float(self.start(lambda law: law.values) @ rows[0])
        lost = 0.0
        if may_underflow((T, self.step_surprisal), (1, largest_surprisal(rows[T]))) and self._is_lost(rows):
            scale = int(exponents.max() - exponents[0]) + 1 - math.frexp(total)[1] if total else LOWEST
            lost = math.ldexp(4.0 * (T + 2) * self.step_depth, min(scale, LOWEST) - LOWEST)
            if lost > NEGLIGIBLE:
                raise BeyondReach(LOST)
        return rows, int(exponents[0]), lost

    def _is_lost(self, rows: NDArray[np.float64]) -> bool:
        """Whether some entry of the messages is possible, and not a normal number."""
        back = self._behind(positive(self._moves.values))
        possible = positive(self.final(lambda law: positive(law.values)))
        for row in rows[-2::-1]:
            possible = positive(back(possible))
            if (row[possible > 0] < SMALLEST_NORMAL).any():
                return True
        return False

    def _refuse_impossible_length(self) -> None:
        """Refuse a length that no sequence has."""
        if not self.ends:
            return
        possible, back = self.final(lambda law: positive(law.values)), self._behind(positive(self._moves.values))
        for _ in range(self.transitions):
            before, possible = positive(possible), positive(back(possible))
            if (before == possible).all():
                break
        if not ((self.start(lambda law: positive(law.values)) > 0) & (possible > 0)).any():
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
        rows, exponents, lost = self._messages
        total = math.fsum(self.start(lambda law: law.values) * rows[0])
        value = math.log(total) + exponents * math.log(2)
        error = gamma(self.length_depth) + 2 * UNIT_ROUNDOFF * (abs(math.log(total)) + 2 * abs(exponents))
        return value, (error + 2 * lost) * RAISED

    def exact_length_probability(self) -> Fraction:
        if not self.ends:
            return Fraction(1)
        message, back = self.final(lambda law: law.fractions), self._behind(self._moves.fractions)
        for _ in range(self.transitions):
            message = back(message)
        return Fraction((self.start(lambda law: law.fractions) * message).sum())

    @property
    def length_depth(self) -> int:
        """Roundings in ``Z_L``."""
        return (self.transitions + 2) * self.step_depth + self._states

    def _given_length(self, table: NDArray[Any]) -> NDArray[Any]:
        """A table of ``Z_L q(x)`` divided by its sum; itself without end weights."""
        return table / table.sum() if self.ends else table

    def _table_depth(self, paths: int) -> int:
        """Roundings in the table, where so many are in the sum over the paths of a sequence; no fewer in messages."""
        return 2 * (paths + self.length_depth) + SUM_DEPTH if self.ends else paths


def ends_of(language: ChainLanguage) -> NDArray[np.float64]:
    """End weights, shape (K,), or ones, as kernels take them."""
    return np.ascontiguousarray(language.final(lambda law: law.values), dtype=np.float64)
