"""Languages as contexts and what may follow them: n-grams, and lists of sequences."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .._kernels.lattice import read_only
from ..languages import NGram, Tabular
from ..languages.chains import ends_of

__all__ = ["Contexts", "contexts_of", "dense_contexts_of"]


@dataclass(frozen=True)
class Contexts:
    """M contexts of h tokens and E edges between them, as :mod:`.._kernels.draw_contexts` takes them."""

    contexts: NDArray[np.int64]
    initial: NDArray[np.float64]
    edges: NDArray[np.int64]
    following: NDArray[np.int32]
    probability: NDArray[np.float64]
    edge_of: NDArray[np.int32]
    final: NDArray[np.float64]

    @property
    def arrays(self) -> tuple[NDArray[Any], ...]:
        """The arguments of the kernel, in its order."""
        edges = (self.edges, self.following, self.probability, self.edge_of)
        return tuple(read_only(each) for each in (self.contexts, self.initial, *edges, self.final))


def contexts_of(language: NGram | Tabular) -> Contexts:
    """The contexts that can be met.

    Parameters
    ----------
    language : NGram of length at least max(n - 1, 1) and order at least 2, or Tabular

    Notes
    -----
    Cost ``O(V^n)`` and, for the closure, as much for each new layer of contexts.
    """
    if isinstance(language, Tabular):
        M, V = len(language.support), language.vocab
        return Contexts(
            language.support,
            language.probabilities.values,
            np.zeros(M + 1, np.int64),
            np.empty(0, np.int32),
            np.empty(0),
            np.full((M, V), -1, np.int32),
            np.ones(M),
        )
    V, h = language.vocab, language.order - 1
    T = language.transition.values
    codes = np.flatnonzero(_reached(language))
    index = np.full(V**h, -1, np.int64)
    index[codes] = np.arange(len(codes))
    row, token = np.nonzero(T[codes] > 0)
    edge_of = np.full((len(codes), V), -1, np.int32)
    edge_of[row, token] = np.arange(len(row))
    return Contexts(
        np.ascontiguousarray(codes[:, None] // V ** np.arange(h - 1, -1, -1) % V),
        np.ascontiguousarray(language.initial.values[codes]),
        np.concatenate([[0], np.cumsum(np.bincount(row, minlength=len(codes)))]),
        index[codes[row] % V ** (h - 1) * V + token].astype(np.int32),
        np.ascontiguousarray(T[codes][row, token]),
        edge_of,
        ends_of(language)[codes],
    )


def dense_contexts_of(language: NGram) -> tuple[NDArray[Any], ...]:
    """All contexts of an n-gram of order at least 3 and length at least n - 1, met or not.

    Returns
    -------
    The arguments that :func:`.._kernels.draw_ngrams.draw_ngrams` takes before the order of the positions.
    """
    V, h = language.vocab, language.order - 1
    following = language.transition.values
    preceding = np.ascontiguousarray(following.reshape((V,) * (h + 1)).T).reshape(-1, V)
    powers = V ** np.arange(h)
    digits = np.arange(V**h)[:, None] // powers[::-1] % V
    others = digits[: V ** (h - 1), 1:]
    zeros = (others == 0) @ (1 << np.arange(h - 1)[::-1])
    free = [np.flatnonzero(zeros & known == known) for known in range(1 << (h - 1))]
    return (
        read_only(language.initial.values),
        read_only(ends_of(language).reshape((V,) * h).T.reshape(-1)),
        _by_context(following),
        _by_context(preceding),
        np.ascontiguousarray(following.T),
        np.ascontiguousarray(preceding.T),
        digits,
        others @ powers[:-1],
        np.concatenate(free),
        np.cumsum([0, *map(len, free)]),
    )


def _by_context(table: NDArray[np.float64]) -> NDArray[np.float64]:
    """For each eight tokens that arrive, the contexts that agree in all but the token that leaves together.

    Shape (ceil(V / 8), V^(h-1), V, 8), a row of eight in a line of the cache.
    """
    M, V = table.shape
    eights = np.pad(table, ((0, 0), (0, -V % 8))).reshape(V, M // V, -1, 8).transpose(2, 1, 0, 3)
    room = np.empty(eights.size + 7)
    start = -(room.ctypes.data // 8) % 8
    aligned = room[start : start + eights.size].reshape(eights.shape)
    aligned[...] = eights
    return aligned


def _reached(language: NGram) -> NDArray[np.bool_]:
    """Contexts that some number of tokens can lead to, shape (V^(n-1),)."""
    V, h = language.vocab, language.order - 1
    continues = language.transition.values > 0
    reached = language.initial.values > 0
    fresh = reached
    while fresh.any():
        codes = np.flatnonzero(fresh)
        row, token = np.nonzero(continues[codes])
        following = np.zeros_like(reached)
        following[codes[row] % V ** (h - 1) * V + token] = True
        fresh = following & ~reached
        reached = reached | fresh
    return reached
