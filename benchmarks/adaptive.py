"""How long do laws and draws of adaptive policies take?

    python benchmarks/adaptive.py            laws by pushes on tables, and draws at L = 256

Each time is the best of three after a run that compiles; ``user`` is processor time of all threads.
"""

from __future__ import annotations

import argparse
import time
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from maskbound.numerics import languages, policies
from maskbound.numerics.engines import adaptive
from maskbound.numerics.engines.workspace import Workspace
from maskbound.numerics.instances import Instance
from maskbound.numerics.sampling.sampler import sampler_for

POLICIES: dict[str, dict[str, Any]] = {
    "confidence, 4 steps": {"score": "confidence", "order": "choose-then-sample", "steps": 4},
    "confidence, ties drawn": {"score": "confidence", "order": "choose-then-sample", "steps": 4, "ties": "random"},
    "entropy bound": {"score": "entropy", "order": "choose-then-sample", "entropy_bound": "1/2"},
    "proposals, L steps": {"score": "confidence", "order": "sample-then-choose", "steps": 8},
    "proposals, 4 steps": {"score": "confidence", "order": "sample-then-choose", "steps": 4},
    "proposals, ties drawn": {"score": "confidence", "order": "sample-then-choose", "steps": 4, "ties": "random"},
}


def chain(vocab: int, length: int) -> languages.NGram:
    """A chain whose rows hold different multiples of one fraction."""
    weights = np.arange(1, vocab + 1)
    rows = [np.roll(weights, u).tolist() for u in range(vocab)]
    total = int(weights.sum())
    return languages.markov([f"1/{vocab}"] * vocab, [[f"{w}/{total}" for w in row] for row in rows], length)


def timed(run: Callable[[], Any]) -> tuple[float, float]:
    """Best wall and processor seconds of three, after one."""
    run()
    found = []
    for _ in range(3):
        wall, user = time.perf_counter(), time.process_time()
        run()
        found.append((time.perf_counter() - wall, time.process_time() - user))
    return min(found)


def laws() -> Iterator[tuple[str, float, float]]:
    """Output laws, V^L sequences each."""
    for vocab in (2, 3, 4):
        language = chain(vocab, 8)
        for name, keys in POLICIES.items():
            instance = Instance(language, policies.Adaptive(8, **keys))
            yield f"law of {name}, V={vocab}, L=8", *timed(lambda instance=instance: adaptive.law(Workspace(instance)))
    policy = policies.Remasking(policies.Schedule.uniform(4), [0, "1/2", "1/4", 0])
    yield "law of remasking, 4 steps, V=2, L=8", *timed(lambda: adaptive.law(Workspace(Instance(chain(2, 8), policy))))


def draws(count: int) -> Iterator[tuple[str, float, float]]:
    """Seconds a sequence at L = 256 and 64 steps."""
    for language, of in (
        ("English bigram", languages.english_ngram(2, 256)),
        ("ShiftedPair(16)", languages.shifted_pair(16, "1/4", 256)),
        ("English trigram", languages.english_ngram(3, 256)),
    ):
        for order in ("choose-then-sample", "sample-then-choose"):
            sampler = sampler_for(Instance(of, policies.Adaptive(256, score="confidence", order=order, steps=64)))
            wall, user = timed(lambda sampler=sampler: sampler.chunk(count, np.random.default_rng(0)))
            yield f"a sequence of {language}, {order}", wall / count, user / count


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=8, help="sequences drawn at once")
    count = parser.parse_args().count
    warnings.simplefilter("ignore")
    print(f"{'':50} {'wall s':>9} {'user s':>9}")
    for name, wall, user in (*laws(), *draws(count)):
        print(f"{name:50} {wall:9.4f} {user:9.4f}")


if __name__ == "__main__":
    main()
