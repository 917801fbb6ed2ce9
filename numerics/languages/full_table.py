"""Languages given sequence by sequence (definitions.md#languages)."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Annotated, Any, ClassVar, Literal, TypeGuard

import numpy as np
from numpy.typing import NDArray
from pydantic import PlainValidator

from ..errors import BadInput, shown
from ..numbers.enclosure import minus_log
from ..numbers.lattice import sequence_index, sequence_rows
from ..numbers.limits import power, require_memory
from ..numbers.probabilities import PARAMETER_DEPTH, Probabilities, number, whole
from ..spec.draws import Spec, lopsided, normalised
from ..spec.table import ABSENT, Length, Numbers, Vocab
from .base import Language, Pick, Scope, masked_conditionals
from .kind import LanguageTable

__all__ = ["Tabular", "is_uniform_on", "require_support"]

CELLS_AT_ONCE = 1 << 24

BYTES_A_TOKEN = 40
"""Of a support while it is built: its rows, their copies and their sorting."""


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

    @classmethod
    def uniform(cls, vocab: int, support: NDArray[np.integer]) -> Tabular:
        """The uniform law on the rows of ``support``."""
        weights = np.ones(len(support), dtype=np.int64)
        return cls(vocab, support.shape[1], support, Probabilities.from_weights(weights))

    @property
    def rational(self) -> bool:
        return self.probabilities.rational

    @property
    def depth(self) -> int:
        return PARAMETER_DEPTH

    def surprisal_range(self) -> tuple[float, float]:
        p = self.probabilities.values
        return minus_log(float(p.max()), PARAMETER_DEPTH)[0], minus_log(float(p.min()), PARAMETER_DEPTH)[1]

    @property
    def summed(self) -> int:
        return len(self.support)

    def log_prob(self, x: NDArray[np.integer]) -> NDArray[np.float64]:
        lookup = {row.tobytes(): p for row, p in zip(self.support, np.log(self.probabilities.values), strict=True)}
        x = np.ascontiguousarray(x, dtype=np.int64)
        return np.array([lookup.get(row.tobytes(), -np.inf) for row in x])

    def conditionals(
        self, y: NDArray[np.integer], scope: Scope = "global"
    ) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        self.require_scope(scope)
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

    def every_string_is_possible(self) -> bool:
        return len(self.support) == power(self.vocab, self.length)

    def sample(self, count: int, rng: np.random.Generator) -> NDArray[np.int64]:
        return self.support[rng.choice(len(self.support), size=count, p=self.probabilities.values)]

    def _expand(self, pick: Pick) -> NDArray[Any]:
        source = pick(self.probabilities)
        dense = np.zeros(self.vocab**self.length, dtype=source.dtype)
        dense[sequence_index(self.support, self.vocab)] = source
        return dense

    def written(self) -> dict[str, Any]:
        support = [list(entry) for entry in zip(self.support.tolist(), self.probabilities.written(), strict=True)]
        return {"kind": "tabular", "vocab": self.vocab, "length": self.length, "support": support}

    def __repr__(self) -> str:
        return f"Tabular(vocab={self.vocab}, length={self.length}, support of {len(self.support)})"


def _read_support(value: Any) -> list[list[Any]]:
    if not isinstance(value, list | tuple) or not value:
        raise BadInput("support", f'found {shown(value)}; a list such as [[[0, 1, 1], "1/4"], ...] is accepted')
    for i, entry in enumerate(value):
        if not isinstance(entry, list | tuple) or len(entry) != 2 or not isinstance(entry[0], list | tuple):
            raise BadInput(f"support[{i}]", f"found {shown(entry)}; a sequence and its probability are accepted")
    return [
        [
            [whole(token, f"support[{i}][0][{j}]") for j, token in enumerate(tokens)],
            number(probability, f"support[{i}][1]"),
        ]
        for i, (tokens, probability) in enumerate(value)
    ]


def require_support(count: int, length: int) -> None:
    """Refuse a support of ``count`` sequences that does not fit into memory while it is built."""
    require_memory(count * length * BYTES_A_TOKEN, f"a support of {shown(count)} sequences")


def is_uniform_on(language: Language, count: int) -> TypeGuard[Tabular]:
    """Whether it is a table of so many sequences, equally likely."""
    return isinstance(language, Tabular) and len(language.support) == count and language.probabilities.uniform


class TabularTable(LanguageTable):
    kind: Literal["tabular"]
    vocab: Vocab
    length: Length
    probabilities: Numbers = ABSENT
    support: Annotated[Any, PlainValidator(_read_support)] = ABSENT
    draws: ClassVar[int] = 5

    def build(self, folder: Path, level: int) -> Language:
        if self.exactly_one("probabilities", "support") == "probabilities":
            return Tabular.from_table(self.vocab, self.length, self.probabilities)
        for i, (tokens, _) in enumerate(self.support):
            if len(tokens) != self.length:
                found = f"found {shown(tokens)}; a sequence has length={self.length} tokens"
                raise BadInput(f"support[{i}][0]", found)
            for j, token in enumerate(tokens):
                whole(token, f"support[{i}][0][{j}]", 0, self.vocab - 1)
        sequences, probabilities = zip(*self.support, strict=True)
        try:
            return Tabular(self.vocab, self.length, list(sequences), list(probabilities))
        except BadInput as problem:
            key = re.sub(r"probabilities\[(\d+)\]", r"support[\1][1]", problem.key)
            raise BadInput("support" if key == "probabilities" else key, problem.problem) from None

    @classmethod
    def examples(cls, vocab: int, length: int) -> Iterator[Spec]:
        """Uniform on the binary strings of so many ones."""
        if vocab == 2 and length > 1:
            for ones in range(1, length):
                strings = [list(x) for x in itertools.product((0, 1), repeat=length) if sum(x) == ones]
                yield _table(2, length, [(x, 1) for x in strings])

    @classmethod
    def smaller(cls, language: Spec) -> Iterator[tuple[Spec, list[int]]]:
        """None: which of its strings are kept is a choice of the search."""
        return iter(())

    @classmethod
    def drawn(cls, vocab: int, length: int, rng: Random) -> Spec:
        """Sparse, or uniform on a subset, or dense."""
        strings = [list(x) for x in itertools.product(range(vocab), repeat=length)]
        sort, few = rng.choice(("sparse", "sparse", "subset", "dense", "dense")), min(2, len(strings))
        if sort == "dense":
            return _table(vocab, length, [(x, lopsided(rng)) for x in strings])
        most = max(2, len(strings) // 2) if sort == "sparse" else len(strings)
        kept = sorted(rng.sample(range(len(strings)), rng.randint(few, most)))
        return _table(vocab, length, [(strings[x], lopsided(rng) if sort == "sparse" else 1) for x in kept])


def _table(vocab: int, length: int, weights: list[tuple[list[int], int]]) -> Spec:
    probabilities = normalised([weight for _, weight in weights])
    support = [[x, probability] for (x, _), probability in zip(weights, probabilities, strict=True)]
    return {"kind": "tabular", "vocab": vocab, "length": length, "support": support}
