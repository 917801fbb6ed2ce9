"""Figures: what is drawn is what the table holds, the same bytes every time."""

from __future__ import annotations

import csv
import math
import re
import struct
from dataclasses import replace
from unittest import mock

import pytest
from by_default import rest_slow

from maskbound.numerics.errors import BadInput
from maskbound.numerics.figures import FIGURES, Figure, Panel, Series
from maskbound.numerics.languages import pair
from maskbound.numerics.numbers.enclosure import Enclosure
from maskbound.numerics.render import draw
from maskbound.numerics.render.draw import drawn
from maskbound.numerics.render.table import Table
from maskbound.numerics.render.write_figure import write_figure
from maskbound.numerics.study import steps_to_target
from maskbound.numerics.study.english_curve import english_curve
from maskbound.numerics.study.steps_to_target import Subject
from maskbound.numerics.tables.registry import CASE_TABLES, PLAIN_TABLES

ROWS = (
    ("pair", 2, Enclosure(0.5, 0.4, 0.7, "truncation"), 1.0),
    ("pair", 4, Enclosure(0.25, 0.25, 0.25, "exact"), 0.5),
    ("chain", 2, None, 0.75),
    ("chain", 4, Enclosure(math.inf, 1.0, math.inf, "bound"), math.nan),
    ("chain", 8, Enclosure(0.125, 0.0, 0.25, "truncation"), 0.375),
)
TABLE = Table("t", ("language", "N", "kl", "bound"), ROWS, ("A note.",))
PANEL = Panel("nats", (Series("kl"), Series("bound", "what theory allows", bound=True)), "log")
FIGURE = Figure(TABLE, "N", (PANEL,), "See this.", x_scale="log2", by="language")


def test_lines_hold_the_numbers_of_the_table():
    found = {line.label: (line.bound, line.x, [(y.lo, y.value, y.hi) for y in line.y]) for line in FIGURE.lines(PANEL)}
    assert found == {
        "pair, kl": (False, (2.0, 4.0), [(0.4, 0.5, 0.7), (0.25, 0.25, 0.25)]),
        "pair, what theory allows": (True, (2.0, 4.0), [(1.0, 1.0, 1.0), (0.5, 0.5, 0.5)]),
        "chain, kl": (False, (4.0, 8.0), [(1.0, math.inf, math.inf), (0.0, 0.125, 0.25)]),
        "chain, what theory allows": (True, (2.0, 8.0), [(0.75, 0.75, 0.75), (0.375, 0.375, 0.375)]),
    }


@pytest.mark.parametrize("extension", rest_slow(["pdf", "png", "svg"], keep=2))
def test_the_same_numbers_give_the_same_bytes(extension):
    other = Table("t", TABLE.columns, (("pair", 2, 0.5, 2.0), *ROWS[1:]))
    first = drawn(FIGURE, extension)
    assert first == drawn(FIGURE, extension)
    assert first != drawn(Figure(other, "N", (PANEL,), "", x_scale="log2", by="language"), extension)


def test_text_stays_text():
    svg = drawn(FIGURE, "svg").decode()
    written = re.findall(r">([^<>]+)</text>", svg)
    assert {"nats", "N", "pair, kl", "chain, what theory allows", "2", "8"} <= set(written)
    assert "<image" not in svg
    pdf = drawn(FIGURE, "pdf")
    assert b"/FontFile2" in pdf
    assert b"/Subtype /Image" not in pdf


def marks(svg: str) -> set[str]:
    """The small closed shapes that are drawn at points."""
    paths = dict(re.findall(r'<path id="(m\w+)" d="([^"]+z\n)"', svg))
    placed = {paths[name] for name in re.findall(r'xlink:href="#(m\w+)"', svg) if name in paths}
    return {path for path in placed if all(abs(float(number)) < 10 for number in re.findall(r"[-.\d]+", path))}


def test_lines_differ_without_colours(monkeypatch):
    lines = len(list(FIGURE.lines(PANEL)))
    assert len(marks(drawn(FIGURE, "svg").decode())) == lines
    monkeypatch.setattr(draw, "MARKS", ("o",))
    assert len(marks(drawn(FIGURE, "svg").decode())) == 1


def test_the_middle_of_a_bound_is_not_drawn():
    bounds = replace(FIGURE, table=replace(TABLE, rows=tuple(_only_bounded(row) for row in TABLE.rows)))
    lines = len(list(bounds.lines(PANEL)))
    drawn_lines = len(marks(drawn(bounds, "svg").decode()))
    assert 0 < drawn_lines < lines


def _only_bounded(row):
    return tuple(Enclosure.between(cell.lo, cell.hi) if isinstance(cell, Enclosure) else cell for cell in row)


