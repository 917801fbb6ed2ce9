"""The information profile z(j) and the curve Z(a) of a language, as enclosures (M5)."""

from __future__ import annotations

from dataclasses import dataclass

from ..enclosure import UNIT_ROUNDOFF, Enclosure
from ..engines.workspace import Request, Workspace
from ..errors import BadInput
from ..instances import Instance
from ..types import whole
from .information import curve_at, profile
from .measure import measure_one

__all__ = ["InformationCurve", "curve"]

POINTS = 21


@dataclass(frozen=True)
class InformationCurve:
    """``z`` and ``Z`` in nats.

    Parameters
    ----------
    profile : tuple of Enclosure
        ``z(0..L-1)``.
    at : tuple of float
        Revealed fractions from 0 to 1.
    curve : tuple of Enclosure
        ``Z`` there.
    """

    profile: tuple[Enclosure, ...]
    at: tuple[float, ...]
    curve: tuple[Enclosure, ...]


def curve(instance: Instance, points: int = POINTS, *, seconds: float = 60.0) -> InformationCurve:
    """Profile and curve of the instance's language.

    Parameters
    ----------
    instance : Instance
        Only its language matters.
    points : int
        How many revealed fractions, evenly spaced from 0 to 1; at least 2.
    seconds : float
        Time that it may be estimated to take.

    Returns
    -------
    InformationCurve

    Raises
    ------
    BeyondReach
        When it would take too much memory or time.

    Notes
    -----
    Cost: ``O(L (V+1)^L)`` for the profile, O(L) a point.

    Examples
    --------
    >>> from maskbound.numerics import languages, policies
    >>> found = curve(Instance(languages.pair(2, 2), policies.Bernoulli(steps=1)), points=3)
    >>> [round(z.value, 6) for z in found.profile], found.at
    ([1.386294, 0.0], (0.0, 0.5, 1.0))
    """
    steps = whole(points, "points", 2, 10**6) - 1
    if not seconds > 0:
        raise BadInput("seconds", f"found {seconds}; a positive number is accepted")
    work = Workspace(instance, Request(seconds=seconds))
    measure_one(work, "profile_area")
    z = profile(work)
    at = tuple(k / steps for k in range(steps + 1))
    # Each of a and 1-a is one division.
    found = [curve_at(z, k / steps, (steps - k) / steps, UNIT_ROUNDOFF) for k in range(steps + 1)]
    return InformationCurve(
        tuple(_signed(value, z.error) for value in z.values.tolist()),
        at,
        tuple(_signed(value, error) for value, error in found),
    )


def _signed(value: float, error: float) -> Enclosure:
    return Enclosure.around(value, error, least=0.0).by("tabular")
