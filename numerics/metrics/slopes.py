"""The slope of the information curve, and what a Bernoulli schedule makes of it (curve/slope-is-mutual-information,
bernoulli/slope-identity).

``Z`` has the Bernstein coefficients ``z(j)`` (profile/non-increasing), so ``-Z'`` has ``(L-1)(z(j) - z(j+1))``, j =
0..L-2, none of them negative. What is measured here is linear in them, with weights that are integrals over the steps
of the schedule; the same functions serve float64 and exact rationals, and subtract nothing.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from flint import arb, ctx, fmpq
from numpy.typing import NDArray

from ..engines import rational, tabular
from ..engines.needs import BERNOULLI, RATIONAL_LANGUAGE, all_of
from ..engines.rational import information as exactly
from ..engines.rational.information import Number, total
from ..engines.rational.rows import ONE, ZERO
from ..engines.workspace import Workspace
from ..errors import BeyondReach, NoLogForm
from ..instances import Instance
from ..numbers.enclosure import RAISED, UNIT_ROUNDOFF, Enclosure, gamma
from ..numbers.logform import LogForm
from ..numbers.rationals import to_flint
from .information import profile, tabular_method
from .log_forms import exact_method, of_rationals
from .schedule import schedule_of

__all__ = ["METHODS"]

Steps = Sequence[tuple[Any, Any, Any]]
"""``(a_{k-1}, w_k, 1 - a_k)`` of every step that is not empty."""

FINEST = 80
"""Halvings of [0, 1] in the search for an extreme slope."""


def step_integral(step: tuple[Any, Any, Any], below: int, above: int, to_end: int) -> Any:
    """Integral of ``a^below (1-a)^above (a_k - a)^to_end`` over a step, ``to_end`` 0 or 1.

    With ``a = a_{k-1} + w t`` it is a sum of products of ``t^s (1-t)^r``, whose integral is ``s! r! / (s+r+1)!``.
    """
    before, w, after = step
    found = 0 * w
    for s in range(below + 1):
        for r in range(above + 1):
            ways = math.comb(below, s) * math.comb(above, r) * math.factorial(s) * math.factorial(r + to_end)
            share = w ** (s + r + 1 + to_end) * before ** (below - s) * after ** (above - r)
            found += share * ways / math.factorial(s + r + to_end + 1)
    return found


def slope_weights(steps: Steps, degree: int) -> list[Any]:
    """Weights of the Bernstein coefficients of -Z' in ``sum_k integral of (a_k - a) |Z'(a)|``."""
    return [
        math.comb(degree, j) * sum(step_integral(step, j, degree - j, 1) for step in steps) for j in range(degree + 1)
    ]


def growth_weights(steps: Steps, degree: int) -> list[Any]:
    """Weights of the same coefficients in ``growth_bound``; ``psi_k/psi_{k-1} - 1 = w_k / (a_{k-1} (1 - a_k))``."""

    def at(step: tuple[Any, Any, Any], j: int) -> Any:
        before, w, after = step
        if not before or not after:
            return w * step_integral(step, j, degree - j, 0)
        return w / before / after * step_integral(step, j + 1, degree - j + 1, 0)

    return [math.comb(degree, j) * sum(at(step, j) for step in steps) for j in range(degree + 1)]


def sharp_growth_weights(steps: Steps, degree: int) -> list[Any]:
    """Weights of the same coefficients in ``sharp_growth_bound``."""

    def at(step: tuple[Any, Any, Any], j: int) -> Any:
        before, w, after = step
        if not before:
            return w * step_integral(step, j, degree - j, 0)
        return w / before / (w + after) * step_integral(step, j + 1, degree - j + 1, 0)

    return [math.comb(degree, j) * sum(at(step, j) for step in steps) for j in range(degree + 1)]


def ratio_growth_weights(
    steps: Steps, degree: int, factor: Callable[[Any, Any], Any] = lambda before, w: w / before
) -> list[Any]:
    """Weights of the same coefficients in ``ratio_growth_bound``; ``a_k/a_{k-1} - 1 = w_k / a_{k-1}``."""

    def at(step: tuple[Any, Any, Any], j: int) -> Any:
        before, w, _ = step
        if not before:
            return w * step_integral(step, j, degree - j, 0)
        return factor(before, w) * step_integral(step, j + 1, degree - j, 0)

    return [math.comb(degree, j) * sum(at(step, j) for step in steps) for j in range(degree + 1)]


def log_ratio_growth_weights(steps: Steps, degree: int) -> list[float]:
    """Weights in ``log_ratio_growth_bound``, in floating point."""
    return ratio_growth_weights(steps, degree, lambda before, w: math.log1p(w / before))


def effective_weights(degree: int) -> list[float]:
    """Integrals of ``a min(1, log 1/a) C(n,j) a^j (1-a)^(n-j)``.

    That of ``a^m min(1, log 1/a)`` is ``(1 - e^-(m+1))/(m+1)^2``. The sum over powers alternates; balls of so many bits
    keep 53 of them.
    """
    with ctx.workprec(80 + 4 * degree):
        power = [(1 - arb(-k).exp()) / arb(k * k) for k in range(2, degree + 3)]
        return [
            float(
                math.comb(degree, j)
                * sum(((-1) ** i * math.comb(degree - j, i) * power[j + i] for i in range(degree - j + 1)), arb(0))
            )
            for j in range(degree + 1)
        ]


def complexity_weights(degree: int, one: Any) -> list[Any]:
    """Integrals of ``a (1-a) C(n,j) a^j (1-a)^(n-j)``: ``(j+1)(n-j+1) / ((n+1)(n+2)(n+3))``."""
    scale = (degree + 1) * (degree + 2) * (degree + 3)
    return [one * ((j + 1) * (degree - j + 1)) / scale for j in range(degree + 1)]


def _float_steps(instance: Instance) -> Steps:
    schedule = schedule_of(instance)
    steps = zip(schedule.revealed[:-1].tolist(), schedule.weights.tolist(), schedule.tails[1:].tolist(), strict=True)
    return [step for step in steps if step[1] > 0]


def _exact_steps(instance: Instance) -> Steps:
    weights = [to_flint(w) for w in schedule_of(instance).fractions.tolist()]
    revealed = list(itertools.accumulate(weights, initial=ZERO))
    return [(revealed[k], w, 1 - revealed[k + 1]) for k, w in enumerate(weights) if w]


# In float64


def _slopes(work: Workspace) -> tuple[NDArray[np.float64], float]:
    """Bernstein coefficients of -Z', and one absolute error for all."""
    z = profile(work)
    degree = len(z.values) - 1
    return -np.diff(z.values) * degree, degree * (2 * z.error + 2 * UNIT_ROUNDOFF * z.values[0])


