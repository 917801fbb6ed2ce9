"""Pieces run once each, and their errors come back."""

from __future__ import annotations

import threading

import pytest

from maskbound.numerics._kernels import threads


@pytest.mark.parametrize("count", [1, 2, 7])
def test_every_piece_runs_once(monkeypatch, count):
    monkeypatch.setattr(threads, "thread_count", lambda: count)
    seen: list[int] = []
    threads.for_each(lambda k, offset: seen.append(k + offset), 3, 40, 100)
    assert sorted(seen) == list(range(103, 140))
    threads.for_each(lambda k: seen.append(k), 5, 5)
    assert len(seen) == 37


def test_pieces_run_at_the_same_time(monkeypatch):
    """Two pieces that wait for each other finish on two threads, and not on one."""
    for count, timeout in ((2, 20.0), (1, 0.01)):
        monkeypatch.setattr(threads, "thread_count", lambda count=count: count)
        meeting = threading.Barrier(2)

        def meet(k, meeting=meeting, timeout=timeout):
            meeting.wait(timeout)

        if count == 2:
            threads.for_each(meet, 0, 2)
        else:
            with pytest.raises(threading.BrokenBarrierError):
                threads.for_each(meet, 0, 2)


@pytest.mark.parametrize("count", [1, 2])
def test_errors_come_back(monkeypatch, count):
    monkeypatch.setattr(threads, "thread_count", lambda: count)
    with pytest.raises(ZeroDivisionError):
        threads.for_each(lambda k: 1 // (k - 2), 0, 5)


def test_few_operations_stay_on_one_thread(monkeypatch):
    monkeypatch.setattr(threads, "thread_count", lambda: 2)
    where: list[int] = []

    def note(k):
        where.append(threading.get_ident())

    threads.for_each(note, 0, 4, operations=threads.WORTH_THREADS)
    assert set(where) == {threading.get_ident()}
    threads.for_each(note, 0, 4, operations=2 * threads.WORTH_THREADS)
    assert set(where[4:]) - {threading.get_ident()}
