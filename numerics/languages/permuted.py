"""Permutations: each symbol occurs once, in every order equally likely."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import ClassVar, Literal

import numpy as np

from ..numbers.probabilities import whole
from ..spec.draws import Spec
from ..spec.table import Length
from ..traits import decides
from .base import Language
from .full_table import Tabular, is_uniform_on, require_support
from .kind import LanguageTable

__all__ = ["is_permutations", "permutations"]

MOST_SYMBOLS = 20
"""Symbols of a table of permutations; no larger one fits memory."""


def permutations(length: int) -> Tabular:
    """Uniform on the permutations of ``length`` symbols (V = L)."""
    length = whole(length, "length", 1)
    require_support(math.factorial(min(length, 100)), length)
    rows = np.zeros((1, 0), dtype=np.int64)
    for symbols in range(1, length + 1):
        rows = np.concatenate([np.insert(rows + (rows >= first), 0, first, axis=1) for first in range(symbols)])
    return Tabular.uniform(length, rows)


@decides("PermutationsLanguage", "language")
def is_permutations(language: Language) -> bool:
    V, L = language.vocab, language.length
    if V != L or not is_uniform_on(language, math.factorial(min(L, MOST_SYMBOLS))):
        return False
    return bool((np.sort(language.support, axis=1) == np.arange(L)).all())


class PermutationsTable(LanguageTable):
    kind: Literal["permutations"]
    length: Length
    makes: ClassVar[Callable[..., Language]] = permutations

    @classmethod
    def examples(cls, vocab: int, length: int) -> Iterator[Spec]:
        if vocab == length:
            yield {"kind": "permutations", "length": length}
