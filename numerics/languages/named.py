"""Languages with known answers (definitions.md#named-languages)."""

from __future__ import annotations

import itertools
import math
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import BadInput, shown
from ..partial import sequence_rows
from ..reach import power, require_memory
from ..types import Probabilities, number, whole
from .blocks import Blocks
from .hmm import HMM
from .ngram import NGram, markov
from .tabular import Tabular

__all__ = ["colouring", "copy", "mds", "pair", "parity", "permutations", "shifted_pair"]

BYTES_A_TOKEN = 40
"""Of a support while it is built: its rows, their copies and their sorting."""

BYTES_A_TRANSITION = 1000
"""Of a transition matrix while it is built from Python numbers."""


def copy(vocab: int, copies: int, length: int) -> Blocks:
    """Copy(V, m): every block repeats one uniform symbol m times."""
    vocab, copies = whole(vocab, "vocab", 1), whole(copies, "copies", 1)
    if whole(length, "length", 1) % copies:
        raise BadInput("length", f"found {shown(length)}; a multiple of the block of {shown(copies)} is accepted")
    _require_support(vocab, copies)
    repeated = np.repeat(np.arange(vocab)[:, None], copies, axis=1)
    return Blocks(_uniform(vocab, repeated), length // copies)


def pair(vocab: int, length: int) -> Blocks:
    """Pair(V), which is Copy(V, 2)."""
    return copy(vocab, 2, length)


def parity(length: int) -> Tabular:
    """Uniform on the binary strings of even weight."""
    length = whole(length, "length", 1)
    _require_support(power(2, length), length)
    strings = sequence_rows(0, 2**length, 2, length)
    return _uniform(2, strings[strings.sum(axis=1) % 2 == 0])


def mds(field: int, dimension: int, length: int) -> Tabular:
    """MDS(Q, K): uniform on the values at 0..L-1 of all polynomials of degree below K over GF(Q), Q prime.

    Any K positions are free and determine the rest (a Reed-Solomon code).
    """
    field, length = whole(field, "field", 2), whole(length, "length", 1)
    dimension = whole(dimension, "dimension", 1)
    if field < length:
        raise BadInput("field", f"found {shown(field)}; a prime of at least length={shown(length)} is accepted")
    if dimension > length:
        raise BadInput("dimension", f"found {shown(dimension)}; at most length={shown(length)} is accepted")
    _require_support(power(field, dimension), length)
    if any(field % d == 0 for d in range(2, math.isqrt(field) + 1)):
        raise BadInput("field", f"found {field}; a prime is accepted")
    coefficients = sequence_rows(0, field**dimension, field, dimension)
    powers = np.array([[pow(point, k, field) for point in range(length)] for k in range(dimension)])
    return _uniform(field, coefficients @ powers % field)


def permutations(length: int) -> Tabular:
    """Uniform on the permutations of ``length`` symbols (V = L)."""
    length = whole(length, "length", 1)
    _require_support(math.factorial(min(length, 100)), length)
    rows = np.zeros((1, 0), dtype=np.int64)
    for symbols in range(1, length + 1):
        rows = np.concatenate([np.insert(rows + (rows >= first), 0, first, axis=1) for first in range(symbols)])
    return _uniform(length, rows)


def colouring(length: int) -> NGram:
    """Uniform on the proper 3-colourings of a path: a stationary chain that never repeats a symbol."""
    return markov(["1/3"] * 3, [[0, "1/2", "1/2"], ["1/2", 0, "1/2"], ["1/2", "1/2", 0]], length)


def shifted_pair(vocab: int, flip: Any, length: int) -> HMM:
    """ShiftedPair: blocks ``(a, a + S_b + B mod V)``, a uniform, B a fair bit, ``S_b`` a hidden two-state chain.

    The chain starts uniform and flips between blocks with chance ``flip``. A hidden state is S, the symbol shown,
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
            chance = f if following != s else 1 - f
            for b in range(V):
                transition[second[s, a]][first[following, b]] = chance / V
        emission[first[s, a]][a] = emission[second[s, a]][a] = 1
    return HMM(length, initial, transition, emission)


def _uniform(vocab: int, support: NDArray[np.integer]) -> Tabular:
    weights = np.ones(len(support), dtype=np.int64)
    return Tabular(vocab, support.shape[1], support, Probabilities.from_weights(weights))


def _require_support(count: int, length: int) -> None:
    require_memory(count * length * BYTES_A_TOKEN, f"a support of {shown(count)} sequences")
