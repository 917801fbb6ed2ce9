"""All steps in one pass, against sums over reveal times in rationals."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from math import comb

import numpy as np
import pytest
from kernels.arrays import (
    RULES,
    denoiser_lattice,
    fallback,
    language,
    noisy,
    ordered_partitions,
    rare,
    roundings,
    sequence_values,
    shapes,
    table,
    table_depth,
    with_threads,
)
from oracles import denoisers, samplers

from maskbound.numerics._kernels import lanes, lattice
from maskbound.numerics.numbers.enclosure import gamma


def composition_depth(L: int, ratio: int) -> int:
    return L * (ratio + 1) + 2 ** (L + 1) - 2 - L


def weighted_depth(L: int, ratio: int, steps: int) -> int:
    return composition_depth(L, ratio) + steps + (L + 1) * (L + 2) * 2


def exact_compositions(V: int, L: int, most: int, denoiser) -> list[Fraction]:
    """``c_j(x)`` for j = 1..most, sequence by sequence."""
    times = [ordered_partitions(L, blocks) for blocks in range(1, most + 1)]
    return [
        sum((samplers.sequence_probability(tau, x, denoiser) for tau in some), Fraction(0))
        for x in product(range(V), repeat=L)
        for some in times
    ]


def compositions(m, D, rest, V: int, L: int, most: int) -> np.ndarray:
    """``c_j(x)``, one pass for each j, shape (V^L, most)."""
    return np.stack([lanes.composed_steps(m, D, rest, ways, V, L) for ways in np.eye(most)], axis=1)


def weights(count: int) -> list[Fraction]:
    parts = [1 + (5 * k) % 7 for k in range(count)]
    return [Fraction(part, sum(parts)) for part in parts]


def exact_law(V: int, L: int, step_weights: list[Fraction], denoiser) -> list[Fraction]:
    """Bernoulli law through order patterns, whose probabilities are quasisymmetric monomials of the weights
    (output-law/schedule-polynomial).
    """
    monomial: dict[tuple[int, ...], Fraction] = {(): Fraction(1)}
    for w in step_weights:
        following = dict(monomial)
        for sizes, value in monomial.items():
            for size in range(1, L - sum(sizes) + 1):
                key = (*sizes, size)
                following[key] = following.get(key, Fraction(0)) + value * w**size
        monomial = following
    patterns = [tau for blocks in range(1, L + 1) for tau in ordered_partitions(L, blocks)]
    return [
        sum(
            monomial.get(tuple(tau.count(k) for k in range(max(tau) + 1)), Fraction(0))
            * samplers.sequence_probability(tau, x, denoiser)
            for tau in patterns
        )
        for x in product(range(V), repeat=L)
    ]


def complete(g: np.ndarray, V: int, L: int) -> np.ndarray:
    return lattice.complete_rows(g.copy().reshape(-1, 1), V, L)[:, 0]


@pytest.mark.parametrize(("V", "L"), shapes())
@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("make", [language, rare])
def test_compositions_of_the_exact_denoiser(V, L, rule, make):
    q = make(V, L)
    m = lattice.marginal_lattice(table(q, V, L), V, L)
    exact = exact_compositions(V, L, L, denoisers.exact(q, V, rule))
    C = compositions(m, None, fallback(q, V, L, rule), V, L, L)
    assert roundings(C, exact) <= composition_depth(L, 2 * table_depth(V, L) + 1)


@pytest.mark.parametrize(("V", "L"), shapes())
def test_compositions_of_another_denoiser(V, L):
    q = language(V, L)
    D = denoiser_lattice(noisy(q, V), V, L)
    for most in range(1, L + 1):
        exact = exact_compositions(V, L, most, noisy(q, V))
        C = compositions(None, D, fallback(q, V, L, "stop"), V, L, most)
        assert roundings(C, exact) <= composition_depth(L, 1)


@pytest.mark.parametrize(("V", "L"), shapes())
@pytest.mark.parametrize("steps", [1, 2, 5, 8, 9, 13])
def test_weighted_steps(V, L, steps):
    q = language(V, L)
    m = lattice.marginal_lattice(table(q, V, L), V, L)
    law = exact_law(V, L, weights(steps), denoisers.exact(q, V))
    g = lanes.weighted_steps(m, None, fallback(q, V, L, "uniform"), np.array(weights(steps), dtype=float), V, L)
    assert roundings(complete(g, V, L), law) <= weighted_depth(L, 2 * table_depth(V, L) + 1, steps)


def test_weighted_steps_of_another_denoiser_in_parts():
    V, L, steps = 2, 4, 11
    q = language(V, L)
    D = denoiser_lattice(noisy(q, V), V, L)
    w = np.array(weights(steps), dtype=float)
    law = exact_law(V, L, weights(steps), noisy(q, V))
    for cut in (0, 1, 5, 8, 10):
        g = lanes.weighted_steps(None, D, fallback(q, V, L, "stop"), w[:cut], V, L) if cut else None
        g = lanes.weighted_steps(None, D, fallback(q, V, L, "stop"), w[cut:], V, L, g)
        assert roundings(complete(g, V, L), law) <= weighted_depth(L, 1, steps)


def test_the_oracle_of_this_file_is_the_oracle_of_all():
    """Order patterns and monomials give the law that enumerating reveal times gives."""
    V, L = 2, 3
    denoiser = denoisers.exact(language(V, L), V)
    law = samplers.law(samplers.bernoulli(weights(3), L), V, denoiser)
    assert exact_law(V, L, weights(3), denoiser) == sequence_values(law, V, L)


@pytest.mark.parametrize(("V", "L"), [(1, 4), (2, 4), (3, 3)])
def test_any_split_of_the_digits(monkeypatch, V, L):
    q = language(V, L)
    m = lattice.marginal_lattice(table(q, V, L), V, L)
    rest = fallback(q, V, L, "marginal")
    denoiser = denoisers.exact(q, V, "marginal")
    exact = exact_compositions(V, L, L, denoiser)
    law = exact_law(V, L, weights(9), denoiser)
    ratio = 2 * table_depth(V, L) + 1
    for low in range(1, L + 1):
        for top in range(L - low + 1):
            monkeypatch.setattr(lanes, "digit_split", lambda V, L, split=(top, low): split)
            C = compositions(m, None, rest, V, L, L)
            assert roundings(C, exact) <= composition_depth(L, ratio)
            g = lanes.weighted_steps(m, None, rest, np.array(weights(9), dtype=float), V, L)
            assert roundings(complete(g, V, L), law) <= weighted_depth(L, ratio, 9)


def test_wrong_lanes_are_told_apart():
    V, L = 2, 3
    q = language(V, L, zeros=0.4)
    m = lattice.marginal_lattice(table(q, V, L), V, L)
    uniform = fallback(q, V, L, "uniform")
    exact = exact_compositions(V, L, L, denoisers.exact(q, V))
    C = compositions(m, None, uniform, V, L, L)
    assert roundings(C[:, [0, 2, 1]].copy(), exact) > 1e6
    assert roundings(C * (1 + 1e-13), exact) > composition_depth(L, 2 * table_depth(V, L) + 1)
    assert roundings(compositions(m, None, np.zeros((L, V)), V, L, L), exact) > 1e6
    law = exact_law(V, L, weights(3), denoisers.exact(q, V))
    g = lanes.weighted_steps(m, None, uniform, np.array(weights(3)[::-1], dtype=float), V, L)
    assert roundings(complete(g, V, L), law) > 1e6


def test_uniform_steps_from_compositions_and_from_weights():
    V, L, N = 3, 3, 5
    q = language(V, L)
    m = lattice.marginal_lattice(table(q, V, L), V, L)
    denoiser = denoisers.exact(q, V)
    law = sequence_values(samplers.law(samplers.uniform_steps(N, L), V, denoiser), V, L)
    uniform = fallback(q, V, L, "uniform")
    p = lanes.composed_steps(m, None, uniform, np.array([5.0, 10.0, 10.0]) / 125.0, V, L)
    ratio = 2 * table_depth(V, L) + 1
    assert roundings(p, law) <= composition_depth(L, ratio) + 1
    g = lanes.weighted_steps(m, None, uniform, np.full(N, 0.2), V, L)
    assert roundings(complete(g, V, L), law) <= weighted_depth(L, ratio, N)


@pytest.mark.parametrize(("L", "most"), [(9, 9), (9, 8), (9, 5), (7, 4), (6, 6)])
def test_as_many_lanes_as_masks(monkeypatch, L, most):
    """One token: ``c_j`` is the number of ordered partitions into j blocks, whatever the split."""
    numbers = [
        Fraction(sum((-1) ** k * comb(blocks, k) * (blocks - k) ** L for k in range(blocks)))
        for blocks in range(1, most + 1)
    ]
    m, rest = np.ones(2**L), np.ones((L, 1))
    for low in range(1, L + 1):
        for top in range(min(L - low, 3) + 1):
            monkeypatch.setattr(lanes, "digit_split", lambda V, L, split=(top, low): split)
            assert compositions(m, None, rest, 1, L, most)[0].tolist() == numbers
            assert lanes.composed_steps(m, None, rest, np.arange(1.0, most + 1), 1, L)[0] == sum(
                k * number for k, number in enumerate(numbers, 1)
            )


@pytest.mark.parametrize(("V", "L", "N"), [(2, 7, 9), (2, 7, 6), (3, 5, 5)])
def test_both_recursions_at_uniform_steps(monkeypatch, V, L, N):
    q = np.random.default_rng(5).random(V**L)
    m = lattice.marginal_lattice(q / q.sum(), V, L)
    rest = np.full((L, V), 1 / V)
    ways = np.array([comb(N, j) / N**L for j in range(1, min(N, L) + 1)])
    ratio = 2 * table_depth(V, L) + 1
    apart = gamma(composition_depth(L, ratio) + 1) + gamma(weighted_depth(L, ratio, N))
    for low in range(1, L + 1):
        top = min(2, L - low)
        monkeypatch.setattr(lanes, "digit_split", lambda V, L, split=(top, low): split)
        p = lanes.composed_steps(m, None, rest, ways, V, L)
        g = complete(lanes.weighted_steps(m, None, rest, np.full(N, 1 / N), V, L), V, L)
        assert np.max(np.abs(p / g - 1)) <= apart
        assert np.max(np.abs(p * (1 + 3 * apart) / g - 1)) > apart


def test_the_smallest_weights_allowed():
    """``L (1 - log2 min w) <= 1000``: powers and sums stay in range, and the rare order is not lost."""
    V, L = 2, 4
    q = language(V, L, zeros=0.0)
    m = lattice.marginal_lattice(table(q, V, L), V, L)
    small = Fraction(1, 2**249)
    law = exact_law(V, L, [small, 1 - small], denoisers.exact(q, V))
    g = lanes.weighted_steps(m, None, fallback(q, V, L, "stop"), np.array([2.0**-249, 1.0]), V, L)
    assert roundings(complete(g, V, L), law) <= weighted_depth(L, 2 * table_depth(V, L) + 1, 2)
    assert np.isfinite(g).all()


@pytest.mark.parametrize(("V", "L"), [(1, 13), (2, 9), (4, 6), (16, 4)])
def test_bits_do_not_depend_on_threads(monkeypatch, V, L):
    assert lanes.digit_split(V, L)[0] > 0, "else there is one unit of work"
    q = np.random.default_rng(3).random(V**L)
    m = lattice.marginal_lattice(q / q.sum(), V, L)
    rest = np.full((L, V), 1 / V)
    for compute in (
        lambda: lanes.composed_steps(m, None, rest, np.array([0.5, 0.25, 0.125]), V, L),
        lambda: lanes.weighted_steps(m, None, rest, np.array([0.25, 0.5, 0.25]), V, L),
    ):
        assert with_threads(monkeypatch, 1, compute) == with_threads(monkeypatch, 2, compute)


@pytest.mark.parametrize("V", [1, 2, 3, 4, 8, 16, 27, 64, 300])
@pytest.mark.parametrize("L", [1, 2, 3, 5, 9, 14])
def test_splits_leave_no_digit_out(V, L):
    top, low = lanes.digit_split(V, L)
    assert 0 <= top <= L - low
    assert 1 <= low <= L
