"""Ten claims about given sets, for every language: processor time here and, if it is there, of psitip.

    NUMBA_NUM_THREADS=1 python benchmarks/sets.py [PYTHON]

PYTHON is an interpreter of its own that has psitip 1.1.7 and pulp, whose solver ``pulp.cbc`` it is told to use. Seconds
are of processor time, children included: the solvers run in them. Here the sharp constant comes with the verdict, and
an exact proof or a language.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time

from tabulate import tabulate

from maskbound.numerics.policies import FixedSets
from maskbound.numerics.universal import prove

BOTH = "(total_correlation + dual_total_correlation)"
TWO_TWO, TWICE_FOUR = [[0, 1], [2, 3]], [[0, 1, 2, 3], [4, 5, 6, 7]]
CLAIMS = (
    (TWO_TWO, f"1/2*{BOTH}"),
    (TWO_TWO, "total_correlation"),
    (TWO_TWO, "dual_total_correlation"),
    (TWO_TWO, "9/10*total_correlation"),
    ([[0, 1, 2], [3, 4]], "2*dual_total_correlation"),
    ([[0, 1], [2, 3], [4, 5]], "total_correlation"),
    ([[0, 1, 2], [3, 4, 5]], f"2/3*{BOTH}"),
    ([[3], [1, 5], [0, 2, 4, 6]], "total_correlation"),
    (TWICE_FOUR, "3*dual_total_correlation"),
    (TWICE_FOUR, f"1/2*{BOTH}"),
)

PEER = """
import json, resource, sys
from psitip import *
PsiOpts.setting(solver="pulp.cbc")

def used():
    return sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))

def entropy(X, chosen):
    joint = None
    for i in chosen:
        joint = X[i] if joint is None else joint + X[i]
    return 0 if joint is None else H(joint)

found = []
for sets, right in json.loads(sys.argv[1]):
    L = sum(map(len, sets))
    X = [rv("X%d" % i) for i in range(L)]
    every = list(range(L))
    start = used()
    whole, path, before = entropy(X, every), 0, []
    for chosen in sets:
        for i in chosen:
            path = path + entropy(X, before + [i]) - entropy(X, before)
        before += chosen
    total_correlation = sum(entropy(X, [i]) for i in every) - whole
    dual_total_correlation = whole - sum(whole - entropy(X, [j for j in every if j != i]) for i in every)
    verdict = bool(path - whole <= eval(right))
    found.append([verdict, used() - start])
print(json.dumps(found))
"""


def main() -> None:
    prove("path_kl <= 0", FixedSets([[0, 1]]), 2)  # what is imported once
    peer = [["", None]] * len(CLAIMS)
    if len(sys.argv) > 1:
        ran = subprocess.run([sys.argv[1], "-c", PEER, json.dumps(CLAIMS)], capture_output=True, text=True, check=True)
        peer = json.loads(ran.stdout.splitlines()[-1])
    rows = []
    for (sets, right), (verdict, seconds) in zip(CLAIMS, peer, strict=True):
        start = time.process_time()
        found = prove(f"path_kl <= {right}", FixedSets(sets), sum(map(len, sets)), judge=False)
        spent = time.process_time() - start
        rows.append((sets, right, found.verdict.value, str(found.constant), spent, verdict, seconds))
    columns = ("sets", "path_kl <=", "here", "constant", "seconds", "psitip", "seconds")
    print(tabulate(rows, columns, floatfmt=".3f"))


if __name__ == "__main__":
    main()
