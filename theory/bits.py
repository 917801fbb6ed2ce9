"""Claims about amounts of information in bits, as claims about nats."""

from __future__ import annotations

import re
from typing import Any

from sympy import Add, Expr, Integer, Max, Min, Mul, Pow, log

from maskbound.theory.claims import claim
from maskbound.theory.notation import quantities
from maskbound.theory.statement import Statement

__all__ = ["claim_in_bits"]

LOG_2 = log(Integer(2))


def claim_in_bits(text: str, **rest: Any) -> Statement:
    """The claim about nats that a typed one about bits is; ``rest`` as for :func:`~maskbound.theory.claim`.

    Where every term is an amount of information, logarithms to the base two among them, the unit does not matter.
    Else amounts are divided by log 2.

    Raises
    ------
    ClaimError
        When the text is not in the grammar, or a name is unknown.

    Examples
    --------
    >>> str(claim_in_bits("kl <= 2*log2(V)")), str(claim_in_bits("kl <= 2"))
    ('kl <= 2*log(V)', 'kl/log(2) <= 2')
    """
    claim(text, **rest)  # So that a fault is told by the column at which it was typed.
    divided = claim(re.sub(r"[A-Za-z_]\w*(?:@2)?", _divided, text), **rest)
    if all(side == 0 or _power_of_log_2(side) == -1 for side in (divided.lhs, divided.rhs)):
        natural = claim(re.sub(r"\blog2\b", "log", text), **rest)
        if not natural.lhs.has(LOG_2) and not natural.rhs.has(LOG_2):
            return natural
    return divided


def _divided(found: re.Match[str]) -> str:
    known = quantities.get(found.group().removesuffix("@2"))
    return f"({found.group()}/log(2))" if known and known.unit.startswith("nats") else found.group()


def _power_of_log_2(expression: Expr) -> Expr | None:
    """The power of log 2 that an expression has as a factor; None where its terms differ in that."""
    if expression == LOG_2:
        return Integer(1)
    if isinstance(expression, Add | Max | Min):
        found = {_power_of_log_2(term) for term in expression.args}
        return found.pop() if len(found) == 1 else None
    if isinstance(expression, Mul):
        total: Expr = Integer(0)
        for factor in expression.args:
            power = _power_of_log_2(factor)
            if power is None:
                return None
            total += power
        return total
    if isinstance(expression, Pow) and expression.exp.is_number:
        power = _power_of_log_2(expression.base)
        return None if power is None else power * expression.exp
    return None if expression.has(LOG_2) else Integer(0)
