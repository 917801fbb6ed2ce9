"""What the tests of sweeps share: grids of small chains, databases as sets of rows, and the command as a process."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

COMMAND = [sys.executable, "-c", "from maskbound.numerics.cli import main; main()", "sweep"]

GRID = """
quantities = ["kl", "ser"]
[base]
name = "chains"
language = {{kind = "markov", initial = ["1/2", "1/2"]}}
policy = {{kind = "bernoulli"}}
[grid]
"language.length" = [2, 3]
"language.transition" = [{rows}]
"policy.steps" = [{steps}]
"""


def write_grid(path: Path, chains: int, steps: int) -> int:
    """A grid of ``2 * chains * (steps + 1)`` instances, those of 0 steps wrong; returns how many."""
    rows = ", ".join(f'[["1/{n + 2}", "{n + 1}/{n + 2}"], [1, 0]]' for n in range(chains))
    path.write_text(GRID.format(rows=rows, steps=", ".join(map(str, range(steps + 1)))))
    return 2 * chains * (steps + 1)


def contents(database: Path) -> list[tuple]:
    """All rows by value, in one order."""
    base = sqlite3.connect(database)
    try:
        return sorted(base.execute("SELECT * FROM results").fetchall(), key=lambda row: (row[0], row[3]))
    finally:
        base.close()


def count(database: Path) -> int:
    """How many rows there are, in a database that another process may be writing or has not made yet."""
    if not database.exists():
        return 0
    base = sqlite3.connect(database)
    try:
        return base.execute("SELECT COUNT(*) FROM results").fetchone()[0]
    except sqlite3.OperationalError:
        return 0
    finally:
        base.close()


def integrity(database: Path) -> str:
    """What SQLite says of the file."""
    base = sqlite3.connect(database)
    try:
        return base.execute("PRAGMA integrity_check").fetchone()[0]
    finally:
        base.close()


def start(grid: Path, database: Path, *options: str) -> subprocess.Popen:
    """The command as a process of its own."""
    call = [*COMMAND, str(grid), "--db", str(database), *options]
    return subprocess.Popen(
        call, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ, "NUMBA_NUM_THREADS": "1"}
    )
