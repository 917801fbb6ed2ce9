"""The output law for all schedules at once, in exact rationals: sums of ``p_tau(x)`` by the sizes of the steps
(output-law/schedule-polynomial).

A composition of r is the set of its partial sums, r among them; bit j-1 of its number says whether j is one. To
append a step that ends at r is to add ``2^(r-1)``, the same for every composition, so that the sums of one partial
sequence are the coefficients of one polynomial in a variable t whose exponent is that number:

    C[z](t) = t^(2^(|z|-1)) sum over nonempty S of Q(z without S -> z) C[z without S](t),    C[all masked] = 1,

with ``Q`` the product of the sampler's conditionals and ``|z|`` the number of tokens revealed.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from fractions import Fraction

from flint import fmpq, fmpq_poly

from ..errors import BeyondReach, shown
from ..instances import Instance
from ..numbers.limits import power, require_memory
from ..numbers.rationals import to_fraction
from ..policies import Partial
from . import rational
from .needs import RATIONAL_LANGUAGE
from .workspace import Cost, Workspace

__all__ = ["Composition", "coefficients", "composition", "cost", "obstacle", "polynomials"]

Composition = tuple[int, ...]

PAIRS_A_SECOND = 1e5
BYTES_A_COEFFICIENT = 60


def obstacle(instance: Instance) -> str | None:
    """None for a rational language and denoiser, whatever the policy."""
    found = RATIONAL_LANGUAGE(instance)
    return found or (None if instance.denoiser.rational else "the denoiser's predictions are no rationals")


def cost(instance: Instance) -> Cost:
    """All pairs in Python, and ``2^(r-1)`` rationals for a partial sequence of r tokens."""
    V, L = instance.vocab, instance.length
    pairs = power(2 * V + 1, L)
    return Cost(pairs * 1e9 / PAIRS_A_SECOND, BYTES_A_COEFFICIENT * power(2 * V + 1, L))


def polynomials(work: Workspace) -> dict[Partial, fmpq_poly]:
    """``C[x](t)`` of the complete sequences that can be written; the exponents are numbers of compositions.

    Raises
    ------
    BeyondReach
        For more than ``rational.MOST_PAIRS`` source-target pairs, ``(2V+1)^L``, before anything is computed.
    """
    return work.once(_polynomials)


def _polynomials(work: Workspace) -> dict[Partial, fmpq_poly]:
    instance = work.instance
    V, L = instance.vocab, instance.length
    pairs = power(2 * V + 1, L)
    if pairs > rational.MOST_PAIRS:
        raise BeyondReach(
            f"{instance.name} (V={V}, L={L}) has {shown(pairs)} source-target pairs; the output law of all schedules "
            f"is for at most {rational.MOST_PAIRS}"
        )
    require_memory(int(cost(instance).bytes), f"the output law of all schedules of {instance.name}")
    sampler = rational.rows(work)
    waiting: list[defaultdict[Partial, fmpq_poly]] = [defaultdict(fmpq_poly) for _ in range(L + 1)]
    waiting[0][(V,) * L] = fmpq_poly([1])
    for r in range(L):
        for y, sums in waiting[r].items():
            if r:
                sums = sums.left_shift(1 << (r - 1))
            masked = [i for i, token in enumerate(y) if token == V]
            rows = {i: sampler.drawn(y, i) for i in masked}
            for size in range(1, L - r + 1):
                for chosen in itertools.combinations(masked, size):
                    for z, probability in _filled(y, [(i, rows[i]) for i in chosen]):
                        waiting[r + size][z] += probability * sums
        waiting[r].clear()
    return {x: sums.left_shift(1 << (L - 1)) for x, sums in waiting[L].items()}


def _filled(y: Partial, rows: list[tuple[int, list[fmpq]]]) -> list[tuple[Partial, fmpq]]:
    """Every way to fill the chosen positions, and its probability."""
    reached = [(y, fmpq(1))]
    for i, row in rows:
        reached = [((*z[:i], v, *z[i + 1 :]), weight * c) for z, weight in reached for v, c in enumerate(row) if c]
    return reached


def coefficients(sums: fmpq_poly) -> dict[Composition, Fraction]:
    """``C_c(x)`` by composition, zeros left out."""
    return {composition(number): to_fraction(c) for number, c in enumerate(sums.coeffs()) if c}


def composition(number: int) -> Composition:
    """The sizes whose partial sums are the bits of ``number``.

    >>> composition(0b1101)
    (1, 2, 1)
    """
    ends = [j for j in range(1, number.bit_length() + 1) if number >> (j - 1) & 1]
    return tuple(after - before for before, after in itertools.pairwise([0, *ends]))
