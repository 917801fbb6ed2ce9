"""How often right code conforms, and a near temperature is found, with as many sequences as `--needed` says.

    python benchmarks/foresight.py [--runs 20] [--alpha 0.01] [--sequences 300]

In about nine runs of ten is foreseen of both: of 20 such runs with seeds of their own 16 to 20 do, but for one row in
twenty. The language is a chain of three tokens and 13 positions, which is quick to draw and has no final law in reach.
"""

from __future__ import annotations

import argparse
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

# Not the folder of this file, whose `conformance` is a benchmark.
sys.path.pop(0)
sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from conformance.kinds import CHAIN, SIZES, L
from conformance.right import Right

from maskbound.numerics import Instance, conform, policies
from maskbound.numerics.conformance import Claim


def choosing(order: str, temperature: Any = 1) -> Any:
    return policies.Adaptive(L, score="confidence", order=order, sizes=SIZES, temperature=temperature)


CLAIMS = {
    "the largest probability first": "choose-then-sample",
    "the likeliest of proposals first": "sample-then-choose",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--alpha", type=float, default=0.01)
    parser.add_argument("--sequences", type=int, default=300)
    options = parser.parse_args()
    runs, alpha = range(options.runs), options.alpha
    print("| claim | sequences | code | foreseen | runs |\n|---|---|---|---|---|")
    for name, order in CLAIMS.items():
        claim = Claim(Instance(CHAIN, choosing(order)))
        asked = claim.needed(alpha=alpha).conforms
        found = claim.needed(options.sequences, alpha).found
        told: list[tuple[int | None, str, Any, str]] = [(asked, "right", 1, "conforms")]
        for temperature in found[1:] if found else ():
            told.append(
                (options.sequences, f"temperature {temperature:.3f}", Fraction(f"{temperature:.4f}"), "differs")
            )
        for samples, code, temperature, status in told:
            made = Right(choosing(order, temperature))
            often = sum(conform(claim, made, samples=samples, alpha=alpha, seed=k).status == status for k in runs)
            print(f"| {name} | {samples} | {code} | {status} | {often} of {options.runs} |", flush=True)


if __name__ == "__main__":
    main()