def _linear(weights: Callable[[Instance, int], list[float]]) -> Callable[[Workspace], Enclosure]:
    def run(work: Workspace) -> Enclosure:
        slopes, error = _slopes(work)
        if not len(slopes):
            return Enclosure(0.0, 0.0, 0.0, "exact")
        shares = np.array(weights(work.instance, len(slopes) - 1))
        if not np.isfinite(shares).all():
            raise BeyondReach(f"the steps of {work.instance.policy} have integrals beyond the range of float64")
        terms = shares * slopes
        rounded = gamma(12 * len(shares) + work.instance.policy.steps + 20) * math.fsum(np.abs(terms))
        return Enclosure.around(math.fsum(terms), (error * math.fsum(shares) + rounded) * RAISED, least=0.0)

    return run


def _interactions(work: Workspace) -> tuple[NDArray[np.float64], float]:
    """``y(j)``: sum over ordered pairs i, k of the average of ``I(X_i; X_k | X_R)`` over sets R of j others."""
    H, error = tabular.entropies(work)
    L = work.instance.length
    sets = np.arange(1 << L)
    sizes = np.array([int(R).bit_count() for R in sets])
    terms: list[list[float]] = [[] for _ in range(L - 1)]
    for i, k in itertools.combinations([1 << at for at in range(L)], 2):
        free = sets[(sets & (i | k)) == 0]
        information = (H[free | i] - H[free]) + (H[free | k] - H[free | i | k])
        for j in range(L - 1):
            terms[j] += information[sizes[free] == j].tolist()
    found = [2 * math.fsum(group) / math.comb(L - 2, j) for j, group in enumerate(terms)]
    return np.array(found), L * (L - 1) * (4 * error + 8 * UNIT_ROUNDOFF * H[-1])


