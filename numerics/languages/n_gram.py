"""n-gram languages (definitions.md#languages): each token depends on the n-1 before it."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from ..categorical import categorical
from ..errors import BadInput
from ..limits import power
from ..probabilities import PARAMETER_DEPTH, Probabilities, whole
from ..spec.draws import Spec, law, normalised
from ..spec.table import ABSENT, Count, Length, Numbers, Vocab
from ..traits import decides
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
from .kind import LanguageTable

__all__ = ["NGram", "iid", "markov"]

LARGEST_ORDER = 32
"""An axis a token, and numpy has 64 of them."""


CHAINS = (
    (["1/2", "1/2"], [["0", "1"], ["1/2", "1/2"]]),
    (["1/2", "1/2"], [["3/4", "1/4"], ["1/4", "3/4"]]),
    (["1", "0"], [["1/2", "1/2"], ["0", "1"]]),
    (["1/3", "1/3", "1/3"], [["0", "1", "0"], ["0", "0", "1"], ["1", "0", "0"]]),
    (["1/3", "1/3", "1/3"], [["1/2", "1/2", "0"], ["0", "1/2", "1/2"], ["0", "0", "1"]]),
)
"""Initial laws and transitions of small chains."""


class NGram(Language):
    """``q(x) = init(x_1..x_{n-1}) prod_{i>=n} T(x_i | x_{i-n+1}..x_{i-1})``.

    Parameters
    ----------
    order : int
        n, at least 1.
    vocab, length : int
    initial : V^(n-1) probabilities, or None when n = 1
        Law of the first n-1 tokens, first most significant; of their first L when the sequence is shorter.
    transition : V^(n-1) rows of V probabilities
        Rows of contexts that cannot be met may be zero when given as counts.

    Notes
    -----
    Conditionals cost ``O(L V^n)`` a sequence by forward-backward over the last n-1 tokens.
    """

    def __init__(self, order: int, vocab: int, length: int, initial: Any, transition: Any) -> None:
        self.order = whole(order, "order", 1, LARGEST_ORDER)
        self.vocab = whole(vocab, "vocab", 1)
        self.length = whole(length, "length", 1)
        contexts = self.vocab ** (self.order - 1)
        if self.order == 1 and initial is None:
            initial = [1]
        self.initial = (
            Probabilities.parse(initial, (contexts,), "initial") if not isinstance(initial, Probabilities) else initial
        )
        self.transition = (
            Probabilities.parse(transition, (contexts, self.vocab), "transition")
            if not isinstance(transition, Probabilities)
            else transition
        )
        self._refuse_dead_ends()

    def _refuse_dead_ends(self) -> None:
        """A context that can be met within L tokens must have a continuation."""
        continues = (self.transition.values > 0).reshape((self.vocab,) * self.order)
        reached = (self.initial.values > 0).reshape((self.vocab,) * (self.order - 1))
        for _ in range(self.length - self.order + 1):
            dead = reached & ~continues.any(axis=-1)
            if dead.any():
                context = tuple(int(token) for token in np.argwhere(dead)[0])
                raise BadInput("transition", f"context {context} can be reached and has no continuation; add smoothing")
            following = reached[..., None] & continues
            further = reached | (following.any(axis=0) if self.order > 1 else reached)
            if (further == reached).all():
                break
            reached = further

    @property
    def rational(self) -> bool:
        return self.initial.rational and self.transition.rational

    @property
    def depth(self) -> int:
        return (PARAMETER_DEPTH + 1) * self.length

    def log_prob(self, x: NDArray[np.integer]) -> NDArray[np.float64]:
        x = np.asarray(x)
        n, V = self.order, self.vocab
        with np.errstate(divide="ignore"):
            log_initial = np.log(self._short_initial(self.initial.values))
            log_transition = np.log(self.transition.values)
        head = min(n - 1, self.length)
        context = _encode(x[:, :head], V)
        total = log_initial[context].copy()
        for i in range(n - 1, self.length):
            context = _encode(x[:, i - n + 1 : i], V)
            total += log_transition[context, x[:, i]]
        return total

    def _short_initial(self, initial: NDArray[Any]) -> NDArray[Any]:
        """Law of the first ``min(n-1, L)`` tokens."""
        extra = max(0, self.order - 1 - self.length)
        return initial.reshape(-1, self.vocab**extra).sum(axis=-1)

    def conditionals(
        self, y: NDArray[np.integer], scope: Scope = "global"
    ) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        y = np.asarray(y)
        self.require_scope(scope)
        if scope == "local":
            return self._interval_conditionals(y)
        weights = self._joint_weights(y, lambda law: law.values, rescaled)
        if may_underflow((1, self.initial.values), (self.length, self.transition.values)):
            refuse_lost(weights, self._joint_weights(y, lambda law: positive(law.values), positive) > 0)
        return masked_conditionals(weights, y, self.vocab)

    def _joint_weights(
        self, y: NDArray[np.integer], pick: Pick, kept: Callable[[NDArray[np.float64]], NDArray[np.float64]]
    ) -> NDArray[np.float64]:
        """Weights proportional to ``q(x_i = v, y)``, each position scaled by itself."""
        n, V, L, count = self.order, self.vocab, self.length, len(y)
        head = min(n - 1, L)
        allowed = (y[:, :, None] == np.arange(V)) | (y[:, :, None] == V)
        start = np.broadcast_to(self._short_initial(pick(self.initial)), (count, V**head)).copy()
        start = start.reshape((count,) + (V,) * head)
        for i in range(head):
            start *= _along(allowed[:, i], i, head)
        step = pick(self.transition).reshape((1,) + (V,) * n)
        forward = [kept(start)]
        for i in range(n - 1, L):
            joint = forward[-1][..., None] * step * _along(allowed[:, i], n - 1, n)
            forward.append(kept(joint.sum(axis=1)) if n > 1 else kept(joint.sum(axis=-1)))
        weights = np.empty((count, L, V))
        backward = np.ones((count,) + (V,) * head)
        for i in range(L - 1, n - 2, -1):
            before = forward[i - n + 1]
            ahead = backward[:, None] if n > 1 else backward[..., None]
            joint = before[..., None] * step * _along(allowed[:, i], n - 1, n) * ahead
            weights[:, i] = joint.reshape(count, -1, V).sum(axis=1)
            backward = kept((step * _along(allowed[:, i], n - 1, n) * ahead).sum(axis=-1))
        first = (forward[0] * backward).reshape((count,) + (V,) * head)
        for i in range(head):
            weights[:, i] = np.moveaxis(first, i + 1, -1).reshape(count, -1, V).sum(axis=1)
        return weights

    def _interval_conditionals(self, y: NDArray[np.integer]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        """Between neighbouring revealed positions only the two ends matter."""
        V, L = self.vocab, self.length
        first, P = self.chain()
        powers = np.empty((L + 1, V, V))
        powers[0] = joined = np.eye(V)
        for gap in range(1, L + 1):
            powers[gap], joined = powers[gap - 1] @ P, positive(joined @ positive(P))
            refuse_lost(powers[gap], joined > 0)
        rows = np.zeros((len(y), L, V))
        possible = np.zeros((len(y), L), dtype=bool)
        for s, sequence in enumerate(np.asarray(y)):
            revealed = [-1, *np.flatnonzero(sequence != V).tolist(), L]
            for a, b in itertools.pairwise(revealed):
                for i in range(a + 1, b):
                    left = powers[i - a][sequence[a]] if a >= 0 else first @ powers[i]
                    right = powers[b - i][:, sequence[b]] if b < L else np.ones(V)
                    weight = left * right
                    refuse_lost(weight, (left > 0) & (right > 0))
                    if weight.sum() > 0:
                        rows[s, i] = weight / weight.sum()
                        possible[s, i] = True
                if b < L:
                    arrive = powers[b - a][sequence[a], sequence[b]] if a >= 0 else (first @ powers[b])[sequence[b]]
                    possible[s, b] = arrive > 0
        return rows, possible

    @property
    def memory(self) -> int:
        return self.order - 1

    def surprisal_range(self) -> tuple[float, float]:
        steps = max(0, self.length - self.memory)
        return path_surprisals((min(self.memory, 1), self.initial), (steps, self.transition))

    @property
    def summed(self) -> int:
        return power(self.vocab, self.memory)

    @property
    def hidden_states(self) -> int:
        longest = min(self.memory, self.length)
        return sum(self.vocab**j for j in range(1, longest + 1)) if longest else 1

    @property
    def has_independent_tokens(self) -> bool:
        return self.order == 1 or self.length == 1

    @property
    def has_local_scope(self) -> bool:
        return self.order <= 2

    def chain(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Initial law (V,) and transition matrix (V, V) of a language of order at most 2."""
        if self.order > 2:
            raise BadInput("order", f"found {self.order}; a Markov chain has order 1 or 2")
        if self.order == 1:
            row = self.transition.values[0]
            return row, np.tile(row, (self.vocab, 1))
        return self.initial.values, self.transition.values

    def every_string_is_possible(self) -> bool:
        return bool((self.initial.values > 0).all() and (self.transition.values > 0).all())

    def sample(self, count: int, rng: np.random.Generator) -> NDArray[np.int64]:
        n, V = self.order, self.vocab
        x = np.empty((count, self.length), dtype=np.int64)
        head = min(n - 1, self.length)
        start = self._short_initial(self.initial.values)
        context = categorical(np.broadcast_to(start, (count, len(start))), rng)
        for i in range(head):
            x[:, i] = context // V ** (head - 1 - i) % V
        for i in range(n - 1, self.length):
            x[:, i] = categorical(self.transition.values[_encode(x[:, i - n + 1 : i], V)], rng)
        return x

    def _expand(self, pick: Pick) -> NDArray[Any]:
        initial = pick(self.initial)
        transition = pick(self.transition)
        law = self._short_initial(initial)
        contexts = self.vocab ** (self.order - 1)
        for _ in range(self.order - 1, self.length):
            law = (law.reshape(-1, contexts)[:, :, None] * transition).reshape(-1)
        return law

    def written(self) -> dict[str, Any]:
        """The row of a context that is never met is ``[1, 0, ..]``, which changes no probability."""
        never = [1] + [0] * (self.vocab - 1)
        return {
            "kind": "ngram",
            "order": self.order,
            "vocab": self.vocab,
            "length": self.length,
            "initial": self.initial.written(),
            "transition": [row if any(row) else never for row in self.transition.written()],
        }

    def __repr__(self) -> str:
        return f"NGram(order={self.order}, vocab={self.vocab}, length={self.length})"


