"""Closed forms: a log form plus rational multiples of exponentials of log forms, in a form that shows equality.

``exp(r_0 + sum_j c_j log(b_j))`` is the rational ``prod b_j^floor(c_j)`` times the exponential of what is left. So
``exp(-kl)`` is a rational, or a rational times a surd or a transcendental number, which no rational equals; and two
closed forms whose difference reduces to nothing are equal.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from flint import arb, ctx

from .logform import LogForm
from .rationals import to_flint

__all__ = ["ClosedForm"]

MOST_BITS = 100_000
"""Of a rational power; larger ones are left to balls."""


class ClosedForm:
    """``form + sum of coefficient * exp(exponent)``.

    Parameters
    ----------
    form : LogForm
    exponentials : mapping of LogForm to Fraction
        Coefficients by exponent; exponents are neither zero nor have whole multiples of logarithms.
    """

    def __init__(self, form: LogForm, exponentials: Mapping[LogForm, Fraction] | None = None) -> None:
        self.form = form
        self.exponentials = {exponent: c for exponent, c in (exponentials or {}).items() if c}

    @classmethod
    def of(cls, number: Fraction | int | LogForm) -> ClosedForm:
        """A rational or a log form."""
        return cls(number if isinstance(number, LogForm) else LogForm(number))

    @property
    def rational(self) -> Fraction | None:
        """The number, if it is known to be rational."""
        return self.form.rational if not self.exponentials and self.form.is_rational else None

    def __add__(self, other: ClosedForm) -> ClosedForm:
        exponents = self.exponentials.keys() | other.exponentials.keys()
        zero = Fraction(0)
        joint = {x: self.exponentials.get(x, zero) + other.exponentials.get(x, zero) for x in exponents}
        return ClosedForm(self.form + other.form, joint)

    def scaled(self, factor: Fraction) -> ClosedForm:
        """A rational multiple."""
        return ClosedForm(self.form * factor, {x: c * factor for x, c in self.exponentials.items()})

    def times(self, other: ClosedForm) -> ClosedForm | None:
        """The product, if one factor is rational or both are single exponentials."""
        # The shorter form first: whether a long one is rational takes long to find out.
        for factor, one in sorted([(self, other), (other, self)], key=lambda pair: pair[0].form.bits):
            if factor.rational is not None:
                return one.scaled(factor.rational)
        own, theirs = self.single, other.single
        if own is None or theirs is None:
            return None
        found = ClosedForm.exp(own[1] + theirs[1])
        return None if found is None else found.scaled(own[0] * theirs[0])

    def over(self, divisor: ClosedForm) -> Fraction | None:
        """The quotient, where the two are rational multiples of each other."""
        own, other = self._coefficients, divisor._coefficients
        ratios = {own[key] / other[key] for key in own.keys() & other.keys()}
        return ratios.pop() if own.keys() == other.keys() and len(ratios) == 1 else None

    @property
    def _coefficients(self) -> dict[Any, Fraction]:
        """By integers whose logarithms are added, 1 for the rational part, and by exponents."""
        found: dict[Any, Fraction] = {1: self.form.rational} if self.form.rational else {}
        found.update(self.form.logs)
        found.update(self.exponentials)
        return found

    @property
    def single(self) -> tuple[Fraction, LogForm] | None:
        """``(c, x)`` of a number ``c exp(x)``, ``(c, 0)`` of a rational; None of another number."""
        rational = self.rational
        if rational is not None:
            return rational, LogForm()
        if len(self.exponentials) == 1 and self.form.is_rational and not self.form.rational:
            ((exponent, coefficient),) = self.exponentials.items()
            return coefficient, exponent
        return None

    @classmethod
    def exp(cls, exponent: LogForm) -> ClosedForm | None:
        """``exp`` of a log form, whole powers taken out; None where these are too long to be written."""
        whole = {b: math.floor(c) for b, c in exponent.logs.items()}
        if sum(abs(n) * b.bit_length() for b, n in whole.items()) > MOST_BITS:
            return None
        coefficient = math.prod((Fraction(b) ** n for b, n in whole.items()), start=Fraction(1))
        rest = LogForm(exponent.rational, {b: c - whole[b] for b, c in exponent.logs.items() if c != whole[b]})
        if rest.is_rational and not rest.rational:
            return cls.of(coefficient)
        return cls(LogForm(), {rest: coefficient})

    def log(self) -> ClosedForm | None:
        """The logarithm of a single exponential with a positive coefficient."""
        single = self.single
        if single is None:
            return None
        if single[0] <= 0:
            raise ValueError("log of a number that is not positive")
        return ClosedForm(single[1] + LogForm.log(single[0]))

    def power(self, n: Fraction) -> ClosedForm | None:
        """``self ** n`` of a single exponential.

        Raises
        ------
        ValueError
            For a fractional power of a negative number, or a negative one of zero.
        """
        single = self.single
        if single is None:
            return self if n == 1 else None
        base, exponent = single
        if base == 0:
            if n < 0:
                raise ValueError("division by zero")
            return ClosedForm.of(int(n == 0))
        if base < 0 and n.denominator > 1:
            raise ValueError("a root of a negative number")
        if abs(n) * (base.numerator.bit_length() + base.denominator.bit_length()) > MOST_BITS:
            return None
        if n.denominator == 1:
            found = ClosedForm.exp(exponent * n)
            return None if found is None else found.scaled(base ** int(n))
        return ClosedForm.exp((exponent + LogForm.log(base)) * n)

    def ball(self, bits: int) -> arb:
        """A ball that contains the number."""
        total = self.form.ball(bits)
        with ctx.workprec(bits):
            for exponent, coefficient in self.exponentials.items():
                total += arb(to_flint(coefficient)) * exponent.ball(bits).exp()
            return total

    def sign(self, most_bits: int) -> int | None:
        """-1, 0 or 1; None where exponentials leave it open up to ``most_bits``."""
        if not self.exponentials:
            return self.form.sign()
        bits = 64
        while bits <= most_bits:
            ball = self.ball(bits)
            if ball > 0 or ball < 0:
                return 1 if ball > 0 else -1
            bits *= 2
        return None
