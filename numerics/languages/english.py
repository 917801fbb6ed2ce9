"""English letters: the bundled 27-symbol counts of orders 1 to 4 (tokens a=0 .. z=25, space=26)."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib.resources import files
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from ..numbers.probabilities import whole
from ..spec.table import Count, Length, Number
from .base import Language
from .kind import LanguageTable
from .n_gram import NGram
from .text import ngram_from_counts

__all__ = ["ENGLISH_ALPHABET", "english_ngram"]

ENGLISH_ALPHABET = "abcdefghijklmnopqrstuvwxyz "
LARGEST_ORDER = 4


def english_ngram(order: int, length: int, smoothing: Any = 0) -> NGram:
    """English as an n-gram language.

    Parameters
    ----------
    order : int
        1 to 4.
    length : int
    smoothing : number
        Added to every count, listed or not; 0 keeps the zeros of the counts.
    """
    order = whole(order, "order", 1, LARGEST_ORDER)
    contexts = _counts(order - 1) if order > 1 else None
    letters = ngram_from_counts(order, whole(length, "length", 1), _counts(order), contexts, smoothing)
    letters.tokens = tuple(ENGLISH_ALPHABET)
    return letters


@cache
def _counts(order: int) -> NDArray[np.int64]:
    table = files(__package__).joinpath("counts", f"english27_{order}grams.tsv").read_text(encoding="ascii")
    counts = np.zeros((len(ENGLISH_ALPHABET),) * order, dtype=np.int64)
    for line in table.splitlines()[1:]:
        ngram, count = line.split("\t")
        counts[tuple(ENGLISH_ALPHABET.index(letter) for letter in ngram.replace("_", " "))] = int(count)
    counts.flags.writeable = False
    return counts


class EnglishTable(LanguageTable):
    kind: Literal["english"]
    order: Count
    length: Length
    smoothing: Number = 0
    makes: ClassVar[Callable[..., Language]] = english_ngram
