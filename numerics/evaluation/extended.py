"""The arithmetic of real numbers with both infinities: which operations have a value, and walking an expression by it.

Every operation is strict: what has a part without a value has none. The operations themselves have none here, and
nowhere else:

=====================  =======================================================================
``x + y``              of infinity and minus infinity
``x * y``              of zero and infinity
``x / y``              is ``x * y**-1``: y is zero, or both are infinite
``x**0``               x is infinite; else it is 1, the empty product, also for x = 0
``x**n``, n = -1, ..   x is zero
``x**y``, y not whole  x is negative; x is zero and y < 0 or infinite; else it is ``exp(y * log(x))``, for x = 0 zero
``log(x)``             x is zero or negative
=====================  =======================================================================

Two sides that have values compare as extended reals: infinity equals itself. ``exp(-inf)`` is 0, ``1/inf`` is 0,
``ceil(inf)`` is infinity.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import reduce
from itertools import product
from typing import Any, TypeVar

import sympy

from maskbound.theory import spell

from ..numbers.rationals import to_fraction

__all__ = [
    "INFINITY",
    "MINUS_INFINITY",
    "NEGATIVE",
    "POSITIVE",
    "ZERO",
    "Extended",
    "NoValue",
    "Unclear",
    "Undefined",
    "evaluate",
]

MINUS_INFINITY, NEGATIVE, ZERO, POSITIVE, INFINITY = -2, -1, 0, 1, 2
"""The sorts of numbers by which an operation has a value or none; minus changes the sign."""

SHORT = 80
"""Characters of an expression in a message."""

T = TypeVar("T", bound="Extended")


class NoValue(ValueError):
    """An expression has no value, or may have none; the message says which part, and why."""

    verb = ""
    located = False

    def of(self, expression: sympy.Expr) -> NoValue:
        """The same, said of the innermost part that has no value."""
        if self.located:
            return self
        text = spell(expression)
        text = text if len(text) <= SHORT else text[: SHORT - 3] + "..."
        found = type(self)(f"{text} {self.verb} no value: {self}")
        found.located = True
        return found


class Undefined(NoValue):
    """An expression has no value."""

    verb = "has"


class Unclear(NoValue):
    """It is not known whether an expression has a value."""

    verb = "may have"


class Extended(ABC):
    """What is known about a number; the operators raise Undefined or Unclear by the rules of this module."""

    @abstractmethod
    def sorts(self) -> frozenset[int]:
        """The sorts that the number may be of."""

    @abstractmethod
    def may_be_infinite(self) -> bool:
        """Whether one of the sorts is an infinity; cheaper than them."""

    @abstractmethod
    def whole(self) -> int | None:
        """The number, if it is known to be a whole one."""

    @abstractmethod
    def may_be_whole(self) -> bool: ...

    @abstractmethod
    def constant(self: T, number: Fraction) -> T:
        """Another number of this kind."""

    @abstractmethod
    def plus(self: T, other: T) -> T: ...

    @abstractmethod
    def times(self: T, other: T) -> T: ...

    @abstractmethod
    def to_the(self: T, n: int) -> T:
        """A whole power; not zero."""

    @abstractmethod
    def root(self: T, exponent: T) -> T:
        """A power of a number that may be zero and is not negative; the exponent is neither negative nor infinite."""

    @abstractmethod
    def exp(self: T) -> T: ...

    @abstractmethod
    def log_of_positive(self: T) -> T: ...

    @abstractmethod
    def ceil(self: T) -> T: ...

    @abstractmethod
    def larger(self: T, other: T) -> T: ...

    @abstractmethod
    def smaller(self: T, other: T) -> T: ...

    def __add__(self: T, other: T) -> T:
        if self.may_be_infinite() and other.may_be_infinite():
            _require(lambda x, y: abs(x) < INFINITY or x != -y, "infinity minus infinity", self, other)
        return self.plus(other)

    def __mul__(self: T, other: T) -> T:
        if self.may_be_infinite() or other.may_be_infinite():
            _require(lambda x, y: {abs(x), abs(y)} != {ZERO, INFINITY}, "zero times infinity", self, other)
        return self.times(other)

    def __pow__(self: T, exponent: T) -> T:
        n = exponent.whole()
        if n == 0:
            _require(lambda x: abs(x) < INFINITY, "infinity to the power 0", self)
            return self.constant(Fraction(1))
        if n is not None:
            if n < 0:
                _require(lambda x: x != ZERO, "a division by zero", self)
            return self.to_the(n)
        if exponent.may_be_whole() and any(x < ZERO for x in self.sorts()):
            raise Unclear("a power of a number that may be negative")
        _require(lambda x: x >= ZERO, "a root of a negative number", self)
        if ZERO in self.sorts():
            _require(
                lambda x, y: x > ZERO or y in (ZERO, POSITIVE), "zero to a negative or infinite power", self, exponent
            )
            return self.root(exponent)
        return (exponent * self.log()).exp()

    def log(self: T) -> T:
        """The natural logarithm."""
        _require(lambda x: x > ZERO, "the log of a number that is not positive", self)
        return self.log_of_positive()


def _require(defined: Callable[..., bool], otherwise: str, *operands: Extended) -> None:
    found = {defined(*sorts) for sorts in product(*(operand.sorts() for operand in operands))}
    if found == {False}:
        raise Undefined(otherwise)
    if False in found:
        raise Unclear(otherwise)


def evaluate(expression: sympy.Expr, values: Mapping[sympy.Symbol, T], constant: Callable[[Fraction], T]) -> T:
    """The expression as it is written, over values of its symbols.

    Parameters
    ----------
    expression : sympy.Expr
        In the grammar of claims.
    values : mapping of Symbol to Extended
    constant : callable
        The number of the same kind that a Fraction is.

    Raises
    ------
    Undefined
        Where a part has no value.
    Unclear
        Where it is not known whether it has one.
    TypeError
        For a function outside the grammar of claims.
    """
    if expression.is_Symbol:
        return values[expression]
    if expression.is_Rational:
        return constant(to_fraction(expression))
    if expression is sympy.E:
        return constant(Fraction(1)).exp()
    operands = [evaluate(part, values, constant) for part in expression.args]
    operation = _OPERATIONS.get(expression.func)
    if operation is None:
        raise TypeError(f"{expression.func} is outside the grammar of claims")
    try:
        return reduce(operation, operands) if len(operands) > 1 else operation(operands[0], operands[0])
    except NoValue as problem:
        raise problem.of(expression) from None


_OPERATIONS: Mapping[type, Callable[..., Any]] = {
    sympy.Add: lambda x, y: x + y,
    sympy.Mul: lambda x, y: x * y,
    sympy.Pow: lambda x, y: x**y,
    sympy.exp: lambda x, _: x.exp(),
    sympy.log: lambda x, _: x.log(),
    sympy.ceiling: lambda x, _: x.ceil(),
    sympy.Max: lambda x, y: x.larger(y),
    sympy.Min: lambda x, y: x.smaller(y),
}
