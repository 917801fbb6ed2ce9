"""Lines of progress where there is no terminal: the first after two seconds, with an estimate."""

from __future__ import annotations

from maskbound.numerics.cli import output


def test_the_first_line_comes_after_two_seconds_and_the_next_a_minute_later(monkeypatch, capsys):
    now = [100.0]
    monkeypatch.setattr(output.time, "monotonic", lambda: now[0])
    left = output.Remaining("measuring")
    left.begin(200, 200)
    for _ in range(100):
        now[0] += 1.0
        left.advance()
    lines = capsys.readouterr().err.splitlines()
    assert lines == ["measuring: 2 of 200, about 3 min left", "measuring: 62 of 200, about 2 min left"]
