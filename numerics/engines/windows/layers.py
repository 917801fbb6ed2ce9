"""A hidden chain position by position, without what hardly ever happens.

The states of a profile that can be met at one position, given the length, are a few around it. Transitions are left out
from the least likely on while the probability that a sequence uses any of them, delta, is at most :data:`SPARED`; what
is left is the law q given that none of them is used. An information ``I(X; Y | Z)`` of the two laws differs by at most
``delta log V + h(delta)``, h the binary entropy: it moves by the entropy of the flag when this is made known, and is
then a mean in which the other case counts delta.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
import scipy
from numpy.typing import NDArray

from ..._kernels.layers import SUMMED, token_informations
from ..._kernels.threads import for_each
from ...errors import BeyondReach
from ...numbers.enclosure import gamma
from ...numbers.limits import require_memory
from .hidden import HiddenChain

__all__ = ["BYTES_A_LINK", "Layers", "layered", "told"]

SPARED = 1e-8
"""Probability of what is left out."""

BYTES_A_LINK = 80
ITERATIONS = 200
"""Of the algorithm of Blahut and Arimoto; each gives a bound."""

LOOSENED = 1e-9
ROWS = 64
"""Sequences that a thread takes at a time."""


@dataclass(frozen=True)
class Layers:
    """States and transitions by position; see :func:`.layers.token_informations` of the kernels for the arrays.

    Attributes
    ----------
    shape : int64
        Row of ``shown`` that a state emits by.
    left_out : float
        Probability that a sequence of the language is not one of these, at most.
    error : float
        Relative error of the probability of a path, and of a conditional that is computed from the arrays.
    """

    initial: NDArray[np.float64]
    first: NDArray[np.int64]
    starts: NDArray[np.int64]
    columns: NDArray[np.int32]
    probabilities: NDArray[np.float64]
    shape: NDArray[np.int64]
    shown: NDArray[np.float64]
    entropies: NDArray[np.float64]
    left_out: float
    error: float

    @property
    def length(self) -> int:
        return len(self.first) - 1

    @property
    def vocab(self) -> int:
        return self.shown.shape[1]

    def capacity(self) -> float:
        """Largest information, in nats, of a position's state about its token under any law of the state."""
        return max(_capacity(self.shown[laws]) for laws in self._emitted)

    def divergence(self) -> float:
        """Largest divergence, in nats, between two laws of a position's token, given states; perhaps infinite.

        Of two mixtures it is no larger, being convex in both.
        """
        return max(_divergence(self.shown[laws]) for laws in self._emitted)

    @property
    def _emitted(self) -> list[NDArray[np.int64]]:
        """Sets of emission laws of a position's states, each once."""
        _, begin, laws = self.emitted
        each = [laws[begin[i] : begin[i + 1]] for i in range(self.length)]
        return list({one.tobytes(): one for one in each}.values())

    @cached_property
    def emitted(self) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """Which of its position's emission laws a state has; where those of each position begin; rows of ``shown``."""
        found = [np.unique(self.shape[begin:end], return_inverse=True) for begin, end in pairwise(self.first)]
        begin = np.cumsum([0, *(len(laws) for laws, _ in found)])
        return np.concatenate([law_of for _, law_of in found]), begin, np.concatenate([laws for laws, _ in found])

    @cached_property
    def departures(self) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.float64]]:
        """Transitions by the state that they come from: where they begin, the states they lead to, probabilities."""
        return _padded(np.diff(self.starts), self.columns, self.probabilities)

    @cached_property
    def arrivals(self) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.float64]]:
        """The same by the state that they lead to, with the states that they come from."""
        count, position = len(self.shape), np.repeat(np.arange(self.length), np.diff(self.first))
        origin = np.repeat(np.arange(count), np.diff(self.starts))
        target = self.first[position[origin] + 1] + self.columns
        order = np.argsort(target, kind="stable")
        origin = (origin - self.first[position[origin]])[order]
        return _padded(np.bincount(target, minlength=count), origin, self.probabilities[order])

    def moved(self) -> float:
        """How far each information may be from that of the language, by what is left out and by rounding."""
        delta = self.left_out
        spared = delta * (math.log(self.vocab) + 1 - math.log(delta)) if delta else 0.0
        return (spared + 4 * self.error * (math.log(self.vocab) + 4)) * (1 + LOOSENED)


