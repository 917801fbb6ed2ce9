"""Products that must stay in the normal range of float64, where a rounding is relative and zero is zero
(definitions.md#rounding).
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from ..errors import BeyondReach
from ..instances import Instance
from ..numbers.enclosure import SAFE

__all__ = ["least_conditionals", "require_range"]


def least_conditionals(
    m: NDArray[np.float64], D: NDArray[np.float64] | None, fallback: NDArray[np.float64], V: int, L: int
) -> NDArray[np.float64]:
    """The least positive probability of a token at each position, over all contexts, (L,).

    Parameters
    ----------
    m, D, fallback, V, L
        As in ``lanes.composed_steps``.

    Notes
    -----
    Cost ``O(L (V+1)^L)``.
    """
    least = np.where(fallback > 0, fallback, 1.0).min(axis=1)
    for i in range(L):
        if D is None:
            cube = m.reshape(-1, V + 1, (V + 1) ** (L - 1 - i))
            there, context = cube[:, 1:], cube[:, :1]
            found = np.divide(there, context, out=np.ones(there.shape), where=(there > 0) & (context > 0))
        else:
            found = D[i][D[i] > 0]
        least[i] = min(least[i], found.min(initial=1.0))
    return least


def require_range(instance: Instance, log2: float) -> None:
    """Refuse an instance whose sampler's probabilities are products that may come down to ``2^log2``.

    Raises
    ------
    BeyondReach
    """
    if not log2 >= math.log2(SAFE) + 1:
        raise BeyondReach(
            f"{instance.name} has partial sequences that the sampler may reach with probability 2^{log2:.4g} only; "
            f"float64 products below 2^{math.log2(SAFE):.0f} lose digits, and soon their difference from zero"
        )
