"""Bets on temperatures near the claimed one, sharper where a call has several rows (proofs_notes/samplers/steps.md).

If tokens are drawn at a temperature T near the claimed one, the mean over c independent rows of the ratio of the law
at T to the claim's wins at most twice what one row does. That of a law farther from the claim wins nearly c times as
much: one at ``T0 (T/T0)^b`` for a b up to c, less where a row wins much. How much a row wins is learned from earlier
calls, so that the bet on a call is made before it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from ..policies import Policy
from .tokens import temperatures

__all__ = ["NEAR", "NearTemperatures", "sharpness", "tilted", "variance"]

Array = NDArray[np.float64]

NEAR = math.log(1.25)
"""Logarithms of the ratio of two temperatures that are near each other; farther ones are seen in a few rows."""


def sharpness(rows: NDArray[np.int64], nats: Array) -> Array:
    """The power b of ``T/T0`` on which a call of so many rows bets, between 1 and the number of rows.

    Parameters
    ----------
    rows : int
        Of a call.
    nats : float64
        That a row wins on average if it is drawn at T, not sharpened.

    Notes
    -----
    If log ratios have a normal law, of variance ``2 nats``, a call wins at least 98 % of the most that any b does, for
    2 to 12 rows and 0.003 to 3 nats: about b times as much as a row, or up to a fifth more.
    """
    others = np.maximum(rows - 1, 0)
    return np.asarray(1 + others / (1 + others * np.sqrt(nats)))


class NearTemperatures:
    """The laws of tokens that are bet on.

    Parameters
    ----------
    policy : Policy
    """

    def __init__(self, policy: Policy) -> None:
        claimed = float(policy.temperature)
        away = {name: math.log(t / claimed) for name, t in temperatures(policy).items()} if claimed else {}
        self._away = {name: far for name, far in away.items() if abs(far) <= NEAR}
        self._rows, self._variance = 0, 0.0

    def laws(self, own: Array, call: NDArray[np.int64], rows: NDArray[np.int64]) -> Mapping[str, Array]:
        """Log probabilities (m, V) by which each temperature bets on tokens.

        Parameters
        ----------
        own : (m, V) float64
            Log probabilities of the tokens under the claim.
        call : (m,) int64
            Their calls, from 0.
        rows : (n,) int64
            Of each call.
        """
        if not self._away:
            return {}
        spread = np.bincount(call, variance(own), minlength=len(rows))
        before = np.cumsum([self._variance, *spread]), np.cumsum([self._rows, *rows])
        self._variance, self._rows = float(before[0][-1]), int(before[1][-1])
        known = before[1][:-1] > 0
        # Of the logarithm of a row's probability.
        of_a_row = before[0][:-1] / np.where(known, before[1][:-1], 1)
        sharp = {name: np.where(known, sharpness(rows, far**2 * of_a_row / 2), 1.0) for name, far in self._away.items()}
        return {name: tilted(own, (far * sharp[name])[call]) for name, far in self._away.items()}


def tilted(logs: Array, far: Array | float) -> Array:
    """Log probabilities (m, V) at ``e^far`` times the temperature of these, far (m,) or one number."""
    powers = np.exp(-np.asarray(far))[..., None] * (logs - logs.max(axis=-1, keepdims=True))
    return np.asarray(powers - np.log(np.exp(powers).sum(axis=-1, keepdims=True)))


def variance(logs: Array) -> Array:
    """Of the logarithm of the probability of what is drawn, (m,)."""
    finite = np.where(np.isneginf(logs), 0.0, logs)
    p = np.exp(logs)
    mean = (p * finite).sum(axis=1)
    return np.asarray((p * finite**2).sum(axis=1) - mean**2)
