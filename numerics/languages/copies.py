"""Copy and Pair: blocks that repeat one uniform symbol."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import ClassVar, Literal

import numpy as np

from ..errors import BadInput, shown
from ..numbers.probabilities import whole
from ..spec.draws import Spec
from ..spec.table import Count, Length, Vocab
from ..traits import decides
from .base import Language
from .block_product import Blocks
from .full_table import Tabular, require_support
from .kind import LanguageTable, fewer_tokens, shorter

__all__ = ["copy", "is_pair", "pair"]


def copy(vocab: int, copies: int, length: int) -> Blocks:
    """Copy(V, m): every block repeats one uniform symbol m times."""
    vocab, copies = whole(vocab, "vocab", 1), whole(copies, "copies", 1)
    if whole(length, "length", 1) % copies:
        raise BadInput("length", f"found {shown(length)}; a multiple of the block of {shown(copies)} is accepted")
    require_support(vocab, copies)
    repeated = np.repeat(np.arange(vocab)[:, None], copies, axis=1)
    return Blocks(Tabular.uniform(vocab, repeated), length // copies)


def pair(vocab: int, length: int) -> Blocks:
    """Pair(V): every block repeats one uniform symbol twice, so it is Copy(V, 2)."""
    return copy(vocab, 2, length)


@decides("PairLanguage", "language")
def is_pair(language: Language) -> bool:
    """L/2 independent blocks, each a uniform symbol written twice, however the language was given."""
    if not isinstance(language, Blocks):
        return isinstance(language, Tabular) and language.length == 2 and is_pair(Blocks(language, 1))
    block = language.block
    if isinstance(block, Blocks):
        return is_pair(block)
    if not isinstance(block, Tabular) or block.length != 2 or len(block.support) != block.vocab:
        return False
    repeated = bool((block.support[:, 0] == block.support[:, 1]).all())
    return repeated and block.probabilities.uniform


class CopyTable(LanguageTable):
    kind: Literal["copy"]
    vocab: Vocab
    copies: Count
    length: Length
    makes: ClassVar[Callable[..., Language]] = copy

    @classmethod
    def examples(cls, vocab: int, length: int) -> Iterator[Spec]:
        if vocab > 1:
            for copies in range(3, length + 1):
                if length % copies == 0:
                    yield {"kind": "copy", "vocab": vocab, "copies": copies, "length": length}

    @classmethod
    def smaller(cls, language: Spec) -> Iterator[tuple[Spec, list[int]]]:
        copies, length = language["copies"], language["length"]
        yield from shorter(language, by=copies)
        dropped = list(range(copies - 1, length, copies))
        yield {**language, "copies": copies - 1, "length": length - len(dropped)}, dropped
        yield from fewer_tokens(language)


class PairTable(LanguageTable):
    kind: Literal["pair"]
    vocab: Vocab
    length: Length
    makes: ClassVar[Callable[..., Language]] = pair

    @classmethod
    def examples(cls, vocab: int, length: int) -> Iterator[Spec]:
        if length % 2 == 0:
            yield {"kind": "pair", "vocab": vocab, "length": length}

    @classmethod
    def smaller(cls, language: Spec) -> Iterator[tuple[Spec, list[int]]]:
        yield from shorter(language, by=2)
        yield from fewer_tokens(language)
