"""Exact posteriors at length: each language's way to draw whole sequences in one compiled call.

A drawer takes the reveal times and one uniform number a position. It stops where the tokens contradict each other, and
says at which step they began to; what is drawn after that is a convention (definitions.md#off-support) and the caller's
business.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from .._kernels.draw_contexts import draw_contexts
from .._kernels.draw_hidden import draw_hidden
from .._kernels.draw_hidden_tree import draw_hidden_tree, masked_tree
from .._kernels.draw_intervals import draw_intervals
from .._kernels.draw_ngrams import draw_ngrams
from .._kernels.lattice import read_only
from .._kernels.messages import NEVER
from .._kernels.threads import for_each, thread_count
from ..errors import BeyondReach
from ..languages import HMM, Language, NGram, Tabular
from ..languages.chains import ends_of
from ..languages.context_chain import context_chain
from ..numbers.arcs import Arcs
from ..numbers.limits import memory_budget, power
from ..numbers.probabilities import Probabilities
from .contexts import contexts_of, dense_contexts_of
from .hidden import HiddenArrays, hidden_arrays, hidden_arrays_of

__all__ = ["NEVER", "Drawer", "Price", "drawer_for", "drawn_as_hidden", "price_of"]

TOKENS_A_PIECE = 1 << 12
"""Number of rows that a thread takes at a time."""

SMALLEST = 1e-145
"""Matrices with smaller positive entries are not used: products of two entries stay in the range of float64."""

MOST_CONTEXTS = 256
"""Of an n-gram that is drawn as a hidden chain: 32 powers of its transitions fit ``POWERS_BYTES``."""

POWERS_BYTES = 1 << 25
TREE_BYTES = 1 << 26


@dataclass(frozen=True)
class Price:
    """Estimate for a drawer: nanoseconds a sequence on one thread, and bytes beside the sequences, on all threads."""

    nanoseconds: float
    bytes: float


class Drawer(Protocol):
    """A language prepared for its kernel."""

    def draw(
        self, tau: NDArray[np.int64], steps: int, uniforms: NDArray[np.float64]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Sequences with given reveal times.

        Parameters
        ----------
        tau : (n, L) int64
            Steps 0..N-1.
        steps : int
            N.
        uniforms : (n, L) float64
            In [0, 1).

        Returns
        -------
        tokens : (n, L) int64
            V where the context had become impossible.
        broke : (n, m) int64
            For each of m equal parts of a sequence that do not know of each other: the step that made its context
            impossible, ``NEVER`` if none did.

        Raises
        ------
        BeyondReach
            When the posterior probabilities of a context leave the range of float64.
        """


