"""Lines of progress where there is no terminal: the first after two seconds, with an estimate."""

from __future__ import annotations

from typer.testing import CliRunner

from maskbound.numerics import Instance, cli, languages, measure, policies
from maskbound.numerics.cli import measuring, output
from maskbound.numerics.engines import progress
from maskbound.numerics.engines.workspace import Workspace


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


def test_draws_say_how_far_they_are(monkeypatch, capsys):
    """A draw that begins anew is timed anew."""
    now = [100.0]
    monkeypatch.setattr(output.time, "monotonic", lambda: now[0])
    left = output.Remaining("drawing for path_kl")
    for done in (1000, 2000, 3000, 500, 1000):
        now[0] += 1.5
        left.reach(done, 90000)
    lines = capsys.readouterr().err.splitlines()
    assert lines == ["drawing for path_kl: 2000 of 90000, about 2 min left"]


def test_engines_report_their_draws():
    seen = []
    chain = languages.HMM(4, [0.5, 0.5], [[0.75, 0.25], [0.25, 0.75]], [[0.75, 0.25], [0.25, 0.75]])
    with progress.watched(lambda done, total: seen.append((done, total))):
        found = measure(Instance(chain, policies.Bernoulli(2)), ["path_kl", "ser"], engine="sampled", samples=1000)
    assert seen[-1] == (1000, 1000)
    assert (1000, 1000) in seen[:-1]
    assert all(0 < done <= total for done, total in seen)
    assert found["ser"].value == 0


def test_methods_share_the_time(monkeypatch):
    """Of two methods the first may spend half, the second what is left by tenths."""
    asked = []
    real = Workspace.within
    monkeypatch.setattr(Workspace, "within", lambda work, seconds: asked.append(seconds) or real(work, seconds))
    chain = languages.HMM(4, [0.5, 0.5], [[0.75, 0.25], [0.25, 0.75]], [[0.75, 0.25], [0.25, 0.75]])
    instance = Instance(chain, policies.Bernoulli(2))
    measure(instance, ["path_kl"], engine="sampled", samples=100, seconds=3000)
    measure(instance, ["path_kl"], engine="windows", samples=100, seconds=3000, width=0)
    assert asked == [3000, 1500, 3000]


def test_what_takes_long_is_said_beforehand(monkeypatch):
    """By the estimate, never by the clock."""
    command = ["measure", "markov-lopsided", "-q", "path_kl"]
    assert "at least" not in CliRunner().invoke(cli.app, command).stderr
    monkeypatch.setattr(measuring, "PATIENCE", 0.0)
    said = CliRunner().invoke(cli.app, command).stderr
    assert "path_kl takes engine" in said
    assert "up to 60 s (--seconds)" in said
