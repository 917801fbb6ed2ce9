#!/bin/sh
# sympy 1.14.0 (sympy.stats): exact probabilities of Markov chains above 1, and conditions that are read as another state.
#
# A chain flips a fair coin at each step. P(A | B | C) of events at three times is the sum of their probabilities, as if
# no two could happen: heads within three flips has 3/2 for 7/8. In a chain of the states 0, 1, 2 a condition such as
# X[0] < 1, which leaves the state 0 alone, is read as X[0] = 1, and in one of 0, 1 X[0] != 0 as X[0] = 0: what stands
# between a variable and a state is taken for an equality. The documentation offers queries of several times under one
# condition, and conditions that are relations; what cannot be answered is to come back as it is, but these are rationals.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet --disable-pip-version-check sympy==1.14.0
"$folder/env/bin/python" - <<'PY'
import sys
from itertools import product

from sympy import Eq, Matrix, Ne, Rational
from sympy.stats import DiscreteMarkovChain, P

half, quarter = Rational(1, 2), Rational(1, 4)
coin = Matrix([[half, half], [half, half]])
lazy = Matrix([[3 * quarter, quarter], [half, half]])
three = Matrix([[half, half, 0], [0, half, half], [quarter, 0, 3 * quarter]])
C, L, X = (DiscreteMarkovChain(name, list(range(T.rows)), T) for name, T in (("C", coin), ("L", lazy), ("X", three)))
heads = sum(coin[0, a] * coin[a, b] * coin[b, c] for a, b, c in product((0, 1), repeat=3) if 1 in (a, b, c))
rows = [
    ("heads within three flips", P(Eq(C[1], 1) | Eq(C[2], 1) | Eq(C[3], 1), Eq(C[0], 0)), heads),
    ("X[2] = 1 given X[0] = 0", P(Eq(X[2], 1), Eq(X[0], 0)), (three**2)[0, 1]),
    ("X[2] = 1 given X[0] < 1", P(Eq(X[2], 1), X[0] < 1), (three**2)[0, 1]),
    ("X[2] = 1 given X[0] > 1", P(Eq(X[2], 1), X[0] > 1), (three**2)[2, 1]),
    ("of two states, L[1] = 0 given L[0] != 0", P(Eq(L[1], 0), Ne(L[0], 0)), lazy[1, 0]),
]
for what, found, truth in rows:
    print(f"{what}: {found}, where {truth} is right")
wrong = ["3/2", "1/2", "1/4", "1/4", "3/4"]
right = ["7/8", "1/2", "1/2", "1/8", "1/2"]
sys.exit([str(row[1]) for row in rows] != wrong or [str(row[2]) for row in rows] != right)
PY
