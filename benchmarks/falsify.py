"""Does the falsifier refute every false statement quickly, and no true one in ten minutes?

The statements that are false on purpose are searched from nothing, each within a minute; the true ones share
``--seconds`` evenly. With ``--tightness`` the true inequalities are searched over a fixed number of candidates
instead, and the tightest instances are written to ``numerics/checks/tightness.json``: the same file on every run with
the same seed, up to rounding. The tables are tiny, so one thread is fastest:

    NUMBA_NUM_THREADS=1 python benchmarks/falsify.py [--seconds 600] [--seed 0] [--out FILE]
    NUMBA_NUM_THREADS=1 python benchmarks/falsify.py --tightness [--candidates 6000] [--seed 0]
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
import time
from pathlib import Path

from tabulate import tabulate

from maskbound.numerics.checks.falsify import Falsification, falsify
from maskbound.theory import Statement, statements

FALSE = "false on purpose"
EACH_FALSE = 60.0
TIGHTNESS = Path(__file__).parent.parent / "numerics" / "checks" / "tightness.json"
COLUMNS = ("statement", "counterexample", "candidates", "judged", "seconds", "tightest ratio")


def row(found: Falsification) -> tuple[str, str, int, int, str, str]:
    ratio = "" if found.tightest is None else f"{found.tightest.ratio:.9g}"
    outcome = "none found"
    if found.instance is not None:
        first = found.instance.get("first", found.instance)
        shrunk = "" if found.finished else " (not shrunk)"
        outcome = f"{first['language']['kind']}, {first['policy']['kind']}{shrunk}"
    return found.statement.id, outcome, found.tried, found.judged, f"{found.seconds:.1f}", ratio


def search(seconds: float, seed: int) -> tuple[str, bool]:
    """The results as Markdown, and whether they are as they should be."""
    false = [statement for statement in statements.values() if statement.status == FALSE]
    true = [statement for statement in statements.values() if statement.status not in (FALSE, "asymptotic")]
    refuted = [falsify(statement, EACH_FALSE, seed) for statement in false]
    start = time.perf_counter()
    standing = [falsify(statement, seconds / len(true), seed) for statement in true]
    taken = time.perf_counter() - start
    slowest = max(found.seconds for found in refuted)
    down, fallen = sum(found.found for found in refuted), sum(found.found for found in standing)
    judged = sum(found.judged for found in standing)
    text = "\n\n".join(
        [
            f"Seed {seed}; Python {platform.python_version()}, {platform.machine()}.",
            f"{down} of {len(false)} false statements refuted, the slowest in {slowest:.1f} s:",
            tabulate(map(row, refuted), COLUMNS, tablefmt="github", disable_numparse=True),
            f"{fallen} of {len(true)} true statements refuted in {taken:.0f} s ({judged} instances judged):",
            tabulate(map(row, standing), COLUMNS, tablefmt="github", disable_numparse=True),
        ]
    )
    return text, all(f.found for f in refuted) and not any(f.found for f in standing)


def tightest(candidates: int, seed: int) -> dict:
    """What ``tightness.json`` holds."""

    def inequality(statement: Statement) -> bool:
        return statement.status not in (FALSE, "asymptotic") and statement.relation != "=="

    extremes = {}
    for statement in filter(inequality, statements.values()):
        found = falsify(statement, 600.0, seed, most=candidates)
        if found.found or not found.finished:
            sys.exit(found.account())
        if found.tightest is not None:
            extremes[statement.id] = {"ratio": found.tightest.ratio, "instance": found.tightest.instance}
        print(found.account(), flush=True)
    return {"seed": seed, "candidates": candidates, "extremes": extremes}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=600.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--tightness", action="store_true")
    parser.add_argument("--candidates", type=int, default=6000)
    options = parser.parse_args()
    if options.tightness:
        TIGHTNESS.write_text(json.dumps(tightest(options.candidates, options.seed), indent=1) + "\n")
        return 0
    text, good = search(options.seconds, options.seed)
    print(text)
    if options.out is not None:
        options.out.write_text(text + "\n")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