def markov(initial: Any, transition: Any, length: int) -> NGram:
    """A Markov chain: an n-gram of order 2 whose vocabulary is the number of states."""
    law = initial if isinstance(initial, Probabilities) else Probabilities.parse(initial, (None,), "initial")
    return NGram(2, law.values.size, length, law, transition)


def iid(probabilities: Any, length: int) -> NGram:
    """Independent tokens: an n-gram of order 1."""
    law = Probabilities.parse(probabilities, (None,), "probabilities")
    weights = None if law.weights is None else law.weights[None]
    return NGram(1, law.values.size, length, None, Probabilities(law.values[None], weights))


def _encode(tokens: NDArray[np.integer], vocab: int) -> NDArray[np.int64]:
    code = np.zeros(len(tokens), dtype=np.int64)
    for column in tokens.T:
        code = code * vocab + column
    return code


def _along(allowed: NDArray[np.bool_], axis: int, axes: int) -> NDArray[np.float64]:
    """The (n, V) indicator as an array over contexts that varies along one token axis only."""
    shape = [1] * axes
    shape[axis] = allowed.shape[1]
    return allowed.astype(np.float64).reshape([len(allowed), *shape])


@decides("FavouredToken", "language")
def _favours_a_token(language: Language) -> bool:
    """By form: an n-gram language of order 1 whose largest probability occurs once."""
    if not isinstance(language, NGram) or language.order != 1:
        return False
    row = language.transition.proportions[0]
    return bool((row == row.max()).sum() == 1)


