"""Claims about Bernoulli steps for every length: one schedule, or all of them.

PATH_KL, TC, DTC, .. are integrals of ``|Z'(a)|`` against a kernel, and the slope of ``MDS_K`` gathers at K/L as L
grows. So ``int f |Z'| + c1 Z(1) + c2 (L log V - Z(0))`` is never negative, for any language of any length, iff
``f >= 0`` where it is continuous, ``c1 >= 0`` and ``c2 >= 0``. Within a step every kernel is a polynomial of degree at
most 2, whose sign is plain. Over all schedules the kernel is a function of the shares S, i, u, r of what is revealed
before the step, in it on either side of a, and after it; S + i + u + r = 1.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

import sympy
from sympy import Expr, Integer, Rational, Symbol

from maskbound.theory import Statement

from ..errors import BeyondReach
from ..policies import Bernoulli
from .decision import Decided, Decision
from .exchangeable import Steps, steps_of
from .polynomials import Inequality, inequality
from .prove import described, prove
from .reading import BETWEEN, by_bounds
from .symbolic import COORDINATES, EXCESS, LAMBDA, SLACK, UNIT, branches, linear, without_bounds

__all__ = ["every_schedule"]

LENGTHS = (*range(2, 41), 48, 64, 96, 128)
"""Where a language is looked for, once a kernel is negative somewhere."""

LONGEST_SEARCHED = 3
"""Where small laws are tried, too."""

GROWTH = ("growth_bound", "sharp_growth_bound", "ratio_growth_bound")
"""Bounds whose kernel depends on whether a step is the first, the last or another one."""

Place = tuple[str, tuple[Expr, Expr, Expr, Expr], Mapping[str, Expr]]

LENGTH = Symbol("L", integer=True, positive=True)
BEYOND = Symbol("l", nonnegative=True)
MARK = Symbol("a", positive=True)


def every_schedule(statement: Statement, policies: Sequence[Bernoulli], scope: str, exact_denoiser: bool) -> Decision:
    """Decide a claim for all schedules if it can be, else for the given ones."""
    for uniform in (False, True) if len(policies) == 1 else ():
        if uniform and not policies[0].schedule.law.uniform:
            continue
        found = _all_schedules(statement, uniform, exact_denoiser)
        if found is not None:
            family = "uniform Bernoulli steps, any number of them" if uniform else "Bernoulli steps, all schedules"
            return Decision(
                statement,
                Decided.HOLDS,
                f"{scope}, {family}",
                by_bounds(statement.quantities) + "the kernel is never negative, whatever the schedule",
                proof=tuple(_preamble(uniform) + [line for each in found for line in each.lines()]),
                evidence={"kind": "schedules", "inequalities": found, "uniform": uniform, "exact": exact_denoiser},
            )
    scope = f"{scope}, {' and '.join(described(policy) for policy in policies)}"
    return _given_schedules(statement, policies, scope, exact_denoiser)


def _preamble(uniform: bool) -> list[str]:
    return [
        "PATH_KL, TC and DTC are integrals of |Z'(a)| against a_k - a, 1 - a and a. At a point a of step k let S be",
        "what is revealed before the step, i what it has revealed by then, u what it still reveals, and r the rest;",
        "S + i + u + r = 1, L = 1 + l, and what is not negative may be dropped:",
        "a = S + i, a_k - a = u, w_k = i + u, 1 - a_k = r"
        + (", N = 1/w_k." if uniform else ", and the largest weight is w_k + x, x >= 0."),
    ]


def _all_schedules(statement: Statement, uniform: bool, exact_denoiser: bool) -> list[Inequality] | None:
    """The inequalities that prove it; None where they do not."""
    found: list[Inequality] = []
    try:
        for low, high in branches(statement):
            coefficients, added = linear(low, high)
            here = without_bounds(coefficients, LENGTH, exact_denoiser)
            numbers = _numbers(uniform)
            everywhere: list[Place] = [("at every a", COORDINATES, {})]
            for where, (S, i, u, r), growth in _places() if any(s.name in GROWTH for s in here) else everywhere:
                kernel, at_end, unused = _kernel(here, S, i, u, r, growth)
                known = {**numbers, LENGTH: 1 + BEYOND}
                found.append(inequality(where, _put(kernel, known)))
            found.append(inequality("Z(1)", _put(at_end, known)))
            found.append(inequality("L log V - Z(0)", _put(unused, known)))
            if not exact_denoiser:
                found.append(inequality("errors of the denoiser", _put(_errors(here), known)))
            if added != 0:
                found.append(inequality("what is added", _put(added, known)))
    except BeyondReach:
        return None
    return found if all(each.holds for each in found) else None


def _numbers(uniform: bool) -> dict[Symbol, Expr]:
    from maskbound.theory import symbols

    _, i, u, _ = COORDINATES
    whole = sum(COORDINATES, Integer(0))
    weight = (i + u) / whole
    if uniform:
        return {
            symbols["N"]: 1 / weight,
            symbols["expected_steps"]: 1 / weight,
            symbols["max_step_weight"]: weight,
            symbols["collision_probability"]: weight,
        }
    return {symbols["max_step_weight"]: weight + SLACK}


def _places() -> list[Place]:
    """First, last and inner step, with the kernels of the bounds by growth, over the whole."""
    S, i, u, r = COORDINATES
    zero = Integer(0)
    ratio = (i + u) * (S + i) / S
    first: Mapping[str, Expr] = dict.fromkeys(GROWTH, i + u)
    last = {"growth_bound": i + u, "sharp_growth_bound": (S + i) * u / S, "ratio_growth_bound": ratio}
    between = {
        "growth_bound": (i + u) * (S + i) * (u + r) / (S * r),
        "sharp_growth_bound": (i + u) * (S + i) * (u + r) / (S * (i + u + r)),
        "ratio_growth_bound": ratio,
    }
    return [
        ("in the first step", (zero, i, u, r), first),
        ("in the last step", (S, i, u, zero), last),
        ("between", (S, i, u, r), between),
    ]


def _kernel(
    coefficients: Mapping[Symbol, Expr], S: Expr, i: Expr, u: Expr, r: Expr, growth: Mapping[str, Expr]
) -> tuple[Expr, Expr, Expr]:
    """f at a point, the coefficient of Z(1), and that of ``L log V - Z(0)``."""
    whole = S + i + u + r
    a, rest, ahead = (S + i) / whole, (u + r) / whole, u / whole
    kernels = _functionals(a, rest, ahead, {name: kernel / whole for name, kernel in growth.items()})
    f = at_end = unused = Integer(0)
    for symbol, c in coefficients.items():
        if symbol == UNIT:
            f, at_end, unused = f + c / LENGTH, at_end + c / LENGTH, unused + c / LENGTH
            continue
        if symbol.name in ("learning_term", "eps_learning", "mean_learning_error"):
            continue
        if symbol.name not in kernels:
            raise BeyondReach(f"{symbol.name} is not known for all lengths at once")
        kernel, end = kernels[symbol.name]
        f, at_end = f + c * kernel, at_end + c * end
    return f, at_end, unused


def _functionals(a: Expr, rest: Expr, ahead: Expr, growth: Mapping[str, Expr]) -> dict[str, tuple[Expr, int]]:
    """Kernel and multiple of Z(1) of each quantity, ``rest = 1 - a``, ``ahead = a_k - a``."""
    found: dict[str, tuple[Expr, int]] = {
        "path_kl": (ahead, 0),
        "weighted_slope": (ahead, 0),
        "mixture_path_kl": (ahead, 0),
        "total_correlation": (rest, 0),
        "dual_total_correlation": (a, 0),
        "odds_weighted_slope": (a * rest, 0),
        "entropy": (a, 1),
        "curve_area": (a, 1),
        "profile_area": (a, 1),
        "curve_left_riemann_sum": (a + ahead, 1),
        "profile_start": (Integer(1), 1),
        "profile_end": (Integer(0), 1),
    }
    return {**found, **{name: (kernel, 0) for name, kernel in growth.items()}}


def _errors(coefficients: Mapping[Symbol, Expr]) -> Expr:
    values = {
        "path_kl": LAMBDA,
        "mixture_path_kl": LAMBDA,
        "learning_term": LAMBDA,
        "eps_learning": (LAMBDA + EXCESS) / LENGTH,
        "mean_learning_error": LAMBDA / LENGTH,
    }
    return sum((c * values.get(s.name, Integer(0)) for s, c in coefficients.items()), Integer(0))


def _put(expression: Expr, known: Mapping[Symbol, Expr]) -> Expr:
    """With numbers in the place of parameters; nothing else may be left."""
    found = sympy.sympify(expression).subs(known)
    strange = found.free_symbols - {*COORDINATES, SLACK, LAMBDA, EXCESS, BEYOND, LENGTH}
    if strange:
        raise BeyondReach(f"{', '.join(sorted(map(str, strange)))} is not known for all lengths at once")
    return found


def _given_schedules(statement: Statement, policies: Sequence[Bernoulli], scope: str, exact_denoiser: bool) -> Decision:
    """The sign of the kernel within each step, and a language of some length where it is negative."""
    every = [steps_of(policy, 1) for policy in policies]
    proof, negative = [], False
    for low, high in branches(statement):
        coefficients, added = linear(low, high)
        numbers = _own_numbers(policies)
        here = {s: _put(c, numbers) for s, c in without_bounds(coefficients, LENGTH, exact_denoiser).items()}
        added = _put(added, numbers)
        at_end, unused = _ends(here)
        kernels = [*_pieces(here, every), ("Z(1)", None, at_end), ("L log V - Z(0)", None, unused)]
        if not exact_denoiser:
            wrong = _errors(here)
            kernels.append(("the learning term", None, wrong.subs({LAMBDA: 1, EXCESS: 0})))
            kernels.append(("errors that are not visited", None, wrong.subs({LAMBDA: 0, EXCESS: 1})))
        kernels.append(("what is added", None, added))
        for where, span, value in kernels:
            shown, fine = _sign(value, span)
            negative = negative or not fine
            if fine and value != 0:
                proof.append(f"{where}: {shown} >= 0")
    if not negative:
        return Decision(
            statement, Decided.HOLDS, scope,
            by_bounds(statement.quantities) + "the kernel is never negative within any step", proof=tuple(proof),
            evidence={"kind": "kernel"},
        )  # fmt: skip
    for length in LENGTHS:
        judge, search = length < 12, length <= LONGEST_SEARCHED
        found = prove(statement, policies, length, exact_denoiser=exact_denoiser, judge=judge, search=search)
        if found.verdict is Decided.FAILS:
            reason = f"at length {length} {found.reason}"
            return replace(found, scope=scope, reason=reason, at=f"length {length}")
    if _bounded(statement):
        return Decision(
            statement, Decided.UNDECIDED, scope,
            "0 <= kl <= path_kl is used of kl, which does not decide it, and no language is known to violate it",
        )  # fmt: skip
    return Decision(
        statement, Decided.FAILS, scope,
        f"the kernel is negative somewhere, so that it fails at some length; up to {LENGTHS[-1]} it does not",
    )  # fmt: skip


def _bounded(statement: Statement) -> bool:
    """Whether a quantity stands in it of which only bounds are known."""
    names = {symbol.name.removesuffix("@2") for side in statement.sides for symbol in side.free_symbols}
    return bool(names & {*BETWEEN, "log_ter"})


def _own_numbers(policies: Sequence[Bernoulli]) -> dict[Symbol, Expr]:
    from maskbound.theory import symbols

    found: dict[Symbol, Expr] = {}
    for policy, suffix in zip(policies, ("", "@2"), strict=False):
        weights = steps_of(policy, 1).weights
        assert weights is not None
        for name, value in {
            "N": Fraction(len(weights)),
            "expected_steps": Fraction(len(weights)),
            "max_step_weight": max(weights),
            "collision_probability": sum((w * w for w in weights), Fraction(0)),
        }.items():
            found[symbols[name + suffix]] = Rational(value.numerator, value.denominator)
    return found


def _pieces(
    coefficients: Mapping[Symbol, Expr], every: Sequence[Steps]
) -> list[tuple[str, tuple[Fraction, Fraction] | None, Expr]]:
    """The kernel, a polynomial in a, between neighbouring edges of the schedules."""
    edges = sorted({edge for steps in every for edge in steps.edges})
    found: list[tuple[str, tuple[Fraction, Fraction] | None, Expr]] = []
    for left, right in itertools.pairwise(edges):
        total: Expr = Integer(0)
        for symbol, c in coefficients.items():
            total += c * _kernel_on(symbol, every, left, right)
        found.append((f"for a in [{left}, {right}]", (left, right), sympy.expand(total)))
    return found


def _kernel_on(symbol: Symbol, every: Sequence[Steps], left: Fraction, right: Fraction) -> Expr:
    plain, _, second = symbol.name.partition("@")
    if symbol == UNIT:
        return 1 / LENGTH
    if plain in ("learning_term", "eps_learning", "mean_learning_error"):
        return Integer(0)
    kept = sorted(set(every[1 if second else 0].edges))
    k = next(k for k, edge in enumerate(kept) if edge >= right)
    start, end = (Rational(e.numerator, e.denominator) for e in (kept[k - 1], kept[k]))
    w, inside = end - start, MARK * (1 - MARK)
    growth = dict.fromkeys(GROWTH, w)
    if start:
        growth |= {"sharp_growth_bound": w / (start * (1 - start)) * inside, "ratio_growth_bound": w / start * MARK}
    if start and end < 1:
        growth["growth_bound"] = w / (start * (1 - end)) * inside
    kernels = _functionals(MARK, 1 - MARK, end - MARK, growth)
    if plain not in kernels:
        raise BeyondReach(f"{plain} is not known for all lengths at once")
    return kernels[plain][0]


def _ends(coefficients: Mapping[Symbol, Expr]) -> tuple[Expr, Expr]:
    """Coefficients of Z(1) and of ``L log V - Z(0)``."""
    known = _functionals(MARK, 1 - MARK, MARK, dict.fromkeys(GROWTH, MARK))
    at_end = sum(
        (c / LENGTH if s == UNIT else c * known[s.name.partition("@")[0]][1])
        for s, c in coefficients.items()
        if s == UNIT or s.name.partition("@")[0] in known
    )
    return sympy.sympify(at_end), sympy.sympify(coefficients.get(UNIT, 0) / LENGTH)


def _sign(value: Expr, span: tuple[Fraction, Fraction] | None) -> tuple[str, bool]:
    """Whether a polynomial of degree at most 2 is never negative on an interval; powers of L are taken out."""
    value = sympy.expand(sympy.sympify(value))
    scales = sympy.collect(value, LENGTH, evaluate=False) if value.has(LENGTH) else {Integer(1): value}
    if len(scales) > 1:
        raise BeyondReach("terms that grow with the length in different ways are not decided for all lengths at once")
    ((_, bare),) = scales.items()
    bare = sympy.expand(bare)
    if span is None:
        if not bare.is_Rational:
            raise BeyondReach("the claim has irrational numbers, which are not decided for all lengths")
        return str(bare), bool(bare >= 0)
    polynomial = sympy.Poly(bare, MARK)
    if polynomial.degree() > 2 or not all(c.is_Rational for c in polynomial.coeffs()):
        raise BeyondReach("its factors are irrational, or such that it is not decided for all lengths at once")
    left, right = (Rational(e.numerator, e.denominator) for e in span)
    points = [left, right]
    c2, c1 = polynomial.coeff_monomial(MARK**2), polynomial.coeff_monomial(MARK)
    if c2 > 0 and left < -c1 / (2 * c2) < right:
        points.append(-c1 / (2 * c2))
    return str(bare), all(polynomial.eval(point) >= 0 for point in points)
