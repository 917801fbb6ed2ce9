"""A finite automaton that reads the erased tokens on one side of a position, and whose labels stand for beliefs.

A belief is what the tokens read so far say about the hidden state next to them: from the left, the law of ``S_i`` given
what is revealed before i; from the right, the likelihood of what is revealed after i as a function of ``S_i``, turned
into a law by a prior g. After more tokens it moves linearly, ``u' = (u o E^y) B``, with ``B = A`` from the left and
``B = A^T`` from the right (E^y: the emission column of the token read, or ones where nothing is revealed).

Infinitely many beliefs occur. The automaton sends each to a label whose representative is close in Kullback-Leibler
divergence, weighted by how often it occurs on average over all revealed fractions, and has the same zeros. Whatever it
merges, a label remains a function of the revealed tokens: quality, not validity, depends on the choices made here.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

__all__ = ["Automaton", "BeliefAutomaton"]

PROBES = np.array([0.03, 0.1, 0.2, 0.32, 0.45, 0.58, 0.7, 0.83, 0.95])
"""Revealed fractions over which the frequency of a label is averaged."""

SETTLING_STEPS = 12
SAME = 1e-15
"""Beliefs of one parent this close (KL, in nats) are equal up to rounding and share a label at any frequency."""

BLOCK = 1024


@dataclass(frozen=True)
class Automaton:
    """The arrays of an automaton, as the kernel reads them (:func:`_kernels.beliefs.advance`)."""

    following: NDArray[np.int64]
    first: NDArray[np.int64]
    states: NDArray[np.int64]
    family: NDArray[np.int64]
    place: NDArray[np.int64]
    move: sparse.csr_matrix

    @property
    def labels(self) -> int:
        return self.following.shape[0]

    @property
    def entries(self) -> int:
        return self.states.size

    @property
    def most_terms(self) -> int:
        """The largest number of terms that are added up in one entry."""
        hits = np.bincount(self.following[self.following >= 0], minlength=self.labels)
        columns = np.bincount(self.move.indices, minlength=1)
        return int(hits.max()) * int(columns.max())

    def owners(self) -> NDArray[np.int64]:
        """The label of each entry."""
        return np.repeat(np.arange(self.labels), np.diff(self.first))


class BeliefAutomaton:
    """An automaton that grows.

    Parameters
    ----------
    start : (K,) float64
        The belief before anything is read, unnormalised.
    move : (K, K) sparse
        B.
    emission : (K, V) float64
    prior : (K,) float64
        g, by which beliefs are weighted.
    most : int
        Labels it may have.
    """

    def __init__(
        self,
        start: NDArray[np.float64],
        move: sparse.csr_matrix,
        emission: NDArray[np.float64],
        prior: NDArray[np.float64],
        most: int,
    ) -> None:
        self.move, self.emission, self.prior, self.most = sparse.csr_matrix(move), emission, prior, most
        self.move.sort_indices()
        self._links = sparse.csr_matrix((np.ones_like(self.move.data), self.move.indices, self.move.indptr))
        V = emission.shape[1]
        belief = start * prior
        self.beliefs = (belief / belief.sum())[None]
        self._families: dict[bytes, int] = {}
        self._supports: list[NDArray[np.bool_]] = []
        self._members: list[list[int]] = []
        self.family = [self._family_of(start > 0)]
        self._members[self.family[0]].append(0)
        self.following = np.full((1, V + 1), -1, dtype=np.int64)
        self._explored = 0
        self._chance = np.zeros((1, V + 1))
        self._divergence = np.zeros((1, V + 1))
        self._frequency = np.ones((1, PROBES.size))

    @property
    def labels(self) -> int:
        return len(self.family)

    def grow(self, tolerance: float, rounds: int = 400) -> bool:
        """Add labels until no reading merges more than ``tolerance`` (frequency times divergence, nats).

        Returns
        -------
        bool
            False if the labels ran out first.
        """
        for _ in range(rounds):
            if self._explored < self.labels:
                self._explore(tolerance)
                self._settle(1)
                continue
            self._settle(SETTLING_STEPS)
            if not self._split(tolerance):
                break
        return self.labels < self.most

    def frozen(self) -> Automaton:
        """The arrays for the kernel."""
        supports = np.array(self._supports)
        family = np.array(self.family)
        sizes = supports.sum(axis=1)
        place = np.where(supports, np.cumsum(supports, axis=1) - 1, -1)
        states = [np.flatnonzero(support) for support in supports]
        return Automaton(
            self.following.copy(),
            np.concatenate([[0], np.cumsum(sizes[family])]),
            np.concatenate([states[f] for f in family]),
            family,
            place.astype(np.int64),
            self.move,
        )

    def _family_of(self, support: NDArray[np.bool_]) -> int:
        key = np.packbits(support).tobytes()
        if key not in self._families:
            self._families[key] = len(self._supports)
            self._supports.append(support)
            self._members.append([])
        return self._families[key]

    def _read(self, labels: NDArray[np.int64], y: int) -> NDArray[np.float64]:
        """Unnormalised beliefs of ``labels`` after reading y, shape (n, K)."""
        u = self.beliefs[labels] / self.prior
        if y < self.emission.shape[1]:
            u = u * self.emission[:, y]
        return np.asarray(u @ self.move) * self.prior

    def _next_support(self, family: int, y: int) -> NDArray[np.bool_]:
        support = self._supports[family]
        if y < self.emission.shape[1]:
            support = support & (self.emission[:, y] > 0)
        return np.asarray(support.astype(np.float64) @ self._links) > 0

    def _explore(self, tolerance: float) -> None:
        """Find the readings of all new labels a target."""
        fresh = np.arange(self._explored, self.labels)
        self._explored = self.labels
        V = self.emission.shape[1]
        parents, tokens, beliefs = [], [], []
        for y in range(V + 1):
            child = self._read(fresh, y)
            chance = child.sum(axis=1)
            used = np.flatnonzero(chance > 0)
            self._chance[fresh, y] = chance
            parents.append(fresh[used])
            tokens.append(np.full(used.size, y))
            beliefs.append(child[used] / chance[used, None])
        self._place(np.concatenate(parents), np.concatenate(tokens), np.concatenate(beliefs), tolerance)

    def _weights(self, parents: NDArray[np.int64], tokens: NDArray[np.int64]) -> NDArray[np.float64]:
        """How often a label is met and then read from, averaged over the probes."""
        erased = tokens == self.emission.shape[1]
        share = np.where(erased[:, None], 1 - PROBES, PROBES) * self._chance[parents, tokens][:, None]
        return (self._frequency[parents] * share).mean(axis=1)

    def _place(
        self, parents: NDArray[np.int64], tokens: NDArray[np.int64], beliefs: NDArray[np.float64], tolerance: float
    ) -> None:
        """Send readings to the nearest label with the same zeros, or to a new one; the frequent first."""
        weights = self._weights(parents, tokens)
        supports: dict[tuple[int, int], int] = {}
        families = np.empty(parents.size, dtype=np.int64)
        for j, (c, y) in enumerate(zip(parents.tolist(), tokens.tolist(), strict=True)):
            key = (self.family[c], y)
            if key not in supports:
                supports[key] = self._family_of(self._next_support(*key))
            families[j] = supports[key]
        added: list[NDArray[np.float64]] = []
        order = np.lexsort((-weights, families))
        cuts = np.flatnonzero(np.diff(families[order])) + 1
        for members in np.split(order, cuts):
            for start in range(0, members.size, BLOCK):
                self._place_block(members[start : start + BLOCK], families, parents, tokens, beliefs, weights, tolerance, added)
        self._append(added)

    def _place_block(
        self,
        block: NDArray[np.int64],
        families: NDArray[np.int64],
        parents: NDArray[np.int64],
        tokens: NDArray[np.int64],
        beliefs: NDArray[np.float64],
        weights: NDArray[np.float64],
        tolerance: float,
        added: list[NDArray[np.float64]],
    ) -> None:
        """Readings of one family: distances to all its labels at once, then one by one to those just made."""
        known = len(self.beliefs)
        family = int(families[block[0]])
        on = self._supports[family]
        p = beliefs[block][:, on]
        own = (p * np.log(p)).sum(axis=1)
        members = self._members[family]
        if members:
            rows = np.array([self.beliefs[c][on] if c < known else added[c - known][on] for c in members])
            cross = p @ np.log(rows).T
            nearest = cross.argmax(axis=1)
            distance = own - cross[np.arange(block.size), nearest]
            target = np.array(members)[nearest]
        else:
            distance, target = np.full(block.size, np.inf), np.full(block.size, -1)
        made: list[int] = []
        logs = np.empty((block.size, int(on.sum())))
        for j in range(block.size):
            if weights[block[j]] * distance[j] > tolerance and made:
                to_made = own[j] - logs[: len(made)] @ p[j]
                best = int(to_made.argmin())
                if to_made[best] < distance[j]:
                    distance[j], target[j] = to_made[best], made[best]
            wanted = weights[block[j]] * distance[j] > tolerance and distance[j] > SAME
            if target[j] < 0 or (wanted and known + len(added) < self.most):
                logs[len(made)] = np.log(p[j])
                target[j], distance[j] = known + len(added), 0.0
                made.append(int(target[j]))
                added.append(beliefs[block[j]])
                self.family.append(family)
        members.extend(made)
        self.following[parents[block], tokens[block]] = target
        self._divergence[parents[block], tokens[block]] = np.maximum(distance, 0.0)

    def _append(self, added: list[NDArray[np.float64]]) -> None:
        if not added:
            return
        count, width = len(added), self.following.shape[1]
        self.beliefs = np.concatenate([self.beliefs, added])
        self.following = np.concatenate([self.following, np.full((count, width), -1, dtype=np.int64)])
        self._chance = np.concatenate([self._chance, np.zeros((count, width))])
        self._divergence = np.concatenate([self._divergence, np.zeros((count, width))])
        self._frequency = np.concatenate([self._frequency, np.zeros((count, PROBES.size))])

    def _settle(self, steps: int) -> None:
        """Move the frequencies of the labels on, as if each had its representative's belief."""
        explored = np.arange(self._explored)
        c, y = np.nonzero(self.following[explored] >= 0)
        target, chance = self.following[c, y], self._chance[c, y]
        erased = y == self.emission.shape[1]
        moves = sparse.csr_matrix((np.ones(c.size), (target, np.arange(c.size))), shape=(self.labels, c.size))
        share = np.where(erased[:, None], 1 - PROBES, PROBES) * chance[:, None]
        for _ in range(steps):
            self._frequency = np.asarray(moves @ (self._frequency[c] * share))
            self._frequency /= np.maximum(self._frequency.sum(axis=0), 1e-300)

    def _split(self, tolerance: float) -> bool:
        """Place the readings anew that merge more than the tolerance at today's frequencies."""
        if self.labels >= self.most:
            return False
        c, y = np.nonzero(self._divergence > SAME)
        costly = self._weights(c, y) * self._divergence[c, y] > tolerance
        c, y = c[costly], y[costly]
        if c.size == 0:
            return False
        beliefs = np.empty((c.size, self.beliefs.shape[1]))
        for token in np.unique(y):
            chosen = y == token
            child = self._read(c[chosen], int(token))
            beliefs[chosen] = child / child.sum(axis=1, keepdims=True)
        before = self.labels
        self._place(c, y, beliefs, tolerance)
        return self.labels > before
