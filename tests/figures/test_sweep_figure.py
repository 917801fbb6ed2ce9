"""The figure of a sweep, and the keys of a grid as columns of its results."""

from __future__ import annotations

import re

import pytest

from maskbound.numerics.errors import BadInput
from maskbound.numerics.figures import FIGURES
from maskbound.numerics.figures.sweep import sweep_figure
from maskbound.numerics.languages import markov, random_ngram
from maskbound.numerics.render.in_unit import table_in_unit
from maskbound.numerics.render.table import Table
from maskbound.numerics.study import ser_of_languages, ter_of_languages
from maskbound.numerics.sweeps import Grid, Store, sweep
from maskbound.numerics.tables.stored import stored_results
from maskbound.theory import quantities as vocabulary

GRID = {
    "base": {
        "language": {"kind": "markov", "initial": ["1/2", "1/2"], "transition": [["1/3", "2/3"], [1, 0]]},
        "policy": {"kind": "bernoulli"},
    },
    "quantities": ["path_kl", "ser"],
    "grid": {"language.length": [3, 4], "policy.steps": [1, 2, 4]},
}


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    with Store(tmp_path_factory.mktemp("sweep") / "x.db") as store:
        sweep(Grid.parse(GRID), store)
        return stored_results(store)


def test_the_keys_of_the_grid_are_columns(table):
    assert table.columns == ("language.length", "policy.steps", "path_kl", "ser")
    assert [row[:2] for row in table.rows] == [(L, N) for L in (3, 4) for N in (1, 2, 4)]


def test_without_options_steps_are_the_axis_and_the_rest_tells_lines_apart(table):
    figure = sweep_figure(table)
    assert figure.x == "policy.steps"
    assert [panel.y for panel in figure.panels] == [f"{name} ({vocabulary[name].unit})" for name in ("path_kl", "ser")]
    lines = list(figure.lines(figure.panels[0]))
    assert [line.label for line in lines] == ["length=3", "length=4"]
    assert lines[0].x == (1, 2, 4)
    assert lines[0].y == tuple(row[2] for row in table.rows[:3])


def test_axes_are_chosen(table):
    figure = sweep_figure(table, x="language.length", y=["ser"], by=["policy.steps"])
    (panel,) = figure.panels
    lines = list(figure.lines(panel))
    assert [line.x for line in lines] == [(3, 4)] * 3
    assert [line.label for line in lines] == ["steps=1", "steps=2", "steps=4"]


@pytest.mark.parametrize(
    ("options", "key", "hint"),
    [
        ({"x": "policy.stps"}, "--x", "policy.steps"),
        ({"y": ["pathkl"]}, "--y", "path_kl, ser"),
        ({"by": ["steps"]}, "--by", "policy.steps"),
    ],
)
def test_a_column_that_is_not_there_is_named_with_the_closest(table, options, key, hint):
    with pytest.raises(BadInput, match=f"{key}.*{hint}"):
        sweep_figure(table, **options)


def test_names_are_a_column_where_keys_do_not_tell_them(tmp_path):
    lists = [[1, 3], [2, 2]]
    sizes = GRID | {"base": GRID["base"] | {"policy": {"kind": "fixed-size"}}}
    sizes |= {"grid": {"language.length": [4], "policy.sizes": lists}, "quantities": ["ser"]}
    with Store(tmp_path / "a.db") as store:
        sweep(Grid.parse(sizes), store)
        table = stored_results(store)
    assert table.columns == ("instance", "ser")
    assert [row[0] for row in table.rows] == [f"grid: language.length=4, policy.sizes={sizes}" for sizes in lists]


def test_what_failed_has_no_column_and_what_is_common_is_said(tmp_path):
    """A table in the place of a language that is none has keys of its own."""
    long = {"kind": "english", "order": 2, "length": 40}
    wrong = {"kind": "pair", "vocab": 2, "lenth": 4}
    policies = [{"kind": "bernoulli", "steps": 4}, {"kind": "bernoulli", "steps": 8}]
    grid = GRID | {"base": {}, "grid": {"language": [long, wrong], "policy": policies}, "quantities": ["ser"]}
    with Store(tmp_path / "a.db") as store:
        sweep(Grid.parse(grid | {"measure": {"engine": "sampled", "samples": 100, "seed": 5}}), store)
        table = stored_results(store)
    assert table.columns == ("policy.steps", "ser")
    assert [row[0] for row in table.rows] == [4, 8]
    assert "language.kind=english" in table.notes[0]
    assert "language.length=40" in table.notes[0]
    assert "steps" not in table.notes[0]
    assert table.notes[1].startswith("Where ser is drawn: 100 samples, seed 5, each interval with confidence 0.9")
    assert table.notes[2].startswith("2 could not be measured; the first: language.lenth")


