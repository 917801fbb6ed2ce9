"""Languages that span or nearly span: MDS codes, products of them, and binary languages that come close to each."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from ..errors import BeyondReach
from ..languages.code_products import codewords

__all__ = ["code", "field_of", "product_of_codes", "rare_ones"]

MOST_WORDS = 50_000
"""Sequences of a support that is written into a file."""


def field_of(rank: int, length: int, least: int = 2) -> int:
    """The least prime over which an MDS code of this rank and length is built here."""
    if rank not in (0, 1, length - 1, length):
        least = max(least, length - 1)
    return next(q for q in itertools.count(least) if all(q % d for d in range(2, math.isqrt(q) + 1)))


def code(rank: int, length: int, field: int | None = None) -> dict[str, Any]:
    """The ``[language]`` table of an MDS code, over the least field by default."""
    q = field or field_of(rank, length)
    if rank == 0:
        return {"kind": "tabular", "vocab": q, "length": length, "support": [[[0] * length, "1"]]}
    if rank == length:
        return {"kind": "iid", "probabilities": [f"1/{q}"] * q, "length": length}
    if rank == 1:
        return {"kind": "copy", "vocab": q, "copies": length, "length": length}
    if rank == length - 1 and q == 2:
        return {"kind": "parity", "length": length}
    if q**rank > MOST_WORDS and q < length:
        q = field_of(rank, length, length)
    if q >= length and (rank < length - 1 or q**rank > MOST_WORDS):
        return {"kind": "mds", "field": q, "dimension": rank, "length": length}
    return _uniform(q, length, codewords(rank, length, q), q**rank)


def product_of_codes(exponents: Mapping[int, int], length: int, field: int | None = None) -> dict[str, Any]:
    """Independent codes of several ranks side by side, token by token; exponents count copies of each.

    Raises
    ------
    BeyondReach
        When the support is too large to be written out.
    """
    if sum(exponents.values()) == 1:
        return code(next(K for K, m in exponents.items() if m), length, field)
    parts = [(K, field or field_of(K, length)) for K, m in exponents.items() for _ in range(m)]
    size = math.prod(q**K for K, q in parts)
    if size > MOST_WORDS:
        raise BeyondReach(f"the product of codes has {size} sequences")
    combined = (
        tuple(_digits(tokens, [q for _, q in parts]) for tokens in zip(*chosen, strict=True))
        for chosen in itertools.product(*(list(codewords(K, length, q)) for K, q in parts))
    )
    return _uniform(math.prod(q for _, q in parts), length, combined, size)


def _digits(tokens: tuple[int, ...], bases: list[int]) -> int:
    value = 0
    for token, base in zip(tokens, bases, strict=True):
        value = value * base + token
    return value


def _uniform(vocab: int, length: int, support: Iterator[tuple[int, ...]], size: int) -> dict[str, Any]:
    if size > MOST_WORDS:
        raise BeyondReach(f"a support of {size} sequences is not written out")
    return {
        "kind": "tabular",
        "vocab": vocab,
        "length": length,
        "support": [[list(word), f"1/{size}" if size > 1 else "1"] for word in support],
    }


def rare_ones(rank: int, length: int, eps: Fraction) -> dict[str, Any]:
    """A binary language whose information profile falls, but for a share of order 1/log(1/eps), as that of ``MDS_K``.

    Any set T of positions is all ones with probability ``eps^min(|T|, K)``: any K tokens are independent, and one more
    is determined by K ones. Probabilities by inclusion and exclusion; positive for small eps.

    Raises
    ------
    BeyondReach
        When eps is too large for that, or the table too long.
    """
    if 2**length > MOST_WORDS:
        raise BeyondReach(f"a table of 2^{length} sequences is not written out")
    ones = [eps ** min(t, rank) for t in range(length + 1)]
    by_weight = [
        sum((-1) ** (t - w) * math.comb(length - w, t - w) * ones[t] for t in range(w, length + 1))
        for w in range(length + 1)
    ]
    if any(probability < 0 for probability in by_weight):
        raise BeyondReach(f"eps = {eps} is too large")
    support = [
        [list(bits), str(by_weight[sum(bits)])]
        for bits in itertools.product((0, 1), repeat=length)
        if by_weight[sum(bits)]
    ]
    return {"kind": "tabular", "vocab": 2, "length": length, "support": support}
