"""Statements whose oracles are their own: hidden chains, of which no law tells, and a code that no table holds."""

from fractions import Fraction as F
from itertools import combinations_with_replacement, pairwise
from math import factorial

import pytest
from oracles import languages
from oracles.information import dual_total_correlation
from oracles.logs import mp

EQUAL = mp.mpf(10) ** -40


def overshoot_on_code(N, L, K):
    """Tokens that the step of the K-th one reveals after it, on average: over the numbers of tokens of the steps."""
    total = F(0)
    for ends in combinations_with_replacement(range(L + 1), N - 1):
        sizes = [b - a for a, b in pairwise((0, *ends, L))]
        ways = factorial(L)
        for s in sizes:
            ways //= factorial(s)
        total += F(ways, N**L) * (next(S for S in (*ends, L) if S >= K) - K)
    return total


def test_more_uniform_steps_may_cost_a_code_more():
    """On the code of rank 10 and length 25, and on none of fewer than 25 tokens: every language is a sum of codes."""
    assert overshoot_on_code(2, 25, 10) == F(74182165, 16777216)
    assert overshoot_on_code(3, 25, 10) == F(3879133680020, 847288609443)
    assert overshoot_on_code(2, 25, 10) < overshoot_on_code(3, 25, 10)
    assert all(overshoot_on_code(2, 24, K) >= overshoot_on_code(3, 24, K) for K in range(1, 24))


HIDDEN_CHAINS = [
    ([F(1, 2), F(1, 2)], [[F(3, 4), F(1, 4)], [F(1, 3), F(2, 3)]], [[F(1), F(0)], [F(1, 2), F(1, 2)]], 4),
    ([F(1, 5), F(4, 5)], [[F(1, 2), F(1, 2)], [F(1), F(0)]], [[F(1, 3), F(2, 3)], [F(2, 3), F(1, 3)]], 3),
    ([F(1, 2), F(1, 2)], [[F(1), F(0)], [F(0), F(1)]], [[F(1), F(0)], [F(0), F(1)]], 3),  # Copy: equality
    ([F(1)], [[F(1)]], [[F(1, 2), F(1, 2)]], 3),
]


@pytest.mark.parametrize("chain", HIDDEN_CHAINS, ids=lambda chain: f"{len(chain[0])} states, {chain[3]} tokens")
def test_dtc_is_at_most_the_entropy_of_the_hidden_chain(chain):
    pi, A, B, L = chain
    paths = [mp.mpf(c.numerator) / c.denominator for c in languages.hidden_paths(pi, A, L).values()]
    spent = dual_total_correlation(languages.hmm(pi, A, B, L))
    entropy = -mp.fsum(c * mp.log(c) for c in paths)
    assert spent <= entropy + EQUAL
    assert (abs(spent - entropy) < EQUAL) == (A[0][0] == 1)
