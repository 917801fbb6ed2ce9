"""Quantities of the output law from drawn sequences, with intervals that hold whatever the law is (M8.8).

Sequences are drawn until an interval is as narrow as was asked or the time is used up. It is looked at a number of
times J that is fixed beforehand, each time at level ``alpha / J``, so that stopping early costs no coverage. The law
drawn from differs from p by rounding, and every interval is widened by that.

What is bounded sequence by sequence is offered, and nothing else: the indicators of a wrong sequence and of a token
drawn in an impossible context (Clopper-Pearson), and ``-log q(x) / L`` of a correct sequence, which lies between the
bounds of :func:`surprisal_range` (empirical Bernstein).
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray
from scipy import special

from ..enclosure import UNIT_ROUNDOFF, Enclosure, gamma
from ..errors import BadInput, BeyondReach
from ..instances import Instance
from ..instances.sampler import Chunk, CompiledSampler, Sampler, sampler_for
from ..languages import HMM, Blocks, Language, NGram, Tabular
from .workspace import Cost, Request, Workspace

__all__ = [
    "clopper_pearson",
    "cost",
    "empirical_bernstein",
    "likelihood_obstacle",
    "nll_of_correct",
    "obstacle",
    "off_support_mass",
    "sequence_error_rate",
    "surprisal_range",
    "tracking_obstacle",
]

Interval = tuple[float, float, float]
"""Value, lower end, upper end."""

FEWEST = 200
"""Sequences without which a run is not worth its time."""

FIRST_LOOK = 1000
MOST = 10**7
BYTES_A_SEQUENCE = 40

BETA_SLACK = 1e-9
"""Relative allowance for the library's inverse of the incomplete beta function, whose error is some 1e-14."""


def obstacle(instance: Instance) -> str | None:
    """None for everything that can be drawn."""
    try:
        sampler_for(instance)
    except BadInput as problem:
        return problem.problem
    return None


def tracking_obstacle(instance: Instance) -> str | None:
    """None where the sampler notices that a context has become impossible."""
    found = obstacle(instance)
    if found is None and not isinstance(sampler_for(instance), CompiledSampler):
        return "it is drawn step by step, and impossible contexts are not counted"
    return found


def likelihood_obstacle(instance: Instance) -> str | None:
    """None where ``-log q(x)`` has a known bound over the support."""
    found = obstacle(instance)
    if found is None and surprisal_range(instance.language) is None:
        return "log q(x) has no known bound over the support"
    return found


def cost(instance: Instance) -> Cost:
    """The fewest sequences that are worth drawing."""
    sampler = sampler_for(instance)
    return Cost(FEWEST * sampler.nanoseconds, sampler.bytes + BYTES_A_SEQUENCE * FEWEST)


class Tally:
    """What is kept of the sequences drawn so far.

    Attributes
    ----------
    sampler : Sampler
    tracked : bool
        Whether impossible contexts were noticed.
    likelihoods : bool
        Whether log q(x) is worked out.
    """

    def __init__(self, sampler: Sampler, seed: int, likelihoods: bool) -> None:
        self.sampler = sampler
        self.likelihoods = likelihoods
        self.tracked = True
        self._chunks: Iterator[Chunk] = sampler.chunks(seed)
        self._parts: list[NDArray[np.float64]] = []
        self._drawn = 0

    @property
    def nanoseconds(self) -> float:
        """Estimate for one sequence."""
        return self.sampler.nanoseconds + self.likelihoods * _likelihood_nanoseconds(self.sampler.instance.language)

    def upto(self, count: int) -> NDArray[np.float64]:
        """The first ``count`` sequences.

        Returns
        -------
        (count, 3) float64
            Whether ``q(x) = 0``; whether a token was drawn in an impossible context; ``-log q(x)`` in nats.
        """
        while self._drawn < count:
            chunk = next(self._chunks)
            self.tracked = self.tracked and chunk.on_support is not None
            part = np.zeros((len(chunk.tokens), 3))
            part[:, 0] = ~chunk.possible
            if chunk.on_support is not None:
                part[:, 1] = ~chunk.on_support
            if self.likelihoods:
                part[:, 2] = math.inf
                part[chunk.possible, 2] = -self.sampler.instance.language.log_prob(chunk.tokens[chunk.possible])
            self._parts.append(part)
            self._drawn += len(part)
        if len(self._parts) > 1:
            self._parts = [np.concatenate(self._parts)]
        return self._parts[0][:count]


