"""The algebra of schedule polynomials: monomial quasisymmetric functions, and the forms of one polynomial."""

from __future__ import annotations

import itertools
from fractions import Fraction
from math import factorial, prod

import pytest
from by_default import drawn
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Integer, Rational, Symbol, expand

from maskbound.theory import SchedulePolynomial
from maskbound.theory.notation import N
from maskbound.theory.schedule_polynomial import compositions, monomial, multinomial, revealed, weights

VALUES = st.lists(st.fractions(0, 1, max_denominator=5), min_size=1, max_size=4)
SIZES = st.lists(st.integers(1, 3), min_size=1, max_size=4).map(tuple)


def from_definition(c, w) -> Fraction:
    picks = itertools.combinations(w, len(c))
    return sum(
        (prod((x**part for x, part in zip(pick, c, strict=True)), start=Fraction(1)) for pick in picks), Fraction(0)
    )


@settings(max_examples=40)
@given(SIZES, VALUES)
def test_monomials_are_sums_over_increasing_steps(c, w):
    assert SchedulePolynomial(sum(c), {c: 1}).at_weights(w) == Rational(from_definition(c, w))
    assert monomial(c, weights(len(w))).subs(dict(zip(weights(len(w)), w, strict=True))) == Rational(
        from_definition(c, w)
    )


@pytest.mark.parametrize("length", [1, 2, 4])
def test_multinomials_make_the_constant_one(length):
    """``sum_c (L; c) M_c = (sum_k w_k)^L``."""
    assert len(list(compositions(length))) == 2 ** (length - 1)
    one = SchedulePolynomial(length, {c: multinomial(c) for c in compositions(length)})
    assert one.in_weights(3).equals(sum(weights(3)) ** length)
    assert one.in_alpha(3) == 1
    assert one.in_steps() == 1
    assert one.complement().coefficients == {}
    assert all(one.at_sizes(c) == 1 for c in compositions(length))


COEFFICIENTS = st.integers(1, 4).flatmap(
    lambda length: st.fixed_dictionaries({c: st.fractions(0, 2, max_denominator=6) for c in compositions(length)})
)


@drawn(COEFFICIENTS, st.integers(1, 3), few=8, many=25)
def test_all_forms_are_one_polynomial(coefficients, steps):
    length = sum(next(iter(coefficients)))
    found = SchedulePolynomial(length, coefficients)
    a, w = revealed(steps), weights(steps)
    ends = [Integer(0), *a, Integer(1)]
    differences = {w[k]: ends[k + 1] - ends[k] for k in range(steps)}
    assert expand(found.in_weights(steps).subs(differences, simultaneous=True)) == found.in_alpha(steps)
    uniform = [Rational(1, steps)] * steps
    assert found.in_steps().subs(N, steps) == found.at_weights(uniform)
    assert (found + found.complement()).at_weights(uniform) == 1
    symbols = [Symbol(f"x{k}") for k in range(steps)]
    assert expand(found.at_weights(symbols)) == found.in_weights(steps).subs(dict(zip(w, symbols, strict=True)))


def test_empty_steps_change_nothing():
    found = SchedulePolynomial(3, {(1, 2): "1/2", (3,): 1})
    assert found.at_sizes([0, 1, 0, 2]) == found.at_sizes([1, 2]) == Rational(1, 2) / 3
    assert found.at_weights([0, "1/3", 0, "2/3"]) == found.at_weights(["1/3", "2/3"])
    assert found.at_sizes([2, 1]) == 0


def test_what_is_no_polynomial_of_the_length_is_refused():
    with pytest.raises(ValueError, match=r"\(1, 1\) is not a composition of length=3"):
        SchedulePolynomial(3, {(1, 1): 1})
    with pytest.raises(ValueError, match=r"\(3, 0\) is not a composition"):
        SchedulePolynomial(3, {(3, 0): 1})
    found = SchedulePolynomial(3, {(3,): 1})
    with pytest.raises(ValueError, match="no step sizes of length=3"):
        found.at_sizes([1, 1])
    with pytest.raises(ValueError, match="no step sizes of length=3"):
        found.at_sizes([4, -1])
    with pytest.raises(ValueError, match="steps=0"):
        found.in_weights(0)
    with pytest.raises(ValueError, match="lengths 3 and 2 have no sum"):
        found + SchedulePolynomial(2, {(2,): 1})
    with pytest.raises(ValueError, match="at_weights evaluates it without writing it out"):
        SchedulePolynomial(12, {(12,): 1}).in_alpha(12)
    assert SchedulePolynomial(12, {(12,): 1}).at_weights([Rational(1, 12)] * 12) == 12 * Rational(1, 12) ** 12


def test_it_is_printed_as_a_formula():
    found = SchedulePolynomial(3, {(2, 1): "1/2", (3,): factorial(3)})
    assert str(found) == "M(2, 1)/2 + 6*M(3)"
    assert found.latex() == r"6 M_{3} + \frac{M_{2,1}}{2}"
    assert found._repr_latex_() == f"${found.latex()}$"
    assert str(SchedulePolynomial(2, {})) == "0"
