"""How much of an information gets through a pattern of revealed and masked positions.

Let I be what the state S at a window's left end tells of X_i, given the window, and let some positions to the left of S
be revealed and others masked. What the state beyond these positions still tells, given all that is revealed, is

- nothing, if so many revealed tokens in a row are among them that they determine a state (an n-gram: n - 1);
- at most the product of ``kept_u`` over the runs of masked positions, u long each, times I.

For S - X_i depends on the state u masked positions further left through S alone, and the channel backwards from S to
that state, ``P(s' | s) ~ law(s') A^u(s', s)``, does not depend on the window. An information through a channel shrinks
at least by the channel's largest total variation between two inputs (Cohen, Iwasa, Rautu, Ruskai, Seneta and Zbaganu
1993). Of two laws whose ratio lies between r and R with ``log(R/r) <= D`` that is at most ``(1 - r)(R - 1)/(R - r) <=
tanh(D/4)``; and D is here the largest ``log(A^u(s, t) A^u(s', t') / (A^u(s, t') A^u(s', t)))``, whatever the law: at
most twice the largest spread over t of ``log A^u(s, t) - c_t``, whatever c. Revealed tokens in between let no more
through: the chain rule counts them to what the state tells that emitted them.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..._kernels.thresholds import surviving
from .hidden import HiddenChain

__all__ = ["survival"]

NEAREST = 512
"""Positions at most, of which it is counted what they let through."""

LONGEST = 64
"""Masked positions in a row that count."""

MOST_STATES = 1000
"""States of which the transitions are multiplied out; of more, only revealed tokens count."""

LOOSENED = 1e-10
"""On what masked positions let through; products of 64 matrices of 1000 states are off by a relative ``10^5 U``."""

LEAST = 1e-6
"""So little is not made less."""


def survival(chain: HiddenChain) -> NDArray[np.float64] | None:
    """Part of an information that is let through by g positions revealed of the nearest G; None if it may be all.

    Returns
    -------
    survival : (n, n) float64 or None
        By G and g: the mean over all sets of g positions, at most. n - 1 is ``NEAREST``, or L if that is less.
    """
    kept = _masked(chain)
    if chain.memory is None and kept.min() == 1.0:
        return None
    most = min(NEAREST, chain.length)
    out = np.zeros((most + 1, most + 1))
    surviving(kept, chain.memory or 0, out)
    return out


def _masked(chain: HiddenChain) -> NDArray[np.float64]:
    """``kept_u`` by u = 0..LONGEST, never increasing."""
    kept = np.ones(LONGEST + 1)
    if chain.states > MOST_STATES:
        return kept
    power = np.eye(chain.states)
    for u in range(1, LONGEST + 1):
        power = chain.transition @ power
        reached = power[:, (power > 0).any(axis=0)]
        if reached.size and (reached > 0).all():
            logs = np.log(reached)
            logs -= (logs.max(axis=0) + logs.min(axis=0)) / 2
            spread = float((logs.max(axis=1) - logs.min(axis=1)).max())
            kept[u:] = min(kept[u - 1], np.tanh(spread / 2) + LOOSENED)
        if kept[u] <= LEAST:
            break
    return kept
