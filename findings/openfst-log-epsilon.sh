#!/bin/sh
# OpenFst (pynini 2.1.7, wheels of PyPI): in the log semirings, removing silent arcs loses probability.
#
# An automaton: a silent loop of probability 0.9999 at the start, then the token 1 with the rest. Every path writes 1, so
# the token has probability 1 exactly. rmepsilon() and shortestdistance(), with their default settings, stop summing the
# loop early and give 0.986 to 0.990, without a word; fstrmepsilon does the same. Seen: rmepsilon 0.985947 (log) and
# 0.990099 (log64). The sum over a loop of weight a is 1/(1 - a).
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet --disable-pip-version-check pynini==2.1.7
"$folder/env/bin/python" - <<'PY'
import math
import sys

import pywrapfst as fst

seen = {}
for arc_type in ("log", "log64"):
    compiler = fst.Compiler(fst_type="vector", arc_type=arc_type, acceptor=True)
    compiler.write(f"0 0 0 {-math.log(0.9999)}\n0 1 1 {-math.log(0.0001)}\n1\n")
    machine = compiler.compile()
    machine.rmepsilon()
    seen[arc_type] = math.exp(-float(fst.shortestdistance(machine, reverse=True)[machine.start()]))
    print(f"{arc_type}: the token has probability {seen[arc_type]:.6f} after rmepsilon, where 1 is right")
expected = {"log": 0.985947, "log64": 0.990099}
sys.exit(any(abs(seen[kind] - expected[kind]) > 2e-6 for kind in expected))
PY
