"""Log forms against mpmath at high precision, and by identities that no precision can decide."""

import math
import operator
from fractions import Fraction

import mpmath
import pytest
from by_default import drawn
from hypothesis import given
from hypothesis import strategies as st

from maskbound.numerics.numbers import logform
from maskbound.numerics.numbers.logform import LogForm, coprime_base

MERSENNE = [2**127 - 1, 2**521 - 1, 2**607 - 1]
DIGITS = 80

rationals = st.fractions(min_value=-20, max_value=20, max_denominator=60)
positive = st.builds(Fraction, st.integers(1, 10**12), st.integers(1, 10**12)) | st.builds(
    Fraction, st.integers(1, 12), st.integers(1, 12)
)
pairs = st.lists(st.tuples(positive, rationals), max_size=6)
forms = st.builds(LogForm, rationals, pairs)


def real(number):
    """An exact number or a form's own data in mpmath, by its definition."""
    return mpmath.mpf(number.numerator) / number.denominator


def value(rational, logs):
    with mpmath.workdps(DIGITS):
        return real(Fraction(rational)) + mpmath.fsum(real(c) * mpmath.log(real(b)) for b, c in logs)


def gap(form, number):
    """Distance of a form from a number, by the form's reduced data."""
    with mpmath.workdps(DIGITS):
        return abs(value(form.rational, form.logs.items()) - number)


# Six terms of size at most 20 log(1e12) < 600, each rounded at 80 digits: below 1e-75.
ROUNDING = mpmath.mpf(10) ** -75


@drawn(rationals, pairs, few=25, many=100)
def test_the_reduced_form_has_the_value_of_the_terms(rational, logs):
    form = LogForm(rational, logs)
    assert gap(form, value(rational, logs)) < ROUNDING
    assert all(math.gcd(a, b) == 1 for a in form.logs for b in form.logs if a < b)
    assert all(form.logs.values())


@drawn(forms, forms, rationals, few=25, many=100)
def test_arithmetic_is_that_of_real_numbers(a, b, r):
    x, y = (value(form.rational, form.logs.items()) for form in (a, b))
    with mpmath.workdps(DIGITS):
        assert gap(a + b, x + y) < ROUNDING
        assert gap(a - b, x - y) < ROUNDING
        assert gap(-a, -x) < ROUNDING
        assert gap(r * a, real(r) * x) < 20 * ROUNDING
        assert gap(r - a, real(r) - x) < ROUNDING
        if r:
            assert gap(a / r, x / real(r)) < 100 * ROUNDING
    assert LogForm.combination([(2, a), (r, b), (1, r)]) == 2 * a + r * b + r


@drawn(forms, forms, few=25, many=100)
def test_comparisons_are_those_of_real_numbers(a, b):
    x, y = (value(form.rational, form.logs.items()) for form in (a, b))
    if abs(x - y) > 1000 * ROUNDING:
        for compare in (operator.lt, operator.le, operator.gt, operator.ge, operator.eq, operator.ne):
            assert compare(a, b) == compare(x, y)
    else:
        assert a == b


@drawn(forms, few=25, many=100)
def test_balls_contain_the_value_and_are_narrow(form):
    exact = value(form.rational, form.logs.items())
    for precision in (64, 200):
        ball = form.ball(precision)
        with mpmath.workdps(DIGITS):
            centre, radius = _dyadic(ball.mid()), _dyadic(ball.rad())
            assert abs(centre - exact) <= radius + ROUNDING
        # at most 12 logs of size below 28 with coefficients of at most 20 in all six: sums below 2^13, 40 roundings
        assert radius <= mpmath.mpf(2) ** (13 + 6 - precision)


def _dyadic(ball):
    mantissa, exponent = ball.man_exp()
    return mpmath.mpf(int(mantissa)) * mpmath.mpf(2) ** int(exponent)


@drawn(forms, few=25, many=100)
def test_float_is_the_nearest(form):
    exact = value(form.rational, form.logs.items())
    nearest = float(form)
    with mpmath.workdps(DIGITS):
        error = abs(exact - nearest)
        assert error <= abs(exact - math.nextafter(nearest, math.inf))
        assert error <= abs(exact - math.nextafter(nearest, -math.inf))


@drawn(forms, few=25, many=100)
def test_text_is_read_back(form):
    again = LogForm.parse(str(form))
    assert again == form
    assert str(again) == str(form)
    assert hash(again) == hash(form)


