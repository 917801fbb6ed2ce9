"""One step of an automaton that reads an erased sequence of a hidden Markov model, together with the hidden state."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

__all__ = ["advance", "apart"]

_JIT = {"cache": True, "nogil": True, "error_model": "numpy", "fastmath": {"contract"}}


@njit(**_JIT)
def advance(
    block: int,
    masses: NDArray[np.float64],
    out: NDArray[np.float64],
    reveal: NDArray[np.float64],
    hide: NDArray[np.float64],
    first: NDArray[np.int64],
    states: NDArray[np.int64],
    family: NDArray[np.int64],
    place: NDArray[np.int64],
    following: NDArray[np.int64],
    emission: NDArray[np.float64],
    row: NDArray[np.int64],
    column: NDArray[np.int64],
    chance: NDArray[np.float64],
) -> None:  # pragma: no cover - compiled
    """``out`` becomes the masses after one more position, for one block of lanes.

    Parameters
    ----------
    block : int
        Which block of lanes.
    masses, out : (blocks, entries, W) float64
        Joint masses of a label and a hidden state; the entries of label c are ``first[c] .. first[c+1]-1``.
    reveal, hide : (blocks, W) float64
        The chance of each lane that the position is revealed, and that it is not.
    first : (n+1,) int64
    states : (entries,) int64
        The hidden state of each entry.
    family : (n,) int64
        Which set of states is a label's.
    place : (families, K) int64
        Position of a state within the set.
    following : (n, V+1) int64
        The next label by what is read; column V: nothing. -1 where it cannot be.
    emission : (K, V) float64
    row, column, chance : sparse matrix (K, K)
        Where a state moves and how: A from left to right, its transpose from right to left.

    Notes
    -----
    Sums of non-negative products of five factors. Cost ``2 W`` flops for each entry, reading and move.
    """
    n, V, W = following.shape[0], emission.shape[1], masses.shape[2]
    held = np.empty(W)
    for p in range(out.shape[1]):
        for w in range(W):
            out[block, p, w] = 0.0
    for c in range(n):
        for y in range(V + 1):
            target = following[c, y]
            if target < 0:
                continue
            base, own = first[target], family[target]
            for e in range(first[c], first[c + 1]):
                s = states[e]
                if y < V:
                    shown = emission[s, y]
                    if shown == 0.0:
                        continue
                    for w in range(W):
                        held[w] = masses[block, e, w] * (reveal[block, w] * shown)
                else:
                    for w in range(W):
                        held[w] = masses[block, e, w] * hide[block, w]
                for k in range(row[s], row[s + 1]):
                    p = base + place[own, column[k]]
                    share = chance[k]
                    for w in range(W):
                        out[block, p, w] += share * held[w]


@njit(**_JIT)
def apart(
    block: int,
    before: NDArray[np.float64],
    after: NDArray[np.float64],
    bucket: NDArray[np.int64],
    found: NDArray[np.float64],
) -> None:  # pragma: no cover - compiled
    """``found[block]``: the largest sum, over a lane and a bucket of entries, of ``|after - before|``."""
    W = before.shape[2]
    sums = np.zeros((bucket.max() + 1, W))
    for e in range(before.shape[1]):
        for w in range(W):
            sums[bucket[e], w] += abs(after[block, e, w] - before[block, e, w])
    found[block] = sums.max()
