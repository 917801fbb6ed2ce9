"""A language as a hidden Markov chain on plain arrays: its steps, and the laws of its state."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import scipy
from numpy.typing import NDArray

from ...enclosure import gamma
from ...languages import HMM, Language, NGram
from ...languages.context_chain import context_chain
from ...probabilities import PARAMETER_DEPTH

__all__ = ["HiddenChain", "StateLaws", "hidden_chain"]

SUM_DEPTH = 40
"""Roundings in numpy's pairwise sum: 16 in a block of 128, one a level above; enough for 2^30 terms."""

COARSEST = 1e-2
"""Largest relative error of a law that stands for others."""

NEGLIGIBLE = 1e-16
"""Chance of a state that is left out of a law that stands for others, so that states which die out do not count."""

SHORT = 64
"""Positions that have a law each, whole."""


@dataclass(frozen=True)
class HiddenChain:
    """A homogeneous hidden chain of L positions, on the states that occur.

    Attributes
    ----------
    length : int
    initial : (K,) float64
    transition : (K, K) sparse
    emission : (K, V) sparse
    depth : int
        Roundings in the product of a transition's and an emission's probability.
    memory : int or None
        So many tokens in a row determine the state that emitted the last of them, if any number does.
    """

    length: int
    initial: NDArray[np.float64]
    transition: scipy.sparse.csr_array
    emission: scipy.sparse.csr_array
    depth: int
    memory: int | None

    @property
    def states(self) -> int:
        return self.initial.size

    @property
    def vocab(self) -> int:
        return self.emission.shape[1]

    @property
    def depth_a_step(self) -> int:
        """Roundings of one more position: its parameters, a sum over states, a change of scale."""
        return self.depth + self.states + 3

    @cached_property
    def steps(self) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
        """``A diag(B(., c))`` for each token c, and A, in rows: starts (V+1, K+1), columns, chances."""
        shown = self.emission.tocsc()
        each = [(self.transition @ scipy.sparse.diags_array(shown[:, [c]].toarray()[:, 0])) for c in range(self.vocab)]
        parts = [scipy.sparse.csr_array(part) for part in (*each, self.transition)]
        for part in parts:
            part.eliminate_zeros()
            part.sort_indices()
        offsets = np.cumsum([0, *(part.nnz for part in parts[:-1])])
        starts = np.array([part.indptr + offset for part, offset in zip(parts, offsets, strict=True)], dtype=np.int64)
        columns = np.concatenate([part.indices for part in parts]).astype(np.int64)
        return starts, columns, np.concatenate([part.data for part in parts])

    @cached_property
    def laws(self) -> NDArray[np.float64]:
        """Law of the state at each position, shape (L, K); row p is within :meth:`law_error` of the true one."""
        rows = np.empty((self.length, self.states))
        rows[0] = self.initial
        following = scipy.sparse.csr_array(self.transition.T)
        for p in range(1, self.length):
            rows[p] = following @ rows[p - 1]
        return rows

    def law_error(self, p: int) -> float:
        """Relative error of the state's law at position p (from 0)."""
        return gamma((p + 1) * self.depth_a_step)

    def represented(self, tolerance: float) -> StateLaws:
        """Fewer laws that stand for those of all positions; of a short sequence, the laws themselves.

        Parameters
        ----------
        tolerance : float
            Relative error accepted on the average over positions.
        """
        if self.length <= SHORT:
            return StateLaws(self.laws, np.arange(self.length), np.zeros(self.length), 0.0)
        kept = np.where(self.laws < NEGLIGIBLE, 0.0, self.laws)
        accepted = COARSEST
        while True:
            found = _grouped(kept, accepted)
            if found.mean_error <= tolerance or accepted < tolerance:
                return found
            accepted /= 10


@dataclass(frozen=True)
class StateLaws:
    """Laws of the hidden state, each standing for a number of positions.

    Attributes
    ----------
    laws : (T, K) float64
    position : (L,) int
        Which law stands for each position.
    error : (L,) float64
        Relative error there.
    left_out : float
        Chance of states that are left out, at most.
    """

    laws: NDArray[np.float64]
    position: NDArray[np.int64]
    error: NDArray[np.float64]
    left_out: float

    @property
    def mean_error(self) -> float:
        return float(self.error.mean())

    def first(self, positions: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """How many of the first ``positions`` each law stands for, and the root of its mean square error there."""
        index, T = self.position[:positions], len(self.laws)
        count = np.bincount(index, minlength=T).astype(np.float64)
        squares = np.bincount(index, weights=self.error[:positions] ** 2, minlength=T)
        return count, np.sqrt(squares / np.maximum(count, 1))


def _grouped(laws: NDArray[np.float64], accepted: float) -> StateLaws:
    """From the last position back, each law for all that are within a relative ``accepted`` of it."""
    L, K = laws.shape
    position, error = np.full(L, -1), np.zeros(L)
    chosen: list[int] = []
    waiting = np.arange(L)
    while len(waiting):
        model, others = laws[waiting[-1]], laws[waiting]
        on = model > 0
        alike = ((others > 0) == on).all(axis=1)
        apart = np.where(alike, np.abs(others[:, on] / model[on] - 1).max(axis=1, initial=0.0), math.inf)
        near = apart <= accepted
        position[waiting[near]] = len(chosen)
        error[waiting[near]] = apart[near]
        chosen.append(int(waiting[-1]))
        waiting = waiting[~near]
    return StateLaws(laws[chosen], position, error, K * NEGLIGIBLE)


def hidden_chain(language: Language) -> HiddenChain:
    """The language's own hidden chain, or an n-gram's (definitions.md#languages)."""
    if language.is_hidden:
        given = HMM.of(language)
        initial, depth = given.initial.values, 2 * PARAMETER_DEPTH + 1
        transition, emission = scipy.sparse.csr_array(given.transition.values), given.emission.values
    elif language.memory == 0:
        initial, depth = np.ones(1), PARAMETER_DEPTH + 1
        transition, emission = scipy.sparse.csr_array(np.ones((1, 1))), NGram.of(language).transition.values
    else:
        language = NGram.of(language)
        initial, transition, emission = context_chain(language)
        terms = min(language.vocab ** (language.order - 2), SUM_DEPTH)
        depth = PARAMETER_DEPTH + 1 if language.order == 2 else 2 * (PARAMETER_DEPTH + terms) + 2
    return _reduced(language.length, initial, transition, np.asarray(emission), depth, language.memory)


def _reduced(
    length: int,
    initial: NDArray[np.float64],
    transition: scipy.sparse.csr_array,
    emission: NDArray[np.float64],
    depth: int,
    memory: int | None,
) -> HiddenChain:
    """On the states that occur."""
    transition.eliminate_zeros()
    possible = scipy.sparse.csr_array(((transition.T) > 0).astype(np.int64))
    found = initial > 0
    for _ in range(min(length, len(initial)) - 1):
        further = found | (possible @ found.astype(np.int64) > 0)
        if (further == found).all():
            break
        found = further
    kept = np.flatnonzero(found)
    return HiddenChain(
        length,
        initial[kept],
        scipy.sparse.csr_array(transition[kept][:, kept]),
        scipy.sparse.csr_array(emission[kept]),
        depth,
        memory,
    )
