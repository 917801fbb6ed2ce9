"""Laws of the single tokens of a Markov chain, each for as many positions as it stands for."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...errors import BeyondReach
from ...numbers.enclosure import RAISED, gamma
from ...numbers.limits import require_memory
from .chain import Chain

__all__ = ["TokenLaws", "rescaled", "token_laws"]

LONGEST_PERIOD = 64
SETTLED = 1e-8
"""Largest relative error accepted for a law that stands for later ones."""

SETTLED_EARLY = 1e-12
"""The same where more steps would bring it down, since the chain mixes."""


@dataclass(frozen=True)
class TokenLaws:
    """Laws of single tokens.

    Attributes
    ----------
    rows : (T, V) float64
    position : (L,) int
        Which law stands for position i (from 0).
    error : (T,) float64
        Relative error of each law for the positions it stands for.
    messages : (T, V) longdouble, optional
        Of a chain with end weights, the probability of all that follows, each up to a power of two.
    exponents : (T,) int, optional
        These powers.
    factor_error : float
        Relative error of the ratio of two entries of the messages.
    """

    rows: NDArray[np.float64]
    position: NDArray[np.int64]
    error: NDArray[np.float64]
    messages: NDArray[np.longdouble] | None = None
    exponents: NDArray[np.int64] | None = None
    factor_error: float = 0.0

    def pairs(self, d: int) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
        """Pairs of laws at distance d, how often each occurs, and the larger of the two relative errors."""
        T, L = len(self.rows), len(self.position)
        shown = min(L - d, T)
        start, after = self.position[:shown], self.position[d : d + shown]
        count = np.ones(shown)
        if L - d > T:
            extra = self.position[T : L - d]
            count += np.bincount(extra, minlength=T)[:shown]
        return start, after, count, np.maximum(self.error[start], self.error[after])

    def factors(
        self, start: NDArray[np.int64], after: NDArray[np.int64], exponent: int
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """``1 / h_i`` and ``2^exponent h_{i+d}``: a power of the transition matrix between them has rows of sum 1."""
        V = self.rows.shape[1]
        if self.messages is None or self.exponents is None:
            return np.ones((len(start), V)), np.ones((len(start), V))
        from_here = np.zeros((len(start), V), np.longdouble)
        np.divide(1, self.messages[start], out=from_here, where=self.rows[start] > 0)
        apart = (self.exponents[after] - self.exponents[start] + exponent).astype(np.int32)
        return from_here.astype(np.float64), np.ldexp(self.messages[after], apart[:, None]).astype(np.float64)


def token_laws(chain: Chain) -> TokenLaws:
    """The laws of a chain, settled where it is homogeneous, and those of all positions where it has end weights."""
    return _settled_laws(chain) if chain.end is None else _conditioned_laws(chain, chain.end)


def rescaled(matrix: NDArray[np.longdouble], exponent: int) -> tuple[NDArray[np.longdouble], int]:
    """The matrix divided by a power of two, which is added to the exponent."""
    _, more = np.frexp(matrix.max())
    return np.ldexp(matrix, -int(more)), exponent + int(more)


def _conditioned_laws(chain: Chain, end: NDArray[np.float64]) -> TokenLaws:
    """``sigma_i = i A^{i-1} h_i / Z`` given the length, by messages from either side.

    An entry of a message has ``_depth_a_step`` roundings for each transition behind it, a law those of both messages.
    """
    L, V = chain.length, chain.vocab
    require_memory(48 * L * V, f"the laws of {L} tokens of V={V}")
    messages, exponents = np.empty((L, V), np.longdouble), np.zeros(L, np.int64)
    messages[L - 1] = end
    for i in range(L - 2, -1, -1):
        messages[i], exponents[i] = rescaled(chain.before(messages[i + 1]), int(exponents[i + 1]))
    rows, ahead = np.empty((L, V), np.longdouble), chain.initial.astype(np.longdouble)
    for i in range(L):
        if i:
            ahead, _ = rescaled(chain.step(ahead), 0)
        rows[i] = ahead * messages[i]
        rows[i] /= rows[i].sum()
    depth = chain.power_depth(L) + chain.marginal_depth(L) + V
    return TokenLaws(
        rows.astype(np.float64),
        np.arange(L),
        np.full(L, gamma(2 * depth)),
        messages,
        exponents,
        gamma(2 * chain.power_depth(L) + 2),
    )


def _settled_laws(chain: Chain) -> TokenLaws:
    """Laws of single tokens until they repeat.

    Notes
    -----
    From ``(1-e) s <= s P^p <= (1+e) s`` follows the same for ``s P^m`` in the place of s, so that a law that repeats
    after p steps to within e does so m periods later to within ``(1+e)^m - 1``. If the chain mixes, all laws beyond a
    gap g are within ``2 e_g / (1 - e_g)`` of each other.
    """
    L, V = chain.length, chain.vocab
    rows = [chain.initial]
    law = chain.initial.astype(np.longdouble)
    while len(rows) < L:
        for period in range(1, min(1 if chain.mixes else LONGEST_PERIOD, len(rows) - 1) + 1):
            drift = _drift(chain, rows, period)
            if drift <= SETTLED:
                first = len(rows) - 1 - period
                index = np.arange(L)
                index[first:] = first + (index[first:] - first) % period
                own = np.array([gamma(chain.marginal_depth(i + 1)) for i in range(first + period)])
                own[first:] += drift * (1 + own[first:])
                return TokenLaws(np.array(rows[: first + period]), index, own)
        law = chain.step(law)
        rows.append(law.astype(np.float64))
        if 8.0 * V * len(rows) > 4e9:
            raise BeyondReach(f"the laws of {len(rows)} tokens of V={V} do not settle and do not fit the memory")
    own = np.array([gamma(chain.marginal_depth(i + 1)) for i in range(L)])
    return TokenLaws(np.array(rows), np.arange(L), own)


def _drift(chain: Chain, rows: list[NDArray[np.float64]], period: int) -> float:
    """Relative error of letting the last ``period`` laws before the newest stand for all that follow; infinite while
    further steps would make it smaller."""
    new, old = rows[-1], rows[-1 - period]
    if ((new > 0) != (old > 0)).any():
        return math.inf
    on = old > 0
    apart = float(np.abs(new[on] / old[on] - 1).max())
    rounding = gamma(chain.marginal_depth(len(rows)) + 1)
    best = math.inf
    if apart <= rounding:
        step = apart + 3 * rounding
        best = math.expm1((chain.length / period + 1) * math.log1p(step)) * RAISED
    if chain.mixes:
        mixed = chain.mixed_at(len(rows) - 1 - period) if apart <= 1e-9 else math.inf
        if mixed < 0.5:
            best = min(best, 2 * mixed / (1 - mixed) * RAISED)
        return best if best <= max(rounding, SETTLED_EARLY) else math.inf
    return best
