"""Claims about fixed sizes for every length, all sizes and any number of steps.

Seen from the step that reveals the K-th token, a schedule is four whole numbers: S tokens revealed before it, i of its
own before the K-th, u after it, and r revealed later; K = S + 1 + i, s = i + 1 + u, L = S + s + r. On ``MDS_K`` every
quantity is a rational function of them, and a claim is one inequality between polynomials.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from sympy import Expr, Integer

from maskbound.theory import Statement, symbols

from ..policies import FixedSize
from .decision import Decided, Decision
from .polynomials import Inequality, inequality
from .prove import prove
from .reading import by_bounds
from .symbolic import (
    ALONE,
    COORDINATES,
    EXCESS,
    LAMBDA,
    OTHER_RATIO,
    RATIO,
    SLACK,
    UNIT,
    branches,
    linear,
    value,
    with_numbers,
    without_bounds,
)

__all__ = ["every_size"]

LONGEST_TRIED, LONGEST_SEARCHED = 8, 3

LANGUAGE = {symbols[name] for name in ("L", "V", *ALONE)}
"""Symbols whose value depends on the length and the language only: of a code, on L and K."""


def every_size(statement: Statement, policy: FixedSize, scope: str, exact_denoiser: bool) -> Decision:
    """All sizes: one polynomial inequality in step coordinates for each branch and kind of code."""
    single = max(policy.sizes) <= 1
    family = "one token at a time in random order" if single else "fixed sizes, all of them in any number of steps"
    scope = f"{scope}, {family}"
    inequalities: list[Inequality] = []
    alone = not (statement.lhs.free_symbols | statement.rhs.free_symbols) - LANGUAGE
    for low, high in branches(statement):
        coefficients, added = linear(low, high)
        for where, values, numbers in _codes(single or alone)[: 3 if exact_denoiser else 4]:
            L = numbers["L"]
            here = without_bounds(coefficients, L, exact_denoiser)
            total = sum((c * value(s, values) for s, c in here.items()), Integer(0))
            inequalities.append(inequality(where, with_numbers(total, numbers)))
        if added != 0:
            inequalities.append(inequality("what is added", with_numbers(added, _codes(single)[0][2])))
    if all(each.holds for each in inequalities):
        return Decision(
            statement,
            Decided.HOLDS,
            scope,
            f"{by_bounds(statement.quantities)}on every MDS code, seen from the step that reveals token K, "
            "it is an inequality between polynomials",
            proof=tuple(_preamble() + [line for each in inequalities for line in each.lines()]),
            evidence={
                "kind": "sizes",
                "inequalities": inequalities,
                "single": single,
                "alone": alone,
                "exact": exact_denoiser,
            },
        )
    for length in range(2, LONGEST_TRIED + 1):
        for sizes in _patterns(length, single):
            short = length <= LONGEST_SEARCHED
            found = prove(statement, FixedSize(sizes), length, exact_denoiser=exact_denoiser, search=short)
            if found.verdict is Decided.FAILS:
                at = f"length {length}, sizes {', '.join(map(str, sizes))}"
                return replace(found, scope=scope, reason=f"at {at}, {found.reason}", at=at)
    return Decision(
        statement,
        Decided.UNDECIDED,
        scope,
        "the proof that is tried, by signs of coefficients, does not go through; no violation was "
        f"found up to length {LONGEST_TRIED}",
    )


def _preamble() -> list[str]:
    return [
        "Every information profile is a sum of non-negative multiples of those of the MDS codes of rank K = 0..L.",
        "Let the step that reveals the K-th token have S tokens before it, i of its own before that one, u after it,",
        "and r tokens after it: K = S + 1 + i, s = i + 1 + u, L = S + s + r; S, i, u, r >= 0;",
        "if K < L then u + r >= 1. In units of log q path_kl = u, TC = u + r, DTC = S + 1 + i; the largest step is",
        "s + x, x >= 0, and the largest ratios of steps are those of this one + y and + z.",
    ]


def _patterns(length: int, single: bool) -> Iterator[list[int]]:
    """One large step among steps of one token."""
    for size in (1,) if single else range(2, length + 1):
        for before in range(0 if size > 1 else length, length - size + 1 if size > 1 else length + 1):
            yield [1] * length if single else [1] * before + [size] + [1] * (length - size - before)


Case = tuple[str, Mapping[str, Expr], Mapping[str, Expr]]


def _codes(single: bool) -> list[Case]:
    """Codes of rank 1..L-1, of rank L, and the constant one: values of quantities, and of the policy's numbers."""
    S, i, u, r = (COORDINATES[0], Integer(0), Integer(0), COORDINATES[3]) if single else COORDINATES
    K, rest = S + 1 + i, u + r
    L = K + rest
    inner = {
        "path_kl": u, "entropy": K, "curve_area": K, "profile_area": K, "total_correlation": rest,
        "dual_total_correlation": K, "profile_start": L, "profile_end": Integer(0),
        "odds_weighted_slope": K * rest / (L + 1), "profile_left_sum": K + u, str(UNIT): Integer(1),
    }  # fmt: skip
    largest = Integer(1) if single else i + 1 + u + SLACK
    ratio = (i + u) / (i + u + r) if not single else Integer(0)
    numbers = {
        "L": L, "max_step_size": largest, "max_step_weight": largest / L,
        "tc_step_ratio": ratio + (Integer(0) if single else RATIO),
        "dtc_step_ratio": (i + u) / (S + 1) + (Integer(0) if single else OTHER_RATIO),
    }  # fmt: skip
    last = {**dict.fromkeys(inner, Integer(0))}
    full = {"entropy": L, "curve_area": L, "profile_area": L, "profile_start": L, "profile_end": L}
    last |= {**full, "profile_left_sum": L, str(UNIT): Integer(1)}
    constant = {**dict.fromkeys(inner, Integer(0)), str(UNIT): Integer(1)}
    learning: dict[str, Expr] = {
        **dict.fromkeys(inner, Integer(0)), "path_kl": LAMBDA, "learning_term": LAMBDA,
        "eps_learning": (LAMBDA + EXCESS) / L, "mean_learning_error": LAMBDA / L,
    }  # fmt: skip
    return [
        ("rank K < L", inner, numbers),
        ("rank L", last, numbers),
        ("rank 0", constant, numbers),
        ("errors of the denoiser", learning, numbers),
    ]
