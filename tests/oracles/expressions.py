"""The value of a typed expression, by interval arithmetic of 200 digits, in which undefined means undefined.

Python's own parser reads the text. Values are intervals with ends that may be infinite; `None` is no value. Two numbers
of the sizes met in tests that agree to 150 digits are taken for equal: only then does a difference vanish.
"""

import ast
from collections.abc import Mapping
from typing import Any

from mpmath import MPContext
from mpmath.ctx_iv import MPIntervalContext

__all__ = ["Beyond", "compared", "value"]

DIGITS, SAME = 220, 150
LARGEST = 10**6

iv = MPIntervalContext()
iv.dps = DIGITS
mp = MPContext()
mp.dps = DIGITS

Interval = Any


class Beyond(Exception):
    """Too large to be worth the time."""


def exactly(number: int) -> Interval:
    return iv.mpf([number, number])


INF = iv.mpf(["inf", "inf"])


def is_zero(x: Interval) -> bool:
    return bool(x.a <= 0 <= x.b)


def is_infinite(x: Interval) -> bool:
    return bool(x.a == x.b and abs(x.a) == INF.a)


def middle(x: Interval) -> Any:
    return mp.mpf(x.mid.a.a if hasattr(x.mid, "a") else x.mid)


def settled(x: Interval, size: Any) -> Interval:
    """Zero, if the number is nothing beside what it is the difference of."""
    return exactly(0) if abs(middle(x)) <= size * mp.mpf(10) ** -SAME else x


def whole(x: Interval) -> int | None:
    if is_infinite(x):
        return None
    n = int(mp.nint(middle(x)))
    return n if abs(middle(x) - n) < mp.mpf(10) ** -SAME * max(1, abs(n)) else None


def add(x: Interval, y: Interval) -> Interval | None:
    if is_infinite(x) or is_infinite(y):
        if is_infinite(x) and is_infinite(y) and (x > 0) != (y > 0):
            return None
        return x if is_infinite(x) else y
    return settled(x + y, max(abs(middle(x)), abs(middle(y))))


def multiply(x: Interval, y: Interval) -> Interval | None:
    if is_infinite(x) or is_infinite(y):
        if is_zero(x) or is_zero(y):
            return None
        return INF if (x > 0) == (y > 0) else -INF
    return exactly(0) if is_zero(x) or is_zero(y) else x * y


def divide(x: Interval, y: Interval) -> Interval | None:
    if is_zero(y):
        return None
    if is_infinite(y):
        return None if is_infinite(x) else exactly(0)
    return multiply(x, 1 / y)


def logarithm(x: Interval) -> Interval | None:
    if is_zero(x) or x < 0:
        return None
    return x if is_infinite(x) else settled(iv.log(x), mp.mpf(1))


def exponential(x: Interval) -> Interval:
    if is_infinite(x):
        return INF if x > 0 else exactly(0)
    if abs(middle(x)) > LARGEST:
        raise Beyond
    return iv.exp(x)


def power(x: Interval, y: Interval) -> Interval | None:
    n = whole(y)
    if n is not None:
        return whole_power(x, n)
    if not is_zero(x) and x < 0:
        return None
    if is_zero(x):
        return exactly(0) if y > 0 and not is_infinite(y) else None
    exponent = logarithm(x)
    product = None if exponent is None else multiply(y, exponent)
    return None if product is None else exponential(product)


def whole_power(x: Interval, n: int) -> Interval | None:
    if n == 0:
        return None if is_infinite(x) else exactly(1)
    if is_zero(x):
        return exactly(0) if n > 0 else None
    if is_infinite(x):
        return exactly(0) if n < 0 else INF if x > 0 or n % 2 == 0 else -INF
    if abs(n) * abs(mp.log(abs(middle(x)))) > LARGEST:
        raise Beyond
    return x**n


def ceiling(x: Interval) -> Interval:
    if is_infinite(x):
        return x
    n = whole(x)
    return exactly(int(mp.ceil(middle(x))) if n is None else n)


def larger(x: Interval, y: Interval) -> Interval:
    return x if compared(x, y) >= 0 else y


def compared(x: Interval, y: Interval) -> int:
    """The sign of the difference of two values."""
    if is_infinite(x) and is_infinite(y):
        return int(x > 0) - int(y > 0)
    difference = add(x, -y)
    assert difference is not None
    return 0 if is_zero(difference) else 1 if difference > 0 else -1


BINARY = {
    ast.Add: add,
    ast.Sub: lambda x, y: add(x, -y),
    ast.Mult: multiply,
    ast.Div: divide,
    ast.Pow: power,
}
ONE = {"log": logarithm, "exp": exponential, "ceil": ceiling, "sqrt": lambda x: power(x, 1 / exactly(2))}


def value(text: str, values: Mapping[str, Any]) -> Interval | None:
    """The value of one side; None where it has none.

    Raises
    ------
    Beyond
    """
    return walk(ast.parse(text, mode="eval").body, values)


def walk(node: Any, values: Mapping[str, Any]) -> Interval | None:
    if isinstance(node, ast.Constant):
        return exactly(node.value)
    if isinstance(node, ast.Name):
        return values[node.id]
    parts = getattr(node, "args", None) or [
        getattr(node, name) for name in ("left", "right", "operand") if hasattr(node, name)
    ]
    operands = [walk(part, values) for part in parts]
    if any(operand is None for operand in operands):
        return None
    if isinstance(node, ast.UnaryOp):
        return -operands[0]
    if isinstance(node, ast.BinOp):
        return BINARY[type(node.op)](*operands)
    if node.func.id in ONE:
        return ONE[node.func.id](*operands)
    found = operands[0]
    for operand in operands[1:]:
        ahead = compared(operand, found)
        found = operand if ahead == (1 if node.func.id == "max" else -1) else found
    return found
