"""A language as a hidden Markov chain on plain arrays: its steps, and the laws of its state."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import scipy
from numpy.typing import NDArray

from ...errors import BeyondReach
from ...languages import HMM, Language, NGram
from ...languages.chains import ends_of
from ...languages.context_chain import context_chain
from ...numbers.enclosure import UNIT_ROUNDOFF as U
from ...numbers.enclosure import gamma
from ...numbers.probabilities import PARAMETER_DEPTH

__all__ = ["HiddenChain", "StateLaws", "hidden_chain"]

SUM_DEPTH = 40
"""Roundings in numpy's pairwise sum: 16 in a block of 128, one a level above; enough for 2^30 terms."""

COARSEST = 1e-2
"""Largest relative error of a law that stands for others."""

NEGLIGIBLE = 1e-16
"""Probability of a state left out of a law that stands for others, so that states which die out do not count."""

LONGEST_GROWTH = 1000
"""Positions after which a growth is taken for that of all further ones."""

SHORT = 64
"""Positions whose laws are taken as they are."""


@dataclass(frozen=True)
class HiddenChain:
    """A hidden chain of L positions, on the states that occur; homogeneous but for its end weights.

    With end weights f (definitions.md#end-weights) paths are weighted by the initial law, transitions, emissions and f,
    and divided by the sum of all. The transitions are scaled so that messages settle, which changes no law.

    Attributes
    ----------
    length : int
    initial : (K,) float64
    transition : (K, K) sparse
        Up to a factor where there are end weights.
    emission : (K, V) sparse
    depth : int
        Roundings in the product of a transition's and an emission's probability.
    memory : int or None
        So many tokens in a row determine the state that emitted the last of them, if any number does.
    final : (K,) float64
        End weights, or ones.
    ends : bool
        Whether there are end weights.
    """

    length: int
    initial: NDArray[np.float64]
    transition: scipy.sparse.csr_array
    emission: scipy.sparse.csr_array
    depth: int
    memory: int | None
    final: NDArray[np.float64]
    ends: bool

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
        """``A diag(B(., c))`` for each token c, and A, in rows: starts (V+1, K+1), columns, probabilities."""
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
    def alike(self) -> tuple[NDArray[np.int64], ...]:
        """Classes of states that show one token, surely, and go to one state, in each of :attr:`steps`.

        Returns
        -------
        alike : (V+1, K) int64
            -1 for other states.
        alike_from : (V+2,) int64
            Where the classes of each step begin.
        token, target : int64
            Of each class.
        """
        starts, columns, _ = self.steps
        K = self.states
        emission = self.emission.tocsr()
        sure = (np.diff(emission.indptr) == 1) & (emission.max(axis=1).toarray().reshape(-1) == 1.0)
        shown = np.where(sure, emission.indices[np.minimum(emission.indptr[:-1], emission.nnz - 1)], 0)
        alike = np.full((self.vocab + 1, K), -1, dtype=np.int64)
        first, classes = [0], []
        for c, row in enumerate(starts):
            (some,) = np.nonzero(sure & (np.diff(row) == 1))
            key, alike[c, some] = np.unique(shown[some] * K + columns[row[some]], return_inverse=True)
            classes.append(key)
            first.append(first[-1] + len(key))
        keys = np.concatenate(classes).astype(np.int64)
        return alike, np.array(first), keys // K, keys % K

    @cached_property
    def laws(self) -> NDArray[np.float64]:
        """Law of the state at each position, shape (L, K), within :meth:`law_error` of the true one."""
        return self.ahead * self.behind if self.ends else self.ahead

    @cached_property
    def behind(self) -> NDArray[np.float64]:
        """What follows each position, by its state, over the sum of all paths, shape (L, K); one row without ends.

        Raises
        ------
        BeyondReach
        """
        if not self.ends:
            return np.ones((1, self.states))
        rows = np.empty((self.length, self.states))
        rows[-1] = self.final
        for p in range(self.length - 2, -1, -1):
            rows[p] = self.transition @ rows[p + 1]
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            whole, before, after = self.initial @ rows[0], self.ahead.max(), rows.max()
            rows /= whole
            # Sums of what underflows are off by this, and count by what leads to them or what follows, over all.
            lost = self.states * np.finfo(np.float64).smallest_subnormal
            lost *= self.length * self.states * (before / whole + before + after / whole)
        if not (np.isfinite(rows).all() and lost <= U * U):
            raise BeyondReach("what states say of the end of the sequence leaves the range of float64")
        return rows

    @cached_property
    def ahead(self) -> NDArray[np.float64]:
        """What leads to each position, by its state, shape (L, K): its law where there are no end weights."""
        rows = np.empty((self.length, self.states))
        rows[0] = self.initial
        following = scipy.sparse.csr_array(self.transition.T)
        for p in range(1, self.length):
            rows[p] = following @ rows[p - 1]
        return rows

    def law_error(self, p: int) -> float:
        """Relative error of the state's law at position p (from 0); with ends, of three messages over all positions."""
        return gamma(4 * (self.length + 1) * self.depth_a_step) if self.ends else gamma((p + 1) * self.depth_a_step)

    def represented(self, tolerance: float) -> StateLaws:
        """Fewer laws that stand for those of all positions; of a short sequence, all that differ.

        Parameters
        ----------
        tolerance : float
            Relative error accepted on the average over positions.
        """
        L = self.length
        if L <= SHORT and self.ends:
            return StateLaws(self.ahead, np.arange(L), np.zeros(L), 0.0, self.behind, np.arange(L))
        if L <= SHORT:
            laws, position = np.unique(self.ahead, axis=0, return_inverse=True)
            return StateLaws(laws, position.reshape(L), np.zeros(L), 0.0)
        kept = np.where(self.laws < NEGLIGIBLE, 0.0, self.ahead)
        accepted = COARSEST
        while True:
            laws, position, error = _grouped(kept, accepted)
            found = StateLaws(laws, position, error, self.states * NEGLIGIBLE)
            if self.ends:
                roots, root, more = _grouped(self.behind, accepted)
                found = replace(found, error=error + more, roots=roots, root=root)
            if found.mean_error <= tolerance or accepted < tolerance:
                return found
            accepted /= 10


