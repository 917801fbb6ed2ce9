"""The pooled bigram law of a language at any length (definitions.md#quantities), without a table."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from .base import Language, positive, refuse_lost
from .blocks import Blocks
from .hmm import HMM
from .ngram import NGram
from .tabular import Tabular

__all__ = ["bigram_law"]

Reading = Callable[[NDArray[np.float64]], NDArray[np.float64]]
"""Numbers as they are, or 1 where they are positive."""


def bigram_law(language: Language) -> tuple[NDArray[np.float64], int]:
    """The average over ``i = 1..L-1`` of the joint law of tokens i and i+1.

    Parameters
    ----------
    language : HMM, NGram, Tabular or Blocks of these
        L at least 2.

    Returns
    -------
    pairs : (V, V) float64
    depth : int
        Roundings (definitions.md#rounding): positive terms only.

    Notes
    -----
    Cost ``O(L V^n)`` for n-grams, ``O(L K^2 + K^2 V)`` for K hidden states, ``O(S L)`` for S listed sequences.

    Examples
    --------
    >>> from maskbound.numerics.languages import pair
    >>> bigram_law(pair(2, 2))[0].tolist()
    [[0.5, 0.0], [0.0, 0.5]]
    """
    L, V = language.length, language.vocab
    pairs, possible = _summed(language, _as_it_is), _summed(language, positive) > 0
    refuse_lost(pairs, possible)
    return pairs / (L - 1), 4 * (language.depth + L + V * V) + _terms(language)


def _as_it_is(law: NDArray[np.float64]) -> NDArray[np.float64]:
    return law


def _summed(language: Language, read: Reading) -> NDArray[np.float64]:
    """The sum over positions, shape (V, V), of what is read of every law on the way."""
    if isinstance(language, Blocks):
        within = np.zeros((language.vocab,) * 2) if language.block.length == 1 else _summed(language.block, read)
        marginals = read(language.block.marginals())
        return language.count * within + (language.count - 1) * np.outer(marginals[-1], marginals[0])
    if isinstance(language, HMM):
        return _of_states(language, read)
    if isinstance(language, NGram):
        return _of_contexts(language, read)
    if isinstance(language, Tabular):
        x, V = language.support, language.vocab
        codes = (x[:, :-1] * V + x[:, 1:]).reshape(-1)
        weights = np.repeat(read(language.probabilities.values), language.length - 1)
        return np.bincount(codes, weights, V * V).reshape(V, V)  # type: ignore[return-value]  # weights make it floating
    raise TypeError(f"the bigrams of {language!r} need a table")


def _of_states(language: HMM, read: Reading) -> NDArray[np.float64]:
    A, B = read(language.transition.values), read(language.emission.values)
    state, visits = read(language.initial.values), np.zeros(language.states)
    for _ in range(language.length - 1):
        visits, state = visits + state, read(state @ A)
    return B.T @ (visits[:, None] * A) @ B


def _of_contexts(language: NGram, read: Reading) -> NDArray[np.float64]:
    """Contexts move on; each adds its first two tokens, the last one all its neighbours."""
    n, V, L = language.order, language.vocab, language.length
    step = read(language.transition.values).reshape((V,) * n)
    if n == 1:
        return (L - 1) * np.outer(step, step)
    if n == 2:
        context, visits = read(language.initial.values), np.zeros(V)
        for _ in range(L - 1):
            visits, context = visits + context, read(context @ step)
        return visits[:, None] * step
    context = read(language.initial.values).reshape((V,) * (n - 1))
    context = context.sum(axis=tuple(range(L, n - 1)))
    total = np.zeros((V, V))
    for _ in range(L - n + 1):
        total += context.reshape(V, V, -1).sum(axis=2)
        context = read((context[..., None] * step).sum(axis=0))
    for i in range(context.ndim - 1):
        total += context.reshape(V**i, V, V, -1).sum(axis=(0, 3))
    return total


def _terms(language: Language) -> int:
    """Terms of the longest sum over contexts, states or listed sequences."""
    if isinstance(language, Blocks):
        return _terms(language.block)
    if isinstance(language, Tabular):
        return len(language.support) * language.length
    assert isinstance(language, HMM | NGram)
    contexts = language.states if isinstance(language, HMM) else language.vocab ** (language.order - 1)
    return 2 * contexts + language.length * language.vocab
