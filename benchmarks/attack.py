"""How many enclosures hold on random instances at the ends of float64's range, by every engine, against the oracles.

python benchmarks/attack.py INSTANCES SEED SECONDS
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from attack import Findings, run


def main(count: int, seed: int, seconds: float) -> None:
    findings = Findings()
    run(count, seed, findings, seconds, lambda so_far: print(so_far, flush=True))
    print(findings)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]))
