"""Entropies, the information curve and PATH_KL of a hidden Markov chain at any length, enclosed.

Statements. By the chain rule from left to right, and within each token's past from near to far, a set R of revealed
positions has

    ``H(X_R) = sum_{i in R} H(X_i) - sum_{j < i in R} I(X_j; X_i | X_{R between j and i})``.

With every position revealed with probability a this is ``E H(X_R) = a T - f(a)``, ``T = sum_i H(X_i)``,

    ``f(a) = sum_{m, q} c(m, q) a^{m+2} (1-a)^q``,  ``c(m, q) = sum_i sum_S I(X_{i-d}; X_i | X_S)``, d = m + q + 1,

S running through the sets of m of the d - 1 positions between. Its derivative is the curve (area-theorem/defect),
``Z(a) = T - f'(a)``, and so (bernoulli/riemann-error) ``PATH_KL = f(1) - sum_k w_k f'(a_{k-1})``: the error of a left
Riemann sum for ``f'``. No entropy is left, and of the polynomials only those that the steps resolve badly count: those
with few revealed or few masked positions between. With uniform sets of j positions, ``z(j)/L = T/L - (f_{j+1} - f_j)``
and (fixed-size/riemann-error) ``PATH_KL = f_L - sum_k s_k (f_{S_{k-1}+1} - f_{S_{k-1}})``. Where ``X_i`` and the state
at i - d are independent given ``X_S`` (an n-gram after n - 1 revealed tokens in a row), nothing that lies further left
counts.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from ...languages import HMM
from ...numbers.enclosure import RAISED
from ...numbers.enclosure import UNIT_ROUNDOFF as U
from .coefficients import Fractions, Functional
from .control_variate import Pick, Sampling, explored, total_bound
from .hidden import HiddenChain, StateLaws, hidden_chain
from .tail_bounds import Beyond
from .window_schedule import Harvest, Limits, grow

__all__ = [
    "FEWEST_PATHS",
    "FINER",
    "PATH_LENGTH",
    "Effort",
    "Grown",
    "Sum",
    "evaluated",
    "first_importance",
    "information",
    "sampled_information",
    "token_entropies",
]

FIRST = 1e-3
"""Importance of a window beside all information, at which the first round stops."""

FINER = 8.0
"""Each further round looks at windows this many times less important."""

SLOWER = 6.0
"""The next round is expected to take at most this many times longer, or as many as there is time for."""

SPARE, STEEPNESS, LEAST_FINER = 1.25, 2.5, 2.0
"""A width falls about as the 2.5th root of the importance; a round that takes its time goes no further than needed."""

LEAST_LONGER = 1.5
"""A round that may not take so many times longer is not begun."""

WINDOWS_FOR_NOTHING = 20_000
"""As many are looked at within ``FREE_SECONDS``, if that helps, even where the width asked for is reached before."""

FREE_SECONDS = 0.3

SHARE = 1e-2
"""Of the width that is wanted, for laws that stand for others, to begin with."""

ROUNDED, FINELY_ROUNDED = 1 / 4, 1 / 400
"""Parts of the width that is wanted which may come from such laws: in the end, and where more is had for nothing."""

BYTES = 1e9
"""For windows of one length before the rest is sampled."""

PATH_LENGTH = 20
"""Positions of a path, in estimates."""

FEWEST_PATHS = 1000
"""So few are drawn at once."""

LAWS_FOR_SAMPLING = 1e-7
"""Mean relative error of laws that stand for others."""

NARROWEST = 1e-11
"""Relative width that needs no improvement."""


@dataclass(frozen=True)
class Effort:
    """Limits of the work: a relative width, seconds, and bytes for the windows."""

    width: float
    seconds: float
    bytes: float


@dataclass(frozen=True)
class Grown:
    """Windows that were grown for one functional; their sums bound every other one, and well if it is near.

    Attributes
    ----------
    laws : list of StateLaws
        Of the parts of the positions.
    harvests : list of Harvest
        Of each part.
    """

    laws: list[StateLaws]
    harvests: list[Harvest]


@dataclass(frozen=True)
class Sum:
    """A functional of the windows with its bounds.

    Attributes
    ----------
    value : float
    rounding : float
        Absolute error of what was computed.
    below, above : float
        What lies beyond the windows is between these.
    truncated : bool
        Whether more is left out than rounding hides.
    note : str
    """

    value: float
    rounding: float
    below: float
    above: float
    truncated: bool
    note: str


def token_entropies(chain: HiddenChain) -> tuple[float, float]:
    """``T = sum_i H(X_i)`` and its absolute error."""
    laws = chain.laws @ chain.emission.toarray()
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = np.where(laws > 0, -laws * np.log(laws), 0.0)
    value = math.fsum(terms.ravel())
    relative = chain.law_error(chain.length)
    return value, (relative * (value + 1.1 * chain.length) + 8 * U * value) * RAISED


def information(
    chain: HiddenChain, functional: Functional, whole: float, effort: Effort, grown: list[Grown] | None = None
) -> Sum:
    """``F[f]``, by rounds of ever smaller windows until the width or the time is used up.

    Parameters
    ----------
    whole : float
        The width is relative to ``|whole - F[f]|``: T where the quantity is ``T - F[f]``, else 0.
    grown : list of Grown, optional
        Windows of the same chain that were grown for other functionals, which are asked first, the last ones before
        others; what is grown here is added.
    """
    if chain.length == 1:
        return Sum(0.0, 0.0, 0.0, 0.0, False, "")
    for one in reversed(grown or ()):
        found = _total(one.harvests, [Beyond(functional, part) for part in one.laws])
        if found.above - found.below + 2 * found.rounding <= effort.width * abs(whole - found.value):
            return found
    _compile()
    start = time.monotonic()
    tolerance = SHARE * effort.width
    laws = chain.represented(tolerance)
    importance = first_importance(chain, Beyond(functional, laws))
    while True:
        began = time.monotonic()
        limits = Limits(importance, effort.bytes, start + effort.seconds)
        # The few positions whose law has not settled first: they take the least time.
        parts = [Beyond(functional, part) for part in laws.parts]
        harvests = [grow(chain, beyond, limits) for beyond in parts]
        found = _total(harvests, parts)
        now, scale = time.monotonic(), max(abs(whole - found.value), 1e-300)
        outside, inside = (found.above - found.below) / scale, 2 * found.rounding / scale
        enough = sum(harvest.windows for harvest in harvests) >= WINDOWS_FOR_NOTHING or now - start > FREE_SECONDS
        rounded = ROUNDED if enough else FINELY_ROUNDED
        coarse = bool(laws.error.any()) and inside > rounded * effort.width
        if (_limit(harvests) != "importance" or outside <= NARROWEST) and not coarse:
            break
        if outside + inside <= effort.width and enough:
            break
        longer = (start + effort.seconds - now) / max(now - began, 1e-9)
        if longer < LEAST_LONGER:
            found = replace(found, note=_note(harvests, "time"))
            break
        finer = FINER if longer >= SLOWER else FINER ** (math.log(longer) / math.log(SLOWER))
        if now - start > FREE_SECONDS and effort.width > 0:
            finer = min(finer, max((SPARE * outside / effort.width) ** STEEPNESS, LEAST_FINER))
        if coarse:
            tolerance /= FINER
            laws = chain.represented(tolerance)
        if outside > effort.width / 2 or not coarse:
            importance /= finer
    if grown is not None:
        grown.append(Grown([beyond.laws for beyond in parts], harvests))
    return found


def _total(harvests: list[Harvest], parts: list[Beyond]) -> Sum:
    """Of all positions, from parts of them."""
    sums = [evaluated(harvest, beyond) for harvest, beyond in zip(harvests, parts, strict=True)]
    value = math.fsum(one.value for one in sums)
    rounding = math.fsum([*(one.rounding for one in sums), U * abs(value)]) * RAISED
    below, above = (math.fsum(ends) * RAISED for ends in ((one.below for one in sums), (one.above for one in sums)))
    truncated = any(one.truncated for one in sums) or bool(parts[0].laws.error.any())
    return Sum(value, rounding, below, above, truncated, _note(harvests, _limit(harvests)))


def _limit(harvests: list[Harvest]) -> str:
    """Why windows that matter were cut, in any part; empty if none was."""
    return max((harvest.stopped_by for harvest in harvests), key=("", "importance", "time", "memory").index)


def first_importance(chain: HiddenChain, beyond: Beyond) -> float:
    """Relative width at which the first round stops."""
    lo, hi = beyond.at_once(0, 0)
    return FIRST * chain.length * math.log(max(chain.vocab, 2)) * (hi - lo)


def sampled_information(chain: HiddenChain, functional: Functional, sampling: Sampling) -> Sum:
    """``F[f]`` with what lies beyond the windows sampled; time plays no part in it.

    Notes
    -----
    Windows are looked at while paths would take longer than the next round: it looks at some four times as many, twice,
    at up to four times a path's time for each of its windows.
    """
    beyond = Beyond(functional, chain.represented(LAWS_FOR_SAMPLING))
    limits = Limits(first_importance(chain, beyond), BYTES, math.inf)
    while True:
        harvest = grow(chain, beyond, limits)
        found, bound = evaluated(harvest, beyond), total_bound(harvest, beyond)
        needed = sampling.paths(bound, found.value)
        enough = needed <= FEWEST_PATHS or 32 * harvest.windows > needed * PATH_LENGTH * (chain.vocab + 1)
        if harvest.stopped_by != "importance" or enough or harvest.windows > sampling.windows:
            break
        limits = replace(limits, importance=limits.importance / FINER)
    if not harvest.stopped_by or bound == 0:
        return found
    count = min(max(needed, FEWEST_PATHS), sampling.most)
    pick = Pick(beyond, count / bound, sampling.seed)
    sure = evaluated(grow(chain, beyond, limits, pick.offer), beyond)
    value, least, most, paths = explored(chain, beyond, pick, sampling.confidence)
    least, most = max(least, found.value + found.below - sure.value), min(most, found.value + found.above - sure.value)
    if least > most:
        return found
    value = min(max(value, least), most)
    below, above = sure.below + least - value, sure.above + most - value
    note = f"{sure.note.split(', limited')[0]}, and {paths} paths beyond, seed {sampling.seed}"
    return Sum(sure.value + value, max(sure.rounding, found.rounding), below, above, True, note)


@cache
def _compile() -> None:
    """Compiles the kernels, so that rounds can be timed."""
    chain = hidden_chain(HMM(4, [0.5, 0.5], [[0.5, 0.5], [0.25, 0.75]], [[0.5, 0.5], [0.125, 0.875]]))
    one = Fractions(chain.length, 1.0, np.zeros(1), np.ones(1), np.ones(1))
    grow(chain, Beyond(one, chain.represented(0.0)), Limits(0.0, 1e6, math.inf))


def evaluated(harvest: Harvest, beyond: Beyond) -> Sum:
    terms, rounding, below, above = [], 0.0, [], []
    for m, q in harvest.pair_error:
        e, e_error = beyond.functional.pair(m, q)
        kept, lost = harvest.pair.get((m, q), 0.0), harvest.cut_pair.get((m, q), 0.0)
        unseen = harvest.left_out * math.comb(m + q, m)
        error = abs(e) * (harvest.pair_error[m, q] + unseen + 64 * U * (kept + lost)) + e_error * (kept + lost)
        rounding += error
        terms.append(e * kept)
        if (m, q) not in harvest.cut_far:
            continue
        information = harvest.cut_far[m, q] * (1 + 64 * U) + unseen
        after = harvest.cut_after[m, q] * (1 + 64 * U) + 2 * unseen
        lo, hi = beyond.at_once(m, q)
        lo_revealed, hi_revealed = beyond.if_revealed(m, q)
        lo_masked, hi_masked = beyond.if_masked(m, q)
        least = max(lo * information, e * lost + lo_revealed * after + lo_masked * information)
        most = min(hi * information, e * lost + hi_revealed * after + hi_masked * information)
        guess = min(max(e * lost, least), max(most, least))
        terms.append(guess)
        below.append(least - guess)
        above.append(max(most, least) - guess)
    value = math.fsum(terms)
    rounding = (rounding + 2 * U * math.fsum(map(abs, terms))) * RAISED
    ends = math.fsum(below) * RAISED, math.fsum(above) * RAISED
    return Sum(value, rounding, *ends, bool(harvest.stopped_by), _note([harvest], harvest.stopped_by))


def _note(harvests: list[Harvest], limit: str) -> str:
    reason = {"": "complete", "importance": "the width asked for", "time": "the time", "memory": "the memory"}[limit]
    windows, longest = sum(one.windows for one in harvests), max(one.longest for one in harvests)
    return f"{windows} windows of up to {longest} positions, limited by {reason}"
