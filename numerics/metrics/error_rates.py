"""Sequence and token error rates and generative likelihoods (definitions.md#quantities), from the whole output law."""

from __future__ import annotations

import math
from dataclasses import replace

from ..engines.law import Law
from ..numbers.enclosure import UNIT_ROUNDOFF, Enclosure, gamma
from .method import law_methods, unfinished
from .summation import entropy_terms, sum_of_logs

__all__ = ["EXPONENTIALS", "METHODS", "exponential", "sequence_error_rate"]

EXPONENTIALS = {"ter": "log_ter", "generative_perplexity": "generative_nll"}
"""Quantities that are the exponentials of others."""


def sequence_error_rate(law: Law) -> Enclosure:
    """The mass off the support: a sum of non-negative terms, unless abandoned sequences must be counted too."""
    wrong = Enclosure.relative(math.fsum(law.p[~law.support]), law.p_depth + 1, most=1.0)
    if not law.may_stop:
        return wrong
    error = gamma(law.p_depth + 1) + UNIT_ROUNDOFF
    return Enclosure.around(1 - law.correct.value, error, least=0.0, most=1.0)


def _log_ter(law: Law) -> Enclosure:
    if (law.support & (law.p == 0)).any():
        return Enclosure.around(math.inf, 0.0)
    on = law.support
    value, error = sum_of_logs(law.q[on], law.p[on], gamma(law.q_depth), gamma(law.p_depth))
    return _per_token(-value, error, law.length)


def _log_ter_language(law: Law) -> Enclosure:
    value, error = entropy_terms(law.q[law.support], gamma(law.q_depth))
    return _per_token(value, error, law.length)


def _generative_nll(law: Law) -> Enclosure:
    if (law.p[~law.support] > 0).any():
        return Enclosure.around(math.inf, 0.0)
    return _generative_nll_correct(law)


def _generative_nll_correct(law: Law) -> Enclosure:
    """Average over correct sequences; conditioning divides by ``p(support)``."""
    on = law.support
    if law.correct.value == 0:
        return Enclosure.around(math.inf, 0.0)
    share = law.p[on] / law.correct.value
    share_error = gamma(2 * law.p_depth + 2)
    value, error = sum_of_logs(share, law.q[on], share_error, gamma(law.q_depth))
    return _per_token(-value, error, law.length)


def _per_token(value: float, error: float, length: int) -> Enclosure:
    return Enclosure.around(value / length, error / length + abs(value) * UNIT_ROUNDOFF, least=0.0)


def exponential(exponent: Enclosure) -> Enclosure:
    """``exp`` of an enclosure, with 4 ulps for the library."""
    spread = 1 + 8 * UNIT_ROUNDOFF
    low = math.exp(min(exponent.lo, 709)) / spread
    high = math.inf if exponent.hi > 709 else math.exp(exponent.hi) * spread
    value = min(math.inf if exponent.value > 709 else math.exp(exponent.value), high)
    return replace(exponent, value=value, lo=low, hi=high, exact=None)


METHODS = (
    *law_methods("ser", sequence_error_rate),
    *law_methods("log_ter", _log_ter),
    *law_methods("ter", lambda law: exponential(_log_ter(law))),
    *law_methods("log_ter_language", _log_ter_language),
    *law_methods("generative_nll", _generative_nll, unfinished),
    *law_methods("generative_nll_correct", _generative_nll_correct),
    *law_methods("generative_perplexity", lambda law: exponential(_generative_nll(law)), unfinished),
)
