#!/bin/sh
# dit 2.3: of two equal outcomes one is lost with its probability, and nothing is said.
#
# A distribution is given by outcomes and probabilities that sum to 1. Where an outcome is listed twice only its last
# probability is kept: the mass is then 0.75, and entropies are computed from it. A mass of 0.9999 is accepted as well;
# validate(), which would object, is not called.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet --disable-pip-version-check dit==2.3
"$folder/env/bin/python" - <<'PY'
import sys

import dit

twice = dit.Distribution(["11", "11", "00"], [0.25, 0.5, 0.25])
short = dit.Distribution(["00", "11"], [0.5, 0.4999])
print(f"outcomes {twice.outcomes} with probabilities {list(map(float, twice.pmf))}: mass {float(sum(twice.pmf))}")
print(f"entropy {dit.shannon.entropy(twice):.4f} bits; that of 3/4 and 1/4 is 0.8113")
print(f"mass {float(sum(short.pmf))} accepted")
same = [float(sum(twice.pmf)), round(float(sum(short.pmf)), 12), round(float(dit.shannon.entropy(twice)), 4)]
sys.exit(same != [0.75, 0.9999, 1.0])
PY
