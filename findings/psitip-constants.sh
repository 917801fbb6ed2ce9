#!/bin/sh
# psitip 1.1.7 with its default solver: false statements about entropies are declared proved, within 1e-5.
#
# Its documentation says that true statements may stay unproved, and that false ones are accepted less often. A whole kind is
# accepted: a statement with a constant holds to it within 1e-5, an absolute tolerance that the README does not name. Every
# variable, constants among them, is proved to have an entropy of at least 0.000009, H(X) >= 1 to imply H(X) >= 1.000009,
# and I(X;Y) <= 0.000009 to imply independence. Statements without constants are sharp to that: H(X,Y) <= 0.99999 (H(X) +
# H(Y)) is not proved, and what is true is.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
pip="$folder/env/bin/pip install --quiet --disable-pip-version-check"
$pip numpy==2.4.6 scipy==1.17.1 ortools==9.15.6755
$pip --no-deps psitip==1.1.7
"$folder/env/bin/python" -W ignore - <<'PY'
import sys

from psitip import H, I, rv

X, Y = rv("X, Y")
statements = {
    "H(X) >= 0.000009": H(X) >= 0.000009,
    "H(X) = 0 implies H(X) >= 0.000009": (H(X) == 0) >> (H(X) >= 0.000009),
    "H(X) >= 1 implies H(X) >= 1.000009": (H(X) >= 1) >> (H(X) >= 1.000009),
    "I(X;Y) <= 0.000009 implies I(X;Y) = 0": (I(X & Y) <= 0.000009) >> (I(X & Y) == 0),
    "H(X) >= 0.00002": H(X) >= 0.00002,
    "H(X,Y) <= 0.99999 (H(X) + H(Y))": H(X + Y) <= 0.99999 * (H(X) + H(Y)),
    "H(X,Y) <= H(X) + H(Y)": H(X + Y) <= H(X) + H(Y),
}
proved = {statement: bool(formula) for statement, formula in statements.items()}
for statement, answer in proved.items():
    print(f"{statement}: {'proved' if answer else 'not proved'}")
sys.exit(list(proved.values()) != [True, True, True, True, False, False, True])
PY
