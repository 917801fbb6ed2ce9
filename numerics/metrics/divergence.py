"""Divergences between the language q and the sampler's law p (M4), from the whole output law."""

from __future__ import annotations

import math

import numpy as np

from ..enclosure import UNIT_ROUNDOFF, Enclosure, gamma
from ..engines import tabular
from ..engines.law import Law
from ..engines.workspace import Workspace
from .method import law_methods
from .summation import sum_of_logs

__all__ = ["METHODS", "law_distance"]


def _kl(law: Law) -> Enclosure:
    ratio = np.divide(law.q, law.p, out=np.full_like(law.q, np.inf), where=law.p > 0)
    if (law.support & (law.p == 0)).any():
        return Enclosure.around(math.inf, 0.0)
    joint = gamma(law.p_depth + law.q_depth + 1)
    value, error = sum_of_logs(law.q[law.support], ratio[law.support], gamma(law.q_depth), joint)
    return Enclosure.around(value, error, least=0.0)


def _reverse_kl(law: Law) -> Enclosure:
    if law.may_stop or (law.p[~law.support] > 0).any():
        missing = law.lost.lo > 0 or (law.p[~law.support] > 0).any()
        return Enclosure.around(math.inf, 0.0) if missing else Enclosure(0.0, 0.0, math.inf, "rounding")
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
    """``2 H^2 = sum (sqrt q - sqrt p)^2 + lost``; by the triangle inequality the errors of the roots add in norm."""
    difference = np.sqrt(law.q) - np.sqrt(law.p)
    error = (gamma(law.q_depth) + gamma(law.p_depth) + 6 * UNIT_ROUNDOFF) / math.sqrt(2)
    square = math.fsum(difference * difference)
    lo = math.sqrt((square + law.lost.lo) / 2) * (1 - 4 * UNIT_ROUNDOFF) - error
    hi = math.sqrt((square + law.lost.hi) / 2) * (1 + 4 * UNIT_ROUNDOFF) + error
    value = min(math.sqrt((square + law.lost.value) / 2), 1.0)
    return Enclosure(value, max(lo, 0.0), max(min(hi, 1.0), value), "rounding")


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
    *law_methods("reverse_kl", _reverse_kl),
    *law_methods("tv", _tv),
    *law_methods("hellinger", _hellinger),
)
