"""Divergences between the language q and the sampler's law p (definitions.md#quantities), from the whole output law."""

from __future__ import annotations

import math

import numpy as np

from ..engines import tabular
from ..engines.law import Law
from ..engines.workspace import Workspace
from ..numbers.enclosure import RAISED, UNIT_ROUNDOFF, Enclosure, gamma
from .error_rates import sequence_error_rate
from .method import law_methods, unfinished
from .summation import sum_of_logs

__all__ = ["METHODS", "law_distance"]


def _kl(law: Law) -> Enclosure:
    """``KL = SER + sum q f(p/q - 1)`` with ``f(d) = d - log(1 + d)``: no term is negative.

    On the support ``sum q (p/q - 1) = -SER``. Since f is flat at 0, the rounding g of the ratio moves a term by at most
    ``q g (|d| + g (1 + d)) / (1 - g)``, so the relative error stays small even where p is close to q.
    """
    on = law.support
    if (law.p[on] == 0).any():
        return Enclosure.around(math.inf, 0.0)
    q = law.q[on]
    ratio = law.p[on] / q
    delta = ratio - 1.0
    near = np.abs(delta) < 0.5
    logs = np.where(near, np.log1p(np.where(near, delta, 0.0)), np.log(ratio))
    excess = delta - logs
    g = gamma(law.p_depth + law.q_depth + 1)
    size = np.abs(delta) + np.abs(logs)
    moved = math.fsum(q * (np.abs(delta) + g * ratio)) * g / (1 - g)
    evaluated = math.fsum(q * (excess * gamma(law.q_depth + 2) + size * 6 * UNIT_ROUNDOFF))
    ser = sequence_error_rate(law)
    value = ser.value + math.fsum(q * excess)
    error = (moved + evaluated) * RAISED + max(ser.hi - ser.value, ser.value - ser.lo) + 2 * UNIT_ROUNDOFF * value
    return Enclosure.around(value, error, least=0.0)


def _reverse_kl(law: Law) -> Enclosure:
    if (law.p[~law.support] > 0).any():
        return Enclosure.around(math.inf, 0.0)
    ratio = law.p[law.support] / law.q[law.support]
    joint = gamma(law.p_depth + law.q_depth + 1)
    value, error = sum_of_logs(law.p[law.support], ratio, gamma(law.p_depth), joint)
    return Enclosure.around(value, error, least=0.0)


def _tv(law: Law) -> Enclosure:
    """``sum (q - p)^+``, which also counts abandoned sequences as an outcome that q never has."""
    excess = np.maximum(law.q - law.p, 0.0)
    error = gamma(law.q_depth) + gamma(law.p_depth) + 4 * UNIT_ROUNDOFF
    return Enclosure.around(math.fsum(excess), error, least=0.0, most=1.0)


def _hellinger(law: Law) -> Enclosure:
    """``2 H^2 = sum (sqrt q - sqrt p)^2``; by the triangle inequality the errors of the roots add in norm."""
    difference = np.sqrt(law.q) - np.sqrt(law.p)
    error = (gamma(law.q_depth) + gamma(law.p_depth) + 6 * UNIT_ROUNDOFF) / math.sqrt(2)
    value = math.sqrt(math.fsum(difference * difference) / 2)
    return Enclosure.around(value, error + 4 * UNIT_ROUNDOFF * value, least=0.0, most=1.0)


def law_distance(first: Workspace, second: Workspace) -> Enclosure:
    """TV between the laws of two instances over the same sequences; abandoned ones are one more outcome."""
    p1, p2 = tabular.law(first), tabular.law(second)
    if p1.p.shape != p2.p.shape:
        raise ValueError("law_distance compares laws on the same sequences")
    spread = math.fsum(np.abs(p1.p - p2.p)) / 2
    error = gamma(p1.p_depth) + gamma(p2.p_depth) + 4 * UNIT_ROUNDOFF
    apart = abs(p1.lost.value - p2.lost.value) / 2
    error += (p1.lost.width + p2.lost.width) / 2
    return Enclosure.around(spread + apart, error, least=0.0, most=1.0).by("tabular")


METHODS = (
    *law_methods("kl", _kl),
    *law_methods("reverse_kl", _reverse_kl, unfinished),
    *law_methods("tv", _tv),
    *law_methods("hellinger", _hellinger, unfinished),
)
