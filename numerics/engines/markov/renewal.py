"""One step backwards of the probability that intervals are filled without a contradiction.

Notation. ``F_d(u, v)`` is the probability of an interval of gap d after the step, already times ``(1-r)^{d-1}``. The
index V among the rows is the left sentinel, whose laws take the place of the rows of ``K``, among the columns the right
sentinel, which agrees with everything. New tokens at positions ``i <= J`` see the left end only, those beyond H (and
J) the right end only, those between see both (``zones``).

``N_i(u, .) = r law_i(u, .) (F_i + sum_{j<i} N_j F_{i-j})(u, .)`` is one table for all intervals, and so is, from the
right, ``B_n(., v)``. The costly part are the rows ``M_i(u, v; .)`` between them. All are sums over earlier positions
that have the form of a product of one wide matrix, the earlier rows side by side, and one tall matrix, ``F_{i-1}, ..,
F_1`` one above the other, which is a slice of one array: they are left to BLAS (``products``).
"""

from __future__ import annotations

import math

import numpy as np
from numpy.lib.stride_tricks import as_strided
from numpy.typing import NDArray

from ..._kernels.renewal import draw_between, draw_onward
from ..._kernels.threads import for_each
from ...numbers.enclosure import SAFE
from ...numbers.enclosure import UNIT_ROUNDOFF as U
from .products import MULTIPLICATIONS, product
from .zones import Zones

__all__ = ["Renewal"]

Array = NDArray[np.float64]

BLOCK = 16
"""Positions whose sums over all that lies far to their left are taken together, while a piece of F is at hand."""


class Renewal:
    """Tables of one chain that all steps share.

    Parameters
    ----------
    K : (H+1, V+1, V) float64
        Powers of P; row V holds the laws of single tokens by position.
    nu : (V,) float64
        The law beyond H.
    """

    def __init__(self, K: Array, nu: Array) -> None:
        self.K, self.nu = K, nu
        self.V = V = nu.size
        self.by_token = np.ascontiguousarray(K.transpose(1, 0, 2))
        self.backward = np.ascontiguousarray(K[:, :V].transpose(0, 2, 1))
        self.inverse = np.divide(1.0, K, out=np.zeros_like(K), where=K > 0)

    def law(self, i: int) -> Array:
        """Of a new token i behind each token, (V+1, V)."""
        return self.K[i] if i < len(self.K) else np.broadcast_to(self.nu, (self.V + 1, self.V))

    def step_back(
        self, F: Array, reach: int, r: float, zones: Zones, number: Array, allowed: float
    ) -> tuple[Array, Array, float]:
        """Tables before a step from those after it.

        Parameters
        ----------
        F : (D+1, V+1, V+1) float64
            After the step, times ``(1-r)^{d-1}``; zero at 0 and beyond ``reach``.
        reach : int
        r : float
            Probability that a masked token is revealed in the step.
        zones : Zones
            For gaps 0..D.
        number : (L+1,) float64
            Expected number of intervals between tokens after the step, by gap.
        allowed : float
            Error that may come from long intervals after the step that forget one end at the other.

        Returns
        -------
        before : (D+1, V+1, V+1) float64
        new : (D-1, V) float64
            ``N_1..N_{D-1}`` behind the left sentinel.
        apart : float
            This error.

        Notes
        -----
        Subtraction-free. Cost ``sum_g H_g^2 V^4 + D^2 V^3`` multiplications.
        """
        return _Step(self, F, reach, r, zones, number, allowed).run()

    def whole(self, F: Array, reach: int, new: Array, r: float, L: int) -> float:
        """Probability of a correct sequence, where everything is masked before the step and something revealed in it.

        Parameters
        ----------
        F : (D+1, V+1, V+1) float64
            As for :meth:`step_back`.
        reach : int
        new : (D', V) float64
            ``N_1..N_{D'}`` behind the left sentinel, as far as they are known.
        r : float
        L : int
        """
        V = self.V
        rows, settled, laws = np.zeros((3, L, V))
        rows[: len(new)] = new
        settled[: min(reach, L)] = F[1 : min(reach, L) + 1, V, :V]
        laws[:] = self.nu
        laws[: min(len(self.K) - 1, L)] = self.K[1 : L + 1, V]
        draw_onward(rows, len(new), np.ascontiguousarray(_tall(F, reach)[:, :V]), settled, laws, r)
        near = min(L, reach)
        return math.fsum((rows[L - near :] * F[near:0:-1, :V, V]).ravel())


def _tall(F: Array, reach: int) -> Array:
    """``F_reach, .., F_1`` one above the other, rows of tokens only: (reach V, V+1)."""
    V = F.shape[1] - 1
    return np.ascontiguousarray(F[reach:0:-1, :V]).reshape(reach * V, V + 1)


