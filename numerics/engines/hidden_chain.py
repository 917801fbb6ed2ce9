"""Languages with a hidden chain on plain arrays: hidden Markov models, and n-grams over their last n-1 tokens (M1).

Definitions: the chain S has K states, initial law ``pi``, transitions A and emissions B; ``sigma_i`` is the law of
``S_i``. An n-gram's state at position i holds the tokens ``x_{i-n+2}..x_i``, or ``x_1..x_i`` while these are fewer, so that
its tokens determine its states.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from ..enclosure import UNIT_ROUNDOFF as U
from ..enclosure import gamma
from ..languages import HMM, Language, NGram
from ..types import PARAMETER_DEPTH
from .markov_chain import Measured

__all__ = ["HiddenChain", "hidden_chain", "state_count"]


class _Entropies(NamedTuple):
    """``sum_i H(X_i)``, and ``H(X_1..X_L, S_1..S_L)``; nats."""

    tokens: Measured
    joint: Measured


@dataclass(frozen=True)
class HiddenChain:
    """A hidden Markov model of L tokens whose states all occur.

    Parameters
    ----------
    initial : (K,) float64
    transition : (K, K) sparse matrix
    emission : (K, V) float64
    length : int
    visible : bool
        Whether the tokens up to a position determine its state.
    """

    initial: NDArray[np.float64]
    transition: sparse.csr_matrix
    emission: NDArray[np.float64]
    length: int
    visible: bool

    @property
    def states(self) -> int:
        return self.initial.size

    @property
    def vocab(self) -> int:
        return self.emission.shape[1]

    @property
    def law_depth(self) -> int:
        """Roundings in one step of the state's law (M8.9)."""
        return PARAMETER_DEPTH + self.states + 1

    @cached_property
    def mean_law(self) -> NDArray[np.float64]:
        """``(1/L) sum_i sigma_i``, shape (K,): positive at every state."""
        return self._laws_summed[0] / self.length

    @cached_property
    def _laws_summed(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """``sum_{i<=L} sigma_i`` and ``sum_{i<L} sigma_i``; relative error ``gamma(L (law_depth + 1))``."""
        law = self.initial.copy()
        total = law.copy()
        for _ in range(self.length - 1):
            law = law @ self.transition
            total += law
        return total, total - law if self.length > 1 else np.zeros_like(total)

    @cached_property
    def entropies(self) -> _Entropies:
        """Of the single tokens, and of tokens and states together.

        Notes
        -----
        Cost ``O(L nnz(A) + L K V)``.
        """
        law, laws_left = self.initial, np.zeros(self.states)
        tokens: list[Measured] = []
        visits = np.zeros(self.states)
        for i in range(self.length):
            if i:
                laws_left += law
                law = law @ self.transition
            visits += law
            tokens.append(_entropy(law @ self.emission, gamma(self.law_depth * (i + 2))))
        relative = gamma((self.law_depth + 1) * (self.length + 1))
        moves = _row_entropies(self.transition)
        shows = _row_entropies(sparse.csr_matrix(self.emission))
        terms = np.concatenate([laws_left * moves, visits * shows])
        start = _entropy(self.initial, gamma(PARAMETER_DEPTH))
        value = math.fsum([start.value, *terms])
        # Rows are parameters: their entropies move by (|log p| + 1) times the parameters' relative error.
        slack = math.fsum(laws_left) * _row_slack(self.transition.data) + math.fsum(visits) * _row_slack(self.emission)
        error = start.rounding + slack + value * (relative + 8 * U)
        whole = Measured(math.fsum(t.value for t in tokens), math.fsum(t.rounding for t in tokens) * (1 + 1e-9))
        return _Entropies(whole, Measured(value, error * (1 + 1e-9)))

    @cached_property
    def period(self) -> int:
        """A common period of the chain's recurrent classes: laws may come to repeat after so many steps."""
        structure = sparse.csr_matrix((np.ones_like(self.transition.data), self.transition.indices, self.transition.indptr))
        count, component = sparse.csgraph.connected_components(structure, connection="strong")
        rows, columns = structure.nonzero()
        leaves = np.zeros(count, dtype=bool)
        leaves[component[rows[component[rows] != component[columns]]]] = True
        period = 1
        for k in np.flatnonzero(~leaves):
            period = math.lcm(period, _class_period(structure, component == k))
        return period


def state_count(language: Language) -> int:
    """An upper bound of K."""
    if isinstance(language, HMM):
        return language.states
    assert isinstance(language, NGram)
    return sum(language.vocab**k for k in range(1, max(language.order - 1, 1) + 1))


def hidden_chain(language: Language) -> HiddenChain:
    """The language as a hidden chain on the states that occur within its length."""
    if isinstance(language, HMM):
        initial, A, B = language.initial.values, language.transition.values, language.emission.values
        return _reduced(initial, sparse.csr_matrix(A), B, language.length, visible=False)
    assert isinstance(language, NGram)
    return _reduced(*_context_chain(language), language.length, visible=True)


def _context_chain(language: NGram) -> tuple[NDArray[np.float64], sparse.csr_matrix, NDArray[np.float64]]:
    """An n-gram over contexts of 1, 2, .., n-1 tokens."""
    V, n = language.vocab, language.order
    if n == 1:
        row = language.transition.values[0]
        return row, sparse.csr_matrix(np.tile(row, (V, 1))), np.eye(V)
    starts = list(itertools.accumulate([0, *(V**k for k in range(1, n))]))
    K = starts[-1]
    heads = [language.initial.values.reshape(V**k, -1).sum(axis=1) for k in range(1, n)]
    entries: list[tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.int64]]] = []
    for k in range(1, n - 1):
        code = np.arange(V ** (k + 1))
        chance = np.divide(heads[k], heads[k - 1][code // V], out=np.zeros(code.size), where=heads[k] > 0)
        entries.append((chance, starts[k - 1] + code // V, starts[k] + code))
    context, token = np.divmod(np.arange(V**n), V)
    following = context % V ** (n - 2) * V + token
    entries.append((language.transition.values.reshape(-1), starts[n - 2] + context, starts[n - 2] + following))
    values, rows, columns = (np.concatenate(parts) for parts in zip(*entries, strict=True))
    transition = sparse.csr_matrix((values, (rows, columns)), shape=(K, K))
    initial = np.zeros(K)
    initial[:V] = heads[0]
    emission = np.zeros((K, V))
    for k in range(1, n):
        code = np.arange(V**k)
        emission[starts[k - 1] + code, code % V] = 1.0
    return initial, transition, emission


def _reduced(
    initial: NDArray[np.float64], A: sparse.csr_matrix, B: NDArray[np.float64], length: int, visible: bool
) -> HiddenChain:
    """Without explicit zeros and without states that never occur."""
    A.eliminate_zeros()
    found = initial > 0
    for _ in range(length - 1):
        further = found | (A.T @ found.astype(np.float64) > 0)
        if (further == found).all():
            break
        found = further
    kept = np.flatnonzero(found)
    A = sparse.csr_matrix(A[kept][:, kept])
    A.sort_indices()
    return HiddenChain(initial[kept], A, np.ascontiguousarray(B[kept]), length, visible)


def _class_period(structure: sparse.csr_matrix, inside: NDArray[np.bool_]) -> int:
    """Greatest common divisor of the cycle lengths of a strongly connected class."""
    members = np.flatnonzero(inside)
    local = structure[members][:, members]
    if local.nnz == 0:
        return 1
    level = sparse.csgraph.shortest_path(local, unweighted=True, indices=0).astype(np.int64)
    rows, columns = local.nonzero()
    return int(np.gcd.reduce(np.abs(level[rows] + 1 - level[columns]))) or 1


def _entropy(law: NDArray[np.float64], relative: float) -> Measured:
    p = law[law > 0]
    terms = -p * np.log(p)
    size = math.fsum(np.abs(terms))
    return Measured(max(math.fsum(terms), 0.0), relative * (size + 1.01 * math.fsum(p)) * (1 + 1e-9) + 8 * U * size)


def _row_entropies(rows: sparse.csr_matrix) -> NDArray[np.float64]:
    terms = rows.copy()
    terms.data = -rows.data * np.log(np.where(rows.data > 0, rows.data, 1.0))
    return np.maximum(np.asarray(terms.sum(axis=1)).reshape(-1), 0.0)


def _row_slack(entries: NDArray[np.float64]) -> float:
    """How far the entropy of a row may be off, its entries being within ``PARAMETER_DEPTH`` of the true ones."""
    largest = float(np.abs(np.log(entries[entries > 0])).max(initial=0.0))
    return (gamma(PARAMETER_DEPTH) * (largest + 1) + 8 * U * largest) * (1 + 1e-9)
