"""The table of policies at equal numbers of steps, and its figure."""

from __future__ import annotations

import pytest

from maskbound.numerics import languages
from maskbound.numerics.figures import FIGURES
from maskbound.numerics.numbers.enclosure import Enclosure
from maskbound.numerics.render.draw import drawn
from maskbound.numerics.study.policies import Setting, policies_table

CHAIN = languages.markov(["1/2", "1/2"], [["1/3", "2/3"], ["1", "0"]], 4)


@pytest.fixture(scope="module")
def computed():
    return policies_table((Setting("chain", CHAIN, (2, 4), 2),))


def cell(table, policy: str, steps: int, column: str):
    place = {name: c for c, name in enumerate(table.columns)}
    (row,) = [row for row in table.rows if row[place["policy"]] == policy and row[place["N"]] == steps]
    return row[place[column]]


def test_one_token_a_step_is_exact_unless_it_is_proposed_first(computed):
    for policy in ("random sizes", "confidence", "margin", "entropy", "confidence in blocks"):
        assert cell(computed, policy, 4, "KL").hi < 1e-12
    assert cell(computed, "proposals", 4, "KL").lo > 0.01
    assert cell(computed, "proposals", 4, "SER").hi < 1e-12


def test_path_kl_is_at_least_kl(computed):
    place = {name: c for c, name in enumerate(computed.columns)}
    pairs = [(row[place["KL"]], row[place["PATH_KL"]]) for row in computed.rows if row[place["PATH_KL"]] is not None]
    assert len(pairs) >= 14
    assert all(kl.lo <= path.hi for kl, path in pairs)


def test_at_length_everything_is_drawn_or_bounded():
    table = policies_table((Setting("chain", CHAIN, (2,), 2, 300),))
    exact = policies_table((Setting("chain", CHAIN, (2,), 2),))
    for policy in ("confidence", "entropy", "proposals"):
        found, known = (cell(one, policy, 2, "SER") for one in (table, exact))
        assert isinstance(found, Enclosure)
        assert found.lo <= known.value <= found.hi


def test_the_figure_shows_every_policy_that_has_a_kl(computed):
    figure = FIGURES["policies"][1](computed)
    lines = {line.label for panel in figure.panels for line in figure.lines(panel)}
    assert {"confidence", "proposals", "random sizes", "entropy bound"} <= lines
    assert b"random sizes" in drawn(figure, "svg")
