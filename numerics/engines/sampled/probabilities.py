"""Probabilities from counts, and the likelihood of what came out right.

What is bounded sequence by sequence is offered, and nothing else: the indicators of a wrong sequence and of a token
drawn in an impossible context (Clopper-Pearson), and ``-log q(x) / L`` of a correct sequence, which lies between the
bounds of ``surprisal_range`` (empirical Bernstein).
"""

from __future__ import annotations

import math

from ...errors import BadInput, BeyondReach
from ...instances import Instance
from ...numbers.enclosure import UNIT_ROUNDOFF, Enclosure, gamma
from ...sampling.sampler import CompiledSampler, sampler_for
from ..workspace import Workspace
from .intervals import Interval, clopper_pearson, empirical_bernstein
from .tally import Tally, obstacle, settled, tally

__all__ = ["likelihood_obstacle", "nll_of_correct", "off_support_mass", "sequence_error_rate", "tracking_obstacle"]


def tracking_obstacle(instance: Instance) -> str | None:
    """None where the sampler notices that a context has become impossible."""
    found = obstacle(instance)
    if found is None and not isinstance(sampler_for(instance), CompiledSampler):
        return "it is drawn step by step, and impossible contexts are not counted"
    return found


def likelihood_obstacle(instance: Instance) -> str | None:
    """None where ``-log q(x)`` has a known bound over the support."""
    found = obstacle(instance)
    if found is None and instance.language.surprisal_range() is None:
        return "log q(x) has no known bound over the support"
    return found


def sequence_error_rate(work: Workspace) -> Enclosure:
    """SER."""
    return settled(work, tally(work), lambda drawn, count, alpha: _probability(drawn, count, 0, alpha))


def off_support_mass(work: Workspace) -> Enclosure:
    """The probability that some token is drawn in an impossible context."""

    def interval(drawn: Tally, count: int, alpha: float) -> Interval:
        found = _probability(drawn, count, 1, alpha)
        if not drawn.tracked:
            raise BeyondReach("the sequences had to be drawn step by step, and impossible contexts are not counted")
        return found

    return settled(work, tally(work), interval)


def _probability(drawn: Tally, count: int, column: int, alpha: float) -> Interval:
    hits, error = int(drawn.upto(count)[:, column].sum()), drawn.sampler.error
    value, lo, hi = clopper_pearson(hits, count, alpha)
    return value, max(lo - error, 0.0), min(hi + error, 1.0)


def nll_of_correct(work: Workspace) -> Enclosure:
    """The average of ``-log q(x) / L`` over correct sequences; given how many there are, they are independent."""
    language, L = work.instance.language, work.instance.length
    bounds = language.surprisal_range()
    if bounds is None:
        raise BadInput("generative_nll_correct", "log q(x) has no known bound over the support")
    low, high = bounds
    # Parameters, products and sums of states in `depth`; a logarithm and its addition a token.
    rounding = gamma(language.depth + 2 * L) + (L + 8) * UNIT_ROUNDOFF * high

    def interval(drawn: Tally, count: int, alpha: float) -> Interval:
        rows, error = drawn.upto(count), drawn.sampler.error
        found = rows[rows[:, 0] == 0, 2]
        # A tenth of alpha bounds the share of correct sequences, by which conditioning divides the error in the law.
        least = clopper_pearson(len(found), count, alpha / 10)[1] - error
        if len(found) < 2 or least <= 0:
            return math.nan, low / L, (high if work.instance.exact_denoiser else math.inf) / L
        value, lo, hi = empirical_bernstein(found, low, high, 0.9 * alpha)
        spread = rounding + 2 * (high - low) * error / least
        return value / L, max((lo - spread) / L, 0.0), (hi + spread) / L

    return settled(work, tally(work), interval)
