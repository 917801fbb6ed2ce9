"""How many random claims get a wrong verdict, above all a value where there is none, from any evaluator?

    python benchmarks/undefined.py [CLAIMS] [SEED]

The right answers are worked out to 200 digits; 20,000 claims, the default, take some four minutes of processor time.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from certificates.test_domains import faults


def main(claims: int = 20_000, seed: int = 2) -> None:
    wrong, answers = faults(seed, claims)
    for (who, status), count in sorted(answers.items()):
        print(f"{who:12} {status:10} {count}")
    print("\n".join([f"{len(wrong)} wrong", *wrong]))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
