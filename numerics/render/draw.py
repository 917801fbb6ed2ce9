"""Figures as PDF, SVG and PNG: the same bytes for the same numbers, readable in grey and by the colour-blind.

Colours are those of Okabe and Ito, in an order that alternates in lightness; every line also has marks of its own.
Enclosures are drawn as bands around their line, and are often too narrow to be seen. Where only bounds are known there
is a band and no line: its middle means nothing. A logarithmic axis ends below in a tick ``0`` if there are zeros, or
what rounding does not tell from them.
"""

from __future__ import annotations

import io
import math
from collections.abc import Mapping
from itertools import chain
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import matplotlib
from matplotlib.figure import Figure as Canvas
from matplotlib.legend import Legend
from matplotlib.lines import Line2D
from matplotlib.ticker import LogLocator, NullLocator

from ..numbers.enclosure import Enclosure
from .figure import Figure, Line, Panel

if TYPE_CHECKING:
    from matplotlib.typing import RcKeyType

__all__ = ["drawn"]

COLOURS = ("#000000", "#d55e00", "#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9")
MARKS = ("o", "s", "^", "D", "v", "P", "X")
DASHES: tuple[Any, ...] = ((0, (5, 2)), (0, (1, 1.5)), (0, (5, 1.5, 1, 1.5)), (0, (3, 1, 1, 1, 1, 1)))
COLUMN, TEXT = 3.4, 6.8
"""Inches: of a paper's column, as wide as which a single panel is, and of its text, which several share."""
HEIGHT = 2.1
LEGEND_ROW = 0.25
MOST_ABREAST = 3
LETTER_WIDTH, KEY_WIDTH = 0.055, 0.5
"""Inches, in a legend."""
BELOW_ABREAST = 2
"""Labels side by side in a legend below its own panel."""
DOTS_PER_INCH = 200
MOST_MARKS = 40
MOST_TICKS = 20
NEAREST_TICKS = 1.1
"""Their least ratio on an axis that doubles."""
CLEAR_OF_ZERO = 3
"""Least ratio of a tick to the one that says 0."""
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
        # No grid runs through the words of a legend.
        "legend.framealpha": 0.85,
        "legend.edgecolor": "none",
        "legend.fancybox": False,
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
        lines = [list(figure.lines(panel)) for panel in figure.panels]
        shared = (
            list(dict.fromkeys(line.label for line in chain(*lines))) if figure.one_legend else _shared_labels(lines)
        )
        width = COLUMN if columns == 1 else TEXT
        abreast = _abreast(shared, width)
        legend = LEGEND_ROW * math.ceil(len(shared) / abreast)
        canvas = Canvas(figsize=(width, HEIGHT * rows + legend), layout="constrained")
        for place, (panel, found) in enumerate(zip(figure.panels, lines, strict=True), 1):
            own = [line.label for line in found]
            below = set(own) <= set(shared)
            axes = canvas.add_subplot(rows, columns, place)
            _draw_panel(axes, figure, panel, found, shared if below else own)
            if place <= count - columns:
                axes.set_xlabel("")
            if figure.same_y and place % columns != 1:
                axes.set_ylabel("")
            if not below and (len(found) > 1 or figure.by):
                axes.legend()
        if figure.same_y:
            ends = [end for axes in canvas.axes for end in axes.get_ylim()]
            for axes in canvas.axes:
                axes.set_ylim(min(ends), max(ends))
        _uncover(canvas)
        if shared:
            keys = _keys(canvas)
            named = [label for label in shared if label in keys]
            handles = [keys[label] for label in named]
            canvas.legend(handles, named, loc="outside lower center", ncols=abreast)
        out = io.BytesIO()
        canvas.savefig(out, format=extension, dpi=DOTS_PER_INCH, metadata=dict(METADATA[extension]))
    return out.getvalue()


def _shared_labels(lines: list[list[Line]]) -> list[str]:
    """The labels of a legend below all panels: those of one that has what the others have, but for one of several."""
    labels = [[line.label for line in found] for found in lines]
    most = max(labels, key=lambda found: sum(set(own) <= set(found) for own in labels))
    apart = sum(not set(own) <= set(most) for own in labels)
    return most if apart < len(labels) - 1 and apart <= 1 else []


def _abreast(labels: list[str], width: float) -> int:
    """How many labels stand side by side in so many inches."""
    longest = max((len(label) for label in labels), default=0)
    return max(1, min(len(labels), int(width / (KEY_WIDTH + LETTER_WIDTH * longest))))


def _uncover(canvas: Canvas) -> None:
    """Put the legends below their panels if one of them would lie on a line."""
    inside = [(axes, legend) for axes in canvas.axes if (legend := axes.get_legend()) is not None]
    if inside:
        canvas.draw_without_rendering()
    if not any(_is_covered(line, legend) for axes, legend in inside for line in axes.get_lines()):
        return
    rows = 0
    for axes, legend in inside:
        labels = len(legend.get_texts())
        rows = max(rows, math.ceil(labels / BELOW_ABREAST))
        room = -0.2 if axes.get_xlabel() else -0.1
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, room), ncols=min(labels, BELOW_ABREAST))
    width, height = canvas.get_size_inches()
    canvas.set_size_inches(width, height + rows * LEGEND_ROW)


