"""Which statements compare amounts of information, so that they can be given in bits as well as in nats."""

from __future__ import annotations

from sympy import Add, Expr, Max, Min, Pow, log

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
        found = quantities.get(expression.name.removesuffix("@2"))
        return int(found is not None and found.unit.startswith("nats"))
    if expression.is_Add or isinstance(expression, Max | Min):
        terms = {_degree(term) for term in expression.args if not term.is_number}
        return terms.pop() if len(terms) == 1 else None
    if expression.is_Mul:
        factors = [_degree(factor) for factor in expression.args if not factor.is_number]
        return None if None in factors else Add(*factors)
    if isinstance(expression, Pow) and expression.exp.is_number:
        power = _degree(expression.base)
        return None if power is None else power * expression.exp
    return int(isinstance(expression, log))
