"""Every command shows an example in its help, and the example is a line that the command accepts."""

from __future__ import annotations

import re
import shlex

import pytest
import typer
from typer.testing import CliRunner

from maskbound.numerics import cli
from maskbound.numerics.figures import FIGURES
from maskbound.numerics.tables.registry import CASE_TABLES, LANGUAGE_TABLES

GROUP = typer.main.get_command(cli.app)
NAMES = sorted(GROUP.commands)


def example(name: str) -> list[str]:
    """The words of the example in a command's help, as a person would read them there."""
    shown = CliRunner().invoke(cli.app, [name, "--help"], env={"COLUMNS": "200", "TERM": "dumb"}).output
    found = re.search(r"Example: (maskbound .*)", shown)
    assert found, f"no example in the help of {name}"
    return shlex.split(found[1].strip())


def parsed(words: list[str]) -> typer.Context:
    """What the command makes of its words, without running it."""
    return GROUP.commands[words[0]].make_context(words[0], words[1:])


def test_there_are_commands():
    assert {"check", "measure", "sweep", "report", "figure"} <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_the_example_is_accepted(name):
    program, *words = example(name)
    assert (program, words[0]) == ("maskbound", name)
    assert parsed(words).info_name == name


@pytest.mark.parametrize("words", [["sweep", "grid.toml"], ["curve"], ["measure", "x", "--frob"]])
def test_a_wrong_line_is_not_accepted(words):
    with pytest.raises(typer.TyperException):
        parsed(words)


def test_every_figure_is_described():
    shown = CliRunner().invoke(cli.app, ["figure", "--help"], env={"COLUMNS": "200", "TERM": "dumb"}).output
    lines = dict(line.strip().split(": ", 1) for line in shown.splitlines() if re.match(r" *[a-z-]+: ", line))
    assert set(lines) == {*FIGURES, "results"}
    taking = {name for name, line in lines.items() if line.endswith("SPEC")}
    assert taking == {name for name in FIGURES if name in {*CASE_TABLES, *LANGUAGE_TABLES}}
