"""Sweeps: everything is measured once, whoever measures it, and what fails does not stop the rest."""

from __future__ import annotations

import json
import multiprocessing
import re
import signal
import threading
import time
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing, suppress
from unittest.mock import ANY

import pytest
from sweep.grids import contents, count, integrity, start, write_grid
from typer.testing import CliRunner

from maskbound.numerics import measure
from maskbound.numerics.cli import app
from maskbound.numerics.errors import BadInput, BeyondReach, RowsRescaled
from maskbound.numerics.instances import parse
from maskbound.numerics.sweeps import Grid, Settings, Store, sweep, workers

PAIRS = {
    "base": {"language": {"kind": "pair", "vocab": 2, "length": 4}, "policy": {"kind": "bernoulli"}},
    "quantities": ["kl", "ser"],
    "grid": {"policy.steps": [1, 2, 3]},
}


def swept(path, grid, **options):
    with Store(path) as store:
        return sweep(grid, store, **options)


def test_rows_are_what_measure_finds(tmp_path):
    grid = Grid.parse(PAIRS)
    done = swept(tmp_path / "a.db", grid)
    assert (done.instances, done.measured, done.failed) == (3, 3, 0)
    with Store(tmp_path / "a.db") as store:
        for spec in grid.specs():
            instance = parse(spec)
            assert store.found(instance.fingerprint) == measure(instance, ["kl", "ser"])


def test_only_what_is_missing_is_measured(tmp_path, monkeypatch):
    swept(tmp_path / "a.db", Grid.parse(PAIRS | {"quantities": ["kl"], "grid": {"policy.steps": [1, 2]}}))
    asked = []

    def recorded(point, settings):
        asked.append(point.quantities)
        return genuine(point, settings)

    genuine = workers.measured
    monkeypatch.setattr(workers, "measured", recorded)
    assert swept(tmp_path / "a.db", Grid.parse(PAIRS)).measured == 3
    assert asked == [("ser",), ("ser",), ("kl", "ser")]
    assert swept(tmp_path / "a.db", Grid.parse(PAIRS)).measured == 0
    assert len(asked) == 3


def test_a_failure_is_a_row_with_its_message(tmp_path, monkeypatch):
    big = {"kind": "english", "order": 3, "length": 300}
    grid = Grid.parse(PAIRS | {"grid": {"language": [PAIRS["base"]["language"], big], "policy.steps": [2, 0]}})

    def broken(work, quantity, engine):
        if quantity == "ser":
            raise RuntimeError("unforeseen")
        if work.instance.length == 300:
            raise BeyondReach("it would take 3 PB")
        return genuine(work, quantity, engine)

    genuine = workers.measure_one
    monkeypatch.setattr(workers, "measure_one", broken)
    done = swept(tmp_path / "a.db", grid)
    assert (done.instances, done.failed) == (4, 7)
    with Store(tmp_path / "a.db") as store:
        messages = [(row.quantity, row.message) for row in store.rows()]
    assert messages[0] == ("kl", None)
    assert messages[1] == ("ser", "internal error (RuntimeError: unforeseen)")
    assert messages[2][1].startswith("policy.steps: found 0")
    assert messages[4] == ("kl", "it would take 3 PB")


def test_a_grid_that_cannot_be_read_is_refused_before_anything_is_measured(tmp_path, monkeypatch):
    """A misspelt key spoils every instance; a value that is wrong spoils its own."""
    monkeypatch.setattr(workers, "measured", None)
    misspelt = Grid.parse(PAIRS | {"grid": {"policy.step": [1, 2, 3]}})
    with Store(tmp_path / "a.db") as store:
        with pytest.raises(BadInput, match=r"^grid: none of its 3 instances.*policy\.step: unknown key; .* steps"):
            sweep(misspelt, store)
        assert list(store.rows()) == []


