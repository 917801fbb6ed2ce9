"""The best schedule of N steps for an instance's language.

PATH_KL of a fixed-size sampler is ``(1/L) sum_k s_k z(S_{k-1})`` less a constant (fixed-size/riemann-error): the
cheapest way from 0 to L in N jumps, the price of a unit being ``z`` where the jump starts. Prices are rounded to whole
numbers and the way is then exactly optimal, so that the only doubt is the rounding: a sum of sizes times prices, over
L, is within the largest error of a price.

PATH_KL of a Bernoulli sampler is ``sum_k w_k Z(a_{k-1})`` less a constant (bernoulli/riemann-error): the same on the
line from 0 to 1. Restricted to multiples of h it is the same shortest path. The best of all is bounded below by the
path with the prices ``Z(a + h)``: in ``sum_k w_k Z(a_{k-1}) = sum_k a_k (Z(a_{k-1}) - Z(a_k))``, ``Z(1)`` read as 0,
replace Z by its value at the right end of each cell and then move every a_k down to the left end of its cell; neither
raises the sum, since Z never increases (profile/non-increasing). The two differ by about ``h (Z(0) - Z(1))``, while the
grid itself costs ``O(h^2)``. The best fixed sizes are a second lower bound (fixed-size/no-worse-path-kl), and the only
one where a learning error (learning-error/worst-case) joins the price.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import isotonic_regression

from .._kernels.shortest_path import cheapest_jumps
from ..engines.workspace import Workspace
from ..errors import BadInput
from ..instances import Instance
from ..metrics.information import Profile
from ..metrics.information_curve import MOST_SAMPLES, drawn_profile
from ..numbers.enclosure import RAISED, Enclosure
from ..numbers.limits import require_memory
from ..numbers.probabilities import whole
from ..policies import Bernoulli, FixedSize, Schedule
from ..policies.schedule import MOST_STEPS
from .exact_schedule import best_exactly
from .plan import KINDS, Kind, Plan, kind_of, measured, others
from .profiles import curve_of, profile_of

__all__ = ["best_schedule", "best_sizes"]

BITS = 61
CELLS_A_STEP = 256
FEWEST_CELLS, MOST_CELLS = 1 << 14, 1 << 18
MOST_SEARCHED = 1 << 27
LARGEST_SEED = 2**63
CONFIDENCE = 0.99
"""Of what is drawn."""
QUANTITIES = ("path_kl", "kl", "ser")


def best_sizes(profile: Sequence[float] | NDArray[np.float64], steps: int) -> tuple[int, ...]:
    """Sizes ``s_1..s_N`` that minimise ``sum_k s_k z(S_{k-1})``.

    Parameters
    ----------
    profile : (L,) numbers
        ``z(0..L-1)``, non-negative; it need not fall.
    steps : int
        N; those beyond L are empty.

    Raises
    ------
    BadInput
        For a profile with a negative or infinite entry.
    BeyondReach
        When the ``4 N L`` bytes of the search do not fit.

    Notes
    -----
    ``O(N L)``. Optimal for prices that differ from the profile by at most ``2^-60 L max z``.

    Examples
    --------
    >>> best_sizes([3, 3, 0, 0], 2)
    (2, 2)
    """
    prices = _prices(np.asarray(profile, dtype=np.float64))[0]
    return _sizes(prices, whole(steps, "steps", 1, MOST_STEPS))


def best_schedule(
    instance: Instance,
    steps: int | None = None,
    *,
    quantity: str = "path_kl",
    kind: Kind | None = None,
    samples: int | None = None,
    seed: int = 0,
) -> Plan:
    """The schedule of ``steps`` steps under which the instance's ``quantity`` is least.

    Parameters
    ----------
    instance : Instance
        Its policy gives the defaults and nothing else.
    steps : int, optional
        N; the instance's own.
    quantity : {"path_kl", "kl", "ser"}
        ``kl`` and ``ser`` exactly, for small rational instances (output-law/schedule-polynomial).
    kind : {"bernoulli", "fixed-size"}, optional
        The instance's own, or fixed-size.
    samples : int, optional
        Of a hidden Markov model or an n-gram: sizes by a drawn profile, so many sequences for each number.
    seed : int

    Returns
    -------
    Plan

    Raises
    ------
    BadInput
        For arguments that are not accepted, or an instance that has no such plan.
    BeyondReach
        When no engine reaches the profile, or the search does not fit the memory.

    Notes
    -----
    PATH_KL: a profile, then ``O(N L)`` for fixed sizes and ``O(N G)`` for Bernoulli steps, with G = 256 N cells (at
    least 2^14, at most 2^18).

    Examples
    --------
    >>> from maskbound.numerics import languages, policies
    >>> plan = best_schedule(Instance(languages.mds(5, 2, 5), policies.FixedSize([3, 2])))
    >>> plan.policy, round(plan.others["uniform"].value, 6), plan.value.lo
    (FixedSize([2, 3]), 1.609438, 0.0)
    """
    N = whole(instance.policy.steps if steps is None else steps, "steps", 1, MOST_STEPS)
    kind = kind or ("fixed-size" if samples is not None else kind_of(instance))
    if kind not in KINDS:
        raise BadInput("kind", f"found {kind!r}; one of {', '.join(KINDS)} is accepted")
    if quantity not in QUANTITIES:
        raise BadInput("quantity", f"found {quantity!r}; one of {', '.join(QUANTITIES)} is accepted")
    if samples is not None:
        if quantity != "path_kl" or kind != "fixed-size" or not instance.exact_denoiser:
            raise BadInput("samples", "they plan fixed sizes for path_kl and an exact denoiser only")
        return _by_draws(instance, N, whole(samples, "samples", 2, MOST_SAMPLES), whole(seed, "seed", 0, LARGEST_SEED))
    if quantity != "path_kl":
        return best_exactly(instance, N, quantity, kind)
    work = Workspace(instance)
    return _fixed_size(work, N) if kind == "fixed-size" else _bernoulli(work, N)


def _by_draws(instance: Instance, N: int, samples: int, seed: int) -> Plan:
    """By a profile of drawn sequences; PATH_KL from others, so that the choice does not flatter itself."""
    revealed, drawn = drawn_profile(instance, samples=samples, seed=seed)
    # z never increases (profile/non-increasing): the nearest such values, so that noise makes no size.
    falling = isotonic_regression([each.value for each in drawn], increasing=False).x
    policy = FixedSize(best_sizes(np.maximum(np.interp(range(instance.length), revealed, falling), 0.0), N))
    options = {"engine": "sampled", "samples": samples, "seed": seed + 1, "confidence": CONFIDENCE}
    return Plan(
        "path_kl",
        "fixed-size",
        policy,
        measured(instance, policy, "path_kl", **options),
        None,
        f"the best for a profile of {len(revealed)} points drawn by {samples} sequences each; the gap is not known",
        others(instance, "fixed-size", N, "path_kl", **options),
    )


def _fixed_size(work: Workspace, N: int) -> Plan:
    policy, value, least = _best_sizes(work, N)
    return Plan(
        "path_kl",
        "fixed-size",
        policy,
        value,
        least,
        "the best of all sizes, up to the gap, by shortest path",
        others(work.instance, "fixed-size", N, "path_kl"),
    )


def _best_sizes(work: Workspace, N: int) -> tuple[FixedSize, Enclosure, float]:
    """The policy, its PATH_KL, and what no other can have less of."""
    prices, doubt, _ = _prices_of(profile_of(work))
    policy = FixedSize(_sizes(prices, N))
    value = measured(work.instance, policy, "path_kl")
    return policy, value, max(value.lo - 2 * doubt, 0.0)


def _bernoulli(work: Workspace, N: int) -> Plan:
    instance = work.instance
    cells = _cells(N)
    prices, doubt, scale = _prices_of(curve_of(work, cells))
    places = _places(prices[:-1], min(N, cells))
    # Steps between equal places reveal nothing; so do those beyond the number of cells.
    alpha = [Fraction(int(place), cells) for place in places[1:]]
    policy = Bernoulli(schedule=Schedule.from_alpha([*alpha, *[Fraction(1)] * (N - len(alpha))]))
    value = measured(instance, policy, "path_kl")
    least = 0.0
    if instance.exact_denoiser:
        below = _cost(prices[1:], _places(prices[1:], min(N, cells)))
        slack = math.ldexp(float(_cost(prices[:-1], places) - below), -scale) / cells
        least = value.lo - slack * RAISED - 2 * doubt
    if N * instance.length <= MOST_CELLS * CELLS_A_STEP:
        least = max(least, _best_sizes(work, N)[2])
    return Plan(
        "path_kl",
        "bernoulli",
        policy,
        value,
        max(least, 0.0),
        f"the best on a grid of {cells} cells; the gap is to the best of all",
        others(instance, "bernoulli", N, "path_kl"),
    )


def _cells(N: int) -> int:
    """A power of two: 256 a step, as far as the search stays within half a gigabyte."""
    most = min(MOST_CELLS, MOST_SEARCHED // N)
    return 1 << (max(min(CELLS_A_STEP * N, most), FEWEST_CELLS).bit_length() - 1)


def _prices_of(values: Profile) -> tuple[NDArray[np.int64], float, int]:
    """Whole prices, how far one may be from the truth, and the power of two that they were multiplied by."""
    prices, scale = _prices(np.maximum(values.values, 0.0))
    return prices, (values.error + math.ldexp(0.5, -scale)) * RAISED, scale


def _prices(values: NDArray[np.float64]) -> tuple[NDArray[np.int64], int]:
    if values.ndim != 1 or not len(values) or not np.isfinite(values).all() or (values < 0).any():
        raise BadInput("profile", "found an entry that is negative or infinite, or none; finite ones are accepted")
    scale = BITS - math.frexp(float(values.max()))[1] - len(values).bit_length() if values.any() else 0
    return np.rint(np.ldexp(values, scale)).astype(np.int64), scale


def _places(prices: NDArray[np.int64], jumps: int) -> NDArray[np.int64]:
    require_memory(4 * (jumps + 1) * (len(prices) + 1), f"the search for {jumps} steps over {len(prices)} places")
    return cheapest_jumps(prices, jumps)


def _sizes(prices: NDArray[np.int64], N: int) -> tuple[int, ...]:
    sizes = np.diff(_places(prices, min(N, len(prices)))).tolist()
    return (*sizes, *[0] * (N - len(sizes)))


def _cost(prices: NDArray[np.int64], places: NDArray[np.int64]) -> int:
    starts, sizes = places[:-1].tolist(), np.diff(places).tolist()
    return sum(size * int(prices[start]) for start, size in zip(starts, sizes, strict=True) if size)
