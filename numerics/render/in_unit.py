"""Tables and figures in bits in the place of nats."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ..errors import BadInput
from ..metrics.units import in_nats
from ..numbers.enclosure import Enclosure
from ..numbers.units import BELOW, Unit, converted, worded
from .figure import Figure
from .table import Table

__all__ = ["figure_in_unit", "table_in_unit"]


def table_in_unit(table: Table, unit: str) -> Table:
    """The table with logarithmic columns in that unit, and its words to match.

    Raises
    ------
    BadInput
        When none of its columns is known to be in nats.
    """
    if unit == Unit.nats:
        return table
    places = [c for c, name in enumerate(table.columns) if in_nats(name) or name in table.nats]
    if not places:
        raise BadInput("--unit", "no column of this table is in nats alone; it is written in nats")
    rows = tuple(row if r in table.without_unit else _row(row, places, unit) for r, row in enumerate(table.rows))
    notes = tuple(worded(note, unit) for note in table.notes)
    return replace(table, title=worded(table.title, unit), rows=rows, notes=notes)


def figure_in_unit(figure: Figure, unit: str) -> Figure:
    """A figure of such a table, its axes to match."""
    panels = tuple(replace(panel, y=worded(panel.y, unit)) for panel in figure.panels)
    return replace(figure, panels=panels, caption=worded(figure.caption, unit))


def _row(row: Sequence[Any], places: Sequence[int], unit: str) -> tuple[Any, ...]:
    return tuple(_cell(cell, unit) if c in places else cell for c, cell in enumerate(row))


def _cell(cell: Any, unit: str) -> Any:
    if isinstance(cell, Enclosure):
        return converted(cell, unit)
    return cell / BELOW if isinstance(cell, int | float) and not isinstance(cell, bool) else cell
