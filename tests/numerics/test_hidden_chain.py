"""The entropy of a hidden chain: both algorithms against the sum over hidden paths, and DTC below it at length."""

from __future__ import annotations

from fractions import Fraction as F

import pytest
from oracles import languages as oracle
from oracles.logs import mp

from maskbound.numerics import languages, policies
from maskbound.numerics.instances import Instance
from maskbound.numerics.metrics import measure

CHAINS = [
    ([F(1, 2), F(1, 2)], [[F(3, 4), F(1, 4)], [F(1, 3), F(2, 3)]], 4),
    ([F(1), F(0), F(0)], [[F(0), F(1), F(0)], [F(1, 2), F(0), F(1, 2)], [F(1), F(0), F(0)]], 6),
    ([F(1)], [[F(1)]], 5),
]


def hidden(pi, A, L) -> Instance:
    rows = [["1/3", "2/3"], ["1", "0"], ["1/5", "4/5"]][: len(pi)]
    laws = [[str(c) for c in pi], [[str(c) for c in row] for row in A]]
    return Instance(languages.HMM(L, *laws, rows), policies.Bernoulli(steps=2))


@pytest.mark.parametrize("chain", CHAINS, ids=lambda chain: f"{len(chain[0])} states, {chain[2]} tokens")
def test_the_sum_over_hidden_paths(chain):
    paths = [mp.mpf(c.numerator) / c.denominator for c in oracle.hidden_paths(*chain).values()]
    expected = -mp.fsum(c * mp.log(c) for c in paths)
    for engine in ("messages", "rational"):
        found = measure(hidden(*chain), ["hidden_chain_entropy"], engine=engine)["hidden_chain_entropy"]
        assert found.lo <= expected <= found.hi
        assert found.hi - found.lo < 1e-11


def test_dtc_is_below_it():
    found = measure(hidden(*CHAINS[0]), ["dual_total_correlation", "hidden_chain_entropy"])
    assert found["dual_total_correlation"].hi < found["hidden_chain_entropy"].lo
