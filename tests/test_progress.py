"""Lines of progress where there is no terminal: the first after two seconds, with an estimate."""

from __future__ import annotations

from typer.testing import CliRunner

from maskbound.numerics import cli
from maskbound.numerics.cli import measuring, output


def test_the_first_line_comes_after_two_seconds_and_the_next_a_minute_later(monkeypatch, capsys):
    now = [100.0]
    monkeypatch.setattr(output.time, "monotonic", lambda: now[0])
    left = output.Remaining("measuring")
    left.begin(200, 200)
    for k in range(100):
        now[0] += 1.0
        left.advance(1 if k in (5, 9) else 0)
    lines = capsys.readouterr().err.splitlines()
    assert lines == ["measuring: 2 of 200, about 3 min left", "measuring: 62 of 200, 2 failed, about 2 min left"]


def test_what_takes_long_is_said_beforehand(monkeypatch):
    """By the estimate, never by the clock."""
    command = ["measure", "markov-lopsided", "-q", "path_kl"]
    assert "at least" not in CliRunner().invoke(cli.app, command).stderr
    monkeypatch.setattr(measuring, "PATIENCE", 0.0)
    said = CliRunner().invoke(cli.app, command).stderr
    assert "path_kl takes engine" in said
    assert "up to 60 s for each engine (--seconds)" in said
