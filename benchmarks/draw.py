"""How many sequences a second does the sampler draw, and how many does plain numpy?

    python benchmarks/draw.py [--length L] [--steps N] [--seconds S]

A random hidden chain of 8 states (languages.random_hmm) by default at L = 512 and N = 64 uniform Bernoulli steps, and
the other languages of the study. "compiled" is what `draw` uses; "numpy" is the same sampler step by step through the
exact conditionals (forward-backward on a batch). Rates are per second of wall-clock time and of processor time (all
threads added), after a first chunk that compiles; the load of the machine is printed with them.
"""

from __future__ import annotations

import argparse
import os
import time

import numpy as np

from maskbound.numerics._kernels.threads import thread_count
from maskbound.numerics.instances import Instance
from maskbound.numerics.languages import random_hmm, random_ngram, shifted_pair
from maskbound.numerics.policies import Bernoulli, FixedSize, Policy, autoregressive
from maskbound.numerics.sampling.sampler import Sampler, StepwiseSampler, sampler_for


def rate(sampler: Sampler, rows: int, seconds: float) -> tuple[float, float, int]:
    """Sequences a second of wall-clock and of processor time, and how many were drawn."""
    sampler.chunk(2, np.random.default_rng(0))
    wall, used, drawn = time.perf_counter(), time.process_time(), 0
    while time.perf_counter() - wall < seconds:
        sampler.chunk(rows, np.random.default_rng(drawn + 1))
        drawn += rows
    return drawn / (time.perf_counter() - wall), drawn / (time.process_time() - used), drawn


def report(name: str, instance: Instance, seconds: float, slowly: bool) -> None:
    samplers = {"compiled": sampler_for(instance), **({"numpy": StepwiseSampler(instance)} if slowly else {})}
    for how, sampler in samplers.items():
        rows = sampler.rows if how == "compiled" else min(sampler.rows, 64)
        wall, used, drawn = rate(sampler, rows, seconds)
        print(f"  {name:32s} {how:9s} {wall:9.1f} a second, {used:9.1f} a processor second ({drawn} drawn)", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--length", type=int, default=512)
    parser.add_argument("--steps", type=int, default=64)
    parser.add_argument("--seconds", type=float, default=10.0, help="for each rate, at least")
    options = parser.parse_args()
    L, N = options.length, options.steps
    print(f"L={L}, N={N}, {thread_count()} threads, load {os.getloadavg()[0]:.1f}")
    chain = random_hmm(8, 8, L, seed=14)
    orders: dict[str, Policy] = {
        "Bernoulli": Bernoulli(N),
        "fixed size": FixedSize.balanced(N, L),
        "autoregressive": autoregressive(L),
    }
    for name, policy in orders.items():
        report(f"random HMM, {name}", Instance(chain, policy), options.seconds, slowly=name == "Bernoulli")
    for name, language in {
        "random 2-gram": random_ngram(2, 8, L, seed=1),
        "random 3-gram": random_ngram(3, 8, L, seed=1),
        "random 4-gram": random_ngram(4, 8, L, seed=1),
        "ShiftedPair(16)": shifted_pair(16, "1/10", L),
    }.items():
        report(f"{name}, Bernoulli", Instance(language, Bernoulli(N)), options.seconds, slowly=False)


if __name__ == "__main__":
    main()
