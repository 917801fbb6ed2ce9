"""Distributions of dit, and dictionaries of outcomes, as tables."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from ..errors import BadInput, shown
from ..languages.full_table import Tabular
from ..languages.token_names import named
from ..numbers.probabilities import number
from .arrays import DIGITS
from .rows import TOLERANCE, Rows

__all__ = ["from_dit"]


def from_dit(distribution: Any, digits: int = DIGITS, tolerance: Any = TOLERANCE) -> Tabular:
    """The language of a joint distribution whose outcomes are sequences of one length.

    Parameters
    ----------
    distribution : dit.Distribution or mapping
        Outcome to probability; outcomes are strings or tuples. Rationals (``"1/3"``, Fraction) that sum to 1 stay as
        they are. A distribution may be in logarithms.
    digits : int
        Others are whole numbers ``round(10^digits p)`` divided by their sum.
    tolerance : number
        A mass that misses 1 by more is refused; dit does not look.

    Returns
    -------
    Tabular
        Token v is the v-th of all symbols, in order, and bears its name.

    Raises
    ------
    BadInput
    """
    outcomes = _outcomes(distribution)
    lengths = {len(outcome) for outcome in outcomes}
    if len(lengths) != 1 or 0 in lengths:
        raise BadInput("distribution", f"found outcomes of {len(lengths)} lengths; one, at least 1, is accepted")
    symbols = {symbol for outcome in outcomes for symbol in outcome}
    try:
        order = sorted(symbols)
    except TypeError:
        order = sorted(symbols, key=str)
    token = {symbol: v for v, symbol in enumerate(order)}
    rows = Rows(digits, tolerance)
    weights = [Fraction(p) for p in outcomes.values()]
    if sum(weights) != 1:
        where = "the mass of the distribution"
        weights = rows.row([rows.linear(p, where) for p in weights], where, _cause)
    rows.report("the distribution")
    support = [[token[symbol] for symbol in outcome] for outcome in outcomes]
    return named(Tabular(len(order), lengths.pop(), support, weights), [str(symbol) for symbol in order])


def _cause(total: float) -> str:
    return " (in a distribution of dit, one of two equal outcomes is lost)" if total < 1 else ""


def _outcomes(distribution: Any) -> dict[tuple[Any, ...], Fraction | float]:
    if not isinstance(distribution, Mapping):
        if not hasattr(distribution, "to_dict"):
            raise BadInput("distribution", f"found {shown(distribution)}; a dit.Distribution or a mapping is accepted")
        if getattr(distribution, "is_log", bool)():
            distribution = distribution.copy(base="linear")
        distribution = distribution.to_dict()
    found: dict[tuple[Any, ...], Fraction | float] = {}
    for outcome, p in distribution.items():
        value = number(p, f"distribution[{shown(outcome)}]")
        if value < 0:
            raise BadInput(f"distribution[{shown(outcome)}]", f"found {value}; a probability is accepted")
        try:
            found[tuple(outcome)] = value
        except TypeError:
            raise BadInput(
                "distribution", f"found the outcome {shown(outcome)}; a string or tuple is accepted"
            ) from None
    if not found:
        raise BadInput("distribution", "found no outcome")
    return found
