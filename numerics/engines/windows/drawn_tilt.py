"""KL of a hidden chain's sampler from below, by what drawn sequences tell of its neighbouring tokens.

Let ``f = sum_i log w(x_i, x_{i+1})``, w the ratio of the language's bigrams to those of drawn sequences that are
possible, to some power, and ``g = min(e^f, e^c)`` where ``q(x) > 0``, else 0. Then for any s > 0
(proofs_notes/methods/kl-from-below.md, theorem 1)

    ``D(q||p) >= E_q log g - log E_p g >= E_q f - E_q e^{s (f - c) - 1} / s - log E_p g``,

since ``(f - c)_+ <= e^{s (f - c) - 1} / s``. The means under q are known, the first from the language's bigrams, the
second by messages; ``E_p g`` has a confidence bound, as g lies between 0 and ``e^c``. What w, c and s are is chosen by
one half of the sequences, the bound comes from the other.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ...languages import HMM, Language
from ...languages.bigrams import bigram_law
from ...numbers.enclosure import LIBRARY, RAISED, gamma
from ...numbers.enclosure import UNIT_ROUNDOFF as U
from ..sampled.intervals import mean_at_most
from .hidden import HiddenChain, hidden_chain

__all__ = ["KnownMeans", "Tilt", "kl_by_bigrams", "log_ratio", "operations"]

POWERS = (1.0, 0.75, 0.5, 0.25)
CAPS = (1.0, 2.0, 4.0, 8.0)
"""Standard deviations of f under p, that c lies above its mean under q."""

EXPONENTS = (1.0, 2.0, 4.0, 8.0)
"""Values of s, in inverse standard deviations."""

FEWEST = 8
"""Sequences."""

LARGEST_VOCABULARY = 256
MOST_STAKED = 0.9
LARGEST_LOG = 600.0
TINY = 1e-12


def operations(language: Language) -> float:
    """Estimate for the means under the language; 0 where it is not asked."""
    if not _applies(language):
        return 0.0
    K, V = float(language.hidden_states or 1), language.vocab
    links = float(HMM.of(language).links) if language.is_hidden else K * V
    return len(POWERS) * len(EXPONENTS) * language.length * (V * links + K * V**2 + 2e4)


def _applies(language: Language) -> bool:
    """Whether it is a hidden Markov model or an n-gram, without end weights, of at least two tokens."""
    known = bool(language.hidden_states) and language.is_homogeneous
    return known and language.length >= 2 and language.vocab <= LARGEST_VOCABULARY


def kl_by_bigrams(
    language: Language, tokens: NDArray[np.int64], possible: NDArray[np.bool_], error: float, alpha: float
) -> float:
    """A number that is at most ``D(q||p)`` but for a probability of alpha; 0 if none is found.

    Parameters
    ----------
    language : Language
    tokens : (n, L) int64
        Sequences drawn from the sampler.
    possible : (n,) bool
        Whether ``q(x) > 0``.
    error : float
        Total variation between p and the law drawn from.
    alpha : float

    Notes
    -----
    Cost ``O(n L)``, and ``O(L V (E + K V))`` for each power and exponent, E transitions of K states.
    """
    n = len(tokens)
    if not _applies(language) or n < FEWEST:
        return 0.0
    own, depth = bigram_law(language)
    known = KnownMeans(hidden_chain(language), own, gamma(depth + 4))
    half, quarter = n // 2, n // 4
    trial = tokens[quarter:half], possible[quarter:half]
    power, speed, cap = _best(known, log_ratio(own, tokens[:quarter][possible[:quarter]]), *trial, alpha)
    ratio = log_ratio(own, tokens[:half][possible[:half]])
    tilt = known.tilt(power * ratio, tokens[:half], speed).capped(cap)
    stake = tilt.stake(tokens[:half], alpha, n - half)
    return known.bound(tilt, tokens[half:], possible[half:], stake, error, alpha)


def log_ratio(own: NDArray[np.float64], tokens: NDArray[np.int64]) -> NDArray[np.float64]:
    """``log(b_q / b_p)``, 0 where ``b_q`` is; as many pairs as there are cells are added in q's proportions."""
    V = len(own)
    count = np.bincount((tokens[:, :-1] * V + tokens[:, 1:]).ravel(), minlength=V * V).reshape(V, V)
    drawn = (count + V * V * own) / (count.sum() + V * V)
    return np.log(np.divide(own, drawn, out=np.ones_like(own), where=own > 0))


