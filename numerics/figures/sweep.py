"""The figure of a sweep: columns of its results against a key of its grid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from maskbound.theory import closest

from ..errors import BadInput
from ..metrics.units import PER_TOKEN, is_measured, unit_of_column
from ..numbers.enclosure import Enclosure
from ..render.figure import Figure, Panel, Scale, Series
from ..render.table import Table

__all__ = ["sweep_figure"]


def sweep_figure(table: Table, x: str | None = None, y: Sequence[str] = (), by: Sequence[str] = ()) -> Figure:
    """Quantities against one key, a line for each value of the others.

    A line has one number at each place: keys that would put two there tell lines apart, too.

    Parameters
    ----------
    table : Table
        The results of a sweep, or any table with numbers.
    x : str, optional
        A column of numbers; ``policy.steps`` or else the first, unless given.
    y : sequence of str
        Quantities, a panel for each unit of them; all of them unless given.
    by : sequence of str
        Columns whose values make lines of their own; by default all other keys.

    Raises
    ------
    BadInput
        For a column that is not there, or that has no numbers, for a table without rows, and where two rows would be
        one point of a line and no key tells them apart.
    """
    if not table.rows:
        raise BadInput("--db", "; ".join(["found nothing to draw", *table.notes]))
    measured = [name for name in table.columns if is_measured(name)]
    keys = [name for name in table.columns if name not in measured and name != "instance"]
    numeric = [name for name in keys if table.is_numeric(table.columns.index(name))]
    axis = _column("--x", x, numeric, preferred="policy.steps")
    per_token = {name.removesuffix(PER_TOKEN): name for name in measured}
    shown = [_column("--y", per_token.get(name, name), measured) for name in y] or measured
    if not shown:
        raise BadInput("--y", "the table has no quantity to draw")
    others = [name for name in keys if name != axis]
    names = [name for name in table.columns if name not in measured]
    chosen = [_column("--by", name, names) for name in dict.fromkeys(by)] or others
    table, apart = _joined(table, _telling_apart(table, axis, chosen, others))
    place = table.columns.index(axis)
    table = replace(table, rows=tuple(sorted(table.rows, key=lambda row: _order(row[place]))))
    units = list(dict.fromkeys(map(unit_of_column, shown)))
    panels = tuple(_panel(table, unit, [name for name in shown if unit_of_column(name) == unit]) for unit in units)
    doubling: Scale = "log2" if all(isinstance(row[place], int) and row[place] > 0 for row in table.rows) else "linear"
    return Figure(table, axis, panels, f"{', '.join(shown)} against {axis}", x_scale=doubling, by=apart)


def _column(option: str, name: str | None, known: Sequence[str], preferred: str = "") -> str:
    if name is None:
        if not known:
            raise BadInput(option, "the results differ in no number; a sweep over one, such as policy.steps, has some")
        return preferred if preferred in known else known[0]
    if name not in known:
        listed = ", ".join(dict.fromkeys([*closest(name, known), *known])) or "none"
        raise BadInput(option, f"found {name!r}; of the columns, {listed} can be taken")
    return name


def _telling_apart(table: Table, axis: str, chosen: Sequence[str], others: Sequence[str]) -> list[str]:
    """The chosen keys, and of the others those without which a line would have several points at one place."""
    keys = list(chosen)
    points = len(_points(table, [axis, *keys]))
    for name in others:
        if points < len(table.rows) and (more := len(_points(table, [axis, *keys, name]))) > points:
            keys, points = [*keys, name], more
    for place, rows in _points(table, [axis, *keys]).items():
        if len(rows) > 1:
            raise BadInput(
                "--by",
                f"found {len(rows)} rows with {axis}={place[0]} in one line, the first two {rows[0][0]} and"
                f" {rows[1][0]}; no key tells them apart, and --by instance draws each alone",
            )
    return keys


def _points(table: Table, names: Sequence[str]) -> dict[tuple[Any, ...], list[tuple[Any, ...]]]:
    """Rows that have the same cells in these columns."""
    places = [table.columns.index(name) for name in names]
    found: dict[tuple[Any, ...], list[tuple[Any, ...]]] = {}
    for row in table.rows:
        found.setdefault(tuple(row[c] for c in places), []).append(row)
    return found


def _joined(table: Table, keys: Sequence[str]) -> tuple[Table, str | None]:
    """The table with what tells its lines apart in one column; none where nothing does."""
    if not keys:
        return table, None
    places = [table.columns.index(name) for name in keys]
    short = [name.rpartition(".")[2] for name in keys]
    labels = [", ".join(f"{name}={row[c]}" for name, c in zip(short, places, strict=True)) for row in table.rows]
    rows = tuple((label, *row) for label, row in zip(labels, table.rows, strict=True))
    return replace(table, columns=("line", *table.columns), rows=rows), "line"


def _order(cell: object) -> float:
    return float(cell) if isinstance(cell, int | float) else float("inf")


def _panel(table: Table, unit: str, names: Sequence[str]) -> Panel:
    """On a logarithmic axis where every number is positive and they span more than a factor of ten."""
    cells = [row[table.columns.index(name)] for row in table.rows for name in names]
    ends = [end for cell in cells if isinstance(cell, Enclosure) for end in (cell.lo, cell.hi)]
    wide = bool(ends) and min(ends) > 0 and max(ends) > 10 * min(ends)
    return Panel(
        f"{names[0]} ({unit})" if len(names) == 1 else unit, tuple(map(Series, names)), "log" if wide else "linear"
    )
