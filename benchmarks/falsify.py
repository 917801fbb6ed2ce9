"""Does the falsifier refute every false statement quickly, and no true one in ten minutes? How tight are they?

The statements that are false on purpose are searched from nothing, each within a minute; the true ones share
``--seconds`` evenly. Seconds are of processor time, which other programs do not use up. The results of
a run are in ``falsify.md``. The tables are tiny, so one thread is fastest:

    NUMBA_NUM_THREADS=1 python benchmarks/falsify.py [--seconds 600] [--seed 0] [--out FILE]

With ``--tightness`` the true statements that ``numerics/tightness.json`` lacks, or those named, are searched over a
fixed number of candidates, or the small gallery where no candidate satisfies the assumptions, and the tightest
instances are added to it: the same ones on every run with the same seed, up to rounding. ``--tightness --all`` does so
for every true statement; a tighter instance that is stored already is kept. An instance may also be stored by hand,
with its ratio by ``judge_extreme``, where neither the search nor the small gallery has one.

    NUMBA_NUM_THREADS=1 python benchmarks/falsify.py --tightness [ID ...] [--all] [--candidates 4000] [--seed 0]
"""

from __future__ import annotations

import argparse
import itertools
import json
import platform
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

from tabulate import tabulate

from maskbound.numerics.falsify.generators import LARGEST_TABLE
from maskbound.numerics.falsify.search import NARROW, Falsification, falsify, judge_extreme
from maskbound.numerics.instances import Pair
from maskbound.numerics.instances.gallery import load_gallery, names, pair_names
from maskbound.numerics.judging import Status
from maskbound.numerics.tightness import FILE, Extreme, extremes, in_words
from maskbound.theory import Statement, statements

FALSE = "false on purpose"
EACH_FALSE = 60.0
TIGHTNESS = Path(__file__).parent.parent / "numerics" / FILE
COLUMNS = ("statement", "counterexample", "candidates", "judged", "seconds", "tightest ratio")


def row(found: Falsification) -> tuple[str, str, int, int, str, str]:
    ratio = "" if found.tightest is None else f"{found.tightest.ratio:.9g}"
    outcome = "none found"
    if found.instance is not None:
        first = found.instance.get("first", found.instance)
        shrunk = "" if found.finished else " (not shrunk)"
        outcome = f"{first['language']['kind']}, {first['policy']['kind']}{shrunk}"
    return found.statement.id, outcome, found.tried, found.judged, f"{found.seconds:.1f}", ratio


def true_statements() -> list[Statement]:
    return [statement for statement in statements.values() if statement.status not in (FALSE, "asymptotic")]


def search(seconds: float, seed: int) -> tuple[str, bool]:
    """The results as Markdown, and whether they are as they should be."""
    false = [statement for statement in statements.values() if statement.status == FALSE]
    true = true_statements()
    refuted = [falsify(statement, EACH_FALSE, seed, clock=time.process_time) for statement in false]
    standing = [falsify(statement, seconds / len(true), seed, clock=time.process_time) for statement in true]
    taken, slowest = sum(found.seconds for found in standing), max(found.seconds for found in refuted)
    down, fallen = (sum(found.found for found in group) for group in (refuted, standing))
    judged = sum(found.judged for found in standing)
    system = f"Python {platform.python_version()}, {platform.machine()}"
    text = "\n\n".join(
        [
            f"maskbound {version('maskbound')}, {time.strftime('%Y-%m-%d')}, seed {seed}; {system}.",
            f"{down} of {len(false)} false statements refuted, the slowest in {slowest:.1f} s of processor time:",
            tabulate(map(row, refuted), COLUMNS, tablefmt="github", disable_numparse=True),
            f"{fallen} of {len(true)} true statements refuted in {taken:.0f} s, {judged} instances judged:",
            tabulate(map(row, standing), COLUMNS, tablefmt="github", disable_numparse=True),
        ]
    )
    return text, down == len(false) and not fallen


def tightest(statement: Statement, candidates: int, seed: int) -> Extreme | None:
    """The tightest instance of a search, or else of the gallery; the program ends where the statement is violated."""
    found = falsify(statement, 600.0, seed, most=candidates)
    print(found.account(), flush=True)
    if found.found or not found.finished:
        sys.exit(1)
    best = found.tightest
    for extreme in itertools.chain(() if best else in_gallery(statement), already(statement)):
        if best is None or extreme.ratio > best.ratio + NARROW:
            best = extreme
            print(f"  {extreme.shown} on {in_words(extreme.instance)}, which is known", flush=True)
    return best


def already(statement: Statement) -> Iterator[Extreme]:
    """The stored extremes, measured anew: a shorter search shall not lose them."""
    if statement.id in extremes():
        verdict = judge_extreme(statement, extremes()[statement.id])
        yield replace(extremes()[statement.id], ratio=verdict.ratio)


def in_gallery(statement: Statement) -> Iterator[Extreme]:
    """The statement on the small gallery, where its ratio is known exactly."""
    for name in pair_names() if statement.subjects == 2 else names():
        found = load_gallery(name)
        if isinstance(found, Pair):
            subjects = found.instances
            spec = {"relation": found.relation, "first": subjects[0].spec, "second": subjects[1].spec}
        else:
            subjects, spec = (found,), found.spec
        if all(each.language.rational and each.vocab**each.length <= LARGEST_TABLE for each in subjects):
            verdict = judge_extreme(statement, Extreme(0.0, spec))
            if verdict.status is Status.HOLDS and 0 <= verdict.ratio <= 1:
                yield Extreme(verdict.ratio, spec)


def tighten(wanted: list[Statement], candidates: int, seed: int) -> None:
    """Add the tightest instances to the stored ones, in the order of the ledger."""
    stored = {name: {"ratio": extreme.ratio, "instance": extreme.instance} for name, extreme in extremes().items()}
    for statement in wanted:
        found = tightest(statement, candidates, seed)
        if found is None:
            print(f"{statement.id}: no instance gives a ratio; the search and the gallery lack such instances")
            continue
        stored[statement.id] = {"ratio": found.ratio, "instance": found.instance}
        lines = [f"{json.dumps(s.id)}: {json.dumps(stored[s.id])}" for s in true_statements() if s.id in stored]
        TIGHTNESS.write_text("{\n" + ",\n".join(lines) + "\n}\n")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("ids", nargs="*", metavar="ID")
    parser.add_argument("--seconds", type=float, default=600.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--tightness", action="store_true")
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--candidates", type=int, default=4000)
    options = parser.parse_args()
    if options.tightness:
        named = [statements[name] for name in options.ids]
        missing = [s for s in true_statements() if options.all or s.id not in extremes()]
        tighten(named or missing, options.candidates, options.seed)
        return 0
    text, good = search(options.seconds, options.seed)
    print(text)
    if options.out is not None:
        options.out.write_text(f"# A run of `benchmarks/falsify.py --seconds {options.seconds:g}`\n\n{text}\n")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
