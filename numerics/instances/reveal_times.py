"""Reveal times of the order-oblivious policies (definitions.md#policies), from one uniform number a position."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..policies import Bernoulli, FixedSets, FixedSize

__all__ = ["Oblivious", "by_step", "reveal_times"]

Oblivious = Bernoulli | FixedSize | FixedSets


def reveal_times(policy: Oblivious, uniforms: NDArray[np.float64]) -> NDArray[np.int64]:
    """The step, from 0, at which each position is revealed.

    Parameters
    ----------
    policy : Bernoulli, FixedSize or FixedSets
    uniforms : (n, L) float64
        In [0, 1).

    Returns
    -------
    (n, L) int64

    Notes
    -----
    Cost ``O(L log(N + L))`` a sequence. A time's chance is off by ``2^-53`` at most; ties of the uniform numbers, which
    make a random order uneven, have a chance below ``L^2 2^-54``.
    """
    if isinstance(policy, Bernoulli):
        return np.searchsorted(policy.schedule.revealed[1:], uniforms, side="right")
    tau = np.empty(uniforms.shape, dtype=np.int64)
    if isinstance(policy, FixedSize):
        at = np.repeat(np.arange(policy.steps), policy.sizes)
        np.put_along_axis(tau, uniforms.argsort(axis=1, kind="stable"), at[None], axis=1)
        return tau
    for step, chosen in enumerate(policy.sets):
        tau[:, list(chosen)] = step
    return tau


def by_step(tau: NDArray[np.int64], steps: int) -> NDArray[np.int64]:
    """Positions of each row by rising step, those of one step from left to right, shape as ``tau``."""
    return np.argsort(tau.astype(np.uint16) if steps <= 1 << 16 else tau, axis=1, kind="stable")
