"""Exchangeable policies, and what quantities are on MDS codes.

A policy is *exchangeable* when the law of its reveal times does not change if positions are permuted. Quantities that
are linear in the information profile are then decided by ``L + 1`` languages: ``MDS_K``, uniform on the codewords of
an MDS code of rank K over an alphabet of size q, for K = 0..L (one constant sequence; Copy; ..; Parity; independent
uniform tokens). Every value here is in units of ``log q``, an exact fraction.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import sympy
from sympy import Integer, Rational

from ..errors import BeyondReach
from ..policies import Policy
from .linear import Number
from .mixture import Mixture

__all__ = [
    "LANGUAGE_RAYS",
    "POLICY_RAYS",
    "Steps",
    "exchangeable",
    "increase",
    "path_kl_ray",
    "slope_at",
    "steps_of",
]

Ray = list[Fraction]
"""Values on ``MDS_0 .. MDS_L``."""

Reals = Sequence[Number]
"""The same where they may be irrational."""


def exchangeable(policy: Policy | Mixture) -> bool:
    """Whether the reveal times of permuted positions have the same law, one that is known in closed form."""
    if isinstance(policy, Mixture):
        return all(map(exchangeable, policy.policies))
    return policy.counted or (policy.oblivious and policy.one_step)


@dataclass(frozen=True)
class Steps:
    """An exchangeable policy for ``length`` positions: step sizes, weights of a Bernoulli policy, or a mixture."""

    length: int
    sizes: tuple[int, ...] | None = None
    weights: tuple[Fraction, ...] | None = None
    parts: tuple[tuple[Fraction, Steps], ...] = ()

    @cached_property
    def edges(self) -> list[Fraction]:
        """``a_0..a_N`` of a Bernoulli policy."""
        return [Fraction(0), *itertools.accumulate(self.weights or ())]

    @cached_property
    def boundaries(self) -> list[int]:
        """``S_1..S_N`` of fixed sizes."""
        return list(itertools.accumulate(self.sizes or ()))

    @cached_property
    def below(self) -> list[list[Fraction]]:
        """``P(Bin(L-1, a) < K)`` for a in ``edges`` and K = 0..L."""
        return [_below(self.length - 1, a) for a in self.edges]


def steps_of(policy: Policy | Mixture, length: int) -> Steps:
    """The steps of an exchangeable policy.

    Raises
    ------
    BeyondReach
        For a schedule in floating point, and for other policies than Bernoulli and fixed sizes.
    """
    if isinstance(policy, Mixture):
        return Steps(length, parts=tuple((probability, steps_of(part, length)) for probability, part in policy.parts))
    if policy.step_law is not None:
        if not policy.step_law.rational:
            raise BeyondReach("the weights of the schedule are floating numbers, and rational ones are needed")
        return Steps(length, weights=tuple(policy.step_law.fractions.tolist()))
    if len(policy.size_law) > 1:
        return Steps(
            length, parts=tuple((probability, Steps(length, sizes=sizes)) for probability, sizes in policy.size_law)
        )
    sizes = policy.size_law[0][1] if policy.size_law else policy.given_sizes
    if sizes is None:
        raise BeyondReach("the policy is neither Bernoulli nor of fixed sizes")
    return Steps(length, sizes=sizes)


def _below(n: int, a: Fraction) -> list[Fraction]:
    """``P(Bin(n, a) < K)`` for K = 0..n+1, over one denominator."""
    p, d = a.numerator, a.denominator
    terms = (math.comb(n, j) * p**j * (d - p) ** (n - j) for j in range(n + 1))
    return [Fraction(total, d**n) for total in itertools.accumulate(terms, initial=0)]


def _by_rank(value: Callable[[int], Fraction | int]) -> Callable[[int], Ray]:
    """A functional that vanishes on constant and on independent tokens."""
    return lambda L: [Fraction(0), *(Fraction(value(K)) for K in range(1, L)), Fraction(0)][: L + 1]


def slope_at(a: Fraction, L: int) -> Ray:
    """``|Z'(a)|``: L times the density at a of the K-th smallest of L - 1 uniform numbers."""
    return _by_rank(lambda K: L * (L - 1) * math.comb(L - 2, K - 1) * a ** (K - 1) * (1 - a) ** (L - 1 - K))(L)


def _steepest(L: int) -> Ray:
    """The largest slope over a, at ``a = (K-1)/(L-2)``."""
    return [max(slope_at(Fraction(max(K - 1, 0), max(L - 2, 1)), L)[K], Fraction(0)) for K in range(L + 1)]


