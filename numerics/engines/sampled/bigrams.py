"""How far the pooled bigrams of drawn sequences are from the language's (definitions.md#quantities).

Each sequence has a bigram law of its own, ``F(u, v)``, the shares of its ``L - 1`` neighbouring pairs, and p's pooled
law is their expectation. Pairs of one sequence depend on each other, sequences do not; so the intervals are those of
means of whole vectors (:func:`~.intervals.total_variation_radius`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...instances import Instance
from ...languages import HMM, Language, NGram, Tabular
from ...languages.bigrams import bigram_law
from ...numbers.enclosure import UNIT_ROUNDOFF, Enclosure, gamma, minus_log
from ...numbers.probabilities import PARAMETER_DEPTH
from ..workspace import Workspace
from .intervals import Interval, empirical_bernstein, entropy_modulus, total_variation_radius
from .tally import Collector, obstacle, settled

__all__ = ["bigram_kl_rate", "bigram_obstacle", "bigram_tv_rate"]

CELLS_AT_ONCE = 1 << 22
LARGEST_VOCABULARY = 2048


def bigram_obstacle(instance: Instance) -> str | None:
    """None where sequences are complete, have two tokens, and the language's own bigrams are known."""
    if instance.length < 2:
        return "a bigram needs a length of at least 2"
    if instance.off_support == "stop":
        return "the rule stop leaves sequences unfinished, so p is no law of complete sequences"
    if instance.vocab > LARGEST_VOCABULARY:
        return f"more than {LARGEST_VOCABULARY} tokens make too many pairs"
    return obstacle(instance) if _known(instance.language) else "the language's own bigrams need a table"


def _known(language: Language) -> bool:
    return _known(language.unit) if language.is_product else isinstance(language, HMM | NGram | Tabular)


def bigram_tv_rate(work: Workspace) -> Enclosure:
    """``sum_u p(u) TV(p(.|u), P(u, .))``, which is the sum of the positive ``G = p(u, v) - p(u) P(u, v)``.

    G is an expectation, so the largest sum over any cells is known to within the radius of G.
    """
    return settled(work, work.once(BigramTally), lambda drawn, count, alpha: drawn.upto(count).tv_rate(alpha))


def bigram_kl_rate(work: Workspace) -> Enclosure:
    """``sum p(u, v) log(p(v|u) / P(u, v))``: a mean of ``-log P`` less an entropy of p's bigrams.

    With a third of alpha each: the mean by empirical Bernstein; the entropy to within its modulus of continuity at the
    radius of F; from below also ``2 TV^2`` of the TV rate (Pinsker). The modulus costs most: at a radius r the interval
    is wider than ``2 h(r)``. One drawn pair that P forbids makes the rate infinite for certain; where P forbids pairs
    and none is drawn, it may be infinite.
    """
    return settled(work, work.once(BigramTally), lambda drawn, count, alpha: drawn.upto(count).kl_rate(alpha))


@dataclass(frozen=True)
class Pooled:
    """The first n sequences.

    Attributes
    ----------
    count : int
    pairs : (V, V) float64
        The mean of F.
    expected : (V, V) float64
        P, of relative error ``error``.
    surprisal : (n,) float64
        ``sum F log(1/P)`` of each sequence, 0 where P is.
    of_shares, of_excess : (m, 2) float64
        Of disjoint pairs of sequences: the squared distance and the total variation between their F, and their G.
    error : float
    drawn_error : float
        Total variation between p and the law drawn from.
    """

    count: int
    pairs: NDArray[np.float64]
    expected: NDArray[np.float64]
    surprisal: NDArray[np.float64]
    of_shares: NDArray[np.float64]
    of_excess: NDArray[np.float64]
    error: float
    drawn_error: float

    def tv_rate(self, alpha: float) -> Interval:
        excess = self.pairs - self.pairs.sum(axis=1, keepdims=True) * self.expected
        value = math.fsum(np.maximum(excess, 0.0).reshape(-1))
        # Sums over cells of G = F - F(u) P vary from -1 to 1.
        radius = self._radius(self.of_excess, 2.0, alpha) + self.error + 8 * self.pairs.size * UNIT_ROUNDOFF
        return value, max(value - radius, 0.0), min(value + radius, 1.0)

    def kl_rate(self, alpha: float) -> Interval:
        possible, seen = self.expected > 0, self.pairs > 0
        if (seen & ~possible).any():
            return math.inf, math.inf, math.inf
        V = len(self.pairs)
        most = minus_log(float(self.expected[possible].min()))[1]
        mean, low, high = empirical_bernstein(self.surprisal, 0.0, most, alpha / 3)
        spread = most * self.drawn_error + 2 * self.error + 16 * self.pairs.size * UNIT_ROUNDOFF * (most + 1)
        share = self.pairs / np.where(seen, self.pairs.sum(axis=1, keepdims=True), 1.0)
        entropy = -math.fsum((self.pairs[seen] * np.log(share[seen])).tolist())
        moved = entropy_modulus(self._radius(self.of_shares, 1.0, alpha / 3), V)
        tv = self.tv_rate(alpha / 3)[1]
        least = max(2 * tv**2 * (1 - gamma(4)), low - spread - min(entropy + moved, math.log(V)), 0.0)
        if not possible.all():
            return max(mean - entropy, least), least, math.inf
        return mean - entropy, least, high + spread - max(entropy - moved, 0.0)

    def _radius(self, between: NDArray[np.float64], most: float, alpha: float) -> float:
        if len(between) < 2:
            return most
        found = total_variation_radius(self.count, between[:, 0], between[:, 1], most, self.pairs.size + 1, alpha)
        return min(found, most) + most * self.drawn_error


