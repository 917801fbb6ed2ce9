"""How many partial sequences does the oracle serve a second, and how long does a test of 200,000 sequences take?

V = 4, L = 8, a Markov chain; the sampler is vectorised over sequences and costs little itself:

    python benchmarks/conformance.py [--samples 200000] [--batch 50000] [--repeats 5]

Both are of wall time; processor time is given beside it.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from maskbound.numerics import Instance, conform, languages, policies
from maskbound.numerics.conformance import Claim, Oracle

STEPS = 4
TRANSITION = [
    ["1/10", "3/5", "1/5", "1/10"],
    ["7/10", "1/10", "1/10", "1/10"],
    ["1/20", "1/20", "4/5", "1/10"],
    ["1/4", "1/4", "1/4", "1/4"],
]


def sampler(oracle: Oracle, count: int, seed: int) -> Any:
    """Two random positions a step."""
    rng = np.random.default_rng(seed)
    x = np.full((count, oracle.length), oracle.mask_id)
    order = rng.random(x.shape).argsort(axis=1)
    for step in range(STEPS):
        cumulative = np.exp(oracle.logits(x)).cumsum(axis=2)
        tokens = (cumulative <= rng.random((*x.shape, 1))).sum(axis=2).clip(max=oracle.vocab - 1)
        x = np.where((x == oracle.mask_id) & (order // 2 == step), tokens, x)
    return x


def timed(run: Callable[[], Any]) -> tuple[Any, float, float]:
    wall, used = time.perf_counter(), time.process_time()
    found = run()
    return found, time.perf_counter() - wall, time.process_time() - used


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--samples", type=int, default=200_000)
    parser.add_argument("--batch", type=int, default=50_000)
    parser.add_argument("--repeats", type=int, default=5)
    options = parser.parse_args()
    language = languages.markov(["2/5", "3/10", "1/5", "1/10"], TRANSITION, 8)
    instance = Instance(language, policies.FixedSize([2] * STEPS), name="four tokens")
    oracle, wall, used = timed(lambda: Oracle(instance))
    print(f"oracle built in {wall:.1f} s ({used:.1f} s of processor)")
    x = np.random.default_rng(0).integers(0, oracle.vocab + 1, (options.batch, oracle.length))
    oracle.logits(x)
    runs = [timed(lambda: oracle.logits(x))[1:] for _ in range(options.repeats)]
    wall, used = (min(column) for column in zip(*runs, strict=True))
    print(f"logits: {options.batch / wall:,.0f} partial sequences a second ({options.batch / used:,.0f} of processor)")
    claim, wall, used = timed(lambda: Claim(instance))
    print(f"claim with {len(claim.alternatives)} other laws built in {wall:.1f} s ({used:.1f} s of processor)")
    found, wall, used = timed(lambda: conform(claim, sampler, samples=options.samples))
    print(f"{options.samples} sequences tested in {wall:.1f} s ({used:.1f} s of processor): {found.status}")


if __name__ == "__main__":
    main()
