"""The figure of a sweep: columns of its results against a key of its grid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from maskbound.theory import closest

from ..errors import BadInput
from ..metrics.units import PER_TOKEN, is_measured, unit_of_column
from ..numbers.enclosure import Enclosure
from ..render.figure import Figure, Panel, Scale, Series
from ..render.table import Table

__all__ = ["sweep_figure"]


def sweep_figure(table: Table, x: str | None = None, y: Sequence[str] = (), by: str | None = None) -> Figure:
    """Quantities against one key, a line for each value of the others.

    Parameters
    ----------
    table : Table
        The results of a sweep, or any table with numbers.
    x : str, optional
        A column of numbers; ``policy.steps`` or else the first, unless given.
    y : sequence of str
        Quantities, a panel for each unit of them; all of them unless given.
    by : str, optional
        A column whose values make lines of their own; by default the other keys together.

    Raises
    ------
    BadInput
        For a column that is not there, or that has no numbers, and for a table without rows.
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
    apart: str | None = by
    if by != "instance":
        chosen = [name for name in keys if name != axis] if by is None else [_column("--by", by, [*keys, "instance"])]
        table, apart = _joined(table, chosen)
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
        near = ", ".join(closest(name, known) or known) or "none"
        raise BadInput(option, f"found {name!r}; of the columns, {near} can be taken")
    return name


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