def test_identities():
    assert LogForm.log(6) == LogForm.log(2) + LogForm.log(3)
    assert LogForm.log(Fraction(8, 27)) == 3 * (LogForm.log(2) - LogForm.log(3))
    assert LogForm.log(1) == 0
    assert not LogForm.log(4, Fraction(1, 2)) - LogForm.log(2)
    assert LogForm.log(2) != Fraction(6931471805599453, 10**16)
    assert {LogForm.log(4): "x"}[2 * LogForm.log(2)] == "x"
    assert hash(LogForm(Fraction(1, 3)) + LogForm.log(5) - LogForm.log(5)) == hash(Fraction(1, 3))


def test_huge_coprime_factors_are_never_factored():
    p, q, r = MERSENNE
    left = LogForm.log(p * q, Fraction(1, 7)) + LogForm.log(q * r, Fraction(1, 7))
    right = (LogForm.log(p * r) + 2 * LogForm.log(q)) / 7
    assert left == right
    assert hash(left) == hash(right)
    assert left != right + Fraction(1, 10**400)
    assert left < right + Fraction(1, 10**400)
    assert LogForm.log(q + 2) > LogForm.log(q)


def test_values_that_agree_to_hundreds_of_digits_are_told_apart():
    close = LogForm.log(Fraction(10**400 + 1, 10**400))
    assert close.sign() == 1
    assert close < Fraction(1, 10**400)
    assert close > Fraction(1, 10**400) - Fraction(1, 10**799)
    assert float(close) == 0.0
    assert close != 0


def test_text():
    assert str(LogForm(0)) == "0"
    assert str(LogForm(Fraction(1, 2), {Fraction(8, 3): Fraction(1, 2), 7: -2})) == (
        "1/2 + 3/2*log(2) - 1/2*log(3) - 2*log(7)"
    )
    assert str(-LogForm.log(3)) == "-log(3)"
    assert repr(LogForm(-2)) == "LogForm('-2')"
    assert LogForm.parse(" -1/2*log(3/5)+2 ") == 2 - LogForm.log(Fraction(3, 5), Fraction(1, 2))


@pytest.mark.parametrize(
    "text",
    ["", "log(2", "2log(3)", "1/0", "log(0)", "log(1/0)", "log(-2)", "--1", "1 +", "3*", "x", "1/2*", "log(2)log(3)",
     "1.5", "exp(2)", "log(2)*3", "1e5", "1//2", "log()", "1 1"],
)  # fmt: skip
def test_other_texts_are_refused(text):
    with pytest.raises(ValueError):
        LogForm.parse(text)


def test_infinities_compare_and_floats_do_not_mix():
    x = LogForm.log(2)
    assert x < math.inf
    assert x > -math.inf
    assert x != math.inf
    assert x != 0.5
    with pytest.raises(TypeError):
        x + 0.5
    with pytest.raises(TypeError):
        x < math.nan  # noqa: B015
    with pytest.raises(TypeError):
        x * x


@pytest.mark.parametrize("argument", [0, -1, Fraction(-1, 2)])
def test_logs_of_numbers_that_are_not_positive_are_refused(argument):
    with pytest.raises(ValueError, match="positive"):
        LogForm.log(argument)


@given(st.lists(st.integers(1, 10**6), max_size=8))
def test_coprime_base(numbers):
    base = coprime_base(numbers)
    assert all(math.gcd(a, b) == 1 for i, a in enumerate(base) for b in base[:i])
    for n in numbers:
        for b in base:
            while n % b == 0:
                n //= b
        assert n == 1
    assert 1 not in base


@pytest.mark.slow
def test_a_long_sum_is_decided():
    """2e4 distinct terms, and the same sum in another order with every term split in two."""
    count = 20_000
    terms = [(Fraction(k + 1, k), Fraction(k % 97 + 1, 97)) for k in range(1, count + 1)]
    form = LogForm(0, terms)
    halves = [(argument, weight / 2) for argument, weight in reversed(terms) for _ in range(2)]
    assert form.sign() == 1
    assert form == LogForm(0, halves)
    telescoped = LogForm(0, [(argument, 1) for argument, _ in terms])
    assert telescoped == LogForm.log(count + 1)


def test_the_comparison_with_mpmath_can_fail():
    assert gap(LogForm.log(2), value(0, [(2 + Fraction(1, 10**60), 1)])) > ROUNDING


def test_many_short_arguments_are_told_from_their_product(monkeypatch):
    numbers = [2**31 + 2 * k + 1 for k in range(400)]
    product = math.prod(numbers)
    sought = []
    monkeypatch.setattr(logform, "coprime_base", lambda rough: sought.extend(rough) or [])
    form = LogForm(0, [*((n, 1) for n in numbers), (product, -1)])
    assert form == 0
    assert sought == []
    assert LogForm(0, [*((n, 1) for n in numbers), (product + 2, -1)]) != 0
