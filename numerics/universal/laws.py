"""Small binary laws with rational probabilities, which claims that bounds leave open are tried on, one by one."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from fractions import Fraction
from random import Random
from typing import Any

__all__ = ["small_laws", "tried_laws"]

MOST_COUNTED, MOST_FEW, WORK = 200, 60, 40_000
"""Laws of either kind, and partial sequences of all of them together, on which their time depends."""

WEIGHTS, MOST_ATOMS, LARGEST_WEIGHT, SEED = (0, 1, 2), 6, 9, 29


def small_laws(length: int) -> Iterator[dict[str, Any]]:
    """``[language]`` tables: laws in which only the number of ones counts, then laws of a few sequences."""
    counted, few = _shares(length)
    yield from itertools.islice(_counted(length), counted)
    yield from itertools.islice(_few(length), few)


def tried_laws(length: int) -> str:
    """How many these are, in words."""
    few = _shares(length)[1]
    if not few:
        return "no small laws, as sequences are too long"
    return f"{sum(1 for _ in small_laws(length)) - few} binary laws of the number of ones and {few} of a few sequences"


def _shares(length: int) -> tuple[int, int]:
    most = WORK // 3**length
    return min(MOST_COUNTED, most * 3 // 4), min(MOST_FEW, most // 4)


def _counted(length: int) -> Iterator[dict[str, Any]]:
    """Numbers of ones have whole weights, small ones first; sequences of a number are equally likely."""
    words = list(itertools.product((0, 1), repeat=length))
    for weights in sorted(itertools.product(WEIGHTS, repeat=length + 1), key=sum):
        if math.gcd(*weights) == 1 and sum(map(bool, weights)) > 1:
            whole = [sum(weights) * math.comb(length, w) for w in range(length + 1)]
            yield _table({word: Fraction(weights[sum(word)], whole[sum(word)]) for word in words}, length)


def _few(length: int) -> Iterator[dict[str, Any]]:
    rng = Random(SEED)
    words = list(itertools.product((0, 1), repeat=length))
    while True:
        chosen = rng.sample(words, rng.randint(2, min(MOST_ATOMS, len(words))))
        weights = [rng.randint(1, LARGEST_WEIGHT) for _ in chosen]
        yield _table({word: Fraction(w, sum(weights)) for word, w in zip(chosen, weights, strict=True)}, length)


def _table(law: dict[tuple[int, ...], Fraction], length: int) -> dict[str, Any]:
    support = [[list(word), str(probability)] for word, probability in law.items() if probability]
    return {"kind": "tabular", "vocab": 2, "length": length, "support": support}
