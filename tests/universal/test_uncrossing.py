"""Proofs by uncrossing: they add up, what is false has none, and verdicts are those of the linear programme."""

from __future__ import annotations

import itertools
import random
from fractions import Fraction

import pytest

from maskbound.numerics.policies import FixedSets
from maskbound.numerics.universal import prove
from maskbound.numerics.universal.orders import combined, functional, orders_of
from maskbound.numerics.universal.uncrossing import uncrossed


def written_out(elemental: tuple[int, ...], L: int) -> dict[int, Fraction]:
    """An elemental inequality as entropies of sets."""
    if len(elemental) == 1:
        terms = [(1, (1 << L) - 1), (-1, (1 << L) - 1 - (1 << elemental[0]))]
    else:
        i, j, K = elemental
        assert i != j
        assert not K & (1 << i | 1 << j)
        terms = [(1, K | 1 << i), (1, K | 1 << j), (-1, K | 1 << i | 1 << j), (-1, K)]
    return combined((Fraction(c), {chosen: Fraction(1)}) for c, chosen in terms)


def adds_up(form: dict[int, Fraction], L: int) -> bool:
    """Whether there is a proof; it must be one."""
    found = uncrossed(form, L)
    if found is None:
        return False
    assert min(found.values(), default=1) > 0
    assert combined((y, written_out(elemental, L)) for elemental, y in found.items()) == form
    return True


def partitions(L: int):
    for labels in itertools.product(range(L), repeat=L):
        steps = [[i for i in range(L) if labels[i] == k] for k in range(max(labels) + 1)]
        if all(steps):
            yield steps


@pytest.mark.parametrize("L", [2, 3, 4, 5])
def test_path_kl_is_at_most_tc_for_all_given_sets(L):
    for sets in partitions(L):
        orders = [orders_of(FixedSets(sets), L)]
        parts = [
            (c, functional(name, orders, L))
            for c, name in ((Fraction(1), "total_correlation"), (Fraction(-1), "path_kl"))
        ]
        assert adds_up(combined(parts), L)


def test_random_sums_of_inequalities():
    """Many of them are seen through; each proof that is found is one."""
    rng, seen, L = random.Random(4), 0, 4
    bases = [(i, j, K) for i, j in itertools.combinations(range(L), 2) for K in range(1 << L)]
    pool = [(i,) for i in range(L)] + [(i, j, K) for i, j, K in bases if not K & (1 << i | 1 << j)]
    for _ in range(300):
        chosen = rng.sample(pool, rng.randint(1, 6))
        parts = [(Fraction(rng.randint(1, 5), rng.randint(1, 3)), written_out(each, L)) for each in chosen]
        seen += adds_up(combined(parts), L)
        adds_up(combined([*parts, (Fraction(-1, 7), {(1 << L) - 1: Fraction(1)})]), L)
    assert seen > 100


def test_what_is_false_has_no_proof():
    pair = {0b01: Fraction(1), 0b10: Fraction(1), 0b11: Fraction(-1)}
    assert adds_up(pair, 2)
    for extra in (0b01, 0b10, 0b11):
        assert not adds_up(combined([(Fraction(1), pair), (Fraction(-1, 100), {extra: Fraction(1)})]), 2)


CLAIMS = (
    "path_kl <= total_correlation",
    "path_kl <= dual_total_correlation",
    "path_kl <= (total_correlation + dual_total_correlation)/2",
    "path_kl <= 3/2*(total_correlation + dual_total_correlation)",
    "path_kl <= total_correlation + entropy/3",
    "path_kl <= entropy",
)


@pytest.mark.parametrize("sets", [[[0, 1], [2, 3]], [[0], [1, 2]], [[0, 1, 2], [3]], [[3], [1, 4], [0, 2]]])
def test_the_linear_programme_says_the_same(sets, monkeypatch):
    L = sum(map(len, sets))
    at_sight = [prove(text, FixedSets(sets), L, judge=False) for text in CLAIMS]
    monkeypatch.setattr("maskbound.numerics.universal.shannon.uncrossed", lambda form, length: None)
    for text, seen in zip(CLAIMS, at_sight, strict=True):
        found = prove(text, FixedSets(sets), L, judge=False)
        assert (found.verdict, found.constant) == (seen.verdict, seen.constant)
