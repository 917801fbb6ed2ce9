"""Courses of expressions: what is called monotone is, limits are right, and the smallest number is the smallest."""

from __future__ import annotations

import doctest
import itertools

import pytest
from by_default import drawn
from hypothesis import reject
from hypothesis import strategies as st
from sympy import Integer, Max, Min, Rational, S, Symbol, ceiling, exp, floor, limit, log, oo, sqrt

from maskbound.theory import monotone
from maskbound.theory.monotone import course, first_at_most, sign

n = Symbol("n", integer=True, positive=True)
CONSTANTS = st.sampled_from([Rational(1, 3), Integer(1), Integer(2), log(2), -Integer(1), Rational(-5, 2)])
LEAVES = st.sampled_from([n, 1 / n, 1 / sqrt(n), 2 + 1 / n]) | CONSTANTS


def grown(inner: st.SearchStrategy) -> st.SearchStrategy:
    pairs = st.tuples(inner, inner)
    return st.one_of(
        pairs.map(lambda p: p[0] + p[1]),
        pairs.map(lambda p: p[0] * p[1]),
        pairs.map(lambda p: Max(*p)),
        pairs.map(lambda p: Min(*p)),
        inner.map(ceiling),
        inner.map(floor),
        inner.map(lambda e: 1 - exp(-e)),
        inner.map(lambda e: e**2),
        inner.map(lambda e: sqrt(Max(e, 0))),
        inner.map(lambda e: 1 / (1 + Max(e, 0))),
    )


EXPRESSIONS = st.recursive(LEAVES, grown, max_leaves=4)


@drawn(EXPRESSIONS, few=25, many=80)
def test_what_is_called_monotone_is(expr):
    """At n = 1..7, in the direction and between the ends that were claimed."""
    try:
        found = course(expr, n)
    except ValueError:
        reject()
    values = [expr.subs(n, k) for k in range(1, 8)]
    steps = [sign(after - before) for before, after in itertools.pairwise(values)]
    assert all(step * found.direction >= 0 for step in steps)
    assert sign(values[0] - found.first) == 0
    for value in values:
        assert sign(value - found.least) >= 0
        assert sign(found.greatest - value) >= 0
        if not found.reached:
            assert value != found.limit


@pytest.mark.parametrize(
    ("expr", "expected"),
    [
        (1 / n, (-1, 1, 0, False)),
        (3 - 2 / n, (1, 1, 3, False)),
        (ceiling(S(7) / n), (-1, 7, 1, True)),
        (floor(S(7) / n), (-1, 7, 0, True)),
        (Max(1 / n, Rational(1, 4)), (-1, 1, Rational(1, 4), True)),
        (ceiling(Max(1 / n, Rational(1, 4))), (-1, 1, 1, True)),
        ((1 - (1 - 1 / n) ** 3), (-1, 1, 0, False)),
        (S(1) / 2**n, (-1, Rational(1, 2), 0, False)),
        (log(1 + n), (1, log(2), oo, False)),
        (Integer(5), (0, 5, 5, True)),
    ],
    ids=str,
)
def test_courses(expr, expected):
    found = course(expr, n)
    assert (found.direction, found.first, found.limit, found.reached) == expected


@pytest.mark.parametrize("expr", [n * exp(-n), n + 1 / n, (n - 3) ** 2, (1 - n) / n**2 + 2, log(n) / n], ids=str)
def test_what_is_not_monotone_or_not_known_to_be_is_refused(expr):
    with pytest.raises(ValueError, match="is not known to be monotone in n"):
        course(expr, n)


@pytest.mark.parametrize(
    ("expr", "target", "expected"),
    [
        (S(10) / n, S(3), 4),
        (S(10) / n, S(5), 2),
        (S(10) / n, S(20), 1),
        (log(2) / n, log(2) / 7, 7),
        (log(4) / n, log(2) / 7, 14),
        (exp(-n), exp(-5), 5),
        (ceiling(S(64) / n), S(1), 64),
        (sqrt(2) / n, Rational(1, 10**12), 1414213562374),
        (n, S(1), 1),
    ],
    ids=str,
)
def test_the_smallest_number_is_exact(expr, target, expected):
    """Where the target is met exactly no rounding decides."""
    assert first_at_most(expr, n, target) == expected
    assert sign(target - expr.subs(n, expected)) >= 0
    if expected > 1:
        assert sign(target - expr.subs(n, expected - 1)) < 0


@pytest.mark.parametrize("expr", [1 / n, 1 + 1 / n, n + 1, Integer(1)], ids=str)
def test_a_target_that_is_never_met_is_refused(expr):
    with pytest.raises(ValueError, match="never meets the target 0"):
        first_at_most(expr, n, S(0))


def test_limits_agree_with_sympy():
    for expr in (1 / n, (1 + 1 / n) ** 2, exp(-1 / n), 1 - exp(-3 / n), 2 ** (1 / n)):
        x = Symbol("x", positive=True)
        assert course(expr, n).limit == limit(expr.subs(n, x), x, oo)


def test_signs_are_decided_or_refused():
    assert sign(log(4) - 2 * log(2)) == 0
    assert sign(sqrt(2) - Rational(141421356237309504880168872420969807, 10**35)) == 1
    assert sign(-oo) == -1
    with pytest.raises(ValueError, match="no real number"):
        sign(sqrt(-1))
    with pytest.raises(ValueError, match="no real number"):
        sign(Symbol("x"))


def test_examples_in_docstrings_run():
    failed, attempted = doctest.testmod(monotone)
    assert attempted
    assert not failed
