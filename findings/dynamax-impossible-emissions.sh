#!/bin/sh
# dynamax 1.0.3: emissions that an HMM cannot produce are given probability one, and rare ones 1e-15 at least.
#
# The model starts in its first state, which emits 0 alone; the second one emits 1 alone and is never left. Emissions that
# begin with 1 have probability 0. marginal_log_prob(), documented as the marginal log probability of the emissions,
# returns 0 for each of them, as if they were certain: over all emissions of length 3 its probabilities sum to 5.5. It
# normalizes filtered probabilities at each step; a sum of 0 is made 1, and terms below 1e-15 are raised to it, so that a
# first emission of probability 1e-20 has a logarithm of -34.54 for -46.05. Nothing warns.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet --disable-pip-version-check dynamax==1.0.3 jax==0.10.2 jaxlib==0.10.2 \
    tfp-nightly==0.26.0.dev20261027 numpy==2.4.6
"$folder/env/bin/python" -W ignore - <<'PY'
import itertools
import math
import sys

import jax.numpy as jnp
from dynamax.hidden_markov_model import CategoricalHMM


INITIAL, TRANSITION = [1.0, 0.0], [[0.5, 0.5], [0.0, 1.0]]


def log_probability(initial, transition, emissions):
    """By dynamax, where state k emits k alone."""
    model = CategoricalHMM(2, 1, 2)
    parameters, _ = model.initialize(
        initial_probs=jnp.array(initial), transition_matrix=jnp.array(transition), emission_probs=jnp.eye(2)[:, None, :]
    )
    return float(model.marginal_log_prob(parameters, jnp.array(emissions)[:, None]))


seen = {emissions: log_probability(INITIAL, TRANSITION, emissions) for emissions in itertools.product((0, 1), repeat=3)}
for emissions, value in seen.items():
    truth = INITIAL[emissions[0]] * math.prod(TRANSITION[a][b] for a, b in zip(emissions, emissions[1:]))
    print(f"{emissions}: probability {math.exp(value):.4f}, where {truth} is right")
total = sum(map(math.exp, seen.values()))
rare = log_probability([1.0, 1e-20], [[1.0, 0.0], [0.0, 1.0]], [1])
print(f"sum of the probabilities {total:.4f}; log of 1e-20: {rare:.4f}, which is {math.log(1e-20):.4f}")
impossible = [value for emissions, value in seen.items() if emissions[0] == 1]
sys.exit(not (impossible == [0.0] * 4 and abs(total - 5.5) < 1e-4 and abs(rare + 34.5388) < 1e-3))
PY
