"""What a claim is for all lengths at once: coefficients of quantities, in parameters that stay symbols."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from typing import Any

import sympy
from sympy import Expr, Integer, Max, Min, Poly, Symbol, log, symbols

from maskbound.theory import Statement
from maskbound.theory import symbols as named

from ..errors import BeyondReach

__all__ = [
    "ALONE",
    "COORDINATES",
    "EXCESS",
    "LAMBDA",
    "OTHER_RATIO",
    "RATIO",
    "SLACK",
    "UNIT",
    "branches",
    "linear",
    "value",
    "with_numbers",
    "without_bounds",
]

COORDINATES = symbols("S i u r", nonnegative=True)
"""Tokens, or shares, before the step; in it before the K-th token; in it after; and later."""

SLACK, RATIO, OTHER_RATIO = symbols("x y z", nonnegative=True)
"""By how much the largest step, and the largest ratio of each kind, exceeds that of the step looked at."""

LAMBDA, EXCESS = symbols("Lambda E", nonnegative=True)
"""The learning term, and by how much L times the largest learning error exceeds it."""

UNIT = Symbol("lambda", positive=True)
"""log V."""

NOT_LINEAR = "the claim is not linear in entropies and divergences"

ALONE = (
    "entropy",
    "curve_area",
    "profile_area",
    "log_ter_language",
    "total_correlation",
    "dual_total_correlation",
    "profile_start",
    "profile_end",
    "odds_weighted_slope",
)
"""What a language has without a policy."""

KERNELS = {
    *ALONE,
    "path_kl",
    "kl",
    "log_mean_path_kl",
    "log_ter",
    "curve_left_riemann_sum",
    "profile_left_sum",
    "weighted_slope",
    "mixture_path_kl",
    "growth_bound",
    "sharp_growth_bound",
    "ratio_growth_bound",
    "learning_term",
    "eps_learning",
    "mean_learning_error",
    "area_defect",
    "slope_defect",
}


PARAMETERS = {
    "L",
    "N",
    "expected_steps",
    "max_step_weight",
    "max_step_size",
    "tc_step_ratio",
    "dtc_step_ratio",
    "collision_probability",
}


def branches(statement: Statement) -> Iterator[tuple[Expr, Expr]]:
    """Pairs (lower, upper) that together are the claim: maxima below and minima above are taken apart."""
    left, right = (sympy.expand_log(sympy.expand(side)) for side in statement.sides)
    if statement.relation in ("<", ">"):
        raise BeyondReach("a strict claim fails for a language of one sequence, or is about one length")
    pairs = {"<=": [(left, right)], ">=": [(right, left)], "==": [(left, right), (right, left)]}[statement.relation]
    for low, high in pairs:
        lows = low.args if isinstance(low, Max) else (low,)
        highs = high.args if isinstance(high, Min) else (high,)
        yield from itertools.product(lows, highs)


def linear(low: Expr, high: Expr) -> tuple[dict[Symbol, Expr], Expr]:
    """Coefficients of quantities in ``high - low``, in the parameters of the policy, and what is added."""
    difference = sympy.expand(high - low).subs(log(named["V"]), UNIT)
    if difference.has(named["V"]):
        raise BeyondReach("V occurs outside of log(V)")
    if difference.has(Max, Min):
        raise BeyondReach("a maximum or a minimum helps the claim, which is not decided for all lengths")
    strange = sorted(
        s.name for s in difference.free_symbols - {UNIT} if s.name.removesuffix("@2") not in KERNELS | PARAMETERS
    )
    if strange:
        raise BeyondReach(f"{', '.join(strange)} is not known for all lengths at once")
    quantities = sorted(
        (s for s in difference.free_symbols if s == UNIT or s.name.removesuffix("@2") in KERNELS), key=str
    )
    if not quantities:
        return {}, difference
    try:
        polynomial = Poly(difference, *quantities)
    except sympy.PolynomialError:
        raise BeyondReach(NOT_LINEAR) from None
    if polynomial.total_degree() > 1:
        raise BeyondReach(NOT_LINEAR)
    coefficients = {s: polynomial.coeff_monomial(s) for s in quantities}
    return coefficients, polynomial.coeff_monomial(1)


def without_bounds(coefficients: dict[Symbol, Expr], L: Expr, exact_denoiser: bool) -> dict[Symbol, Expr]:
    """KL and its soft version by their bounds 0 and PATH_KL, and definitions written out."""
    found: dict[Symbol, Expr] = {}

    def put(name: str, c: Expr) -> None:
        found[named[name]] = found.get(named[name], Integer(0)) + c

    for symbol, c in coefficients.items():
        plain, _, second = symbol.name.partition("@")
        suffix = f"@{second}" if second else ""
        if symbol == UNIT:
            found[UNIT] = c
        elif plain == "log_ter":
            put("entropy", c / L)
            _bounded(c / L, suffix, put)
        elif plain == "log_ter_language":
            put("entropy", c / L)
        elif plain in ("kl", "log_mean_path_kl"):
            _bounded(c, suffix, put)
        elif plain in ("area_defect", "slope_defect") or (
            plain in ("learning_term", "eps_learning", "mean_learning_error") and exact_denoiser
        ):
            continue
        else:
            put(symbol.name, c)
    return found


def _bounded(c: Expr, suffix: str, put: Any) -> None:
    sign = c.subs({s: sympy.Dummy(s.name, positive=True) for s in c.free_symbols})
    if sign.is_nonpositive:
        put("path_kl" + suffix, c)
    elif not sign.is_nonnegative:
        raise BeyondReach("the sign with which kl occurs depends on the policy")


def value(symbol: Symbol, values: Mapping[str, Expr]) -> Expr:
    if symbol.name in values:
        return values[symbol.name]
    if symbol.name in ("learning_term", "eps_learning", "mean_learning_error"):
        return Integer(0)
    raise BeyondReach(f"{symbol.name} is not known for all lengths at once")


def with_numbers(expression: Expr, numbers: Mapping[str, Expr]) -> Expr:
    known = {s: numbers[s.name] for s in expression.free_symbols if s.name in numbers}
    strange = {s.name for s in expression.free_symbols - set(known)} - {
        str(s) for s in (*COORDINATES, SLACK, RATIO, OTHER_RATIO, LAMBDA, EXCESS)
    }
    if strange:
        raise BeyondReach(f"{', '.join(sorted(strange))} is not known for all lengths at once")
    return expression.subs(known)
