"""The output law as a polynomial in the schedule is the output law, in exact rationals."""

from __future__ import annotations

import itertools
from fractions import Fraction

import pytest
from by_default import drawn
from grid import cases, rows
from hypothesis import assume
from hypothesis import strategies as st
from oracles.samplers import sequence_probability
from sympy import Rational, Symbol, solve, symbols

from maskbound.numerics import Instance, denoisers, languages, policies
from maskbound.numerics.engines import compositions, rational
from maskbound.numerics.engines.workspace import Workspace
from maskbound.numerics.errors import BadInput, BeyondReach
from maskbound.numerics.planning import output_polynomials
from maskbound.theory.notation import N
from maskbound.theory.schedule_polynomial import compositions as all_compositions

NOBODY = policies.Bernoulli(1)


def law_of(instance, policy) -> list[Fraction]:
    found = rational.law(Workspace(Instance(instance.language, policy, instance.denoiser, instance.off_support)))
    return [Fraction(int(p.p), int(p.q)) for p in found.p]


def as_fraction(number) -> Fraction:
    return Fraction(int(number.p), int(number.q))


def sequences(instance):
    return itertools.product(range(instance.vocab), repeat=instance.length)


@drawn(cases(), st.integers(1, 4).flatmap(rows), st.data(), few=12, many=60)
def test_it_agrees_with_the_engine_at_any_schedule(case, weights, data):
    """Whatever the language, the denoiser and the rule off the support: Bernoulli and fixed-size, without tolerance."""
    instance = case.instance
    assume(compositions.obstacle(instance) is None and instance.off_support_scope != "local")
    found = output_polynomials(instance)
    sizes = data.draw(st.sampled_from(list(all_compositions(instance.length))))
    by_weights = law_of(instance, policies.Bernoulli(weights=weights))
    by_sizes = law_of(instance, policies.FixedSize([0, *sizes]))
    for x, p, p_of_sizes in zip(sequences(instance), by_weights, by_sizes, strict=True):
        assert as_fraction(found.p(x).at_weights(weights)) == p
        assert as_fraction(found.p(x).at_sizes([0, *sizes])) == p_of_sizes


@drawn(cases(kinds=("tabular", "markov")), few=10, many=40)
def test_coefficients_are_sums_over_ordered_partitions(case):
    """``C_c(x)`` from the definition, by the oracle's sampler."""
    instance = case.instance
    assume(compositions.obstacle(instance) is None and instance.off_support_scope != "local" and instance.length <= 3)
    found = output_polynomials(instance)
    for x in sequences(instance):
        sums: dict[tuple[int, ...], Fraction] = {}
        for tau in itertools.product(range(instance.length), repeat=instance.length):
            sizes = tuple(tau.count(k) for k in range(max(tau) + 1))
            if all(sizes):
                sums[sizes] = sums.get(sizes, Fraction(0)) + sequence_probability(tau, x, case.denoiser)
        expected = {c: value for c, value in sums.items() if value}
        assert {c: as_fraction(value) for c, value in found.p(x).coefficients.items()} == expected


PARITY = Instance(languages.parity(3), NOBODY)


def test_it_is_a_polynomial_that_sympy_can_differentiate():
    """Parity, two steps: the best first fraction is a root of the derivative (known-answers.md)."""
    ser = output_polynomials(PARITY).ser
    a1 = Symbol("a1")
    assert ser.in_alpha(2).equals((1 - 3 * (1 - a1) * a1**2) / 2)
    assert solve(ser.in_alpha(2).diff(a1)) == [0, Rational(2, 3)]
    w1, w2 = symbols("w1 w2")
    assert ser.in_weights(2).subs({w1: a1, w2: 1 - a1}).equals(ser.in_alpha(2))


def test_uniform_steps_of_every_number_come_from_one_expression():
    instance = Instance(languages.markov(["1/3", "2/3"], [["1/4", "3/4"], [1, 0]], 4), NOBODY)
    found = output_polynomials(instance)
    for steps in (1, 2, 5):
        law = law_of(instance, policies.Bernoulli(steps))
        for x, p in zip(sequences(instance), law, strict=True):
            assert as_fraction(found.p(x).in_steps().subs(N, steps)) == p


def test_what_is_written_correctly_and_what_is_not_add_up():
    found = output_polynomials(Instance(languages.pair(2, 4), NOBODY, off_support="stop"))
    weights = ["1/2", "1/3", "1/6"]
    correct, wrong = found.correct.at_weights(weights), found.ser.at_weights(weights)
    assert correct + wrong == 1
    # Under the rule stop some sequences are abandoned: they count as wrong and are never written.
    off = [found.p(x) for x in sequences(found.instance) if x[::2] != x[1::2]]
    assert sum(p.at_weights(weights) for p in off) < wrong


def test_what_has_no_polynomial_is_refused():
    floating = Instance(languages.markov([0.5, 0.5], [[0.9, 0.1], [0.1, 0.9]], 3), NOBODY)
    with pytest.raises(BadInput, match="no polynomial with known coefficients: the language has floating"):
        output_polynomials(floating)
    with pytest.raises(BadInput, match="the denoiser's predictions are no rationals"):
        output_polynomials(Instance(languages.parity(3), NOBODY, denoisers.Perturbed("tilt", 0.5, seed=1)))
    with pytest.raises(BeyondReach, match="244140625 source-target pairs"):
        output_polynomials(Instance(languages.parity(12), NOBODY))
    found = output_polynomials(PARITY)
    with pytest.raises(BadInput, match="x: found 2 tokens; 3 are accepted"):
        found.p([0, 1])
    with pytest.raises(BadInput, match=r"x\[1\]: found 2"):
        found.p([0, 2, 0])


def test_a_wrong_coefficient_is_noticed():
    """The agreement above is no accident of the numbers: one coefficient off, and the law is another."""
    found = output_polynomials(PARITY).p([0, 0, 0])
    moved = type(found)(3, {**found.coefficients, (1, 2): found.coefficients[1, 2] + Rational(1, 10**9)})
    assert found.at_weights(["1/2", "1/2"]) != moved.at_weights(["1/2", "1/2"])
    assert found.at_sizes([1, 2]) != moved.at_sizes([1, 2])
    assert found.at_sizes([2, 1]) == moved.at_sizes([2, 1])
