"""Which quantities have a unit that can be chosen."""

from __future__ import annotations

from maskbound.theory import quantities

from ..numbers.units import worded

__all__ = ["PER_TOKEN", "in_nats", "is_measured", "of_sequences", "unit_of", "unit_of_column"]


PER_TOKEN = "/L"
"""What follows the name of a quantity in the heading of a column that has it per token."""


def in_nats(quantity: str) -> bool:
    """Whether a quantity is measured in nats, or nats per token."""
    return is_measured(quantity) and unit_of_column(quantity).startswith("nats")


def of_sequences(quantity: str) -> bool:
    """Whether a quantity is a number of nats of a whole sequence, which may be told per token."""
    return quantities[quantity].unit == "nats"


def is_measured(column: str) -> bool:
    """Whether a column has a quantity, as it is or per token."""
    return column.removesuffix(PER_TOKEN) in quantities


def unit_of_column(column: str) -> str:
    """The unit of the quantity in a column."""
    name = column.removesuffix(PER_TOKEN)
    return quantities[name].unit if name == column else f"{quantities[name].unit} per token"


def unit_of(quantity: str, unit: str) -> str:
    """The unit of a quantity, logarithmic ones in ``unit``."""
    return worded(quantities[quantity].unit, unit)
