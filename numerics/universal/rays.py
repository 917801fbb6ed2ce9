"""Deciding claims about exchangeable policies on the languages that span all information profiles.

The profile of every language of length L is a sum of non-negative multiples of the profiles of ``MDS_0 .. MDS_L``,
because ``z`` never increases, ends at 0 or above and starts at ``L log V`` or below; and each sum is a product of such
codes. So a claim ``max_i min_j l_ij <= 0`` holds for every language iff for each i the matrix game of the values
``l_ij`` on these languages has a value of at most 0.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from ..errors import BeyondReach
from ..policies import Policy
from .exchangeable import LANGUAGE_RAYS, POLICY_RAYS, Steps, increase, path_kl_ray, slope_at, steps_of
from .linear import CONSTANT, Form, Lattice, Number, add, maximum, minimum, scaled, sign
from .mixture import Mixture
from .simplex import game, maximise

__all__ = [
    "SLOPES",
    "Generator",
    "Outcome",
    "decide",
    "generators",
    "has_extreme_slope",
    "mean_slope",
    "ALWAYS_ZERO",
    "IRRATIONAL",
    "ONLY_BOUNDS",
    "sharp_constant",
    "why_no_constant",
    "value_on",
    "with_slopes",
]

SLOPES = {"curve_max_slope": -1, "curve_min_slope": 1}
"""Which sign of the coefficient, in ``lhs - rhs``, asks for averages of the slope instead of its extreme values."""


@dataclass(frozen=True)
class Generator:
    """One of the languages (with a denoiser) that the claim has to hold on.

    Parameters
    ----------
    label : str
    values : mapping of str to Fraction or sympy.Expr
        The functionals, in units of ``log q`` for a code; ``1`` only on the language of one sequence and one symbol.
    rank : int or None
        K of a code; None for the others.
    attained : bool
        Whether the values are those of a language, and not only bounds.
    """

    label: str
    values: Mapping[str, Number]
    rank: int | None = None
    attained: bool = True


@dataclass(frozen=True)
class Outcome:
    """What was decided: weights that prove each minimum, or amounts of the generators that violate the claim."""

    holds: bool
    weights: list[list[Number]] = field(default_factory=list)
    amounts: dict[int, Fraction] = field(default_factory=dict)
    attained: bool = True


def generators(
    names: Iterable[str], policies: Sequence[Policy | Mixture], length: int, exact_denoiser: bool = True
) -> list[Generator]:
    """The languages, with the value of every functional on each."""
    names = sorted(set(names) - {CONSTANT})
    steps = [steps_of(policy, length) for policy in policies]
    plain = [
        name for name in names if not name.startswith(("kl", "log_mean_path_kl", "eps_", "learning_", "mean_learning_"))
    ]
    table = {name: _ray(name, steps, length) for name in plain}
    found = [Generator(f"MDS_{K}", {name: ray[K] for name, ray in table.items()}, K) for K in range(length + 1)]
    between = [name for name in names if name.startswith(("kl", "log_mean_path_kl"))]
    if between:
        tops = [path_kl_ray(own) for own in steps]
        found = [each for one in found for each in _between(one, between, steps, tops)]
    found.append(Generator("one sequence", {CONSTANT: Fraction(1)}))
    if not exact_denoiser:
        found += _denoisers(names, length)
    return found


def _ray(name: str, steps: Sequence[Steps], length: int) -> Sequence[Number]:
    plain = name.removesuffix("@2")
    if plain in LANGUAGE_RAYS:
        return LANGUAGE_RAYS[plain](length)
    if plain.startswith("increase "):
        return increase(int(plain.split()[1]), length)
    if plain.startswith("slope "):
        return slope_at(Fraction(plain.split()[1]), length)
    if plain in POLICY_RAYS:
        return POLICY_RAYS[plain](steps[1 if name.endswith("@2") else 0])
    raise BeyondReach(f"{name} is not known on MDS codes")


def _between(
    one: Generator, names: Sequence[str], steps: Sequence[Steps], tops: Sequence[Sequence[Fraction]]
) -> list[Generator]:
    """0 <= kl <= log_mean_path_kl <= path_kl, for each policy by itself: the corners of what is known.

    On a code fixed sizes attain the last one, where all are path_kl.
    """
    if one.rank is None:
        return [one]
    choices: list[list[dict[str, Fraction]]] = []
    for suffix, ray in zip(("", "@2"), tops, strict=False):
        mine = [name for name in names if name.removesuffix("@2") + suffix == name]
        top = ray[one.rank]
        corners = [dict.fromkeys(mine, top)]
        if top and mine:
            corners.append(dict.fromkeys(mine, Fraction(0)))
            corners.append({name: top if not name.startswith("kl") else Fraction(0) for name in mine})
        choices.append([corner for n, corner in enumerate(corners) if corner not in corners[:n]])
    sized = all(own.weights is None and not own.parts for own in steps)
    found = []
    for n, chosen in enumerate(itertools.product(*choices)):
        values = {name: value for corner in chosen for name, value in corner.items()}
        found.append(
            Generator(one.label, {**one.values, **values}, one.rank, n == 0 and (sized or not any(values.values())))
        )
    return found


def _denoisers(names: Sequence[str], length: int) -> list[Generator]:
    """A wrong denoiser on the language of one sequence, and one that is wrong where it is never asked."""
    each = Fraction(1, length)
    wrong = {"learning_term": Fraction(1), "eps_learning": each, "mean_learning_error": each}
    wrong |= dict.fromkeys(("path_kl", "mixture_path_kl"), Fraction(1))
    label = "one sequence, a wrong denoiser"
    heights = [(1, 1), (0, 0), (0, 1)] if {"kl", "log_mean_path_kl"} & set(names) else [(1, 1)]
    found = [
        Generator(label, {**wrong, "kl": Fraction(kl), "log_mean_path_kl": Fraction(soft)}, attained=kl == 1)
        for kl, soft in heights
    ]
    unasked = Generator("a denoiser wrong where it is not asked", {"eps_learning": Fraction(1)}, attained=False)
    return [*found, unasked]


def value_on(form: Form, values: Mapping[str, Number]) -> Number:
    """A form on a generator."""
    found: Number = Fraction(0)
    for name, coefficient in form.items():
        if values.get(name):
            found = found + coefficient * values[name]
    return found


def with_slopes(lattice: Lattice, length: int, mean: Form | None) -> Lattice:
    """Extreme slopes written as extremes of linear functionals, and the largest increase as a maximum.

    Where the steepest slope helps the claim it is at least the slope at any a and its mean in any density; elsewhere
    it is taken on each code by itself, which is exact because a maximum is convex. The flattest one likewise.
    """

    def written_out(form: Form) -> Lattice:
        rest: Lattice = (({name: c for name, c in form.items() if name not in (*SLOPES, "profile_max_increase")},),)
        for name, harder in SLOPES.items():
            if name not in form or not sign(form[name]):
                continue
            c = form[name]
            if sign(c) != harder:
                rest = add(rest, (({name: c},),))
                continue
            places = range(max(length - 1, 1))
            choices: list[Form] = [{f"slope {Fraction(j, max(length - 2, 1))}": Fraction(1)} for j in places]
            if mean is not None:
                choices.insert(0, mean)
            rest = add(rest, minimum([scaled(((choice,),), c) for choice in choices]))
        if "profile_max_increase" in form:
            steps = [(({f"increase {j}": Fraction(1)},),) for j in range(length - 1)] or [(({},),)]
            rest = add(rest, scaled(maximum(steps), form["profile_max_increase"]))
        return rest

    return maximum(minimum([written_out(form) for form in row]) for row in lattice)


def decide(lattice: Lattice, spanning: Sequence[Generator], strict: bool = False) -> Outcome:
    """Whether ``max_i min_j l_ij <= 0`` on every sum of non-negative multiples of the generators."""
    weights: list[list[Number]] = []
    for row in lattice:
        payoff = [[value_on(form, each.values) for each in spanning] for form in row]
        if len(row) == 1:
            outcome = _one_form(payoff[0], spanning)
            if outcome is not None:
                return outcome
            weights.append([Fraction(1)])
        else:
            rational = [[_rational(value) for value in line] for line in payoff]
            solved = game(rational)
            if solved.value > 0:
                amounts = {g: t for g, t in enumerate(solved.columns) if t}
                return Outcome(False, amounts=amounts, attained=all(spanning[g].attained for g in amounts))
            weights.append(list(solved.rows))
        if strict:
            if len(row) > 1:
                raise BeyondReach("a strict claim with a maximum or a minimum in it is not decided")
            if sign(row[0].get(CONSTANT, Fraction(0))) >= 0:
                unit = next(g for g, each in enumerate(spanning) if CONSTANT in each.values)
                return Outcome(False, amounts={unit: Fraction(1)})
    return Outcome(True, weights)


def _one_form(values: Sequence[Number], spanning: Sequence[Generator]) -> Outcome | None:
    failing = [g for g, value in enumerate(values) if sign(value) > 0]
    if not failing:
        return None
    length = max((each.rank or 0) for each in spanning)

    def cost(g: int) -> tuple[bool, int]:
        """Attained first; then binary codes; then small ones."""
        rank = spanning[g].rank
        binary = rank is None or rank in (0, 1, length - 1, length)
        return not spanning[g].attained, 0 if binary else rank or 0

    best = min(failing, key=cost)
    return Outcome(False, amounts={best: Fraction(1)}, attained=spanning[best].attained)


def _rational(value: Number) -> Fraction:
    if not isinstance(value, Fraction):
        raise BeyondReach(f"{value} is irrational, and the claim has a minimum or a maximum in it")
    return value


def sharp_constant(lhs: Lattice, rhs: Lattice, spanning: Sequence[Generator]) -> Fraction | None:
    """The least C with ``lhs <= C rhs`` on all sums of the generators; None where there is none, or it stays open.

    Below 0 a multiple of a maximum or a minimum is none any more, so that C is known of one form on the right only.
    Extreme slopes of a sum are not sums, and the largest of the slopes at some a may be exceeded between them; so with
    several bounds and such slopes, C has to be attained on one code or where the slope is constant.
    """
    if any(len(row) > 1 for row in lhs) or any(CONSTANT in form for row in (*lhs, *rhs) for form in row):
        return None
    try:
        right = [[[_rational(value_on(form, g.values)) for g in spanning] for form in row] for row in rhs]
        left = [[_rational(value_on(row[0], g.values)) for g in spanning] for row in lhs]
    except BeyondReach:
        return None
    if any(value < 0 for row in right for line in row for value in line) or not all(g.attained for g in spanning):
        return None
    if len(right) == 1:
        ratio = _largest_ratio(left, [min(column) for column in zip(*right[0], strict=True)])
        return None if ratio is not None and ratio < 0 and len(right[0]) > 1 else ratio
    if any(len(row) > 1 for row in right):
        return None
    bounds = [row[0] for row in right]
    best = Fraction(0)
    for line in left:
        found = maximise(line, bounds, [Fraction(1)] * len(bounds)).value
        if found is None:
            return None
        best = max(best, found)
    if not best and not any(line[g] == 0 < _side(bounds, {g}) for line in left for g in range(len(spanning))):
        return None
    names = {name for row in (*lhs, *rhs) for form in row for name in form}
    if has_extreme_slope(names):
        languages = [{g} for g in range(len(spanning))]
        if names.isdisjoint(SLOPES):
            length = max(each.rank or 0 for each in spanning)
            languages.append({g for g, each in enumerate(spanning) if 0 < (each.rank or 0) < length})
        if best and not any(_side(left, one) == best * _side(bounds, one) > 0 for one in languages):
            return None
    return best


ALWAYS_ZERO = "the right side is always 0"
IRRATIONAL = "a side has an irrational factor, and constants are sought in rational numbers"
ONLY_BOUNDS = "of a quantity in it only bounds are known"


def why_no_constant(lhs: Lattice, rhs: Lattice, spanning: Sequence[Generator], turned: bool = False) -> str:
    """Why :func:`sharp_constant` finds none there; ``turned``, of a lower bound, whose left side is ``rhs`` here."""
    if any(sign(form.get(CONSTANT, Fraction(0))) for row in (*lhs, *rhs) for form in row):
        return "a number is added to the entropies, so that the sides do not scale together"
    if any(len(row) > 1 for row in lhs):
        return "a side has a minimum in it"
    values = [value_on(form, g.values) for row in (*lhs, *rhs) for form in row for g in spanning]
    if not all(isinstance(value, Fraction) for value in values):
        return IRRATIONAL
    if not all(g.attained for g in spanning):
        return ONLY_BOUNDS
    smaller, larger = ("right", "left") if turned else ("left", "right")
    if any(value < 0 for row in rhs for form in row for value in (value_on(form, g.values) for g in spanning)):
        return f"the {larger} side may be negative"
    below = [max(value_on(row[0], g.values) for row in lhs) for g in spanning]
    above = [max(min(value_on(form, g.values) for form in row) for row in rhs) for g in spanning]
    for g, low, high in zip(spanning, below, above, strict=True):
        if low > 0 == high:
            factor = "no factor above 0 is small" if turned else "no factor is large"
            return f"{factor} enough: on {g.label} the {larger} side is 0 and the {smaller} side is not"
    if not any(below if turned else above):
        return ALWAYS_ZERO
    if turned and max(below) <= 0:
        return "every factor above 0 will do, as the right side is never positive"
    if len(rhs) > 1:
        return "it is not computed where a side is a maximum of several"
    return "the least factor is below 0, where a multiple of a minimum is none any more"


def has_extreme_slope(names: Iterable[str]) -> bool:
    """Whether the steepest or the flattest slope of the curve is meant, by itself or through slopes at some a."""
    return any(name in SLOPES or name.startswith("slope ") for name in names)


def _side(lines: Sequence[Sequence[Fraction]], chosen: Iterable[int]) -> Fraction:
    """The largest line on the product of the chosen generators."""
    return max(sum((line[g] for g in chosen), Fraction(0)) for line in lines)


def _largest_ratio(left: Sequence[Sequence[Fraction]], right: Sequence[Fraction]) -> Fraction | None:
    """``max lhs/rhs`` over the generators, 0/0 left out."""
    pairs = [(a, b) for line in left for a, b in zip(line, right, strict=True)]
    if any(a > 0 == b for a, b in pairs):
        return None
    return max((a / b for a, b in pairs if b), default=None)


def mean_slope(policy: Policy | Mixture, length: int) -> Form | None:
    """The slope averaged with weight ``a_k - a``: PATH_KL over half the collisions; None without a Bernoulli policy."""
    steps = steps_of(policy, length)
    if steps.weights is None:
        return None
    return {"weighted_slope": 2 / sum(w * w for w in steps.weights)}
