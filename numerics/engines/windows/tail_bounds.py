"""Bounds for what lies beyond windows, over all positions that a window stands for.

A window at distance d stands for all positions i > d. Left of it there are i - d positions, and what those tell of X_i
counts by :meth:`.Functional.far` with n = i - d, which for most positions is far from all: an information that is the
same for all i counts by the mean over them. The information depends on i only through the law of the state at the
window's left end and, with end weights, what follows i: with the informations I_j of all positions of one law (and one
root) together, and the mean over these positions, what lies beyond is at most ``sum_j I_j mean_j <= (sum_j I_j) max_j
mean_j``.

Laws that stand for others tell I + s e + t e^2 at most, with the relative error e of a position and s, t >= 0 the same
for all of a law, of which the windows hold the sums with the root of the mean square in place of e. So the largest of
the mean over the positions and of the mean weighed by e^2 counts: by Cauchy and Schwarz the one weighed by e, in place
of which that root stands, is no larger.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .coefficients import Functional
from .hidden import StateLaws

__all__ = ["Beyond", "Range"]

Range = tuple[float, float]
"""Least and largest value, 0 included."""


class Beyond:
    """Bounds of the information beyond the windows of a class, for each unit of information.

    Parameters
    ----------
    functional : Functional
    laws : StateLaws
    """

    def __init__(self, functional: Functional, laws: StateLaws) -> None:
        self.functional, self.laws = functional, laws
        self._means: dict[tuple[int, int, int], Range] = {}

    def at_once(self, m: int, q: int) -> Range:
        """For the information of the state at the window's left end; m positions in between are revealed, q masked."""
        return self._mean(m, q, 1)

    def if_revealed(self, m: int, q: int) -> Range:
        """For what that state tells once the token at the left end is revealed."""
        return self._mean(m + 1, q, 0)

    def if_masked(self, m: int, q: int) -> Range:
        """For what that state tells while the token at the left end is masked."""
        return self._mean(m, q + 1, 0)

    def width(self, m: int, q: int) -> float:
        """The larger absolute value of :meth:`at_once`."""
        return max(map(abs, self.at_once(m, q)))

    def _mean(self, m: int, q: int, first: int) -> Range:
        """For left ends with ``first`` positions outside, and so on up to all that are not in the class."""
        if (m, q, first) not in self._means:
            far = self.functional.far(m, q)
            n = np.arange(first, self.functional.length - m - q)
            left = np.arange(len(n))
            at, law = np.searchsorted(far.n, n), self.laws.group(left, m + q + first)
            some = n > 0
            least, most = (np.where(some, bound[at], 0.0) for bound in (far.least, far.most))
            weights = [np.ones(len(n))]
            if self.laws.error.any():
                weights.append(self.laws.errors(m + q + first) ** 2)
            self._means[m, q, first] = (
                min(float(_means(law, least, weight).min(initial=0.0)) for weight in weights),
                max(float(_means(law, most, weight).max(initial=0.0)) for weight in weights),
            )
        return self._means[m, q, first]


def _means(law: NDArray[np.int64], bound: NDArray[np.float64], weight: NDArray[np.float64]) -> NDArray[np.float64]:
    """By law, 0 for those that do not occur or have no weight."""
    whole = np.bincount(law, weights=weight)
    return np.divide(np.bincount(law, weights=weight * bound), whole, out=np.zeros_like(whole), where=whole > 0)
