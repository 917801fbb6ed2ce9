"""Entropies of all subsets, against logarithms at 70 digits."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from kernels.arrays import denoiser_lattice, language, noisy, rare, shapes, table, table_depth, with_threads
from oracles import information
from oracles.languages import Marginals, parity
from oracles.logs import log, log_sum, mp

from maskbound.numerics._kernels import entropies as kernel
from maskbound.numerics._kernels import lattice

U = 2.0**-53


def positions(pattern: int, L: int) -> tuple[int, ...]:
    return tuple(i for i in range(L) if (pattern >> (L - 1 - i)) & 1)


def entropy_error(d: int, most: float) -> float:
    """Rounding of m moves a term by ``(1 + |log m|) d u m``; the log, the product and the sum add 6u of the terms."""
    return ((d + 1) * (1 + most) + 6 * most) * U


def cost_error(d: int, most: float) -> float:
    """A ratio of depth 2d + 1 moves its log by as much; joint (depth d), log, product and sum: d + 6 of the terms."""
    return ((2 * d + 2) + (d + 7) * most) * U


def row_error(d: int, value: float) -> float:
    """``e sum q |p/q - 1| <= 2e`` for conditionals of error ``e = (2d + 2) u``, a row sum off by 2u, 16u of terms."""
    return (2 * (2 * d + 2) + 2 + 16 * (2 + value)) * U


def exact_divergence(q: Marginals, V: int, i: int, R: tuple[int, ...], denoiser) -> tuple:
    """Average and largest ``D(q(.|x_R) || p_theta(.|x_R))`` over possible contexts."""
    average, largest = mp.mpf(0), mp.mpf(0)
    for tokens, probability in q.of(R).items():
        where = dict(zip(R, tokens, strict=True))
        exact = q.conditional(i, where, V)
        given = denoiser(i, where)
        row = log_sum((a, a / b) for a, b in zip(exact, given, strict=True) if a)
        average += row * mp.mpf(probability.numerator) / probability.denominator
        largest = max(largest, row)
    return average, largest


@pytest.mark.parametrize(("V", "L"), shapes())
@pytest.mark.parametrize("make", [language, rare])
def test_subset_entropies(V, L, make):
    q = Marginals(make(V, L))
    H = kernel.entropies(lattice.marginal_lattice(table(q.law, V, L), V, L), V, L)
    assert H.shape == (1 << L,)
    for pattern in range(1 << L):
        exact = information.entropy(q.of(positions(pattern, L)))
        assert abs(H[pattern] - exact) <= entropy_error(table_depth(V, L), float(exact))


@pytest.mark.parametrize(("V", "L"), shapes())
@pytest.mark.parametrize("make", [language, rare])
def test_costs_of_one_more_position(V, L, make):
    q = Marginals(make(V, L))
    denoiser = noisy(q.law, V)
    d = table_depth(V, L)
    m = lattice.marginal_lattice(table(q.law, V, L), V, L)
    entropy, divergence, worst = kernel.conditional_costs(m, V, L, denoiser_lattice(denoiser, V, L))
    largest = mp.mpf(0)
    for pattern in range(1 << L):
        R = positions(pattern, L)
        for i in range(L):
            if i in R:
                assert entropy[pattern, i] == divergence[pattern, i] == 0.0
                continue
            exact = information.conditional_entropy(q, i, R)
            assert abs(entropy[pattern, i] - exact) <= cost_error(d, float(exact))
            average, most = exact_divergence(q, V, i, R, denoiser)
            assert (
                abs(divergence[pattern, i] - average) <= row_error(d, float(most)) * (1 + 4 * d * U) + 4 * d * U * most
            )
            largest = max(largest, most)
    assert abs(worst - largest) <= row_error(d, float(largest))


def test_the_comparisons_can_fail():
    """Reading the bits the other way round, or the entropies 1e-13 off, is seen."""
    V, L = 2, 3
    q = Marginals(language(V, L))
    H = kernel.entropies(lattice.marginal_lattice(table(q.law, V, L), V, L), V, L)
    d = table_depth(V, L)
    first, last = (information.entropy(q.of((i,))) for i in (0, L - 1))
    assert abs(H[1] - last) <= entropy_error(d, float(last))
    assert abs(H[1] - first) > entropy_error(d, float(first))
    assert abs(H[1] + 1e-13 - last) > entropy_error(d, float(last))


def test_the_exact_denoiser_costs_nothing_more():
    V, L = 3, 3
    m = lattice.marginal_lattice(table(language(V, L), V, L), V, L)
    entropy, divergence, worst = kernel.conditional_costs(m, V, L, None)
    assert worst == 0.0
    assert not divergence.any()
    given = kernel.conditional_costs(m, V, L, denoiser_lattice(noisy(language(V, L), V), V, L))
    assert np.array_equal(entropy, given[0])
    assert given[1].any()
    assert given[2] > 0


def test_what_is_certain_costs_exactly_nothing():
    L = 5
    m = lattice.marginal_lattice(table(parity(L), 2, L), 2, L)
    entropy, _, _ = kernel.conditional_costs(m, 2, L, None)
    assert (entropy >= 0).all()
    for i in range(L):
        assert entropy[(1 << L) - 1 - (1 << (L - 1 - i)), i] == 0.0
        assert entropy[0, i] > 0.69


def test_close_rows_do_not_cancel():
    """Two rows 1e-9 apart: the divergence is 2e-18, and no rounding of the sum may hide or negate it."""
    m = lattice.marginal_lattice(np.array([0.5, 0.5]), 2, 1)
    shift = 2.0**-30
    D = np.array([[0.0, 0.5 + shift, 0.5 - shift]])
    _, divergence, worst = kernel.conditional_costs(m, 2, 1, D)
    exact = (log(Fraction(1) / (1 + 2 * Fraction(shift))) + log(Fraction(1) / (1 - 2 * Fraction(shift)))) / 2
    assert divergence[0, 0] == worst
    assert 0 < exact < 1e-17
    assert abs(worst - exact) <= 4 * U * 2 * shift


def test_an_impossible_token_costs_infinitely_much():
    V, L = 2, 2
    m = lattice.marginal_lattice(np.full(4, 0.25), V, L)
    D = np.full((L, 9), 0.5)
    D[1, 1:3] = [0.0, 1.0]
    entropy, divergence, worst = kernel.conditional_costs(m, V, L, D)
    assert worst == math.inf
    assert divergence[0b00, 1] == math.inf
    assert divergence[0b00, 0] == divergence[0b10, 1] == 0.0
    assert entropy[0b00, 1] == pytest.approx(math.log(2), abs=4 * U)
    D[1, 1:3] = 0.5
    assert kernel.conditional_costs(m, V, L, D)[2] == 0.0


def test_sums_of_several_pieces(monkeypatch):
    """``2^13`` contexts are two pieces: the result is the correctly rounded sum within 3u, on any threads."""
    V, L = 2, 13
    q = np.random.default_rng(0).random(V**L)
    q /= q.sum()
    m = lattice.marginal_lattice(q, V, L)
    H = kernel.entropies(m, V, L)
    assert V**L > kernel.PIECE
    full = math.fsum(-p * math.log(p) for p in q)
    assert abs(H[-1] - full) <= 3 * U * full
    for compute in (lambda: kernel.entropies(m, V, L), lambda: kernel.conditional_costs(m, V, L, None)[0]):
        assert with_threads(monkeypatch, 1, compute) == with_threads(monkeypatch, 2, compute)
