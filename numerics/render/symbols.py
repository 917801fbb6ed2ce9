"""Symbols of columns, for heads in LaTeX."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from maskbound.theory import parameters, quantities

__all__ = ["symbol_of_column"]

SIZES: Mapping[str, str] = MappingProxyType({"language.length": "L", "language.vocab": "V", "policy.steps": "N"})
"""Keys of instance files that have a symbol."""


def symbol_of_column(column: str) -> str:
    """In LaTeX, the symbol of the quantity (as it is or per token), parameter or key in a column; else empty.

    Examples
    --------
    >>> symbol_of_column("entropy/L"), symbol_of_column("policy.steps"), symbol_of_column("verdict")
    ('H(X)/L', 'N', '')
    """
    name, slash, divisor = column.partition("/")
    if name in quantities:
        return f"{quantities[name].latex}{slash}{divisor}"
    return column if column in parameters else SIZES.get(column, "")
