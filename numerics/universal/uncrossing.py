"""Proofs without a linear programme: two sets that cross are replaced by their union and what they share.

``H(X_A) + H(X_B) - H(X_{A u B}) - H(X_{A n B})`` is a mutual information, never negative. If the union or what is
shared is a set whose entropy is subtracted, or comes nearer to one, that is a step towards a sum from which nothing is
subtracted any more. Not every true inequality is reached so; what is reached has a proof.
"""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

__all__ = ["Elemental", "uncrossed"]

MOST_SETS, MOST_STEPS = 40, 200

Elemental = tuple[int, ...]
"""``(i,)`` for ``H(X_i | the others)``, ``(i, j, K)`` for ``I(X_i; X_j | X_K)``, K the bits of a set."""


def uncrossed(form: Mapping[int, Fraction], length: int) -> dict[Elemental, Fraction] | None:
    """Elemental inequalities that add up to a combination of entropies, and how often each; None if none are found.

    >>> uncrossed({0b01: Fraction(1), 0b10: Fraction(1), 0b11: Fraction(-1)}, 2)
    {(0, 1, 0): Fraction(1, 1)}
    """
    if len(form) > MOST_SETS:
        return None
    scale = math.lcm(*(c.denominator for c in form.values()))
    left = {chosen: c.numerator * (scale // c.denominator) for chosen, c in form.items()}
    found: Counter[Elemental] = Counter()
    for _ in range(MOST_STEPS):
        added, subtracted = ([s for s, c in left.items() if sign * c > 0] for sign in (1, -1))
        if not subtracted:
            for chosen in added:
                _count(found, _entropy(chosen, 0, length), left[chosen])
            return {elemental: Fraction(c, scale) for elemental, c in found.items()}
        pair = _crossing(added, subtracted)
        if pair is not None:
            one, other = pair
            ends = [s for s in (one | other, one & other) if s]
            times = min(left[one], left[other], *(-left[s] for s in ends if left.get(s, 0) < 0))
            _count(found, _information(one & ~other, other & ~one, one & other), times)
            left[other] -= times
        else:
            nested = next(((s, t) for t in subtracted for s in added if s & t == t), None)
            if nested is None:
                return None
            one, inner = nested
            ends, times = [inner], min(left[one], -left[inner])
            _count(found, _entropy(one, inner, length), times)
        left[one] -= times
        for s in ends:
            left[s] = left.get(s, 0) + times
    return None


def _crossing(added: Sequence[int], subtracted: Sequence[int]) -> tuple[int, int] | None:
    """Of pairs of which neither holds the other, the one that comes nearest to what is subtracted."""
    pairs = [(s, t) for s, t in itertools.combinations(added, 2) if s & t != s and s & t != t]
    wanted = set(subtracted)
    direct = [(s, t) for s, t in pairs if s | t in wanted or s & t in wanted]
    if direct:
        wanted.add(0)
        return next(((s, t) for s, t in direct if s | t in wanted and s & t in wanted), direct[0])
    near = [
        (distance.bit_count(), s, t)
        for s, t in pairs
        for u in subtracted
        for distance, within in ((u ^ (s | t), (s | t) & ~u), (u ^ (s & t), u & ~s | u & ~t))
        if not within
    ]
    return min(near)[1:] if near else None


def _count(found: Counter[Elemental], terms: Iterator[Elemental], times: int) -> None:
    for elemental in terms:
        found[elemental] += times


def _information(one: int, other: int, given: int) -> Iterator[Elemental]:
    """``I(X_one; X_other | X_given)`` by the chain rule."""
    for i in _members(one):
        for j in _members(other):
            yield min(i, j), max(i, j), given | one & ((1 << i) - 1) | other & ((1 << j) - 1)


def _entropy(chosen: int, given: int, length: int) -> Iterator[Elemental]:
    """``H(X_chosen | X_given)``, of which each token's share is what the others leave open and what they tell."""
    for i in _members(chosen & ~given):
        before = given | chosen & ((1 << i) - 1)
        yield (i,)
        yield from _information(1 << i, ~(before | 1 << i) & ((1 << length) - 1), before)


def _members(chosen: int) -> Iterator[int]:
    while chosen:
        low = chosen & -chosen
        yield low.bit_length() - 1
        chosen ^= low
