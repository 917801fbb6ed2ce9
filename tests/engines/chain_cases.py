"""Small chains, step laws, and one chain that mixes."""

from __future__ import annotations

from fractions import Fraction
from random import Random

import numpy as np
from oracles import languages

from maskbound.numerics.engines.markov.chain import Chain

__all__ = ["CHAINS", "COLOURINGS", "MIXING", "PERIODIC", "SPARSE", "WEIGHTS", "NeverMixes", "chain_of"]

F = Fraction
SPARSE = [languages.random_chain(Random(seed), V, zeros=0.45) for seed, V in ((0, 3), (3, 2), (6, 3), (10, 2), (30, 3))]
PERIODIC = ([F(1, 2), F(1, 2), F(0)], [[F(0), F(1), F(0)], [F(0), F(0), F(1)], [F(1), F(0), F(0)]])
COLOURINGS = ([F(1, 3)] * 3, [[F(int(u != v), 2) for v in range(3)] for u in range(3)])
CHAINS = [*SPARSE, PERIODIC, COLOURINGS]
WEIGHTS = [[F(1)], [F(1, 2), F(1, 3), F(1, 6)], [F(0), F(2, 5), F(0), F(3, 5)]]
MIXING = (np.array([0.9, 0.1, 0.0]), np.array([[0.5, 0.5, 0.0], [0.2, 0.6, 0.2], [0.1, 0.3, 0.6]]))


class NeverMixes(Chain):
    """The same chain with its mixing overlooked, so that every end is seen from everywhere."""

    reduced = property(lambda self: self)

    def mixing(self, defect):
        return None


def chain_of(case, L):
    return Chain(np.array(case[0], dtype=float), np.array(case[1], dtype=float), L)
