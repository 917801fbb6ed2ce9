"""Which statements compare amounts of information, so that they can be given in bits as well as in nats."""

from __future__ import annotations

from sympy import Expr, Max, Min, Pow, log

from maskbound.theory.notation import quantities

__all__ = ["is_information"]


def is_information(left: Expr, right: Expr) -> bool:
    """Whether the left side, or the right one of a mere number, is in proportion to entropies and logarithms.

    Both sides are in nats then, whatever the other looks like: constants of a bound on KL are in nats.

    Examples
    --------
    >>> from maskbound.theory import claim
    >>> [is_information(*claim(text).sides) for text in ("kl <= 2", "ser <= 1 - exp(-kl)", "tv**2 <= kl/2")]
    [True, False, False]
    """
    return _degree(right if left.is_number else left) == 1


def _degree(expression: Expr) -> Expr | int | None:
    """The power of nats that an expression is in proportion to; None where its terms differ in that."""
    if expression.is_Symbol:
        quantity = quantities.get(expression.name.removesuffix("@2"))
        return int(quantity is not None and quantity.unit.startswith("nats"))
    if expression.is_Add or isinstance(expression, Max | Min):
        found = {_degree(term) for term in expression.args if not term.is_number}
        return found.pop() if len(found) == 1 else None
    if expression.is_Mul:
        total: Expr | int = 0
        for factor in expression.args:
            power = 0 if factor.is_number else _degree(factor)
            if power is None:
                return None
            total += power
        return total
    if isinstance(expression, Pow) and expression.exp.is_number:
        power = _degree(expression.base)
        return None if power is None else power * expression.exp
    return int(isinstance(expression, log))
