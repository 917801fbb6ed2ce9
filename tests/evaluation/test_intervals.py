"""Intervals hold what they say, by balls of 400 bits."""

import math
import random
from fractions import Fraction

import mpmath
import pytest
from flint import arb, ctx, fmpq
from mpmath.ctx_iv import MPIntervalContext

from maskbound.numerics.evaluation.intervals import LARGEST_EXPONENT, PRECISION, to_interval

FUNCTIONS = {
    "log": (lambda x: x.log_of_positive(), arb.log),
    "exp": (lambda x: x.exp(), arb.exp),
    "root": (lambda x: x.root(to_interval(0.5)), arb.sqrt),
    "power": (lambda x: x.to_the(7), lambda x: x**7),
}
NEAR_ONE = [1 + Fraction(k, 1 << m) for m in range(2, PRECISION) for k in (1, -1, 3, -3)]


def drawn(count):
    rng = random.Random(1)
    return [Fraction(rng.getrandbits(40) + 1, rng.getrandbits(40) + 1) for _ in range(count)]


def ends(interval):
    return [Fraction(*mpmath.libmp.to_rational(end)) for end in interval._mpi_]


def holds(interval, function, number):
    """Whether the ends of an interval lie on either side of the function at a number."""
    with ctx.workprec(400):
        low, truth, high = (
            arb(fmpq(x.numerator, x.denominator)) for x in (ends(interval)[0], number, ends(interval)[1])
        )
        return bool(low <= function(truth)) and bool(function(truth) <= high)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_image_of_a_number_is_held_closely(name):
    ours, truth = FUNCTIONS[name]
    for number in NEAR_ONE + drawn(1000):
        if name != "exp" or number < 1000:
            found = ours(to_interval(number)).range
            assert holds(found, truth, number)
            low, high = ends(found)
            assert high - low <= Fraction(1, 1 << (PRECISION - 14)) * max(1, abs(low))


def test_logarithms_of_mpmath_fail_it():
    theirs = MPIntervalContext()
    theirs.prec = PRECISION
    found = [theirs.log(theirs.mpf(x.numerator) / x.denominator) for x in NEAR_ONE]
    assert not all(holds(interval, arb.log, number) for interval, number in zip(found, NEAR_ONE, strict=True))


def test_extremes():
    assert to_interval(math.inf).exp().range == math.inf
    assert to_interval(-math.inf).exp().range == 0
    assert to_interval(math.inf).log_of_positive().range == math.inf
    assert to_interval(0).log_of_positive().range == -math.inf
    small, large = (to_interval(sign * 2.0 * LARGEST_EXPONENT).exp().range for sign in (-1, 1))
    assert small.a == 0
    assert 0 < small.b < 1e-300
    assert large.b == math.inf
    assert 1e300 < large.a < math.inf
