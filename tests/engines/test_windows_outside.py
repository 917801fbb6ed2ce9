"""What lies beyond the windows: bounds from the definition, and enclosures that rest on few positions outside."""

from __future__ import annotations

import math
from fractions import Fraction
from random import Random

import numpy as np
import pytest
from engines.window_cases import MARKOV, enclosed, steps_of
from oracles import languages as oracle_languages

from maskbound.numerics import languages, measure, policies
from maskbound.numerics.engines.windows import coefficients, hidden
from maskbound.numerics.instances import Instance


@pytest.mark.parametrize(("m", "q"), [(0, 0), (1, 0), (0, 1), (2, 2)])
@pytest.mark.parametrize("policy", [policies.Bernoulli(3), policies.FixedSize((3, 0, 4, 1))], ids=["steps", "sizes"])
def test_far_bounds_hold_for_every_threshold(m, q, policy):
    """The hull over r for every n, from the definition by finite sums in rationals."""
    L = 8
    far = steps_of(policy, L).far(m, q)
    assert far.n[-1] >= L - 1 - m - q
    for n in range(1, L - m - q):
        at = np.searchsorted(far.n, n)
        found = [_far(policy, L, m, q, n, r) for r in range(1, n + 1)]
        assert all(Fraction(far.least[at]) <= value <= Fraction(far.most[at]) for value in found)
        # Sizes know how many positions are left, fractions take one or two more for granted.
        if isinstance(policy, policies.FixedSize) and far.n[at] == n:
            assert Fraction(far.most[at]) <= max(*found, Fraction(0)) + Fraction(1, 10**6)
            assert Fraction(far.least[at]) >= min(*found, Fraction(0)) - Fraction(1, 10**6)


def _far(policy, L: int, m: int, q: int, n: int, r: int) -> Fraction:
    others = L - 1 - m - q

    def reached(j: int) -> Fraction:
        free = j - m - 1
        ways = sum(math.comb(n, k) * math.comb(others - n, free - k) for k in range(r, min(n, free) + 1))
        return Fraction(ways, math.comb(L, j))

    if isinstance(policy, policies.FixedSize):
        sizes = zip(policy.sizes, policy.revealed()[:-1], strict=True)
        return reached(L) - sum((s * (reached(S + 1) - reached(S)) for s, S in sizes if s), Fraction(0))
    total = reached(L)
    for k in range(policy.steps):
        a = Fraction(k, policy.steps)
        slope = sum(
            math.comb(L, j)
            * reached(j)
            * ((j * a ** (j - 1) if j else 0) * (1 - a) ** (L - j) - (L - j) * a**j * (1 - a) ** max(L - j - 1, 0))
            for j in range(L + 1)
        )
        total -= slope / policy.steps
    return total


def stationary(seed: int) -> languages.HMM:
    """A hidden chain with zeros whose state has the same law everywhere."""
    rng = Random(seed)
    L, V, K = *rng.choice([(4, 3), (5, 2)]), rng.choice([2, 3])
    while True:
        A = np.array([oracle_languages.random_row(rng, K, zeros=0.4) for _ in range(K)], dtype=np.float64)
        values, vectors = np.linalg.eig(A.T)
        if (abs(values - 1) < 1e-9).sum() == 1:
            law = abs(vectors[:, np.argmin(abs(values - 1))].real)
            return languages.HMM(L, law / law.sum(), A, [oracle_languages.random_row(rng, V, zeros=0.4) for _ in A])


def missed_sizes(seed: int) -> int:
    """How often the exact value of fixed sizes is missed by windows that are cut, at every importance."""
    language = stationary(seed)
    L = language.length
    missed = 0
    for sizes in ((L,), (2, L - 2), (L - 2, 2), (1, 2, L - 3)):
        exact = measure(Instance(language, policies.FixedSize(sizes)), ["path_kl"], engine="tabular")["path_kl"]
        for importance in (1e9, 1.0, 1e-1, 1e-2, 1e-3):
            lo, hi = enclosed(language, steps_of(policies.FixedSize(sizes), L), importance)
            missed += hi < exact.lo or exact.hi < lo
    return missed


def test_means_over_positions_hold_the_exact_values(monkeypatch):
    monkeypatch.setattr(hidden, "SHORT", 0)
    assert len(hidden.hidden_chain(stationary(0)).represented(1e-9).laws) == 1
    assert sum(missed_sizes(seed) for seed in range(12)) == 0


def test_laws_that_return_do_not_hide_what_lies_between(monkeypatch):
    """Blocks whose hidden bit seldom changes: the law of every other position is the same, and its windows reach over
    positions of the other law."""
    monkeypatch.setattr(hidden, "SHORT", 0)
    language = languages.shifted_pair(4, "1/10", 6)
    assert len(hidden.hidden_chain(language).represented(1e-9).laws) == 2
    for policy in (policies.Bernoulli(2), policies.FixedSize((2, 4))):
        exact = measure(Instance(language, policy), ["path_kl", "total_correlation"], engine="tabular")
        found = measure(Instance(language, policy), ["path_kl", "total_correlation"], engine="windows")
        assert all(found[name].overlaps(exact[name]) for name in exact)


def test_too_few_positions_outside_are_noticed(monkeypatch):
    """One position left of each window, whatever the window."""
    monkeypatch.setattr(hidden, "SHORT", 0)
    right = coefficients.reached
    monkeypatch.setattr(coefficients, "reached", lambda coefficient, n, *rest: right(coefficient, 1, *rest))
    assert sum(missed_sizes(seed) for seed in (3, 10, 34, 36)) >= 4


def test_fixed_sizes_of_a_markov_chain_at_length():
    """Cut at every importance: wide ones too hold the value of the Markov engine, which needs no windows."""
    policy = policies.FixedSize.balanced(64, 1024)
    as_hmm = languages.HMM(1024, MARKOV.initial.values, MARKOV.transition.values, np.eye(3))
    exact = measure(Instance(MARKOV, policy), ["path_kl"], engine="markov")["path_kl"]
    widths = []
    for importance in (1e9, 10.0, 1.0, 0.1, 1e-2, 1e-3):
        lo, hi = enclosed(as_hmm, steps_of(policy, 1024), importance)
        assert lo <= exact.lo
        assert exact.hi <= hi
        widths.append((hi - lo) / exact.value)
    assert widths[0] > 0.1 > widths[-1]
