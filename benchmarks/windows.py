"""How narrow are windows at length, and how long do they take?

    python benchmarks/windows.py [--hard]

PATH_KL of random sparse n-grams (V = 8, half of each row zero, started uniformly) and of hidden chains of 8 states, L =
512, N = 64 uniform steps, with the exact denoiser; then the entropy, the curve's end and KL from both sides for the
trigram. ``--hard`` adds what lies beyond the windows of a hidden chain with forbidden transitions, sampled. Times are
wall-clock and processor seconds on this machine, loaded as it is, kernels compiled before.
"""

from __future__ import annotations

import argparse
import resource
import time

import numpy as np

from maskbound.numerics import Instance, languages, policies
from maskbound.numerics.engines.workspace import Request, Workspace
from maskbound.numerics.metrics import METHODS
from maskbound.numerics.numbers.enclosure import Enclosure

LENGTH, STEPS = 512, 64


def sparse_ngram(order: int, seed: int) -> languages.NGram:
    rng = np.random.default_rng(seed)
    contexts = 8 ** (order - 1)
    rows = np.zeros((contexts, 8))
    for row in rows:
        row[rng.choice(8, 4, replace=False)] = rng.dirichlet(np.ones(4))
    return languages.NGram(order, 8, LENGTH, np.full(contexts, 1 / contexts), rows)


def hidden_chain(zeros: float, seed: int) -> languages.HMM:
    rng = np.random.default_rng(seed)
    A = rng.dirichlet(np.ones(8), size=8) * (rng.random((8, 8)) >= zeros)
    return languages.HMM(LENGTH, np.full(8, 1 / 8), A / A.sum(axis=1, keepdims=True), rng.dirichlet(np.ones(8), size=8))


def report(title: str, instance: Instance, quantity: str, kind: str, request: Request) -> None:
    (method,) = [
        method for method in METHODS if (method.engine, method.quantity, method.kind) == ("windows", quantity, kind)
    ]
    wall, processor = time.perf_counter(), time.process_time()
    found: Enclosure = method.measure(Workspace(instance, request))
    wall, processor = time.perf_counter() - wall, time.process_time() - processor
    relative = found.width / found.value if found.value else 0.0
    print(
        f"{title:30s} {quantity:12s} [{found.lo:.7g}, {found.hi:.7g}] {found.kind} {relative:8.1e}  "
        f"{wall:6.1f} s, {processor:6.1f} s of processor; {found.note}",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hard", action="store_true", help="sample beyond the windows of a slow hidden chain")
    options = parser.parse_args()
    for policy, name in ((policies.Bernoulli(STEPS), "steps"), (policies.FixedSize.balanced(STEPS, LENGTH), "sizes")):
        for title, language in (
            ("trigram", sparse_ngram(3, 0)),
            ("4-gram", sparse_ngram(4, 0)),
            ("hidden chain, dense", hidden_chain(0.0, 0)),
        ):
            instance = Instance(language, policy)
            for width in (0.05, 0.01):
                report(f"{title}, {name}, {width:.0%}", instance, "path_kl", "truncation", Request(width))
            if name == "sizes":
                report(f"{title}, {name}", instance, "path_kl", "statistical", Request(0.01))
    trigram = Instance(sparse_ngram(3, 0), policies.Bernoulli(STEPS))
    for quantity, kind in (
        ("entropy", "truncation"),
        ("profile_end", "truncation"),
        ("path_kl", "statistical"),
        ("kl", "statistical"),
    ):
        report("trigram, steps", trigram, quantity, kind, Request(0.01))
    if options.hard:
        slow = Instance(hidden_chain(0.5, 0), policies.Bernoulli(STEPS))
        for kind in ("truncation", "statistical"):
            report("hidden chain, half forbidden", slow, "path_kl", kind, Request(0.01))
        report("hidden chain, half forbidden", slow, "kl", "statistical", Request(0.01))
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6:.2f} GB")


if __name__ == "__main__":
    main()
