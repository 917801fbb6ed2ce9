"""Figures: what is drawn is what the table holds, the same bytes every time."""

from __future__ import annotations

import csv
import math
import re
import struct
from dataclasses import replace

import pytest

from maskbound.numerics.enclosure import Enclosure
from maskbound.numerics.errors import BadInput
from maskbound.numerics.tables.english_curve import english_curve
from maskbound.numerics.tables.figures import FIGURES, Figure, Panel, Series, draw
from maskbound.numerics.tables.figures.draw import drawn
from maskbound.numerics.tables.figures.write import write_figure
from maskbound.numerics.tables.registry import CASE_TABLES, PLAIN_TABLES
from maskbound.numerics.tables.render import Table

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


@pytest.mark.parametrize("extension", ["pdf", "svg", "png"])
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
