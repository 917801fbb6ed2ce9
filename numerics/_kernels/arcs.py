"""Hidden chains by their arcs: messages over one step, from a state that emits to the next, and what states emit.

States come in two parts: K that emit, then silent ones, whose arcs lead to states that emit and to later silent ones.
So a pass over the states in order has all of what reaches a silent state before it goes on from there, and a pass
against the order has all of what follows one before it is asked for: ``O(E)`` for E arcs, however many silent states a
step may cross.

Kernels take the arcs as ``moves``: starts (K+S+1,), columns (E,), probabilities (E,); and the emissions as ``shown``:
by the state starts (K+1,), tokens, probabilities, and by the token starts (V+1,), states, probabilities. Rows without
zeros are read without their columns.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .jit import kernel

__all__ = ["ahead_by_arcs", "back_by_arcs", "rows_ahead", "rows_back", "seen", "token_weights"]


@kernel
def ahead_by_arcs(
    message: NDArray[np.float64],
    starts: NDArray[np.int64],
    columns: NDArray[np.int64],
    probability: NDArray[np.float64],
    arrived: NDArray[np.float64],
) -> None:  # pragma: no cover - compiled
    """What arrives at each state, added to what ``arrived`` holds; from silent states it goes on.

    Parameters
    ----------
    message : (K,) float64
    starts, columns, probability
        The arcs by their sources, those that emit first.
    arrived : (K+S,) float64
    """
    K = len(message)
    for s in range(len(arrived)):
        weight = message[s] if s < K else arrived[s]
        if weight > 0.0:
            for e in range(starts[s], starts[s + 1]):
                arrived[columns[e]] += weight * probability[e]


@kernel
def back_by_arcs(
    arrival: NDArray[np.float64],
    starts: NDArray[np.int64],
    columns: NDArray[np.int64],
    probability: NDArray[np.float64],
    behind: NDArray[np.float64],
) -> None:  # pragma: no cover - compiled
    """The expectation, by the state before, of what ``arrival`` holds at the states.

    Parameters
    ----------
    arrival : (K+S,) float64
        That of the silent states is added to.
    starts, columns, probability
        As in `ahead_by_arcs`.
    behind : (K,) float64
    """
    K = len(behind)
    for s in range(len(arrival) - 1, -1, -1):
        total = 0.0
        for e in range(starts[s], starts[s + 1]):
            total += probability[e] * arrival[columns[e]]
        if s < K:
            behind[s] = total
        else:
            arrival[s] += total


@kernel
def rows_ahead(
    messages: NDArray[np.float64],
    starts: NDArray[np.int64],
    columns: NDArray[np.int64],
    probability: NDArray[np.float64],
    arrived: NDArray[np.float64],
) -> None:  # pragma: no cover - compiled
    """`ahead_by_arcs` row by row."""
    for row in range(len(messages)):
        ahead_by_arcs(messages[row], starts, columns, probability, arrived[row])


@kernel
def rows_back(
    arrivals: NDArray[np.float64],
    starts: NDArray[np.int64],
    columns: NDArray[np.int64],
    probability: NDArray[np.float64],
    behind: NDArray[np.float64],
) -> None:  # pragma: no cover - compiled
    """`back_by_arcs` row by row."""
    for row in range(len(arrivals)):
        back_by_arcs(arrivals[row], starts, columns, probability, behind[row])


@kernel
def seen(message, token, shown, out):  # pragma: no cover - compiled
    """``out`` is the message times the probability of a token by the state; whether any state is left."""
    starts, states, probability = shown[3], shown[4], shown[5]
    first, stop = starts[token], starts[token + 1]
    if stop - first == len(out):
        for s in range(len(out)):
            out[s] = message[s] * probability[first + s]
    else:
        out[:] = 0.0
        for e in range(first, stop):
            out[states[e]] = message[states[e]] * probability[e]
    alive = False
    for s in range(len(out)):
        alive = alive or out[s] > 0.0
    return alive


@kernel
def token_weights(ahead, behind, shown, weights):  # pragma: no cover - compiled
    """The weights of the tokens at a position, (V,), from the messages of both sides."""
    starts, tokens, probability = shown[0], shown[1], shown[2]
    weights[:] = 0.0
    for s in range(len(ahead)):
        share = ahead[s] * behind[s]
        if share > 0.0:
            first, stop = starts[s], starts[s + 1]
            if stop - first == len(weights):
                for v in range(len(weights)):
                    weights[v] += share * probability[first + v]
            else:
                for e in range(first, stop):
                    weights[tokens[e]] += share * probability[e]
