"""Pairs born in a step under the language's own counts, from a table that serves all steps.

Two positions revealed together inside an interval of the language are drawn independently given its ends. How many such
pairs hold the tokens s, w at distance d is linear in some numbers of the step, none of them negative, with factors that
are the same in every step. By what is summed, G being the mixing gap, T the last position whose law is not nu,
``C_{n,d}(s, w) = sum_v K_n(s, v) K_{n-d}(w, v) / nu(v)`` and counts as in ``bigrams``:

- an interval of gap g <= G: ``interior_g`` times what ``both_new`` makes of ``E_g = sums_{L-g}(u) / K_g(u, v)`` alone;
- of gap g > G, the first new position at distances m <= G and n = g - m <= G from the ends: ``K_g = nu``, so that the factor
  of ``interior_g`` is ``sum_n C_{n,d} * (R K_d)`` (entry by entry), ``R = K_m^T diag(sums_{L-g}) K_m``;
- m > G and n <= G: ``nu(s) nu(w) C_{n,d}(s, w)`` times ``sum_{g > G+n} interior_g (L - g)``;
- next to the left sentinel, the first new position at i <= T and the next revealed one at b = i + n: ``edge_b`` times ``sigma_i(s)
  sigma_{i+d}(w) sum_x K_n(s, x) K_{n-d}(w, x) / sigma_b(x)``; for n > G the last sum is 1;
- at i > T: as for m > G, times ``sum_{i > T} edge_{i+n}``, and 1 in the place of ``C_{n,d}`` for n > G;
- everything masked: ``sigma_i(s) sigma_{i+d}(w)``, added over i.

What is left are the intervals whose second end is forgotten, or is the right sentinel: one matrix a step and distance.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..reveal_steps import RevealStep
from .intervals import both_new
from .products import MULTIPLICATIONS, product, transposed_product

__all__ = ["OwnBirths", "table_size"]

Array = NDArray[np.float64]


def table_size(G: int, T: int, V: int) -> int:
    """Numbers in the table."""
    return (G + 1) * V * V * (4 * G + 2 * T + 2)


class OwnBirths:
    """The table of a chain that mixes at distance G.

    Parameters
    ----------
    K : (G+1, V, V) float64
    sigma : (L, V) float64
        Laws of the tokens, nu from position T + 1 on.
    sums : (L+1, V) float64
        Of the first rows of sigma.
    T : int
    nu : (V,) float64

    Notes
    -----
    Cost ``O(G^2 V^4 + T G^2 V^3)`` once, ``O(G V^2 (G + T))`` a step; no difference is taken.
    """

    def __init__(self, K: Array, sigma: Array, sums: Array, T: int, nu: Array) -> None:
        self.G, self.T, self.L, self.K = len(K) - 1, T, len(sigma), K
        self.sigma, self.sums, self.nu = sigma, sums, nu
        G, V = self.G, len(nu)
        self.starts = np.cumsum([0, G, G, G, T + G, T, 1, 1])
        self.depth = int(self.starts[-1])
        """Terms of a sum."""
        table = np.zeros((self.depth, G + 1, V, V))
        parents, long, forgotten, left, far, nothing, whole = (
            table[a:b] for a, b in zip(self.starts[:-1], self.starts[1:], strict=True)
        )
        self._between(parents)
        self._long(long, forgotten)
        self._beside(left, far)
        nothing[:, 1:] = np.outer(nu, nu)
        for d in range(1, G + 1):
            whole[0, d] = transposed_product(sigma[: self.L - d], sigma[d:])
        self.table = np.ascontiguousarray(table.transpose(1, 2, 3, 0))
        self.at_once = max(MULTIPLICATIONS // (V * self.depth), 1)
        """Steps that one product serves."""

    def _between(self, parents: Array) -> None:
        V = len(self.nu)
        for g in range(3, min(self.G, self.L - 1) + 1):
            E = np.zeros((g + 1, V, V))
            np.divide(self.sums[self.L - g][:, None], self.K[g], out=E[g], where=self.K[g] > 0)
            parents[g - 1, : g + 1] = both_new(E, self.K[: g + 1])

    def _long(self, long: Array, forgotten: Array) -> None:
        G, K, V = self.G, self.K, len(self.nu)
        own = np.outer(self.nu, self.nu)
        for n in range(2, G + 1):
            joined = self._joined(K[n] / self.nu, n)
            forgotten[n - 1, 1:n] = own * joined
            for m in range(G - n + 1, min(G, self.L - 1 - n) + 1):
                left = product(K[m].T, self.sums[self.L - m - n][:, None] * K[m])
                first = product(left, np.ascontiguousarray(K[1:n].transpose(1, 0, 2)).reshape(V, -1))
                long[m + n - G - 1, 1:n] += first.reshape(V, n - 1, V).transpose(1, 0, 2) * joined

    def _beside(self, left: Array, far: Array) -> None:
        G, T, L, sigma = self.G, self.T, self.L, self.sigma
        for i in range(1, T + 1):
            ends = min(G, L - i)
            far[i - 1, 1 : ends + 1] = sigma[i - 1][:, None] * sigma[i : i + ends][:, None, :]
            for n in range(2, ends + 1):
                law = sigma[i + n - 1]
                joined = self._joined(np.divide(self.K[n], law, out=np.zeros_like(self.K[n]), where=law > 0), n)
                left[i + n - 1, 1:n] += far[i - 1, 1:n] * joined

    def _joined(self, ends: Array, n: int) -> Array:
        """``sum_x ends(s, x) K_{n-d}(w, x)`` for d = 1..n-1, shape (n-1, V, V)."""
        V = len(ends)
        found = product(np.ascontiguousarray(self.K[n - 1 : 0 : -1]).reshape(-1, V), np.ascontiguousarray(ends.T))
        return found.reshape(n - 1, V, V).transpose(0, 2, 1)

    def __call__(self, steps: list[RevealStep]) -> Array:
        """Pairs by distance, without the factor ``two``: shape (G+1, V, V, steps)."""
        return product(self.table, np.stack([self._numbers(step) for step in steps], axis=1))

    def _numbers(self, step: RevealStep) -> Array:
        G, T, L = self.G, self.T, self.L
        interior, edge = (np.concatenate([x, np.zeros(max(2 * G, T + G) + 2)]) for x in (step.interior, step.edge))
        interior[L:] = edge[L + 1 :] = 0.0
        mass = np.cumsum((interior[: L + 1] * (L - np.arange(L + 1)))[::-1])[::-1]
        mass = np.concatenate([mass, np.zeros(2 * G + 2)])
        tails = np.concatenate([np.cumsum(edge[::-1])[::-1][1:], [0.0]])
        n = np.arange(1, G + 1)
        parts = [
            interior[n],
            interior[G + n],
            mass[G + n + 1] + tails[T + n],
            edge[1 : T + G + 1],
            tails[G + 1 : G + T + 1],
            [tails[T + G + 1 :].sum()],
            [step.whole],
        ]
        return np.concatenate(parts)
