"""Statements as objects of algebra: substituted, simplified, expanded, compiled, and solved for whole steps."""

from __future__ import annotations

import doctest
from fractions import Fraction
from math import ceil, exp, log

import numpy as np
import pytest
from sympy import Order, Rational, Symbol, oo
from sympy import log as symbolic_log

from maskbound.theory import claim, exact_numbers, schedule_polynomial, statement, statements, symbols

N, L, V = symbols["N"], symbols["L"], symbols["V"]
TC, DTC, path_kl = symbols["total_correlation"], symbols["dual_total_correlation"], symbols["path_kl"]


def test_values_replace_quantities_by_name_and_by_symbol():
    bound = statements["bernoulli/uniform-rate"]
    by_name = bound.substitute(total_correlation="1/2", dual_total_correlation=Fraction(1, 4))
    assert by_name.rhs == Rational(3, 4) / N
    assert by_name.lhs == path_kl
    assert bound.substitute({TC: "1/2", "dual_total_correlation": 0.25}).rhs == by_name.rhs
    assert statements["refuted/more-steps-lower-ser"].substitute({"ser@2": "1/2"}).lhs == Rational(1, 2)
    assert bound.substitute().rhs == bound.rhs
    with pytest.raises(
        ValueError, match=r"bernoulli/uniform-rate does not use V; it uses N, dual_total_correlation, path_kl"
    ):
        bound.substitute(V=2)


def test_simplification_keeps_the_inequality():
    told = claim("kl <= path_kl * (V**2 - 1) / (V - 1)").simplify()
    assert told.rhs.equals(path_kl * (V + 1))
    assert told.rel_op == "<="


@pytest.mark.parametrize("target", [1, "1/10", 0.01, Fraction(1, 3)])
def test_steps_of_the_uniform_bound_are_a_ceiling(target):
    steps = statements["bernoulli/uniform-rate"].smallest_steps(target, total_correlation=2, dual_total_correlation=1)
    assert steps == ceil(3 / Fraction(str(target)))


def test_steps_where_the_bound_meets_its_target_exactly():
    """L log V / N = log 3 at N = 2L for V = 9: no rounding decides."""
    assert statements["bernoulli/vocabulary-rate"].smallest_steps(symbolic_log(3), V=9, L=50) == 100


def test_steps_of_bounds_that_fall_in_stairs():
    balanced = statements["fixed-size/balanced"]
    known = {"total_correlation": 10, "dual_total_correlation": 2, "L": 64}
    for target in (Rational(1, 2), 1, 5):
        steps = balanced.smallest_steps(target, known)
        scanned = next(k for k in range(1, 65) if Fraction(12 * (-(-64 // k) - 1), 64) <= target)
        assert steps == scanned
    assert balanced.smallest_steps(0, known) == 64


def test_steps_under_a_lower_bound_are_necessary():
    """V = 16, eps = 1/128: SER > 1/2 for N < 0.6706 L (pair/ser-lower)."""
    L_value = 1000
    steps = statements["pair/linear-steps"].smallest_steps(0.5, V=16, L=L_value, eps_learning="1/128")
    assert steps == ceil((1 - 1 / 16 - 1 / 128) * L_value / (2 * log(2)))
    assert 1 - exp(-(1 - 1 / 16 - 1 / 128) * L_value / (2 * (steps - 1))) > 0.5


def test_values_may_depend_on_the_steps():
    """With rho = 1/N for uniform steps the sharp form of the bound asks for one step more or as many."""
    sharp = statements["pair/ser-lower"].smallest_steps(0.5, V=16, L=64, eps_learning=0, collision_probability=1 / N)
    loose = statements["pair/linear-steps"].smallest_steps(0.5, V=16, L=64, eps_learning=0)
    assert loose <= sharp <= loose + 1
    assert (
        statements["bernoulli/max-weight"].smallest_steps(
            1, max_step_weight=1 / N, total_correlation=3, dual_total_correlation=4
        )
        == 7
    )


def test_steps_that_cannot_be_had_are_refused():
    with pytest.raises(ValueError, match="does not depend on N"):
        statements["bernoulli/max-weight"].smallest_steps(
            1, max_step_weight=1, total_correlation=3, dual_total_correlation=4
        )
    with pytest.raises(ValueError, match="needs values of dual_total_correlation"):
        statements["bernoulli/uniform-rate"].smallest_steps(1, total_correlation=3)
    with pytest.raises(ValueError, match="never meets the target 1/10"):
        statements["token-error/feng-form"].smallest_steps("1/10", V=2, log_ter_language=1, eps_learning=0)
    with pytest.raises(ValueError, match="not known to be monotone"):
        claim("kl <= N * exp(-N)").smallest_steps("1/100")
    with pytest.raises(ValueError, match="never meets the target 1"):
        claim("kl <= 1 + N").smallest_steps(1)


@pytest.mark.slow
def test_expansions_in_the_steps_and_in_the_length():
    assert statements["fixed-size/equal"].expansion(N).equals((TC + DTC) / N - (TC + DTC) / L)
    assert statements["fixed-size/equal"].expansion(L).equals((TC + DTC) / N - (TC + DTC) / L)
    pair = statements["pair/linear-steps"]
    c = L * (1 - 1 / V - symbols["eps_learning"]) / 2
    for terms in (1, 2, 3):
        found = pair.expansion(N, terms)
        expected = sum(-((-c) ** k) / N**k / [1, 1, 2, 6][k] for k in range(1, terms + 1))
        assert found.removeO().equals(expected)
        assert found.getO() == Order(N ** -(terms + 1), (N, oo))


@pytest.mark.parametrize(
    ("name", "symbol"), [("fixed-size/balanced", N), ("pair/linear-steps", L), ("sequence-error/sufficient-steps", N)]
)
def test_expansions_that_do_not_exist_are_refused(name, symbol):
    with pytest.raises(ValueError, match=f"has no expansion in 1/{symbol}"):
        statements[name].expansion(symbol)
    with pytest.raises(ValueError, match="does not depend on N"):
        statements["bernoulli/max-weight"].expansion(N)


def test_compiled_bounds_agree_with_exact_ones():
    steps = np.array([1, 3, 10, 64])
    for name, values in (
        ("bernoulli/vocabulary-rate", {"V": 5, "L": 64}),
        ("fixed-size/balanced", {"L": 64, "total_correlation": 3, "dual_total_correlation": "1/2"}),
        (
            "sequence-error/sufficient-steps",
            {"L": 4, "eps_learning": "1/100", "total_correlation": 3, "dual_total_correlation": 1},
        ),
    ):
        compiled = statements[name].function(N, values=values)
        exact = [float(statements[name].substitute(values, N=int(k)).rhs) for k in steps]
        # A handful of operations of relative error 2^-53 each, on numbers that do not cancel by more than 1e-2.
        assert compiled(steps) == pytest.approx(exact, rel=1e-12)
    two = statements["bernoulli/vocabulary-rate"].function("L", "N", V=2)
    assert two(8, 4) == pytest.approx(2 * log(2), rel=1e-15)
    with pytest.raises(ValueError, match="needs values of L"):
        statements["bernoulli/vocabulary-rate"].function(N, V=2)
    with pytest.raises(ValueError, match="does not use x"):
        statements["bernoulli/vocabulary-rate"].function(Symbol("x"), V=2, L=3)


@pytest.mark.parametrize("module", [statement, exact_numbers, schedule_polynomial], ids=lambda m: m.__name__)
def test_examples_in_docstrings_run(module):
    failed, attempted = doctest.testmod(module)
    assert attempted
    assert not failed
