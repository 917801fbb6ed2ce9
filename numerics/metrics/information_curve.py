"""The information profile z(j) and the curve Z(a) of a language, as enclosures
(definitions.md#information-profile-and-curve).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ..display import AsTable, Rows
from ..engines import markov, tabular, windows
from ..engines.markov import information as markov_information
from ..engines.markov.chain import Measured
from ..engines.workspace import Cost, Request, Workspace
from ..errors import BadInput
from ..instances import Instance, require_instance
from ..numbers.enclosure import UNIT_ROUNDOFF, Enclosure, Kind
from ..numbers.limits import memory_budget
from ..numbers.probabilities import whole
from ..numbers.units import converted
from . import linear_codes
from .information import Profile, curve_at, profile
from .method import too_costly, without_compiler

__all__ = ["InformationCurve", "curve", "drawn_profile"]

POINTS = 21
MOST_SAMPLES = 10**7


@dataclass(frozen=True)
class InformationCurve(AsTable):
    """``z`` and ``Z`` in nats.

    Parameters
    ----------
    revealed : tuple of int
        Numbers j of revealed positions, ascending, from 0 to L - 1.
    profile : tuple of Enclosure
        ``z(j)`` there.
    at : tuple of float
        Revealed fractions from 0 to 1.
    curve : tuple of Enclosure
        ``Z`` there.
    """

    revealed: tuple[int, ...]
    profile: tuple[Enclosure, ...]
    at: tuple[float, ...]
    curve: tuple[Enclosure, ...]

    def table(self) -> Rows:
        """The curve, a row for each fraction."""
        return Rows(("a", "Z(a)"), list(zip(self.at, self.curve, strict=True)), "information curve, nats")

    def in_unit(self, unit: str) -> InformationCurve:
        """The same in nats or bits."""
        profile, curve = (tuple(converted(each, unit) for each in found) for found in (self.profile, self.curve))
        return replace(self, profile=profile, curve=curve)


def curve(
    instance: Instance,
    points: int = POINTS,
    *,
    seconds: float = 60.0,
    samples: int | None = None,
    seed: int = 0,
    confidence: float = 0.99,
    alone: bool = False,
) -> InformationCurve:
    """Profile and curve of the instance's language.

    Parameters
    ----------
    instance : Instance
        Only its language matters.
    points : int
        How many revealed fractions, evenly spaced from 0 to 1; at least 2.
    seconds : float
        Time that it may be estimated to take.
    samples : int, optional
        Of a hidden Markov model or an n-gram: draw so many sequences for each number, at least 2.
    seed : int
    confidence : float
        Coverage of each interval then.
    alone : bool
        Whether nothing else is measured in this process: see ``Request``.

    Returns
    -------
    InformationCurve

    Raises
    ------
    BeyondReach
        When it would take too much memory or time.

    Notes
    -----
    For linear codes from ranks, ``O(L^2)`` and O(L) a point. Else from the lattice of partial sequences where that
    fits, ``O(L (V+1)^L)`` and O(L) a point; else, for Markov chains,
    from mutual informations at each distance (area-theorem/defect). Both have the profile at every j. Else, for hidden
    Markov models and n-grams, by windows, and the profile at as many j as there are points: each enclosure grows to the
    width that :class:`Request` asks for, or for its share of the time; or from drawn sequences.

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
    require_instance(instance)
    if samples is not None:
        return _from_draws(instance, steps, whole(samples, "samples", 2, MOST_SAMPLES), seed, confidence)
    work = Workspace(instance, Request(alone=alone))
    if linear_codes.PROFILE(instance) is None:
        return _from_profile(linear_codes.profile_in_floats(work), steps, "codes")
    ways = [("tabular", tabular.lattice_cost(instance), lambda: _from_profile(profile(work), steps, "tabular"))]
    if markov.obstacle(instance) is None:
        ways.append(("markov", markov.information_cost(instance), lambda: _from_chain(work, steps)))
    if windows.obstacle(instance) is None:
        one = windows.cost(instance)
        every = Cost(2 * points * one.operations, one.bytes)
        ways.append(("windows", every, lambda: _from_windows(instance, steps, seconds)))
    for _, cost, measured in ways:
        if _within(cost, seconds):
            with without_compiler(work.request, cost):
                return measured()
    engine, cost, _ = min(ways, key=lambda way: way[1].seconds)
    raise too_costly("the information curve", instance, engine, cost, seconds)


