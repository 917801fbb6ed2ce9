"""Which statement follows from which: no circles, the hypotheses suffice, and the algebra holds for any numbers.

The algebra is tested without instances: the symbols get random values that satisfy the premises, one premise after the
other, and the conclusion must then hold. An arrow with a premise too few fails here.
"""

import math
from dataclasses import replace
from functools import cache
from random import Random

import pytest
from sympy import Integer, Symbol, diff, lambdify

from maskbound.theory import (
    ASSUMPTIONS,
    consequences,
    mermaid,
    parameters,
    quantities,
    statements,
    tree,
    with_entailed,
)

DERIVED = [statement for statement in statements.values() if statement.follows_from]
ROUNDS, ATTEMPTS = 200, 20_000
LARGEST = 3.0
"""Where a quantity has no upper end of its own."""


def test_premises_exist_and_no_statement_rests_on_itself():
    def below(identifier, path=()):
        assert identifier not in path, f"{identifier} rests on itself"
        for premise in statements[identifier].follows_from:
            assert statements[premise].status != "false on purpose"
            below(premise, (*path, identifier))

    for statement in DERIVED:
        below(statement.id)
    assert len(DERIVED) >= 25


@pytest.mark.parametrize("statement", DERIVED, ids=lambda s: s.id)
def test_premises_apply_wherever_the_conclusion_does(statement):
    given = with_entailed(statement.assumptions)
    for premise in statement.follows_from:
        assert set(statements[premise].assumptions) <= given, premise


class Values:
    """Random values of the symbols of a chain of premises."""

    def __init__(self, rng, divides):
        self.rng = rng
        L, N = rng.randint(1, 8), rng.randint(1, 8)
        self.of = {
            parameters["V"].symbol: rng.randint(1, 6),
            parameters["L"].symbol: N * L if divides else L,
            parameters["N"].symbol: N,
        }

    def range_of(self, symbol):
        quantity = quantities[symbol.name]
        least = -1.0 if math.isinf(quantity.least) else float(quantity.least)
        return least, LARGEST if math.isinf(quantity.greatest) else float(quantity.greatest)

    def satisfy(self, statement):
        """Give values to the symbols that have none, so that the statement holds; False where that cannot be."""
        gap, symbols, slopes = gap_of(statement)
        free = [s for s in symbols if s not in self.of]
        affine = [s for s in free if s in slopes]
        for symbol in free:
            if not affine or symbol != affine[0]:
                self.of[symbol] = self.rng.uniform(*self.range_of(symbol))
        if not affine:
            found = value(gap, self.of)
            return abs(found) < 1e-9 if statement.relation == "==" else found <= 0
        unknown, (least, most) = affine[0], self.range_of(affine[0])
        at_zero, slope = (value(x, self.of | {unknown: 0.0}) for x in (gap, slopes[unknown]))
        if slope == 0:
            self.of[unknown] = self.rng.uniform(least, most)
            return at_zero <= 0
        root = -at_zero / slope
        if statement.relation == "==":
            self.of[unknown] = root
            return least - 1e-9 <= root
        ends = (least, min(most, root)) if slope > 0 else (max(least, root), max(most, root + 1))
        self.of[unknown] = self.rng.uniform(*ends)
        return ends[0] <= ends[1]


@cache
def compiled(expression):
    used = sorted(expression.free_symbols, key=str)
    return used, lambdify(used, expression, "math")


def value(expression, values):
    used, function = compiled(expression)
    return float(function(*(values[s] for s in used)))


@cache
def gap_of(statement):
    """What must be at most, or equal to, zero; its symbols, those in which it is affine, and their slopes."""
    left, right = statement.sides
    gap = (left - right) * (-1 if statement.relation in (">=", ">") else 1)
    symbols = sorted(gap.free_symbols, key=str)
    slopes = {s: diff(gap, s) for s in symbols}
    return gap, symbols, {s: slope for s, slope in slopes.items() if not slope.has(s)}


