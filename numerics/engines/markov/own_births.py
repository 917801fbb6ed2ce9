"""Pairs born in a step under the language's own counts, from a table that serves all steps.

Two positions revealed together inside an interval of the language are drawn independently given its ends. How many
such pairs hold the tokens s, w at distance d is linear in some numbers of the step, none of them negative, with factors
that are the same in every step. Let G be the mixing gap, T the last position whose law is not nu, ``C_{n,d}(s, w) =
sum_v K_n(s, v) K_{n-d}(w, v) / nu(v)``, and sums as in ``bigrams``; m and n are the distances of the first new position
from the two ends. The factors, products entry by entry being written with a star, are of

- ``interior_g``, g <= G: what ``both_new`` makes of ``E_g = sums_{L-g}(u) / K_g(u, v)`` alone;
- ``interior_g``, g > G, for m and n <= G: as ``K_g = nu``, ``sum_n C_{n,d} * (R K_d)`` with
  ``R = K_m^T diag(sums_{L-g}) K_m``;
- ``sum_{g > G+n} (L - g) interior_g``, which is for m > G and n <= G: ``(nu nu^T) * C_{n,d}``;
- ``edge_b``, the new position being i <= T next to the left sentinel and n = b - i <= G:
  ``(sigma_i sigma_{i+d}^T) * sum_x K_n(s, x) K_{n-d}(w, x) / sigma_b(x)``;
- ``sum_{n > G} edge_{i+n}``: ``sigma_i sigma_{i+d}^T``;
- ``sum_{i > T} edge_{i+n}``: as for m > G; ``nu nu^T`` for n > G;
- ``whole``: ``sigma_i sigma_{i+d}^T``, added over i.

What is left are intervals whose right end is the sentinel, or n > G: ``R K_d`` with ``R = sum_m K_m^T diag(c_{d+m})
K_m``, c the sum of the laws of left ends, each times its ``edge_b`` or ``interior_g``. But for a part that is the same
for all d and m (positions up to T), c consists of multiples of ``sums_T`` and nu.
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
        self.rows = np.ascontiguousarray(K[1:].transpose(0, 2, 1)).reshape(-1, V)
        """``K_d(t, w)``, indexed (d, w), t."""
        self.backward = K[:0:-1].reshape(-1, V)
        """``K_{G+1-j}(w, x)``, indexed (j, w), x."""
        table = np.zeros((self.depth, G + 1, V, V))
        parents, long, forgotten, left, far, nothing, whole = (
            table[a:b] for a, b in zip(self.starts[:-1], self.starts[1:], strict=True)
        )
        self._between(parents)
        self._long(long, forgotten)
        self._beside(left, far)
        nothing[:, 1:] = np.outer(nu, nu)
        for d in range(1, G + 1):
            whole[0, d] = transposed_product(sigma[d:], sigma[: self.L - d])
        squares = np.swapaxes(K[1:], 1, 2)[None] @ (np.stack([nu, sums[T]])[:, None, :, None] * K[1:])
        each = np.einsum("mus,mut->ust", K[1:], K[1:])
        self.squares = np.concatenate([each, squares[1], squares[0]]).reshape(-1, V * V)
        """``sum_m K_m(u, s) K_m(u, t)`` by u, then ``K_m^T diag(sums_T) K_m`` and ``K_m^T diag(nu) K_m`` by m."""
        self.near_squares = np.ascontiguousarray(squares[0].transpose(1, 2, 0))
        self.table = np.ascontiguousarray(table.transpose(1, 3, 2, 0))
        self.at_once = max(MULTIPLICATIONS // (V * self.depth), 1)
        """Steps that one product serves."""

    def _between(self, parents: Array) -> None:
        V = len(self.nu)
        for g in range(3, self.G + 1):
            E = np.zeros((g + 1, V, V))
            np.divide(self.sums[self.L - g][:, None], self.K[g], out=E[g], where=self.K[g] > 0)
            parents[g - 1, : g + 1] = both_new(E, self.K[: g + 1]).transpose(0, 2, 1)

    def _long(self, long: Array, forgotten: Array) -> None:
        G, K, V = self.G, self.K, len(self.nu)
        own = np.outer(self.nu, self.nu)
        for n in range(2, G + 1):
            joined = self._joined(K[n] / self.nu, n)
            forgotten[n - 1, 1:n] = own * joined
            for m in range(G - n + 1, G + 1):
                left = product(K[m].T, self.sums[self.L - m - n][:, None] * K[m])
                first = product(self.rows[: (n - 1) * V], left).reshape(n - 1, V, V)
                first *= joined
                long[m + n - G - 1, 1:n] += first

    def _beside(self, left: Array, far: Array) -> None:
        G, T, sigma = self.G, self.T, self.sigma
        for i in range(1, T + 1):
            far[i - 1, 1:] = sigma[i : i + G][:, :, None] * sigma[i - 1]
            for n in range(2, G + 1):
                law = sigma[i + n - 1]
                joined = self._joined(np.divide(self.K[n], law, out=np.zeros_like(self.K[n]), where=law > 0), n)
                joined *= far[i - 1, 1:n]
                left[i + n - 1, 1:n] += joined

    def _joined(self, ends: Array, n: int) -> Array:
        """``sum_x ends(s, x) K_{n-d}(w, x)``, indexed d, w, s, for d = 1..n-1."""
        V = len(ends)
        return product(self.backward[(self.G - n + 1) * V : self.G * V], ends.T).reshape(n - 1, V, V)

    def __call__(self, steps: list[RevealStep], G: int) -> Array:
        """Pairs at distances up to G, without the factor ``two``: shape (G+1, V, V, steps)."""
        found = product(self.table[: G + 1], np.stack([self._numbers(step) for step in steps], axis=1))
        for i, step in enumerate(steps):
            found[1:, :, :, i] += self._with_one_end(step, G)
        return found

    def _numbers(self, step: RevealStep) -> Array:
        G, T, L = self.G, self.T, self.L
        interior, edge = step.interior, np.concatenate([step.edge[: L + 1], [0.0]])
        mass = np.cumsum((interior[:L] * (L - np.arange(L)))[::-1])[::-1]
        tails = np.cumsum(edge[::-1])[::-1][1:]
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

    def _with_one_end(self, step: RevealStep, most: int) -> Array:
        """Pairs within intervals whose right end is forgotten, or is the sentinel, for d = 1..most."""
        G, T, L, V = self.G, self.T, self.L, len(self.nu)
        g, m = np.arange(L), np.arange(1, G + 1)
        interior, ends = step.interior[:L], step.edge[L - g]
        places = L - T - g
        late, long = np.where(places >= 0, interior * [np.ones(L), np.maximum(places, 0)], 0.0)[:, ::-1]
        late, long = np.cumsum([late, long], axis=1)[:, ::-1]
        early = np.concatenate([ends[:T], interior[L - T + 1 :]])
        fixed = product(early[None], np.concatenate([self.sigma[:T], self.sums[1:T][::-1]]))
        numbers = np.concatenate([fixed[0], late[G + m + 1], long[G + m + 1]])
        whatever = product(numbers[None], self.squares).reshape(V, V)
        seen = np.concatenate([[0.0], np.cumsum(ends)])
        settled = np.concatenate([np.zeros(T + 1), np.cumsum(ends[T:])])
        d = np.arange(1, most + 1)
        inner = product(self.near_squares, settled[L - m[:, None] - d]).transpose(2, 0, 1)
        forgotten = np.cumsum(seen)[L - d - G - 1] + np.cumsum(np.cumsum((interior * (L - g))[::-1]))[L - 2 * G - 3]
        inner = inner + whatever + forgotten[:, None, None] * np.outer(self.nu, self.nu)
        return np.matmul(inner, self.K[1 : most + 1])
