"""Exact decisions: how the two sides of a statement compare on a rational instance, where equality counts.

Balls of rising precision tell different numbers apart. Where they do not, both sides are brought into closed form,
in which equal numbers differ by nothing. A statement that goes through ``exp``, as ``ser <= 1 - exp(-kl)`` does,
needs no rewriting: ``exp`` of a log form is a closed form.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property

import sympy
from flint import arb, ctx

from maskbound.theory import replaced, symbols

from ..evaluation.extended import INFINITY, NEGATIVE, POSITIVE, ZERO, Extended, Unclear
from ..metrics.error_rates import EXPONENTIALS
from ..numbers.closedform import ClosedForm
from ..numbers.enclosure import Enclosure
from ..numbers.logform import LogForm
from .verdict import Side

__all__ = ["MOST_BITS", "Known", "Real", "in_log_forms", "sides"]

Known = Fraction | LogForm | float
"""The exact value of a quantity on a rational instance; the only float is ``math.inf``."""

FIRST_BITS, BLIND_BITS, MOST_BITS = 64, 512, 1 << 14
"""Precision at which balls start, up to which they rise before equality is looked into, and at which they stop."""

SIDE_BITS = 128

"""Quantities that are ``exp`` of a log form."""


def in_log_forms(expression: sympy.Expr) -> sympy.Expr:
    """The expression with quantities that are exponentials written as ``exp`` of the log form."""
    return replaced(
        expression,
        {
            symbols[name + subject]: sympy.exp(symbols[log + subject])
            for name, log in EXPONENTIALS.items()
            for subject in ("", "@2")
        },
    )


class Real(Extended):
    """One number: infinite, or known by balls of any precision and, where there is one, by its closed form.

    Parameters
    ----------
    ball : callable
        An arb that contains the number, for a precision in bits.
    form : callable, optional
        The closed form of the number, or that of its inverse as a :class:`Divisor`; None where there is neither. It is
        worked out only where balls do not decide, since long log forms take long to reduce.
    infinite : int
        1 or -1 for an infinity.
    """

    def __init__(self, ball: Callable[[int], arb], form: Callable[[], Form] = lambda: None, infinite: int = 0) -> None:
        self._ball, self._form, self.infinite = ball, form, infinite
        self._balls: dict[int, arb] = {}

    @classmethod
    def of(cls, number: Known | ClosedForm) -> Real:
        """A number that is known."""
        if isinstance(number, float):
            assert math.isinf(number)
            return cls.infinity(1 if number > 0 else -1)
        closed = number if isinstance(number, ClosedForm) else ClosedForm.of(number)
        return cls(closed.ball, lambda: closed)

    @classmethod
    def infinity(cls, sign: int) -> Real:
        return cls(lambda bits: arb(sign * math.inf), infinite=sign)

    def constant(self, number: Fraction) -> Real:
        return Real.of(number)

    def ball(self, bits: int) -> arb:
        """A ball that contains the number."""
        if bits not in self._balls:
            with ctx.workprec(bits):
                self._balls[bits] = self._ball(bits)
        return self._balls[bits]

    @cached_property
    def form(self) -> Form:
        """The closed form of the number or of its inverse."""
        return self._form()

    @property
    def closed(self) -> ClosedForm | None:
        """The closed form of the number."""
        return self.form if isinstance(self.form, ClosedForm) else None

    @property
    def rational(self) -> Fraction | None:
        """The number, if it is known to be rational."""
        return None if self.closed is None else self.closed.rational

    @cached_property
    def sign(self) -> int | None:
        """-1, 0 or 1; None where that stays open."""
        if self.infinite:
            return self.infinite
        bits = FIRST_BITS
        while bits <= MOST_BITS:
            ball = self.ball(bits)
            if ball > 0 or ball < 0 or ball == 0:
                return 0 if ball == 0 else 1 if ball > 0 else -1
            if bits == BLIND_BITS and self.closed is not None:
                return self.closed.sign(MOST_BITS)
            bits *= 2
        return None

    def compared(self, other: Real) -> int | None:
        """The sign of the difference, an infinity being equal to itself."""
        if self.infinite or other.infinite:
            return (self.infinite > other.infinite) - (self.infinite < other.infinite)
        return (self + other.constant(Fraction(-1)) * other).sign

    def sorts(self) -> frozenset[int]:
        if self.infinite:
            return frozenset({self.infinite * INFINITY})
        return frozenset({NEGATIVE, ZERO, POSITIVE} if self.sign is None else {self.sign})

    def may_be_infinite(self) -> bool:
        return self.infinite != 0

    def whole(self) -> int | None:
        rational = self.rational
        return int(rational) if rational is not None and rational.denominator == 1 else None

    def may_be_whole(self) -> bool:
        if self.closed is None or self.closed.exponentials:
            return not self.infinite
        rational = self.rational
        return rational is not None and rational.denominator == 1

    def plus(self, other: Real) -> Real:
        if self.infinite or other.infinite:
            return Real.infinity(self.infinite or other.infinite)

        def form() -> Form:
            one, two = self.closed, other.closed
            return None if one is None or two is None else one + two

        return Real(lambda bits: self.ball(bits) + other.ball(bits), form)

    def times(self, other: Real) -> Real:
        if self.infinite or other.infinite:
            one, two = self.sign, other.sign
            assert one is not None
            assert two is not None
            return Real.infinity(one * two)
        return Real(lambda bits: self.ball(bits) * other.ball(bits), lambda: _product(self.form, other.form))

    def to_the(self, n: int) -> Real:
        if self.infinite:
            return Real.of(0) if n < 0 else Real.infinity(self.infinite if n % 2 else 1)

        def form() -> Form:
            closed = self.closed
            power = None if closed is None else closed.power(Fraction(n))
            return Divisor(closed) if power is None and closed is not None and n == -1 else power

        return Real(lambda bits: self.ball(bits) ** n, form)

    def root(self, exponent: Real) -> Real:
        assert self.sign == 0, "a number that may be zero, and may not be negative, is zero"
        if exponent.sign != 1:
            raise Unclear("zero to a power that may be zero")
        return self

    def exp(self) -> Real:
        if self.infinite:
            return Real.infinity(1) if self.infinite > 0 else Real.of(0)

        def form() -> Form:
            return None if self.closed is None or self.closed.exponentials else ClosedForm.exp(self.closed.form)

        return Real(lambda bits: self.ball(bits).exp(), form)

    def log_of_positive(self) -> Real:
        if self.infinite:
            return self
        return Real(lambda bits: self.ball(bits).log(), lambda: None if self.closed is None else self.closed.log())

    def ceil(self) -> Real:
        if self.infinite:
            return self
        bits = FIRST_BITS
        while bits <= MOST_BITS:
            found = self.ball(bits).ceil().unique_fmpz()
            if found is not None:
                return Real.of(Fraction(int(found)))
            if bits == BLIND_BITS and self.rational is not None:
                return Real.of(Fraction(math.ceil(self.rational)))
            bits *= 2
        return Real(lambda bits: self.ball(bits).ceil())

    def larger(self, other: Real) -> Real:
        return self._extreme(other, 1) or Real(lambda bits: self.ball(bits).max(other.ball(bits)))

    def smaller(self, other: Real) -> Real:
        return self._extreme(other, -1) or Real(lambda bits: self.ball(bits).min(other.ball(bits)))

    def _extreme(self, other: Real, direction: int) -> Real | None:
        compared = self.compared(other)
        if compared is None:
            return None
        return self if compared in (0, direction) else other


@dataclass(frozen=True)
class Divisor:
    """The number one over a closed form, which is none itself."""

    of: ClosedForm


Form = ClosedForm | Divisor | None


def _product(one: Form, two: Form) -> Form:
    """The form of a product, where it has one: a divisor goes into its multiples."""
    if isinstance(one, Divisor):
        one, two = two, one
    if not isinstance(one, ClosedForm) or two is None:
        return None
    if isinstance(two, ClosedForm):
        return one.times(two)
    if one.rational:
        return Divisor(two.of.scaled(1 / one.rational))
    ratio = one.over(two.of)
    return None if ratio is None else ClosedForm.of(ratio)


def sides(left: Real, right: Real, used: Sequence[dict[str, Enclosure]], order: int | None) -> tuple[Side, Side]:
    """Both sides of a statement for readers, with the quantities in them; equal ones are shown as the same number."""
    first = _side(left, used[0])
    return first, replace(first, quantities=used[1]) if order == 0 else _side(right, used[1])


def _side(number: Real, used: dict[str, Enclosure]) -> Side:
    """The float64 nearest to the number, give or take two spacings."""
    if number.infinite:
        return _at(number.infinite * math.inf, used)
    bits, found = SIDE_BITS, number.ball(SIDE_BITS)
    if found.contains(0) and number.sign == 0:
        return _at(0.0, used)
    while not (found.is_finite() and found.rel_accuracy_bits() >= SIDE_BITS // 2) and bits < MOST_BITS:
        bits *= 2
        found = number.ball(bits)
    if found.is_nan():
        return Side(math.nan, -math.inf, math.inf, used)
    low, middle, high = (float(end) for end in (found.lower(), found.mid(), found.upper()))
    if found.is_exact() and found == arb(middle):
        return _at(middle, used)
    return Side(middle, math.nextafter(low, -math.inf), math.nextafter(high, math.inf), used)


def _at(value: float, used: dict[str, Enclosure]) -> Side:
    return Side(value, value, value, used)
