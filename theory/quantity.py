"""What a quantity is: a number that an instance has, by name, with symbol, meaning, unit and range; and parameters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from sympy import Expr, Integer, Symbol, oo

__all__ = [
    "COUNT",
    "NATS",
    "ONE",
    "PERPLEXITY",
    "PER_TOKEN",
    "PROBABILITY",
    "ZERO",
    "K",
    "L",
    "N",
    "Parameter",
    "Quantity",
    "V",
    "declare",
    "parameters",
]

NATS = "nats"
PER_TOKEN = "nats per token"
PROBABILITY = "probability"
PERPLEXITY = "perplexity"
COUNT = "count"
ZERO, ONE = Integer(0), Integer(1)


@dataclass(frozen=True)
class Quantity:
    """A number that an instance (or a pair of instances) has.

    Parameters
    ----------
    name : str
        Its name in claims, on the command line and in tables.
    latex : str
    meaning : str
        The definition, in the notation above.
    unit : str
        "nats", "nats per token", "probability", "perplexity", "distance", "count" or "ratio".
    least, greatest : sympy.Expr
        Its range, ends included (``oo`` means that it may be infinite, or merely that it has no fixed bound).
    symbol, symbol_of_second : sympy.Symbol
        The first and the second subject's symbol.
    of_pair : bool
        Whether it belongs to two subjects together; such a quantity has one symbol only.
    """

    name: str
    latex: str
    meaning: str
    unit: str
    least: Expr
    greatest: Expr
    symbol: Symbol
    symbol_of_second: Symbol
    of_pair: bool = False

    @property
    def definition(self) -> str:
        """Anchor of its definition, with a formula and an example: ``definitions.md#kl``, in ``proofs_notes``."""
        return f"definitions.md#{self.name}"


@dataclass(frozen=True)
class Parameter:
    """A whole number that an instance is given: V, L or N."""

    name: str
    meaning: str
    symbol: Symbol
    symbol_of_second: Symbol


def declare(
    known_ones: dict[str, Quantity],
    name: str,
    latex: str,
    meaning: str,
    unit: str,
    *,
    least: Expr = ZERO,
    greatest: Expr = oo,
    finite: bool = False,
    of_pair: bool = False,
) -> Symbol:
    """Add a quantity to the known ones and return its symbol; ``finite`` says that it is finite though not bounded."""
    finite = finite or greatest.is_finite
    known = {"real" if finite else "extended_real": True}
    if least.is_nonnegative:
        known = {"nonnegative" if finite else "extended_nonnegative": True}
    first = Symbol(name, **known)
    other = first if of_pair else Symbol(f"{name}@2", **known)
    known_ones[name] = Quantity(name, latex, meaning, unit, least, greatest, first, other, of_pair)
    return first


V = Symbol("V", integer=True, positive=True)
L = Symbol("L", integer=True, positive=True)
N = Symbol("N", integer=True, positive=True)
K = Symbol("K", integer=True, positive=True)

parameters: Mapping[str, Parameter] = MappingProxyType(
    {
        symbol.name: Parameter(symbol.name, meaning, symbol, Symbol(f"{symbol.name}@2", integer=True, positive=True))
        for symbol, meaning in (
            (V, "vocabulary size"),
            (L, "sequence length"),
            (N, "number of steps of the schedule, empty ones included"),
            (K, "number of hidden states of a hidden Markov language"),
        )
    }
)
"""The parameters of an instance by name."""