def _is_covered(line: Line2D, legend: Legend) -> bool:
    path = line.get_path().transformed(line.get_transform()).cleaned(remove_nans=True)
    return bool(path.intersects_bbox(legend.get_window_extent(), filled=False))


def _keys(canvas: Canvas) -> dict[str, Any]:
    """The mark that a legend shows by each label: a line, or a band where no panel has a line."""
    found = [pair for axes in canvas.axes for pair in zip(*axes.get_legend_handles_labels(), strict=True)]
    return {label: key for key, label in sorted(found, key=lambda pair: isinstance(pair[0], Line2D))}


def _draw_panel(axes: Any, figure: Figure, panel: Panel, lines: list[Line], labels: list[str]) -> None:
    """Colours, marks and dashes by place among the labels."""
    if figure.x_scale != "linear":
        axes.set_xscale("log", base=BASES[figure.x_scale])
    if panel.scale != "linear":
        axes.set_yscale("log", base=BASES[panel.scale])
        axes.yaxis.set_minor_locator(NullLocator())
    zero = _level_of_zero(lines) if panel.scale != "linear" else None
    for line in lines:
        k = labels.index(line.label)
        colour, mark, dash = _style(k)
        if _only_bounds(line):
            ends = [(x, end) for x, y in zip(line.x, line.y, strict=True) for end in (y.lo, y.hi)]
            axes.update_datalim(
                [(x, end) for x, end in ends if math.isfinite(end) and (panel.scale == "linear" or end > 0)]
            )
            axes.autoscale_view()
            continue
        axes.plot(
            line.x,
            [_height(y, zero) for y in line.y],
            color=colour,
            linestyle=dash if line.bound else "solid",
            marker=mark,
            markevery=max(1, len(line.x) // MOST_MARKS),
            markerfacecolor="white" if line.bound else colour,
            label=line.label,
            clip_on=zero is None,
        )
    if figure.x_scale == "log2":
        axes.set_xticks(_ticks({float(f"{x:g}") for line in lines for x in line.x}), minor=False)
        axes.xaxis.set_major_formatter("{x:g}")
        axes.xaxis.set_minor_locator(NullLocator())
    low, high = axes.get_ylim()
    if panel.scale == "log":
        few = math.log10(high / low) < DECADES
        axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5) if few else (1,), numticks=MOST_TICKS))
        axes.yaxis.set_major_formatter("{x:g}")
    if panel.scale == "log2":
        axes.yaxis.set_major_formatter("{x:g}")
    if zero is not None:
        low = zero
        ticks = [t for t in axes.yaxis.get_major_locator().tick_values(low, high) if CLEAR_OF_ZERO * low < t <= high]
        axes.set_yticks([low, *ticks], ["0", *(f"{t:g}" for t in ticks)])
    for line in lines:
        _draw_band(axes, line, COLOURS[labels.index(line.label) % len(COLOURS)], low, high)
    axes.set_ylim(low, high)
    axes.set_xlabel(figure.x_label or figure.x)
    axes.set_ylabel(panel.y)
    axes.set_title(panel.title or panel.group)


def _style(k: int) -> tuple[str, str, Any]:
    """Colour, mark and dashes of the k-th line: once all colours are used, each comes again with another mark."""
    return COLOURS[k % len(COLOURS)], MARKS[(k + k // len(COLOURS)) % len(MARKS)], DASHES[k % len(DASHES)]


def _level_of_zero(lines: list[Line]) -> float | None:
    """Height at which a logarithmic axis shows zeros: a decade below all that is surely positive; None without zeros.

    What lies below that height with its whole interval is zero as far as the axis can tell.
    """
    enclosed = [y for line in lines for y in line.y]
    level = 10.0 ** (math.floor(math.log10(min((y.lo for y in enclosed if 0 < y.lo < math.inf), default=1.0))) - 1)
    return level if any(_is_zero(y, level) for y in enclosed) else None


def _is_zero(y: Enclosure, level: float) -> bool:
    return y.hi <= level or (_is_point(y) and y.value == 0)


def _height(y: Enclosure, zero: float | None) -> float:
    """Height of a point; NaN if no number is known."""
    if zero is not None and _is_zero(y, zero):
        return zero
    if not _is_point(y):
        return math.nan
    return y.value if zero is None else max(y.value, zero)


def _is_point(y: Enclosure) -> bool:
    """Whether the value is one: the middle of a bound means nothing, unless its ends meet."""
    return y.has_value and math.isfinite(y.value)


def _ticks(values: set[float]) -> list[float]:
    """Whole numbers where there are some, and none too near to another to be read."""
    kept: list[float] = []
    for x in sorted({x for x in values if x.is_integer()} or values):
        if not kept or x > NEAREST_TICKS * kept[-1]:
            kept.append(x)
    return kept


def _only_bounds(line: Line) -> bool:
    return not any(y.has_value for y in line.y)


def _draw_band(axes: Any, line: Line, colour: str, low: float, high: float) -> None:
    """Between the ends of each enclosure; an end outside the frame is moved to its edge."""
    lo = [min(max(y.lo, low), high) for y in line.y]
    hi = [min(max(y.hi, low), high) for y in line.y]
    if len(line.x) > 1:
        label = line.label if _only_bounds(line) else None
        axes.fill_between(line.x, lo, hi, color=colour, alpha=0.25, linewidth=0, label=label)
    else:
        axes.vlines(line.x, lo, hi, color=colour, linewidth=3, alpha=0.25)
