"""Which quantities have a unit that can be chosen."""

from __future__ import annotations

from maskbound.theory import quantities

from ..numbers.units import worded

__all__ = ["in_nats", "unit_of"]


def in_nats(quantity: str) -> bool:
    """Whether a quantity is measured in nats, or nats per token."""
    return quantity in quantities and quantities[quantity].unit.startswith("nats")


def unit_of(quantity: str, unit: str) -> str:
    """The unit of a quantity, logarithmic ones in ``unit``."""
    return worded(quantities[quantity].unit, unit)
