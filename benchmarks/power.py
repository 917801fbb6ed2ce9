"""How many sequences show a mistake: by the final law at toy size, by the steps there, and by the steps at L = 128.

    python benchmarks/power.py [--runs 5] [--most 200000]

Until the evidence passes e^14: medians over the runs, rows of a call 4 for steps, 50 for the final law. The limit is 14
over the mean logarithm of the ratio of the mistake's own law to the claim's a sequence, at L = 128; a step that the
claim forbids has none.
"""

from __future__ import annotations

import argparse
import math
import statistics
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

# Not the folder of this file, whose `conformance` is a benchmark.
sys.path.pop(0)
sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from conformance.faults import quantised, replaced_afterwards
from conformance.kinds import Made
from conformance.right import Right

from maskbound.numerics import Instance, languages, policies
from maskbound.numerics.conformance import Claim
from maskbound.numerics.conformance.final_law import Tally
from maskbound.numerics.conformance.trace import Recorder
from maskbound.numerics.conformance.trace_test import TraceTest
from maskbound.numerics.instances.gallery import load_gallery

ENOUGH = 14.0
STEPS, FINAL = 4, 50


@dataclass(frozen=True)
class Size:
    """A language, sizes of the steps of a block, and the length of one."""

    language: Any
    length: int
    sizes: tuple[int, ...]
    block: int

    def policy(self, **changes: Any) -> Any:
        arguments = {"score": "confidence", "sizes": self.sizes, "block_length": self.block} | changes
        return policies.Adaptive(self.length, **arguments)

    def made(self, **kinds: str) -> Any:
        return Made(claimed=self.sizes * (self.length // self.block), block=self.block, **kinds)


TOY = Size(load_gallery("markov-lopsided").language, 5, (2, 2, 1), 5)
LONG = Size(languages.english_ngram(order=2, length=128), 128, (4,) * 8, 32)


def mistakes(size: Size) -> dict[str, tuple[Any, Any]]:
    """What is claimed, and the code."""
    plain, proposing = size.policy(), size.policy(order="sample-then-choose")
    steps = len(size.sizes) * (size.length // size.block)
    return {
        "temperature 0.9 for 1": (plain, Right(size.policy(temperature="9/10"))),
        "temperature 0.7 for 1": (plain, size.made(tokens="cool")),
        "nucleus 0.8": (plain, size.made(tokens="nucleus")),
        "30 % of the tokens uniform": (plain, size.made(tokens="replaced")),
        "1 % replaced afterwards": (plain, replaced_afterwards(size.made(), 0.01)),
        "likeliest token at the last step": (plain, size.made(tokens="last greedy")),
        "conditionals of the step before": (plain, size.made(tokens="stale")),
        "margin for confidence": (plain, size.made(positions="margin")),
        "largest for drawn probability": (proposing, size.made()),
        "expected numbers for hazards": (policies.Bernoulli(steps), quantised(steps)),
    }


def by_steps(policy: Any, code: Any, size: Size, claim: Claim, seed: int, most: int) -> tuple[int | None, float | None]:
    """Sequences until the evidence passes, and the mean logarithm a sequence of the best ratio."""
    test, drawn = TraceTest(policy, claim.oracle.vocab, claim.oracle.length), 0
    while drawn < most:
        recorder = Recorder(claim.oracle)
        trace = recorder.trace(np.asarray(code(recorder, STEPS, seed * most + drawn)))
        assert trace is not None
        test.add(trace)
        test.look()
        drawn += STEPS
        if test.most >= ENOUGH:
            best = None if test.impossible else max(test._wealth.values()) / drawn
            return drawn, best
    return None, None


def by_final_law(code: Any, claim: Claim, seed: int, most: int) -> int | None:
    """Sequences until the evidence passes."""
    assert claim.final is not None
    tally, drawn = Tally(claim.final, FINAL), 0
    while drawn < most:
        tally.add(np.asarray(code(claim.oracle, FINAL, seed * most + drawn)))
        drawn += FINAL
        if tally.most >= ENOUGH:
            return drawn
    return None


def median(found: list[int | None], most: int) -> str:
    value = statistics.median(most + 1 if each is None else each for each in found)
    return f"more than {most}" if value > most else f"{value:.0f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--most", type=int, default=200_000)
    options = parser.parse_args()
    print("| mistake | final law, L = 5 | steps, L = 5 | steps, L = 128 | limit at L = 128 |\n|---|---|---|---|---|")
    toys, longs = mistakes(TOY), mistakes(LONG)
    for name in toys:
        cells = []
        policy, code = toys[name]
        claim = Claim(Instance(TOY.language, policy))
        runs = range(options.runs)
        cells.append(median([by_final_law(code, claim, seed, options.most) for seed in runs], options.most))
        cells.append(median([by_steps(policy, code, TOY, claim, seed, 2000)[0] for seed in runs], 2000))
        policy, code = longs[name]
        claim = Claim(Instance(LONG.language, policy))
        found = [by_steps(policy, code, LONG, claim, seed, 2000) for seed in runs]
        cells.append(median([drawn for drawn, _ in found], 2000))
        rates = [rate for _, rate in found if rate is not None]
        cells.append("a forbidden step" if not rates else f"{math.ceil(10 * ENOUGH / statistics.median(rates)) / 10:g}")
        print(f"| {name} | {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
