"""How long does it take to plan a schedule, and what does it save?

The profile of the English letter chain, the search over it (`_kernels.shortest_path`) for N fixed sizes, and the whole
plan with its measurements, for both kinds of steps. Times are those of one run after compilation, wall and processor;
margins are shares of PATH_KL that the best schedule saves of the uniform and of the cosine one.

    python benchmarks/schedules.py [--full]
"""

from __future__ import annotations

import argparse
import resource
import time
from collections.abc import Callable
from typing import Any

from tabulate import tabulate

from maskbound.numerics import Instance, languages, policies
from maskbound.numerics.engines.workspace import Workspace
from maskbound.numerics.planning import best_schedule, best_sizes
from maskbound.numerics.planning.profiles import profile_of

SHORT = [(1024, 32), (1024, 256), (100_000, 256)]
LONG = [*SHORT, (100_000, 1024), (1_000_000, 256)]


def timed(run: Callable[[], Any]) -> tuple[Any, str]:
    wall, processor = time.perf_counter(), time.process_time()
    found = run()
    return found, f"{time.perf_counter() - wall:.2f} ({time.process_time() - processor:.2f})"


def row(L: int, N: int) -> list[str]:
    instance = Instance(languages.english_ngram(2, L, 1), policies.Bernoulli(N))
    profile, profile_time = timed(lambda: profile_of(Workspace(instance)))
    _, search_time = timed(lambda: best_sizes(profile.values, N))
    cells = [str(L), str(N), profile_time, search_time]
    for kind in ("fixed-size", "bernoulli"):
        plan, plan_time = timed(lambda kind=kind: best_schedule(instance, kind=kind))
        cells += [plan_time, *(f"{100 * plan.gain(name):.2f} %" for name in ("uniform", "cosine")), f"{plan.gap:.1e}"]
    return cells


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--full", action="store_true", help="longer ones, too")
    options = parser.parse_args()
    row(64, 4)
    each = ["plan", "of uniform", "of cosine", "gap"]
    headers = [
        "L",
        "N",
        "profile",
        "search",
        *(f"sizes: {name}" for name in each),
        *(f"steps: {name}" for name in each),
    ]
    print("seconds: wall (processor)")
    print(tabulate([row(L, N) for L, N in (LONG if options.full else SHORT)], headers, disable_numparse=True))
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6:.2f} GB")


if __name__ == "__main__":
    main()
