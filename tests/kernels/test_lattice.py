"""The marginal lattice and the policies that visit few of its levels, against rationals."""

from __future__ import annotations

from math import comb

import numpy as np
import pytest
from kernels.arrays import (
    RULES,
    context,
    denoiser_lattice,
    fallback,
    language,
    noisy,
    partial_sequences,
    rare,
    roundings,
    sequence_values,
    shapes,
    table,
    table_depth,
    with_threads,
)
from oracles import denoisers, samplers
from oracles.languages import Marginals

from maskbound.numerics._kernels import lattice


def sizes_of(L: int) -> list[list[int]]:
    return [[L], [1] * L, [0, 1, L - 1], [L - 1, 0, 1]]


def sized_depth(L: int, sizes: list[int], ratio: int) -> int:
    reached, depth = 0, L * (ratio + 1)
    for size in sizes:
        reached += size
        depth += comb(reached, size) + 1
    return depth


@pytest.mark.parametrize(("V", "L"), shapes())
@pytest.mark.parametrize("make", [language, rare])
def test_marginals_are_sums_of_the_table(V, L, make):
    q = make(V, L)
    marginals = Marginals(q)
    m = lattice.marginal_lattice(table(q, V, L), V, L)
    exact = [marginals.probability(context(y)) for y in partial_sequences(V, L)]
    assert roundings(m, exact) <= table_depth(V, L)


def test_the_comparison_can_fail():
    q = language(2, 3)
    exact = [Marginals(q).probability(context(y)) for y in partial_sequences(2, 3)]
    m = lattice.marginal_lattice(table(q, 2, 3), 2, 3)
    assert roundings(m * (1 + 1e-14), exact) > table_depth(2, 3)
    assert roundings(np.where(m == 0, 5e-324, m), exact) == np.inf
    assert roundings(np.where(m == m[m > 0].min(), 0.0, m), exact) == np.inf
    assert roundings(m.reshape(3, 3, 3).transpose(2, 1, 0).copy(), exact) > table_depth(2, 3)


@pytest.mark.parametrize(("V", "L"), shapes())
@pytest.mark.parametrize("rule", RULES)
def test_fixed_sizes(V, L, rule):
    q = language(V, L)
    m = lattice.marginal_lattice(table(q, V, L), V, L)
    denoiser = denoisers.exact(q, V, rule)
    for sizes in sizes_of(L):
        p = lattice.sized_forward(m, None, fallback(q, V, L, rule), sizes, V, L)
        exact = sequence_values(samplers.law(samplers.fixed_size(sizes), V, denoiser), V, L)
        assert roundings(p, exact) <= sized_depth(L, sizes, 2 * table_depth(V, L) + 1)


@pytest.mark.parametrize(("V", "L"), shapes())
def test_fixed_sizes_of_another_denoiser(V, L):
    q = language(V, L)
    denoiser = noisy(q, V)
    D = denoiser_lattice(denoiser, V, L)
    for sizes in sizes_of(L):
        p = lattice.sized_forward(None, D, fallback(q, V, L, "stop"), sizes, V, L)
        exact = sequence_values(samplers.law(samplers.fixed_size(sizes), V, denoiser), V, L)
        assert roundings(p, exact) <= sized_depth(L, sizes, 1)


@pytest.mark.parametrize("sets", [[[0, 1, 2, 3]], [[2], [], [3, 0], [1]], [[0], [1], [2], [3]], [[1, 3], [0, 2]]])
@pytest.mark.parametrize("rule", RULES)
def test_fixed_sets(sets, rule):
    V, L = 2, 4
    q = language(V, L)
    m = lattice.marginal_lattice(table(q, V, L), V, L)
    given = [
        (m, None, denoisers.exact(q, V, rule), 2 * table_depth(V, L) + 1),
        (None, denoiser_lattice(noisy(q, V, rule), V, L), noisy(q, V, rule), 1),
    ]
    for marginals, D, denoiser, ratio in given:
        p = lattice.sets_forward(marginals, D, fallback(q, V, L, rule), sets, V, L)
        exact = sequence_values(samplers.law(samplers.fixed_sets(sets), V, denoiser), V, L)
        assert roundings(p, exact) <= L * (ratio + 1)


def test_other_sizes_other_sets_and_other_rules_are_told_apart():
    V, L = 2, 4
    q = language(V, L, zeros=0.8)
    m = lattice.marginal_lattice(table(q, V, L), V, L)
    uniform = fallback(q, V, L, "uniform")
    law = sequence_values(samplers.law(samplers.fixed_size([2, 2]), V, denoisers.exact(q, V)), V, L)
    assert roundings(lattice.sized_forward(m, None, uniform, [1, 3], V, L), law) > 1e6
    assert roundings(lattice.sized_forward(m, None, np.zeros((L, V)), [2, 2], V, L), law) > 1e6
    law = sequence_values(samplers.law(samplers.fixed_sets([[0, 2], [1, 3]]), V, denoisers.exact(q, V)), V, L)
    assert roundings(lattice.sets_forward(m, None, uniform, [[1, 3], [0, 2]], V, L), law) > 1e6


def test_bits_do_not_depend_on_threads(monkeypatch):
    V, L = 2, 12
    q = np.random.default_rng(3).random(V**L)
    rest = np.full((L, V), 1 / V)

    def marginals():
        return lattice.marginal_lattice(q, V, L)

    m = marginals()
    assert len(m) > lattice.WORTH_THREADS, "else one piece is all of it"
    for compute in (
        marginals,
        lambda: lattice.sized_forward(m, None, rest, [9, 2, 1], V, L),
        lambda: lattice.sets_forward(m, None, rest, [[0, 5], list(range(1, 5)), list(range(6, L))], V, L),
    ):
        assert with_threads(monkeypatch, 1, compute) == with_threads(monkeypatch, 2, compute)


def test_inputs_are_left_alone():
    V, L = 3, 2
    q = table(language(V, L), V, L)
    kept = q.copy()
    q.flags.writeable = False
    m = lattice.marginal_lattice(q, V, L)
    before = m.copy()
    lattice.sized_forward(m, None, np.full((L, V), 1 / V), [1, 1], V, L)
    assert np.array_equal(q, kept)
    assert np.array_equal(m, before)