def _slope_defect(work: Workspace) -> Enclosure:
    """The slope (curve/slope-is-mutual-information) coefficient by coefficient: conditional entropies against entropies
    of sets.
    """
    slopes, error = _slopes(work)
    if not len(slopes):
        return Enclosure(0.0, 0.0, 0.0, "exact")
    found, own = _interactions(work)
    return Enclosure.around(float(np.abs(slopes - found).max()), error + own, least=0.0)


def _extreme_slope(sign: int) -> Callable[[Workspace], Enclosure]:
    """The least (sign 1) or the largest (-1) of |Z'|: Bernstein coefficients enclose a polynomial on every interval.

    Intervals that cannot hold the extreme are dropped and the others are halved; a halving is n averages deep.
    """

    def run(work: Workspace) -> Enclosure:
        slopes, error = _slopes(work)
        if not len(slopes):
            return Enclosure(0.0, 0.0, 0.0, "exact")
        scale = float(np.abs(slopes).max())
        pieces, attained = [sign * slopes], math.inf
        for _ in range(FINEST):
            attained = min(attained, *(min(piece[0], piece[-1]) for piece in pieces))
            reach = min(float(piece.min()) for piece in pieces)
            if attained - reach <= 4 * UNIT_ROUNDOFF * scale:
                break
            kept = [piece for piece in pieces if piece.min() < attained]
            pieces = [half for piece in kept for half in _halves(piece)]
        rounded = FINEST * len(slopes) * 2 * UNIT_ROUNDOFF * scale
        lo, hi = reach - error - rounded, attained + error + rounded
        lo, hi = (lo, hi) if sign > 0 else (-hi, -lo)
        value = max(float(sign * attained), 0.0)
        return Enclosure(value, min(max(float(lo), 0.0), value), max(float(hi), value), "rounding")

    return run