def _within(cost: Cost, seconds: float) -> bool:
    return cost.bytes <= memory_budget() and cost.seconds <= seconds


def _from_profile(z: Profile, steps: int, engine: str) -> InformationCurve:
    """From the conditional entropies of all contexts, or from ranks."""
    # Each of a and 1-a is one division.
    found = [curve_at(z, k / steps, (steps - k) / steps, UNIT_ROUNDOFF) for k in range(steps + 1)]
    return InformationCurve(
        tuple(range(len(z.values))),
        tuple(Enclosure.around(value, z.error, least=0.0).by(engine) for value in z.values.tolist()),
        tuple(k / steps for k in range(steps + 1)),
        tuple(Enclosure.around(value, error, least=0.0).by(engine) for value, error in found),
    )


def _from_chain(work: Workspace, steps: int) -> InformationCurve:
    """From the mutual informations of a Markov chain, at the fractions as rounded."""
    lags, at = markov.lag_information(work), tuple(k / steps for k in range(steps + 1))
    profile = tuple(_measured(z) for z in markov_information.profile(lags))
    return InformationCurve(
        tuple(range(len(profile))),
        profile,
        at,
        tuple(_measured(z) for z in markov_information.curve(lags, at)),
    )


def _from_windows(instance: Instance, steps: int, seconds: float) -> InformationCurve:
    """From windows that grow anew for each point."""
    revealed = _evenly(instance.length, steps)
    at = tuple(k / steps for k in range(steps + 1))
    work = Workspace(instance, Request(seconds=seconds / (len(revealed) + len(at))))
    return InformationCurve(
        revealed,
        tuple(windows.profile_at(work, j).by("windows") for j in revealed),
        at,
        tuple(windows.curve_at(work, a).by("windows") for a in at),
    )


def _from_draws(instance: Instance, steps: int, samples: int, seed: int, confidence: float) -> InformationCurve:
    """From sequences of their own for each point."""
    revealed, profile = drawn_profile(instance, steps + 1, samples, seed, confidence)
    drawn, L = windows.layered(windows.hidden_chain(instance.language)), instance.length
    at = tuple(k / steps for k in range(steps + 1))
    binomial = [np.random.default_rng([seed, 2, k]).binomial(L - 1, a, samples) for k, a in enumerate(at)]
    return InformationCurve(
        revealed,
        profile,
        at,
        tuple(windows.drawn_entropy(drawn, j, [seed, 1, k], confidence) for k, j in enumerate(binomial)),
    )


def drawn_profile(
    instance: Instance, points: int = POINTS, samples: int = 4000, seed: int = 0, confidence: float = 0.99
) -> tuple[tuple[int, ...], tuple[Enclosure, ...]]:
    """Numbers of revealed positions, evenly spaced, and ``z`` there, each from so many sequences of its own."""
    problem = windows.obstacle(instance)
    if problem is not None:
        raise BadInput("samples", f"{problem}; without samples the curve is computed")
    samples = whole(samples, "samples", 2, MOST_SAMPLES)
    drawn, revealed = windows.layered(windows.hidden_chain(instance.language)), _evenly(instance.length, points - 1)
    return revealed, tuple(
        windows.drawn_entropy(drawn, np.full(samples, j), [seed, 0, j], confidence) for j in revealed
    )


def _evenly(length: int, steps: int) -> tuple[int, ...]:
    """Numbers of revealed positions."""
    return tuple(sorted({round(k * (length - 1) / steps) for k in range(steps + 1)}))


def _measured(found: Measured) -> Enclosure:
    kind: Kind = "truncation" if found.truncation else "rounding"
    return Enclosure.around(found.value, found.error, kind, least=0.0).by("markov")
