"""n-gram languages (definitions.md#languages): each token depends on the n-1 before it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from ..errors import BadInput
from ..numbers.categorical import categorical
from ..numbers.limits import power
from ..numbers.probabilities import PARAMETER_DEPTH, Probabilities, numbers, whole
from ..spec.draws import Spec, law, normalised
from ..spec.table import ABSENT, Count, Length, Number, Numbers, Vocab
from ..traits import decides
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


class NGram(ChainLanguage):
    """``q(x) = init(x_1..x_{n-1}) prod_{i>=n} T(x_i | x_{i-n+1}..x_{i-1})``, given its length where it may end.

    Parameters
    ----------
    order : int
        n, at least 1.
    vocab, length : int
    initial : V^(n-1) probabilities, or None when n = 1
        Law of the first n-1 tokens, first most significant; of their first L when the sequence is shorter.
    transition : V^(n-1) rows of V probabilities
        Rows of contexts that cannot be met may be zero when given as counts.
    end : V^(n-1) probabilities, optional
        That the sequence ends after a context (definitions.md#end-weights), for n >= 2 and L >= n - 1; a row of
        ``transition`` and its end sum to 1.
    shorter : probability, optional
        Of sequences of fewer than n - 1 tokens; ``initial`` and it sum to 1.

    Notes
    -----
    Conditionals cost ``O(L V^n)`` a sequence by forward-backward over the last n-1 tokens.
    """

    def __init__(
        self, order: int, vocab: int, length: int, initial: Any, transition: Any, end: Any = None, shorter: Any = None
    ) -> None:
        self.order = whole(order, "order", 1, LARGEST_ORDER)
        self.vocab = whole(vocab, "vocab", 1)
        self.length = whole(length, "length", 1)
        contexts = self.vocab ** (self.order - 1)
        if end is not None:
            self._refuse_no_context()
            self._read_start(initial, shorter, contexts)
            self.transition, self.end = Probabilities.parse_with_rest(
                transition, end, (contexts, self.vocab), "transition", "end"
            )
        else:
            self._refuse_shorter(shorter)
            initial = [1] if self.order == 1 and initial is None else initial
            if not isinstance(initial, Probabilities):
                initial = Probabilities.parse(initial, (contexts,), "initial")
            if not isinstance(transition, Probabilities):
                transition = Probabilities.parse(transition, (contexts, self.vocab), "transition", "end")
            self.initial, self.transition = initial, transition
        self._refuse_dead_ends()

    def _refuse_no_context(self) -> None:
        if self.order == 1:
            raise BadInput(
                "end",
                "found it at order 1, where the length tells nothing of the tokens; give each row divided by its sum",
            )
        if self.length < self.order - 1:
            raise BadInput("length", f"found {self.length}; with end, at least order-1={self.order - 1} are accepted")

    def _refuse_dead_ends(self) -> None:
        """A context that can be met within L tokens must have a continuation; with ends, one that leads to the end."""
        if self.ends:
            self._refuse_impossible_length()
            return
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
    def transitions(self) -> int:
        return max(0, self.length - self.order + 1)

    @property
    def links(self) -> int:
        return int(np.count_nonzero(self.transition.values))

    @property
    def step_surprisal(self) -> float:
        return largest_surprisal(self.transition.values)

    @property
    def step_depth(self) -> int:
        return PARAMETER_DEPTH + 2 + self.vocab

    @property
    def _moves(self) -> Probabilities:
        return self.transition

    def _behind(self, moves: NDArray[Any]) -> Message:
        return lambda message: (moves * self._following(message)).sum(axis=-1)

    def _leaving(self, message: NDArray[Any]) -> NDArray[Any]:
        return message[:, None]

    def _following(self, message: NDArray[Any]) -> NDArray[Any]:
        """After ``w_1..w_{n-1}`` and v the context is ``w_2..w_{n-1} v``; only for n at least 2."""
        return np.tile(message.reshape(-1, self.vocab), (self.vocab, 1))

    def _arrived(self, flow: NDArray[np.float64]) -> NDArray[np.float64]:
        return flow.reshape(self.vocab, -1).sum(axis=0)

    @property
    def rational(self) -> bool:
        return self._laws_rational

    @property
    def depth(self) -> int:
        return self._table_depth((PARAMETER_DEPTH + 1) * self.length)

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
        if self.end is not None:
            with np.errstate(divide="ignore"):
                total += np.log(self.end.values[_encode(x[:, self.length - n + 1 :], V), 0])
        return total - self.log_length_probability

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
        ends = self.final(lambda law: law.values)
        factors = (1, self.initial.values), (self.length, self.transition.values), (1, ends)
        if may_underflow(*((count, largest_surprisal(law)) for count, law in factors)):
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
        last = self.final(pick) if self.ends else np.ones(V**head)
        backward = np.broadcast_to(last.reshape((V,) * head), (count,) + (V,) * head)
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
        """Between neighbouring revealed positions a and b only the two ends matter."""
        V, L = self.vocab, self.length
        first, P = self.weights()
        last = np.broadcast_to(self.final(lambda law: law.values), (V,))
        powers = np.empty((L + 1, V, V))
        powers[0] = joined = np.eye(V)
        for gap in range(1, L + 1):
            powers[gap], joined = powers[gap - 1] @ P, positive(joined @ positive(P))
            refuse_lost(powers[gap], joined > 0)
        starts = np.array([first @ powers[i] for i in range(L)])
        endings = np.array([powers[L - 1 - i] @ last for i in range(L)]) if self.ends else np.ones((L, V))
        masked, at, row = y == V, np.arange(L), np.arange(len(y))[:, None]
        a = np.full(y.shape, -1)
        a[:, 1:] = np.maximum.accumulate(np.where(masked, -1, at), axis=1)[:, :-1]
        b = np.minimum.accumulate(np.where(masked, L, at)[:, ::-1], axis=1)[:, ::-1]
        known = np.where(masked, 0, y)
        left = np.where((a >= 0)[..., None], powers[at - a, known[row, a]], starts)
        right = np.where((b < L)[..., None], powers[b - at, :, known[row, np.minimum(b, L - 1)]], endings)
        weights = np.where(masked[..., None], left * right, 0.0)
        refuse_lost(weights, masked[..., None] & (left > 0) & (right > 0))
        total = weights.sum(axis=-1, keepdims=True)
        rows = np.divide(weights, total, out=np.zeros_like(weights), where=total > 0)
        arrived = np.take_along_axis(left, known[..., None], -1)[..., 0] > 0
        return rows, np.where(masked, total[..., 0] > 0, arrived)

    @property
    def memory(self) -> int:
        return self.order - 1

    def surprisal_range(self) -> tuple[float, float]:
        steps = max(0, self.length - self.memory)
        factors = (min(self.memory, 1), self.initial.values), (steps, self.transition.values)
        ends = self.final(lambda law: law.values)
        return path_surprisals(*((count, largest_surprisal(law)) for count, law in (*factors, (1, ends))))

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
        if self.ends:
            raise BadInput("end", "with end weights the transitions depend on the position")
        return self.weights()

    def weights(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The same with end weights, where neither need sum to 1."""
        if self.order > 2:
            raise BadInput("order", f"found {self.order}; a Markov chain has order 1 or 2")
        if self.order == 1:
            row = self.transition.values[0]
            return row, np.tile(row, (self.vocab, 1))
        return self.initial.values, self.transition.values

    def every_string_is_possible(self) -> bool:
        return all(
            bool((law > 0).all())
            for law in (self.initial.values, self.transition.values, self.final(lambda law: law.values))
        )

    def sample(self, count: int, rng: np.random.Generator) -> NDArray[np.int64]:
        n, V = self.order, self.vocab
        x = np.empty((count, self.length), dtype=np.int64)
        head = min(n - 1, self.length)
        future = self.future.reshape(self.transitions + 1, -1, V) if self.ends else None
        start = self._short_initial(self.initial.values)
        if future is not None:
            start = start * future[0].reshape(-1)
        context = categorical(np.broadcast_to(start, (count, len(start))), rng)
        for i in range(head):
            x[:, i] = context // V ** (head - 1 - i) % V
        for i in range(n - 1, self.length):
            rows = self.transition.values[_encode(x[:, i - n + 1 : i], V)]
            if future is not None:
                rows = rows * future[i - n + 2, _encode(x[:, i - n + 2 : i], V)]
            x[:, i] = categorical(rows, rng)
        return x

    def _expand(self, pick: Pick) -> NDArray[Any]:
        initial = pick(self.initial)
        transition = pick(self.transition)
        law = self._short_initial(initial)
        contexts = self.vocab ** (self.order - 1)
        for _ in range(self.order - 1, self.length):
            law = (law.reshape(-1, contexts)[:, :, None] * transition).reshape(-1)
        if self.ends:
            law = (law.reshape(-1, contexts) * self.final(pick)).reshape(-1)
        return self._given_length(law)

    @property
    def parameters(self) -> int:
        return power(self.vocab, self.order)

    def written(self) -> dict[str, Any]:
        """The row of a context that is never met is ``[1, 0, ..]``, which changes no probability."""
        never = [1] + [0] * (self.vocab - 1)
        return {
            "kind": "ngram",
            "order": self.order,
            "vocab": self.vocab,
            "length": self.length,
            "initial": self.initial.written(),
            "transition": [row if any(row) or self.ends else never for row in self.transition.written()],
            **self._written_ends(),
        }

    def __repr__(self) -> str:
        return f"NGram(order={self.order}, vocab={self.vocab}, length={self.length})"


def markov(initial: Any, transition: Any, length: int, end: Any = None, shorter: Any = None) -> NGram:
    """A Markov chain: an n-gram of order 2 whose vocabulary is the number of states.

    Parameters
    ----------
    initial : V probabilities
    transition : V rows of V probabilities
    length : int
    end : V probabilities, optional
        That the sequence ends after a token (definitions.md#end-weights); a row of ``transition`` and its end sum to 1.
    shorter : probability, optional
        Of the empty sequence; ``initial`` and it sum to 1.

    Examples
    --------
    >>> runs = markov(["1/2", "1/2"], [["1/2", "1/4"], [0, "1/2"]], 2, end=["1/4", "1/2"])
    >>> [str(q) for q in runs.exact_table()]
    ['1/4', '1/4', '0', '1/2']
    """
    law = initial if isinstance(initial, Probabilities) else numbers(initial, (None,), "initial")
    states = law.values.size if isinstance(law, Probabilities) else law.size
    return NGram(2, states, length, law, transition, end, shorter)


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
    end: Numbers = ABSENT
    shorter: Number = ABSENT
    advice: ClassVar[str] = (
        'Counted in a text file of yours: kind = "text". '
        'Letters of English: language = {kind = "english", order = 2, length = 128}'
    )

    def build(self, folder: Path, level: int) -> Language:
        if self.order > 1 and not self.given("initial"):
            raise BadInput(
                "initial", f"the key is missing; the law of the first order-1={self.order - 1} tokens is needed"
            )
        return NGram(**self.keys())


class MarkovTable(LanguageTable):
    kind: Literal["markov"]
    length: Length
    initial: Numbers
    transition: Numbers
    end: Numbers = ABSENT
    shorter: Number = ABSENT
    makes: ClassVar[Callable[..., Language]] = markov
    draws: ClassVar[int] = 2

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
    draws: ClassVar[int] = 1

    @classmethod
    def examples(cls, vocab: int, length: int) -> Iterator[Spec]:
        if vocab > 1:
            yield {"kind": "iid", "probabilities": normalised([vocab] + [1] * (vocab - 1)), "length": length}

    @classmethod
    def drawn(cls, vocab: int, length: int, rng: Random) -> Spec:
        return {"kind": "iid", "probabilities": law(vocab, rng), "length": length}