@dataclass(frozen=True)
class StateLaws:
    """Laws of the hidden state at the left end of a window, each standing for a number of positions.

    With end weights they are up to a factor that the window's right end makes good: ``laws[position[j]]`` times the
    probabilities inside times ``roots[root[i]]`` sum to 1.

    Attributes
    ----------
    laws : (T, K) float64
    position : (L,) int
        Which law stands for each position.
    error : (L,) float64
        Relative error there.
    left_out : float
        Probability of states that are left out, at most.
    roots : (R, K) float64
        What follows the right end, by its state; a row of ones without end weights.
    root : (L,) int
        Which of them stands for each position.
    """

    laws: NDArray[np.float64]
    position: NDArray[np.int64]
    error: NDArray[np.float64]
    left_out: float
    roots: NDArray[np.float64] = field(default_factory=lambda: np.ones((1, 1)))
    root: NDArray[np.int64] = field(default_factory=lambda: np.zeros(1, dtype=np.int64))

    @property
    def mean_error(self) -> float:
        return float(self.error.mean())

    def group(self, left: NDArray[np.int64], distance: int) -> NDArray[np.int64]:
        """Number of the pair of law and root, of windows from these positions to those so much further right."""
        if len(self.roots) == 1:
            return self.position[left]
        return self.root[left + distance] * len(self.laws) + self.position[left]

    def errors(self, distance: int) -> NDArray[np.float64]:
        """Relative error of each pair of positions at a distance, by the left one."""
        far = self.error[: max(len(self.position) - distance, 0)]
        # With end weights the errors of a position include those of its row of roots.
        return far + self.error[distance:] if len(self.root) == len(self.position) else far

    def apart(self, distance: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """How many pairs of positions at a distance each root and law stand for, and the root of the mean square error.

        Returns
        -------
        count, error : (R, T) float64
        """
        R, T = len(self.roots), len(self.laws)
        far = self.errors(distance)
        index = self.group(np.arange(len(far)), distance)
        count = np.bincount(index, minlength=R * T).astype(np.float64)
        squares = np.bincount(index, weights=far**2, minlength=R * T)
        return count.reshape(R, T), np.sqrt(squares / np.maximum(count, 1)).reshape(R, T)


def _grouped(
    laws: NDArray[np.float64], accepted: float
) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.float64]]:
    """From the last position back, each law for all that are within a relative ``accepted`` of it.

    Returns
    -------
    laws : (T, K) float64
    position : (L,) int
    error : (L,) float64
    """
    L = len(laws)
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
    return laws[chosen], position, error


def hidden_chain(language: Language) -> HiddenChain:
    """The language's own hidden chain, or an n-gram's (definitions.md#languages)."""
    final, ends = np.ones(1), not language.is_homogeneous
    if language.is_hidden:
        given = HMM.of(language).voiced
        arcs, shown = given.moves.arcs, given.shown
        silent = given.step_depth - given.moves.depth
        initial, depth = given.initial.values, 2 * PARAMETER_DEPTH + 1 + silent
        transition, emission = arcs.matrix(arcs.values), shown.matrix(shown.values)
        final = ends_of(given)
    elif language.memory == 0:
        initial, depth = np.ones(1), PARAMETER_DEPTH + 1
        transition, emission = scipy.sparse.csr_array(np.ones((1, 1))), NGram.of(language).transition.values
    else:
        language = NGram.of(language)
        initial, transition, emission, final = context_chain(language)
        terms = min(language.vocab ** (language.order - 2), SUM_DEPTH)
        depth = PARAMETER_DEPTH + 1 if language.order == 2 else 2 * (PARAMETER_DEPTH + terms) + 2
    if ends:
        transition, depth = transition / _growth(transition), depth + 1
    return _reduced(language.length, initial, transition, emission, depth, language.memory, final, ends)


def _growth(transition: scipy.sparse.csr_array) -> float:
    """The factor by which messages grow at one more position, far from the end."""
    message, growth = np.ones(transition.shape[0]), 1.0
    for _ in range(LONGEST_GROWTH):
        following = transition @ message
        before, growth = growth, float(following.sum() / message.sum())
        if growth == 0.0:
            return 1.0
        message = following / following.max()
        if abs(growth - before) <= U * growth:
            break
    return growth


def _reduced(
    length: int,
    initial: NDArray[np.float64],
    transition: scipy.sparse.csr_array,
    emission: NDArray[np.float64] | scipy.sparse.csr_array,
    depth: int,
    memory: int | None,
    final: NDArray[np.float64],
    ends: bool,
) -> HiddenChain:
    """On the states that occur."""
    transition = scipy.sparse.csr_array(transition)
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
        np.ascontiguousarray(final[kept]),
        ends,
    )
