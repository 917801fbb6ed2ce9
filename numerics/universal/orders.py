"""Policies as laws on orders of sets, and quantities as combinations of entropies of sets of positions.

A set of positions is a whole number, bit i for position i; a combination maps sets to coefficients.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction

from ..errors import BeyondReach
from ..policies import GivenTimes, Policy
from .linear import CONSTANT, Form, Number
from .mixture import Mixture

__all__ = ["LOG_V", "Combination", "Orders", "combination", "combined", "functional", "orders_of"]

LOG_V = -1
"""In the place of a set: the logarithm of the size of the vocabulary."""

MOST_ORDERS = 5000

Combination = dict[int, Number]

Orders = tuple[tuple[Fraction, tuple[int, ...]], ...]
"""Probabilities and the sets of the steps."""


def orders_of(policy: Policy | Mixture, length: int) -> Orders:
    """The law of the order in which sets of positions are revealed.

    Raises
    ------
    BeyondReach
        When there are too many orders, or they depend on the tokens.
    """
    if isinstance(policy, Mixture):
        found = [
            (probability * own, sets) for probability, part in policy.parts for own, sets in orders_of(part, length)
        ]
        return tuple((probability, sets) for probability, sets in found if probability)
    if not policy.oblivious:
        raise BeyondReach("the order depends on the tokens")
    if policy.irrational:
        raise BeyondReach(f"{policy.irrational}, and rational ones are needed")
    law: defaultdict[tuple[int, ...], Fraction] = defaultdict(Fraction)
    for probability, times in GivenTimes.of(policy).parts:
        for sets, share in _orders_of_times(times, length).items():
            law[sets] += probability * share
    return tuple((probability, sets) for sets, probability in law.items())


def _orders_of_times(times: GivenTimes, length: int) -> Mapping[tuple[int, ...], Fraction]:
    """The law of the sets of a policy whose next step depends on the past through what is masked only."""
    law: Mapping[tuple[int, ...], Fraction] = {(): Fraction(1)}
    for step in range(1, times.steps + 1):
        following: defaultdict[tuple[int, ...], Fraction] = defaultdict(Fraction)
        for sets, probability in law.items():
            masked = tuple(i for i in range(length) if not sum(sets) >> i & 1)
            for share, chosen in times.choices(step, masked):
                following[(*sets, _bits(chosen)) if chosen else sets] += probability * share
                if len(following) > MOST_ORDERS:
                    raise BeyondReach(f"{times.steps} steps at length {length} have more than {MOST_ORDERS} orders")
        law = following
    return law


def _bits(chosen: Iterable[int]) -> int:
    return sum(1 << i for i in chosen)


def combined(parts: Iterable[tuple[Number, Mapping[int, Number]]]) -> Combination:
    """A sum of multiples; the entropy of nothing, the set 0, is 0."""
    found: Combination = {}
    for factor, part in parts:
        for chosen, c in part.items():
            term = c if factor == 1 else factor * c
            found[chosen] = found[chosen] + term if chosen in found else term
    return {chosen: c for chosen, c in found.items() if chosen and c != 0}


def _of_profile(L: int, weight: Callable[[int], Fraction]) -> Combination:
    """``sum_j weight(j) z(j)``: of every set R and every other position, ``H(X_i | X_R)`` over their number."""
    scale = [weight(j) / math.comb(L - 1, j) for j in range(L)]
    found: Combination = {}
    for chosen in range(1, 1 << L):
        size = chosen.bit_count()
        c = size * scale[size - 1] - ((L - size) * scale[size] if size < L else 0)
        if c:
            found[chosen] = c
    return found


def _path_kl(orders: Orders, L: int) -> Combination:
    parts: list[tuple[Number, Mapping[int, Number]]] = [(Fraction(-1), {(1 << L) - 1: Fraction(1)})]
    for probability, sets in orders:
        before = 0
        for chosen in sets:
            for i in range(L):
                if chosen >> i & 1:
                    parts.append((probability, {before | 1 << i: Fraction(1), before: Fraction(-1)}))
            before |= chosen
    return combined(parts)


def functional(name: str, policies: Sequence[Orders], L: int) -> Combination:
    """A quantity as a combination of entropies.

    Raises
    ------
    BeyondReach
        When it is none that is known here.
    """
    everything = (1 << L) - 1
    each: Combination = {1 << i: Fraction(1) for i in range(L)}
    last = combined([(Fraction(L), {everything: Fraction(1)}), *((-1, {everything ^ s: Fraction(1)}) for s in each)])
    whole: Combination = {everything: Fraction(1)}
    if name == "log V":
        return {LOG_V: Fraction(1)}
    if name in ("entropy", "curve_area", "profile_area"):
        return whole
    if name == "log_ter_language":
        return {everything: Fraction(1, L)}
    if name == "profile_start":
        return each
    if name == "profile_end":
        return last
    if name == "total_correlation":
        return combined([(Fraction(1), each), (Fraction(-1), whole)])
    if name == "dual_total_correlation":
        return combined([(Fraction(1), whole), (Fraction(-1), last)])
    if name == "odds_weighted_slope":
        return _of_profile(L, lambda j: Fraction(L + 1 - 2 * (j + 1), L * (L + 1)))
    if name == "curve_midpoint_excess":
        half = Fraction(1, 2)
        return _of_profile(L, lambda j: math.comb(L - 1, j) * half ** (L - 1) - half * (j == 0) - half * (j == L - 1))
    if name.startswith("increase "):
        j = int(name.split()[1])
        return _of_profile(L, lambda k: Fraction((k == j + 1) - (k == j)))
    plain = name.removesuffix("@2")
    if plain == "path_kl":
        return _path_kl(policies[1 if name.endswith("@2") else 0], L)
    raise BeyondReach(f"{name} is not known as a combination of entropies of sets")


def combination(form: Form, policies: Sequence[Orders], L: int) -> tuple[Combination, Number]:
    """A form as a combination of entropies, and what is added."""
    parts = [(c, functional(name, policies, L)) for name, c in form.items() if name != CONSTANT and c != 0]
    return combined(parts), form.get(CONSTANT, Fraction(0))