def sequence_error_rate(work: Workspace) -> Enclosure:
    """SER."""
    return _settled(work, lambda rows, alpha, error: _chance(rows[:, 0], alpha, error))


def off_support_mass(work: Workspace) -> Enclosure:
    """The chance that some token is drawn in an impossible context."""

    def interval(rows: NDArray[np.float64], alpha: float, error: float) -> Interval:
        if not work.once(_tally).tracked:
            raise BeyondReach("the sequences had to be drawn step by step, and impossible contexts are not counted")
        return _chance(rows[:, 1], alpha, error)

    return _settled(work, interval)


def nll_of_correct(work: Workspace) -> Enclosure:
    """The average of ``-log q(x) / L`` over correct sequences; given how many there are, they are independent."""
    language, L = work.instance.language, work.instance.length
    bounds = surprisal_range(language)
    if bounds is None:
        raise BadInput("generative_nll_correct", "log q(x) has no known bound over the support")
    low, high = bounds
    # Parameters, products and sums of states in `depth`; a logarithm and its addition a token.
    rounding = gamma(language.depth + 2 * L) + (L + 8) * UNIT_ROUNDOFF * high

    def interval(rows: NDArray[np.float64], alpha: float, error: float) -> Interval:
        found = rows[rows[:, 0] == 0, 2]
        # A tenth of alpha bounds the share of correct sequences, by which conditioning divides the error in the law.
        least = clopper_pearson(len(found), len(rows), alpha / 10)[1] - error
        if len(found) < 2 or least <= 0:
            return (low + high) / 2 / L, low / L, (high if work.instance.exact_denoiser else math.inf) / L
        value, lo, hi = empirical_bernstein(found, low, high, 0.9 * alpha)
        spread = rounding + 2 * (high - low) * error / least
        return value / L, max((lo - spread) / L, 0.0), (hi + spread) / L

    return _settled(work, interval, _tally_of_likelihoods)


def _chance(hits: NDArray[np.float64], alpha: float, error: float) -> Interval:
    value, lo, hi = clopper_pearson(int(hits.sum()), len(hits), alpha)
    return value, max(lo - error, 0.0), min(hi + error, 1.0)


def _tally(work: Workspace) -> Tally:
    return Tally(sampler_for(work.instance), work.request.seed, likelihoods=False)


def _tally_of_likelihoods(work: Workspace) -> Tally:
    return Tally(sampler_for(work.instance), work.request.seed, likelihoods=True)


def _likelihood_nanoseconds(language: Language) -> float:
    if isinstance(language, Blocks):
        return language.count * _likelihood_nanoseconds(language.block)
    if isinstance(language, HMM):
        return language.length * (50.0 + language.states * (language.states / 4 + 5))
    return 1000.0 + 20.0 * language.length


def _settled(
    work: Workspace,
    interval: Callable[[NDArray[np.float64], float, float], Interval],
    tally_of: Callable[[Workspace], Tally] = _tally,
) -> Enclosure:
    """Draw until the interval is narrow enough.

    Parameters
    ----------
    interval : callable
        From the tally of n sequences, alpha and the total variation between p and the law drawn from: value and ends of
        an interval of coverage ``1 - alpha``.
    """
    request, tally = work.request, work.once(tally_of)
    looks = _looks(request, tally)
    alpha, error = (1 - request.confidence) / len(looks), tally.sampler.error
    for count in looks:
        value, lo, hi = interval(tally.upto(count), alpha, error)
        if hi - lo <= request.width * abs(value):
            break
    note = f"{count} sequences, seed {request.seed}"
    return Enclosure(min(max(value, lo), hi), lo, hi, "statistical", confidence=request.confidence, note=note)