def _forgotten(F: Array, stay: Array, reach: int, least: int, number: Array, allowed: float) -> tuple[int, float]:
    """The distance from which intervals have forgotten one end when they reach the other: ``F_d(u, v) = F_d(u, V)
    F_d(V, v) / F_d(V, V)`` but for relative errors that, times the expected ``number`` of such intervals, add up to at
    most ``allowed``; and this sum. Like F it is at most ``stay``, since what ends cost that are overlooked is known for
    probabilities.

    It is at least ``least`` and not much more, and beyond ``reach`` if there is no such distance.
    """
    d = np.arange(least, reach + 1)
    both = F[d, -1:, -1:]
    split = np.divide(F[d, :, -1:] * F[d, -1:, :], both, out=np.zeros_like(F[d]), where=both > 0)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        apart = np.where(F[d] > 0, np.abs(split / F[d] - 1), np.where(split > 0, math.inf, 0.0)).max(axis=(1, 2))
        probable = split.max(axis=(1, 2)) <= np.maximum(stay[d] * (1 + 8 * U), SAFE)
        apart = np.where(number[d] > 0, np.where(probable, apart, math.inf) + 8 * U, 0.0)
        largest = np.maximum.accumulate(apart[::-1])[::-1]
        several = np.exp(largest * len(number) / np.maximum(d, 1))
        errors = (np.cumsum((number[d] * apart)[::-1])[::-1] * several)[: 4 * BLOCK]
    enough = np.flatnonzero(errors <= allowed)
    return (int(d[enough[0]]), float(errors[enough[0]])) if enough.size else (reach + 1, 0.0)


