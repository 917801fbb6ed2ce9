"""How many sequences show a mistake: by the final law at toy size, by the steps there, and by the steps at L = 128.

    python benchmarks/power.py [--runs 3] [--most 200000] [--only NAME]

Until the evidence passes e^14: medians over the runs. Calls have 2 rows where steps are looked at, as most calls of
`conform` have, and 50 for the final law. The limit is 14 over the mean logarithm a sequence of the ratio of the best
alternative's law of steps to the claim's, at L = 128, from 40 other sequences, each a call of its own; where the claim
forbids a step of the mistake, it is one over the share of the sequences that have such a step.
"""

from __future__ import annotations

import argparse
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
STEPS, FINAL, APART = 2, 50, 40
TRIED, OTHERS = 2000, 10**9


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
SMOOTHED = Size(languages.english_ngram(order=2, length=128, smoothing=1), 128, (4,) * 8, 32)

LAST = "likeliest token at the last step"
"""Four letters at once make a pair that English never has long before that, from where the network answers uniformly,
and of equal probabilities one is drawn; smoothed letters forbid nothing."""


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
        LAST: (plain, size.made(tokens="last greedy")),
        "conditionals of the step before": (plain, size.made(tokens="stale")),
        "margin for confidence": (plain, size.made(positions="margin")),
        "largest for drawn probability": (proposing, size.made()),
        "expected numbers for hazards": (policies.Bernoulli(steps), quantised(steps)),
    }


def by_steps(policy: Any, code: Any, claim: Claim, seed: int, most: int) -> int | None:
    """Sequences until the evidence passes."""
    test, drawn = TraceTest(policy, claim.oracle.vocab, claim.oracle.length), 0
    while drawn < most:
        follow(test, claim, code, STEPS, seed * most + drawn)
        drawn += STEPS
        if test.most >= ENOUGH:
            return drawn
    return None


def follow(test: TraceTest, claim: Claim, code: Any, rows: int, seed: int) -> None:
    """One call more."""
    recorder = Recorder(claim.oracle)
    trace = recorder.trace(np.asarray(code(recorder, rows, seed)))
    assert trace is not None
    test.add(trace)
    test.look()


def limit(policy: Any, code: Any, claim: Claim) -> str:
    """Sequences that the best test needs on average."""
    tests = [TraceTest(policy, claim.oracle.vocab, claim.oracle.length) for _ in range(APART)]
    for k, test in enumerate(tests):
        follow(test, claim, code, 1, OTHERS + k)
    forbidden = sum(bool(test.impossible) for test in tests)
    if forbidden:
        return f"{APART / forbidden:.2g} (a forbidden step)"
    wealth = {model: statistics.mean(test.wealth[model] for test in tests) for model in tests[0].wealth}
    return f"{max(ENOUGH / max(wealth.values()), 1):.2g}"


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
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--only", default="", help="one of the mistakes")
    parser.add_argument("--most", type=int, default=200_000)
    options = parser.parse_args()
    print("| mistake | final law, L = 5 | steps, L = 5 | steps, L = 128 | limit at L = 128 |\n|---|---|---|---|---|")
    toys, runs = mistakes(TOY), range(options.runs)
    for name in [options.only] if options.only else toys:
        policy, code = toys[name]
        claim = Claim(Instance(TOY.language, policy))
        cells = [median([by_final_law(code, claim, seed, options.most) for seed in runs], options.most)]
        cells.append(median([by_steps(policy, code, claim, seed, TRIED) for seed in runs], TRIED))
        size = SMOOTHED if name == LAST else LONG
        policy, code = mistakes(size)[name]
        claim = Claim(Instance(size.language, policy))
        cells.append(median([by_steps(policy, code, claim, seed, TRIED) for seed in runs], TRIED))
        print(f"| {name} | {' | '.join(cells)} | {limit(policy, code, claim)} |", flush=True)


if __name__ == "__main__":
    main()
