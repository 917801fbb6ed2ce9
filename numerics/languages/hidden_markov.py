"""Hidden Markov models (definitions.md#languages)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from functools import cached_property
from random import Random
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from ..errors import BeyondReach
from ..numbers.categorical import categorical
from ..numbers.probabilities import PARAMETER_DEPTH, Probabilities, whole
from ..spec.draws import Spec, law, normalised
from ..spec.table import ABSENT, Length, Number, Numbers
from .base import (
    Language,
    Pick,
    Scope,
    masked_conditionals,
    may_underflow,
    path_surprisals,
    positive,
    refuse_lost,
    rescaled,
)
from .chains import ChainLanguage
from .kind import LanguageTable, shorter

__all__ = ["HMM"]


class HMM(ChainLanguage):
    """A hidden chain S with initial law ``pi``, transition matrix A and emission matrix B, given its length.

    Parameters
    ----------
    length : int
    initial : K probabilities
    transition : K rows of K probabilities
    emission : K rows of V probabilities
    end : K probabilities, optional
        That the sequence ends after a state (definitions.md#end-weights); a row of ``transition`` and its end sum to 1.
    shorter : probability, optional
        Of the empty sequence; ``initial`` and it sum to 1.

    Notes
    -----
    Conditionals cost ``O(L K (K + V))`` a sequence by forward-backward. Messages are rescaled by powers of two,
    so zeros stay zero and nothing underflows that does not underflow relative to its own step.
    """

    is_hidden = True

    def __init__(
        self, length: int, initial: Any, transition: Any, emission: Any, end: Any = None, shorter: Any = None
    ) -> None:
        self.length = whole(length, "length", 1)
        if end is not None:
            self._read_ends(initial, transition, end, shorter, None, None)
        else:
            self._refuse_shorter(shorter)
            self.initial = Probabilities.parse(initial, (None,), "initial")
            K = self.initial.values.size
            self.transition = Probabilities.parse(transition, (K, K), "transition", "end")
        self.emission = Probabilities.parse(emission, (self.initial.values.size, None), "emission")
        self.vocab = self.emission.values.shape[1]
        self._refuse_impossible_length()

    @property
    def transitions(self) -> int:
        return self.length - 1

    def _following(self, message: NDArray[Any]) -> NDArray[Any]:
        return message

    def _arrived(self, flow: NDArray[np.float64]) -> NDArray[np.float64]:
        return flow.sum(axis=0)

    @property
    def states(self) -> int:
        """K, the number of hidden states."""
        return self.initial.values.size

    @property
    def rational(self) -> bool:
        return self._laws_rational and self.emission.rational

    @property
    def depth(self) -> int:
        return self._table_depth((2 * PARAMETER_DEPTH + 2 + self.states) * self.length)

    def surprisal_range(self) -> tuple[float, float]:
        L = self.length
        ends = [(1, self.end)] if self.end is not None else []
        return path_surprisals((1, self.initial), (L - 1, self.transition), (L, self.emission), *ends)

    @property
    def surprisal_nanoseconds(self) -> float:
        return self.length * (50.0 + self.states * (self.states / 4 + 5))

    @property
    def summed(self) -> int:
        return self.states

    @property
    def hidden_states(self) -> int:
        return self.states

    def log_prob(self, x: NDArray[np.integer]) -> NDArray[np.float64]:
        x = np.asarray(x)
        A, B = self.transition.values, self.emission.values
        total = np.zeros(len(x))
        message = np.broadcast_to(self.initial.values, (len(x), self.states))
        for i in range(self.length):
            if i:
                message = message @ A
            message = message * B.T[x[:, i]]
            if i == self.length - 1:
                message = message * self.final(lambda law: law.values)
            scale = message.sum(axis=-1)
            with np.errstate(divide="ignore"):
                total += np.log(scale)
            message = np.divide(message, scale[:, None], out=np.zeros_like(message), where=scale[:, None] > 0)
        if self._may_underflow and (np.isneginf(total) & self.in_support(x)).any():
            raise BeyondReach("a possible sequence has hidden paths whose probabilities leave the range of float64")
        return total - self.log_length_probability

    def conditionals(
        self, y: NDArray[np.integer], scope: Scope = "global"
    ) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        self.require_scope(scope)
        y = np.asarray(y)
        weights = self._joint_weights(y, lambda law: law.values, rescaled)
        if self._may_underflow:
            refuse_lost(weights, self._joint_weights(y, lambda law: positive(law.values), positive) > 0)
        return masked_conditionals(weights, y, self.vocab)

    @cached_property
    def _may_underflow(self) -> bool:
        pi, A, B = self.initial.values, self.transition.values, self.emission.values
        return may_underflow((1, pi), (self.length - 1, A), (self.length, B), (1, self.final(lambda law: law.values)))

    def _joint_weights(
        self, y: NDArray[np.integer], pick: Pick, kept: Callable[[NDArray[np.float64]], NDArray[np.float64]]
    ) -> NDArray[np.float64]:
        """Weights proportional to ``q(x_i = v, y)``, each position scaled by itself."""
        pi, A, B = (pick(law) for law in (self.initial, self.transition, self.emission))
        L, V = self.length, self.vocab
        evidence = np.concatenate([B.T, np.ones((1, self.states))])[y]
        before = np.empty((len(y), L, self.states))
        before[:, 0] = pi
        for i in range(1, L):
            before[:, i] = kept(before[:, i - 1] * evidence[:, i - 1]) @ A
        weights = np.empty((len(y), L, V))
        behind = np.broadcast_to(self.final(pick), (len(y), self.states))
        for i in range(L - 1, -1, -1):
            weights[:, i] = (before[:, i] * behind) @ B
            behind = kept(behind * evidence[:, i]) @ A.T
        allowed = (y[:, :, None] == np.arange(V)) | (y[:, :, None] == V)
        return weights * allowed

    def in_support(self, x: NDArray[np.integer]) -> NDArray[np.bool_]:
        paths = np.broadcast_to(positive(self.initial.values), (len(x), self.states))
        for i in range(self.length):
            if i:
                paths = paths @ positive(self.transition.values)
            paths = positive(paths * self.emission.values.T[np.asarray(x)[:, i]])
        return (paths * self.final(lambda law: law.values)).max(axis=-1) > 0

    def every_string_is_possible(self) -> bool:
        return bool((self.emission.values > 0).all())

    def sample(self, count: int, rng: np.random.Generator) -> NDArray[np.int64]:
        x = np.empty((count, self.length), dtype=np.int64)
        future = self.future if self.ends else np.ones((self.length, self.states))
        state = categorical(np.broadcast_to(self.initial.values * future[0], (count, self.states)), rng)
        for i in range(self.length):
            if i:
                state = categorical(self.transition.values[state] * future[i], rng)
            x[:, i] = categorical(self.emission.values[state], rng)
        return x

    def _expand(self, pick: Pick) -> NDArray[Any]:
        initial, transition, emission = (pick(law) for law in (self.initial, self.transition, self.emission))
        law = (initial[:, None] * emission).T
        for _ in range(1, self.length):
            law = ((law @ transition)[:, None, :] * emission.T).reshape(-1, self.states)
        return self._given_length((law * self.final(pick)).sum(axis=-1))

    @property
    def parameters(self) -> int:
        return self.states * (self.states + self.vocab)

    def written(self) -> dict[str, Any]:
        return {
            "kind": "hmm",
            "length": self.length,
            "initial": self.initial.written(),
            "transition": self.transition.written(),
            "emission": self.emission.written(),
            **self._written_ends(),
        }

    def __repr__(self) -> str:
        return f"HMM(length={self.length}, states={self.states}, vocab={self.vocab})"


class HMMTable(LanguageTable):
    kind: Literal["hmm"]
    length: Length
    initial: Numbers
    transition: Numbers
    emission: Numbers
    end: Numbers = ABSENT
    shorter: Number = ABSENT
    makes: ClassVar[Callable[..., Language]] = HMM
    draws: ClassVar[int] = 1

    @classmethod
    def drawn(cls, vocab: int, length: int, rng: Random) -> Spec:
        states = rng.randint(2, 3)
        return {
            "kind": "hmm",
            "initial": law(states, rng),
            "transition": [law(states, rng) for _ in range(states)],
            "emission": [law(vocab, rng) for _ in range(states)],
            "length": length,
        }

    @classmethod
    def smaller(cls, language: Spec) -> Iterator[tuple[Spec, list[int]]]:
        """One token less, or one hidden state less: the others share its probabilities."""
        yield from shorter(language)
        for state in range(len(language["initial"])):
            initial, *transition = (
                [Fraction(c) for k, c in enumerate(law) if k != state]
                for law in (language["initial"], *_without(language["transition"], state))
            )
            if all(map(any, (initial, *transition))):
                laws = {"initial": normalised(initial), "transition": [normalised(law) for law in transition]}
                yield {**language, **laws, "emission": _without(language["emission"], state)}, []


def _without(rows: Sequence[Any], k: int) -> list[Any]:
    return [*rows[:k], *rows[k + 1 :]]
