"""A figure: a table, the column along the x axis, and the columns drawn against it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from ..numbers.enclosure import Enclosure
from .table import Table

__all__ = ["Figure", "Line", "Panel", "Scale", "Series"]

Scale = Literal["linear", "log", "log2"]


@dataclass(frozen=True)
class Series:
    """One column of the table, drawn as a line.

    Parameters
    ----------
    column : str
        Its heading.
    label : str
        What the legend calls it; the heading unless given.
    bound : bool
        A bound is drawn dashed with hollow marks, what was measured solid with filled ones.
    """

    column: str
    label: str = ""
    bound: bool = False


@dataclass(frozen=True)
class Panel:
    """Series that share a y axis.

    Parameters
    ----------
    y : str
        The label of the axis, with its unit.
    series : tuple of Series
    scale : {"linear", "log", "log2"}
    group : str
        Rows of this name only, in a figure ``by`` a column. All of them unless given.
    title : str
        Above it; the group unless given.
    """

    y: str
    series: tuple[Series, ...]
    scale: Scale = "linear"
    group: str = ""
    title: str = ""


@dataclass(frozen=True)
class Line:
    """Points of one line: x, and an enclosure for each."""

    label: str
    bound: bool
    x: tuple[float, ...]
    y: tuple[Enclosure, ...]


@dataclass(frozen=True)
class Figure:
    """A table and what to draw from it.

    Parameters
    ----------
    table : Table
        All that is drawn is in it; it is written beside the figure as CSV.
    x : str
        The column along the x axis.
    panels : tuple of Panel
        Side by side.
    caption : str
        What to see.
    x_label : str
        With its unit; the column's heading unless given.
    x_scale : {"linear", "log", "log2"}
    by : str, optional
        A column of names: rows of each name make lines of their own.
    same_y : bool
        Whether all panels have the same y axis, so that heights can be compared between them.
    one_legend : bool
        Whether one legend below names the lines of all panels, also where none has all of them.
    """

    table: Table
    x: str
    panels: tuple[Panel, ...]
    caption: str
    x_label: str = ""
    x_scale: Scale = "linear"
    by: str | None = None
    same_y: bool = False
    one_legend: bool = False

    def __post_init__(self) -> None:
        named = [self.x, *(s.column for panel in self.panels for s in panel.series), *([self.by] if self.by else [])]
        missing = [name for name in named if name not in self.table.columns]
        if missing:
            raise ValueError(f"no column {missing[0]!r} among {self.table.columns}")

    def lines(self, panel: Panel) -> Iterator[Line]:
        """The lines of a panel; cells without a number are left out."""
        place = {name: c for c, name in enumerate(self.table.columns)}
        groups = list(dict.fromkeys(row[place[self.by]] for row in self.table.rows)) if self.by else [None]
        for group in groups:
            if panel.group and group != panel.group:
                continue
            rows = [row for row in self.table.rows if self.by is None or row[place[self.by]] == group]
            for series in panel.series:
                points = [(_number(row[place[self.x]]), row[place[series.column]]) for row in rows]
                kept = [(x, _enclosure(y)) for x, y in points if not math.isnan(x) and _is_number(y)]
                names = [str(group)] if self.by and not panel.group else []
                if not names or len(panel.series) > 1:
                    names.append(series.label or series.column)
                if kept:
                    yield Line(", ".join(names), series.bound, *zip(*kept, strict=True))


def _is_number(cell: Any) -> bool:
    if isinstance(cell, float):
        return not math.isnan(cell)
    return isinstance(cell, int | Enclosure) and not isinstance(cell, bool)


def _number(cell: Any) -> float:
    if isinstance(cell, Enclosure):
        return cell.value
    return float(cell) if _is_number(cell) else math.nan


def _enclosure(cell: Any) -> Enclosure:
    return cell if isinstance(cell, Enclosure) else Enclosure(float(cell), float(cell), float(cell), "exact")
