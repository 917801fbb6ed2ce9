"""PATH_KL of given reveal times at length, from what the tokens of one step tell of each other, on drawn sequences.

Put the positions into an order: by their steps, those of one step at random. With R the positions of earlier steps and
S those of the same step that come before, PATH_KL of the exact denoiser is the sum over m of ``E I(X_i; X_S | X_R)``, i
the m-th position, by the chain rule within each step. So a uniform m, drawn
sequences, and the mean over all positions that could be the m-th as well (those of the step, and all others under an
exchangeable policy) give L times

    ``D(q(x_i | x_R, x_S) || q(x_i | x_R))``  or  ``J(x_R) - J(x_R, x_S)``,

J the information of the state at i about the token, what it tells less what it still tells: two variables with one
mean. The first is never negative, and at most the largest divergence of two of the state's laws of the token; the
second is within the capacity of the channel from the state to the token, which may be far less. So each mixture of them
is bounded on both sides, and its mean lies in the interval of bets on it (:func:`.mean_at_least`,
:func:`.mean_at_most`). They vary in large part independently: half of each has some two thirds of the variance of
either.

The m is not quite uniform: early steps and large S tell more (:class:`Tilt`, weighed). What the tilt itself expects of
an m, weighed, less its sum over all m of the row is a third variable, of mean zero given the reveal times; some of it
is taken off. Which mixture, how much, and the stakes come from other sequences. The sequences come from the chain
without what hardly ever happens (:mod:`.layers`), and the interval is widened by what that may change.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ..._kernels.layers import ADDED, ASKED, REVEALED
from ...errors import BeyondReach
from ...instances import Instance
from ...languages.chains import ChainLanguage
from ...numbers.enclosure import RAISED, Enclosure
from ...policies import GivenTimes
from ..needs import EXACT_DENOISER, GIVEN_TIMES
from ..progress import reached
from ..sampled.intervals import mean_at_least, mean_at_most
from ..sampled.tally import MOST
from ..workspace import Cost, Workspace
from .hidden import HiddenChain, hidden_chain
from .layers import BYTES_A_LINK, Layers, layered, told

__all__ = ["correlations_cost", "correlations_obstacle", "path_kl_of_steps"]

PILOT = 4096
"""Sequences from which the stakes, and the number of further ones, are found."""

FEWEST = 512
"""Further sequences, without which a run is not worth its time."""

LOOKED_AT = 32
"""Positions at most, of one sequence: their divergences come from the same shifts."""

STAKES = (0.25, 0.5, 1.0, 2.0)
"""Stakes that are tried, beside the best one were the mean of a mixture normal."""

LARGEST_STAKE = 0.95
SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)
"""Of the second variable in a mixture."""

BATCH = 8192


def correlations_obstacle(instance: Instance) -> str | None:
    """None for chains under the exact denoiser and a policy of given reveal times."""
    if instance.language.hidden_states is None:
        return "the language is neither a hidden Markov model nor an n-gram"
    return GIVEN_TIMES(instance) or EXACT_DENOISER(instance)


def correlations_cost(instance: Instance) -> Cost:
    """The fewest sequences that are worth drawing, were no transition negligible."""
    language, L, V = instance.language, instance.length, instance.vocab
    if language.hidden_states is None:
        return Cost(math.inf, math.inf)
    states, links = float(language.hidden_states), float(ChainLanguage.of(language).links)
    operations = (2 * PILOT + FEWEST) * L * (links + 3 * states + 200) + 10 * L * links
    return Cost(operations, 2 * BYTES_A_LINK * L * links + 24 * L * states + 8 * states * V)


@dataclass
class StepCorrelations:
    """Draws the variables, L times each.

    Parameters
    ----------
    instance : Instance
    listed : Layers
    """

    instance: Instance
    listed: Layers

    @property
    def nanoseconds(self) -> float:
        """Of one sequence."""
        states, links = len(self.listed.shape), len(self.listed.probabilities)
        return links + 3 * states + 200 * self.instance.length

    def drawn(self, count: int, seed: list[int], tilt: Tilt) -> NDArray[np.float64]:
        """The two variables, and the third, of mean zero; shape (count, 3), in nats."""
        found = np.empty((count, 3))
        for k, at in enumerate(range(0, count, BATCH)):
            rng = np.random.default_rng([*seed, k])
            part, weight, centred = self._parts(min(BATCH, count - at), rng, tilt)
            found[at : at + BATCH, :2] = told(self.listed, part, rng)[:, :2] * weight[:, None]
            found[at : at + BATCH, 2] = centred
            reached(min(at + BATCH, count), count)
        return found

    def _parts(
        self, count: int, rng: np.random.Generator, tilt: Tilt
    ) -> tuple[NDArray[np.int8], NDArray[np.float64], NDArray[np.float64]]:
        """Which positions are in R, in S, and are looked at; one over the probability of the m; the third variable."""
        policy, L = GivenTimes.of(self.instance.policy), self.instance.length
        tau = policy.reveal_times(rng.random((count, L)))
        order = np.argsort(tau + rng.random((count, L)), axis=1)
        step = np.take_along_axis(tau, order, axis=1)
        # By rank: how many are of earlier steps, and how many of the same step come before.
        new = np.ones(step.shape, dtype=bool)
        new[:, 1:] = step[:, 1:] != step[:, :-1]
        before = np.maximum.accumulate(np.where(new, np.arange(L), 0), axis=1)
        expected = tilt.expected(before, np.arange(L) - before)
        law = tilt.law(expected)
        total = np.cumsum(law, axis=1)
        m = np.minimum((total < rng.random((count, 1)) * total[:, -1:]).sum(axis=1), L - 1)[:, None]
        weight = total[:, -1] / np.maximum(np.take_along_axis(law, m, axis=1)[:, 0], np.finfo(float).tiny)
        weight = np.where(total[:, -1] > 0, weight, 0.0)
        centred = expected.sum(axis=1) - weight * np.take_along_axis(expected, m, axis=1)[:, 0]
        part = np.full((count, L), ASKED + 1, dtype=np.int8)
        rank, R = np.arange(L), np.take_along_axis(before, m, axis=1)
        same = step == np.take_along_axis(step, m, axis=1)
        asked = (rank >= m) & (rank < m + LOOKED_AT) & (same | policy.exchangeable)
        by_rank = np.where(rank < R, REVEALED, np.where(rank < m, ADDED, np.where(asked, ASKED, ASKED + 1)))
        np.put_along_axis(part, order, by_rank.astype(np.int8), axis=1)
        return part, weight, centred


@dataclass(frozen=True)
class Tilt:
    """Which m are picked: half of them evenly among those with an S, half as ``s^power e^(-decay r / L)``.

    So no sequence counts more than twice as much as it would with an even m, or than what is expected of all m.
    """

    power: float = 0.0
    decay: float = 0.0

    def expected(self, r: NDArray[np.int64], s: NDArray[np.int64]) -> NDArray[np.float64]:
        """By row and rank, with r positions of earlier steps and s of the same step before; 0 without an S."""
        told: NDArray[np.float64] = np.maximum(s, 1) ** self.power * np.exp(-self.decay * r / r.shape[1])
        return np.where(s > 0, told, 0.0)

    def most(self, length: int) -> float:
        """The sum of a row, at most: s is less than the rank."""
        return float((np.arange(1.0, length) ** self.power).sum())

    @staticmethod
    def law(expected: NDArray[np.float64]) -> NDArray[np.float64]:
        """By row and rank; rows sum to 1, or 0 without any S."""
        some = (expected > 0).astype(np.float64)
        each = [law / np.maximum(law.sum(axis=1, keepdims=True), np.finfo(float).tiny) for law in (some, expected)]
        return (each[0] + each[1]) / 2


TILTS = (Tilt(), Tilt(1, 0), Tilt(1, 2), Tilt(1, 4), Tilt(1, 8))
HEAVIEST = 2.0
"""Weight of a sequence, at most, and of what is expected of it."""


@dataclass(frozen=True)
class Mixture:
    """A mean of the two variables, and some of the third.

    Attributes
    ----------
    share : float
        Of the second variable.
    centred : float
        How much of the third, at least 0.
    """

    share: float
    centred: float

    def of(self, found: NDArray[np.float64]) -> NDArray[np.float64]:
        return (1 - self.share) * found[:, 0] + self.share * found[:, 1] + self.centred * found[:, 2]

    @classmethod
    def fitted(cls, share: float, found: NDArray[np.float64]) -> Mixture:
        """With as much of the third variable as makes the variance least."""
        varies = float(found[:, 2].var())
        if varies == 0.0:
            return cls(share, 0.0)
        mixed = cls(share, 0.0).of(found)
        return cls(share, max(-float(((mixed - mixed.mean()) * found[:, 2]).mean()) / varies, 0.0))


@dataclass(frozen=True)
class _Range:
    """Bounds of the three variables; the last two are as far below zero as above."""

    divergence: float
    information: float
    centred: float

    def lowest(self, mixture: Mixture) -> float:
        return -(mixture.share * self.information + mixture.centred * self.centred)

    def highest(self, mixture: Mixture) -> float:
        first = (1 - mixture.share) * self.divergence if mixture.share < 1 else 0.0
        return first - self.lowest(mixture)


def _correlations(work: Workspace) -> StepCorrelations:
    return StepCorrelations(work.instance, work.once_for_policies(_layers))


def _layers(work: Workspace) -> Layers:
    return layered(work.once_for_policies(_chain))


def _chain(work: Workspace) -> HiddenChain:
    return hidden_chain(work.instance.language)


def path_kl_of_steps(work: Workspace) -> Enclosure:
    """PATH_KL of the exact denoiser, in nats."""
    request, instance = work.request, work.instance
    if _largest_step(instance) < 2:
        return Enclosure(0.0, 0.0, 0.0, "exact")
    able = int(min(MOST, request.seconds * 1e9 / (drawn := work.once(_correlations)).nanoseconds))
    if request.samples is not None and request.samples > able:
        needed = request.samples * drawn.nanoseconds / 1e9
        raise BeyondReach(
            f"{request.samples} sequences of {instance.name} would take about {needed:.3g} s; there are "
            f"{request.seconds:.3g} s, and at most {MOST} sequences are drawn"
        )
    L, alpha = instance.length, (1 - request.confidence) / 2
    doubt = L * drawn.listed.moved()
    tilt = min(TILTS, key=lambda tilt: _variance(drawn.drawn(PILOT // 4, [request.seed, 0], tilt)))
    each = HEAVIEST * L * RAISED
    bounds = _Range(each * drawn.listed.divergence(), each * drawn.listed.capacity(), tilt.most(L) * RAISED)
    bets = _Bets(drawn.drawn(PILOT, [request.seed, 1], tilt), bounds, alpha)
    count = request.samples or bets.count(request.width, max(able - 2 * PILOT, FEWEST))
    lower, upper = bets.lower(count), bets.upper(count)
    found = drawn.drawn(count, [request.seed, 2], tilt)
    mixed = lower.mixture.of(found)
    value, error = float(mixed.mean()), float(mixed.std()) / math.sqrt(count)
    hi = upper.end(found, alpha) * (1 + 8 * drawn.listed.error) + doubt
    lo = max(lower.end(found, alpha) - 8 * drawn.listed.error * hi - doubt, 0.0)
    note = f"{count} sequences, seed {request.seed}; standard error {error:.2g}"
    return Enclosure(min(max(value, lo), hi), lo, hi, "statistical", confidence=request.confidence, note=note)


def _variance(found: NDArray[np.float64]) -> float:
    return float(Mixture.fitted(0.5, found).of(found).var())


@dataclass(frozen=True)
class _Bet:
    """On the mean of a mixture, against its being lower than an end, or higher, with this stake."""

    mixture: Mixture
    bound: float
    stake: float
    above: bool

    def end(self, found: NDArray[np.float64], alpha: float) -> float:
        mixed = self.mixture.of(found)
        if self.above:
            return mean_at_most(mixed, self.bound, self.stake, alpha)
        return mean_at_least(mixed - self.bound, self.stake, alpha) + self.bound


@dataclass
class _Bets:
    """Bets for further sequences, and the width to expect of so many, from a few."""

    pilot: NDArray[np.float64]
    bounds: _Range
    alpha: float

    @cached_property
    def _mixtures(self) -> list[Mixture]:
        """Of finite range above."""
        found = [Mixture.fitted(share, self.pilot) for share in SHARES]
        return [one for one in found if math.isfinite(self.bounds.highest(one))]

    def lower(self, count: int) -> _Bet:
        mixture = min(self._mixtures, key=lambda one: float(one.of(self.pilot).var()))
        return min(self._bets(mixture, count, False), key=lambda bet: self._gap(bet, count))

    def upper(self, count: int) -> _Bet:
        bets = [bet for mixture in self._mixtures for bet in self._bets(mixture, count, True)]
        return min(bets, key=lambda bet: self._gap(bet, count))

    def _bets(self, mixture: Mixture, count: int, above: bool) -> list[_Bet]:
        mixed = mixture.of(self.pilot)
        bound = self.bounds.highest(mixture) if above else self.bounds.lowest(mixture)
        unit = bound if above else float(mixed.mean()) - bound
        varies = max(float(mixed.var()), np.finfo(float).tiny)
        best = unit * math.sqrt(2 * math.log(1 / self.alpha) / (count * varies))
        return [_Bet(mixture, bound, min(part * best, LARGEST_STAKE), above) for part in STAKES]

    def _gap(self, bet: _Bet, count: int) -> float:
        """From the mean to its end: the bound of so few at this alpha is what the count would have at the true one."""
        end = bet.end(self.pilot, self.alpha ** (len(self.pilot) / count))
        return abs(end - float(bet.mixture.of(self.pilot).mean()))

    def count(self, width: float, able: int) -> int:
        """As many as this relative width needs, by the pilot, but no more than there is time for."""
        count, allowed = FEWEST, 0.95 * width * float(self.pilot[:, 0].mean())
        while count < able and self._width(count) > allowed:
            count *= 2
        while count > FEWEST and self._width(count * 7 // 8) <= allowed:
            count = count * 7 // 8
        return min(count, able)

    def _width(self, count: int) -> float:
        return self._gap(self.lower(count), count) + self._gap(self.upper(count), count)


def _largest_step(instance: Instance) -> int:
    """Tokens that a step reveals at most."""
    policy = instance.policy
    sizes = policy.random_sizes or (None if policy.sets is None else [len(chosen) for chosen in policy.sets])
    return instance.length if sizes is None else max(sizes)
