#!/bin/sh
# UAI files in pgmpy 1.1.2 and pyAgrum 3.3.1: a sound Bayesian network is read as another one, by pgmpy as one of two.
#
# In the format of the UAI competitions the last variable of a table changes fastest, and in a Bayesian network it is the
# child. pgmpy fills a table with the child slowest: the rows (0.9, 0.1) and (0.2, 0.8) of a chain become columns that sum to
# 1.1 and 0.9, and get_model() returns them without a word. It takes the parents in the order of a set, which changes with
# the seed of Python's hashes: the same file, and one that pgmpy has written itself, gives P(c = 0) = 0.472 in some runs and
# 0.512 in others. pyAgrum is right with one parent; of two it lets the first change fastest and always finds 0.512. 0.472
# is right: toulbar2 1.4.0.1, a solver of those competitions, reads the table so (most probable assignment 0.288).
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet --disable-pip-version-check pgmpy==1.1.2 numpy==2.4.6
"$folder/env/bin/pip" install --quiet --disable-pip-version-check --no-deps pyagrum==3.3.1 pytoulbar2==1.4.0.1
cd "$folder"
cat >chain.uai <<'UAI'
BAYES
2
2 2
2
1 0
2 0 1

2
 0.6 0.4

4
 0.9 0.1
 0.2 0.8
UAI
cat >two.uai <<'UAI'
BAYES
3
2 2 2
3
1 0
1 1
3 0 1 2

2
 0.6 0.4

2
 0.4 0.6

8
 0.6 0.4
 0.2 0.8
 0.4 0.6
 0.8 0.2
UAI
cat >by_pgmpy.py <<'PY'
from pgmpy.factors.discrete import TabularCPD
from pgmpy.inference import VariableElimination
from pgmpy.models import DiscreteBayesianNetwork
from pgmpy.readwrite import UAIReader, UAIWriter


def first(path):
    """P(c = 0) of a network in a file."""
    answer = VariableElimination(UAIReader(path=path).get_model()).query(["var_2"], show_progress=False)
    return round(float(answer.values[0]), 4)


network = DiscreteBayesianNetwork([("a", "c"), ("b", "c")])
rows = [[0.6, 0.2, 0.4, 0.8], [0.4, 0.8, 0.6, 0.2]]
network.add_cpds(TabularCPD("a", 2, [[0.6], [0.4]]), TabularCPD("b", 2, [[0.4], [0.6]]))
network.add_cpds(TabularCPD("c", 2, rows, ["a", "b"], [2, 2]))
UAIWriter(network).write("own.uai")
sums = UAIReader(path="chain.uai").get_model().get_cpds("var_1").values.sum(axis=0)
print(first("two.uai"), first("own.uai"), *(round(float(x), 4) for x in sums))
PY
for seed in 0 1 2 3; do
    PYTHONHASHSEED=$seed env/bin/python -W ignore by_pgmpy.py 2>>progress >>answers
done
env/bin/python - <<'PY'
import math
import sys
from itertools import product

import pyagrum
import pytoulbar2

A, B = (0.6, 0.4), (0.4, 0.6)
C = {(0, 0): (0.6, 0.4), (0, 1): (0.2, 0.8), (1, 0): (0.4, 0.6), (1, 1): (0.8, 0.2)}
joint = {(a, b, c): A[a] * B[b] * C[a, b][c] for a, b, c in product((0, 1), repeat=3)}
truth = round(sum(p for outcome, p in joint.items() if outcome[2] == 0), 4)

runs = [[float(x) for x in line.split()] for line in open("answers")]
read, own = sorted({run[0] for run in runs}), sorted({run[1] for run in runs})
columns = sorted(map(tuple, {tuple(run[2:]) for run in runs}))
print(f"pgmpy: P(c = 0) is one of {read} by the seed, of its own file one of {own}; columns of the chain sum to {columns}")

chain = pyagrum.loadBN("chain.uai")
row = [round(float(x), 4) for x in chain.cpt("1")[{"0": 1}]]
network = pyagrum.loadBN("two.uai")
inference = pyagrum.LazyPropagation(network)
inference.makeInference()
found = round(float(inference.posterior("2").tolist()[0]), 4)
print(f"pyAgrum: P(c = 0) is {found}, where {truth} is right; the row of the chain {row} is right")

solver = pytoulbar2.CFN()
solver.Read("two.uai")
best, cost, _ = solver.Solve()
most = max(joint, key=joint.get)
print(f"toulbar2: most probable {tuple(best)} with {math.exp(-cost / 1e7):.4f}; by hand {most} with {joint[most]:.4f}")
sound = tuple(best) == most and abs(math.exp(-cost / 1e7) - joint[most]) < 1e-4 and row == [0.2, 0.8]
sys.exit(not (read == own == [0.472, 0.512] and columns == [(1.1, 0.9)] and found == 0.512 and truth == 0.472 and sound))
PY