def _best(
    known: KnownMeans,
    ratio: NDArray[np.float64],
    tokens: NDArray[np.int64],
    possible: NDArray[np.bool_],
    alpha: float,
) -> tuple[float, float, float]:
    """The power, speed and cap of the largest bound."""
    bounds = {}
    for power, speed in itertools.product(POWERS, EXPONENTS):
        uncapped = known.tilt(power * ratio, tokens, speed)
        for cap in CAPS:
            tilt = uncapped.capped(cap)
            stake = tilt.stake(tokens, alpha, len(tokens))
            bounds[power, speed, cap] = known.bound(tilt, tokens, possible, stake, 0.0, alpha)
    return max(bounds, key=bounds.__getitem__)


@dataclass(frozen=True)
class Tilt:
    """A function of neighbouring tokens, and what is known of it under q.

    Attributes
    ----------
    logs : (V, V) float64
        ``log w``.
    mean, mean_error : float
        ``E_q f``.
    deviation : float
        Of f under p, about.
    exponent, moment : float
        s, and ``log E_q e^{s f}``.
    cap : float
        c.
    """

    logs: NDArray[np.float64]
    mean: float
    mean_error: float
    deviation: float
    exponent: float
    moment: float
    cap: float = math.inf

    def capped(self, deviations: float) -> Tilt:
        return replace(self, cap=self.mean + deviations * self.deviation)

    def sums(self, tokens: NDArray[np.int64]) -> NDArray[np.float64]:
        """f of each sequence, less c where that is negative."""
        return np.minimum(_sums(self.logs, tokens) - self.cap, 0.0)

    def stake(self, tokens: NDArray[np.int64], alpha: float, count: int) -> float:
        """Part of the money for ``count`` sequences, by the variance of others."""
        deviation = float(np.exp(self.sums(tokens)).std())
        return min(math.sqrt(2 * math.log(1 / alpha) / count) / max(deviation, TINY), MOST_STAKED)

    @property
    def excess(self) -> float:
        """``E_q e^{s (f - c) - 1} / s``, at least."""
        log = self.moment - self.exponent * self.cap - 1
        return math.exp(log) / self.exponent * RAISED if log < LARGEST_LOG else math.inf


@dataclass(frozen=True)
class KnownMeans:
    """Means under the language.

    Attributes
    ----------
    chain : HiddenChain
    pairs : (V, V) float64
        Its bigrams, within a relative error ``relative``.
    """

    chain: HiddenChain
    pairs: NDArray[np.float64]
    relative: float

    def tilt(self, logs: NDArray[np.float64], tokens: NDArray[np.int64], speed: float) -> Tilt:
        """With an exponent of so much over the standard deviation of f."""
        terms = (self.chain.length - 1) * self.pairs * logs
        error = (self.relative + 4 * U) * math.fsum(np.abs(terms).ravel()) * RAISED
        deviation = max(float(_sums(logs, tokens).std()), TINY)
        exponent = speed / deviation
        moment = self.log_moment(exponent * logs)
        return Tilt(logs, math.fsum(terms.ravel()), error, deviation, exponent, moment)

    def log_moment(self, logs: NDArray[np.float64]) -> float:
        """``log E_q exp(sum_i logs(x_i, x_{i+1}))``, at least."""
        if float(np.abs(logs).max()) > LARGEST_LOG / 4:
            return math.inf
        chain = self.chain
        A, B = chain.transition.T.tocsr(), chain.emission.toarray()
        weights, message, total = np.exp(logs), chain.initial[:, None] * B, 0.0
        for _ in range(chain.length - 1):
            message = (A @ (message @ weights)) * B
            scale = float(message.sum())
            message /= scale
            total += math.log(scale)
        depth = chain.length * (chain.depth_a_step + chain.vocab + float(np.abs(logs).max()) + 20)
        return total + 4 * depth * U + LIBRARY * abs(total)

    def bound(
        self,
        tilt: Tilt,
        tokens: NDArray[np.int64],
        possible: NDArray[np.bool_],
        stake: float,
        error: float,
        alpha: float,
    ) -> float:
        """From sequences that have no part in the tilt and the stake."""
        L = self.chain.length
        g = np.where(possible, np.exp(tilt.sums(tokens)), 0.0)
        most = min(mean_at_most(g, 1.0, stake, alpha) + error, 1.0)
        rounding = tilt.mean_error + 4 * (LIBRARY + L * U) * (1 + abs(tilt.cap) + L * float(np.abs(tilt.logs).max()))
        return max(tilt.mean - tilt.cap - tilt.excess - math.log(most) - rounding, 0.0)


def _sums(logs: NDArray[np.float64], tokens: NDArray[np.int64]) -> NDArray[np.float64]:
    return np.asarray(logs[tokens[:, :-1], tokens[:, 1:]].sum(axis=1))
