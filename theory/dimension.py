"""Which statements compare amounts of information, so that they can be given in bits as well as in nats."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from sympy import Add, Dummy, Expr, Max, Min, Mul, Pow, log

from maskbound.theory.notation import quantities

__all__ = ["degree", "is_information", "mixes_units"]

Degree: TypeAlias = Expr | int | None


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


def mixes_units(left: Expr, right: Expr) -> bool:
    """Whether a term multiplies amounts of information and another does not, so that the truth depends on the unit.

    Logarithms of numbers of tokens or states are amounts; those of lengths and steps are natural ones, and numbers.

    Examples
    --------
    >>> from maskbound.theory import claim
    >>> texts = ("path_kl <= total_correlation*log(V)/N", "path_kl**2 <= kl*entropy", "kl <= entropy*log(L)")
    >>> [mixes_units(*claim(text).sides) for text in texts]
    [True, False, False]
    """
    numbers = {each: Dummy() for side in (left, right) for each in side.atoms(log) if not _counts_outcomes(each)}
    terms = [term for side in (left, right) for term in Add.make_args(side.xreplace(numbers)) if not term.is_number]
    degrees = {_degree(term) for term in terms} - {None, 0}
    return len(degrees) > 1 and any(degree >= 2 for degree in degrees if degree is not None)


def _counts_outcomes(logarithm: Expr) -> bool:
    return bool({symbol.name.removesuffix("@2") for symbol in logarithm.free_symbols} & {"V", "K"})


def _degree(expression: Expr) -> Degree:
    """The power of nats that an expression is in proportion to; None where its terms differ in that."""
    return degree(expression, _in_nats, idle=lambda part: bool(part.is_number))


def _in_nats(part: Expr) -> Degree:
    if part.is_Symbol:
        quantity = quantities.get(part.name.removesuffix("@2"))
        return int(quantity is not None and quantity.unit.startswith("nats"))
    return int(isinstance(part, log))


def degree(expression: Expr, of: Callable[[Expr], Degree], idle: Callable[[Expr], bool] = lambda part: False) -> Degree:
    """The power of some unit that an expression is in proportion to; None where its terms differ in that.

    Parameters
    ----------
    expression : Expr
    of : callable
        The same of what is no sum, product, power, maximum or minimum.
    idle : callable
        Terms and factors that count for nothing.
    """
    if isinstance(expression, Add | Max | Min):
        found = {degree(term, of, idle) for term in expression.args if not idle(term)}
        return found.pop() if len(found) == 1 else None
    if isinstance(expression, Mul):
        total: Expr | int = 0
        for factor in expression.args:
            power = 0 if idle(factor) else degree(factor, of, idle)
            if power is None:
                return None
            total += power
        return total
    if isinstance(expression, Pow) and expression.exp.is_number:
        power = degree(expression.base, of, idle)
        return None if power is None else power * expression.exp
    return of(expression)
