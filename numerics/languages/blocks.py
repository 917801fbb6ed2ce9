"""Products of blocks (definitions.md#languages): independent copies of one small language in a row."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..types import whole
from .base import Language, Pick, Scope

__all__ = ["Blocks"]


class Blocks(Language):
    """``count`` independent blocks, each drawn from ``block``.

    Parameters
    ----------
    block : Language
        The law of one block.
    count : int
        Number of blocks; the length is ``count * block.length``.
    """

    def __init__(self, block: Language, count: int) -> None:
        self.block = block
        self.count = whole(count, "count", 1)
        self.vocab = block.vocab
        self.length = block.length * self.count

    @property
    def rational(self) -> bool:
        return self.block.rational

    @property
    def depth(self) -> int:
        return self.count * (self.block.depth + 1)

    def _split(self, sequences: NDArray[np.integer]) -> NDArray[np.integer]:
        return np.asarray(sequences).reshape(-1, self.block.length)

    def log_prob(self, x: NDArray[np.integer]) -> NDArray[np.float64]:
        return self.block.log_prob(self._split(x)).reshape(-1, self.count).sum(axis=-1)

    def conditionals(
        self, y: NDArray[np.integer], scope: Scope = "global"
    ) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        rows, possible = self.block.conditionals(self._split(y))
        rows = rows.reshape(-1, self.length, self.vocab)
        possible = possible.reshape(-1, self.length)
        if scope == "global":
            possible = np.broadcast_to(possible.all(axis=-1, keepdims=True), possible.shape)
            rows = np.where(possible[:, :, None], rows, 0.0)
        return rows, possible

    def sample(self, count: int, rng: np.random.Generator) -> NDArray[np.int64]:
        return self.block.sample(count * self.count, rng).reshape(count, self.length)

    def _expand(self, pick: Pick) -> NDArray[Any]:
        one = self.block._expand(pick)
        law = one
        for _ in range(1, self.count):
            law = np.multiply.outer(law, one).reshape(-1)
        return law

    def __repr__(self) -> str:
        return f"Blocks({self.block!r}, count={self.count})"
