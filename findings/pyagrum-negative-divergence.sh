#!/bin/sh
# pyAgrum 3.3.1: a Kullback-Leibler divergence of -0.5 bits, where it is infinite.
#
# P makes two bits independent and fair, Q makes the second a copy of the first. Half of P's mass lies where Q has none, so
# the divergence of P from Q is infinite. ExactBNdistance, whose documentation speaks of an exact computation, leaves those
# outcomes out and sums the others: klPQ is -0.5, which no divergence can be, and P looks closer to Q than to itself. The
# number of outcomes left out is in the same dictionary (errorPQ, here 2); who reads klPQ alone is not warned. A model that
# never produces some valid outcome is thus ranked above an exact one.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet --disable-pip-version-check --no-deps pyagrum==3.3.1 numpy==2.4.6
"$folder/env/bin/python" - <<'PY'
import sys

import pyagrum


def bits(copied):
    """Two fair bits, the second drawn anew or copied from the first."""
    network = pyagrum.BayesNet()
    for name in "ab":
        network.add(pyagrum.LabelizedVariable(name, name, 2))
    network.cpt("a").fillWith([0.5, 0.5])
    if copied:
        network.addArc("a", "b")
        network.cpt("b")[{"a": 0}] = [1, 0]
        network.cpt("b")[{"a": 1}] = [0, 1]
    else:
        network.cpt("b").fillWith([0.5, 0.5])
    return network


P, same, Q = bits(False), bits(False), bits(True)
itself = pyagrum.ExactBNdistance(P, same).compute()
found = pyagrum.ExactBNdistance(P, Q).compute()
print(f"from itself {itself['klPQ']}; from the copy {found['klPQ']} with {found['errorPQ']} outcomes left out: infinite")
print(f"the other way round {found['klQP']}, which is right")
sys.exit([itself["klPQ"], found["klPQ"], found["errorPQ"], found["klQP"]] != [0.0, -0.5, 2, 1.0])
PY
