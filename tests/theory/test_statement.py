"""A statement as an object: what it needs, LaTeX, free parameters, solving."""

import doctest

import pytest
from sympy import Rational, Symbol, exp, log
from sympy import symbols as make

from maskbound import theory
from maskbound.theory import claim, statements, symbols

kl, path_kl, ser = symbols["kl"], symbols["path_kl"], symbols["ser"]
TC, DTC = symbols["total_correlation"], symbols["dual_total_correlation"]
N, L, V = symbols["N"], symbols["L"], symbols["V"]


def test_what_must_be_measured_is_known():
    assert statements["bernoulli/uniform-rate"].quantities == {"path_kl", "total_correlation", "dual_total_correlation"}
    assert statements["bernoulli/uniform-rate"].given == {"N"}
    assert statements["sequence-error/sufficient-steps"].quantities == {
        "ser",
        "eps_learning",
        "total_correlation",
        "dual_total_correlation",
    }
    assert statements["refuted/refining-lowers-kl"].quantities == {"kl", "kl@2"}
    assert statements["refuted/refining-lowers-kl"].subjects == 2
    assert statements["kl-path-kl/given-times"].subjects == 1
    assert claim("law_distance <= tv").subjects == 2


def test_free_parameters_have_the_value_at_which_an_instance_is_judged():
    published = statements["token-error/feng-form"]
    (eps,) = published.parameters
    assert eps in published.rhs.free_symbols
    assert published.sides[1].coeff(log(V)) == 1 / N
    assert published.with_parameters(eps=Rational(1, 100))[1].coeff(log(V)) == Rational(1, 25)
    assert published.with_parameters() == published.sides
    with pytest.raises(ValueError, match="no free parameter 'delta'; it has \\['eps'\\]"):
        published.with_parameters(delta=1)


def test_latex_is_what_papers_write():
    assert statements["kl-path-kl/given-times"].latex() == r"\mathrm{KL} \le \mathrm{KL}_{\mathrm{path}}"
    assert statements["sequence-error/from-kl"].latex() == r"\mathrm{SER} \le 1 - e^{- \mathrm{KL}}"
    assert statements["token-error/feng-form"].latex().endswith(r"+ 4 \varepsilon \log V")
    assert statements["refuted/refining-lowers-kl"].latex() == r"{\mathrm{KL}}^{(2)} \le {\mathrm{KL}}^{(1)}"
    assert statements["kl-path-kl/given-times"]._repr_latex_() == f"${statements['kl-path-kl/given-times'].latex()}$"
    assert statements["pair/ser-lower"].latex().startswith(r"\mathrm{SER} \ge 1 - \left(1 - \rho")


@pytest.mark.parametrize("statement", statements.values(), ids=lambda s: s.id)
def test_the_text_of_a_statement_is_a_claim_that_says_the_same(statement):
    """Up to the distribution of constants (sqrt(kl/2)), which the parser leaves to sympy."""
    again = claim(str(statement))
    assert again.relation == statement.relation
    for ours, typed in zip(statement.sides, again.sides, strict=True):
        assert (ours - typed).simplify() == 0
    assert repr(statement).startswith(f"<Statement {statement.id}: ")


def test_the_expression_is_not_evaluated():
    relation = claim("kl >= 0").expression
    assert relation.lhs == kl  # sympy alone would say True, since kl is never negative


def test_solving_for_steps_and_for_a_divergence():
    assert statements["bernoulli/uniform-rate"].solve_for(N) == (TC + DTC) / path_kl
    assert statements["sequence-error/from-kl"].solve_for(kl).subs(ser, Rational(3, 4)) == log(4)
    assert statements["fixed-size/equal"].solve_for(path_kl).equals((1 / N - 1 / L) * (TC + DTC))


def test_solving_refuses_what_has_no_single_answer():
    with pytest.raises(ValueError, match="does not depend on N"):
        statements["kl-path-kl/given-times"].solve_for(N)
    with pytest.raises(ValueError, match="2 solutions"):
        claim("(V - 2) * (V - 3) * kl <= 0").solve_for(V)
    with pytest.raises(ValueError, match="no closed solution"):
        claim("kl * exp(kl) <= V + sqrt(kl) + log(kl)").solve_for(kl)


def test_a_statement_can_be_used_in_a_table():
    """Hashable by identity and frozen: keys of caches and rows of tables."""
    one = claim("kl <= path_kl")
    assert len({one, claim("kl <= path_kl")}) == 2
    assert {one: 1}[one] == 1


def test_substitution_by_symbol_works_as_in_sympy():
    x = make("x", positive=True)
    assert statements["sequence-error/from-kl"].rhs.subs(kl, x) == 1 - exp(-x)
    assert statements["sequence-error/from-kl"].rhs.subs(Symbol("kl"), x) == 1 - exp(
        -kl
    )  # another symbol of the same name


@pytest.mark.parametrize(
    "module",
    [theory, theory.first_use, theory.grammar, theory.claims, theory.spelling, theory.variables],
    ids=lambda m: m.__name__,
)
def test_examples_in_docstrings_run(module):
    failed, attempted = doctest.testmod(module)
    assert attempted
    assert not failed
