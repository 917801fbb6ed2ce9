"""The output law in exact rationals: masses pushed step by step over the lattice of partial sequences.

Here ``1 - r_k`` is a subtraction like any other, and zero is zero by itself. Rationals grow with every step, so
this is for small instances: what a law would take is counted in source-target pairs before anything is computed.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache, cached_property
from typing import Any

import numpy as np
from flint import fmpq
from numpy.typing import NDArray

from ...errors import BeyondReach
from ...instances import Instance
from ...numbers.lattice import sequence_rows
from ...numbers.limits import power
from ...numbers.rationals import to_flint, to_fraction
from ...policies import GivenTimes, Partial
from ..needs import GIVEN_TIMES, RATIONAL_LANGUAGE
from ..workspace import Cost, Workspace
from .rows import ZERO, SamplerRows, marginal_lattice

__all__ = [
    "MOST_ENTRIES",
    "MOST_PAIRS",
    "Meter",
    "RationalLaw",
    "cost",
    "exact_rows",
    "has_rational_conditionals",
    "lattice_cost",
    "law",
    "law_obstacle",
    "marginals",
    "obstacle",
    "operations",
    "pair_count",
    "rows",
    "stopped_mass",
]

MOST_PAIRS = 2_000_000
"""Source-target pairs, over all steps: some ten seconds."""

MOST_ENTRIES = 200_000
"""Partial sequences of the lattice, each of which is kept."""

PAIRS_A_SECOND = 1e5

BITS_A_SECOND = 1e7
"""Bits of denominators that are computed in a second, where these are long."""


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
        """Probability that a sequence is abandoned."""
        return 1 - sum(self.p, ZERO)


def obstacle(instance: Instance) -> str | None:
    """None for a rational language, denoiser and policy of given reveal times."""
    return GIVEN_TIMES(instance) or law_obstacle(instance)


def law_obstacle(instance: Instance) -> str | None:
    """None for a rational language, denoiser and policy, those included that look at the partial sequence."""
    if not instance.denoiser.rational:
        return "the denoiser's predictions are no rationals"
    return instance.policy.irrational or RATIONAL_LANGUAGE(instance)


def has_rational_conditionals(instance: Instance) -> bool:
    """Whether what the sampler draws from is rational, and the lattice small enough to have it exactly."""
    small = power(instance.vocab + 1, instance.length) <= MOST_ENTRIES
    return small and instance.language.rational and instance.denoiser.rational


def exact_rows(work: Workspace, y: Partial) -> NDArray[Any]:
    """Probabilities of the tokens drawn from y: Fractions, shape (L, V); rows at revealed positions are zero."""
    V, L = work.instance.vocab, work.instance.length
    found = np.full((L, V), Fraction(0), dtype=object)
    for i in range(L):
        if y[i] == V:
            found[i] = [to_fraction(c) for c in rows(work).drawn(y, i)]
    return found


def lattice_cost(instance: Instance) -> Cost:
    """The marginal lattice and a logarithm an entry."""
    size = power(instance.vocab + 1, instance.length)
    return Cost(operations(instance.length * size), 500 * size)


def cost(instance: Instance) -> Cost:
    """All pairs of all steps, in Python, beside the lattice."""
    base = lattice_cost(instance)
    return Cost(base.operations + operations(pair_count(instance)), base.bytes)


def operations(pairs: int) -> float:
    """Operations that so many source-target pairs take."""
    return pairs * 1e9 / PAIRS_A_SECOND


def pair_count(instance: Instance) -> int:
    """Source-target pairs of all steps, if every token were possible everywhere."""
    return instance.policy.pair_count(instance.vocab, instance.length)


def marginals(work: Workspace) -> dict[Partial, fmpq]:
    """``m[y] = q(x_R)`` where it is positive.

    Raises
    ------
    BeyondReach
        For a lattice of more than ``MOST_ENTRIES`` entries.
    """
    return work.once_for_policies(_marginals)


def _marginals(work: Workspace) -> dict[Partial, fmpq]:
    instance = work.instance
    _require(instance, power(instance.vocab + 1, instance.length), MOST_ENTRIES, "partial sequences")
    return marginal_lattice(instance.language)


def rows(work: Workspace) -> SamplerRows:
    """The sampler's conditionals."""
    return work.once_for_policies(_rows)


def _rows(work: Workspace) -> SamplerRows:
    return SamplerRows(work.instance, marginals(work))