class NGramTable(LanguageTable):
    """``initial`` may be left out when ``order`` is 1."""

    kind: Literal["ngram"]
    order: Count
    vocab: Vocab
    length: Length
    initial: Numbers = ABSENT
    transition: Numbers

    def build(self, folder: Path, level: int) -> Language:
        if self.order > 1 and not self.given("initial"):
            raise BadInput(
                "initial", f"the key is missing; the law of the first order-1={self.order - 1} tokens is needed"
            )
        return NGram(self.order, self.vocab, self.length, self.initial, self.transition)


class MarkovTable(LanguageTable):
    kind: Literal["markov"]
    length: Length
    initial: Numbers
    transition: Numbers
    makes: ClassVar[Callable[..., Language]] = markov

    @classmethod
    def examples(cls, vocab: int, length: int) -> Iterator[Spec]:
        """With deterministic rows, absorbing states and forbidden successors."""
        for initial, transition in CHAINS:
            if len(initial) == vocab and length > 1:
                yield {"kind": "markov", "initial": initial, "transition": transition, "length": length}

    @classmethod
    def drawn(cls, vocab: int, length: int, rng: Random) -> Spec:
        transition = [law(vocab, rng) for _ in range(vocab)]
        return {"kind": "markov", "initial": law(vocab, rng), "transition": transition, "length": length}


class IIDTable(LanguageTable):
    kind: Literal["iid"]
    probabilities: Numbers
    length: Length
    makes: ClassVar[Callable[..., Language]] = iid

    @classmethod
    def examples(cls, vocab: int, length: int) -> Iterator[Spec]:
        if vocab > 1:
            yield {"kind": "iid", "probabilities": normalised([vocab] + [1] * (vocab - 1)), "length": length}

    @classmethod
    def drawn(cls, vocab: int, length: int, rng: Random) -> Spec:
        return {"kind": "iid", "probabilities": law(vocab, rng), "length": length}