def _midpoint_excess(L: int) -> Ray:
    below = _below(L - 1, Fraction(1, 2))
    return _by_rank(lambda K: L * (below[K] - Fraction(1, 2)))(L)


def _effective_total_correlation(L: int) -> list[Number]:
    """``L E U min(1, log 1/U)`` for the K-th smallest U of L - 1 uniform numbers: a polynomial in 1/e."""
    power: list[sympy.Expr] = [(1 - sympy.exp(-m - 1)) / Integer(m + 1) ** 2 for m in range(L)]

    def on(K: int) -> sympy.Expr:
        moments = ((-1) ** i * math.comb(L - 1 - K, i) * power[K + i] for i in range(L - K))
        return sympy.expand(L * (L - 1) * math.comb(L - 2, K - 1) * sum(moments, Integer(0)))

    return [Fraction(0), *map(on, range(1, L)), Fraction(0)][: L + 1]


LANGUAGE_RAYS: Mapping[str, Callable[[int], Reals]] = {
    "log V": lambda L: [Fraction(1)] * (L + 1),
    "entropy": lambda L: [Fraction(K) for K in range(L + 1)],
    "curve_area": lambda L: [Fraction(K) for K in range(L + 1)],
    "profile_area": lambda L: [Fraction(K) for K in range(L + 1)],
    "log_ter_language": lambda L: [Fraction(K, L) for K in range(L + 1)],
    "total_correlation": lambda L: [Fraction(0), *(Fraction(L - K) for K in range(1, L + 1))],
    "dual_total_correlation": lambda L: [*(Fraction(K) for K in range(L)), Fraction(0)],
    "profile_start": lambda L: [Fraction(0), *[Fraction(L)] * L],
    "profile_end": lambda L: [*[Fraction(0)] * L, Fraction(L)],
    "odds_weighted_slope": lambda L: [Fraction(K * (L - K), L + 1) for K in range(L + 1)],
    "effective_total_correlation": _effective_total_correlation,
    "curve_midpoint_excess": _midpoint_excess,
    "curve_max_slope": _steepest,
    "curve_min_slope": lambda L: _by_rank(lambda K: 2 if L == 2 else 0)(L),
    "area_defect": lambda L: [Fraction(0)] * (L + 1),
    "slope_defect": lambda L: [Fraction(0)] * (L + 1),
}
"""What a language has on its own."""


def increase(j: int, L: int) -> Ray:
    """``z(j+1) - z(j)``: minus L on ``MDS_{j+1}``."""
    return _by_rank(lambda K: -L if j + 1 == K else 0)(L)


def _left_sum(steps: Steps) -> Ray:
    """``sum_k w_k Z(a_{k-1})``, or the left sum of the profile: how much is revealed with the K-th token."""
    L = steps.length
    if steps.parts:
        rays = [(probability, _left_sum(part)) for probability, part in steps.parts]
        return [sum((probability * ray[K] for probability, ray in rays), Fraction(0)) for K in range(L + 1)]
    if steps.weights is None:
        return [Fraction(0), *(Fraction(next(S for S in steps.boundaries if S >= K)) for K in range(1, L + 1))]
    rows = list(zip(steps.weights, steps.below, strict=False))
    return [L * sum((w * row[K] for w, row in rows), Fraction(0)) for K in range(L + 1)]


def path_kl_ray(steps: Steps) -> Ray:
    """The left sum less the entropy: how far the step that reveals the K-th token goes beyond it."""
    return [left - K for K, left in enumerate(_left_sum(steps))]


def _only(kind: str, ray: Callable[[Steps], Reals]) -> Callable[[Steps], Reals]:
    def restricted(steps: Steps) -> Reals:
        if (steps.weights is None) != (kind == "fixed-size"):
            raise BeyondReach(f"the claim has a quantity of {kind} policies only")
        return ray(steps)

    return restricted


def _weighted_slope(steps: Steps) -> Ray:
    """``L E (a_k - U)``, U the K-th smallest uniform number and ``a_k`` the end of the step that it falls in."""
    L, edges = steps.length, steps.edges
    reached = [[1 - at for at in row] for row in steps.below]  # P(U <= a)
    return [
        Fraction(0),
        *(
            L * sum((edges[k] * (reached[k][K] - reached[k - 1][K]) for k in range(1, len(edges))), Fraction(0)) - K
            for K in range(1, L)
        ),
        Fraction(0),
    ][: L + 1]


