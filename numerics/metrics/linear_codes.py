"""Linear codes at any length: entropies are ranks times the logarithm of the size of the field, exactly.

``z(j) = L (r(j+1) - r(j)) log p``, r(j) the mean rank of j columns; and given sets of positions need the ranks of what
is revealed before each of them.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from fractions import Fraction

import numpy as np

from ..engines.needs import BERNOULLI, COUNTED, EXACT_DENOISER, FIXED_SETS, RATIONAL_SCHEDULE, Need, all_of
from ..engines.workspace import Cost, Workspace
from ..instances import Instance
from ..languages import LinearCode
from ..numbers.enclosure import UNIT_ROUNDOFF, Enclosure
from ..numbers.logform import LogForm
from .information import Profile
from .log_forms import known
from .method import Method, Obstacle
from .path import SIZES
from .schedule import schedule_of

__all__ = ["METHODS", "PROFILE", "profile_in_floats"]

CODE = Need(
    "linear code", "the language is no linear code", lambda instance: instance.language.is_linear_code, "language"
)
FLOATING = Need(
    "floating schedule",
    "the schedule has rational weights",
    lambda instance: instance.policy.irrational is not None,
)


def _code(work: Workspace) -> LinearCode:
    return LinearCode.of(work.instance.language)


def _profile(work: Workspace) -> list[Fraction]:
    """``z(0..L-1)`` in units of ``log p``."""
    ranks = _code(work).mean_ranks()
    return [(after - before) * (len(ranks) - 1) for before, after in itertools.pairwise(ranks)]


def _curve(z: Sequence[Fraction], a: Fraction) -> Fraction:
    """``Z(a)`` in the same units, over one denominator."""
    n, p, d = len(z) - 1, a.numerator, a.denominator
    total = sum((math.comb(n, j) * p**j * (d - p) ** (n - j) * c for j, c in enumerate(z) if c), Fraction(0))
    return total / d**n


def _curve_left_sum(z: Sequence[Fraction], weights: Sequence[Fraction]) -> Fraction:
    before = itertools.accumulate(weights, initial=Fraction(0))
    return sum((w * _curve(z, a) for w, a in zip(weights, before, strict=False) if w), Fraction(0))


def _left_sum(work: Workspace) -> Fraction:
    """``sum_k w_k Z(a_{k-1})``, or the left sum of the profile, averaged over lists of sizes."""
    z, policy = work.once(_profile), work.instance.policy
    if policy.step_law is not None:
        return _curve_left_sum(z, schedule_of(work.instance).fractions.tolist())
    total = Fraction(0)
    for probability, sizes in policy.size_law:
        starts = itertools.accumulate(sizes, initial=0)
        total += probability * sum((z[at] * s for s, at in zip(sizes, starts, strict=False) if s), Fraction(0))
    return total / len(z)


def _path_kl(work: Workspace) -> Fraction:
    return _left_sum(work) - _code(work).dimension


def _path_kl_of_floats(work: Workspace) -> Enclosure:
    """Floating weights as the fractions that they are, over their sum.

    They and the revealed fractions are known up to N roundings, and ``|Z'|`` is at most L times ``Z(0)``.
    """
    weights = [Fraction(w) for w in schedule_of(work.instance).weights.tolist()]
    z, whole = work.once(_profile), sum(weights, Fraction(0))
    units = _curve_left_sum(z, [w / whole for w in weights]) - _code(work).dimension
    log = math.log(_code(work).vocab)
    error = 8 * (len(z) + 1) * len(weights) * UNIT_ROUNDOFF * float(z[0]) * log
    return Enclosure.around(float(units) * log, error, least=0.0)


def _of_sets(work: Workspace) -> Fraction:
    """How many symbols are drawn as if they were free, though tokens of the same step determine them."""
    code, total = _code(work), 0
    before: list[int] = []
    for chosen in work.instance.policy.sets or ():
        known_rank = code.rank(before)
        total += sum(code.rank([*before, i]) - known_rank for i in chosen)
        before += chosen
        total -= code.rank(before) - known_rank
    return Fraction(total)


def _ser_of_sets(work: Workspace) -> Fraction:
    """Of the symbols that are drawn too freely each is right with probability 1/p."""
    return 1 - Fraction(1, _code(work).vocab) ** int(_of_sets(work))


def _times_log(units: Callable[[Workspace], Fraction]) -> Callable[[Workspace], Enclosure]:
    """A quantity in units of ``log p``."""

    def run(work: Workspace) -> Enclosure:
        return known(LogForm.log(_code(work).vocab, units(work)))

    return run


def _of_profile(pick: Callable[[Sequence[Fraction]], Fraction]) -> Callable[[Workspace], Enclosure]:
    return _times_log(lambda work: pick(work.once(_profile)))


def _mean(z: Sequence[Fraction]) -> Fraction:
    return sum(z, Fraction(0)) / len(z)


def _averaged(instance: Instance) -> str | None:
    return LinearCode.of(instance.language).ranks_obstacle


PROFILE = all_of(CODE, _averaged)
"""Why the profile of a linear code is not known."""


def profile_in_floats(work: Workspace) -> Profile:
    """``z(0..L-1)`` in nats."""
    log = math.log(_code(work).vocab)
    values = np.array([float(units) * log for units in work.once(_profile)])
    return Profile(values, 4 * UNIT_ROUNDOFF * float(values.max()))


def _method(
    quantity: str, run: Callable[[Workspace], Enclosure], policies: Need | None = None, averaged: bool = True
) -> Method:
    needs: list[Obstacle] = [CODE, *([policies, EXACT_DENOISER, RATIONAL_SCHEDULE] if policies else [])]
    under = f"{policies.words}, exact denoiser, rational schedule" if policies else "any policy"
    return Method(
        quantity,
        "codes",
        "exact",
        all_of(*needs, *([_averaged] if averaged else [])),
        lambda instance: Cost(1e3 * instance.length**2 * instance.policy.steps, 0),
        run,
        f"linear code{' with known mean ranks' if averaged else ''} x {under}",
        "N L^2" if averaged else "N L^3",
    )


METHODS = (
    _method("entropy", _times_log(lambda work: Fraction(_code(work).dimension)), averaged=False),
    _method(
        "log_ter_language",
        _times_log(lambda work: Fraction(_code(work).dimension, work.instance.length)),
        averaged=False,
    ),
    _method("total_correlation", _of_profile(lambda z: z[0] - _mean(z))),
    _method("dual_total_correlation", _of_profile(lambda z: _mean(z) - z[-1])),
    _method("profile_start", _of_profile(lambda z: z[0])),
    _method("profile_end", _of_profile(lambda z: z[-1])),
    _method("profile_area", _of_profile(_mean)),
    _method("curve_area", _of_profile(_mean)),
    _method("path_kl", _times_log(_path_kl), COUNTED),
    Method(
        "path_kl",
        "codes",
        "rounding",
        all_of(CODE, BERNOULLI, EXACT_DENOISER, FLOATING, _averaged),
        lambda instance: Cost(1e4 * instance.length**2 * instance.policy.steps, 0),
        _path_kl_of_floats,
        f"linear code with known mean ranks x {BERNOULLI.words}, exact denoiser, floating schedule",
        "N L^2",
    ),
    _method("curve_left_riemann_sum", _times_log(_left_sum), BERNOULLI),
    _method("profile_left_sum", _times_log(_left_sum), SIZES),
    _method("path_kl", _times_log(_of_sets), FIXED_SETS, averaged=False),
    _method("kl", _times_log(_of_sets), FIXED_SETS, averaged=False),
    _method("ser", lambda work: known(_ser_of_sets(work)), FIXED_SETS, averaged=False),
)