def counterexample(statement, rounds=ROUNDS, seed=0):
    """Values that satisfy the premises and not the statement; None after ``rounds`` that satisfy them."""
    rng, met = Random(seed), 0
    premises = sorted((statements[premise] for premise in statement.follows_from), key=lambda s: len(s.quantities))
    needs = {assumption.name for assumption in statement.assumptions}
    gap, right = gap_of(statement)[0], statement.sides[1]
    for _ in range(ATTEMPTS):
        values = Values(rng, "StepsDivideLength" in needs)
        try:
            if not all(values.satisfy(premise) for premise in premises):
                continue
            for symbol in gap.free_symbols - set(values.of):
                values.of[symbol] = rng.uniform(*values.range_of(symbol))
            found = value(gap, values.of)
        except (ValueError, ZeroDivisionError, OverflowError):
            continue  # a logarithm or a power outside its domain: no such numbers
        met += 1
        excess = abs(found) if statement.relation == "==" else found
        if not math.isnan(excess) and excess > 1e-9 * (1 + abs(value(right, values.of))):
            return values.of
        if met == rounds:
            return None
    raise AssertionError(f"{statement.id}: only {met} of {ATTEMPTS} draws satisfy the premises")


@pytest.mark.parametrize("statement", DERIVED, ids=lambda s: s.id)
def test_the_premises_give_the_conclusion_by_algebra(statement):
    assert counterexample(statement) is None


@pytest.mark.parametrize(
    ("identifier", "premises"),
    [
        (
            "token-error/bernoulli",
            ("token-error/identity", "kl-path-kl/given-times", "learning-error/bernoulli", "bernoulli/left-sum"),
        ),  # nothing about eps_learning
        ("bernoulli/uniform-rate", ("bernoulli/max-weight",)),
        ("pair/ser-lower", ("pair/sharp-ser-lower",)),
        ("sequence-error/from-path-kl", ("sequence-error/from-kl",)),
        ("break-even/price", ("collision/at-least-1-over-n",)),
    ],
)
def test_an_arrow_with_a_premise_too_few_is_noticed(identifier, premises):
    assert counterexample(replace(statements[identifier], follows_from=premises)) is not None


def test_a_tree_ends_at_what_is_proved_on_its_own():
    text = tree("bernoulli/vocabulary-rate")
    assert text.splitlines()[0].startswith("bernoulli/vocabulary-rate  [ExactDenoiser, UniformSteps]")
    assert "|   |   |-- bernoulli/riemann-error  [ExactDenoiser, BernoulliPolicy]" in text
    leaves = {line.split("-- ")[1].split()[0] for line in text.splitlines()[1:]}
    assert leaves == {
        "bernoulli/uniform-rate",
        "bernoulli/max-weight",
        "bernoulli/riemann-error",
        "bernoulli/left-sum",
        "bernoulli/uniform-weight",
        "profile/vocabulary",
    }


def test_the_forest_holds_every_arrow_once():
    arrows = [line for line in tree().splitlines() if "-- " in line]
    assert all(statement.id in tree() for statement in DERIVED)
    assert len(arrows) == sum(len(statement.follows_from) for statement in DERIVED)


def test_the_diagram_holds_every_arrow():
    text = mermaid()
    assert text.startswith("flowchart LR\n")
    assert text.count("-->") == sum(len(statement.follows_from) for statement in DERIVED)
    assert '    bernoulli__left_sum["bernoulli/left-sum"] --> bernoulli__max_weight["bernoulli/max-weight"]' in text


def test_consequences_are_the_premises_read_backwards():
    for statement in statements.values():
        for other in consequences(statement.id):
            assert statement.id in statements[other].follows_from
    assert "token-error/bernoulli" in consequences("kl-path-kl/given-times")


def test_what_an_assumption_entails_exists():
    for assumption in ASSUMPTIONS.values():
        assert set(assumption.entails) <= set(ASSUMPTIONS) - {assumption.name}
    assert ASSUMPTIONS["OrderOblivious"] in with_entailed([ASSUMPTIONS["UniformSteps"]])


def test_values_of_parameters_are_taken():
    """Statements with a free parameter are compared at the value at which an instance is judged."""
    assert Symbol("eps", positive=True) in statements["token-error/feng-form"].parameters
    assert statements["fixed-size/rate"].with_parameters(C=Integer(0))[1] == quantities["learning_term"].symbol
