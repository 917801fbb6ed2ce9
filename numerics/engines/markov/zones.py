"""Which ends of an interval a new token sees.

In an interval of gap g at step k the right end is overlooked beyond the distance ``H = H_k(g)``, and the left end too,
unless the right one has been: with i and n the distances of the token from the ends u and v,

    ``c' = K_i(u, .)`` for n > H,    ``c' = nu(w) K_n(w, v) / nu(v)`` for i > H >= n.

A long interval, or a late step, is much cheaper than the worst token: a far end is overlooked where both are improbable
(``overlooked``).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Zones", "nearest_zones"]

LOWERINGS = 400

LOWERING = 0.8
"""Factor on the error allowed for each gap, until those of all gaps add up to what is allowed."""

FREE = 8
"""Distance that is added where this costs little: an error falls by a factor of some hundred or more."""


@dataclass(frozen=True)
class Zones:
    """``seen[g]`` is H, the distance at which ends are seen in an interval of gap g; ``settled[g]`` is the last
    position that does not see the right end, which never falls as g grows. ``near_error`` is the part of ``error`` that
    is due to intervals with a smaller H than the furthest.
    """

    seen: NDArray[np.int64]
    error: float
    near_error: float = 0.0

    @property
    def settled(self) -> NDArray[np.int64]:
        return np.maximum(np.arange(len(self.seen)) - 1 - self.seen, 0)


def nearest_zones(errors: NDArray[np.float64], furthest: int, allowed: float) -> Zones:
    """The nearest distances whose errors add up to at most ``allowed``, those at ``furthest`` not counted.

    No token sees both ends where an interval is longer than twice the distance, so that to see half of it is free.

    Parameters
    ----------
    errors : (D+1, n+1) float64
        By gap and distance, falling with the distance; n is at least ``min(furthest, D - 1)``.
    furthest : int
    allowed : float
    """
    gaps = np.arange(len(errors))
    shortest = np.maximum(gaps - 1, 0)
    most = np.minimum(shortest, furthest)
    free = np.minimum(shortest // 2, most)
    share = allowed
    for _ in range(LOWERINGS):
        needed = (errors > share).sum(axis=1)
        seen = np.clip(needed, np.minimum(free, needed + FREE), most)
        seen = np.maximum.accumulate((seen - gaps)[::-1])[::-1] + gaps
        near_error = float(errors[gaps, seen][seen < most].sum())
        if near_error <= allowed:
            break
        share *= LOWERING
    else:
        seen, near_error = most, 0.0
    return Zones(seen, float(errors[gaps, seen][seen < shortest].sum()), near_error)
