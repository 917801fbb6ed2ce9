"""Log forms: numbers ``r_0 + sum_j r_j log(b_j)`` with rational r and positive rational b (nats).

On a rational instance KL, PATH_KL, entropies and correlations are such numbers, and every comparison of two of
them is decided. Balls of rising precision decide all but equality. Equality is decided by a coprime base: refine
the arguments by greatest common divisors into integers ``b_j > 1`` that are coprime in pairs, and collect
coefficients. The number is zero iff ``r_0`` and every coefficient over that base are zero, since
``sum_j r_j log(b_j) = log(A)`` with A algebraic, ``A = 1`` only for zero coefficients (unique factorisation), and
``log(A)`` is irrational for algebraic ``A != 1`` (Lindemann). A number that is not zero is told from zero at some
precision, so comparisons end.

A log form is finite. A divergence that is infinite is ``math.inf`` at the caller; log forms compare with
``math.inf`` and ``-math.inf``, and with ints and Fractions, but with no other float.

Notes
-----
Terms are kept unreduced, as a map from integers to coefficients, so a sum of n terms ``w log(p)`` costs n
additions of rationals; the base is computed only where balls straddle zero, or where a text is asked for.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from fractions import Fraction
from functools import cached_property
from typing import Any

from flint import arb, ctx, fmpq, fmpz

from .rationals import to_flint, to_fraction

__all__ = ["LogForm", "Rational", "coprime_base"]

Rational = int | Fraction

FIRST_PRECISION, LAST_BLIND_PRECISION = 64, 512
"""Bits at which balls start, and up to which they rise before equality is looked into."""

WORD = 1 << 64
"""Arguments below this are factored before a base is sought, which takes microseconds each, not for each pair."""

FACTORED_BELOW = 1 << 80
"""Elements of the base below this are factored into primes, which takes well under a second."""

SMALL_PRIMES = [n for n in range(2, 1000) if all(n % d for d in range(2, math.isqrt(n) + 1))]
"""Primes below 1000 are always split off, whatever the size of an element."""

_TERM = re.compile(r"(?:(\d+(?:/\d+)?)(?:\*(?=log\())?)?(?:log\((\d+(?:/\d+)?)\))?")


class LogForm:
    """``rational + sum of coefficient * log(argument)``; immutable, compared and hashed by value.

    Parameters
    ----------
    rational : int or Fraction
    logs : mapping or iterable of pairs
        ``argument -> coefficient``, or pairs ``(argument, coefficient)``; arguments are positive rationals and may
        repeat in pairs.

    Examples
    --------
    >>> LogForm.log(6) - LogForm.log(2) == LogForm.log(3)
    True
    >>> LogForm.log(Fraction(8, 3), Fraction(1, 2))
    LogForm('3/2*log(2) - 1/2*log(3)')
    >>> LogForm.log(2) > Fraction(69, 100)
    True
    """

    def __init__(
        self, rational: Rational = 0, logs: Mapping[Any, Rational] | Iterable[tuple[Rational, Rational]] = ()
    ) -> None:
        pairs = logs.items() if isinstance(logs, Mapping) else logs
        terms: dict[int, fmpq] = {}
        for argument, coefficient in pairs:
            _add_log(terms, argument, to_flint(coefficient))
        self._rational = to_flint(rational)
        self._terms = terms

    @classmethod
    def _of(cls, rational: fmpq, terms: dict[int, fmpq]) -> LogForm:
        form = cls.__new__(cls)
        form._rational, form._terms = rational, terms
        return form

    @property
    def logarithms(self) -> int:
        """How many there are, before what their arguments have in common is looked into."""
        return len(self._terms)

    @classmethod
    def log(cls, argument: Rational, coefficient: Rational = 1) -> LogForm:
        """``coefficient * log(argument)``; ValueError for an argument that is not positive."""
        return cls(0, [(argument, coefficient)])

    @classmethod
    def combination(cls, pairs: Iterable[tuple[Rational, LogForm | Rational]]) -> LogForm:
        """``sum of coefficient * form`` over pairs, at the cost of the terms there are."""
        rational = fmpq(0)
        terms: dict[int, fmpq] = {}
        for coefficient, form in pairs:
            factor = to_flint(coefficient)
            if not isinstance(form, LogForm):
                rational += factor * to_flint(form)
                continue
            rational += factor * form._rational
            for argument, weight in form._terms.items():
                terms[argument] = terms.get(argument, _ZERO) + factor * weight
        return cls._of(rational, terms)

    @classmethod
    def parse(cls, text: str) -> LogForm:
        """Read ``"1/2 + 3/2*log(2) - log(3/5)"``: the inverse of ``str``, reduced or not.

        Raises
        ------
        ValueError
            For any other text.
        """
        compact = re.sub(r"\s+", " ", text.strip()).replace(" + ", "+").replace(" - ", "-")
        signed = re.split(r"(?<=[\d)])([+-])", compact)
        if signed[0].startswith("-"):
            signed = ["-", signed[0][1:], *signed[1:]]
        else:
            signed = ["+", *signed]
        rational, logs = Fraction(0), []
        for sign, term in zip(signed[::2], signed[1::2], strict=True):
            found = _TERM.fullmatch(term)
            if not term or found is None or (found[1] and found[2] and "*" not in term):
                raise ValueError(f"{text!r:.60} is no log form; one like '1/2 + 3/2*log(2) - log(3)' is accepted")
            coefficient = _fraction(found[1] or "1") * (-1 if sign == "-" else 1)
            if found[2]:
                logs.append((_fraction(found[2]), coefficient))
            else:
                rational += coefficient
        return cls(rational, logs)

    @cached_property
    def _reduced(self) -> dict[int, fmpq]:
        """Non-zero coefficients over a coprime base: prime below FACTORED_BELOW, never divisible by a small prime."""
        terms: dict[int, fmpq] = {}
        rough = _split_off(SMALL_PRIMES, self._terms, terms)
        primes = set()
        for number in [n for n in rough if n < WORD]:
            weight = rough.pop(number)
            for prime, power in _factors(number):
                primes.add(prime)
                terms[prime] = terms.get(prime, _ZERO) + weight * power
        rough = _split_off(sorted(primes), rough, terms)
        weights = dict.fromkeys(coprime_base(rough), _ZERO)
        for n, weight in rough.items():
            for base in [n] if n in weights else weights:
                weights[base] += weight * _multiplicity(base, n)
        for base, weight in weights.items():
            if weight:
                for prime, power in _factors(base):
                    terms[prime] = terms.get(prime, _ZERO) + weight * power
        return {base: terms[base] for base in sorted(terms) if terms[base]}

    @property
    def logs(self) -> dict[int, Fraction]:
        """Coefficient of ``log(b)`` for each b of the coprime base, ascending, none of them zero."""
        return {base: to_fraction(weight) for base, weight in self._reduced.items()}

    @property
    def bits(self) -> int:
        """Of all arguments as they stand; the reduced form, and so the text, is hardly longer."""
        return sum(argument.bit_length() for argument in self._terms)

    @property
    def rational(self) -> Fraction:
        """``r_0``, the part outside the logarithms."""
        return to_fraction(self._rational)

    @property
    def is_rational(self) -> bool:
        """Whether the number is ``r_0``."""
        return not self._reduced

    def ball(self, precision: int = 128) -> arb:
        """A ball that contains the number, computed with ``precision`` bits."""
        with ctx.workprec(precision):
            total = arb(self._rational)
            for argument, weight in self._terms.items():
                total += arb(weight) * arb(fmpz(argument)).log()
            return total

    def sign(self) -> int:
        """-1, 0 or 1, decided."""
        precision = FIRST_PRECISION
        while True:
            ball = self.ball(precision)
            if ball > 0:
                return 1
            if ball < 0:
                return -1
            if precision >= LAST_BLIND_PRECISION and self.is_rational:
                return (self._rational > 0) - (self._rational < 0)
            precision *= 2

    def __add__(self, other: Any) -> LogForm:
        return NotImplemented if not _finite(other) else LogForm.combination([(1, self), (1, other)])

    __radd__ = __add__

    def __sub__(self, other: Any) -> LogForm:
        return NotImplemented if not _finite(other) else LogForm.combination([(1, self), (-1, other)])

    def __rsub__(self, other: Any) -> LogForm:
        return NotImplemented if not _finite(other) else LogForm.combination([(1, other), (-1, self)])

    def __neg__(self) -> LogForm:
        return self * -1

    def __abs__(self) -> LogForm:
        return -self if self.sign() < 0 else self

    def __mul__(self, factor: Any) -> LogForm:
        return NotImplemented if not isinstance(factor, Rational) else LogForm.combination([(factor, self)])

    __rmul__ = __mul__

    def __truediv__(self, divisor: Any) -> LogForm:
        return NotImplemented if not isinstance(divisor, Rational) else self * (1 / Fraction(divisor))

    def _compared(self, other: Any) -> int | None:
        """Sign of ``self - other``; None where they do not compare."""
        if isinstance(other, float) and math.isinf(other):
            return -1 if other > 0 else 1
        return (self - other).sign() if _finite(other) else None

    def __eq__(self, other: Any) -> Any:
        order = self._compared(other)
        return NotImplemented if order is None else order == 0

    def __lt__(self, other: Any) -> Any:
        order = self._compared(other)
        return NotImplemented if order is None else order < 0

    def __le__(self, other: Any) -> Any:
        order = self._compared(other)
        return NotImplemented if order is None else order <= 0

    def __gt__(self, other: Any) -> Any:
        order = self._compared(other)
        return NotImplemented if order is None else order > 0

    def __ge__(self, other: Any) -> Any:
        order = self._compared(other)
        return NotImplemented if order is None else order >= 0

    def __bool__(self) -> bool:
        return self.sign() != 0

    def __float__(self) -> float:
        """The nearest float64: exact for a rational; otherwise the number is no midpoint, so precision decides."""
        precision = FIRST_PRECISION
        while True:
            ball = self.ball(precision)
            centre, spread = _exact(ball.mid()), _exact(ball.rad())
            low, high = _nearest(centre - spread), _nearest(centre + spread)
            if low == high and (low or precision > LAST_BLIND_PRECISION):
                return low
            if precision >= LAST_BLIND_PRECISION and self.is_rational:
                return float(self.rational)
            precision *= 2

    def __hash__(self) -> int:
        """Equal to that of the Fraction for a rational number; otherwise that of the nearest float64."""
        return hash(self.rational) if self.is_rational else hash(float(self))

    def __str__(self) -> str:
        """Rational part, then logs of ascending arguments: ``1/2 + 3/2*log(2) - log(3)``; zero is ``0``."""
        pieces = [(self._rational, "")] if self._rational else []
        pieces += [(weight, f"log({fmpz(base)})") for base, weight in self._reduced.items()]
        text = ""
        for weight, log in pieces:
            size = abs(weight)
            body = str(size) if not log else log if size == 1 else f"{size}*{log}"
            sign = "-" if weight < 0 else "+"
            text += f" {sign} {body}" if text else body if sign == "+" else f"-{body}"
        return text or "0"

    def __repr__(self) -> str:
        return f"LogForm({str(self)!r})"


def coprime_base(numbers: Iterable[int]) -> list[int]:
    """The coarsest integers above 1, coprime in pairs, whose products give every one of ``numbers``, ascending.

    Parameters
    ----------
    numbers : iterable of positive int

    Notes
    -----
    Cost: a greatest common divisor of each number and the product of the base, and ``O(m)`` more, m the size of the
    base, for one that is not coprime to it.

    Examples
    --------
    >>> coprime_base([12, 18])
    [2, 3]
    >>> coprime_base([10, 21])
    [10, 21]
    """
    base: list[int] = []
    product = 1
    waiting = sorted(set(numbers), reverse=True)
    while waiting:
        n = waiting.pop()
        if n == 1:
            continue
        if math.gcd(n, product) == 1:
            base.append(n)
            product *= n
            continue
        index = next(index for index, b in enumerate(base) if math.gcd(n, b) > 1)
        b = base.pop(index)
        product //= b
        common = math.gcd(n, b)
        waiting += [common, n // common, b // common]
    return sorted(base)


_ZERO = fmpq(0)


def _add_log(terms: dict[int, fmpq], argument: Rational, weight: fmpq) -> None:
    if argument <= 0:
        raise ValueError(f"log({argument}) does not exist; arguments are positive rationals")
    above, below = argument.numerator, argument.denominator
    if above != 1:
        terms[above] = terms.get(above, _ZERO) + weight
    if below != 1:
        terms[below] = terms.get(below, _ZERO) - weight


def _split_off(primes: list[int], numbers: Mapping[int, fmpq], terms: dict[int, fmpq]) -> dict[int, fmpq]:
    """Move these primes out of weighted numbers into ``terms``; return what is left, each number once."""
    joint = math.prod(primes)
    left: dict[int, fmpq] = {}
    for number, weight in numbers.items():
        if not weight:
            continue
        shared = math.gcd(number, joint)
        for prime in primes if shared > 1 else ():
            if shared % prime == 0:
                power = _multiplicity(prime, number)
                number //= prime**power
                terms[prime] = terms.get(prime, _ZERO) + weight * power
        if number > 1:
            left[number] = left.get(number, _ZERO) + weight
    return left


def _multiplicity(base: int, number: int) -> int:
    """Largest m such that ``base^m`` divides ``number``."""
    # Squares of the base first, the largest that divides: the powers of a low temperature are in the thousands.
    squares = [base]
    while number % squares[-1] == 0:
        squares.append(squares[-1] ** 2)
    power = 0
    for k in range(len(squares) - 2, -1, -1):
        if number % squares[k] == 0:
            number //= squares[k]
            power += 1 << k
    return power


def _factors(base: int) -> list[tuple[int, int]]:
    """Primes and powers of a small number; a large one is reduced to its least root only."""
    if base < FACTORED_BELOW:
        return [(int(prime), power) for prime, power in fmpz(base).factor()]
    for power in range(base.bit_length() // 9, 1, -1):
        root = int(fmpz(base).root(power))
        if root**power == base:
            return [(root, power)]
    return [(base, 1)]


def _finite(number: Any) -> bool:
    return isinstance(number, LogForm | int | Fraction)


def _fraction(text: str) -> Fraction:
    above, _, below = text.partition("/")
    if below and not below.strip("0"):
        raise ValueError(f"{text} divides by zero")
    return Fraction(int(fmpz(above)), int(fmpz(below or "1")))


def _exact(ball: arb) -> Fraction:
    """The number that a ball of radius zero holds."""
    mantissa, exponent = ball.man_exp()
    return int(mantissa) * Fraction(2) ** int(exponent)


def _nearest(number: Fraction) -> float:
    try:
        return float(number)
    except OverflowError:
        return math.inf if number > 0 else -math.inf