def test_the_command_says_how_many_instances_have_no_number(tmp_path, monkeypatch):
    def beyond(work, quantity, engine):
        if work.instance.name != "grid: policy.steps=1":
            raise BeyondReach("it would take 3 PB")
        return genuine(work, quantity, engine)

    genuine = workers.measure_one
    monkeypatch.setattr(workers, "measure_one", beyond)
    status = {}
    for steps in ([2, 3], [1, 2, 3]):
        (tmp_path / "grid.json").write_text(json.dumps(PAIRS | {"grid": {"policy.steps": steps}}))
        for time_asked in ("first", "again"):
            told = CliRunner().invoke(
                app, ["sweep", str(tmp_path / "grid.json"), "--db", str(tmp_path / f"{len(steps)}.db"), "--jobs", "1"]
            )
            status[len(steps), time_asked] = told.exit_code
            assert f"{len(steps)} instances in" in told.stdout
            assert "2 of them without a number; " in told.stdout
    assert status == {(2, "first"): 2, (2, "again"): 2, (3, "first"): 0, (3, "again"): 0}


def test_a_failure_of_the_moment_is_tried_again(tmp_path, monkeypatch):
    """A wrong instance is not; and what had failed is measured in its row's place."""
    grid = Grid.parse(PAIRS | {"grid": {"policy.steps": [2, 0]}})

    def short(work, quantity, engine):
        if quantity == "ser":
            raise MemoryError("no room")
        return genuine(work, quantity, engine)

    genuine = workers.measure_one
    with monkeypatch.context() as patch:
        patch.setattr(workers, "measure_one", short)
        done = swept(tmp_path / "a.db", grid)
    assert (done.measured, done.failed, done.passing, done.again) == (2, 3, 1, 0)
    done = swept(tmp_path / "a.db", grid)
    assert (done.measured, done.failed, done.passing, done.again) == (1, 0, 0, 1)
    with Store(tmp_path / "a.db") as store:
        assert [(row.quantity, row.value) for row in store.rows() if not row.message] == [("kl", ANY), ("ser", 0.4375)]
    assert swept(tmp_path / "a.db", grid).measured == 0


def test_a_killed_process_is_a_failure_of_the_moment(tmp_path, monkeypatch):
    def killed(points, settings, jobs):
        raise BrokenProcessPool
        yield

    grid = Grid.parse(PAIRS | {"grid": {"policy.steps": [1]}})
    with monkeypatch.context() as patch:
        patch.setattr(workers, "_pool", killed)
        done = swept(tmp_path / "a.db", grid, jobs=2)
    assert (done.failed, done.passing) == (2, 2)
    assert swept(tmp_path / "a.db", grid).again == 2


def test_a_database_that_cannot_grow_keeps_what_it_has(tmp_path):
    grid = Grid.parse(PAIRS | {"grid": {"policy.steps": list(range(1, 200))}})
    with Store(tmp_path / "a.db") as store:
        pages = store._base.execute("PRAGMA page_count").fetchone()[0]
        store._base.execute(f"PRAGMA max_page_count = {pages + 3}")
        with pytest.raises(BadInput, match="database or disk is full") as problem:
            sweep(grid, store)
        kept = int(re.search(r"; (\d+) of 199 instances are kept in", str(problem.value))[1])
        assert 0 < kept == len({row.fingerprint for row in store.rows()}) < 199
    assert integrity(tmp_path / "a.db") == "ok"
    assert swept(tmp_path / "a.db", grid).measured == 199 - kept


def test_an_interrupted_sweep_says_what_it_keeps(tmp_path):
    told = []

    def stop(failures):
        told.append("one")
        if len(told) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt, match=r"2 of 3 instances are kept in .*a\.db"):
        swept(tmp_path / "a.db", Grid.parse(PAIRS), advance=stop)
    assert swept(tmp_path / "a.db", Grid.parse(PAIRS)).measured == 1


