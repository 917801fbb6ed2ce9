"""Products of blocks (definitions.md#languages): independent copies of one small language in a row."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from random import Random
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from ..errors import BadInput, shown
from ..numbers.enclosure import UNIT_ROUNDOFF, gamma
from ..numbers.probabilities import whole
from ..spec.draws import Spec
from ..spec.table import LONGEST, Count, within
from .base import Language, Pick, Scope
from .full_table import TabularTable
from .kind import LanguageTable, read_language

__all__ = ["Blocks"]

DEEPEST_BLOCKS = 8


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
        self.tokens = block.tokens
        self.length = block.length * self.count

    @property
    def rational(self) -> bool:
        return self.block.rational

    @property
    def is_homogeneous(self) -> bool:
        return self.block.is_homogeneous

    @property
    def log_length_probability(self) -> float:
        return self.count * self.block.log_length_probability

    @property
    def log_length_probability_error(self) -> float:
        return self.count * (
            self.block.log_length_probability_error + UNIT_ROUNDOFF * -self.block.log_length_probability
        )

    def exact_length_probability(self) -> Fraction:
        return self.block.exact_length_probability() ** self.count

    @property
    def has_independent_tokens(self) -> bool:
        return self.block.has_independent_tokens

    @property
    def unit(self) -> Language:
        return self.block

    @property
    def has_local_scope(self) -> bool:
        return True

    def surprisal_range(self) -> tuple[float, float] | None:
        one = self.block.surprisal_range()
        return None if one is None else (self.count * one[0] * (1 - gamma(2)), self.count * one[1] * (1 + gamma(2)))

    @property
    def surprisal_nanoseconds(self) -> float:
        return self.count * self.block.surprisal_nanoseconds

    @property
    def summed(self) -> int:
        return self.block.summed

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

    def every_string_is_possible(self) -> bool:
        return self.block.every_string_is_possible()

    def sample(self, count: int, rng: np.random.Generator) -> NDArray[np.int64]:
        return self.block.sample(count * self.count, rng).reshape(count, self.length)

    def _expand(self, pick: Pick) -> NDArray[Any]:
        one = self.block._expand(pick)
        law = one
        for _ in range(1, self.count):
            law = np.multiply.outer(law, one).reshape(-1)
        return law

    @property
    def parameters(self) -> int:
        return self.unit.parameters

    def written(self) -> dict[str, Any]:
        return {"kind": "blocks", "block": self.block.written(), "count": self.count}

    def __repr__(self) -> str:
        return f"Blocks({self.block!r}, count={self.count})"


class BlocksTable(LanguageTable):
    kind: Literal["blocks"]
    block: Any
    count: Count
    draws: ClassVar[int] = 1

    def build(self, folder: Path, level: int) -> Language:
        with within("block"):
            if level >= DEEPEST_BLOCKS:
                raise BadInput("", f"blocks are nested too deeply; at most {DEEPEST_BLOCKS} levels are accepted")
            block, _ = read_language(self.block, folder, level + 1)
        if self.count * block.length > LONGEST:
            found = f"found {shown(self.count)} blocks of {block.length} tokens"
            raise BadInput("count", f"{found}; at most {LONGEST} tokens are accepted")
        return Blocks(block, self.count)

    def canonical(self, folder: Path) -> dict[str, Any]:
        return {**super().canonical(folder), "block": LanguageTable.of_kind(self.block).canonical(folder)}

    @classmethod
    def drawn(cls, vocab: int, length: int, rng: Random) -> Spec | None:
        """Two tables."""
        if length % 2:
            return None
        return {"kind": "blocks", "block": TabularTable.drawn(vocab, length // 2, rng), "count": 2}

    @classmethod
    def smaller(cls, language: Spec) -> Iterator[tuple[Spec, list[int]]]:
        one, count = language["block"]["length"], language["count"]
        yield {**language, "count": count - 1}, list(range(one * (count - 1), one * count))