def _looks(request: Request, tally: Tally) -> list[int]:
    """The numbers of sequences at which the interval is looked at: doubling, or the one asked for."""
    if request.samples is not None:
        needed = request.samples * tally.nanoseconds / 1e9
        if needed > request.seconds or request.samples > MOST:
            raise BeyondReach(
                f"{request.samples} sequences of {tally.sampler.instance.name} would take about {needed:.3g} s; there "
                f"are {request.seconds:.3g} s, and at most {MOST} sequences are drawn"
            )
        return [request.samples]
    most = int(min(MOST, max(FEWEST, request.seconds * 1e9 / tally.nanoseconds)))
    doubled = itertools.takewhile(lambda count: count < most, (FIRST_LOOK << j for j in itertools.count()))
    return [*doubled, most]


def clopper_pearson(hits: int, count: int, alpha: float) -> Interval:
    """A chance of success from ``hits`` in ``count`` trials: the interval of coverage at least ``1 - alpha``.

    Each end leaves out at most ``alpha/2`` (Clopper and Pearson, Biometrika 26, 1934).

    Examples
    --------
    >>> clopper_pearson(0, 10, 0.5)[2] > 1 - 0.25 ** 0.1
    True
    """
    lo = special.betaincinv(hits, count - hits + 1, alpha / 2) * (1 - BETA_SLACK) if hits else 0.0
    # By symmetry: 1 - alpha/2 would lose the digits of alpha.
    left = special.betaincinv(count - hits, hits + 1, alpha / 2) * (1 - BETA_SLACK) if hits < count else 0.0
    return hits / count, float(lo), float(1.0 - left)


def empirical_bernstein(x: NDArray[np.float64], low: float, high: float, alpha: float) -> Interval:
    """The mean of a variable that lies in [low, high]: an interval of coverage at least ``1 - alpha``.

    With V the sample variance and R the range, ``|mean - E x| <= sqrt(2 V t / n) + 7 R t / (3 (n-1))``, ``t = log(4 /
    alpha)`` (Maurer and Pontil, COLT 2009, theorem 4 on either side).

    Parameters
    ----------
    x : (n,) float64
        n at least 2.
    """
    n, t = len(x), math.log(4 / alpha)
    mean = math.fsum(x) / n
    variance = math.fsum((x - mean) ** 2) / (n - 1)
    # The factor covers the rounding of the sums.
    spread = (math.sqrt(2 * variance * t / n) + 7 * (high - low) * t / (3 * (n - 1))) * (1 + 1e-9)
    return mean, max(mean - spread, low), min(mean + spread, high)


def surprisal_range(language: Language) -> tuple[float, float] | None:
    """Bounds of ``-log q(x)`` in nats over the support, or None where none is known.

    A possible sequence has a path of hidden states or contexts, each of whose factors is at least the smallest positive
    entry of its kind.
    """
    L = language.length
    if isinstance(language, Blocks):
        one = surprisal_range(language.block)
        return None if one is None else (language.count * one[0], language.count * one[1])
    if isinstance(language, Tabular):
        p = language.probabilities.values
        return -math.log(p.max()) * (1 - 1e-12), -math.log(p.min()) * (1 + 1e-12)
    if isinstance(language, HMM):
        factors = [(1, language.initial), (L - 1, language.transition), (L, language.emission)]
    elif isinstance(language, NGram):
        head = min(language.order - 1, 1)
        factors = [(head, language.initial), (max(0, L - language.order + 1), language.transition)]
    else:
        return None
    most = math.fsum(-power * math.log(law.values[law.values > 0].min()) for power, law in factors)
    return 0.0, most * (1 + 1e-12)
