"""Grids: the product of their lists, each instance once, mistakes told apart from mistaken instances."""

from __future__ import annotations

import pytest

from maskbound.numerics.errors import BadInput
from maskbound.numerics.instances import parse
from maskbound.numerics.sweeps import Grid

BASE = {"language": {"kind": "pair", "vocab": 2, "length": 4}, "policy": {"kind": "bernoulli", "steps": 2}}
GRID = {"base": BASE, "quantities": ["kl"], "grid": {"policy.steps": [1, 2, 3], "language.vocab": [2, 3]}}


def test_the_product_of_the_lists_the_last_one_fastest():
    grid = Grid.parse(GRID, name="pairs")
    specs = [(spec["policy"]["steps"], spec["language"]["vocab"]) for spec in grid.specs()]
    assert specs == [(1, 2), (1, 3), (2, 2), (2, 3), (3, 2), (3, 3)]
    assert next(grid.specs())["name"] == "pairs: policy.steps=1, language.vocab=2"
    assert BASE["policy"]["steps"] == 2


def test_points_are_the_instances_that_the_specs_describe():
    grid = Grid.parse(GRID)
    assert [point.fingerprint for point in grid.points()] == [parse(spec).fingerprint for spec in grid.specs()]
    assert {point.quantities for point in grid.points()} == {("kl",)}


def test_whole_tables_can_be_the_values():
    chain = {"kind": "markov", "length": 3, "initial": [1, 0], "transition": [["1/2", "1/2"], [1, 0]]}
    grid = Grid.parse(GRID | {"grid": {"language": [BASE["language"], chain], "policy.steps": [1, 2]}})
    assert [point.spec.count('"markov"') for point in grid.points()] == [0, 0, 1, 1]
    assert next(grid.specs())["name"].endswith("language=pair, policy.steps=1")


def test_the_same_instance_twice_is_measured_once():
    grid = Grid.parse(GRID | {"grid": {"policy.steps": [2, 2], "name": ["one", "other"]}})
    assert len(list(grid.points())) == 1


def test_a_grid_without_axes_is_its_base():
    assert [point.fingerprint for point in Grid.parse(GRID | {"grid": {}}).points()] == [parse(BASE).fingerprint]


def test_a_wrong_instance_is_a_point_with_its_problem():
    points = list(Grid.parse(GRID | {"grid": {"policy.steps": [0, 2]}}).points())
    assert [point.problem for point in points] == [
        "policy.steps: found 0; a whole number of at least 1 is accepted",
        "",
    ]
    assert points[0].fingerprint.startswith("spec-")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"quantities": ["klx"]}, r"quantities\[0\]: found 'klx'; the closest known quantities are kl"),
        ({"quantities": []}, "quantities: found none"),
        ({"grid": {"policy.steps": 3}}, r'grid\."policy.steps": found 3; a list'),
        ({"grid": {"policy.steps": []}}, "an empty|a list of 0 entries"),
        ({"grid": {"policy.kind.deeper": [1]}}, "a table is accepted"),
        ({"grid": {"name": ["x"] * 1001, "policy.steps": [1] * 1000}}, "at most 1000000"),
        ({"gird": {}}, "gird: unknown key; the closest known key is grid"),
        ({"measure": {"width": -1}}, r"measure\.width: found -1"),
        ({"measure": {"seconds": 0}}, r"measure\.seconds: found 0"),
        ({"measure": {"confidence": 1}}, r"measure\.confidence: found 1"),
        ({"measure": {"samples": 0}}, r"measure\.samples: found 0"),
        ({"measure": {"widht": 1}}, r"measure\.widht: unknown key"),
    ],
)
def test_a_wrong_grid_is_refused_as_a_whole(change, sentence):
    with pytest.raises(BadInput, match=sentence):
        Grid.parse(GRID | change)


def test_a_grid_file_is_named_in_its_errors(tmp_path):
    path = tmp_path / "grid.toml"
    path.write_text("quantities = ['kl']")
    with pytest.raises(BadInput, match=r"grid\.toml: base: the key is missing"):
        Grid.load(path)
