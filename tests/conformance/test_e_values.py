"""The evidence has mean at most 1 under the claim whatever rows of a call share, in Fractions over every outcome."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import product

import numpy as np
import pytest

from maskbound.numerics import Instance, law
from maskbound.numerics.conformance.e_values import CONCENTRATIONS, Evidence, log_likelihoods
from maskbound.numerics.conformance.known_bugs import law_of_variant, mistakes
from maskbound.numerics.conformance.oracle import Oracle
from maskbound.numerics.instances.gallery import load_gallery
from maskbound.numerics.policies import Adaptive

P = [Fraction(1, 2), Fraction(1, 3), Fraction(1, 6), Fraction(0)]
OTHERS = {
    "flat": [Fraction(1, 3)] * 3 + [Fraction(0)],
    "without the last": [Fraction(3, 4), Fraction(1, 4), Fraction(0), Fraction(0)],
    "mostly impossible": [Fraction(1, 8), Fraction(0), Fraction(1, 8), Fraction(3, 4)],
    "all impossible": [Fraction(0)] * 3 + [Fraction(1)],
}
ROWS, FACTORS = 2, (1, 2)
GIVEN_AWAY = 1e-10
"""What the evidence is rounded down by: some ``2^14`` units of 1.1e-16 a call."""


def as_floats(law):
    return np.array([float(c) for c in law])


def started(others=OTHERS):
    p = as_floats(P)
    return Evidence(p, lambda h: h @ p, 5, {name: as_floats(law) for name, law in others.items()}, ROWS)


def found(calls, others=OTHERS):
    evidence = started(others)
    for rows in calls:
        evidence.add(np.array(rows))
    return evidence.log


def bet(law, factor):
    """``h``, from the definition."""
    values = [max(1 + factor * (r / p - 1), Fraction(0)) if p else Fraction(0) for r, p in zip(law, P, strict=True)]
    mean = sum(p * h for p, h in zip(P, values, strict=True))
    return [h / mean if mean else h for h in values]


def exact(calls, others=OTHERS):
    """``E_n``: the learned laws change after 1, 2, 4, ... calls."""

    def wealth(law_at):
        products = []
        for b in FACTORS:
            product_ = Fraction(1)
            for k, rows in enumerate(calls):
                h = bet(law_at(k), b)
                product_ *= sum(h[x] for x in rows) / len(rows)
            products.append(product_)
        return products

    def learned(c):
        def law_at(k):
            seen = [x for rows in calls[: 2 ** (k.bit_length() - 1) if k else 0] for x in rows]
            return [(seen.count(x) + int(c) * P[x]) / (len(seen) + int(c)) for x in range(4)]

        return law_at

    parts = [[w for c in CONCENTRATIONS for w in wealth(learned(c))]]
    if others:
        parts.append([w for law in others.values() for w in wealth(lambda _, law=law: law)])
    return sum(sum(part) / len(part) for part in parts) / len(parts)


def every_call():
    return list(product(range(3), repeat=ROWS))


@pytest.mark.parametrize("others", [OTHERS, {}], ids=["alternatives", "learned alone"])
def test_it_is_the_mixture_and_never_more(others):
    for calls in product(every_call()[::2], repeat=2):
        truth = math.log(exact(calls, others)) if exact(calls, others) else -math.inf
        assert truth - GIVEN_AWAY <= found(calls, others) <= truth


INDEPENDENT = {rows: P[rows[0]] * P[rows[1]] for rows in every_call()}
REPEATED = {rows: P[rows[0]] * (rows[0] == rows[1]) for rows in every_call()}
SHIFTED = {(0, 0): P[0] - P[2], (0, 1): P[2], (1, 1): P[1] - P[2], (1, 2): P[2], (2, 0): P[2]}
COUPLINGS = {"independent": INDEPENDENT, "repeated": REPEATED, "shifted": SHIFTED}


@pytest.mark.parametrize("name", COUPLINGS)
def test_the_mean_of_the_next_call_is_at_most_1_whatever_its_rows_share(name):
    """Each coupling has P as the law of both rows; with alternatives that lose nothing it is 1."""
    law = COUPLINGS[name]
    for row in range(ROWS):
        assert [sum(probability for rows, probability in law.items() if rows[row] == x) for x in range(4)] == P
    for before in product(every_call(), repeat=1):
        following = sum(probability * exact([*before, rows]) for rows, probability in law.items())
        assert following <= exact(before)
        assert sum(probability * exact([*before, rows], {}) for rows, probability in law.items()) == exact(before, {})


def test_a_product_over_the_rows_of_a_call_would_not_be_valid():
    """Repeated rows: its mean is above 1, so that this test can fail."""
    h = bet(OTHERS["flat"], 1)
    assert sum(probability * h[rows[0]] * h[rows[1]] for rows, probability in REPEATED.items()) > 1


def test_it_grows_with_calls_from_another_law():
    rng = np.random.default_rng(3)
    evidence = started({})
    for _ in range(300):
        evidence.add(rng.choice(4, size=ROWS, p=as_floats(OTHERS["flat"])))
    assert evidence.log > 10


def test_likelihoods_are_sums_of_logarithms():
    laws = {name: as_floats(law) for name, law in OTHERS.items()}
    scores = log_likelihoods(np.array([2, 1, 1, 0]), laws)
    assert scores["flat"] == pytest.approx(4 * math.log(1 / 3), rel=1e-14)
    assert scores["without the last"] == -math.inf


def test_what_two_rows_win():
    """On a chain of three tokens, of what two independent rows would; calls of which both rows have ``h = 0`` aside."""
    language = load_gallery("markov-lopsided").language
    policy = Adaptive(5, score="confidence", order="choose-then-sample", sizes=[2, 2, 1], temperature="1/2")
    instance = Instance(language, policy)
    r = law_of_variant(mistakes(policy, 5)["temperature applied to the score"], Oracle(instance))
    p = law(instance).p
    ratio = np.divide(r, p, out=np.ones_like(p), where=r > 0)
    divergence = float(r @ np.log(ratio))
    assert divergence == pytest.approx(1.3e-3, abs=5e-5)
    h = np.maximum(1 + 2 * (np.divide(r, p, out=np.zeros_like(p), where=p > 0) - 1), 0)
    means = (h[:, None] + h) / (2 * (p @ h))
    won = np.outer(r, r)[means > 0] @ np.log(means[means > 0])
    assert won / (2 * divergence) == pytest.approx(0.88, abs=5e-3)
    assert np.outer(r, r)[means == 0].sum() < 5e-8
