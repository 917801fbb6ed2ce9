"""Figures as PDF, SVG and PNG: the same bytes for the same numbers, readable in grey and by the colour-blind.

Colours are those of Okabe and Ito, in an order that alternates in lightness; every line also has marks of its own.
Enclosures are drawn as bands around their line, and are often too narrow to be seen. Where only bounds are known there
is a band and no line: its middle means nothing.
"""

from __future__ import annotations

import io
import math
from collections.abc import Mapping
from itertools import cycle
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import matplotlib
from matplotlib.figure import Figure as Canvas
from matplotlib.ticker import LogLocator, NullLocator

from .figure import Figure, Line, Panel

if TYPE_CHECKING:
    from matplotlib.typing import RcKeyType

__all__ = ["drawn"]

COLOURS = ("#000000", "#d55e00", "#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9")
MARKS = ("o", "s", "^", "D", "v", "P", "X")
DASHES: tuple[Any, ...] = ((0, (5, 2)), (0, (1, 1.5)), (0, (5, 1.5, 1, 1.5)), (0, (3, 1, 1, 1, 1, 1)))
PANEL_WIDTH, HEIGHT = 3.4, 2.7
"""Inches: one column of a paper for each panel."""
MOST_ABREAST = 3
DOTS_PER_INCH = 200
MOST_MARKS = 40
MOST_TICKS = 20
DECADES = 3
"""On a logarithmic axis of fewer, 2 and 5 are marked too."""
BASES = {"log": 10, "log2": 2}

STYLE: Mapping[RcKeyType, Any] = MappingProxyType(
    {
        "font.family": "sans-serif",
        "font.size": 8,
        "axes.titlesize": 8,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.grid": True,
        "grid.color": "#dddddd",
        "grid.linewidth": 0.5,
        "lines.linewidth": 1.2,
        "lines.markersize": 4,
        "legend.frameon": False,
        "legend.fontsize": 7,
        # Text stays text, in the file too; identifiers of an SVG do not depend on the run.
        "pdf.fonttype": 42,
        "svg.fonttype": "none",
        "svg.hashsalt": "maskbound",
    }
)

METADATA: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        "pdf": {"Creator": None, "Producer": None, "CreationDate": None},
        "svg": {"Creator": None, "Date": None},
        "png": {"Software": None},
    }
)


def drawn(figure: Figure, extension: str) -> bytes:
    """The figure as a file of the given kind: ``pdf``, ``svg`` or ``png``."""
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(STYLE)
        count = len(figure.panels)
        rows = 1 if count <= MOST_ABREAST else 2
        columns = math.ceil(count / rows)
        canvas = Canvas(figsize=(PANEL_WIDTH * columns, HEIGHT * rows), layout="constrained")
        for place, panel in enumerate(figure.panels, 1):
            _draw_panel(canvas.add_subplot(rows, columns, place), figure, panel)
        out = io.BytesIO()
        canvas.savefig(out, format=extension, dpi=DOTS_PER_INCH, metadata=dict(METADATA[extension]))
    return out.getvalue()


def _draw_panel(axes: Any, figure: Figure, panel: Panel) -> None:
    if figure.x_scale != "linear":
        axes.set_xscale("log", base=BASES[figure.x_scale])
    if panel.scale != "linear":
        axes.set_yscale("log", base=BASES[panel.scale])
        axes.yaxis.set_minor_locator(NullLocator())
    dashes = cycle(DASHES)
    lines = list(figure.lines(panel))
    for k, line in enumerate(lines):
        colour, mark = COLOURS[k % len(COLOURS)], MARKS[k % len(MARKS)]
        if _only_bounds(line):
            ends = [(x, end) for x, y in zip(line.x, line.y, strict=True) for end in (y.lo, y.hi)]
            axes.update_datalim(
                [(x, end) for x, end in ends if math.isfinite(end) and (panel.scale == "linear" or end > 0)]
            )
            axes.autoscale_view()
            continue
        axes.plot(
            line.x,
            [y.value if math.isfinite(y.value) and y.kind != "bound" else math.nan for y in line.y],
            color=colour,
            linestyle=next(dashes) if line.bound else "solid",
            marker=mark,
            markevery=max(1, len(line.x) // MOST_MARKS),
            markerfacecolor="white" if line.bound else colour,
            label=line.label,
        )
    if figure.x_scale == "log2":
        axes.set_xticks(sorted({x for line in lines for x in line.x}), minor=False)
        axes.xaxis.set_major_formatter("{x:g}")
        axes.xaxis.set_minor_locator(NullLocator())
    low, high = axes.get_ylim()
    if panel.scale == "log":
        few = math.log10(high / low) < DECADES
        axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5) if few else (1,), numticks=MOST_TICKS))
        axes.yaxis.set_major_formatter("{x:g}")
    for k, line in enumerate(lines):
        _draw_band(axes, line, COLOURS[k % len(COLOURS)], low, high)
    axes.set_ylim(low, high)
    axes.set_xlabel(figure.x_label or figure.x)
    axes.set_ylabel(panel.y)
    axes.set_title(panel.group)
    if len(lines) > 1 or figure.by:
        axes.legend()


def _only_bounds(line: Line) -> bool:
    return all(y.kind == "bound" for y in line.y)


def _draw_band(axes: Any, line: Line, colour: str, low: float, high: float) -> None:
    """Between the ends of each enclosure; an end outside the frame is moved to its edge."""
    lo = [min(max(y.lo, low), high) for y in line.y]
    hi = [min(max(y.hi, low), high) for y in line.y]
    if len(line.x) > 1:
        label = line.label if _only_bounds(line) else None
        axes.fill_between(line.x, lo, hi, color=colour, alpha=0.25, linewidth=0, label=label)
    else:
        axes.vlines(line.x, lo, hi, color=colour, linewidth=3, alpha=0.25)
