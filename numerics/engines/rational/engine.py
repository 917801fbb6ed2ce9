"""The output law in exact rationals: masses pushed step by step over the lattice of partial sequences.

Here ``1 - r_k`` is a subtraction like any other, and zero is zero by itself. Rationals grow with every step, so
this is for small instances: what a law would take is counted in source-target pairs before anything is computed.
"""

from __future__ import annotations

import itertools
import math
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
from flint import fmpq
from numpy.typing import NDArray

from ...errors import BeyondReach
from ...instances import Instance
from ...partial import sequence_rows
from ...policies import Adaptive, Bernoulli, FixedSets, FixedSize, Partial, Remasking
from ...reach import power
from ..workspace import Cost, Workspace
from .rows import ZERO, SamplerRows, has_rational_rows, marginal_lattice, rational

__all__ = [
    "MOST_PAIRS",
    "RationalLaw",
    "cost",
    "exact_rows",
    "has_rational_conditionals",
    "language_obstacle",
    "lattice_cost",
    "law",
    "law_obstacle",
    "marginals",
    "obstacle",
    "pair_count",
    "rows",
    "stopped_mass",
]

MOST_PAIRS = 200_000
"""Source-target pairs, over all steps, and entries of the lattice."""

PAIRS_A_SECOND = 1e5

Policies = Bernoulli | FixedSize | FixedSets


@dataclass(frozen=True, eq=False)
class RationalLaw:
    """p and q on all ``V^L`` sequences, first token most significant.

    Parameters
    ----------
    p, q : list of fmpq
        p sums to less than 1 where the rule ``stop`` abandons sequences.
    vocab, length : int
    """

    p: list[fmpq]
    q: list[fmpq]
    vocab: int
    length: int

    @cached_property
    def correct(self) -> fmpq:
        """``p(support)``."""
        return sum((p for p, q in zip(self.p, self.q, strict=True) if q), ZERO)

    @cached_property
    def lost(self) -> fmpq:
        """Chance that a sequence is abandoned."""
        return 1 - sum(self.p, ZERO)


def language_obstacle(instance: Instance) -> str | None:
    """None for a language whose probabilities are rationals."""
    return None if instance.language.rational else "the language has floating probabilities, not rationals"


def obstacle(instance: Instance) -> str | None:
    """None for a rational language, denoiser and policy of given reveal times."""
    policy = instance.policy
    if not isinstance(policy, Policies):
        return "the policy's reveal times depend on the tokens"
    if not has_rational_rows(instance):
        return "the denoiser's predictions are no rationals"
    if isinstance(policy, Bernoulli) and not policy.schedule.rational:
        return "the schedule has floating weights, not rationals"
    return language_obstacle(instance)


def law_obstacle(instance: Instance) -> str | None:
    """None for a rational language, denoiser and policy, those included that look at the partial sequence."""
    policy = instance.policy
    if isinstance(policy, Policies):
        return obstacle(instance)
    if isinstance(policy, Adaptive) and policy.temperature and policy.exponent != int(policy.exponent):
        return "powers of the conditionals by 1/T are no rationals"
    if isinstance(policy, Remasking) and not policy.rational:
        return "the policy has floating chances, not rationals"
    if not has_rational_rows(instance):
        return "the denoiser's predictions are no rationals"
    return language_obstacle(instance)


def has_rational_conditionals(instance: Instance) -> bool:
    """Whether what the sampler draws from is rational, and the lattice small enough to have it exactly."""
    small = power(instance.vocab + 1, instance.length) <= MOST_PAIRS
    return small and instance.language.rational and has_rational_rows(instance)


def exact_rows(work: Workspace, y: Partial) -> NDArray[Any]:
    """Probabilities of the tokens drawn from y: Fractions, shape (L, V); rows at revealed positions are zero."""
    V, L = work.instance.vocab, work.instance.length
    found = np.full((L, V), Fraction(0), dtype=object)
    for i in range(L):
        if y[i] == V:
            found[i] = [Fraction(int(c.p), int(c.q)) for c in rows(work).drawn(y, i)]
    return found


def lattice_cost(instance: Instance) -> Cost:
    """The marginal lattice and a logarithm an entry."""
    size = power(instance.vocab + 1, instance.length)
    return Cost(instance.length * size * 1e9 / PAIRS_A_SECOND, 500 * size)


def cost(instance: Instance) -> Cost:
    """All pairs of all steps, in Python, beside the lattice."""
    base = lattice_cost(instance)
    return Cost(base.operations + pair_count(instance) * 1e9 / PAIRS_A_SECOND, base.bytes)


def pair_count(instance: Instance) -> int:
    """Source-target pairs of all steps, if every token were possible everywhere."""
    V, L, policy = instance.vocab, instance.length, instance.policy
    if isinstance(policy, Bernoulli):
        kinds = {step: _hazard_pairs(step, V, L) for step in set(_hazards(policy))}
        return sum(kinds[step] for step in _hazards(policy))
    if isinstance(policy, Remasking):
        return power(3 * V + 1, L) * policy.steps
    if isinstance(policy, Adaptive):
        return power(2 * V, L) * L if policy.proposes else power(2 * V + 1, L)
    assert isinstance(policy, FixedSize | FixedSets)
    sizes = policy.sizes if isinstance(policy, FixedSize) else [len(chosen) for chosen in policy.sets]
    total = 0
    for before, size in zip(itertools.accumulate(sizes, initial=0), sizes, strict=False):
        ways = math.comb(L, before) * math.comb(L - before, size) if isinstance(policy, FixedSize) else 1
        total += ways * power(V, before + size)
    return total


