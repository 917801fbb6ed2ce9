"""Every command shows an example in its help, and the example is a line that the command accepts."""

from __future__ import annotations

import re
import shlex

import pytest
import typer
from typer.testing import CliRunner

from maskbound.numerics import cli

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
