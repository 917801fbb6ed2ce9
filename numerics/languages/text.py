"""n-gram languages counted from text: zero counts stay zero unless smoothing is asked for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from ..errors import BadInput, shown, unread
from ..numbers.limits import power, require_memory
from ..numbers.probabilities import SMALLEST_NORMAL, Probabilities, number, whole
from ..spec.table import Count, Length, Number, Text
from .base import Language
from .kind import FileTable
from .n_gram import NGram

__all__ = ["ngram_from_counts", "ngram_from_text"]

LARGEST_SMOOTHING = 10**15
BYTES_A_COUNT = 64


def ngram_from_counts(
    order: int, length: int, counts: NDArray[np.integer], context_counts: NDArray[np.integer] | None, smoothing: Any = 0
) -> NGram:
    """The maximum-likelihood n-gram of a count table.

    Parameters
    ----------
    order, length : int
    counts : (V,)*order int
        How often each n-gram occurs.
    context_counts : (V,)*(order-1) int, or None when order is 1
        Counts that give the law of the first n-1 tokens.
    smoothing : number
        Added to every count, listed or not.
    """
    extra = number(smoothing, "smoothing")
    if not 0 <= extra <= LARGEST_SMOOTHING:
        raise BadInput("smoothing", f"found {shown(extra)}; a number from 0 to 1e15 is accepted")
    vocab = counts.shape[0]
    initial = None if context_counts is None else _smoothed(context_counts.reshape(-1), extra)
    return NGram(order, vocab, length, initial, _smoothed(counts.reshape(-1, vocab), extra))


def _smoothed(counts: NDArray[np.integer], extra: Fraction | float) -> Probabilities:
    if isinstance(extra, Fraction):
        largest = int(counts.sum(axis=-1).max()) * extra.denominator + counts.shape[-1] * extra.numerator
        kind = np.int64 if largest < 2**63 else object
        return Probabilities.from_weights(counts.astype(kind) * extra.denominator + extra.numerator, "smoothing")
    values = counts + extra
    totals = values.sum(axis=-1, keepdims=True)
    values = np.divide(values, totals, out=np.zeros_like(values), where=totals > 0)
    if extra and values.min() < SMALLEST_NORMAL:
        raise BadInput("smoothing", f"found {shown(extra)}, which float64 would lose beside the counts")
    return Probabilities(values, None)


MOST_LISTED = 100
"""Characters that a sentence names."""


def ngram_from_text(path: str | Path, alphabet: str, order: int, length: int, smoothing: Any = 0) -> NGram:
    """The n-gram language of a text file over ``alphabet``, whose i-th character is token i.

    Upper and lower case are different characters, and so are line breaks, but for those at the end of the file.

    Raises
    ------
    BadInput
        When the file cannot be read, is shorter than the order, holds a character outside the alphabet, or leads
        to a context that can be reached and has no continuation.
    """
    order, length = whole(order, "order", 1), whole(length, "length", 1)
    if not alphabet or len(set(alphabet)) != len(alphabet):
        raise BadInput("alphabet", f"found {shown(alphabet)}; distinct characters, at least one, are accepted")
    try:
        text = Path(path).read_text(encoding="utf-8")
    except (OSError, ValueError) as problem:
        raise BadInput("path", f"{path} {unread(problem, 'UTF-8 text')}") from None
    index = {character: token for token, character in enumerate(alphabet)}
    tokens = np.array([index.get(character, -1) for character in text.rstrip("\n")], dtype=np.int64)
    if (tokens < 0).any():
        strange = Counter(character for character in text.rstrip("\n") if character not in index).most_common()
        listed = ", ".join(f"{character!r} ({count})" for character, count in strange[:MOST_LISTED])
        more = f" and {len(strange) - MOST_LISTED} others" if len(strange) > MOST_LISTED else ""
        raise BadInput(
            "alphabet",
            f"{path} holds {listed}{more}, not in the alphabet; case counts, and so do line breaks",
        )
    if len(tokens) < order:
        raise BadInput("path", f"{path} holds {len(tokens)} characters, fewer than order={shown(order)}")
    require_memory(
        BYTES_A_COUNT * power(len(alphabet), order), f"the counts of order={order} over {len(alphabet)} characters"
    )
    context = _count(tokens, len(alphabet), order - 1) if order > 1 else None
    letters = ngram_from_counts(order, length, _count(tokens, len(alphabet), order), context, smoothing)
    letters.tokens = tuple(alphabet)
    return letters


def _count(tokens: NDArray[np.int64], vocab: int, order: int) -> NDArray[np.int64]:
    windows = np.lib.stride_tricks.sliding_window_view(tokens, order)
    codes = windows @ (vocab ** np.arange(order - 1, -1, -1))
    return np.bincount(codes, minlength=vocab**order).reshape((vocab,) * order)


class TextTable(FileTable):
    kind: Literal["text"]
    alphabet: Text
    order: Count
    length: Length
    smoothing: Number = 0
    makes: ClassVar[Callable[..., Language]] = ngram_from_text
    suffixes: ClassVar[tuple[str, ...]] = (".txt",)
    advice: ClassVar[str] = (
        'language = {kind = "text", path = "mine.txt", alphabet = "abc ", order = 2, length = 64} counts pairs'
    )
