"""The symbols of sympy that formulas are written in: those of quantities and parameters, and free ones.

A symbol carries the name of its quantity. Symbols that may be infinite (divergences, cross-entropies) are declared
extended real, so that sympy never simplifies on the assumption that they are finite.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from sympy import Symbol

from maskbound.theory.aliases import OLD_QUANTITIES, Renamed
from maskbound.theory.notation import Parameter, Quantity, parameters, quantities

__all__ = ["FREE", "latex_names", "second", "symbols"]

FREE: Mapping[str, Symbol] = MappingProxyType(
    {
        "C": Symbol("C", positive=True),
        "delta": Symbol("delta", nonnegative=True),
        "eps": Symbol("eps", positive=True),
    }
)
"""Free parameters of statements: a hidden constant, and targets."""

_named: tuple[Quantity | Parameter, ...] = (*parameters.values(), *quantities.values())


def _declared(named: Quantity | Parameter, name: str) -> Symbol:
    if isinstance(named, Parameter):
        return Symbol(name, integer=True, positive=True)
    kind = "nonnegative" if named.least >= 0 else "real"
    return Symbol(name, **{kind if named.finite else f"extended_{kind}": True})


symbols = Renamed(
    {name: _declared(named, name) for named in _named for name in (named.name, named.name_of_second)}, OLD_QUANTITIES
)
"""Every symbol that a claim may use, by its name; the second subject's included (``kl@2``, ``N@2``)."""


def second(symbol: Symbol) -> Symbol:
    """The second subject's symbol for a quantity or parameter.

    >>> second(symbols["kl"])
    kl@2
    """
    named: Quantity | Parameter = quantities.get(symbol.name) or parameters[symbol.name]
    return symbols[named.name_of_second]


def latex_names(two_subjects: bool) -> dict[Symbol, str]:
    """LaTeX of every symbol; with two subjects, upper indices (1) and (2) tell them apart."""
    names: dict[Symbol, str] = {}
    for named in _named:
        latex = named.latex if isinstance(named, Quantity) else named.name
        first, other = symbols[named.name], symbols[named.name_of_second]
        if other == first or not two_subjects:
            names[first] = latex
        else:
            names[first] = f"{{{latex}}}^{{(1)}}"
            names[other] = f"{{{latex}}}^{{(2)}}"
    return names
