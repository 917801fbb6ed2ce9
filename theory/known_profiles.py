"""Information profiles ``z(0..L-1)`` in closed form (definitions.md#information-profile-and-curve), exact and at any
length: what schedules are planned from.

Formulas. With j other positions revealed at random, a token of MDS(Q, K) is still free while ``j < K`` and determined
from then on; one of Parity while another is masked; one of Copy(V, m) while nothing of its block is revealed, which
has probability ``C(L-m, j) / C(L-1, j)``. So is one of LatentParity, unless something of every other block is revealed,
which inclusion and exclusion count. Independent tokens stay free.
"""

from __future__ import annotations

from math import comb

from sympy import Expr, Integer, Rational, log

from maskbound.theory.exact_numbers import Number, exact

__all__ = ["copy_profile", "latent_parity_profile", "mds_profile", "parity_profile"]

Profile = tuple[Expr, ...]


def mds_profile(field: Number, dimension: int, length: int) -> Profile:
    """MDS(Q, K): ``z(j) = L log Q`` for ``j < K``, and 0 from there on.

    >>> mds_profile(5, 2, 3)
    (3*log(5), 3*log(5), 0)
    """
    if not 0 < dimension <= length:
        raise ValueError(f"dimension={dimension} is not between 1 and the length {length}")
    return (length * log(exact(field)),) * dimension + (Integer(0),) * (length - dimension)


def parity_profile(length: int) -> Profile:
    """Parity, which is MDS(2, L-1); for L = 1 the only token is 0.

    >>> parity_profile(3)
    (3*log(2), 3*log(2), 0)
    """
    return mds_profile(2, length - 1, length) if length > 1 else (Integer(0),)


def copy_profile(vocab: Number, copies: int, length: int) -> Profile:
    """Copy(V, m): ``z(j) = L log V C(L-m, j) / C(L-1, j)``.

    >>> copy_profile(2, 2, 4)
    (4*log(2), 8*log(2)/3, 4*log(2)/3, 0)
    """
    if length % copies:
        raise ValueError(f"length={length} is not a multiple of the block length {copies}")
    entropy = length * log(exact(vocab))
    return tuple(entropy * Rational(comb(length - copies, j), comb(length - 1, j)) for j in range(length))


def latent_parity_profile(bits: int, copies: int) -> Profile:
    """LatentParity: m bits of even sum, each shown c times; ``z(j) = L log 2`` times the probability that j others
    show no copy of the bit, and miss another one, too.

    >>> latent_parity_profile(3, 1)
    (3*log(2), 3*log(2), 0)
    >>> latent_parity_profile(2, 2)
    (4*log(2), 0, 0, 0)
    """
    length, others = bits * copies, bits - 1
    entropy = length * log(Integer(2))
    found = []
    for j in range(length):
        own = comb(length - copies, j)
        all_met = sum((-1) ** i * comb(others, i) * comb(length - copies * (i + 1), j) for i in range(others + 1))
        found.append(entropy * Rational(own - all_met, comb(length - 1, j)))
    return tuple(found)
