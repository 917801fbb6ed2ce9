"""Hidden Markov models (definitions.md#languages)."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cached_property
from random import Random
from typing import Any, ClassVar, Literal

import numpy as np
import scipy
from numpy.typing import NDArray

from ..errors import BadInput, BeyondReach
from ..numbers.arcs import Arcs
from ..numbers.categorical import categorical
from ..numbers.probabilities import PARAMETER_DEPTH, Probabilities, whole
from ..spec.draws import Spec, law, normalised
from ..spec.table import ABSENT, Length, Number, Numbers, Vocab
from .base import (
    Language,
    Pick,
    Scope,
    largest_surprisal,
    masked_conditionals,
    may_underflow,
    path_surprisals,
    positive,
    refuse_lost,
    rescaled,
)
from .chains import ChainLanguage, Message
from .kind import LanguageTable, shorter
from .transitions import Step, Transitions

__all__ = ["HMM"]


class HMM(ChainLanguage):
    """A hidden chain S with initial law ``pi``, transition matrix A and emission matrix B, given its length.

    Parameters
    ----------
    length : int
    initial : N probabilities
    transition : N rows of N probabilities
        A row is a list of all its entries, or a mapping of states to the probabilities that are not zero.
    emission : K rows of V probabilities
        Those of the first K <= N states, as lists or mappings; the states after them are silent, and lead to states
        that emit or to later silent ones.
    end : N probabilities, optional
        That the sequence ends after a state (definitions.md#end-weights); a row of ``transition`` and its end sum to 1.
    shorter : probability, optional
        Of the empty sequence before any state; ``initial`` and it sum to 1.
    vocab : int, optional
        V, where rows of ``emission`` are mappings and none of them names the last token.

    Notes
    -----
    Conditionals cost ``O(L (E + K V))`` a sequence by forward-backward, for E transitions that are not zero. Messages
    are rescaled by powers of two, so zeros stay zero and nothing underflows that does not underflow relative to its own
    step.
    """

    is_hidden = True

    def __init__(
        self,
        length: int,
        initial: Any,
        transition: Any,
        emission: Any,
        end: Any = None,
        shorter: Any = None,
        vocab: int | None = None,
    ) -> None:
        self.length = whole(length, "length", 1)
        if end is not None:
            self._read_start(initial, shorter, None)
        else:
            self._refuse_shorter(shorter)
            self.initial = Probabilities.parse(initial, (None,), "initial")
        N = self.initial.values.size
        arcs, self.end = Arcs.parse(transition, end, (N, N), "transition", "end")
        self.shown, _ = Arcs.parse(emission, None, (None, vocab), "emission")
        if self.shown.shape[0] > N:
            found = self.shown.shape[0]
            raise BadInput("emission", f"found a list of {found} entries; at most {N} are accepted, one for each state")
        self.moves = Transitions(arcs, self.shown.shape[0])
        self.vocab = self.shown.width
        self._refuse_impossible_length()

    def in_rationals(self) -> HMM:
        """As of any language; where sequences may end, arcs and ends are one law, and it stays as it is."""
        if self.rational or self.ends:
            return self
        twin = HMM(self.length, self.initial.in_rationals(), self._moves.in_rationals(), self.shown.in_rationals())
        twin.tokens = self.tokens
        return twin

    @property
    def transitions(self) -> int:
        return self.length - 1

    @property
    def states(self) -> int:
        """K, the number of states that emit."""
        return self.moves.emitting

    @property
    def _states(self) -> int:
        return self.states

    @property
    def voiced(self) -> HMM:
        """The same law by a chain of K states without silent ones; itself, where it has none.

        Raises
        ------
        BeyondReach
            When a way over silent states leaves the range of float64, or the ways do not fit the memory.
        """
        return self._voiced if self.moves.silent else self

    @cached_property
    def _voiced(self) -> HMM:
        found = HMM.__new__(HMM)
        found.length, found.vocab, found.tokens = self.length, self.vocab, self.tokens
        found.shown, found.shorter = self.shown, self.shorter
        found.moves = Transitions(self.moves.voiced, self.states)
        exact = self._laws_rational and found.moves.arcs.rational
        found.initial = _law(self.start, exact)
        found.end = None if self.end is None else _law(self.final, exact, last=True)
        found.step_depth = self.step_depth + found.moves.depth
        return found

    @property
    def by_arcs(self) -> bool:
        """Whether messages go by arcs: there are silent states, or a matrix would be mostly zeros."""
        return self.moves.silent > 0 or self._moves.sparse

    @cached_property
    def transition(self) -> Probabilities:
        """A, shape (K, K), with every zero."""
        return self.voiced.moves.arcs.dense()

    @cached_property
    def emission(self) -> Probabilities:
        """B, shape (K, V), with every zero."""
        return self.shown.dense()

    def start(self, pick: Pick) -> NDArray[Any]:
        return self.moves.entered(pick(self.initial), pick(self._moves))

    def final(self, pick: Pick) -> NDArray[Any]:
        found = super().final(pick)
        return found if self.end is None else self.moves.left(found, pick(self._moves))

    @property
    def links(self) -> int:
        return self.moves.links

    @property
    def step_surprisal(self) -> float:
        return self.moves.surprisal

    @cached_property
    def step_depth(self) -> int:
        return self.moves.depth

    @property
    def _moves(self) -> Arcs:
        return self.moves.arcs

    def _behind(self, moves: NDArray[Any]) -> Message:
        step = self.moves.step(moves)
        return lambda message: step.behind(message[None])[0]

    def _leaving(self, message: NDArray[Any]) -> NDArray[Any]:
        return message[self._moves.rows]

    def _following(self, message: NDArray[Any]) -> NDArray[Any]:
        return message[self._moves.columns]

    def _arrived(self, flow: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(np.bincount(self._moves.columns, flow, self.states), dtype=np.float64)

    @property
    def rational(self) -> bool:
        return self._laws_rational and self.shown.rational

    @property
    def depth(self) -> int:
        return self._table_depth((PARAMETER_DEPTH + self.step_depth) * self.length)

    def surprisal_range(self) -> tuple[float, float]:
        return path_surprisals(*self._surprisals)

    @cached_property
    def _surprisals(self) -> tuple[tuple[int, float], ...]:
        """How many factors of a kind a path has, and the largest surprisal of one, ways over silent states summed."""
        initial, ways, K = self.initial.values, self.moves.surprisals, self.states
        first = [-math.log(initial[s]) + (float(ways[s]) if s >= K else 0.0) for s in np.flatnonzero(initial).tolist()]
        last = 0.0
        if self.end is not None:
            last = largest_surprisal(self.end.values)
            last = max(last, last + float(ways.max(initial=0.0))) if self.moves.silent else last
        L = self.length
        return (1, max(first)), (L - 1, self.step_surprisal), (L, largest_surprisal(self.shown.values)), (1, last)

    @property
    def surprisal_nanoseconds(self) -> float:
        return self.length * (50.0 + len(self._moves.columns) * (2 if self.by_arcs else 0.25) + 5 * self.states)

    @property
    def summed(self) -> int:
        return self.states

    @property
    def terms(self) -> int:
        return max(self.states, self.step_depth) if self.moves.silent else self.states

    @property
    def step_operations(self) -> float:
        return float(len(self._moves.columns) if self.by_arcs else self.states**2) + self.states * self.vocab

    @property
    def hidden_states(self) -> int:
        return self.states

    @cached_property
    def _step(self) -> Step:
        return self.moves.step(self._moves.values)

    def _likelihoods(self, pick: Pick) -> Callable[[NDArray[np.integer]], NDArray[np.float64]]:
        """The function from tokens (n,), the mask being V, to their probabilities by the state, (n, K)."""
        entries, V = pick(self.shown), self.vocab
        sparse, by_token = self.shown.sparse, _matrix(self.shown, entries).T
        by_token = scipy.sparse.csr_array(by_token) if sparse else by_token

        def likelihoods(tokens: NDArray[np.integer]) -> NDArray[np.float64]:
            found = by_token[np.minimum(tokens, V - 1)]
            found = found.toarray() if sparse else found
            found[tokens == V] = 1.0
            return found

        return likelihoods

    def log_prob(self, x: NDArray[np.integer]) -> NDArray[np.float64]:
        x = np.asarray(x)
        likelihoods, last = self._likelihoods(lambda law: law.values), self.final(lambda law: law.values)
        total = np.zeros(len(x))
        message = np.broadcast_to(self.start(lambda law: law.values), (len(x), self.states))
        for i in range(self.length):
            if i:
                message = self._step.ahead(message)
            message = message * likelihoods(x[:, i])
            if i == self.length - 1:
                message = message * last
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

    @property
    def _may_underflow(self) -> bool:
        return may_underflow(*self._surprisals)

    def _joint_weights(
        self, y: NDArray[np.integer], pick: Pick, kept: Callable[[NDArray[np.float64]], NDArray[np.float64]]
    ) -> NDArray[np.float64]:
        """Weights proportional to ``q(x_i = v, y)``, each position scaled by itself."""
        step, likelihoods = self.moves.step(pick(self._moves)), self._likelihoods(pick)
        B = _matrix(self.shown, pick(self.shown))
        L, V = self.length, self.vocab
        before = np.empty((len(y), L, self.states))
        before[:, 0] = self.start(pick)
        for i in range(1, L):
            before[:, i] = step.ahead(kept(before[:, i - 1] * likelihoods(y[:, i - 1])))
        weights = np.empty((len(y), L, V))
        behind = np.broadcast_to(self.final(pick), (len(y), self.states))
        for i in range(L - 1, -1, -1):
            weights[:, i] = (before[:, i] * behind) @ B
            behind = step.behind(kept(behind * likelihoods(y[:, i])))
        allowed = (y[:, :, None] == np.arange(V)) | (y[:, :, None] == V)
        return weights * allowed

    def in_support(self, x: NDArray[np.integer]) -> NDArray[np.bool_]:
        def pick(law: Any) -> NDArray[np.float64]:
            return positive(law.values)

        step, likelihoods = self.moves.step(pick(self._moves)), self._likelihoods(pick)
        paths = np.broadcast_to(self.start(pick), (len(x), self.states))
        for i in range(self.length):
            paths = positive((step.ahead(paths) if i else paths) * likelihoods(np.asarray(x)[:, i]))
        return (paths * self.final(pick)).max(axis=-1) > 0

    def every_string_is_possible(self) -> bool:
        return len(self.shown.values) == self.states * self.vocab

    def sample(self, count: int, rng: np.random.Generator) -> NDArray[np.int64]:
        x = np.empty((count, self.length), dtype=np.int64)
        arcs, K = self._moves, self.states
        future = self.future if self.ends else np.ones((self.length, K))
        for i in range(self.length):
            told = self._step.told(future[i][None])[1][0] if self.moves.silent else future[i]
            if i == 0:
                state = categorical(np.broadcast_to(self.initial.values * told, (count, len(told))), rng)
            else:
                state = arcs.drawn(state, rng, told)
            while (quiet := np.flatnonzero(state >= K)).size:
                state[quiet] = arcs.drawn(state[quiet], rng, told)
            x[:, i] = self.shown.drawn(state, rng)
        return x

    def _expand(self, pick: Pick) -> NDArray[Any]:
        step, emission = self.moves.step(pick(self._moves)), pick(self.emission)
        law = (self.start(pick)[:, None] * emission).T
        for _ in range(1, self.length):
            law = (step.ahead(law)[:, None, :] * emission.T).reshape(-1, self.states)
        return self._given_length((law * self.final(pick)).sum(axis=-1))

    @property
    def parameters(self) -> int:
        return self.states * (self.states + self.vocab)

    def written(self) -> dict[str, Any]:
        vocab = {"vocab": self.vocab} if self.shown.sparse else {}
        return {
            "kind": "hmm",
            "length": self.length,
            "initial": self.initial.written(),
            "transition": self._moves.written(),
            "emission": self.shown.written(),
            **vocab,
            **self._written_ends(),
        }

    def __repr__(self) -> str:
        return f"HMM(length={self.length}, states={self.states}, vocab={self.vocab})"


def _matrix(arcs: Arcs, entries: NDArray[np.float64]) -> Any:
    """Without its zeros where it is sparse, otherwise whole."""
    return arcs.matrix(entries) if arcs.sparse else arcs.full(entries)


def _law(of: Callable[[Pick], NDArray[Any]], exact: bool, last: bool = False) -> Probabilities:
    """Numbers of a chain without its silent states, which need not sum to 1; as a column, where they are the last."""
    shape: tuple[int, ...] = (-1, 1) if last else (-1,)
    values = np.asarray(of(lambda law: law.values), dtype=np.float64).reshape(shape)
    if not exact:
        return Probabilities(values, None)
    numbers = of(lambda law: law.fractions)
    common = math.lcm(*(Fraction(p).denominator for p in numbers))
    weights = np.array([int(p * common) for p in numbers], dtype=object).reshape(shape)
    return Probabilities(values, weights, np.full((*weights.shape[:-1], 1), common, dtype=object))


class HMMTable(LanguageTable):
    kind: Literal["hmm"]
    length: Length
    initial: Numbers
    transition: Numbers
    emission: Numbers
    end: Numbers = ABSENT
    shorter: Number = ABSENT
    vocab: Vocab = ABSENT
    makes: ClassVar[Callable[..., Language]] = HMM
    elsewhere: ClassVar[Mapping[str, str]] = {"path": 'the arrays of a file .npz are a language of kind = "npz"'}
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
