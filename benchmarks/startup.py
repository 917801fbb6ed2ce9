"""How much processor time does a command take until its first number, with kernels compiled before and without?

    python benchmarks/startup.py COMMAND [COMMAND] [--times 5] [--in-full]

Each COMMAND is a ``maskbound`` to run, such as ``.venv/bin/maskbound`` and an older one; they take turns. Shown
are medians of user and system time of the process, for the chain of five tokens of the README. Without compiled code
every run has an empty folder for numba's. ``--in-full`` adds `check` without and with compiled code, a minute each.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

CHAIN = """
name = "a small chain"
language = { kind = "markov", length = 5, initial = ["1/2", "1/2"], transition = [["1/3", "2/3"], ["1", "0"]] }
policy = { kind = "bernoulli", steps = 3 }
"""
SHORT = ("--help", "theorems", "measure SPEC -q kl", "law SPEC", "curve SPEC", "measure SPEC")
UNCOMPILED = ("measure SPEC -q kl", "measure SPEC")


def processor_time(command: str, words: list[str], cache: Path) -> float:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment |= {"NUMBA_CACHE_DIR": str(cache), "NUMBA_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([command, *words], env=environment, stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("commands", nargs="+", metavar="COMMAND")
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--in-full", action="store_true")
    given = parser.parse_args()
    jobs = [(words, True, given.times) for words in SHORT] + [(words, False, given.times) for words in UNCOMPILED]
    if given.in_full:
        jobs += [("check", False, 1), ("check", True, 1)]
    print("| command | compiled |", " | ".join(f"{command}, s" for command in given.commands), "|")
    print("|---|---|" + "---|" * len(given.commands))
    with tempfile.TemporaryDirectory() as folder:
        spec = Path(folder) / "chain.toml"
        spec.write_text(CHAIN)
        for text, compiled, times in jobs:
            words = text.replace("SPEC", str(spec)).split()
            found: list[list[float]] = [[] for _ in given.commands]
            for n in range(times + compiled):
                for k, command in enumerate(given.commands):
                    cache = Path(folder) / ("cache" if compiled else f"cache-{text}-{n}") / str(k)
                    cache.mkdir(parents=True, exist_ok=True)
                    taken = processor_time(command, words, cache)
                    if n >= compiled:  # the first run compiles
                        found[k].append(taken)
            medians = " | ".join(f"{statistics.median(each):.2f}" for each in found)
            print(f"| `{text}` | {'yes' if compiled else 'no'} | {medians} |", flush=True)


if __name__ == "__main__":
    sys.exit(main())