def _hazards(policy: Bernoulli) -> Iterator[tuple[bool, bool, bool]]:
    """For each step whether nothing is revealed before it, whether it may reveal, and whether it may leave masked."""
    weights = policy.schedule.fractions.tolist()
    revealed = itertools.accumulate(weights)
    for w, a in zip(weights, revealed, strict=True):
        yield a == w, w > 0, a < 1


def _hazard_pairs(step: tuple[bool, bool, bool], V: int, L: int) -> int:
    first, reveals, leaves = step
    from_masked = (V if reveals else 0) + leaves
    return power(from_masked + (0 if first else V), L)


def marginals(work: Workspace) -> dict[Partial, fmpq]:
    """``m[y] = q(x_R)`` where it is positive.

    Raises
    ------
    BeyondReach
        For a lattice of more than ``MOST_PAIRS`` entries.
    """
    return work.once(_marginals)


def _marginals(work: Workspace) -> dict[Partial, fmpq]:
    instance = work.instance
    _require(instance, power(instance.vocab + 1, instance.length), "partial sequences")
    return marginal_lattice(instance.language)


def rows(work: Workspace) -> SamplerRows:
    """The sampler's conditionals."""
    return work.once(_rows)


def _rows(work: Workspace) -> SamplerRows:
    return SamplerRows(work.instance, marginals(work))


def _require(instance: Instance, count: int, what: str) -> None:
    if count > MOST_PAIRS:
        raise BeyondReach(
            f"{instance.name} (V={instance.vocab}, L={instance.length}, N={instance.policy.steps}) has "
            f"{_shown(count)} {what}; exact rationals are for at most {MOST_PAIRS}"
        )


def _shown(count: int) -> str:
    return str(count) if count < 10**9 else f"{float(count):.3g}"


def law(work: Workspace) -> RationalLaw:
    """The output law.

    Raises
    ------
    BeyondReach
        For more than ``MOST_PAIRS`` pairs, with their number, before anything is computed.
    """
    return work.once(_law)


def _law(work: Workspace) -> RationalLaw:
    instance = work.instance
    V, L = instance.vocab, instance.length
    _require(instance, pair_count(instance), "source-target pairs")
    m, sampler = marginals(work), rows(work)
    mass = {(V,) * L: fmpq(1)}
    if not isinstance(instance.policy, Policies):
        return RationalLaw(*_by_transitions(work, mass), V, L)
    for step in _steps(instance):
        following: defaultdict[Partial, fmpq] = defaultdict(fmpq)
        for y, chance in mass.items():
            masked = [i for i, token in enumerate(y) if token == V]
            for share, chosen, kept in step(masked):
                for z, weight in _filled(y, chance * share, chosen, kept, sampler):
                    following[z] += weight
        mass = following
    return RationalLaw(*_complete(mass, m, V, L), V, L)


def _complete(mass: dict[Partial, fmpq], m: dict[Partial, fmpq], V: int, L: int) -> tuple[list[fmpq], list[fmpq]]:
    """p and q on all sequences."""
    complete = list(map(tuple, sequence_rows(0, V**L, V, L).tolist()))
    return [mass.get(x, ZERO) for x in complete], [m.get(x, ZERO) for x in complete]


def _by_transitions(work: Workspace, mass: dict[Partial, fmpq]) -> tuple[list[fmpq], list[fmpq]]:
    """p and q for a policy that takes and gives Fractions."""
    instance = work.instance
    for step in range(1, instance.policy.steps + 1):
        following: defaultdict[Partial, fmpq] = defaultdict(fmpq)
        for y, chance in mass.items():
            for share, z, _ in instance.policy.transitions(step, y, exact_rows(work, y)):
                following[z] += chance * rational(Fraction(share))
        mass = following
    return _complete(mass, marginals(work), instance.vocab, instance.length)


Choice = tuple[fmpq, Iterable[int], fmpq]
"""Chance, positions, and the chance of each of them, on its own, to stay masked all the same."""


def _steps(instance: Instance) -> Iterator:
    """The choices of each step, as a function of the masked positions."""
    policy, L = instance.policy, instance.length
    if isinstance(policy, FixedSets):
        yield from ((lambda masked, chosen=chosen: [(fmpq(1), chosen, ZERO)]) for chosen in policy.sets)
    elif isinstance(policy, FixedSize):
        for size, before in zip(policy.sizes, itertools.accumulate(policy.sizes, initial=0), strict=False):
            share = fmpq(1, math.comb(L - before, size))
            yield lambda masked, size=size, share=share: (
                (share, chosen, ZERO) for chosen in itertools.combinations(masked, size)
            )
    else:
        assert isinstance(policy, Bernoulli)
        tail = fmpq(1)
        for w in map(rational, policy.schedule.fractions.tolist()):
            if w:
                kept = 1 - w / tail
                yield lambda masked, kept=kept: [(fmpq(1), masked, kept)]
            tail -= w


def _filled(
    y: Partial, chance: fmpq, chosen: Iterable[int], kept: fmpq, sampler: SamplerRows
) -> list[tuple[Partial, fmpq]]:
    """Every way to fill the chosen positions, each left masked with chance ``kept``, and its mass."""
    reached = [(y, chance)]
    for i in chosen:
        options = [(v, (1 - kept) * c) for v, c in enumerate(sampler.drawn(y, i)) if c]
        if kept:
            options.append((sampler.vocab, kept))
        reached = [((*z[:i], v, *z[i + 1 :]), weight * c) for z, weight in reached for v, c in options]
    return reached


def stopped_mass(work: Workspace) -> fmpq:
    """Off-support mass: what the rule ``stop`` in the global scope would abandon, whatever the rule is."""
    return work.once(_stopped_mass)


def _stopped_mass(work: Workspace) -> fmpq:
    stopping = replace(work.instance, off_support="stop", off_support_scope="global")
    return law(Workspace(stopping, work.request)).lost
