"""The page on trained networks does what it says, and the study's table is what its bounds say."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
import torch
from pages import run
from test_tutorials import WITH_TORCH
from typer.testing import CliRunner

from maskbound.numerics import Instance, cli, measure
from maskbound.numerics.figures import FIGURES
from maskbound.numerics.policies import Bernoulli
from maskbound.numerics.render.draw import drawn
from maskbound.numerics.study.trained import Setting, languages_of, trained_table

INFORMATION = ("total_correlation", "dual_total_correlation")


@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_the_page_does_what_it_says(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run(WITH_TORCH, tmp_path) == []
    assert {"weather.pt", "weather-loss.svg", "weather-loss.csv"} <= {path.name for path in tmp_path.iterdir()}
    table = Path("weather-loss.csv").read_text().splitlines()
    first, last = (float(line.split(",")[1]) for line in (table[1], table[-1]))
    assert last < first


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (["--steps", "0"], "--steps"),
        (["--width", "20"], "--width"),
        (["--steps", "3", "--seconds", "3"], "--seconds"),
        (["--seed", "-1"], "--seed"),
    ],
)
def test_wrong_options_are_answered_in_a_sentence(tmp_path, words, problem):
    result = CliRunner().invoke(cli.app, ["train", "pair-bernoulli", "--out", str(tmp_path / "x.pt"), *words])
    assert (result.exit_code, problem in result.output) == (2, True)
    assert not list(tmp_path.iterdir())


def test_seconds_say_how_many_steps(tmp_path):
    out = tmp_path / "x.pt"
    options = ["--seconds", "0.5", "--width", "16", "--layers", "1"]
    result = CliRunner().invoke(cli.app, ["train", "pair-bernoulli", "--out", str(out), *options])
    steps = torch.load(out, weights_only=True)["training"]["steps"]
    assert (result.exit_code, f"{steps} steps" in result.output) == (0, True)


@pytest.mark.parametrize("setting", [Setting(4, (1, 3), 60, 500, 500, 16), Setting(64, (8,), 10, 200, 400, 16, 1)])
def test_the_table_of_the_study(setting):
    """Errors lie below their bounds, those of the exact denoiser are what is measured elsewhere, and all is drawn."""
    table = trained_table(setting)
    languages = languages_of(setting.length)
    assert len(table.notes) == 3 + len(languages) + 1
    for row in table.rows:
        cell = dict(zip(table.columns, row, strict=True))
        for kind, bound in (("gap", "PATH_KL/L"), ("SER", "1 - exp(-PATH_KL)"), ("TER", "bound")):
            own, limit = cell[f"{kind}: network"], cell[f"{kind}: {bound}, network"]
            assert own.lo <= limit.hi
            assert limit.lo <= cell[f"{kind}: bound, network"].hi
            assert cell[f"{kind}: exact denoiser"].lo <= cell[f"{kind}: bound, network"].hi
        assert 0 < cell["mean learning error"].lo <= cell["worst learning error"].hi
        exact = measure(Instance(languages[cell["language"]], Bernoulli(cell["N"])), ["ser"], samples=200)["ser"]
        assert cell["SER: exact denoiser"].lo <= exact.hi
        assert exact.lo <= cell["SER: exact denoiser"].hi
        if setting.length == 4:
            whole = Instance(languages[cell["language"]], Bernoulli(1))
            information = sum(each.value for each in measure(whole, list(INFORMATION)).values())
            allowed = information / cell["N"] / 4 + cell["mean learning error"].value
            assert cell["gap: bound, network"].value == pytest.approx(allowed)
            assert cell["SER: bound, network"].value == pytest.approx(1 - math.exp(-4 * allowed))
            relative = cell["TER: network"].value / cell["TER: autoregressive"].value
            assert math.exp(cell["gap: network"].value) == pytest.approx(relative)
            factor = cell["gap: bound at worst, network"].value / cell["gap: bound, network"].value
            assert cell["N"] == 1 or f"is {factor:.3g} times that at the mean" in " ".join(table.notes)
    figure = FIGURES["trained"][1](table)
    assert f"{setting.samples} sequences" in " ".join(table.notes) or setting.length == 4
    labels = {line.label for panel in figure.panels for line in figure.lines(panel)}
    svg = drawn(figure, "svg").decode()
    assert all(svg.count(f">{label}<") == 1 for label in labels)
