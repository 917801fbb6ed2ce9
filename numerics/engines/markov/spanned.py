"""A linear map at vectors that change slowly, worked out for few of them.

Write ``x = sum_j c_j b_j + rest`` with vectors ``b_j`` at which the map T is known. Then ``sum_j c_j T(b_j)`` is
``T(x) - T(rest)``, and rest is there to be measured: whatever the c are, a bound of ``|T(rest)|`` bounds what is left
out. If that is too much, the rest itself becomes one more b.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["Spanned", "Value"]

Array = NDArray[np.float64]

MOST = 16
"""Vectors kept; where one more is needed all are forgotten, as most of them are of long ago."""


class Value(NamedTuple):
    """What is known of ``T(x)``.

    Attributes
    ----------
    value : (G+1, V, V) float64
        ``sum_j c_j T(b_j)``.
    sizes : (G0+1,) float64
        ``sum_j |c_j| sum_{u,v} |b_j(g; u, v)|``, which the errors of the map and of the sums are relative to.
    left_out : float
        ``sum_g weight_g sum_{u,v} |rest(g; u, v)|``.
    """

    value: Array
    sizes: Array
    left_out: float


class Spanned:
    """A linear map of arrays (G+1, V, V), whose row 0 counts for nothing, to such arrays.

    Parameters
    ----------
    linear : callable
        The map, for any G; what it makes of a vector does not depend on rows of zeros at its end.
    """

    def __init__(self, linear: Callable[[Array], Array]) -> None:
        self.linear, self.reach, self.count = linear, -1, 0

    def __call__(self, x: Array, weights: Array, allowed: float) -> Value:
        """``T(x)`` but for a rest whose weighted size is at most ``allowed``.

        Parameters
        ----------
        x : (G+1, V, V) float64
        weights : (n,) float64
            By distance, as far as any x was long.
        allowed : float

        Notes
        -----
        Cost of three passes over the vectors, and now and then of the map. Vectors are orthogonal once they are
        multiplied by the cube of the distance, which weights grow like as long as few tokens are revealed; a worse
        choice costs more of them.
        """
        if len(x) > self.reach + 1:
            self._forget(x)
        rest = np.zeros((self.reach + 1, x[0].size))
        rest[: len(x)] = x.reshape(len(x), -1) * self.scale[: len(x)]
        rest, c = rest.ravel(), np.zeros(MOST)
        self._reduce(rest, c)
        left_out = self._weigh(rest, weights)
        if left_out > allowed:
            if self.count == MOST:
                self._forget(x)
                return self(x, weights, allowed)
            self._reduce(rest, c)
            self._add(rest, c)
            left_out = 0.0
        n = self.count
        value = np.einsum("j,jx->x", c[:n], self.values[:n, : x.size]).reshape(x.shape)
        return Value(value, np.einsum("j,jg->g", np.abs(c[:n]), self.norms[:n]), left_out)

    def _forget(self, x: Array) -> None:
        self.shape, self.reach, self.count = x.shape, len(x) - 1, 0
        self.scale = np.maximum(np.arange(len(x), dtype=np.float64)[:, None], 1.0) ** 3
        self.vectors, self.values = np.zeros((2, MOST, x.size))
        self.norms = np.zeros((MOST, len(x)))

    def _reduce(self, rest: Array, c: Array) -> None:
        n = self.count
        parts = np.einsum("jx,x->j", self.vectors[:n], rest)
        rest -= np.einsum("j,jx->x", parts, self.vectors[:n])
        c[:n] += parts

    def _weigh(self, rest: Array, weights: Array) -> float:
        sizes = np.abs(rest).reshape(self.reach + 1, -1).sum(axis=1) / self.scale[:, 0]
        return float((sizes * weights[: self.reach + 1]).sum())

    def _add(self, rest: Array, c: Array) -> None:
        n, size = self.count, float(np.sqrt((rest * rest).sum()))
        self.vectors[n] = rest / size
        vector = (self.vectors[n].reshape(self.reach + 1, -1) / self.scale).reshape(self.shape)
        self.values[n] = self.linear(vector).ravel()
        self.norms[n] = np.abs(vector).sum(axis=(1, 2))
        c[n], self.count = size, n + 1
