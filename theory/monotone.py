"""How an expression moves with a whole number n = 1, 2, ..., proved from its form; and where it first meets a target.

An expression is taken apart into sums, products of factors of one sign, powers, exponentials, logarithms, maxima and
roundings, each of which carries a proof of monotony from its parts to the whole. Numbers are compared exactly.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from math import prod

from sympy import E, Expr, Integer, Max, Min, S, Symbol, ceiling, exp, floor, log, nan, oo, simplify, zoo
from sympy.core.evalf import PrecisionExhausted

__all__ = ["Course", "course", "first_at_most", "sign"]

FARTHEST = 2**200
DIGITS = (30, 100)

Function = Callable[[Expr], Expr]


@dataclass(frozen=True)
class Course:
    """A monotone expression in n.

    Parameters
    ----------
    direction : int
        1 where it never falls, -1 where it never rises, 0 where it is constant.
    first, limit : Expr
        At n = 1, and as n grows.
    reached : bool
        Whether it may equal its limit at some n; False is proved.
    """

    direction: int
    first: Expr
    limit: Expr
    reached: bool

    @property
    def least(self) -> Expr:
        return self.first if self.direction >= 0 else self.limit

    @property
    def greatest(self) -> Expr:
        return self.limit if self.direction >= 0 else self.first

    def mapped(self, function: Function, direction: int = 1, reached: bool | None = None) -> Course:
        """Under a monotone function."""
        return Course(
            self.direction * direction,
            function(self.first),
            function(self.limit),
            self.reached if reached is None else reached,
        )


def sign(number: Expr) -> int:
    """-1, 0 or 1.

    Raises
    ------
    ValueError
        When the number is not real, or so close to zero that neither can be shown.
    """
    if number in (oo, -oo) or number.is_Rational:
        return 1 if number > 0 else -1 if number < 0 else 0
    if not number.is_number or number.is_extended_real is False:
        raise ValueError(f"{number} is no real number")
    for digits in DIGITS:
        with suppress(PrecisionExhausted):
            value = number.evalf(digits)
            if value.is_Float and value._prec > 1 and value != 0:
                return 1 if value > 0 else -1
    if simplify(number) == 0:
        return 0
    raise ValueError(f"{number} cannot be told from zero")


def course(expr: Expr, n: Symbol) -> Course:
    """The course of an expression whose only symbol is n.

    Raises
    ------
    ValueError
        When its form does not prove it monotone.

    Examples
    --------
    >>> n = Symbol("n")
    >>> course(1 - exp(-3 / n), n)
    Course(direction=-1, first=1 - exp(-3), limit=0, reached=False)
    """
    if n not in expr.free_symbols:
        _require_value(expr)
        return Course(0, expr, expr, True)
    if expr == n:
        return Course(1, Integer(1), oo, False)
    parts = [course(argument, n) for argument in expr.args]
    found = None
    if expr.is_Add:
        found = _sum(parts)
    elif expr.is_Mul:
        found = _product(parts)
    elif expr.is_Pow or isinstance(expr, exp):
        found = _power(*(parts if expr.is_Pow else (course(E, n), parts[0])))
    elif isinstance(expr, log) and _not_negative(parts[0].least):
        found = parts[0].mapped(log)
    elif isinstance(expr, Max | Min):
        found = _extreme(type(expr), parts)
    elif isinstance(expr, ceiling | floor):
        found = _rounded(type(expr), parts[0])
    if found is None or any(value in (nan, zoo) or value.has(nan, zoo) for value in (found.first, found.limit)):
        raise ValueError(f"{expr} is not known to be monotone in {n}")
    return found


def _require_value(constant: Expr) -> None:
    """Refuse what sympy would give a value by rules for complex numbers, or by cancelling: ``exp(log(-1))``."""
    for part in constant.args:
        _require_value(part)
    if isinstance(constant, log):
        defined = sign(constant.args[0]) > 0
    elif constant.is_Pow:
        base, exponent = constant.args
        raised = sign(base)
        defined = raised > 0 or (sign(exponent) >= 0 if raised == 0 else exponent.is_integer)
    else:
        return
    if not defined:
        raise ValueError(f"{constant} has no value")


def _not_negative(value: Expr) -> bool:
    return sign(value) >= 0


def _common(parts: list[Course]) -> int | None:
    """The direction that all share, constants aside; None where they differ."""
    directions = {part.direction for part in parts} - {0}
    return directions.pop() if len(directions) == 1 else None


def _sum(parts: list[Course]) -> Course | None:
    direction = _common(parts)
    if direction is None:
        return None
    first, limit = sum((p.first for p in parts), Integer(0)), sum((p.limit for p in parts), Integer(0))
    return Course(direction, first, limit, all(p.reached for p in parts))


def _product(parts: list[Course]) -> Course | None:
    """Factors that never change sign, as their absolute values and a common sign."""
    total, factors = 1, []
    for part in parts:
        if _not_negative(part.least):
            factors.append(part)
        elif sign(part.greatest) <= 0:
            total = -total
            factors.append(part.mapped(lambda value: -value, -1))
        else:
            return None
    direction = _common(factors)
    if direction is None:
        return None
    # Where one factor stays off its limit and the others are positive, so does the product.
    vanishes = any(f.reached and sign(f.limit) == 0 for f in factors)
    reached = vanishes or all(f.reached for f in factors)
    first, limit = prod((f.first for f in factors), start=S.One), prod((f.limit for f in factors), start=S.One)
    return Course(direction * total, total * first, total * limit, reached)


def _power(base: Course, exponent: Course) -> Course | None:
    if exponent.direction == 0:
        raised = sign(exponent.first)
        if raised < 0 and (base.reached or base.direction >= 0) and sign(base.least) == 0:
            return None
        if _not_negative(base.least):
            return base.mapped(lambda value: oo if value == 0 and raised < 0 else value**exponent.first, raised)
        return None
    if base.direction == 0 and sign(base.first) > 0:
        grows = sign(base.first - 1)
        return exponent.mapped(lambda value: base.first**value, grows, None if grows else True)
    return None


def _extreme(function: Callable[..., Expr], parts: list[Course]) -> Course | None:
    direction = _common(parts)
    if direction is None:
        return None
    return Course(direction, function(*(p.first for p in parts)), function(*(p.limit for p in parts)), True)


def _rounded(function: Function, part: Course) -> Course:
    """Off its limit, the part rounds as a number just above the limit, or just below it, does."""
    limit = function(part.limit)
    if not part.reached and part.limit.is_finite:
        above = floor(part.limit) + 1 if function is ceiling else floor(part.limit)
        below = ceiling(part.limit) if function is ceiling else ceiling(part.limit) - 1
        limit = above if part.direction < 0 else below
    return Course(part.direction, function(part.first), limit, part.limit.is_finite is not False)


def first_at_most(expr: Expr, n: Symbol, target: Expr) -> int:
    """The smallest whole number n >= 1 with ``expr <= target``.

    Raises
    ------
    ValueError
        When ``expr`` is not known to be monotone in n, or never meets the target.

    Examples
    --------
    >>> n = Symbol("n")
    >>> first_at_most(log(2) / n, n, S(1) / 100)
    70
    """

    def meets(count: int) -> bool:
        return sign(target - expr.subs(n, count)) >= 0

    moves = course(expr, n)
    if meets(1):
        return 1
    left = sign(target - moves.limit) if moves.direction < 0 else -1
    if left < 0 or (left == 0 and not moves.reached):
        raise ValueError(f"{expr} never meets the target {target}: its least value is {moves.least}, at the best")
    low, high = 1, 2
    while not meets(high):
        low, high = high, 2 * high
        if high > FARTHEST:
            raise ValueError(f"{expr} meets the target {target} beyond {n} = 2^200, if at all")
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if meets(middle) else (middle, high)
    return high
