"""Distances of the sampler's neighbouring tokens from the language's (definitions.md#bigram_kl_rate)."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from ..engines.law import Law
from ..engines.workspace import Workspace
from ..instances import Instance
from ..numbers.enclosure import RAISED, UNIT_ROUNDOFF, Enclosure, gamma
from ..numbers.probabilities import PARAMETER_DEPTH
from .method import methods_by_law, unfinished
from .summation import sum_of_logs

__all__ = ["METHODS", "pooled_bigrams", "rates"]


def pooled_bigrams(law: NDArray[np.float64], vocab: int, length: int) -> NDArray[np.float64]:
    """Average over ``i = 1..L-1`` of the joint law of tokens i and i+1, shape (V, V), from a table of ``V^L``."""
    pooled = np.zeros((vocab, vocab))
    for i in range(length - 1):
        pooled += law.reshape(vocab**i, vocab, vocab, -1).sum(axis=(0, 3))
    return pooled / (length - 1)


def rates(
    pairs: NDArray[np.float64], reference: NDArray[np.float64], pair_error: float, reference_error: float
) -> tuple[Enclosure, Enclosure]:
    """The KL and the TV rate of a bigram law against conditionals.

    Parameters
    ----------
    pairs : (V, V) float64
        ``p(u, v)``, of relative error ``pair_error``.
    reference : (V, V) float64
        ``P(u, v)``, of relative error ``reference_error``.

    Returns
    -------
    kl_rate, tv_rate : Enclosure
        ``sum p(u,v) log(p(v|u)/P(u,v))`` in nats and ``sum_u p(u) TV(p(.|u), P(u,.))``.
    """
    total = pairs.sum(axis=1, keepdims=True)
    # A row sum adds V roundings of its own to the relative error it inherits.
    row_error = pair_error + gamma(pairs.shape[1])
    expected = total * reference
    # The positive part, so that a token that q never shows is at distance 1 from its missing row.
    excess = math.fsum(np.maximum(pairs - expected, 0.0).reshape(-1))
    tv_error = (pair_error + row_error + reference_error) * RAISED + 6 * UNIT_ROUNDOFF
    tv = Enclosure.around(excess, tv_error, least=0.0, most=1.0)
    if ((pairs > 0) & (reference == 0)).any():
        return Enclosure.around(math.inf, 0.0), tv
    on = pairs > 0
    # Not by the product, which may leave the range of float64 where both factors are small.
    ratio = (pairs / np.where(total > 0, total, 1.0))[on] / reference[on]
    ratio_error = (pair_error + row_error + reference_error + 4 * UNIT_ROUNDOFF) * RAISED
    value, error = sum_of_logs(pairs[on], ratio, pair_error, ratio_error)
    return Enclosure.around(value, error, least=0.0), tv


def _obstacle(instance: Instance) -> str | None:
    if instance.length < 2:
        return "a bigram needs a length of at least 2"
    return unfinished(instance)


def _reference(work: Workspace, law: Law) -> tuple[NDArray[np.float64], float]:
    """Conditionals to compare with: the transition matrix of a homogeneous chain, or else q's own pooled bigrams'."""
    language = work.instance.language
    if language.is_markov and language.is_homogeneous:
        return language.chain()[1], gamma(PARAMETER_DEPTH)
    pairs = pooled_bigrams(law.q, law.vocab, law.length)
    total = pairs.sum(axis=1, keepdims=True)
    depth = law.q_depth + law.q.size + law.length + 1
    return np.divide(pairs, total, out=np.zeros_like(pairs), where=total > 0), gamma(2 * depth + law.vocab + 1)


def _rates(work: Workspace, law: Law) -> tuple[Enclosure, Enclosure]:
    reference, reference_error = _reference(work, law)
    pairs = pooled_bigrams(law.p, law.vocab, law.length)
    return rates(pairs, reference, gamma(law.p_depth + law.p.size + law.length + 1), reference_error)


METHODS = (
    *methods_by_law("bigram_kl_rate", lambda work, law: _rates(work, law(work))[0], _obstacle),
    *methods_by_law("bigram_tv_rate", lambda work, law: _rates(work, law(work))[1], _obstacle),
)
