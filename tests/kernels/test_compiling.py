"""Compiling that takes long is spoken of once."""

from __future__ import annotations

import threading

import pytest

from maskbound.numerics._kernels import compiling


class Timer:
    """Seconds that pass when they are told to."""

    waiting: list[Timer] = []  # noqa: RUF012

    def __init__(self, seconds, act):
        self.seconds, self.act, self.daemon = seconds, act, False

    def start(self):
        self.waiting.append(self)

    def cancel(self):
        self.waiting.remove(self)


@pytest.fixture
def clock(monkeypatch):
    now = [0.0]
    Timer.waiting.clear()
    monkeypatch.setattr(threading, "Timer", Timer)
    monkeypatch.setattr(compiling.time, "monotonic", lambda: now[0])
    return now


def test_kernels_of_half_a_second_are_added_up(clock):
    said = []
    watch = compiling.Watch(lambda: said.append("compiling"))
    for _ in range(3):
        watch.begin()
        watch.begin()
        clock[0] += 0.5
        watch.end()
        assert len(Timer.waiting) == 1
        watch.end()
        assert not Timer.waiting
        clock[0] += 60.0
    watch.begin()
    (timer,) = Timer.waiting
    assert timer.seconds == 0.5
    timer.act()
    assert said == ["compiling"]


def test_it_is_said_once(clock):
    said = []
    watch = compiling.Watch(lambda: said.append("compiling"))
    watch.begin()
    Timer.waiting[0].act()
    clock[0] += 9.0
    watch.end()
    watch.begin()
    watch.end()
    assert said == ["compiling"]
    assert not Timer.waiting
