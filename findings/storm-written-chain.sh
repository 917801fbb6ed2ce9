#!/bin/sh
# Storm (stormpy 2.0.0): a chain that it writes to a file and reads again is another chain, or has no answer.
#
# From the state 0 a chain goes to a or to b, with equal probability, or stays: it reaches a with 1/2 whatever the
# probability of staying is. In DRN files numbers have ten digits unless output_precision says otherwise: thirds become a row
# that sums to 0.9999999999, read without objection, and a is reached with 0.499999999925 though "a or b" keeps 1. Where
# the chain stays but for 2e-12 the file says 1, beside the two arcs that leave: the row sums to more than 1, and the same
# question is answered by "the equation system has no solution". With 17 digits all is well.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet --disable-pip-version-check stormpy==2.0.0
cd "$folder"
env/bin/python - <<'PY' 2>progress
import sys

import stormpy
from stormpy import io

MODEL = """dtmc
const double p = {};
module m
 s : [0..2] init 0;
 [] s=0 -> p : (s'=1) + p : (s'=2) + 1-2*p : (s'=0);
 [] s>0 -> 1 : (s'=s);
endmodule
label "a" = s=1;
label "b" = s=2;
"""


def probability(model, formula):
    try:
        result = stormpy.model_checking(model, stormpy.parse_properties(formula)[0])
        return float(result.get_value(list(model.initial_states)[0]))
    except RuntimeError as problem:
        return "no solution" if "no solution" in str(problem) else str(problem)


def reread(model, **options):
    chosen = io.DirectEncodingExporterOptions()
    for name, value in options.items():
        setattr(chosen, name, value)
    io.export_to_drn(model, "model.drn", options=chosen)
    return stormpy.build_model_from_drn("model.drn")


seen = {}
for p in ("1/3", "1e-12"):
    with open("model.prism", "w") as stream:
        stream.write(MODEL.format(p))
    model = stormpy.build_model(stormpy.parse_prism_program("model.prism"))
    for name, other in (("built", model), ("reread", reread(model)), ("17 digits", reread(model, output_precision=17))):
        seen[p, name] = [probability(other, 'P=? [F "a"]'), probability(other, 'P=? [F ("a" | "b")]')]
        print(f"p = {p}, {name}: a is reached with {seen[p, name][0]}, a or b with {seen[p, name][1]}")
near = all(abs(seen[key][0] - 0.5) < 1e-4 for key in seen if key[1] != "reread")
thirds = abs(seen["1/3", "reread"][0] - 0.499999999925) < 1e-13 and seen["1/3", "reread"][1] == 1
sys.exit(not (near and thirds and seen["1e-12", "reread"] == ["no solution", 1.0]))
PY
