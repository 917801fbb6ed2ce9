"""Linear codes with every codeword equally likely: Parity and MDS codes."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator
from typing import ClassVar, Literal

import numpy as np

from ..errors import BadInput, shown
from ..numbers.lattice import sequence_rows
from ..numbers.limits import power
from ..numbers.probabilities import whole
from ..spec.draws import Spec
from ..spec.table import Count, Length
from ..traits import decides
from .base import Language
from .block_product import Blocks
from .full_table import Tabular, is_uniform_on, require_support
from .kind import LanguageTable, shorter
from .linear_code import reed_solomon

__all__ = ["is_mds", "is_parity", "mds", "parity"]

LARGEST_TABLE = 1 << 26
"""Tokens of a table of codewords."""

MOST_CHOICES = 5000
"""Sets of positions on which a code is looked at before it is no longer called MDS."""


def parity(length: int) -> Tabular:
    """Uniform on the binary strings of even weight."""
    length = whole(length, "length", 1)
    require_support(power(2, length), length)
    strings = sequence_rows(0, 2**length, 2, length)
    return Tabular.uniform(2, strings[strings.sum(axis=1) % 2 == 0])


@decides("ParityLanguage", "language")
def is_parity(language: Language) -> bool:
    if isinstance(language, Blocks) and language.count == 1:
        return is_parity(language.block)
    if language.vocab != 2 or not is_uniform_on(language, 1 << (language.length - 1)):
        return False
    return bool((language.support.sum(axis=1) % 2 == 0).all())


def mds(field: int, dimension: int, length: int) -> Language:
    """MDS(Q, K): uniform on the values at 0..L-1 of all polynomials of degree below K over GF(Q), Q prime.

    Any K positions are free and determine the rest (a Reed-Solomon code). What does not fit into memory as a table is
    given by its generator matrix.
    """
    field, length = whole(field, "field", 2), whole(length, "length", 1)
    dimension = whole(dimension, "dimension", 1)
    if field < length:
        raise BadInput("field", f"found {shown(field)}; a prime of at least length={shown(length)} is accepted")
    if dimension > length:
        raise BadInput("dimension", f"found {shown(dimension)}; at most length={shown(length)} is accepted")
    if power(field, dimension) * length > LARGEST_TABLE:
        return reed_solomon(field, dimension, length)
    if any(field % d == 0 for d in range(2, math.isqrt(field) + 1)):
        raise BadInput("field", f"found {field}; a prime is accepted")
    coefficients = sequence_rows(0, field**dimension, field, dimension)
    powers = np.array([[pow(point, k, field) for point in range(length)] for k in range(dimension)])
    return Tabular.uniform(field, coefficients @ powers % field)


@decides("MDSLanguage", "language")
def is_mds(language: Language) -> bool:
    """Every K positions of the support hold every tuple once; K is told by its size."""
    V, L = language.vocab, language.length
    if not isinstance(language, Tabular) or not is_uniform_on(language, len(language.support)):
        return False
    rank = next((K for K in range(L + 1) if len(language.support) <= V**K), 0)
    if V == 1 or V**rank != len(language.support) or math.comb(L, rank) > MOST_CHOICES:
        return False
    return all(
        len(np.unique(language.support[:, list(chosen)], axis=0)) == V**rank
        for chosen in itertools.combinations(range(L), rank)
    )


class ParityTable(LanguageTable):
    kind: Literal["parity"]
    length: Length
    makes: ClassVar[Callable[..., Language]] = parity

    @classmethod
    def examples(cls, vocab: int, length: int) -> Iterator[Spec]:
        if vocab == 2 and length > 1:
            yield {"kind": "parity", "length": length}


class MDSTable(LanguageTable):
    kind: Literal["mds"]
    field: Count
    dimension: Count
    length: Length
    makes: ClassVar[Callable[..., Language]] = mds

    @classmethod
    def examples(cls, vocab: int, length: int) -> Iterator[Spec]:
        if vocab in (2, 3, 5, 7) and vocab >= length:
            for dimension in range(1, length):
                yield {"kind": "mds", "field": vocab, "dimension": dimension, "length": length}

    @classmethod
    def smaller(cls, language: Spec) -> Iterator[tuple[Spec, list[int]]]:
        yield from shorter(language)
        yield from (({**language, "field": prime}, []) for prime in (2, 3, 5) if prime < language["field"])
        yield {**language, "dimension": language["dimension"] - 1}, []
