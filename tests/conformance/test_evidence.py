"""The evidence is a mixture of mean 1 under the claim (definitions.md#e-values), in Fractions over every outcome of a
few draws.
"""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import product
from math import factorial, prod

import mpmath
import numpy as np
import pytest

from maskbound.numerics.conformance.evidence import CONCENTRATIONS, log_evidence, log_likelihoods

P = [Fraction(1, 2), Fraction(1, 3), Fraction(1, 6), Fraction(0)]
OTHERS = {
    "flat": [Fraction(1, 3)] * 3 + [Fraction(0)],
    "without the last": [Fraction(3, 4), Fraction(1, 4), Fraction(0), Fraction(0)],
    "mostly impossible": [Fraction(1, 8), Fraction(0), Fraction(1, 8), Fraction(3, 4)],
}
DRAWS = 5
GIVEN_AWAY = 1e-5
"""What the evidence is rounded down by: some (16 + 3) units of 1.1e-16 of 1.3e8, the largest log-gammas."""


def outcomes(n):
    """Counts of the possible sequences, n in all."""
    return [k for k in product(range(n + 1), repeat=3) if sum(k) == n]


def rising(a, k):
    return prod((a + j for j in range(k)), start=Fraction(1))


def evidence(counts, others):
    """``E_n``, from the definition."""
    claimed = prod(p**k for p, k in zip(P, counts, strict=False))
    mixtures = [
        prod(rising(int(c) * p, k) for p, k in zip(P, counts, strict=False)) / rising(Fraction(int(c)), sum(counts))
        for c in CONCENTRATIONS
    ]
    named = [prod(r**k for r, k in zip(law, counts, strict=False)) for law in others.values()]
    parts = [part for part in (mixtures, named) if part]
    return sum(sum(part) / len(part) for part in parts) / len(parts) / claimed


def as_floats(law):
    return np.array([float(c) for c in law])


def found(counts, others):
    laws = {name: as_floats(law) for name, law in others.items()}
    return log_evidence(np.array([*counts, 0]), as_floats(P), 1, laws)


@pytest.mark.parametrize("others", [OTHERS, {}], ids=["alternatives", "mixture alone"])
def test_it_is_the_mixture_and_never_more(others):
    for counts in outcomes(DRAWS):
        exact = evidence(counts, others)
        truth = float(mpmath.log(mpmath.mpf(exact.numerator) / exact.denominator))
        assert truth - GIVEN_AWAY <= found(counts, others) <= truth


def test_its_mean_under_the_claim_is_at_most_1():
    mean, exact = 0.0, Fraction(0)
    for counts in outcomes(DRAWS):
        orders = factorial(DRAWS) // prod(map(factorial, counts))
        chance = orders * prod(p**k for p, k in zip(P, counts, strict=False))
        mean += float(chance) * math.exp(found(counts, OTHERS))
        exact += chance * evidence(counts, OTHERS)
    # A twelfth of the weight lies on each of three laws, of which one has only 1/4 on what is possible.
    assert exact == 1 - Fraction(1, 6) * (1 - Fraction(1, 4) ** DRAWS)
    assert 1 / 2 < mean <= exact


def test_the_next_draw_changes_nothing_on_average():
    """A martingale, where no law loses mass to the impossible: it may be stopped at any time."""
    others = {name: law for name, law in OTHERS.items() if law[3] == 0}
    for counts in outcomes(3):
        following = [tuple(k + (i == x) for i, k in enumerate(counts)) for x in range(3)]
        assert sum(P[x] * evidence(k, others) for x, k in enumerate(following)) == evidence(counts, others)


def test_likelihoods_are_sums_of_logarithms():
    laws = {name: as_floats(law) for name, law in OTHERS.items()}
    scores = log_likelihoods(np.array([2, 1, 1, 0]), laws)
    assert scores["flat"] == pytest.approx(4 * math.log(1 / 3), rel=1e-14)
    assert scores["without the last"] == -math.inf
