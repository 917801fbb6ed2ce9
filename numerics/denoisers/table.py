"""Denoisers brought by the user as arrays (definitions.md#denoisers)."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from ..errors import BadInput, shown
from ..languages import Language
from ..numbers.lattice import lattice_index, lattice_rows, lattice_size
from ..numbers.limits import power
from ..numbers.npz import read_arrays
from ..numbers.probabilities import SMALLEST_NORMAL
from ..spec.table import Text
from .base import Denoiser, NearRule, Predictor
from .kind import DenoiserTable
from .learned import nearest_neighbours

__all__ = ["Table"]


class Table(Denoiser):
    """Predictions looked up in an array.

    Parameters
    ----------
    conditionals : ((V+1)^L, L, V) float64, optional
        Row y holds the predictions in context y, numbered as in :mod:`..numbers.lattice`; rows at revealed positions
        are ignored.
    neighbours : (D+1, D+1, V+1, V+1, V) float64, optional
        Indexed by the distances to the left and to the right revealed neighbour (0 and anything beyond D: none)
        and by their tokens (V: none). Exactly one of the two is given.
    """

    def __init__(
        self, conditionals: NDArray[np.float64] | None = None, neighbours: NDArray[np.float64] | None = None
    ) -> None:
        if (conditionals is None) == (neighbours is None):
            raise BadInput("path", "exactly one of the arrays conditionals and neighbours is accepted")
        self.everywhere = conditionals is not None
        self.conditionals = None if conditionals is None else np.asarray(conditionals, dtype=np.float64)
        self.neighbours = None if neighbours is None else np.asarray(neighbours, dtype=np.float64)

    @classmethod
    def from_file(cls, path: str | Path) -> Table:
        """Read the array from an ``.npz``; nothing in it is ever unpickled."""
        arrays = read_arrays(path)
        return cls(**{name: arrays[name] for name in ("conditionals", "neighbours") if name in arrays})

    @cached_property
    def rational(self) -> bool:
        """Whether the numbers are multiples of ``2^-52`` whose rows sum to 1, which float64 adds exactly."""
        table = self.conditionals
        if table is None or table.ndim != 3 or len(table) != lattice_size(table.shape[2], table.shape[1]):
            return False
        size, L, V = table.shape
        laws = table[lattice_rows(0, size, V, L) == V]
        return bool((laws * 2.0**52 % 1 == 0).all() and (laws >= 0).all() and (laws.sum(axis=-1) == 1).all())

    def depth(self, vocab: int, exact_depth: int) -> int:
        return vocab + 3

    def predictor(self, language: Language) -> Predictor:
        V, L = language.vocab, language.length
        if self.conditionals is not None:
            _require_shape(self.conditionals, (power(V + 1, L), L, V), "conditionals")
            rows = self._checked(self.conditionals, "conditionals", _masked_cells(V, L))
            return lambda y, exact: rows[lattice_index(y, V)]
        near, reach = self._near(V)

        def predict(y: NDArray[np.int64], exact: NDArray[np.float64]) -> NDArray[np.float64]:
            left, right, before, after = nearest_neighbours(y, V)
            far_left, far_right = left > reach, right > reach
            return near[
                np.where(far_left, 0, left),
                np.where(far_right, 0, right),
                np.where(far_left, V, before),
                np.where(far_right, V, after),
            ]

        return predict

    def near_rule(self, language: Language) -> NearRule | None:
        if self.neighbours is None:
            return None
        V = language.vocab
        near, reach = self._near(V)

        def predict(left: int, right: int, exact: NDArray[np.float64]) -> NDArray[np.float64]:
            left, right = left if left <= reach else 0, right if right <= reach else 0
            rows = near[left, right]
            rows = rows[:V] if left else rows[V:]
            return np.broadcast_to(rows[:, :V] if right else rows[:, V:], exact.shape)

        return NearRule(predict, reach)

    def _near(self, V: int) -> tuple[NDArray[np.float64], int]:
        """The array of neighbours, validated and normalised, and D."""
        assert self.neighbours is not None
        reach = self.neighbours.shape[0] - 1 if self.neighbours.ndim else 0
        _require_shape(self.neighbours, (reach + 1, reach + 1, V + 1, V + 1, V), "neighbours")
        every = np.ones(self.neighbours.shape[:-1], dtype=bool)
        return self._checked(self.neighbours, "neighbours", every), reach

    @staticmethod
    def _checked(array: NDArray[np.float64], name: str, used: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Validate the rows that are used and normalise them."""
        rows = array[used]
        if not np.isfinite(rows).all() or (rows < 0).any():
            raise BadInput(f"path.{name}", "found a negative number, NaN or infinity; probabilities are accepted")
        if ((rows > 0) & (rows < 2 * SMALLEST_NORMAL)).any():
            raise BadInput(f"path.{name}", "found a positive probability below 1e-307, which float64 would lose")
        totals = rows.sum(axis=-1)
        if (np.abs(totals - 1) > 1e-12).any():
            where = np.argwhere(used)[int(np.argmax(np.abs(totals - 1)))]
            raise BadInput(
                f"path.{name}{''.join(f'[{i}]' for i in where)}",
                f"the row sums to {totals[np.argmax(np.abs(totals - 1))]:.15g}; rows must sum to 1 within 1e-12",
            )
        out = np.zeros(array.shape)
        out[used] = rows / totals[..., None]
        return out

    def written(self) -> dict[str, Any]:
        raise BadInput("denoiser", f"found {self!r}, whose arrays an instance file cannot hold")

    def __repr__(self) -> str:
        return f"Table({'conditionals' if self.conditionals is not None else 'neighbours'})"


def _require_shape(array: NDArray[np.float64], shape: tuple[int, ...], name: str) -> None:
    if array.shape != shape:
        wanted = ", ".join(shown(extent) for extent in shape)
        raise BadInput(f"path.{name}", f"found an array of shape {array.shape}; the shape ({wanted}) is accepted")


def _masked_cells(vocab: int, length: int) -> NDArray[np.bool_]:
    """True for the masked (partial sequence, position) pairs."""
    digits = np.arange(lattice_size(vocab, length))[:, None] // (vocab + 1) ** np.arange(length - 1, -1, -1)
    return digits % (vocab + 1) == 0


class TableTable(DenoiserTable):
    kind: Literal["table"]
    path: Text

    def build(self, folder: Path, language: Language) -> Denoiser:
        table = Table.from_file(folder / self.path)
        table.predictor(language)
        return table

    def canonical(self, folder: Path) -> dict[str, Any]:
        return {**super().canonical(folder), "path": str(folder / self.path)}
