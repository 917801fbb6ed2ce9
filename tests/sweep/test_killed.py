"""A sweep killed ten times at random ends with exactly the rows of one that was left alone."""

from __future__ import annotations

import json
import random
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sweep.grids import contents, count, integrity, start, write_grid

CHAINS, STEPS = 51, 19
INSTANCES = 2 * CHAINS * (STEPS + 1)
KILLS = 10
PATIENCE = 600.0


@pytest.fixture(scope="module")
def grid(tmp_path_factory):
    path = tmp_path_factory.mktemp("grid") / "grid.toml"
    assert write_grid(path, CHAINS, STEPS) == INSTANCES >= 2000
    return path


@pytest.fixture(scope="module")
def undisturbed(grid):
    """The rows of a run that nobody kills, in one process."""
    database = grid.with_name("whole.db")
    finish(start(grid, database, "--jobs", "1"))
    rows = contents(database)
    assert len(rows) == 2 * INSTANCES
    return rows


@pytest.fixture
def cluster(tmp_path):
    """The address of a Dask scheduler with two workers, all on this machine."""
    contact, call = tmp_path / "scheduler.json", [sys.executable, "-m"]
    near = ["--scheduler-file", str(contact), "--no-dashboard"]
    worker = [*call, "distributed.cli.dask_worker", *near, "--nthreads", "1", "--no-nanny"]
    here = ["--host", "127.0.0.1"]
    calls = [[*call, "distributed.cli.dask_scheduler", *near, *here, "--port", "0"], *[[*worker, *here]] * 2]
    processes = [
        subprocess.Popen(call, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) for call in calls
    ]
    try:
        wait_for(contact.exists)
        yield json.loads(contact.read_text())["address"]
    finally:
        for process in processes:
            process.kill()
            process.wait()


def wait_for(condition) -> None:
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "nothing happened for ten minutes"
        time.sleep(0.005)


def finish(process: subprocess.Popen) -> None:
    out, problem = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, problem
    assert f"{INSTANCES} instances" in out


def killed_at_random(grid: Path, database: Path, seed: int, *options: str) -> list[int]:
    """Ten runs, each killed a random while after its row count passed a random mark; the counts they left."""
    probability, left = random.Random(seed), []
    for k in range(KILLS):
        mark = probability.randrange(2 * INSTANCES * k // (KILLS + 2), 2 * INSTANCES * (k + 1) // (KILLS + 2))
        process = start(grid, database, *options)
        wait_for(lambda process=process, mark=mark: count(database) > mark or process.poll() is not None)
        time.sleep(probability.random() * 0.05)
        assert process.poll() is None, process.communicate()
        process.kill()
        process.communicate()
        left.append(count(database))
        assert integrity(database) == "ok"
    return left


@pytest.mark.slow
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_processes_on_this_machine(grid, undisturbed, tmp_path, jobs):
    left = killed_at_random(grid, tmp_path / "killed.db", 8 + int(jobs), "--jobs", jobs)
    assert 0 < left[0] < left[-1] < 2 * INSTANCES
    finish(start(grid, tmp_path / "killed.db", "--jobs", jobs))
    assert contents(tmp_path / "killed.db") == undisturbed


@pytest.mark.slow
def test_a_cluster_of_two_workers(grid, undisturbed, tmp_path, cluster):
    left = killed_at_random(grid, tmp_path / "killed.db", 8, "--scheduler", cluster)
    assert 0 < left[0] < left[-1] < 2 * INSTANCES
    finish(start(grid, tmp_path / "killed.db", "--scheduler", cluster))
    assert contents(tmp_path / "killed.db") == undisturbed


@pytest.mark.slow
def test_a_lost_row_would_be_noticed(undisturbed, tmp_path):
    base = sqlite3.connect(tmp_path / "less.db")
    base.execute(f"CREATE TABLE results ({', '.join(f'c{n}' for n in range(10))})")
    base.executemany(f"INSERT INTO results VALUES ({', '.join('?' * 10)})", undisturbed[1:])
    base.commit()
    base.close()
    assert contents(tmp_path / "less.db") != undisturbed
