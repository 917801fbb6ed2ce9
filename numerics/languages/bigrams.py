"""The pooled bigram law of a language at any length (definitions.md#quantities), without a table."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from .base import Language, positive, refuse_lost
from .block_product import Blocks
from .full_table import Tabular
from .hidden_markov import HMM
from .n_gram import NGram

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
    voiced = language.voiced
    B = voiced.shown.matrix(read(voiced.shown.values))
    pairs = B.T @ (voiced.moves.arcs.matrix(voiced.expected_transitions(read)[1]) @ B)
    return np.asarray(pairs.toarray())


def _of_contexts(language: NGram, read: Reading) -> NDArray[np.float64]:
    """The neighbours inside the first context, and the last two tokens of each transition."""
    n, V, L = language.order, language.vocab, language.length
    if n == 1:
        step = read(language.transition.values)[0]
        return (L - 1) * np.outer(step, step)
    first, transitions = language.expected_transitions(read)
    pairs = transitions.reshape(-1, V, V).sum(axis=0)
    for i in range(min(n - 1, L) - 1):
        pairs += first.reshape(V**i, V, V, -1).sum(axis=(0, 3))
    return pairs


def _terms(language: Language) -> int:
    """Terms of the longest sum over contexts, states or listed sequences."""
    if isinstance(language, Blocks):
        return _terms(language.block)
    if isinstance(language, Tabular):
        return len(language.support) * language.length
    assert isinstance(language, HMM | NGram)
    contexts = language.states if isinstance(language, HMM) else language.vocab ** (language.order - 1)
    return 2 * contexts + language.length * language.vocab
