"""The best schedule for the exact KL or SER of a small rational instance, from one pass for all schedules
(output-law/schedule-polynomial).

Fixed sizes are enumerated: there are ``2^(L-1)`` compositions.

For Bernoulli steps ``p(x)`` is a polynomial in w with non-negative coefficients, homogeneous of degree L. Both the
probability of a correct sequence and ``-KL`` are then raised by the growth transform ``w_k <- w_k g_k / sum_j w_j
g_j``, g their gradient (Baum and Eagon 1967; for KL it is the EM step whose hidden variable is the reveal times). It
ends near a stationary point, which need not be the best of all: several starts are tried, and what is proved is stated.
SER has a lower bound in the best fixed sizes, of which it is an average (fixed-size/no-worse-path-kl).
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from ..engines import compositions, rational
from ..engines.workspace import Workspace
from ..errors import BadInput
from ..instances import Instance
from ..metrics.summation import sum_of_logs
from ..numbers.enclosure import UNIT_ROUNDOFF, gamma
from ..policies import Bernoulli, FixedSize, Schedule
from .plan import Kind, Plan, measured, named_policies, others

__all__ = ["best_exactly"]

Array = NDArray[np.float64]

RANDOM_STARTS = 8
MOST_ROUNDS = 5000
SETTLED = 1e-12
MOST_STEPS = 256


def best_exactly(instance: Instance, N: int, quantity: str, kind: Kind) -> Plan:
    """The plan for ``kl`` or ``ser``.

    Raises
    ------
    BadInput
        When the language or the denoiser is not rational.
    BeyondReach
        When there are too many pairs of partial sequences.
    """
    problem = compositions.obstacle(instance)
    if problem is not None:
        raise BadInput("quantity", f"{quantity} is planned for rational instances, and {problem}")
    sums = _Sums(instance)
    sizes, least = _best_sizes(sums, N, quantity)
    if kind == "fixed-size":
        policy = FixedSize([*sizes, *[0] * (N - len(sizes))])
        value = measured(instance, policy, quantity)
        guarantee = "the best of all sizes, by enumeration (output-law/schedule-polynomial)"
        return Plan(quantity, kind, policy, value, max(least, 0.0), guarantee, others(instance, kind, N, quantity))
    if N > MOST_STEPS:
        raise BadInput("steps", f"found {N}; at most {MOST_STEPS} Bernoulli steps are planned for {quantity}")
    found, starts = _best_weights(sums, N, quantity)
    stepped = Bernoulli(schedule=Schedule(found))
    value = measured(instance, stepped, quantity)
    guarantee = f"stationary, and the best of {starts} starts (output-law/schedule-polynomial)"
    return Plan(
        quantity,
        kind,
        stepped,
        value,
        max(least, 0.0) if quantity == "ser" else None,
        guarantee,
        others(instance, kind, N, quantity),
    )


class _Sums:
    """``C_c(x)`` over the support as an array, compositions in the order of their numbers."""

    def __init__(self, instance: Instance) -> None:
        work = Workspace(instance)
        sums, possible = compositions.polynomials(work), rational.marginals(work)
        support = [x for x in sums if x in possible]
        self.length, first = instance.length, 1 << (instance.length - 1)
        self.compositions = [compositions.composition(number) for number in range(first, 2 * first)]
        self.C = np.zeros((len(support), first))
        for row, x in enumerate(support):
            for number, c in enumerate(sums[x].coeffs()[first:]):
                self.C[row, number] = int(c.p) / int(c.q)
        self.q = np.array([int(possible[x].p) / int(possible[x].q) for x in support])
        # Possible sequences that are never written make every KL infinite.
        self.missed = sum(1 for x in possible if instance.vocab not in x) > len(support)


def _best_sizes(sums: _Sums, N: int, quantity: str) -> tuple[tuple[int, ...], float]:
    """The first composition of at most N parts with the least value, and a lower bound of all values."""
    found = []
    for column, c in enumerate(sums.compositions):
        if len(c) <= N:
            ways = math.factorial(sums.length) // math.prod(map(math.factorial, c))
            value, error = _value(sums, sums.C[:, column] / ways, quantity)
            found.append((value, error, len(c), c))
    best = min(found)
    return best[3], min(value - error for value, error, _, _ in found)


def _value(sums: _Sums, p: Array, quantity: str) -> tuple[float, float]:
    """The quantity and its absolute error, from probabilities of two roundings."""
    if quantity == "ser":
        return 1 - math.fsum(p), gamma(4)
    if sums.missed:
        return math.inf, 0.0
    value, error = sum_of_logs(sums.q, p / sums.q, UNIT_ROUNDOFF, gamma(4))
    return -value, error


def _best_weights(sums: _Sums, N: int, quantity: str) -> tuple[Array, int]:
    """The best end of the growth transform, from the named schedules and from random ones."""
    named = named_policies("bernoulli", N, sums.length).values()
    starts = [policy.step_law.weights for policy in named if policy.step_law is not None]
    starts += list(np.random.default_rng(0).dirichlet(np.ones(N), size=RANDOM_STARTS)) if N > 1 else []
    monomials = _Monomials(sums.length, N)
    ends = [_climbed(sums, monomials, np.maximum(start, 1e-9), quantity) for start in starts]
    best = min(ends, key=lambda end: end[1])[0]
    return best, len(starts)


def _climbed(sums: _Sums, monomials: _Monomials, w: Array, quantity: str) -> tuple[Array, float]:
    w = w / w.sum()
    value = math.inf
    for _ in range(MOST_ROUNDS):
        M, gradient_of = monomials.at(w)
        p = sums.C @ M
        before, value = value, _value(sums, p, quantity)[0]
        if before - value <= SETTLED * max(abs(value), SETTLED):
            break
        share = np.ones_like(p) if quantity == "ser" else sums.q / p
        grown = w * gradient_of(share @ sums.C)
        w = grown / grown.sum()
    return w, value


class _Monomials:
    """``M_c(w)`` for all compositions of L at once, and its gradient by running backwards."""

    def __init__(self, length: int, steps: int) -> None:
        numbers = np.arange(1, 1 << length)
        ends = np.array([int(number).bit_length() for number in numbers])
        self.beginning = numbers ^ (1 << (ends - 1))
        starts = np.array([int(number).bit_length() for number in self.beginning])
        self.part = ends - starts
        self.size, self.steps = 1 << length, steps

    def at(self, w: Array) -> tuple[Array, Callable[[Array], Array]]:
        """``M`` for the compositions of L, and a function from ``dF/dM`` to ``dF/dw``."""
        reached = np.zeros((self.steps + 1, self.size))
        reached[0, 0] = 1.0
        for k in range(self.steps):
            reached[k + 1] = reached[k]
            reached[k + 1, 1:] += reached[k, self.beginning] * w[k] ** self.part
        half = self.size // 2

        def gradient(of_M: Array) -> Array:
            later = np.zeros(self.size)
            later[half:] = of_M
            found = np.zeros(self.steps)
            for k in range(self.steps - 1, -1, -1):
                used = later[1:] * reached[k, self.beginning]
                found[k] = (used * self.part * w[k] ** (self.part - 1.0)).sum()
                later = later + np.bincount(self.beginning, weights=later[1:] * w[k] ** self.part, minlength=self.size)
            return found

        return reached[-1, half:], gradient