@dataclass(frozen=True)
class Whole:
    """A sequence drawn by one kernel.

    Parameters
    ----------
    vocab : int
    kernel : callable
        ``kernel(piece, rows, *prepared, order, steps, uniforms, tokens, broke)``.
    prepared : tuple of arrays
    """

    vocab: int
    kernel: Callable[..., None]
    prepared: tuple[Any, ...]

    def draw(
        self, tau: NDArray[np.int64], steps: int, uniforms: NDArray[np.float64]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        tokens = np.full(tau.shape, self.vocab, dtype=np.int64)
        broke = np.empty(len(tau), dtype=np.int64)
        order, u = _by_step(tau, steps), np.ascontiguousarray(uniforms)
        rows = max(1, TOKENS_A_PIECE // tau.shape[1])
        for_each(self.kernel, 0, -(-len(tau) // rows), rows, *self.prepared, order, tau, u, tokens, broke)
        if (broke < 0).any():
            raise BeyondReach("a sequence met a context whose posterior probabilities leave the range of float64")
        return tokens, broke[:, None]


@dataclass(frozen=True)
class InBlocks:
    """Independent blocks, each drawn on its own.

    Parameters
    ----------
    block : Drawer
    count : int
    """

    block: Drawer
    count: int

    def draw(
        self, tau: NDArray[np.int64], steps: int, uniforms: NDArray[np.float64]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        n, L = tau.shape
        each = L // self.count
        tokens, broke = self.block.draw(tau.reshape(-1, each), steps, uniforms.reshape(-1, each))
        return tokens.reshape(n, L), broke.min(axis=1).reshape(n, self.count)


def price_of(language: Language, steps: int) -> Price | None:
    """Cost of the drawer of a language, or None when it has none; nothing is prepared.

    Blocks inside blocks have none: their parts would have to know of each other.

    Parameters
    ----------
    language : Language
    steps : int
        N.
    """
    V, L = language.vocab, language.length
    if language.is_product:
        one = None if language.unit.is_product else price_of(language.unit, steps)
        return None if one is None else Price(L // language.unit.length * one.nanoseconds, one.bytes)
    if language.is_markov:
        return Price(L * (200.0 + 5 * V + steps), 16.0 * min(L, 100) * V * (V + 1))
    if language.is_hidden:
        chain = HMM.of(language)
        return _tree_price(chain) if _few_states(chain, steps) else _message_price(chain, steps)[0]
    if isinstance(language, Tabular):
        M = len(language.support)
        return Price(min(steps, L) * float(M * L), 12.0 * M * thread_count())
    if language.memory is not None and language.memory <= L:
        language = NGram.of(language)
        own = min(_sparse_price(language, steps), _dense_price(language, steps), key=attrgetter("nanoseconds"))
        hidden = _context_price(language, steps)
        return own if hidden is None or own.nanoseconds <= hidden.nanoseconds else hidden
    return None


def _tree_price(language: HMM) -> Price:
    L, width = language.length, -(-language.states // 4) * 4
    return Price(L * math.log2(2 * L) * (width**3 / 6 + 150), 32.0 * L * width**2 * (thread_count() + 1))


def _message_price(language: HMM, steps: int) -> tuple[Price, bool]:
    """That of messages, and whether they go by arcs."""
    L, K, shown = language.length, language.states, language.shown
    together = len(shown.values) / language.vocab
    powers = _price_of_messages(L, K, together, steps)
    each = 50 + 1.5 * len(language.moves.arcs.columns) + 8 * K
    held = 24.0 * len(language.moves.arcs.columns) + 32.0 * L * K * thread_count()
    arcs = Price(L * (min(steps, L) * each + together), held)
    no_powers = language.moves.silent > 0 or 32.0 * K**2 > POWERS_BYTES
    by_arcs = language.by_arcs and (no_powers or arcs.nanoseconds < powers.nanoseconds)
    return (arcs if by_arcs else powers), by_arcs


def _sparse_price(language: NGram, steps: int) -> Price:
    """All windows at every step, by what may follow."""
    T, L = language.transition.values, language.length
    slots, edges = L - language.order + 2, float(np.count_nonzero(T))
    M = int(np.count_nonzero(T.any(axis=1)))
    return Price(min(steps, L) * (M + 1.1 * slots * edges), 12.0 * slots * M * thread_count() + 50 * T.size)


def _dense_price(language: NGram, steps: int) -> Price:
    """Every value of the masked tokens of a window, the share of these falling from 1 to 0."""
    V, n, L = language.vocab, language.order, language.length
    slots, M, together = L - n + 2, float(power(V, n - 1)), -(-V // 8) * 8
    values = ((V - (V - 1) * np.linspace(0.0, 1.0, min(steps, L), endpoint=False)) ** n).sum()
    nanoseconds = 2 * slots * (90.0 * min(steps, L) + 0.15 * together / V * float(values))
    return Price(nanoseconds, 16.0 * slots * (M + M / V) * thread_count() + 8 * M * (4 * together + n))


def _context_price(language: NGram, steps: int) -> Price | None:
    """Messages between the contexts of an n-gram; None where these are many, or as long as the sequence."""
    V, L = language.vocab, language.length
    K = sum(power(V, j) for j in range(1, language.order))
    return _price_of_messages(L, K, K / V, steps) if K <= MOST_CONTEXTS and language.order - 1 < L else None


def _price_of_messages(L: int, states: int, together: float, steps: int) -> Price:
    """The most that it may be, as if nothing were forgotten; ``together`` is how many states emit a token: powers of
    large matrices do not fit the caches.
    """
    return Price(
        L * (min(steps, L) * (100 + states * together / 7) + states * together / 2.4),
        min(32.0 * L * states**2, 2 * POWERS_BYTES) + 32.0 * L * states * thread_count(),
    )


def _few_states(language: HMM, steps: int) -> bool:
    """Whether a tree of products is faster than messages, and fits."""
    tree = _tree_price(language)
    return (
        not language.moves.silent
        and tree.bytes <= TREE_BYTES
        and tree.nanoseconds < _message_price(language, steps)[0].nanoseconds
    )


def drawer_for(language: Language, steps: int, convention: NDArray[np.float64] | None = None) -> Drawer | None:
    """The drawer of a language, or None when it has none, or when its matrices leave the range of float64.

    Parameters
    ----------
    language : Language
    steps : int
        N, which decides what is fastest.
    convention : (L, V) float64, optional
        What is drawn in contradictory intervals of a Markov chain when a contradiction ends with its interval; without
        it, a contradiction ends the sequence.
    """
    if price_of(language, steps) is None:
        return None
    if language.is_product:
        one = drawer_for(language.unit, steps)
        return None if one is None else InBlocks(one, language.length // language.unit.length)
    if language.is_hidden:
        chain = HMM.of(language)
        return _hidden_tree(chain) if _few_states(chain, steps) else _hidden_messages(chain, steps)
    if language.is_markov:
        return _intervals(NGram.of(language), convention)
    if drawn_as_hidden(language, steps):
        return _context_messages(NGram.of(language))
    if (
        isinstance(language, NGram)
        and _dense_price(language, steps).nanoseconds < _sparse_price(language, steps).nanoseconds
    ):
        return _dense_contexts(language)
    if isinstance(language, NGram | Tabular):
        return _contexts(language)
    return None


def drawn_as_hidden(language: Language, steps: int) -> bool:
    """Whether an n-gram is drawn by messages between its contexts, which are sums over all of them."""
    if language.memory is None or language.is_markov:
        return False
    hidden = _context_price(NGram.of(language), steps)
    return hidden is not None and price_of(language, steps) == hidden


def _intervals(language: NGram, convention: NDArray[np.float64] | None) -> Whole | None:
    """Markov chains: powers of the transition matrix, up to the one from which they stay the same.

    With end weights the matrix is divided by its growth rate, which changes no conditional; so powers settle here too.
    """
    V, L = language.vocab, language.length
    first, P = language.weights()
    final = np.ones(V) if language.is_homogeneous else ends_of(language)
    if not language.is_homogeneous:
        P = P / _growth(P)
    powers = _powers(P, L, memory_budget() / 4, settle=True)
    if powers is None or (len(powers) <= L and not _same(powers[-1], powers[-2])):
        return None
    starts = _settling(first, P, L)
    endings = final[None] if language.is_homogeneous else _settling(final, P.T, L)
    if min(_smallest(starts), _smallest(endings)) < SMALLEST:
        return None
    rows = np.zeros((L, V)) if convention is None else np.ascontiguousarray(convention)
    return Whole(V, draw_intervals, (starts, powers, _transposed(powers), endings, rows, convention is not None))


def _growth(P: NDArray[np.float64]) -> float:
    """The factor by which entries of a high power grow at one more multiplication, about."""
    message, factor = np.ones(len(P)), 1.0
    for _ in range(200):
        message = P @ message
        factor = float(message.max())
        if factor < SMALLEST:
            return 1.0
        message /= factor
    return factor


def _settling(message: NDArray[np.float64], P: NDArray[np.float64], most: int) -> NDArray[np.float64]:
    """``m, m P, m P^2, ..``, at most so many of them, until they stay the same."""
    found = [message]
    while len(found) < most and (len(found) < 2 or not _same(found[-1], found[-2])):
        found.append(found[-1] @ P)
    return np.array(found)


def _hidden_tree(language: HMM) -> Whole | None:
    """Hidden Markov models of few states, padded to a multiple of four."""
    prepared = hidden_arrays(language)
    pi, A, B, final = prepared.initial, language.transition.values, language.emission.values, prepared.final
    if min(map(_smallest, (pi, A, B, final))) < SMALLEST:
        return None
    more = ((0, -language.states % 4),)
    pi, A, B, final = np.pad(pi, more), np.pad(A, more * 2), np.pad(B, (*more, (0, 0))), np.pad(final, more)
    tree = masked_tree(A, language.length)
    return Whole(language.vocab, draw_hidden_tree, (pi, A, B, final, tree, prepared.moves, prepared.shown))


def _hidden_messages(language: HMM, steps: int) -> Whole | None:
    """Hidden Markov models by powers of the transition matrix, or by its arcs."""
    prepared = hidden_arrays(language)
    A = None if _message_price(language, steps)[1] else language.transition.values
    return _messages(language.length, prepared, A, language.ends)


def _context_messages(language: NGram) -> Whole | None:
    """n-grams of few contexts, these as the states."""
    initial, transition, emission, final = context_chain(language)
    A = transition.toarray()
    moves, shown = (Arcs.of(Probabilities(matrix, None)) for matrix in (A, emission))
    return _messages(language.length, hidden_arrays_of(initial, moves, shown, final), A, language.ends)


def _messages(L: int, prepared: HiddenArrays, A: NDArray[np.float64] | None, ends: bool) -> Whole | None:
    """By powers of A, or by arcs where it is not given."""
    initial, moves, shown, final = prepared
    final = final if ends else np.empty(0)
    parts = (moves[2], shown[2]) if A is None else (initial, shown[2], final)
    powers = np.empty((0, 0, 0)) if A is None else _powers(A, L, POWERS_BYTES, settle=False)
    if powers is None or min(map(_smallest, parts)) < SMALLEST:
        return None
    vocab = len(shown[3]) - 1
    return Whole(vocab, draw_hidden, (initial, powers, _transposed(powers), moves, shown, read_only(final)))


def _contexts(language: NGram | Tabular) -> Whole | None:
    """n-grams and lists of sequences: forward-backward over what is possible."""
    prepared = contexts_of(language)
    if min(map(_smallest, (prepared.initial, prepared.probability, prepared.final))) < SMALLEST:
        return None
    return Whole(language.vocab, draw_contexts, prepared.arrays)


def _dense_contexts(language: NGram) -> Whole | None:
    """n-grams whose contexts can be met and go on in most ways: forward-backward over all of them."""
    if min(map(_smallest, (language.initial.values, language.transition.values, ends_of(language)))) < SMALLEST:
        return None
    return Whole(language.vocab, draw_ngrams, dense_contexts_of(language))


def _powers(A: NDArray[np.float64], most: int, budget: float, settle: bool) -> NDArray[np.float64] | None:
    """``A^0..A^G``, G at most ``most`` and at least 1; None when A itself has entries that are too small.

    G ends before the budget of bytes does, before an entry leaves the range of float64 and, with ``settle``, where
    powers stay the same.
    """
    powers = [np.eye(len(A)), A]
    if _smallest(A) < SMALLEST:
        return None
    while len(powers) <= most and 16.0 * len(powers) * A.size <= budget:
        if settle and _same(powers[-1], powers[-2]):
            break
        following = powers[-1] @ A
        if _smallest(following) < SMALLEST:
            break
        powers.append(following)
    return np.array(powers)


def _same(a: NDArray[np.float64], b: NDArray[np.float64]) -> bool:
    """Whether each entry is within four units of its last place of the other's."""
    return bool((np.abs(a - b) <= 2.0**-50 * b).all())


def _smallest(entries: NDArray[np.float64]) -> float:
    """The smallest positive entry; 1 if there is none."""
    return float(entries[entries > 0].min(initial=1.0))


def _transposed(powers: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.ascontiguousarray(powers.transpose(0, 2, 1))


def _by_step(tau: NDArray[np.int64], steps: int) -> NDArray[np.int64]:
    """Positions of each row by rising step, those of one step from left to right, shape as ``tau``."""
    return np.argsort(tau.astype(np.uint16) if steps <= 1 << 16 else tau, axis=1, kind="stable")