def _growth_bound(steps: Steps) -> Ray:
    assert steps.weights is not None
    L = steps.length
    kept = Steps(L, weights=tuple(w for w in steps.weights if w))
    edges, N = kept.edges, len(kept.weights or ())
    odds = [_below(L + 1, a) for a in edges]

    def on(K: int) -> Fraction:
        if N == 1:
            return Fraction(L)
        total = Fraction(0)
        for k in range(1, N + 1):
            if k in (1, N):
                total += (edges[k] - edges[k - 1]) * L * (kept.below[k - 1][K] - kept.below[k][K])
            else:
                psi = edges[k] * (1 - edges[k - 1]) / (edges[k - 1] * (1 - edges[k]))
                total += (psi - 1) * Fraction(K * (L - K), L + 1) * (odds[k - 1][K + 1] - odds[k][K + 1])
        return total

    return _by_rank(on)(L)


def _sharp_growth_bound(steps: Steps) -> Ray:
    """The first step by the drop of Z, the others by the factor at their start; empty ones add nothing."""
    assert steps.weights is not None
    L, edges = steps.length, steps.edges
    odds = [_below(L + 1, a) for a in edges]

    def on(K: int) -> Fraction:
        total = Fraction(0)
        for k, w in enumerate(steps.weights or (), 1):
            start = edges[k - 1]
            if w and not start:
                total += w * L * (steps.below[k - 1][K] - steps.below[k][K])
            elif w:
                inside = Fraction(K * (L - K), L + 1) * (odds[k - 1][K + 1] - odds[k][K + 1])
                total += w / (start * (1 - start)) * inside
        return total

    return _by_rank(on)(L)


def _ratio_growth_bound(
    steps: Steps, factor: Callable[[Fraction, Fraction], Number] = lambda start, w: w / start
) -> Sequence[Number]:
    """The first step by the drop of Z, the others by ``a_k/a_{k-1} - 1`` times the integral of ``a |Z'|``."""
    assert steps.weights is not None
    L, edges = steps.length, steps.edges
    shown = [_below(L, a) for a in edges]

    def on(K: int) -> Number:
        total: Number = Fraction(0)
        for k, w in enumerate(steps.weights or (), 1):
            start = edges[k - 1]
            if w and not start:
                total += w * L * (steps.below[k - 1][K] - steps.below[k][K])
            elif w:
                total += factor(start, w) * (K * (shown[k - 1][K + 1] - shown[k][K + 1]))
        return total

    return [Fraction(0), *(on(K) for K in range(1, L)), Fraction(0)][: L + 1]


def _log_ratio_growth_bound(steps: Steps) -> Sequence[Number]:
    """With ``log(a_k/a_{k-1})`` in its place."""
    return _ratio_growth_bound(steps, lambda start, w: sympy.log(Rational(*((start + w) / start).as_integer_ratio())))


def _multinomial_path_kl(steps: Steps) -> Ray:
    """Overshoot of fixed sizes, averaged over multinomial counts: a token drawn after j < K others counts."""
    assert steps.weights is not None
    L, edges = steps.length, steps.edges
    total = [Fraction(-K) for K in range(L + 1)]
    for k, w in enumerate(steps.weights):
        a = edges[k]
        if a == 1:
            continue
        share = w / (1 - a)
        seen = [math.comb(L, j) * a**j * (1 - a) ** (L - j) * (L - j) * share for j in range(L + 1)]
        for K, value in enumerate(itertools.accumulate(seen[:L], initial=Fraction(0))):
            total[K] += value
    return total


POLICY_RAYS: Mapping[str, Callable[[Steps], Reals]] = {
    "path_kl": path_kl_ray,
    "curve_left_riemann_sum": _only("bernoulli", _left_sum),
    "profile_left_sum": _only("fixed-size", _left_sum),
    "weighted_slope": _only("bernoulli", _weighted_slope),
    "growth_bound": _only("bernoulli", _growth_bound),
    "sharp_growth_bound": _only("bernoulli", _sharp_growth_bound),
    "ratio_growth_bound": _only("bernoulli", _ratio_growth_bound),
    "log_ratio_growth_bound": _only("bernoulli", _log_ratio_growth_bound),
    "mixture_path_kl": _only("bernoulli", _multinomial_path_kl),
}
"""What a language has under a policy, with the exact denoiser."""
