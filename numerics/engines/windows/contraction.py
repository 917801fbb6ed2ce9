"""How much of an information gets through a pattern of revealed and masked positions.

Let I be what the state S at a window's left end tells of X_i, given the window, and let some positions to the left of S
be revealed and others masked. What the state beyond these positions still tells, given all that is revealed, is at most
I times the product of ``masked_u`` over the runs of masked positions, u long each, and of ``revealed_v`` over the runs
of revealed ones, v long each.

For S - X_i depends on the state u masked positions further left through S alone, and the channel backwards from S to
that state, ``P(s' | s) ~ law(s') A^u(s', s)``, does not depend on the window. An information through a channel shrinks
at least by the channel's largest total variation between two inputs (Cohen, Iwasa, Rautu, Ruskai, Seneta and Zbaganu
1993). Of two laws whose ratio lies between r and R with ``log(R/r) <= D`` that is at most ``(1 - r)(R - 1)/(R - r) <=
tanh(D/4)``; and D is here the largest ``log(A^u(s, t) A^u(s', t') / (A^u(s, t') A^u(s', t)))``, whatever the law: at
most twice the largest spread over t of ``log A^u(s, t) - c_t``, whatever c.

Revealed tokens y, the state s' beyond them and s have ``P(s' | s, y) ~ law(s') M_y(s', s)``, where ``M_y`` is the
product of A and the probabilities to emit y, v of each. With ``eta_y`` the bound ``tanh(D/4)`` for the columns of
``M_y``, what s' tells is at most

    ``sum_y P(y) eta_y I(S; X_i | y) <= sum_{s, y} P(s, y) eta_y D(X_i | s || X_i)``, that is
    ``sum_s P(s) D(X_i | s || X_i) E[eta_y | s]``,

all given the window: the divergences from one law are least, in the mean, where it is the mean. So ``revealed_v`` is
the largest ``E[eta_y | s]``, and whatever the law of s', that is at most the largest ``sum_y M_y(s', s) eta_y /
sum_y M_y(s', s)`` of a pair. It is 0 where v tokens in a row determine a state (an n-gram: n - 1), never increases
with v, since a state tells no less than the one beyond, and a run of ``v + w`` is one of v and one of w.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from ..._kernels.thresholds import surviving
from .hidden import HiddenChain

__all__ = ["survival"]

NEAREST = 512
"""Positions at most, of which it is counted what they let through."""

LONGEST = 64
"""Masked positions in a row that count, and revealed ones."""

MOST_STATES = 1000
"""States of which the transitions are multiplied out; of more, only revealed tokens count."""

MOST_COMPARED = 2e7
"""Numbers, ``V^v K^3``, that are compared for v tokens in a row; of more, products of what fewer let through count."""

LOOSENED = 1e-10
"""On what positions let through; products of 64 matrices of 1000 states are off by a relative ``10^5 U``."""

LEAST = 1e-6
"""So little is not made less."""


def survival(chain: HiddenChain) -> NDArray[np.float64] | None:
    """Part of an information that is let through by g positions revealed of the nearest G; None if it may be all.

    Returns
    -------
    survival : (n, n) float64 or None
        By G and g: the mean over all sets of g positions, at most. n - 1 is ``NEAREST``, or L if that is less.
    """
    masked, revealed = _masked(chain), _revealed(chain)
    if min(masked.min(), revealed.min()) == 1.0:
        return None
    most = min(NEAREST, chain.length)
    out = np.zeros((most + 1, most + 1))
    surviving(masked, revealed, out)
    return out


def _masked(chain: HiddenChain) -> NDArray[np.float64]:
    """``masked_u`` by u = 0..LONGEST, never increasing."""
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


def _revealed(chain: HiddenChain) -> NDArray[np.float64]:
    """``revealed_v`` by v, never increasing, up to where it is negligible, or ``LONGEST``."""
    kept, K, V = [1.0], chain.states, chain.vocab
    products = np.eye(K)[:, :, None] if V * K**3 <= MOST_COMPARED else None
    while len(kept) <= LONGEST and kept[-1] > LEAST:
        v = len(kept)
        found = min(kept[k] * kept[v - k] for k in range(1, v)) if v > 1 else 1.0
        if v == chain.memory:
            found = 0.0
        elif products is not None and V**v * K**3 <= MOST_COMPARED:
            # ``M_y`` of one token more, from the right to the left.
            A, B = chain.transition.toarray(), chain.emission.toarray()
            products = np.concatenate([np.tensordot(A * shown, products, 1) for shown in B.T], axis=2)
            found = min(found, _let_through(products) + LOOSENED)
        elif found == 1.0:
            break
        kept.append(min(found, kept[-1]))
    return np.array(kept)


def _let_through(products: NDArray[np.float64]) -> float:
    """The largest mean of ``tanh(D/4)``, by the entries of products (K, K, n), over pairs of states that are met."""
    eta = np.zeros(products.shape[2])
    possible = np.any(products > 0, axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.log(products)
        for s, t in combinations(range(len(products)), 2):
            # Differences of two logarithms of zero are left out.
            apart = logs[:, s] - logs[:, t]
            spread = np.fmax.reduce(apart) - np.fmin.reduce(apart)
            eta = np.maximum(eta, np.where(possible[s] & possible[t], np.tanh(spread / 4), 0.0))
    whole, part = products.sum(axis=2), (products * eta).sum(axis=2)
    return float((part[whole > 0] / whole[whole > 0]).max(initial=0.0))
