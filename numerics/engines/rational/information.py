"""Entropies and prediction costs of rational instances as log forms, from their definitions
(definitions.md#quantities).

Sets of positions are bit patterns, bit L-1-i for position i. A cost that is infinite is ``math.inf``.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from flint import fmpq

from ...instances import Instance
from ...numbers.logform import LogForm
from ...numbers.rationals import to_flint, to_fraction
from ...policies import GivenTimes
from ..workspace import Workspace
from .engine import marginals, rows
from .rows import ZERO, Row

__all__ = [
    "Learning",
    "Number",
    "divergence",
    "entropies",
    "learning",
    "path_surprise",
    "profile",
    "sum_of_logs",
    "surprises",
    "total",
]

Number = LogForm | float
"""A log form, or ``math.inf``."""


def sum_of_logs(pairs: Iterable[tuple[fmpq, fmpq]]) -> LogForm:
    """``sum of c log(r)`` over pairs (c, r) with r > 0."""
    coefficients: defaultdict[int, fmpq] = defaultdict(fmpq)
    for coefficient, argument in pairs:
        coefficients[int(argument.numerator)] += coefficient
        coefficients[int(argument.denominator)] -= coefficient
    return LogForm(0, ((argument, to_fraction(c)) for argument, c in coefficients.items() if c))


def divergence(law: Iterable[fmpq], other: Iterable[fmpq]) -> Number:
    """``sum of q log(q/p)``, infinite where p misses something of q.

    The logarithms of q and of p stand apart, so that those of an entropy or of a cross entropy of the same laws cancel.
    """
    pairs = [(q, p) for q, p in zip(law, other, strict=True) if q]
    if not all(p for _, p in pairs):
        return math.inf
    return sum_of_logs(term for q, p in pairs for term in ((q, q), (-q, p)))


def total(pairs: Iterable[tuple[fmpq, Number]]) -> Number:
    """``sum of c x`` over pairs (c, x); infinite if an x is, where its c is positive."""
    used = [(c, x) for c, x in pairs if c]
    if any(x == math.inf for _, x in used if not isinstance(x, LogForm)):
        return math.inf
    return LogForm.combination((to_fraction(c), x) for c, x in used if isinstance(x, LogForm))


def _pattern(y: tuple[int, ...], vocab: int) -> int:
    """The set of revealed positions."""
    return sum(1 << at for at, token in enumerate(reversed(y)) if token != vocab)


def entropies(work: Workspace) -> list[LogForm]:
    """``H(X_R)`` in nats for all 2^L sets."""
    return work.once_for_policies(_entropies)


def _entropies(work: Workspace) -> list[LogForm]:
    V, L = work.instance.vocab, work.instance.length
    terms: list[list[tuple[fmpq, fmpq]]] = [[] for _ in range(1 << L)]
    for y, probability in marginals(work).items():
        terms[_pattern(y, V)].append((-probability, probability))
    return [sum_of_logs(pairs) for pairs in terms]


def profile(work: Workspace) -> list[LogForm]:
    """``z(0..L-1)``: over sets R of j positions and i outside, ``sum H(X_i | X_R) = (j+1) G(j+1) - (L-j) G(j)``.

    ``G(j)`` is the sum of the entropies of all sets of j positions; dividing by ``C(L-1, j)`` averages.
    """
    return work.once_for_policies(_profile)


def _profile(work: Workspace) -> list[LogForm]:
    L = work.instance.length
    by_size: list[list[LogForm]] = [[] for _ in range(L + 1)]
    for R, H in enumerate(entropies(work)):
        by_size[R.bit_count()].append(H)
    G = [LogForm.combination((1, H) for H in group) for group in by_size]
    ways = [math.comb(L - 1, j) for j in range(L)]
    return [
        LogForm.combination([(Fraction(j + 1, ways[j]), G[j + 1]), (Fraction(j - L, ways[j]), G[j])]) for j in range(L)
    ]


def surprises(work: Workspace) -> dict[tuple[int, int], Number]:
    """``E_q -log p_theta(X_i | X_R)`` by R and i: the cost of drawing position i after the set R."""
    return work.once_for_policies(_surprises)


def _surprises(work: Workspace) -> dict[tuple[int, int], Number]:
    V, L, sampler = work.instance.vocab, work.instance.length, rows(work)
    terms: defaultdict[tuple[int, int], list[tuple[fmpq, fmpq]]] = defaultdict(list)
    for y, probability in marginals(work).items():
        for i in range(L):
            if y[i] == V:
                pairs = zip(sampler.exact(y, i) or (), sampler.predicted(y, i), strict=True)
                terms[_pattern(y, V), i] += [(-probability * exact, predicted) for exact, predicted in pairs if exact]
    return {at: sum_of_logs(pairs) if all(p for _, p in pairs) else math.inf for at, pairs in terms.items()}


def path_surprise(work: Workspace) -> Number:
    """``E_tau E_q -log p_tau(X)``: the cost of every token in the contexts in which it is drawn."""
    costs = surprises(work)
    return total((probability, costs[at]) for at, probability in _before(work.instance).items())


def _before(instance: Instance) -> dict[tuple[int, int], fmpq]:
    """``P(R is what is revealed before i)``, by R and i, where it is positive."""
    probabilities = GivenTimes.of(instance.policy).exact_before(instance.length)
    return {at: to_flint(probability) for at, probability in probabilities.items()}


@dataclass(frozen=True)
class Learning:
    """``D(q(.|y) || p_theta(.|y))`` in possible contexts.

    Parameters
    ----------
    worst : LogForm or inf
        The largest.
    mean : LogForm or inf, or None
        ``sum_i`` of its expectation in the contexts in which position i is drawn (learning-error/worst-case), in nats.
    """

    worst: Number
    mean: Number


def learning(work: Workspace) -> Learning:
    """Learning errors of the denoiser."""
    return work.once(_learning)


def _learning(work: Workspace) -> Learning:
    instance, zero = work.instance, LogForm()
    if instance.exact_denoiser:
        return Learning(zero, zero)
    V, L, sampler = instance.vocab, instance.length, rows(work)
    # The worst error needs no policy; the mean is for given reveal times.
    probabilities = _before(instance) if instance.policy.oblivious else {}
    weights: defaultdict[tuple[tuple[fmpq, ...], tuple[fmpq, ...]], fmpq] = defaultdict(fmpq)
    for y, probability in marginals(work).items():
        R = _pattern(y, V)
        for i in range(L):
            if y[i] == V:
                exact: Row = sampler.exact(y, i) or []
                weights[tuple(exact), tuple(sampler.predicted(y, i))] += probability * probabilities.get((R, i), ZERO)
    found = [(weight, divergence(*pair)) for pair, weight in weights.items()]
    finite = [x for _, x in found if isinstance(x, LogForm)]
    return Learning(math.inf if len(finite) < len(found) else max(finite, default=zero), total(found))
