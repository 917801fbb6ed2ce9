"""KL of a Markov chain's sampler from below, by a function of its neighbouring tokens.

For every ``g >= 0`` of pairs of tokens, positive where P is (proofs_notes/methods/kl-from-below.md, theorem 1),

    ``D(q||p) >= sum_i E_q log g(x_i, x_{i+1}) - log E_p prod_i g(x_i, x_{i+1})``.

Both means are known at any length: the first from the laws of single tokens, the second as the probability of a correct
sequence is (``ser``), with ``g`` in the place of ``P > 0``. Here g is what the language's bigrams are of the sampler's,
0 where P is, to a power; a constant factor of g changes nothing, and the largest is 1. Any g gives a bound, so that the
laws which it is chosen by need not be exact.

With sizes ``s_k`` instead of a step law, ``p_s <= p / P(s)``, where p belongs to the Bernoulli sampler with weights
``w_k = s_k / L``, and ``P(s) = L! prod_k w_k^{s_k} / s_k!`` is the probability that it reveals so many (theorem 2).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from ...numbers.enclosure import LIBRARY, RAISED, SAFE, gamma
from ...numbers.enclosure import UNIT_ROUNDOFF as U
from ...numbers.probabilities import PARAMETER_DEPTH
from ..reveal_steps import bernoulli_steps
from .bigrams import BigramLaw, bigram_law
from .chain import Chain
from .information import lag_information_of, path_kl
from .ser import mean_product

__all__ = ["kl_from_below", "kl_from_below_of_sizes"]

SHARE = 1e-3
"""Of the bound, for what the mean of the product leaves out."""

SMALLEST = 1e-9
"""Relative error of the mean that is always good enough."""

LEAST_LOG = -640.0
"""Of the product's mean, which has no digits below ``SAFE``: a lower power is taken instead."""


def kl_from_below(chain: Chain, weights: NDArray[np.float64]) -> float:
    """A lower bound of KL under the Bernoulli sampler with the exact denoiser, in nats; 0 if none is found.

    Parameters
    ----------
    chain : Chain
        Homogeneous.
    weights : (N,) float64
        Step law.

    Raises
    ------
    BeyondReach
        As for the sequence error rate.

    Notes
    -----
    Cost of the bigram law and of the sequence error rate.
    """
    chain = chain.reduced
    if chain.length == 1:
        return 0.0
    law = bigram_law(chain, bernoulli_steps(weights, chain.length), len(weights))
    factors, expected = _factors(chain, law)
    if expected <= 0:
        return 0.0
    mean_log, error = _mean_log(chain, law, factors)
    floor = max(math.exp(mean_log - path_kl(lag_information_of(chain), weights).hi), SAFE)
    tolerance = max(SHARE * min(expected, 1.0), SMALLEST)
    log_mean = math.log(mean_product(chain, weights, factors, floor, tolerance).hi)
    error += 2 * (LIBRARY + U) * abs(log_mean) + 2 * U
    return max(mean_log - log_mean - error * RAISED, 0.0)


def kl_from_below_of_sizes(chain: Chain, law: Sequence[tuple[Fraction, Sequence[int]]]) -> float:
    """The same for random sets of given sizes, each list of sizes with its probability."""
    L = chain.length
    mean = [sum((c * sizes[k] for c, sizes in law), Fraction(0)) / L for k in range(len(law[0][1]))]
    below = kl_from_below(chain, np.array([float(w) for w in mean if w]))
    found = [_minus_log_probability(sizes, mean) for _, sizes in law]
    logs = [math.log(c) + minus_log for (c, _), (minus_log, _) in zip(law, found, strict=True)]
    most = max(logs)
    rarity = most + math.log(math.fsum(math.exp(log - most) for log in logs))
    error = max(error for _, error in found) + 4 * (LIBRARY + U) * (max(map(abs, logs)) + below + len(logs))
    return max(below - rarity - error * RAISED, 0.0)


def _minus_log_probability(sizes: Sequence[int], mean: Sequence[Fraction]) -> tuple[float, float]:
    """``-log P(s)`` and its absolute error."""
    logs = [math.log(n) for size in sizes for n in range(2, size + 1)]
    logs += [-size * math.log(w) for size, w in zip(sizes, mean, strict=True) if size]
    logs += [-math.log(n) for n in range(2, sum(sizes) + 1)]
    size = math.fsum(map(abs, logs)) + sum(sizes)
    return math.fsum(logs), (LIBRARY + 2 * U) * size


def _factors(chain: Chain, law: BigramLaw) -> tuple[NDArray[np.float64], float]:
    """``g``, the largest 1, and about what it would give if the pairs were independent."""
    own, drawn = law.first[:, None] * chain.transition, law.law
    known = (own > 0) & (drawn > 0)
    logs = np.log(np.divide(own, drawn, out=np.ones_like(own), where=known))
    logs *= _power(chain, law, np.where(known, logs - (own * logs).sum(), 0.0))
    pairs = (chain.length - 1) * own
    log_mean = float((pairs * (logs - logs[own > 0].max())).sum() - (pairs * logs).sum())
    if log_mean < LEAST_LOG:
        logs *= LEAST_LOG / log_mean
    return np.where(own > 0, np.exp(logs - logs[own > 0].max()), 0.0), float((pairs * logs).sum())


def _power(chain: Chain, law: BigramLaw, deviation: NDArray[np.float64]) -> float:
    """The variance that the logarithms' sum would have if the pairs were independent, over the one that it has.

    The best multiple of a function is, to second order, the difference of its means over its variance.
    """
    P, pi = chain.transition, law.first
    own = pi[:, None] * P
    alone = float((own * deviation**2).sum())
    later = np.linalg.pinv(np.eye(chain.vocab) - P + pi) - pi
    together = float((own * deviation).sum(axis=0) @ later @ (P * deviation).sum(axis=1))
    return alone / max(alone + 2 * together, alone / 2) if alone > 0 else 1.0


def _mean_log(chain: Chain, law: BigramLaw, factors: NDArray[np.float64]) -> tuple[float, float]:
    """``sum_i E_q log g(x_i, x_{i+1})``, all of whose terms have one sign, and its absolute error."""
    own = law.first[:, None] * chain.transition
    value = (chain.length - 1) * math.fsum((own[own > 0] * np.log(factors[own > 0])).tolist())
    return value, abs(value) * (law.first_error + gamma(PARAMETER_DEPTH + 4) + LIBRARY) * RAISED