def _require(instance: Instance, count: int, most: int, what: str) -> None:
    if count > most:
        raise BeyondReach(
            f"{instance.name} (V={instance.vocab}, L={instance.length}, N={instance.policy.steps}) has "
            f"{_shown(count)} {what}; exact rationals are for at most {most}"
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
    _require(instance, pair_count(instance), MOST_PAIRS, "source-target pairs")
    m, sampler, start = marginals(work), rows(work), (V,) * L
    if not instance.policy.oblivious:
        return RationalLaw(*_by_transitions(work, {start: fmpq(1)}), V, L)
    drawn: defaultdict[Partial, fmpq] = defaultdict(fmpq)
    for part, times in GivenTimes.of(instance.policy).parts:
        mass = {start: to_flint(part)}
        for step in range(1, times.steps + 1):
            choices = cache(lambda masked, step=step, times=times: _choices(times, step, masked))
            following: defaultdict[Partial, fmpq] = defaultdict(fmpq)
            for y, probability in mass.items():
                for share, chosen in choices(tuple(i for i, token in enumerate(y) if token == V)):
                    for z, weight in _filled(y, probability * share, chosen, sampler):
                        following[z] += weight
            mass = following
        for x, weight in mass.items():
            drawn[x] += weight
    return RationalLaw(*_complete(drawn, m, V, L), V, L)


def _complete(mass: dict[Partial, fmpq], m: dict[Partial, fmpq], V: int, L: int) -> tuple[list[fmpq], list[fmpq]]:
    """p and q on all sequences."""
    complete = list(map(tuple, sequence_rows(0, V**L, V, L).tolist()))
    return [mass.get(x, ZERO) for x in complete], [m.get(x, ZERO) for x in complete]


def _by_transitions(work: Workspace, mass: dict[Partial, fmpq]) -> tuple[list[fmpq], list[fmpq]]:
    """p and q for a policy that takes and gives Fractions."""
    instance, meter = work.instance, Meter(work)
    for step in range(1, instance.policy.steps + 1):
        following: defaultdict[Partial, fmpq] = defaultdict(fmpq)
        for y, probability in mass.items():
            for share, z, _ in instance.policy.transitions(step, y, exact_rows(work, y)):
                factor = meter.pass_on(to_flint(Fraction(share)))
                following[z] = meter.pass_on(following[z] + probability * factor)
        mass = following
    return _complete(mass, marginals(work), instance.vocab, instance.length)


def _choices(times: GivenTimes, step: int, masked: tuple[int, ...]) -> list[tuple[fmpq, tuple[int, ...]]]:
    """Sets of masked positions that a step may reveal, each with its probability."""
    return [(to_flint(share), chosen) for share, chosen in times.choices(step, masked)]


def _filled(y: Partial, probability: fmpq, chosen: tuple[int, ...], sampler: SamplerRows) -> list[tuple[Partial, fmpq]]:
    """Every way to fill the chosen positions, and its mass."""
    reached = [(y, probability)]
    for i in chosen:
        options = [(v, c) for v, c in enumerate(sampler.drawn(y, i)) if c]
        reached = [((*z[:i], v, *z[i + 1 :]), weight * c) for z, weight in reached for v, c in options]
    return reached


class Meter:
    """Holds the bits that are computed against the seconds asked for.

    How long rationals grow is known only as they grow: powers by ``1/T`` of a low temperature have thousands of
    digits, and sums of them have no common denominator.
    """

    def __init__(self, work: Workspace) -> None:
        self._instance, self._seconds = work.instance, work.request.seconds
        self._left = self._seconds * BITS_A_SECOND

    def pass_on(self, number: fmpq) -> fmpq:
        """The number itself.

        Raises
        ------
        BeyondReach
            When the bits of all numbers that passed are more than the seconds allow.
        """
        self._left -= int(number.q.bit_length())
        if self._left < 0:
            instance = self._instance
            raise BeyondReach(
                f"the exact rationals of {instance.name} (V={instance.vocab}, L={instance.length}, "
                f"N={instance.policy.steps}) grow too long for {self._seconds:.3g} s"
            )
        return number


def stopped_mass(work: Workspace) -> fmpq:
    """Off-support mass: what the rule ``stop`` in the global scope would abandon, whatever the rule is."""
    return work.once(_stopped_mass)


def _stopped_mass(work: Workspace) -> fmpq:
    stopping = replace(work.instance, off_support="stop", off_support_scope="global")
    return law(Workspace(stopping, work.request)).lost
