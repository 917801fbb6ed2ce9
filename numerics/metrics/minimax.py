"""The value of the game of random sizes against a language, and its closed forms (random-sizes/information)."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from fractions import Fraction

from flint import arb, ctx

from ..engines.needs import BERNOULLI, Need, Obstacle, all_of, scope_of
from ..engines.workspace import Cost, Workspace
from ..instances import Instance
from ..numbers.enclosure import Enclosure, Kind
from ..policies.minimax import minimax
from .method import Method

__all__ = ["METHODS"]

LONGEST = 64
"""Positions; the value is a rational number whose digits grow with their square."""

MOST_STEPS = 4096

SHORT = Need(f"at most {LONGEST} tokens", f"the length is above {LONGEST}", lambda instance: instance.length <= LONGEST)
FEW = Need(
    f"at most {MOST_STEPS} steps",
    f"there are more than {MOST_STEPS} steps",
    lambda instance: instance.policy.steps <= MOST_STEPS,
)

ONE = Need("one step", "there is more than one step", lambda instance: instance.policy.steps == 1)


def _value(criterion: str) -> Callable[[Workspace], Enclosure]:
    """The exact recursion; a single token costs nothing."""

    def run(work: Workspace) -> Enclosure:
        L, N = work.instance.length, work.instance.policy.steps
        return Enclosure.exactly(minimax(L, N, criterion).value if L > 1 else 0)

    return run


def _harmonic(L: int) -> list[Fraction]:
    """``H_0 .. H_{L-1}``."""
    return list(itertools.accumulate((Fraction(1, k) for k in range(1, L)), initial=Fraction(0)))


def _harmonic_number(work: Workspace) -> Enclosure:
    return Enclosure.exactly(_harmonic(work.instance.length)[-1])


def _secretary_probability(work: Workspace) -> Enclosure:
    """Let m candidates pass, then take the first that is better than all before."""
    L = work.instance.length
    H = _harmonic(L)
    rules = [Fraction(m, L) * (H[L - 1] - H[m - 1]) for m in range(1, L)]
    return Enclosure.exactly(max([Fraction(1, L), *rules]))


def _two_step_dtc_value(work: Workspace) -> Enclosure:
    L = work.instance.length
    H = _harmonic(L)
    quotients = [h / (Fraction(m, L - m) - h) for m in range(2, L) for h in [H[L - 1] - H[L - m]]]
    return Enclosure.exactly(max(quotients, default=Fraction(0)))


def _uniforms_to_exceed(work: Workspace) -> Enclosure:
    """``M(n) = sum_k (-1)^k (n-k)^k e^(n-k) / k!``; the terms reach ``e^n`` and more, the sum is about ``2 n``."""
    n = work.instance.policy.steps - 1
    with ctx.workprec(64 + 4 * n):
        total = arb(0)
        for k in range(n + 1):
            total += arb(-1) ** k * arb(n - k) ** k * arb(n - k).exp() / arb.fac_ui(k)
        return Enclosure.around(float(total.mid()), float(total.rad()) + 2.0**-50 * float(total.mid()))


def _method(
    quantity: str,
    run: Callable[[Workspace], Enclosure],
    obstacle: Obstacle,
    operations: Callable[[Instance], float],
    price: str,
    kind: Kind = "exact",
) -> Method:
    return Method(
        quantity,
        "schedule",
        kind,
        obstacle,
        lambda instance: Cost(operations(instance), 0),
        run,
        scope_of(obstacle),
        price,
    )


METHODS = (
    *(
        _method(
            quantity,
            _value(criterion),
            all_of(BERNOULLI, SHORT),
            lambda instance: 1e4 * instance.length**2,
            "10 L^2, in Python",
        )
        for quantity, criterion in (
            ("minimax_tc", "tc"),
            ("minimax_dtc", "dtc"),
            ("minimax_information", "tc+dtc"),
        )
    ),
    *(
        _method(quantity, run, SHORT, lambda i: 1e3 * i.length, "L")
        for quantity, run in (
            ("harmonic_number", _harmonic_number),
            ("secretary_probability", _secretary_probability),
            ("two_step_dtc_value", _two_step_dtc_value),
        )
    ),
    _method(
        "uniforms_to_exceed",
        _uniforms_to_exceed,
        all_of(BERNOULLI, FEW),
        lambda instance: 1e3 * instance.policy.steps,
        "N",
        "rounding",
    ),
    _method(
        "uniforms_to_exceed",
        lambda work: Enclosure.exactly(1),
        all_of(BERNOULLI, ONE),
        lambda instance: 1.0,
        "1",
    ),
)
