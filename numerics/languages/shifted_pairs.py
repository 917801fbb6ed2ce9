"""ShiftedPair: pairs whose difference follows a hidden chain."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any, ClassVar, Literal

import numpy as np

from ..errors import BadInput, shown
from ..numbers.limits import require_memory
from ..numbers.probabilities import Probabilities, number, whole
from ..spec.draws import Spec
from ..spec.table import Length, Number, Vocab
from ..traits import decides
from .base import Language
from .hidden_markov import HMM
from .kind import LanguageTable, fewer_tokens, shorter

__all__ = ["is_shifted_pair", "shifted_pair"]

BYTES_A_TRANSITION = 1000
"""Of a transition matrix while it is built from Python numbers."""

ROUNDED = 8 * 2.0**-53
"""Floating entries this close are equal: each is at most 1, and within four roundings of the one that is meant."""


def shifted_pair(vocab: int, flip: Any, length: int) -> HMM:
    """ShiftedPair: blocks ``(a, a + S_b + B mod V)``, a uniform, B a fair bit, ``S_b`` a hidden two-state chain.

    The chain starts uniform and flips between blocks with probability ``flip``. A hidden state is S, the symbol shown,
    and whether it is the first or the second of its block: 4V in all.
    """
    V = whole(vocab, "vocab", 1)
    if whole(length, "length", 1) % 2:
        raise BadInput("length", f"found {shown(length)}; an even number is accepted")
    require_memory(BYTES_A_TRANSITION * (4 * V) ** 2, f"the hidden chain of {shown(4 * V)} states")
    f = number(flip, "flip")
    if not 0 < f < 1:
        raise BadInput("flip", f"found {shown(f)}; a number strictly between 0 and 1 is accepted")
    first = np.arange(2 * V).reshape(2, V)
    second = first + 2 * V
    one = type(f)(1)
    initial: list[Fraction | float] = [0 * one] * (4 * V)
    transition = [[0 * one] * (4 * V) for _ in range(4 * V)]
    emission = [[0] * V for _ in range(4 * V)]
    for s, a in itertools.product(range(2), range(V)):
        initial[first[s, a]] = one / (2 * V)
        for bit in range(2):
            transition[first[s, a]][second[s, (a + s + bit) % V]] += one / 2
        for following in range(2):
            probability = f if following != s else 1 - f
            for b in range(V):
                transition[second[s, a]][first[following, b]] = probability / V
        emission[first[s, a]][a] = emission[second[s, a]][a] = 1
    return HMM(length, initial, transition, emission)


@decides("ShiftedPairLanguage", "language")
def is_shifted_pair(language: Language) -> bool:
    """Whether the hidden chain is the one of :func:`shifted_pair` with some probability of flipping."""
    V, L = language.vocab, language.length
    if not isinstance(language, HMM) or V < 3 or L % 2 or language.states != 4 * V:
        return False
    numbers = language.transition.fractions if language.transition.rational else language.transition.values
    flip = V * numbers[2 * V][V]
    if not 0 < flip < 1:
        return False
    named = shifted_pair(V, flip, L)
    return all(
        _same(one, other)
        for one, other in zip(
            (language.initial, language.transition, language.emission),
            (named.initial, named.transition, named.emission),
            strict=True,
        )
    )


def _same(one: Probabilities, other: Probabilities) -> bool:
    """Whether two laws are equal, floating ones up to their roundings."""
    if one.rational and other.rational:
        return bool((one.fractions == other.fractions).all())
    return bool((np.abs(one.values - other.values) <= ROUNDED).all())


class ShiftedPairTable(LanguageTable):
    kind: Literal["shifted-pair"]
    vocab: Vocab
    flip: Number
    length: Length
    makes: ClassVar[Callable[..., Language]] = shifted_pair

    @classmethod
    def examples(cls, vocab: int, length: int) -> Iterator[Spec]:
        if vocab > 2 and length % 2 == 0:
            yield {"kind": "shifted-pair", "vocab": vocab, "flip": "1/4", "length": length}

    @classmethod
    def smaller(cls, language: Spec) -> Iterator[tuple[Spec, list[int]]]:
        yield from shorter(language, by=2)
        yield from fewer_tokens(language)
