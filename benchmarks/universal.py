"""Decide the ledger for every language: verdicts, sharp constants, certificates and seconds.

Writes ``numerics/universal_verdicts.json``, the same on every run but for the seconds of processor time, and prints
a table:

    NUMBA_NUM_THREADS=1 python benchmarks/universal.py [ID ...]

With ids only these are decided, and nothing is written.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from tabulate import tabulate

from maskbound.numerics.universal.survey import survey
from maskbound.numerics.universal_verdicts import FILE
from maskbound.theory import statements

PLACE = Path(__file__).parent.parent / "numerics" / FILE


def main(chosen: list[str]) -> None:
    rows, stored = [], {}
    for statement in statements.values():
        if statement.status == "asymptotic" or (chosen and statement.id not in chosen):
            continue
        start = time.process_time()
        found = survey(statement)
        spent = time.process_time() - start
        stored[statement.id] = found.stored() | {"seconds": round(spent, 1)}
        rows.append((statement.id, found.verdict, found.scope, found.constant, found.certificate, round(spent, 2)))
    print(tabulate(rows, ("statement", "verdict", "scope", "constant", "certificate, bytes", "seconds")))
    if not chosen:
        PLACE.write_text(json.dumps(stored, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
