"""Sequences drawn by the sampler, for tests and for people."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..errors import BadInput
from ..types import whole
from .instance import Instance

__all__ = ["draw"]


def draw(instance: Instance, count: int, seed: int) -> NDArray[np.int64]:
    """``count`` independent sequences from the sampler's law p.

    Parameters
    ----------
    instance : Instance
        Any but those with the rule ``stop``, under which a sequence can end unfinished.
    count : int
    seed : int
        The same seed gives the same sequences.

    Returns
    -------
    (count, L) int64

    Notes
    -----
    Cost: N calls of the exact conditionals on the whole batch.
    """
    if instance.off_support == "stop":
        raise BadInput("off_support", 'found "stop", which abandons sequences; draw accepts "uniform" or "marginal"')
    rng = np.random.default_rng(whole(seed, "seed"))
    y = np.full((whole(count, "count", 1), instance.length), instance.vocab, dtype=np.int64)
    scope = instance.off_support_scope or "global"
    for step in range(1, instance.policy.steps + 1):
        if (y != instance.vocab).all():
            break
        y = instance.policy.draw_step(step, y, instance.conditionals(y, scope), rng)
    return y
