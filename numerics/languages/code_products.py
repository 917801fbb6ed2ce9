"""MDS codes of every rank, and products of them: the languages whose information profiles span all others (M1)."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from typing import ClassVar, Literal

import numpy as np

from ..errors import BadInput, shown
from ..numbers.limits import power, require_memory
from ..numbers.probabilities import Probabilities, whole
from ..spec.table import Count, Length, Wholes
from .base import Language
from .full_table import Tabular
from .kind import LanguageTable

__all__ = ["codewords", "mds_product"]

BYTES_A_TOKEN = 80
"""Of a support while it is built."""


def codewords(rank: int, length: int, field: int) -> Iterator[tuple[int, ...]]:
    """The words of an MDS code: any ``rank`` positions are free and determine the others.

    Values at 0..L-1 of the polynomials of degree below ``rank`` over GF(field), field prime; if ``length = field + 1``,
    the last token is the leading coefficient; of rank 0 or 1, one symbol repeated; of rank L - 1, strings that sum to
    0; of rank L, all strings.
    """
    if rank in (length - 1, length) and rank > 1:
        for chosen in itertools.product(range(field), repeat=rank):
            yield chosen if rank == length else (*chosen, -sum(chosen) % field)
        return
    if rank <= 1:
        yield from ((a,) * length for a in range(field if rank else 1))
        return
    for c in itertools.product(range(field), repeat=rank):
        values = [sum(a * x**k for k, a in enumerate(c)) % field for x in range(min(length, field))]
        yield (*values, *([c[-1]] if length > field else []))


def mds_product(field: int, exponents: Sequence[int], length: int) -> Tabular:
    """Independent MDS codes side by side: ``m_K`` copies of rank K over GF(Q), K = 1, 2, .., Q prime.

    A token is the list of its symbols, the first code most significant: V is Q to the number of codes. Entropies add.
    """
    field, length = whole(field, "field", 2), whole(length, "length", 1)
    counts = [whole(m, f"exponents[{k}]") for k, m in enumerate(exponents)]
    if not any(counts):
        raise BadInput("exponents", "found no code; at least one positive exponent is accepted")
    if len(counts) > length:
        raise BadInput("exponents", f"found {len(counts)} ranks; at most length={shown(length)} are accepted")
    ranks = [K for K, m in enumerate(counts, 1) for _ in range(m)]
    size = power(field, sum(ranks))
    require_memory(size * length * BYTES_A_TOKEN, f"a support of {shown(size)} sequences")
    if any(field % d == 0 for d in range(2, math.isqrt(field) + 1)):
        raise BadInput("field", f"found {field}; a prime is accepted")
    if field < length - 1 and any(1 < K < length - 1 for K in ranks):
        raise BadInput("field", f"found {field}; a prime of at least length - 1 = {length - 1} is accepted")
    words = np.zeros((1, length), dtype=np.int64)
    for K in ranks:
        code = np.array(list(codewords(K, length, field)), dtype=np.int64)
        words = (words[:, None, :] * field + code[None, :, :]).reshape(-1, length)
    weights = np.ones(len(words), dtype=np.int64)
    return Tabular(field ** len(ranks), length, words, Probabilities.from_weights(weights))


class MDSProductTable(LanguageTable):
    """``exponents``: how many codes of rank 1, 2, .."""

    kind: Literal["mds-product"]
    field: Count
    exponents: Wholes
    length: Length
    makes: ClassVar[Callable[..., Language]] = mds_product