def test_heads_are_symbols_in_latex(table):
    head = table.to_latex().split("\\toprule\n")[1].split("\n")[0]
    assert head == r"$L$ & $N$ & $\mathrm{KL}_{\mathrm{path}}$ & $\mathrm{SER}$ \\"


def grid_of(*rows):
    return Table("t", ("instance", "language.length", "policy.kind", "policy.steps", "ser"), rows)


def test_no_line_has_two_points_at_one_place():
    """Keys that are not named tell lines apart where they must, and only there."""
    cells = [(L, kind, N) for L in (4, 8) for kind in ("bernoulli", "fixed_size") for N in (1, 2)]
    table = grid_of(*((f"i{k}", *cell, 0.01 * k) for k, cell in enumerate(cells)))
    for by in (["language.length"], ["language.length", "policy.kind"]):
        figure = sweep_figure(table, by=by)
        lines = list(figure.lines(figure.panels[0]))
        assert [line.label for line in lines] == [f"length={L}, kind={kind}" for L, kind, N in cells if N == 1]
        assert [line.x for line in lines] == [(1, 2)] * 4
    one = grid_of(*(row for row in table.rows if row[2] == "bernoulli"))
    figure = sweep_figure(one, by=["language.length"])
    assert [line.label for line in figure.lines(figure.panels[0])] == ["length=4", "length=8"]


def test_rows_that_no_key_tells_apart_are_refused():
    table = grid_of(("a", 4, "bernoulli", 1, 0.1), ("b", 4, "bernoulli", 1, 0.2))
    with pytest.raises(BadInput, match=r"--by: found 2 rows with policy\.steps=1 .* a and b; .*--by instance"):
        sweep_figure(table, by=["language.length"])
    figure = sweep_figure(table, by=["instance"])
    assert [line.y[0].value for line in figure.lines(figure.panels[0])] == [0.1, 0.2]


def test_the_tables_of_the_study_take_other_languages():
    own = {"mine": random_ngram(2, 3, 8, 5), "chain": markov(["1/2", "1/2"], [["1/3", "2/3"], [1, 0]], 8)}
    ter, ser = ter_of_languages(own), ser_of_languages(own)
    for table in (ter, ser):
        assert [row[:2] for row in table.rows] == [(name, N) for name in own for N in (1, 2, 4, 8)]
    sampled = ser.columns.index("SER")
    assert all(row[sampled].hi <= 1 for row in ser.rows)
    assert "ShiftedPair" not in " ".join(ser.notes)
    drawn = FIGURES["hmm-ser"][1](ser)
    assert "SER of mine, chain against the number of steps" in drawn.caption
    assert not re.search("ShiftedPair|drawn", drawn.caption)
    assert "SER" in {series.label or series.column for panel in drawn.panels for series in panel.series}
    assert "random" not in FIGURES["ngram-ter"][1](ter).caption


def test_a_table_without_rows_says_why():
    empty = Table("t", ("instance",), (), ("12 rows that other code has measured are left out",))
    with pytest.raises(BadInput, match="nothing to draw; 12 rows that other code has measured"):
        sweep_figure(empty, "policy.steps")


def test_information_is_drawn_per_token_where_asked(tmp_path):
    with Store(tmp_path / "a.db") as store:
        sweep(Grid.parse(GRID), store)
        whole, shared = stored_results(store), stored_results(store, per_token=True)
    place = shared.columns.index("path_kl/L")
    length = shared.columns.index("language.length")
    for row, other in zip(whole.rows, shared.rows, strict=True):
        assert other[place].value == pytest.approx(row[place].value / row[length], rel=1e-15)
        assert other[place].lo <= row[place].lo / row[length]
        assert other[place].hi >= row[place].hi / row[length]
    drawn = sweep_figure(shared, "policy.steps", ["path_kl"])
    assert [panel.y for panel in drawn.panels] == ["path_kl/L (nats per token)"]
    assert "path_kl/L" in table_in_unit(shared, "bits").columns
