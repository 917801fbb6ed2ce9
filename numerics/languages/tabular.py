"""Languages given sequence by sequence (definitions.md#languages)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import BadInput
from ..partial import sequence_index, sequence_rows
from ..reach import power, require_memory
from ..types import PARAMETER_DEPTH, Probabilities, whole
from .base import Language, Pick, Scope, masked_conditionals

__all__ = ["Tabular"]

CELLS_AT_ONCE = 1 << 24


class Tabular(Language):
    """A language stored as its support.

    Parameters
    ----------
    vocab, length : int
    support : (S, L) int
        The possible sequences, each once.
    probabilities : sequence of S numbers or rational strings, or Probabilities
        Their probabilities; entries of zero are dropped.

    Notes
    -----
    Cost of a conditional: one scan of the support, ``O(S L)``.
    """

    def __init__(self, vocab: int, length: int, support: Any, probabilities: Any) -> None:
        self.vocab = whole(vocab, "vocab", 1)
        self.length = whole(length, "length", 1)
        rows = np.asarray(support)
        if rows.ndim != 2 or rows.shape[1] != self.length or rows.dtype.kind not in "iu":
            raise BadInput("support", f"every sequence must be a list of length={self.length} tokens")
        if rows.size and (rows.min() < 0 or rows.max() >= self.vocab):
            raise BadInput("support", f"found a token outside 0..{self.vocab - 1}")
        law = Probabilities.parse(probabilities, (rows.shape[0],), "probabilities")
        keep = law.values > 0 if law.weights is None else law.weights > 0
        self.support = np.ascontiguousarray(rows[keep], dtype=np.int64)
        self.probabilities = Probabilities(law.values[keep], None if law.weights is None else law.weights[keep])
        if len({row.tobytes() for row in self.support}) != len(self.support):
            raise BadInput("support", "a sequence is listed twice")

    @classmethod
    def from_table(cls, vocab: int, length: int, probabilities: Any) -> Tabular:
        """All ``V^L`` probabilities in order, first token most significant."""
        cells = power(whole(vocab, "vocab", 1), whole(length, "length", 1))
        law = Probabilities.parse(probabilities, (cells,), "probabilities")
        require_memory(40 * cells * length + 200 * length, f"the support of V={vocab}, L={length}")
        return cls(vocab, length, sequence_rows(0, vocab**length, vocab, length), law)

    @property
    def rational(self) -> bool:
        return self.probabilities.rational

    @property
    def depth(self) -> int:
        return PARAMETER_DEPTH

    def log_prob(self, x: NDArray[np.integer]) -> NDArray[np.float64]:
        lookup = {row.tobytes(): p for row, p in zip(self.support, np.log(self.probabilities.values), strict=True)}
        x = np.ascontiguousarray(x, dtype=np.int64)
        return np.array([lookup.get(row.tobytes(), -np.inf) for row in x])

    def conditionals(
        self, y: NDArray[np.integer], scope: Scope = "global"
    ) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        self._refuse_local(scope)
        y = np.asarray(y)
        joint = np.empty((len(y), self.length, self.vocab))
        one_hot = (self.support[:, :, None] == np.arange(self.vocab)).reshape(len(self.support), -1)
        weighted = one_hot * self.probabilities.values[:, None]
        step = max(1, CELLS_AT_ONCE // max(1, len(self.support) * self.length))
        for start in range(0, len(y), step):
            part = y[start : start + step, None, :]
            agrees = ((part == self.support) | (part == self.vocab)).all(axis=-1)
            joint[start : start + step] = (agrees.astype(np.float64) @ weighted).reshape(-1, self.length, self.vocab)
        return masked_conditionals(joint, y, self.vocab)

    def sample(self, count: int, rng: np.random.Generator) -> NDArray[np.int64]:
        return self.support[rng.choice(len(self.support), size=count, p=self.probabilities.values)]

    def _expand(self, pick: Pick) -> NDArray[Any]:
        source = pick(self.probabilities)
        dense = np.zeros(self.vocab**self.length, dtype=source.dtype)
        dense[sequence_index(self.support, self.vocab)] = source
        return dense

    def __repr__(self) -> str:
        return f"Tabular(vocab={self.vocab}, length={self.length}, support of {len(self.support)})"
