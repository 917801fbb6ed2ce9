"""PATH_KL and SER of profiles in the form of HMMER, from drawn sequences.

    python benchmarks/profiles.py [--columns 86 260] [--width .02] [--seconds 300] [--quantity path_kl] [--file FILE]

A profile of M columns has K = 2M + 1 states; its sequences have M residues, V = 20, and are written in 16 uniform
steps. Each column prefers three residues, and one member in fifty gains or loses residues at it. A file of HMMER's is
measured instead of these, at as many residues as columns. Times are processor seconds, compilation left out.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import warnings
from math import log
from pathlib import Path
from random import Random

from maskbound.numerics import Instance, languages, measure, policies

AMINO = "ACDEFGHIKLMNPQRSTVWY"
STEPS = 16


def profile(columns: int, path: Path) -> Path:
    rng = Random(1)
    flat = _row(*[1 / 20] * 20)
    text = ["HMMER3/f", f"LENG {columns}", "ALPH amino", f"HMM {' '.join(AMINO)}"]
    text += ["  m->m m->i m->d i->m i->i d->m d->d", flat, _row(0.96, 0.02, 0.02, 0.6, 0.4, 1, 0)]
    for k in range(1, columns + 1):
        likely, share = rng.sample(AMINO, 3), rng.uniform(0.3, 0.9)
        law = [share * (a in likely) / 3 + (1 - share) / 20 for a in AMINO]
        last = k == columns
        moves = (0.98, 0.02, 0, 0.6, 0.4, 1, 0) if last else (0.96, 0.02, 0.02, 0.6, 0.4, 0.5, 0.5)
        text += [f"{k}{_row(*law)}", flat, _row(*moves)]
    path.write_text("\n".join([*text, "//", ""]))
    return path


def _row(*probabilities: float) -> str:
    return "  " + "  ".join(f"{-log(p):.5f}" if p else "*" for p in probabilities)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--columns", type=int, nargs="*", default=[86, 260])
    parser.add_argument("--file", type=Path)
    parser.add_argument("--quantity", default="path_kl")
    parser.add_argument("--width", type=float, default=0.02)
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--confidence", type=float, default=0.99)
    options = parser.parse_args()
    warnings.simplefilter("ignore")  # rows of files miss 1 by millionths
    asked = {"engine": "sampled", "confidence": options.confidence, "seconds": options.seconds}
    with tempfile.TemporaryDirectory() as folder:
        paths = [options.file] if options.file else [profile(M, Path(folder, f"{M}.hmm")) for M in options.columns]
        for path in paths:
            (columns,) = [int(line.split()[1]) for line in path.read_text().splitlines() if line.startswith("LENG")]
            instance = Instance(languages.from_hmmer(path, length=columns), policies.Bernoulli(STEPS))
            measure(instance, [options.quantity], samples=100, **asked)  # compiles
            began = os.times().user
            found = measure(instance, [options.quantity], width=options.width, **asked)[options.quantity]
            width = f"{found.width / found.value:.2%}" if found.value else "-"
            print(
                f"{path.stem:8} M = {columns:4}  {options.quantity} [{found.lo:.6g}, {found.hi:.6g}], width {width}; "
                f"{os.times().user - began:.1f} s of processor time; {found.note}",
                flush=True,
            )


if __name__ == "__main__":
    main()
