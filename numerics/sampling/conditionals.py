"""The sampler's conditionals for batches of partial sequences, compiled where the language has a kernel."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, TypeGuard

import numpy as np
from numpy.typing import NDArray

from .._kernels.lattice import read_only
from .._kernels.messages import is_possible
from .._kernels.posteriors import context_posteriors, hidden_posteriors
from .._kernels.threads import for_each, thread_count
from ..errors import BeyondReach
from ..instances.instance import Instance
from ..languages import HMM, Language, NGram, Scope
from ..languages.base import LOST
from .contexts import contexts_of
from .hidden import hidden_arrays

__all__ = ["batch_conditionals", "batch_nanoseconds", "exact_conditionals"]

ROWS_A_PIECE = 4

Rows = Callable[[NDArray[np.int64]], NDArray[np.float64]]
Exact = Callable[[NDArray[np.int64]], tuple[NDArray[np.float64], NDArray[np.bool_]]]


def batch_conditionals(instance: Instance, scope: Scope) -> Rows:
    """A function from partial sequences (n, L) to what is drawn at their masked positions, (n, L, V).

    Parameters
    ----------
    instance : Instance
    scope : {"global", "local"}

    Notes
    -----
    Cost a sequence: the edges between contexts that agree with it for an n-gram, ``O(L K^2)`` for a hidden Markov model
    of K states; other languages, and local scopes, as their ``conditionals``.
    """
    exact = exact_conditionals(instance.language, scope)

    def rows(y: NDArray[np.int64]) -> NDArray[np.float64]:
        found, possible = exact(y)
        return instance.with_convention(instance.predictor(y, found), possible)

    return rows


def exact_conditionals(language: Language, scope: Scope) -> Exact:
    """A function from partial sequences (n, L) to the language's conditionals (n, L, V) and where they exist (n, L)."""
    compiled = _compiled(language) if scope == "global" else None
    return compiled or (lambda y: language.conditionals(y, scope))


def batch_nanoseconds(instance: Instance, scope: Scope) -> float:
    """Estimated time of :func:`batch_conditionals` for one sequence."""
    language, V = instance.language, instance.vocab
    if scope == "global" and language.is_hidden:
        chain = HMM.of(language)
        each = (len(chain.moves.arcs.columns) + language.summed * V) / thread_count()
    elif scope == "global" and _in_contexts(language):
        each = 4.0 * np.count_nonzero(language.transition.values) / thread_count()
    else:
        states = language.summed if language.is_hidden else V**2
        each = 40.0 * V * states
    return language.length * (each + 10.0 * V) + instance.denoiser.nanoseconds(language.length)


def _in_contexts(language: Language) -> TypeGuard[NGram]:
    return isinstance(language, NGram) and 2 <= language.order <= language.length + 1


def _compiled(language: Language) -> Exact | None:
    """The same for what has a kernel; a context is possible at all its positions or at none."""
    kernel: Callable[..., None]
    arrays: tuple[Any, ...]
    if language.is_hidden:
        chain = HMM.of(language)
        hidden = hidden_arrays(chain)
        A = np.empty((0, 0)) if chain.by_arcs else chain.transition.values
        kernel = hidden_posteriors
        arrays = (hidden.initial, A, np.ascontiguousarray(A.T), hidden.moves, hidden.shown, hidden.final)
    elif _in_contexts(language):
        kernel, arrays = context_posteriors, contexts_of(language).arrays
    else:
        return None
    prepared = tuple(each if isinstance(each, tuple) else read_only(each) for each in arrays)

    def exact(y: NDArray[np.int64]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        found, possible = np.zeros((*y.shape, language.vocab)), np.empty(len(y), dtype=bool)
        pieces = math.ceil(len(y) / ROWS_A_PIECE)
        for_each(kernel, 0, pieces, ROWS_A_PIECE, *prepared, np.ascontiguousarray(y), found, possible)
        lost = possible & ((y == language.vocab) & (found.sum(axis=-1) == 0)).any(axis=1)
        if language.is_hidden:
            for k in np.flatnonzero(~possible):
                lost[k] = is_possible(*hidden, np.asarray(y[k], dtype=np.int64))
        if lost.any():
            raise BeyondReach(LOST)
        return found, np.broadcast_to(possible[:, None], y.shape)

    return exact
