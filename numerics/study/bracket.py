"""Between which numbers of steps an error falls below a target, and how these grow with the length."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ..numbers.enclosure import KINDS, RAISED, Enclosure, Kind, gamma

__all__ = ["Bracket", "bracket", "slope"]

DRAWN = (0.2, 0.6)
"""How far outside the numbers of steps that an enclosure leaves open, as parts of their distance from its value, one is
tried first where it is drawn; where it is not, their ends are tried before."""

MARGINS = (0.03, 0.1, 0.3, 1.0)
"""How far outside, relative to the estimate, others are."""

SECANTS = 3


@dataclass(frozen=True)
class Bracket:
    """Bounds of the smallest N that reaches a target.

    Attributes
    ----------
    too_few : int or None
        The largest N tried whose error is above the target for certain.
    enough : int or None
        The smallest N tried whose error is at most the target for certain.
    kind : Kind or None
        The weaker kind of the enclosures that say so; None where nothing was found.
    doubt : float
        Probability at most that one of the intervals on the way does not hold.
    """

    too_few: int | None
    enough: int | None
    kind: Kind | None
    doubt: float = 0.0

    @property
    def near(self) -> int | None:
        """The middle, or the only end; None where there is none."""
        known = [N for N in (self.too_few, self.enough) if N is not None]
        return max(1, sum(known) // len(known)) if known else None


def bracket(
    error: Callable[[int], Enclosure | None], size: Callable[[float], float], target: float, guess: int
) -> Bracket:
    """Search for the smallest N whose error is at most ``target``.

    Errors and the ends of their enclosures are taken to fall about as ``1/N`` once ``size`` is applied, which decides
    where to look and nothing else: what is returned was measured there. Between the two N at which one end of what is
    drawn or the other is expected to meet the target nothing more is drawn. Where enclosures are narrow, too few and
    enough meet.

    Parameters
    ----------
    error : callable
        The error at N steps, or None where it cannot be measured.
    size : callable
        An increasing function of the error that is about proportional to ``1/N``.
    target : float
    guess : int
        Where to start.
    """
    found: dict[int, Enclosure | None] = {}

    def at(N: int) -> Enclosure | None:
        if N not in found:
            found[N] = error(N)
        return found[N]

    def reached(N: int) -> bool | None:
        one = at(N)
        if one is None or one.lo <= target < one.hi:
            return None
        return one.hi <= target

    tried = max(1, guess)
    for _ in range(SECANTS):
        if (measured := at(tried)) is None:
            return Bracket(None, None, None)
        here = measured
        centre, first, last = (
            max(1.0, tried * size(end) / size(target))
            for end in (here.value if here.has_value else here.hi, here.lo, here.hi)
        )
        if reached(tried) is None or abs(centre - tried) < 0.02 * tried:
            break
        tried = round(centre)
    parts = DRAWN if here.confidence is not None else (0.0, *DRAWN)
    for step in [*(part * (last - centre) / centre for part in parts), *MARGINS]:
        if reached(math.ceil(last * (1 + step))):
            break
    if here.lo > 0:
        for step in [*(part * (centre - first) / centre for part in parts), *MARGINS]:
            if reached(max(1, math.ceil(first / (1 + step)) - 1)) is False:
                break
    while True:
        enough = min((N for N in found if reached(N)), default=None)
        below = [N for N in found if reached(N) is False and (enough is None or enough > N)]
        too_few = max(below, default=None)
        if enough is None or enough <= 1 or too_few is None or enough - too_few <= 1:
            break
        middle = (enough + too_few) // 2
        hopeless = here.confidence is not None and first < middle < last
        if hopeless or middle in found or reached(middle) is None:
            break
    used = [one for N in (too_few, enough) if N is not None and (one := found[N]) is not None]
    weakest = max((one.kind for one in used), key=KINDS.index, default=None)
    doubt = math.fsum(1 - one.confidence for one in found.values() if one is not None and one.confidence is not None)
    return Bracket(too_few, enough, weakest, doubt)


def slope(lengths: Sequence[int], brackets: Sequence[Bracket]) -> Enclosure | None:
    """The least-squares slope of ``log N`` in ``log L``, N anywhere in its bracket; None where one is open.

    The slope is linear in the ``log N``, so its extremes lie at the ends.

    Parameters
    ----------
    lengths : sequence of int
        At least two.
    brackets : sequence of Bracket
        Of the N for each length: above ``too_few``, at most ``enough``.

    Examples
    --------
    >>> slope([64, 128], [Bracket(9, 10, "exact"), Bracket(19, 20, "exact")]).contains(1)
    True
    """
    if any(one.too_few is None or one.enough is None for one in brackets):
        return None
    x = [math.log(L) for L in lengths]
    mean = math.fsum(x) / len(x)
    spread = math.fsum((one - mean) ** 2 for one in x)
    pulls = [(one - mean) / spread for one in x]
    low = [math.log(one.too_few + 1) for one in brackets if one.too_few is not None]
    high = [math.log(one.enough) for one in brackets if one.enough is not None]
    pick = list(zip(pulls, low, high, strict=True))
    lo = math.fsum(c * (a if c > 0 else b) for c, a, b in pick)
    hi = math.fsum(c * (b if c > 0 else a) for c, a, b in pick)
    middle = math.fsum(c * (a + b) / 2 for c, a, b in pick)
    kinds = [one.kind for one in brackets if one.kind is not None]
    weakest = max(kinds, key=KINDS.index)
    confidence = 1 - math.fsum(one.doubt for one in brackets) if weakest == "statistical" else None
    # Logarithms, a mean, a difference, a quotient and a product in each term: 40 roundings of their size.
    size = math.fsum(abs(c) * (abs(mean) + max(abs(a), abs(b))) for c, a, b in pick)
    error = gamma(40) * size * RAISED
    return Enclosure(middle, min(lo, middle) - error, max(hi, middle) + error, weakest, confidence=confidence)
