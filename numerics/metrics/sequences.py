"""Log-probabilities of given sequences under the sampler: from the table where it fits, else by a chain's intervals."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from ..engines import markov
from ..engines.workspace import Request, Workspace
from ..errors import MaskboundError
from ..instances import Instance
from ..numbers.enclosure import Enclosure, gamma
from ..numbers.lattice import sequence_index
from .chains import enclosure
from .output_law import law

__all__ = ["log_probabilities"]


def log_probabilities(instance: Instance, x: NDArray[np.integer], *, seconds: float = 60.0) -> list[Enclosure]:
    """``log p(x)`` in nats for (n, L) sequences; ``-inf`` where ``p(x) = 0``.

    Parameters
    ----------
    instance : Instance
    x : (n, L) int
    seconds : float
        Time that a table may be estimated to take.

    Raises
    ------
    BadInput, BeyondReach
        When neither engine serves the instance.
    """
    if markov.sequence_obstacle(instance) is not None:
        return _by_table(instance, x, seconds)
    try:
        return _by_table(instance, x, seconds)
    except MaskboundError:
        work = Workspace(instance, Request(seconds=seconds))
        return [enclosure(found, least=-math.inf, most=0.0).by("markov") for found in markov.log_probabilities(work, x)]


def _by_table(instance: Instance, x: NDArray[np.integer], seconds: float) -> list[Enclosure]:
    found = law(instance, seconds=seconds)
    return [_log(float(found.p[i]), found.p_depth).by("tabular") for i in sequence_index(x, found.vocab)]


def _log(probability: float, depth: float) -> Enclosure:
    """The relative error of a probability is an absolute one of its log; the library's log is within 4 ulps."""
    if probability == 0:
        return Enclosure.around(-math.inf, 0.0)
    value, error = math.log(probability), gamma(depth)
    return Enclosure.around(value, error / (1 - error) + gamma(8) * abs(value), most=0.0)