def points(figure: Figure, panel: int = 0) -> dict[str, list[tuple[float, float]]]:
    """What the lines of a panel go through, by label."""
    with mock.patch.object(draw.Canvas, "savefig", autospec=True) as saved:
        drawn(figure, "svg")
    axes = saved.call_args[0][0].axes[panel]
    return {line.get_label(): [tuple(map(float, at)) for at in line.get_xydata()] for line in axes.get_lines()}


def test_a_bound_whose_ends_meet_is_a_number():
    rows = (
        ("pair", 1, Enclosure(math.nan, 1.0, 3.0, "bound"), 1.0),
        ("pair", 2, Enclosure(0.5, 0.5, 0.5, "bound"), 1.0),
    )
    for chosen, expected in ((rows, [(1.0, None), (2.0, 0.5)]), (rows[1:], [(2.0, 0.5)])):
        figure = Figure(Table("t", TABLE.columns, chosen), "N", (PANEL,), "")
        assert [(x, None if math.isnan(y) else y) for x, y in points(figure)["kl"]] == expected
    figure = Figure(Table("t", TABLE.columns, rows[:1]), "N", (PANEL,), "")
    assert "kl" not in points(figure)


@pytest.mark.parametrize("zero", rest_slow([Enclosure.exactly(0), 0, 0.0, Enclosure(0.0, 0.0, 0.0, "bound")], keep=2))
def test_a_zero_is_drawn_on_a_logarithmic_axis(zero):
    """Below everything else, at a tick that says so; on a linear one it is where it is."""
    rows = (("pair", 2, 0.5, 1.0), ("pair", 4, 0.02, 1.0), ("pair", 8, zero, 1.0))
    figure = Figure(Table("t", TABLE.columns, rows), "N", (PANEL,), "")
    assert points(figure)["kl"] == [(2.0, 0.5), (4.0, 0.02), (8.0, 0.001)]
    assert "0" in written(figure)
    linear = replace(figure, panels=(replace(PANEL, scale="linear"),))
    assert points(linear)["kl"][-1] == (8.0, 0.0)
    without = replace(figure, table=Table("t", TABLE.columns, rows[:2]))
    assert "0" not in written(without)


def test_the_figure_of_schedules_shows_every_one():
    rows = tuple(
        ("code", 7, n, steps, *(Enclosure.exactly(k * (n < 3)) for k in (3, 4, 2)), 0.0, None, None)
        for n in (2, 3)
        for steps in ("fixed-size", "bernoulli")
    )
    columns = ("language", "L", "N", "steps", "uniform", "cosine", "best", "gap", "saved of uniform", "saved of cosine")
    found = points(FIGURES["schedules"][1](Table("t", columns, rows)))
    assert {name: [x for x, _ in at] for name, at in found.items()} == {
        "uniform": [2, 3],
        "cosine": [2, 3],
        "best": [2, 3],
    }
    assert [at[0][1] for at in found.values()] == [3.0, 4.0, 2.0]


def test_the_figure_of_steps_to_a_target_has_a_panel_for_each_error():
    table = steps_to_target((8, 16), [Subject(e, "Pair(4)", lambda L: pair(4, L)) for e in ("TER gap", "SER")])
    figure = FIGURES["steps-to-target"][1](table)
    assert [panel.group for panel in figure.panels] == ["TER gap", "SER"]
    place = {name: c for c, name in enumerate(table.columns)}
    for k, panel in enumerate(figure.panels):
        expected = [
            (row[place["L"]], row[place["N enough"]])
            for row in table.rows
            if row[:2] == (panel.group, "Pair(4)") and row[place["L"]] != "slope"
        ]
        assert points(figure, k)["Pair(4)"] == expected
        assert len(expected) == 2
    assert points(figure, 1)["2-gram, by bisection"] == [(8.0, 4.0), (16.0, 5.0)]
    assert figure.same_y


def axes_of(figure: Figure) -> list:
    with mock.patch.object(draw.Canvas, "savefig", autospec=True) as saved:
        drawn(figure, "svg")
    return saved.call_args[0][0].axes


def test_heights_can_be_compared_between_panels():
    apart = Figure(TABLE, "N", (PANEL, Panel("nats", (Series("bound"),), "log")), "", x_scale="log2", by="language")
    limits = [[axes.get_ylim() for axes in axes_of(figure)] for figure in (apart, replace(apart, same_y=True))]
    assert limits[0][0] != limits[0][1]
    assert limits[1] == [(min(low for low, _ in limits[0]), max(high for _, high in limits[0]))] * 2


