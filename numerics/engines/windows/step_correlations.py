"""PATH_KL of given reveal times at length, from what the tokens of one step tell of each other, on drawn sequences.

Put the positions into an order: by their steps, those of one step at random. With R the positions of earlier steps and
S those of the same step that come before, PATH_KL of the exact denoiser is the sum over m of ``E I(X_i; X_S | X_R)``, i
the m-th position, by the chain rule within each step. So a uniform m, drawn sequences, and the mean over all positions
that could be the m-th as well (those of the step, and all others under an exchangeable policy) give L times

    ``D(q(x_i | x_R, x_S) || q(x_i | x_R))``,

which is never negative, or L times the difference ``J(x_R) - J(x_R, x_S)``, J the information of the state at i about
the token, whose mean is the same: what the state tells, less what it still tells. J is at most the capacity C of the
channel from the state to the token, which may be far less than the largest divergence of two of its rows. So the first
has no rare small values and the second no rare large ones, and each gives the end of the interval that this helps
(:func:`.mean_at_least`, :func:`.mean_at_most`; the stakes come from other sequences).

The m is not quite uniform: early steps and large S tell more (:class:`Tilt`, weighed). The sequences come from the
chain without what hardly ever happens (:mod:`.layers`), and the interval is widened by what that may change.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..._kernels.layers import ADDED, ASKED, REVEALED
from ...errors import BeyondReach
from ...instances import Instance
from ...languages.chains import ChainLanguage
from ...numbers.enclosure import RAISED, Enclosure
from ...policies import GivenTimes
from ..needs import EXACT_DENOISER, GIVEN_TIMES
from ..sampled.intervals import mean_at_least, mean_at_most
from ..sampled.tally import MOST
from ..workspace import Cost, Workspace
from .hidden import HiddenChain, hidden_chain
from .layers import BYTES_A_LINK, Layers, layered, told

__all__ = ["correlations_cost", "correlations_obstacle", "path_kl_of_steps"]

PILOT = 2048
"""Sequences from which the stakes, and the number of further ones, are found."""

FEWEST = 512
"""Further sequences, without which a run is not worth its time."""

LOOKED_AT = 16
"""Positions at most, of one sequence: their divergences come from the same shifts."""

STAKES = 0.95 / 2.0 ** np.arange(16)
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
    operations = (2 * PILOT + FEWEST) * L * (2 * links + 3 * states + 200) + 10 * L * links
    return Cost(operations, 2 * BYTES_A_LINK * L * links + 24 * L * states + 8 * states * V)


@dataclass
class StepCorrelations:
    """Draws the two variables, L times the mean of each.

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
        return 2 * links + 3 * states + 200 * self.instance.length

    def drawn(self, count: int, seed: list[int], tilt: Tilt) -> NDArray[np.float64]:
        """The two variables, shape (count, 2), in nats."""
        found = np.empty((count, 2))
        for k, at in enumerate(range(0, count, BATCH)):
            rng = np.random.default_rng([*seed, k])
            part, weight = self._parts(min(BATCH, count - at), rng, tilt)
            found[at : at + BATCH] = told(self.listed, part, rng)[:, :2] * weight[:, None]
        return found

    def _parts(self, count: int, rng: np.random.Generator, tilt: Tilt) -> tuple[NDArray[np.int8], NDArray[np.float64]]:
        """Which positions are in R, in S, and are looked at; and one over the probability of the m."""
        policy, L = GivenTimes.of(self.instance.policy), self.instance.length
        tau = policy.reveal_times(rng.random((count, L)))
        order = np.lexsort((rng.random((count, L)), tau), axis=-1)
        step = np.take_along_axis(tau, order, axis=1)
        # By rank: how many are of earlier steps, and how many of the same step come before.
        new = np.ones(step.shape, dtype=bool)
        new[:, 1:] = step[:, 1:] != step[:, :-1]
        before = np.maximum.accumulate(np.where(new, np.arange(L), 0), axis=1)
        law = tilt.law(before, np.arange(L) - before)
        total = np.cumsum(law, axis=1)
        m = np.minimum((total < rng.random((count, 1)) * total[:, -1:]).sum(axis=1), L - 1)[:, None]
        weight = total[:, -1] / np.maximum(np.take_along_axis(law, m, axis=1)[:, 0], np.finfo(float).tiny)
        part = np.full((count, L), ASKED + 1, dtype=np.int8)
        rank, R = np.arange(L), np.take_along_axis(before, m, axis=1)
        same = step == np.take_along_axis(step, m, axis=1)
        asked = (rank >= m) & (rank < m + LOOKED_AT) & (same | policy.exchangeable)
        by_rank = np.where(rank < R, REVEALED, np.where(rank < m, ADDED, np.where(asked, ASKED, ASKED + 1)))
        np.put_along_axis(part, order, by_rank.astype(np.int8), axis=1)
        return part, np.where(total[:, -1] > 0, weight, 0.0)


