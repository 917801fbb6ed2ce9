"""What an automaton's labels and the hidden state weigh together, position after position, for all revealed fractions.

A *lane* is a revealed fraction. From the left the mass of an entry (label c, state s) at position i is
``P(label of what is revealed before i = c, S_i = s)``; from the right it is ``P(label of what is revealed after i = c |
S_i = s)``. Both move by one fixed non-negative linear map that increases no sum of absolute values (over all entries from
the left; over the labels, for each state, from the right): once a step changes the masses by no more than e in that
norm, later positions differ from this one by at most e times the steps in between, and one array stands for them all.
Where the chain has a period, as many arrays do.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .._kernels.beliefs import advance, apart
from .._kernels.threads import for_each
from ..enclosure import gamma
from ..types import PARAMETER_DEPTH
from .belief_automaton import Automaton

__all__ = ["WIDTH", "Pass", "run"]

WIDTH = 16
"""Lanes of a block: two registers of eight."""

LONGEST_PERIOD = 12


@dataclass
class Pass:
    """Masses at the positions 1, 2, .. counted from the end where reading starts.

    Attributes
    ----------
    settled : int
        T: positions computed.
    cycle : list of (blocks, entries, W) arrays
        The masses at the last P positions computed, ``T-P+1..T``; position i > T is like ``T-P+1 + (i-T-1) mod P``.
    totals : list of (blocks, entries, W) arrays
        By i mod P, the sum of the masses over the positions computed.
    every : list of (blocks, entries, W) arrays
        All of them, where they were asked for.
    drift : float
        Bound of how far, in the norm that does not grow, a later position is from the array that stands for it.
    depth : int
        Roundings of a mass (M8.9).
    """

    settled: int
    cycle: list[NDArray[np.float64]]
    totals: list[NDArray[np.float64]]
    every: list[NDArray[np.float64]]
    drift: float
    depth: int

    def at(self, position: int) -> NDArray[np.float64]:
        """The array that stands for a position of at least ``T-P+1``."""
        P = len(self.cycle)
        return self.cycle[(position - self.settled - 1) % P]


def run(
    automaton: Automaton,
    start: NDArray[np.float64],
    emission: NDArray[np.float64],
    lanes: tuple[NDArray[np.float64], NDArray[np.float64]],
    length: int,
    period: int,
    by_state: bool,
    drift: float,
    keep: bool = False,
) -> Pass:
    """Read until the masses repeat, or to the end.

    Parameters
    ----------
    automaton : Automaton
    start : (K,) float64
        The masses of label 0 at position 1.
    emission : (K, V) float64
    lanes : two (blocks, W) float64
        Chances that a position is revealed, and that it is not.
    length : int
        L.
    period : int
        P.
    by_state : bool
        Whether the norm is a sum for each state (from the right) or over everything (from the left).
    drift : float
        Change in one period that is small enough to stop.
    keep : bool
        Read to the end and keep every array.

    Notes
    -----
    Cost ``2 M`` flops a position for each entry, reading and move of the chain, M lanes; P + 2 arrays of 8 M bytes an
    entry.
    """
    reveal, hide = lanes
    shape = (reveal.shape[0], automaton.entries, WIDTH)
    P = min(period, LONGEST_PERIOD)
    masses = np.zeros(shape)
    masses[:, : automaton.first[1], :] = start[start > 0][None, :, None]
    move = automaton.move
    tables = (
        reveal, hide, automaton.first, automaton.states, automaton.family, automaton.place, automaton.following,
        emission, move.indptr.astype(np.int64), move.indices.astype(np.int64), move.data,
    )  # fmt: skip
    bucket = automaton.states if by_state else np.zeros(automaton.entries, dtype=np.int64)
    change = np.empty(shape[0])
    step_depth = 2 * PARAMETER_DEPTH + 6 + automaton.most_terms
    recent, every = [masses], [masses]
    totals = [np.zeros(shape) for _ in range(P)]
    totals[1 % P] += masses
    position, reached = 1, np.inf
    while position < length:
        out = np.empty(shape) if keep or len(recent) <= P else recent.pop(0)
        for_each(advance, 0, shape[0], masses, out, *tables)
        masses = out
        position += 1
        recent.append(masses)
        totals[position % P] += masses
        if keep:
            every.append(masses)
            recent = recent[-P - 1 :]
        elif len(recent) > P:
            for_each(apart, 0, shape[0], recent[0], masses, bucket, change)
            reached = float(change.max())
            if reached <= drift:
                break
    depth = step_depth * position
    beyond = 0.0
    if position < length:
        beyond = (reached + 2.1 * gamma(depth)) * (length / P + 1) * (1 + 1e-9)
    return Pass(position, recent[-P:], totals, every if keep else [], beyond, depth)
