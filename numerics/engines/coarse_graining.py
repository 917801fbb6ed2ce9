"""KL from below, at any length: what a yes-or-no question tells of two laws, or what their bigrams do.

For every set T of sequences ``D(q||p) >= d(q(T) || p(T))``, the divergence of two coins (data processing). T holds the
sequences that are likely enough: ``-log q(x) <= c``, with c = infinity for the support, where ``q(T) = 1`` and the
bound is ``-log(1 - SER)`` (sequence-error/from-kl). c is chosen on one half of the sequences; on the other half the two
probabilities have Clopper-Pearson intervals. No such bound exceeds the logarithm of the number of sequences.
Bigrams are asked (``windows.drawn_tilt``) where the language is a hidden chain; each way has half of what may go wrong.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from ..instances import Instance
from ..numbers.enclosure import LIBRARY, UNIT_ROUNDOFF, gamma
from ..sampling.sampler import obstacle, sampler_for
from .sampled.intervals import clopper_pearson
from .windows import drawn_tilt
from .workspace import Cost, Request

__all__ = ["cost", "kl_from_below", "obstacle"]

FEWEST = 200
MOST = 20_000
"""Sequences of each law: more add little, since the bound grows with their logarithm."""

SHARE = 0.4
"""Of the time asked for."""

LEVELS = np.arange(1, 20) / 20
"""Shares of q that the candidates for T hold, beside the support."""


def cost(instance: Instance) -> Cost:
    """The fewest sequences that are worth drawing."""
    sampler = sampler_for(instance)
    operations = FEWEST * sampler.nanoseconds + drawn_tilt.operations(instance.language)
    return Cost(operations, sampler.bytes + 100.0 * MOST * instance.length)


def kl_from_below(instance: Instance, request: Request) -> tuple[float, str]:
    """A number that is at most ``D(q||p)`` but for a probability of ``1 - confidence``, and what it rests on."""
    sampler, language = sampler_for(instance), instance.language
    able = request.seconds * SHARE * 1e9 / sampler.nanoseconds
    half = max(2, (request.samples or int(min(MOST, max(FEWEST, able)))) // 2)
    chunks = list(sampler.chunks(request.seed, 2 * half))
    possible = np.concatenate([chunk.possible for chunk in chunks])
    tokens = np.concatenate([chunk.tokens for chunk in chunks])
    drawn = np.full(2 * half, math.inf)
    drawn[possible] = -language.log_prob(tokens[possible])
    right = -language.log_prob(language.sample(2 * half, np.random.default_rng([request.seed, 0, 1])))
    alpha = (1 - request.confidence) / 2
    error = gamma(language.depth) + 2 * instance.length * instance.vocab * UNIT_ROUNDOFF
    c = _best(right[:half], drawn[:half], alpha)
    lo = _bound(right[half:], drawn[half:], c, alpha, error, sampler.error)
    question = "whether q(x) > 0" if c == math.inf else f"whether -log q(x) <= {c:.4g}"
    tilted = drawn_tilt.kl_by_bigrams(language, tokens, possible, sampler.error, alpha)
    if tilted > lo:
        return tilted, f"{2 * half} sequences, seed {request.seed}, by their bigrams"
    return lo, f"{half} sequences of each law, seed {request.seed}, by {question}"


def _best(right: NDArray[np.float64], drawn: NDArray[np.float64], alpha: float) -> float:
    """The threshold of the largest bound."""
    candidates = [math.inf, *np.quantile(right, LEVELS).tolist()]
    return max(candidates, key=lambda c: _bound(right, drawn, c, alpha, 0.0, 0.0))


def _bound(
    right: NDArray[np.float64], drawn: NDArray[np.float64], c: float, alpha: float, right_error: float, error: float
) -> float:
    """``d(q(T) || p(T))`` at the ends of the intervals that are nearest to each other."""
    under_q = 1.0
    if c < math.inf:
        under_q = max(clopper_pearson(int((right <= c).sum()), len(right), alpha)[1] - right_error, 0.0)
    # The infinite scores of impossible sequences are at most infinity.
    hits = int((drawn <= c).sum()) if c < math.inf else int(np.isfinite(drawn).sum())
    under_p = min(clopper_pearson(hits, len(drawn), alpha)[2] + error, 1.0)
    return _coins(under_q, under_p) if under_q > under_p else 0.0


def _coins(a: float, b: float) -> float:
    """A lower bound of ``a log(a/b) + (1-a) log((1-a)/(1-b))`` for a > b.

    Each logarithm is within ``LIBRARY`` of its size, and its argument within three roundings, which move it by as much.
    """
    heads = a * math.log(a / b) if b > 0 else math.inf
    tails = (1 - a) * math.log((1 - a) / (1 - b)) if a < 1 else 0.0
    rounded = 2 * LIBRARY * (1 + abs(heads) + abs(tails)) if b > 0 else 0.0
    return max(heads + tails - rounded, 0.0)