def _padded(
    counts: NDArray[np.int64], ends: NDArray[np.integer], probabilities: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.float64]]:
    """Lists of so many transitions each, made multiples of ``SUMMED`` with ones of probability 0."""
    starts = np.cumsum([0, *(-(-counts // SUMMED) * SUMMED)])
    at = np.repeat(starts[:-1] - np.cumsum(counts) + counts, counts) + np.arange(len(ends))
    column, probability = np.zeros(starts[-1], dtype=np.int32), np.zeros(starts[-1])
    column[at], probability[at] = ends, probabilities
    return starts, column, probability


def _divergence(rows: NDArray[np.float64]) -> float:
    """Largest divergence of a row from another."""
    logs = np.log(rows, out=np.full_like(rows, -math.inf), where=rows > 0)
    most = 0.0
    for row, log in zip(rows, logs, strict=True):
        shown = row > 0
        most = max(most, float((row[shown] * (log[shown] - logs[:, shown])).sum(axis=1).max()))
    return most * (1 + LOOSENED) + LOOSENED


def _capacity(rows: NDArray[np.float64]) -> float:
    """Of the channel with these rows: ``max_s D(B_s || Q)`` is a bound for each law Q of the output."""
    logs = np.log(rows, out=np.zeros_like(rows), where=rows > 0)
    within, weight, least = (rows * logs).sum(axis=1), np.full(len(rows), 1 / len(rows)), math.inf
    for _ in range(ITERATIONS):
        output = weight @ rows
        divergence = within - rows @ np.log(output, out=np.zeros_like(output), where=output > 0)
        least = min(least, float(divergence.max()))
        weight = weight * np.exp(divergence - divergence.max())
        weight /= weight.sum()
    return max(least, 0.0) * (1 + LOOSENED) + LOOSENED


def layered(chain: HiddenChain) -> Layers:
    """The chain position by position.

    Raises
    ------
    BeyondReach
        When it does not fit the memory.
    """
    L, A = chain.length, chain.transition.tocoo()
    require_memory(16 * A.nnz * max(L - 1, 1), f"the transitions of {chain.states} states at {L} positions")
    before, behind = chain.ahead, np.broadcast_to(chain.behind, chain.ahead.shape)
    used = [before[i][A.row] * A.data * behind[i + 1][A.col] for i in range(L - 1)]
    least, left_out = _threshold(used, SPARED)
    kept = [np.flatnonzero(each > least) for each in used]
    message, each_row = chain.final * (before[-1] > 0), []
    for i in range(L - 2, -1, -1):
        rows, columns = A.row[kept[i]], A.col[kept[i]]
        flow = A.data[kept[i]] * message[columns]
        message = np.bincount(rows, weights=flow, minlength=chain.states)
        message *= 1.0 / message.max()
        each_row.append((rows, columns, flow))
    return _listed(chain, chain.initial * message, each_row[::-1], left_out)


def _threshold(used: list[NDArray[np.float64]], spared: float) -> tuple[float, float]:
    """Below which uses add up to at most so much, and their sum; no use is left out that is not below."""
    low, high, lost = 0.0, spared, 0.0
    for _ in range(50):
        middle = math.sqrt(high * max(low, high * 1e-9))
        found = math.fsum(float(each[each <= middle].sum()) for each in used)
        if found <= spared:
            low, lost = middle, found
        else:
            high = middle
        if high <= low * 1.1:
            break
    return low, lost * (1 + LOOSENED)


def _listed(
    chain: HiddenChain,
    initial: NDArray[np.float64],
    flows: list[tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.float64]]],
    left_out: float,
) -> Layers:
    """From the flows between states, each up to a factor of its row, on the states that are reached."""
    found = np.flatnonzero(initial > 0)
    here, first, starts, columns, probabilities, states = found, [0, len(found)], [0], [], [], [found]
    terms = 1
    for rows, targets, flow in flows:
        matrix = scipy.sparse.csr_array((flow, (rows, targets)), shape=(chain.states, chain.states))[here]
        matrix.eliminate_zeros()
        sums = matrix.sum(axis=1)
        reached = np.unique(matrix.indices)
        columns.append(np.searchsorted(reached, matrix.indices).astype(np.int32))
        counts = np.diff(matrix.indptr)
        probabilities.append(matrix.data / np.repeat(sums, counts))
        starts.extend((starts[-1] + np.cumsum(counts)).tolist())
        terms = max(terms, int(counts.max()), int(np.bincount(columns[-1]).max()))
        here = reached
        states.append(here)
        first.append(first[-1] + len(here))
    starts.extend([starts[-1]] * len(here))
    shown, shape = np.unique(chain.emission.toarray(), axis=0, return_inverse=True)
    logs = np.log(shown, out=np.zeros_like(shown), where=shown > 0)
    L = chain.length
    # A message sums at most `terms` products a position; a row is a quotient of two, and a path has L of them.
    error = gamma(L * (2 * L + 4) * (chain.depth + terms + 4)) + gamma(2 * L * (terms + 4) + chain.states)
    return Layers(
        initial[found] / initial[found].sum(),
        np.array(first),
        np.array(starts),
        np.concatenate([*columns, np.empty(0, dtype=np.int32)]),
        np.concatenate([*probabilities, np.empty(0)]),
        shape.reshape(-1)[np.concatenate(states)],
        shown,
        -(shown * logs).sum(axis=1),
        left_out,
        error,
    )


def told(arrays: Layers, part: NDArray[np.int8], rng: np.random.Generator) -> NDArray[np.float64]:
    """What drawn sequences tell, whose positions are in these parts: see :func:`.layers.token_informations`.

    Raises
    ------
    BeyondReach
    """
    out = np.empty((len(part), 3))
    for_each(
        token_informations,
        0,
        -(-len(part) // ROWS),
        ROWS,
        arrays.initial,
        arrays.first,
        *arrays.departures,
        *arrays.arrivals,
        *arrays.emitted,
        arrays.shown,
        arrays.entropies,
        part,
        rng.random((*part.shape, 2)),
        out,
    )
    if not np.isfinite(out).all():
        raise BeyondReach("a sequence met a context whose posterior probabilities leave the range of float64")
    return out
