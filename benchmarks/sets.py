"""Ten claims about given sets, for every language: milliseconds here and, if it is there, of psitip, taking turns.

    OMP_NUM_THREADS=1 NUMBA_NUM_THREADS=1 python benchmarks/sets.py [PYTHON [ROUNDS]]

PYTHON is an interpreter of its own that has psitip 1.1.7, pulp, whose solver ``pulp.cbc`` it is told to use, and
pycddlib before 3. User and system time, children included, as solvers run in them; and time of the clock. Medians of
the rounds; the first, where both import what they need, stands apart. Every round states each claim anew. Here the
sharp constant comes with the verdict, and an exact proof or a language.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import time
from collections.abc import Callable
from typing import Any

from tabulate import tabulate

from maskbound.numerics.policies import FixedSets
from maskbound.numerics.universal import prove

BOTH = "(total_correlation + dual_total_correlation)"
TWO_TWO, TWICE_FOUR = [[0, 1], [2, 3]], [[0, 1, 2, 3], [4, 5, 6, 7]]
CLAIMS = (
    (TWO_TWO, f"1/2*{BOTH}"),
    (TWO_TWO, "total_correlation"),
    (TWO_TWO, "dual_total_correlation"),
    (TWO_TWO, "9/10*total_correlation"),
    ([[0, 1, 2], [3, 4]], "2*dual_total_correlation"),
    ([[0, 1], [2, 3], [4, 5]], "total_correlation"),
    ([[0, 1, 2], [3, 4, 5]], f"2/3*{BOTH}"),
    ([[3], [1, 5], [0, 2, 4, 6]], "total_correlation"),
    (TWICE_FOUR, "3*dual_total_correlation"),
    (TWICE_FOUR, f"1/2*{BOTH}"),
)

PEER = """
import json, resource, sys, time
from psitip import *
PsiOpts.setting(solver="pulp.cbc")

def used():
    return sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))

def entropy(X, chosen):
    joint = None
    for i in chosen:
        joint = X[i] if joint is None else joint + X[i]
    return 0 if joint is None else H(joint)

def decided(sets, right):
    L = sum(map(len, sets))
    X = [rv("X%d" % i) for i in range(L)]
    every = list(range(L))
    start, clock = used(), time.perf_counter()
    whole, path, before = entropy(X, every), 0, []
    for chosen in sets:
        for i in chosen:
            path = path + entropy(X, before + [i]) - entropy(X, before)
        before += chosen
    total_correlation = sum(entropy(X, [i]) for i in every) - whole
    dual_total_correlation = whole - sum(whole - entropy(X, [j for j in every if j != i]) for i in every)
    verdict = bool(path - whole <= eval(right))
    return verdict, used() - start, time.perf_counter() - clock

for line in sys.stdin:
    print(json.dumps([decided(*claim) for claim in json.loads(line)]), flush=True)
"""

Round = list[tuple[Any, float, float]]
"""Of each claim what was found, seconds of processor time and seconds of the clock."""


def used() -> float:
    """User and system time of this process and its children."""
    return sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))


def here() -> Round:
    """Every claim once."""
    found = []
    for sets, right in CLAIMS:
        start, clock = used(), time.perf_counter()
        decided = prove(f"path_kl <= {right}", FixedSets(sets), sum(map(len, sets)), judge=False)
        spent, waited = used() - start, time.perf_counter() - clock
        found.append((f"{decided.verdict.value}, {decided.constant}", spent, waited))
    return found


def peer(python: str) -> Callable[[], Round]:
    """The same there, whenever it is called."""
    process = subprocess.Popen([python, "-c", PEER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin is not None
    assert process.stdout is not None
    asked, answers = process.stdin, process.stdout

    def turn() -> Round:
        asked.write(json.dumps(CLAIMS) + "\n")
        asked.flush()
        return [tuple(each) for each in json.loads(answers.readline())]

    return turn


def main(python: str | None, rounds: int) -> None:
    sides = {"here": here} | ({"psitip": peer(python)} if python else {})
    taken = [{name: turn() for name, turn in sides.items()} for _ in range(rounds + 1)]
    for title, some in (("the first round", taken[:1]), (f"medians of {rounds} more", taken[1:])):
        rows = []
        for n, (sets, right) in enumerate(CLAIMS):
            cells = [each for name in sides for each in _cells([turn[name][n] for turn in some])]
            rows.append((str(sets), right, *cells))
        columns = [column for name in sides for column in (name, "ms", "ms of the clock")]
        print(f"{title}\n{tabulate(rows, ('sets', 'path_kl <=', *columns), floatfmt='.2f')}")


def _cells(round_by_round: Round) -> tuple[str, float, float]:
    found, spent, waited = zip(*round_by_round, strict=True)
    return str(found[0]), 1000 * statistics.median(spent), 1000 * statistics.median(waited)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("python", nargs="?")
    parser.add_argument("rounds", nargs="?", type=int, default=15)
    main(**vars(parser.parse_args()))
