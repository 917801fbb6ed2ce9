"""How often is right code called wrong by its steps? At most a share alpha of the runs is promised.

    python benchmarks/promise.py [--runs 2000] [--first 0] [--alpha 0.01] [--calls 12] [--rows 8]

Run k is the same whoever makes it, so that parts (`--first 0 --runs 500`, `--first 500 --runs 500`, ..) add up. The
settings take turns: every kind of policy that is followed, on a language without ties and on one where almost all
scores tie, in blocks and after a prompt, by float64 and float32, asking to the end or until all is revealed; the rows
of a call are independent, one draw of several, and all the same.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

# Not the folder of this file, whose `conformance` is a benchmark.
sys.path.pop(0)
sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from conformance.code import categorical
from conformance.kinds import TRANSITION
from conformance.right import Right

from maskbound.numerics import Instance, languages, policies
from maskbound.numerics.conformance import Oracle
from maskbound.numerics.conformance.trace import Recorder
from maskbound.numerics.conformance.trace_test import TraceTest

L = 10
LANGUAGES = {
    "no ties": languages.markov(["59/100", "3/10", "11/100"], TRANSITION, L),
    "ties": languages.colouring(L),
}
PROMPT = (1, 3, 2)
"""With a mask in it."""
SEEDS = 2**20
LOOK = 4
"""Calls that are looked at together."""


def claims() -> Iterator[Any]:
    """Policies of every kind that is followed."""
    yield policies.FixedSize([3, 3, 4])
    yield policies.Bernoulli(4)
    yield policies.FixedSets([[0, 9, 4], [1, 2, 3], [5, 6], [7, 8]])
    rules = {"sizes": [3, 4, 3]}, {"sizes": [2, 3], "block_length": 5}, {"threshold": "3/5"}
    for ties in ("first", "random"):
        yield policies.Adaptive(L, score="random", ties=ties, sizes=[2, 3], block_length=5)
        for rule in rules:
            yield policies.Adaptive(L, score="confidence", order="sample-then-choose", ties=ties, **rule)
            for score in ("confidence", "margin"):
                yield policies.Adaptive(L, score=score, ties=ties, **rule)
        for rule in (*rules[:2], {"threshold": -1}, {"entropy_bound": 1}):
            yield policies.Adaptive(L, score="entropy", ties=ties, **rule)
        for temperature in (0, "1/2"):
            for order in ("choose-then-sample", "sample-then-choose"):
                yield policies.Adaptive(
                    L, score="confidence", order=order, ties=ties, sizes=[5, 5], temperature=temperature
                )


@dataclass(frozen=True)
class Generate:
    """Code whose array holds a prompt and the answer, for claims by confidence with given sizes, the first of ties."""

    policy: Any
    shared: int

    def __call__(self, oracle: Any, count: int, seed: int) -> Any:
        width, block, rng = self.shared or count, self.policy.block_length, np.random.default_rng(seed)
        draws, start = -(-count // width), len(PROMPT)
        x = np.full((draws, start + L), oracle.mask_id)
        x[:, :start] = PROMPT
        steps = len(self.policy.sizes) // self.policy.blocks
        for k, size in enumerate(self.policy.sizes):
            rows = np.zeros((draws, start + L, oracle.vocab))
            rows[:, start:] = np.exp(oracle.logits(np.repeat(x[:, start:], width, axis=0)[:count]))[::width]
            tokens = categorical(rows[:, start:], rng)
            tokens = np.concatenate([x[:, :start], tokens], axis=1)
            score = rows.max(axis=2)
            if self.policy.proposes:
                score = np.take_along_axis(rows, np.minimum(tokens, oracle.vocab - 1)[..., None], 2)[..., 0]
            score[x != oracle.mask_id] = -np.inf
            end = start + block * (k // steps + 1)
            score[:, :start] = score[:, end:] = -np.inf
            best = np.argsort(-score, axis=1, kind="stable")[:, :size]
            np.put_along_axis(x, best, np.take_along_axis(tokens, best, 1), 1)
        return np.repeat(x[:, start:], width, axis=0)[:count]


def takes_prompts(policy: Any) -> bool:
    return getattr(policy, "score", "") == "confidence" and policy.sizes and policy.takes_first and policy.exponent == 1


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, value in (("first", 0), ("runs", 2000), ("calls", 12), ("rows", 8)):
        parser.add_argument(f"--{name}", type=int, default=value)
    parser.add_argument("--alpha", type=float, default=0.01)
    options = parser.parse_args()
    settings = [(name, policy) for policy in claims() for name in LANGUAGES]
    oracles = {name: Oracle(Instance(language, policies.FixedSize([L]))) for name, language in LANGUAGES.items()}
    wrong: Counter[str] = Counter()
    forbidden = 0
    for run in range(options.first, options.first + options.runs):
        turn, k = divmod(run, len(settings))
        name, policy = settings[k]
        shared = (1, options.rows // 2, 0)[turn % 3]
        asks_all, stops = bool(turn // 6 % 2), bool(turn // 2 % 2)
        code: Any = Right(policy, shared, (np.float64, np.float32)[turn // 3 % 2], asks_all, stops)
        if turn % 2 and takes_prompts(policy):
            code = Generate(policy, shared)
        aim = options.calls * options.rows, -math.log(options.alpha)
        test = TraceTest(policy, oracles[name].vocab, L, aim=aim)
        for call in range(options.calls):
            recorder = Recorder(oracles[name])
            x = np.asarray(code(recorder, options.rows, run * SEEDS + call))
            trace = recorder.trace(x)
            if trace is None:
                # The network was asked about one of several equal rows.
                asked = recorder.trace(x[:: options.rows if shared == 0 else shared])
                assert asked is not None
                trace = asked
            test.add(trace)
            if call % LOOK == LOOK - 1:
                test.look()
        test.look()
        forbidden += bool(test.impossible)
        if test.most >= -math.log(options.alpha):
            wrong[f"{policy!r}, {name}, {shared or options.rows} rows a draw"] += 1
    last = options.first + options.runs - 1
    print(
        f"runs {options.first} to {last} of {len(settings)} settings: {wrong.total()} called wrong at {options.alpha:g}"
    )
    print(f"  by a step that the claim forbids: {forbidden}; promised: at most {options.alpha * options.runs:g}")
    for setting, count in wrong.items():
        print(f"  {count}: {setting}")


if __name__ == "__main__":
    main()
