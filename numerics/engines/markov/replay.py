"""One step backwards of the probability that a given sequence is drawn: what BLAS does of it, and in which order.

The sums over all new positions that see the left end only are products of triangular matrices, ``sum_c N[c, a] F[c,
i]``: ``L^3/6`` multiplications a step, of which only those near the diagonal are left to a kernel
(``_kernels.replay``). Indexed by end and distance, a row of W > L entries, a triangular matrix is a view with rows of
W + 1: what lies above its diagonal falls on the zeros behind the row before.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.lib.stride_tricks import as_strided
from numpy.typing import NDArray

from ..._kernels.replay import advance, begin
from .products import product

__all__ = ["BLOCK", "CHUNK", "Room", "Step", "add_up", "fill", "replay_step", "triangle", "width"]

Array = NDArray[np.float64]

APART = 512
"""Numbers in 4096 bytes."""

BLOCK = 16
"""New positions between two products."""

COLUMNS = 256
"""Left ends that are looked at together."""

CHUNK = 192
"""Terms of a sum over new positions that are added before they are added to others."""


class Room(NamedTuple):
    """Tables like F, zero for d = 0 and d > b, and of any content where d is a distance."""

    N: Array
    settled: Array
    before: Array

    @classmethod
    def like(cls, F: Array) -> Room:
        return cls(np.zeros_like(F), np.zeros_like(F), np.zeros_like(F))


class Step(NamedTuple):
    """One step of one sequence.

    Attributes
    ----------
    F : (L+1, width(L)) float64
        After the step, by end and distance, zero for d = 0 and d > b.
    R : (L+1,) float64
    joined : (L+1, min(2H, L)+1) float64
        ``K_d(x_{b-d}, x_b)``; at d = b the law of ``x_b`` itself.
    far, off, mu : (L+1,) float64
        By position: the stationary law of its token, its probability off the support, its scale (positive).
    r : float
        Probability that a masked token is revealed in the step.
    H : int
        Mixing distance; at least L if there is none.
    signs : bool
        Whether ones take the place of positive numbers, which cannot underflow; zeros are right then, nothing else is.
    """

    F: Array
    R: Array
    joined: Array
    far: Array
    off: Array
    mu: Array
    r: float
    H: int
    signs: bool = False

    @property
    def seen(self) -> int:
        return min(self.H, len(self.F) - 1)

    def right_parts(self) -> Array:
        """What new tokens that see the right end only contribute."""
        return begin(self.F, self.joined, self.far, self.mu, self.r, self.seen, self.signs)


def replay_step(step: Step, room: Room) -> Array:
    """Tables before a step from those after it: that of F is ``room.before``.

    Returns
    -------
    R : (L+1,) float64

    Notes
    -----
    Cost ``O(L^3)`` multiplications of matrices and ``O(L^2 H + L H^3)`` others. Subtraction-free.
    """
    L = len(step.F) - 1
    room.settled[:] = step.F
    right, parts = step.R.copy(), step.right_parts()
    for left in range(0, L, COLUMNS):
        for first in range(left - step.seen, L + 1, BLOCK):
            fill(step, room, parts, right, first, left, min(left + COLUMNS, L))
    return right


def fill(step: Step, room: Room, parts: Array, right: Array, first: int, left: int, right_of: int) -> None:
    """New positions of one block, from ``first`` on, and what ends H farther: intervals that begin at ``left <= a <
    right_of``.
    """
    F, R, joined, far, off, mu, r, _, signs = step
    H, L = step.seen, len(F) - 1
    last = min(first + BLOCK, L + 1)
    low, high = min(first + H, L), min(last + H, L)
    if low < high and first > left + 1:
        starts = slice(L - min(right_of, first) + 1, L - left + 1)
        new = triangle(room.N)[left : first - 1, starts]
        add_up(triangle(room.settled)[low:high, starts], F, low, high, new, left + 1)
    advance(first, last, left, right_of, F, R, joined, far, off, mu, r, H, signs, parts, *room, right)


def add_up(sums: Array, F: Array, low: int, high: int, new: Array, first: int) -> None:
    """``sums_b += sum_c F(c, b) new_c`` for the ends ``low < b <= high`` and the positions c from ``first`` on."""
    L = len(F) - 1
    between = np.ascontiguousarray(triangle(F)[low:high, L - first - len(new) + 1 : L - first + 1][:, ::-1])
    for c in range(0, len(new), CHUNK):
        sums += product(between[:, c : c + CHUNK], new[c : c + CHUNK])


def width(L: int) -> int:
    """Columns of the tables, at least ``L + 1``: rows of a length near a power of two would meet in the cache."""
    return L + 1 if L < APART else L + 1 + (APART // 4 + 7 - L - 1) % APART


def triangle(array: Array) -> Array:
    """Entries by end b, from 1, and by start, from L down to 0: (L, L+1)."""
    L, columns = len(array) - 1, array.shape[1]
    first = array.ravel()[columns + 1 - L :]
    return as_strided(first, (L, L + 1), ((columns + 1) * array.itemsize, array.itemsize))