class BigramTally(Collector):
    """Sums over sequences of their bigram laws, and how much these vary from one sequence to the next."""

    def __init__(self, work: Workspace) -> None:
        super().__init__(work)
        language = work.instance.language
        self._expected, self._error = _conditionals(language)
        self._surprisals = -np.log(np.where(self._expected > 0, self._expected, 1.0)).reshape(-1)
        self._counts = np.zeros((language.vocab,) * 2, dtype=np.int64)
        self._parts: list[tuple[NDArray[np.float64], ...]] = []
        self._left: NDArray[np.int64] = np.empty((0, language.length), dtype=np.int64)
        self._drawn = 0
        self._found: dict[int, Pooled] = {}

    @property
    def nanoseconds(self) -> float:
        instance = self.sampler.instance
        return self.sampler.nanoseconds + 10.0 * instance.length + 20.0 * instance.vocab**2

    def upto(self, count: int) -> Pooled:
        """The first ``count`` sequences; the counts asked for must rise, but for repetitions."""
        if count not in self._found:
            while self._drawn < count:
                if not len(self._left):
                    self._left = self.drawn(count - self._drawn).tokens
                rows = min(len(self._left), count - self._drawn, max(2, CELLS_AT_ONCE // self._counts.size))
                self._add(self._left[:rows])
                self._left = self._left[rows:]
            surprisal, shares, excess = (np.concatenate(parts) for parts in zip(*self._parts, strict=True))
            self._parts = [(surprisal, shares, excess)]
            pairs = self._counts / (self._drawn * (self.sampler.instance.length - 1))
            error = self.sampler.error
            self._found[count] = Pooled(count, pairs, self._expected, surprisal, shares, excess, self._error, error)
        return self._found[count]

    def _add(self, tokens: NDArray[np.int64]) -> None:
        n, L, V = *tokens.shape, len(self._counts)
        codes = tokens[:, :-1] * V + tokens[:, 1:] + np.arange(n)[:, None] * V * V
        counts = np.bincount(codes.reshape(-1), minlength=n * V * V).reshape(n, V, V)
        self._counts += counts.sum(axis=0)
        between = (counts[0 : n - 1 : 2] - counts[1:n:2]) / (L - 1)
        excess = between - between.sum(axis=2, keepdims=True) * self._expected
        surprisal = counts.reshape(n, -1) @ self._surprisals / (L - 1)
        self._parts.append((surprisal, _sizes(between), _sizes(excess)))
        self._drawn += n


def _sizes(between: NDArray[np.float64]) -> NDArray[np.float64]:
    """Squared length and half the absolute sum of each of n arrays, shape (n, 2).

    With one more cell that makes the sum zero: it differs where q never shows a token, which has no row in P.
    """
    flat = between.reshape(len(between), math.prod(between.shape[1:]))
    rest = flat.sum(axis=1)
    return np.stack([(flat**2).sum(axis=1) + rest**2, (np.abs(flat).sum(axis=1) + np.abs(rest)) / 2], axis=1)


def _conditionals(language: Language) -> tuple[NDArray[np.float64], float]:
    """The bigram law that p's is compared with (definitions.md#quantities): the transition matrix of a homogeneous
    chain, or else q's own; relative error.
    """
    if language.is_markov and language.is_homogeneous:
        return language.chain()[1], gamma(PARAMETER_DEPTH)
    pairs, depth = bigram_law(language)
    total = pairs.sum(axis=1, keepdims=True)
    return np.divide(pairs, total, out=np.zeros_like(pairs), where=total > 0), gamma(2 * depth + language.vocab + 1)