@dataclass(frozen=True)
class Tilt:
    """Which m are picked: half of them evenly among those with an S, half as ``s^power e^(-decay r / L)``.

    So no sequence counts more than twice as much as it would with an even m.
    """

    power: float = 0.0
    decay: float = 0.0

    def law(self, r: NDArray[np.int64], s: NDArray[np.int64]) -> NDArray[np.float64]:
        """By row, with positions of earlier steps and of the same step by rank; rows sum to 1, or 0 without any S."""
        some = (s > 0).astype(np.float64)
        tilted = some * np.maximum(s, 1) ** self.power * np.exp(-self.decay * r / r.shape[1])
        each = [law / np.maximum(law.sum(axis=1, keepdims=True), np.finfo(float).tiny) for law in (some, tilted)]
        return (each[0] + each[1]) / 2


TILTS = (Tilt(), Tilt(1, 0), Tilt(1, 2), Tilt(1, 4), Tilt(1, 8))
HEAVIEST = 2.0
"""Weight of a sequence, at most."""


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
    most, doubt = L * drawn.listed.capacity() * RAISED, L * drawn.listed.moved()
    tilt = min(TILTS, key=lambda tilt: float((drawn.drawn(PILOT // 4, [request.seed, 0], tilt) ** 2).sum()))
    bets = _Bets(drawn.drawn(PILOT, [request.seed, 1], tilt), HEAVIEST * most, alpha)
    count = request.samples or bets.count(request.width, max(able - 2 * PILOT, FEWEST))
    lower, upper = bets.stakes(count)
    found = drawn.drawn(count, [request.seed, 2], tilt)
    value, error = float(found[:, 0].mean()), float(found[:, 0].std()) / math.sqrt(count)
    lo = max(mean_at_least(found[:, 0], lower, alpha) * (1 - 8 * drawn.listed.error) - doubt, 0.0)
    hi = mean_at_most(found[:, 1], HEAVIEST * most, upper, alpha) + doubt
    note = f"{count} sequences, seed {request.seed}; standard error {error:.2g}"
    return Enclosure(min(max(value, lo), hi), lo, hi, "statistical", confidence=request.confidence, note=note)


@dataclass
class _Bets:
    """Stakes for further sequences, and the width to expect of so many, from a few."""

    pilot: NDArray[np.float64]
    most: float
    alpha: float

    def stakes(self, count: int) -> tuple[float, float]:
        return self._best(count)[0]

    def _best(self, count: int) -> tuple[tuple[float, float], float]:
        # The bound of so few at this alpha is what the count would have at the true one.
        level = self.alpha ** (len(self.pilot) / count)
        lower = [mean_at_least(self.pilot[:, 0], stake, level) for stake in STAKES]
        upper = [mean_at_most(self.pilot[:, 1], self.most, stake, level) for stake in STAKES]
        width = min(upper) - max(lower)
        return (float(STAKES[np.argmax(lower)]), float(STAKES[np.argmin(upper)])), width

    def count(self, width: float, able: int) -> int:
        """As many as this relative width needs, by the pilot, but no more than there is time for."""
        count, allowed = FEWEST, width * float(self.pilot[:, 0].mean())
        while count < able and self._centred(count) > 0.9 * allowed:
            count *= 2
        while count > FEWEST and self._centred(count * 7 // 8) <= 0.9 * allowed:
            count = count * 7 // 8
        return min(count, able)

    def _centred(self, count: int) -> float:
        """The width, but for the distance of the two means in the pilot."""
        return self._best(count)[1] + float(self.pilot[:, 0].mean() - self.pilot[:, 1].mean())


def _largest_step(instance: Instance) -> int:
    """Tokens that a step reveals at most."""
    policy = instance.policy
    sizes = policy.random_sizes or (None if policy.sets is None else [len(chosen) for chosen in policy.sets])
    return instance.length if sizes is None else max(sizes)