def _halves(coefficients: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """De Casteljau at the middle: the coefficients on both halves."""
    left, right, row = [coefficients[0]], [coefficients[-1]], coefficients
    while len(row) > 1:
        row = (row[:-1] + row[1:]) / 2
        left.append(row[0])
        right.append(row[-1])
    return np.array(left), np.array(right[::-1])


# In exact rationals


def _exact_slopes(work: Workspace) -> list[LogForm]:
    z = exactly.profile(work)
    return [(before - after) * (len(z) - 1) for before, after in itertools.pairwise(z)]


def _exact_linear(weights: Callable[[Instance, int], list[fmpq]]) -> Callable[[Workspace], Number]:
    def run(work: Workspace) -> Number:
        slopes = work.once(_exact_slopes)
        return total(zip(weights(work.instance, len(slopes) - 1), slopes, strict=True)) if slopes else LogForm()

    return run


def _exact_extreme_slope(quantity: str, choose: Callable[..., LogForm]) -> Callable[[Workspace], Number]:
    """At an end of [0, 1] where an end coefficient is the extreme one: a polynomial lies between its coefficients."""

    def run(work: Workspace) -> Number:
        slopes = work.once(_exact_slopes)
        if not slopes:
            return LogForm()
        found = choose(slopes[0], slopes[-1])
        if choose(slopes) != found:
            raise NoLogForm(f"{quantity} may lie inside (0, 1) here, where it is no log form; other engines enclose it")
        return found

    return run


def _zero_or(why: str) -> Callable[[Workspace], LogForm]:
    """0 where no token tells of another; elsewhere no log form."""

    def run(work: Workspace) -> LogForm:
        if any(slope != 0 for slope in work.once(_exact_slopes)):
            raise NoLogForm(why)
        return LogForm()

    return run


def _exact_slope_defect(work: Workspace) -> Number:
    L, H = work.instance.length, exactly.entropies(work)
    terms: list[list[tuple[fmpq, Number]]] = [[] for _ in range(L - 1)]
    for i, k in itertools.combinations([1 << at for at in range(L)], 2):
        for R in range(1 << L):
            if not R & (i | k):
                share = fmpq(2, math.comb(L - 2, R.bit_count()))
                terms[R.bit_count()] += [(share, H[R | i]), (share, H[R | k]), (-share, H[R]), (-share, H[R | i | k])]
    apart = [
        total([(ONE, slope), (-ONE, total(group))]) for slope, group in zip(_exact_slopes(work), terms, strict=True)
    ]
    sizes: list[Number] = [abs(x) for x in apart]  # type: ignore[misc]  # mypy takes abs of a union for an object
    return max(sizes, default=LogForm())


Weights = Callable[[Steps, int], list[Any]]
WEIGHTS: Mapping[str, Weights] = {
    "weighted_slope": slope_weights,
    "growth_bound": growth_weights,
    "sharp_growth_bound": sharp_growth_weights,
    "ratio_growth_bound": ratio_growth_weights,
}
IN_FLOATING_POINT: Mapping[str, Weights] = {**WEIGHTS, "log_ratio_growth_bound": log_ratio_growth_weights}


def _weighed(weights: Weights, steps: Callable[[Instance], Steps]) -> Callable[[Instance, int], list[Any]]:
    return lambda instance, degree: weights(steps(instance), degree)


METHODS = (
    tabular_method("slope_defect", _slope_defect),
    tabular_method("curve_min_slope", _extreme_slope(1)),
    tabular_method("curve_max_slope", _extreme_slope(-1)),
    tabular_method("odds_weighted_slope", _linear(lambda instance, degree: complexity_weights(degree, 1.0))),
    tabular_method("effective_total_correlation", _linear(lambda instance, degree: effective_weights(degree))),
    *(
        tabular_method(
            name,
            _linear(_weighed(weights, _float_steps)),
            "L (V+1)^L + N L^3",
            BERNOULLI,
        )
        for name, weights in IN_FLOATING_POINT.items()
    ),
    exact_method("slope_defect", _exact_slope_defect, RATIONAL_LANGUAGE),
    exact_method(
        "effective_total_correlation",
        _zero_or("effective_total_correlation has exponentials of whole numbers in it, which is no log form"),
        RATIONAL_LANGUAGE,
    ),
    exact_method(
        "log_ratio_growth_bound",
        _zero_or("log_ratio_growth_bound multiplies logarithms, which is no log form"),
        all_of(BERNOULLI, rational.obstacle),
        scope=of_rationals("Bernoulli"),
    ),
    *(
        exact_method(quantity, _exact_extreme_slope(quantity, choose), RATIONAL_LANGUAGE)
        for quantity, choose in (("curve_min_slope", min), ("curve_max_slope", max))
    ),
    exact_method(
        "odds_weighted_slope",
        _exact_linear(lambda instance, degree: complexity_weights(degree, ONE)),
        RATIONAL_LANGUAGE,
    ),
    *(
        exact_method(
            name,
            _exact_linear(_weighed(weights, _exact_steps)),
            all_of(BERNOULLI, rational.obstacle),
            scope=of_rationals("Bernoulli"),
        )
        for name, weights in WEIGHTS.items()
    ),
)