def test_no_legend_lies_on_a_line():
    """Where lines fill the panel it is below; where there is room it is inside."""
    rows = tuple((f"line {k}", x, float(y), None) for k, y in enumerate((0, 2, 4, 6, 8, 10)) for x in range(1, 9))
    full = Figure(Table("t", TABLE.columns, rows), "N", (Panel("y", (Series("kl"),)),), "", by="language")
    few = replace(full, table=replace(full.table, rows=rows[:8] + rows[-8:]))
    for figure, inside in ((full, False), (few, True)):
        (axes,) = axes_of(figure)
        axes.figure.draw_without_rendering()
        legend, panel = axes.get_legend().get_window_extent(), axes.get_window_extent()
        assert (legend.y0 > panel.y0) == inside
        assert not any(draw._is_covered(line, axes.get_legend()) for line in axes.get_lines())


def test_what_is_zero_to_within_rounding_is_drawn_as_zero():
    zero = Enclosure(1e-32, 0.0, 1e-28, "rounding")
    rows = (("pair", 2, 0.5, 1.0), ("pair", 4, 0.02, 1.0), ("pair", 8, zero, 1.0))
    figure = Figure(Table("t", TABLE.columns, rows), "N", (PANEL,), "")
    assert points(figure)["kl"] == [(2.0, 0.5), (4.0, 0.02), (8.0, 0.001)]
    assert "0" in written(figure)
    unsure = Enclosure(0.005, 0.0, 0.1, "truncation")
    apart = replace(figure, table=replace(figure.table, rows=(*rows[:2], ("pair", 8, unsure, 1.0))))
    assert points(apart)["kl"][-1] == (8.0, 0.005)
    assert "0" not in written(apart)


def test_an_enclosure_is_a_band():
    """Two bands of a width that can be seen: more paths than the same lines without widths."""
    bare = tuple((a, n, y and Enclosure(y.value, y.value, y.value, "exact"), b) for a, n, y, b in ROWS)
    bare_svg = drawn(Figure(Table("t", TABLE.columns, bare), "N", (PANEL,), "", x_scale="log2", by="language"), "svg")
    assert drawn(FIGURE, "svg") != bare_svg
    assert b"FillBetweenPolyCollection" in drawn(FIGURE, "svg")


def test_a_figure_is_written_with_its_data_and_caption(tmp_path):
    write_figure(tmp_path / "x.png", FIGURE)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["x.csv", "x.png", "x.txt"]
    content = (tmp_path / "x.png").read_bytes()
    assert content.startswith(b"\x89PNG")
    assert min(struct.unpack(">II", content[16:24])) > 400
    assert len(list(csv.reader((tmp_path / "x.csv").read_text().splitlines()))) == 1 + len(ROWS)
    assert (tmp_path / "x.txt").read_text() == "See this.\nA note.\n"
    with pytest.raises(BadInput, match="gif"):
        write_figure(tmp_path / "x.gif", FIGURE)


def test_a_column_that_is_not_there_is_refused():
    with pytest.raises(ValueError, match="no column 'ser'"):
        Figure(TABLE, "N", (Panel("y", (Series("ser"),)),), "")


def test_every_figure_has_its_table():
    assert {name for name, _ in FIGURES.values()} <= {*CASE_TABLES, *PLAIN_TABLES}


def test_the_english_curve_lies_below_its_bounds():
    figure = FIGURES["english-curve"][1](english_curve((2, 4)))
    gap, weak, weaker = figure.lines(figure.panels[0])
    assert not gap.bound
    assert weak.bound
    assert all(a.hi < b.lo and b.hi < c.lo for a, b, c in zip(gap.y, weak.y, weaker.y, strict=True))
    assert drawn(figure, "svg")


def written(figure: Figure) -> list[str]:
    return re.findall(r">([^<>]+)</text>", drawn(figure, "svg").decode())


def test_panels_with_the_same_lines_share_a_legend():
    one = Panel("nats", (Series("kl"), Series("bound")))
    alike = Figure(TABLE, "N", (replace(one, group="pair"), replace(one, group="chain")), "", by="language")
    assert [written(alike).count(label) for label in ("kl", "bound")] == [1, 1]
    apart = replace(alike, panels=(alike.panels[0], Panel("nats", (Series("N"), Series("kl")), group="chain")))
    assert written(apart).count("kl") == 2


def test_marks_of_an_axis_are_not_written_over_each_other():
    rows = tuple(("pair", x, 1.0, 1.0) for x in (20, 30, 30 + 1e-11, 300.7, 320, 330, 640))
    figure = Figure(Table("t", TABLE.columns, rows), "N", (PANEL,), "", x_scale="log2", by="language")
    found = written(figure)
    assert [found.count(mark) for mark in ("20", "30", "300.7", "320", "330", "640")] == [1, 1, 0, 1, 0, 1]