def test_an_interrupt_that_comes_out_as_another_error_is_one(tmp_path):
    def stop(failures):
        with suppress(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
        raise ImportError("half imported")

    with pytest.raises(KeyboardInterrupt, match="1 of 3 instances are kept"):
        swept(tmp_path / "a.db", Grid.parse(PAIRS), advance=stop)


@pytest.mark.slow
def test_processes_under_way_are_ended_when_nobody_waits_for_them(monkeypatch):
    points = list(Grid.parse(PAIRS).points())
    with closing(workers.in_processes(points, Settings(), 2)) as found:
        next(found)
        assert multiprocessing.active_children()
    assert not multiprocessing.active_children()


@pytest.mark.slow
def test_an_interrupt_of_the_command_says_what_is_kept(tmp_path):
    size = write_grid(tmp_path / "grid.toml", 40, 19)
    process = start(tmp_path / "grid.toml", tmp_path / "a.db", "--jobs", "1")
    while count(tmp_path / "a.db") < 4:
        assert process.poll() is None
        time.sleep(0.002)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    sentence = rf"(\d+) of {size} instances are kept in \S+a\.db, and the next run measures the others"
    found = re.fullmatch(f"maskbound: interrupted: {sentence}", said.strip().splitlines()[-1])
    assert found is not None, said
    assert int(found[1]) == count(tmp_path / "a.db") // 2


def test_samples_of_the_grid_are_drawn(tmp_path):
    """Every option of ``measure`` reaches the measurement."""
    options = {"width": 0.5, "seconds": 30, "samples": 2000, "seed": 7, "confidence": 0.9, "engine": "sampled"}
    grid = Grid.parse(PAIRS | {"quantities": ["ser"], "measure": options})
    swept(tmp_path / "a.db", grid)
    with Store(tmp_path / "a.db") as store:
        for spec in grid.specs():
            instance = parse(spec)
            assert store.found(instance.fingerprint) == measure(instance, ["ser"], **options)
            assert store.found(instance.fingerprint)["ser"].kind == "statistical"


def test_rows_that_are_rescaled_are_said_once(tmp_path):
    """By whoever reads the grid, and not by each process that measures."""
    half = "-0.301028"
    words = f"-99\t<s>\t0\n{half}\ta\n{half}\t</s>\n"
    text = f"\\data\\\nngram 1=3\n\n\\1-grams:\n{words}\n\\end\\\n"
    (tmp_path / "half.arpa").write_text(text)
    base = PAIRS["base"] | {"language": {"kind": "arpa", "path": "half.arpa", "length": 2}}
    grid = Grid.parse(PAIRS | {"base": base, "grid": {"policy.steps": [2]}}, tmp_path)
    with pytest.warns(RowsRescaled, match="rows miss 1") as said:
        swept(tmp_path / "a.db", grid)
    assert len(said) == 1


@pytest.mark.slow
def test_without_options_a_grid_asks_what_measure_asks():
    long = {"kind": "english", "order": 3, "length": 16}
    steps = {"grid": {"policy.steps": [4]}}
    grid = Grid.parse(PAIRS | steps | {"base": PAIRS["base"] | {"language": long}, "measure": {"samples": 500}})
    point = next(grid.points())
    found = {row.quantity: row.kind for row in workers.measured(point, grid.settings)}
    instance = parse(json.loads(point.spec))
    assert found == {name: x.kind for name, x in measure(instance, ["kl", "ser"], samples=500).items()}
    assert "statistical" in found.values()


def test_progress_is_told(tmp_path):
    told = []
    options = {"begin": lambda total, left: told.append((total, left)), "advance": lambda failures: told.append("one")}
    swept(tmp_path / "a.db", Grid.parse(PAIRS | {"grid": {"policy.steps": [1]}}))
    swept(tmp_path / "a.db", Grid.parse(PAIRS), **options)
    assert told == [(3, 2), "one", "one"]


def test_two_processes_find_the_same(tmp_path):
    grid = Grid.parse(PAIRS)
    swept(tmp_path / "one.db", grid)
    swept(tmp_path / "two.db", grid, jobs=2)
    assert contents(tmp_path / "one.db") == contents(tmp_path / "two.db")


@pytest.mark.slow
def test_a_process_that_is_killed_is_a_failure_of_its_instance():
    """Children are killed as soon as they appear, until one point has failed; the other is then measured."""
    points = list(Grid.parse(PAIRS | {"grid": {"policy.steps": [1, 2]}}).points())
    failed = threading.Event()

    def kill():
        while not failed.wait(0.01):
            for child in multiprocessing.active_children():
                child.kill()

    killer = threading.Thread(target=kill)
    killer.start()
    found = []
    for rows in workers.in_processes(points, Settings(), 2):
        found.append(rows)
        failed.set()
    killer.join()
    assert found[0][0].message.startswith("the process that measured it was killed")
    assert [row.message for row in found[1]] == [None, None]
    assert {found[0][0].fingerprint, found[1][0].fingerprint} == {point.fingerprint for point in points}


def test_a_scheduler_that_does_not_answer_is_said(tmp_path, monkeypatch):
    dask = pytest.importorskip("dask")
    with dask.config.set({"distributed.comm.timeouts.connect": "0.2s"}), pytest.raises(BadInput, match="--scheduler"):
        swept(tmp_path / "a.db", Grid.parse(PAIRS), scheduler="tcp://127.0.0.1:9")


class Answer:
    """A future of the stand-in below."""

    def __init__(self, status, rows, problem=None):
        self.status, self.rows, self.problem = status, rows, problem

    def result(self):
        return self.rows

    def exception(self):
        return self.problem


class Cluster:
    """A stand-in for Dask whose first answers are lost."""

    loop = None

    def __init__(self, lost):
        self.lost = lost

    def __enter__(self):
        return self

    def __exit__(self, *problem):
        return None

    def submit(self, work, point, settings, pure):
        self.lost -= 1
        return Answer("lost", None) if self.lost >= 0 else Answer("finished", work(point, settings))


class Answers(list):
    add = list.append

    def __init__(self, futures, loop):
        super().__init__(futures)


def test_what_a_cluster_loses_is_asked_again(monkeypatch):
    distributed = pytest.importorskip("distributed")
    points = list(Grid.parse(PAIRS).points())
    wanted = [workers.measured(point, Settings()) for point in points]
    monkeypatch.setattr(distributed, "as_completed", Answers)
    monkeypatch.setattr(distributed, "Client", lambda *_, **__: Cluster(lost=4))
    found = list(workers.on_cluster(points, Settings(), "tcp://there"))
    assert sorted(found, key=str) == sorted(wanted, key=str)
    monkeypatch.setattr(distributed, "Client", lambda *_, **__: Cluster(lost=99))
    with pytest.raises(BadInput, match="lost one instance 5 times"):
        list(workers.on_cluster(points, Settings(), "tcp://there"))


def test_killed_in_the_middle_it_loses_nothing(tmp_path):
    """The small form of the slow test: killed once, after the first rows."""
    size = write_grid(tmp_path / "grid.toml", 10, 9)
    process = start(tmp_path / "grid.toml", tmp_path / "killed.db", "--jobs", "1")
    while count(tmp_path / "killed.db") < 30:
        assert process.poll() is None
        time.sleep(0.002)
    process.kill()
    process.communicate()
    before = count(tmp_path / "killed.db")
    assert 30 <= before < 2 * size
    assert integrity(tmp_path / "killed.db") == "ok"
    grid = Grid.load(tmp_path / "grid.toml")
    assert swept(tmp_path / "killed.db", grid).measured == size - before // 2
    swept(tmp_path / "whole.db", grid)
    assert contents(tmp_path / "killed.db") == contents(tmp_path / "whole.db")
