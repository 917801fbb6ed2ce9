"""Markov chains at length beside another commit: processor time, and how narrow the enclosures are.

    python benchmarks/length.py [--beside PYTHON] [--runs R] [JOB ...]

English letters (V = 27), N uniform Bernoulli steps. A JOB is ``ser:L,N`` (as counted), ``bigrams:L,N`` (every count
plus 1) or ``sequences:L,N`` (log p of one drawn text). Each run is a process of its own; PYTHON is the interpreter of
another checkout's environment, and the two take turns. Shown are the median user seconds, without imports and
compilation, which a small instance has warmed up, and the half-widths. Set NUMBA_NUM_THREADS=1 and OMP_NUM_THREADS=1
where others compute.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys

import numpy as np

JOBS = ["ser:128,128", "ser:1024,64", "bigrams:1024,256", "bigrams:1024,1024", "sequences:1024,64"]


def run(kind: str, L: int, N: int) -> tuple[float, float]:
    """A number and its error, by functions that are the same at all commits."""
    from maskbound.numerics import languages
    from maskbound.numerics.engines.markov import bigrams, sequences, ser
    from maskbound.numerics.engines.markov.chain import Chain
    from maskbound.numerics.engines.reveal_steps import bernoulli_steps

    weights = np.full(N, 1 / N)
    language = languages.english_ngram(2, L, int(kind == "bigrams"))
    chain = Chain(*language.chain(), L)
    if kind == "ser":
        found = ser.sequence_error_rate(chain, weights)
    elif kind == "bigrams":
        found = bigrams.bigram_kl_rate(bigrams.bigram_law(chain, bernoulli_steps(weights, L), N))
    else:
        (found,) = sequences.log_probabilities(chain, weights, language.sample(1, np.random.default_rng(0)))
    return found.value, found.error


def alone(job: str) -> None:
    kind, size = job.split(":")
    L, N = map(int, size.split(","))
    run(kind, 80, 2)
    before = os.times().user
    value, error = run(kind, L, N)
    print(json.dumps({"seconds": os.times().user - before, "value": value, "error": error}))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("jobs", nargs="*", default=JOBS)
    parser.add_argument("--beside", help="the interpreter of another checkout's environment")
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--alone", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.alone:
        alone(options.jobs[0])
        return
    pythons = [sys.executable] + ([options.beside] if options.beside else [])
    for job in options.jobs:
        found: dict[str, list[dict[str, float]]] = {python: [] for python in pythons}
        for _ in range(options.runs):
            for python in reversed(pythons):
                command = [python, __file__, "--alone", job]
                found[python].append(json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout))
        seconds = [statistics.median(run["seconds"] for run in found[python]) for python in pythons]
        shown = [
            f"{used:8.2f} s, {found[python][0]['value']!r} +- {found[python][0]['error']:.2e}"
            for used, python in zip(seconds, pythons, strict=True)
        ]
        ratio = f"  ratio {seconds[1] / seconds[0]:.2f}" if len(pythons) > 1 else ""
        print(f"{job:18s} {'   beside '.join(shown)}{ratio}", flush=True)


if __name__ == "__main__":
    main()