class _Step:
    def __init__(
        self, shared: Renewal, F: Array, reach: int, r: float, zones: Zones, number: Array, allowed: float
    ) -> None:
        self.shared, self.F, self.reach, self.r = shared, F, reach, r
        self.V, self.D = V, D = shared.V, len(F) - 1
        self.seen, self.settled = zones.seen, zones.settled
        gaps = np.arange(D + 1)
        last = np.minimum(self.seen, gaps - 1)
        width = np.where(gaps >= 2, last - self.settled, 0)
        self.between = [int(g) for g in np.argsort(-width, kind="stable") if width[g] > 0]
        """Gaps with tokens that see both ends, most of them first."""
        self.width = width
        self.index = {g: a for a, g in enumerate(self.between)}
        self.padded = np.concatenate([np.zeros((BLOCK * self.V, self.V + 1)), _tall(F, reach)])
        self.tall = self.padded[BLOCK * self.V :]
        self.wide = np.ascontiguousarray(F.transpose(1, 0, 2))
        self.window = int((gaps - self.settled).max())
        stay = np.power(1 - r, np.maximum(gaps - 1, 0), dtype=np.float64)
        self.long, self.apart = _forgotten(F, stay, reach, self.window, number, allowed)
        if self.long < reach:
            self.window = self.long
            far = np.concatenate([F[self.long :], np.zeros((BLOCK, V + 1, V + 1))])
            self.rows = np.ascontiguousarray(far[:, V])
            inverse = np.divide(1.0, far[:, V, V], out=np.zeros(len(far)), where=far[:, V, V] > 0)
            self.columns = far[:, :V, V].T * inverse

    def run(self) -> tuple[Array, Array, float]:
        V, D = self.V, self.D
        before = self.F.copy()
        most = int(self.width.max(initial=0))
        self.start = np.zeros((V + 1, len(self.between), most, V))
        self.onward = np.zeros((len(self.between), most, V, V))
        self._from_the_right()
        new = self._from_the_left(before)
        if self.between:
            gaps = np.array(self.between)
            total = np.ascontiguousarray(before[gaps, :, :V].transpose(1, 0, 2))
            for_each(self._between, 0, V + 1, gaps, total)
            before[gaps, :, :V] = total.transpose(1, 0, 2)
        return before, new[V].reshape(D, V)[: D - 1], self.apart if self.long < self.reach else 0.0

    def _from_the_right(self) -> None:
        """``B_n(w, v)``, the furthest n above, for as many n as some interval needs."""
        V, F, shared = self.V, self.F, self.shared
        beyond = np.arange(self.D + 1) - 1 - np.maximum(self.seen, self.settled)
        near = int(beyond[2:].max(initial=0))
        stacked = np.zeros((near, V, V))
        for n in range(1, near + 1):
            sums = F[n, :V, :V]
            if n > 1:
                row = self.wide[:V, n - 1 : 0 : -1, :V].reshape(V, (n - 1) * V)
                sums = sums + product(row, stacked[: n - 1].reshape((n - 1) * V, V))
            stacked[n - 1] = sums * (self.r * shared.nu[:, None] * shared.K[n, :V] / shared.nu)
        self.right = np.ascontiguousarray(stacked[::-1]).reshape(near * V, V)

    def _from_the_left(self, before: Array) -> Array:
        """Completes all that does not see both ends; ``N`` (V+1, D V)."""
        V, D, F, r = self.V, self.D, self.F, self.r
        new = np.zeros((V + 1, D * V))
        window = self.window
        head = np.ascontiguousarray(F[1 : window + BLOCK, :V].transpose(1, 0, 2)).reshape(V, -1)
        sums = np.zeros((V + 1, D + 1, V + 1))
        self.sums = sums
        at: dict[int, list[int]] = {}
        for g in range(2, D + 1):
            at.setdefault(int(self.settled[g]), []).append(g)
        for J in range(D):
            if J:
                N = r * self.shared.law(J) * (F[J, :, :V] + sums[:, J, :V])
                new[:, (J - 1) * V : J * V] = N
                last = min(J + (-J) % BLOCK + window - 1, D)
                if last > J:
                    sums[:, J + 1 : last + 1] += product(N, head[:, : (last - J) * (V + 1)]).reshape(V + 1, -1, V + 1)
                if J % BLOCK == 0 and J + window <= D:
                    if self.long < self.reach:
                        self._across(new, J)
                    else:
                        self._fronts(new, J, J + window, min(J + window + BLOCK - 1, D))
            for g in at.get(J, ()):
                self._interval(g, J, before)
        if D:
            before[:, :, V] += sums[:, :, V].T
        return new

    def _fronts(self, new: Array, J: int, first: int, last: int) -> None:
        """``sum_{j <= J} N_j F_{i-j}`` for ``first <= i <= last``: pieces of the sum are shared by all i."""
        V = self.V
        start = max(1, first - self.reach)
        if start > J:
            return
        rows = new[:, (start - 1) * V : J * V]
        piece = max(MULTIPLICATIONS // (V + 1) ** 2 // V, 1) * V
        for c in range(0, rows.shape[1], piece):
            left = rows[:, c : c + piece]
            for i in range(first, last + 1):
                above = (self.reach + BLOCK - i + start) * V + c
                self.sums[:, i] += left @ self.padded[above : above + left.shape[1]]

    def _across(self, new: Array, J: int) -> None:
        """``sum_j N_j F_{i-j}`` over the last block of ``j <= J``, for ``i >= J + long``: F is a column times a row."""
        V, long = self.V, self.long
        last = min(self.D, J + self.reach)
        count = last - J - long + 1
        rows = new[:, (J - BLOCK) * V : J * V].reshape(-1, V)
        parts = product(rows, self.columns[:, : count + BLOCK - 1]).reshape(V + 1, BLOCK, -1)
        by_end, by_new, by_distance = parts.strides[0], parts.strides[1], parts.strides[2]
        skewed = as_strided(parts[:, BLOCK - 1 :], (count, V + 1, BLOCK), (by_distance, by_end, by_distance - by_new))
        """Entry (i, s, j) is ``N_j(s, .)`` times the column of i - j, j from J downwards."""
        down, along = self.rows.strides
        behind = as_strided(self.rows, (count, BLOCK, V + 1), (down, down, along))
        self.sums[:, J + long : last + 1] += np.matmul(np.ascontiguousarray(skewed), behind).transpose(1, 0, 2)

    def _interval(self, g: int, J: int, before: Array) -> None:
        """All but the tokens that see both ends, and what these begin and end with."""
        V, H = self.V, int(self.seen[g])
        before[g, :, :V] += self.sums[:, g, :V]
        first = max(H, J) + 1
        count = g - first
        if count > 0:
            rows = self.wide[:, first:g, :V] + self.sums[:, first:g, :V]
            before[g, :, :V] += product(rows.reshape(V + 1, -1), self.right[len(self.right) - count * V :])
        if g in self.index:
            a, width = self.index[g], int(self.width[g])
            self.start[:, a, :width] = self.wide[:, J + 1 : J + 1 + width, :V]
            self.start[:, a, :width] += self.sums[:, J + 1 : J + 1 + width, :V]
            ends = np.arange(g - J - 1, g - J - 1 - width, -1)
            onward = self.F[ends, :V, :V]
            if count > 0:
                rows = np.stack([self.wide[:V, d - count : d, :V].reshape(V, -1) for d in ends])
                onward = onward + product(rows, self.right[len(self.right) - count * V :])
            self.onward[a, :width] = onward.transpose(0, 2, 1)

    def _between(self, u: int, gaps: NDArray[np.int64], total: Array) -> None:
        """Tokens that see both ends, in all intervals whose left token is u."""
        V, shared = self.V, self.shared
        first = self.settled[gaps] + 1
        widths = self.width[gaps]
        M = np.empty((len(gaps), V, int(widths[0]) * V))
        inverse = np.ascontiguousarray(shared.inverse[gaps, u])
        sums = np.empty((0, V, V))
        for p in range(int(widths[0])):
            n = int((widths > p).sum())
            if p:
                near = min(p, self.reach)
                sums = product(M[:n, :, (p - near) * V : p * V], self.tall[(self.reach - near) * V :, :V])
            draw_between(
                p, self.r, gaps[:n], first, sums, self.start[u], shared.by_token[u], shared.backward, inverse,
                self.onward, M, total[u],
            )  # fmt: skip
