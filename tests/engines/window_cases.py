"""Hidden chains and n-grams, and what windows that are cut say of them."""

from __future__ import annotations

import math
from random import Random

import numpy as np
from numpy.typing import NDArray
from oracles import languages as oracle_languages

from maskbound.numerics import languages, policies
from maskbound.numerics.engines.windows import information, window_schedule
from maskbound.numerics.engines.windows.coefficients import Fractions, Functional, Sizes
from maskbound.numerics.engines.windows.hidden import hidden_chain
from maskbound.numerics.engines.windows.tail_bounds import Beyond

MARKOV = languages.markov([0.5, 0.25, 0.25], [[0.7, 0.3, 0.0], [0.2, 0.3, 0.5], [0.5, 0.25, 0.25]], 1024)


def random_language(seed: int):
    """A hidden chain or an n-gram with structural zeros, as the oracle's plain data and as a language; V and L."""
    rng = Random(seed)
    L = rng.randint(3, 5)
    V = 2 if L == 5 else rng.choice([2, 3])
    if seed % 2:
        K = rng.choice([2, 3])
        pi, A = oracle_languages.random_chain(rng, K, zeros=0.4)
        B = [oracle_languages.random_row(rng, V, zeros=0.4) for _ in range(K)]
        return languages.HMM(L, pi, A, B), (lambda: oracle_languages.hmm(pi, A, B, L))
    order = rng.choice([3, 3, 4])
    initial = oracle_languages.random_row(rng, V ** (order - 1), zeros=0.4)
    rows = [oracle_languages.random_row(rng, V, zeros=0.4) for _ in initial]
    return languages.NGram(order, V, L, initial, rows), (lambda: oracle_languages.ngram(order, V, L, initial, rows))


def random_policy(seed: int, L: int) -> policies.Policy:
    rng = Random(seed)
    if rng.random() < 0.5:
        return policies.Bernoulli(weights=oracle_languages.random_row(rng, rng.randint(1, 4), zeros=0.2))
    cuts = sorted(rng.randint(0, L) for _ in range(2))
    return policies.FixedSize([cuts[0], cuts[1] - cuts[0], L - cuts[1]])


def steps_of(policy: policies.Policy, L: int, survival: NDArray[np.float64] | None = None) -> Functional:
    """The functional whose value is PATH_KL; of chains that forget as ``survival`` tells."""
    if isinstance(policy, policies.FixedSize):
        weight = np.zeros(L)
        for size, reached in zip(policy.sizes, policy.revealed()[:-1], strict=True):
            if size:
                weight[reached] -= size
        return Sizes(L, 1.0, weight, survival)
    schedule = policy.schedule
    return Fractions(L, 1.0, schedule.revealed[:-1], schedule.tails[:-1], -schedule.weights, survival)


def enclosed(language, functional: Functional, importance: float) -> tuple[float, float]:
    """Ends of the enclosure when windows of less importance are cut."""
    chain = hidden_chain(language)
    beyond = Beyond(functional, chain.represented(1e-9))
    harvest = window_schedule.grow(chain, beyond, window_schedule.Limits(importance, 1e8, math.inf))
    found = information.evaluated(harvest, beyond)
    return found.value + found.below - found.rounding, found.value + found.above + found.rounding
