"""Harm done by tokens drawn together (conflict/ser-lower, independent-steps/path-kl): forbidden pairs, probability
agreement, and steps without error.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import replace

import numpy as np
from flint import arb, ctx, fmpq

from ..engines import blocks, rational, tabular
from ..engines.needs import EXACT_DENOISER, RATIONAL_LANGUAGE, all_of
from ..engines.ranges import require_range
from ..engines.rational.rows import ONE, ZERO
from ..engines.workspace import Cost, Workspace
from ..instances import Instance
from ..numbers.enclosure import SAFE, Enclosure
from ..numbers.limits import power
from ..policies import Partial
from .information import tabular_method
from .log_forms import exact_method, known, of_rationals
from .method import Method, narrowed
from .products import method_of_one

__all__ = ["METHODS", "largest_agreement"]

BITS = 256
"""Precision of the root in ``largest_agreement``."""


def _min_pair_conflict_probability(work: Workspace) -> Enclosure:
    """Over contexts with both positions of a pair masked: ``sum over forbidden u, v of (m_u / m) (m_v / m)``."""
    V, L = work.instance.vocab, work.instance.length
    lattice, least = tabular.marginal_lattice(work).reshape((V + 1,) * L), 1.0
    for i in range(0, L - 1, 2):
        m = np.moveaxis(lattice, (i, i + 1), (-2, -1)).reshape(-1, V + 1, V + 1)
        m = m[m[:, 0, 0] > 0]
        forbidden = m[:, 1:, 1:] == 0
        probabilities = m / m[:, :1, :1]
        clashes = np.where(forbidden, probabilities[:, 1:, :1] * probabilities[:, :1, 1:], 0.0)
        clash = clashes.sum(axis=(1, 2))
        lost = forbidden & (m[:, 1:, :1] > 0) & (m[:, :1, 1:] > 0) & (clashes < SAFE)
        if (lost.any(axis=(1, 2)) & (clash < SAFE)).any():
            require_range(work.instance, -math.inf)
        least = min(least, float(clash.min()))
    return Enclosure.relative(least, 4 * tabular.lattice_depth(work.instance) + V * V + 4, most=1.0)


def _exact_min_pair_conflict_probability(work: Workspace) -> fmpq:
    V, L = work.instance.vocab, work.instance.length
    m = rational.marginals(work)
    clashes = [ONE]
    for y, probability in m.items():
        for i in range(0, L - 1, 2):
            if y[i] == y[i + 1] == V:
                first = [m.get((*y[:i], u, *y[i + 1 :]), ZERO) for u in range(V)]
                other = [m.get((*y[: i + 1], v, *y[i + 2 :]), ZERO) for v in range(V)]
                drawn = ((u, v) for u in range(V) for v in range(V) if first[u] and other[v])
                forbidden = ((u, v) for u, v in drawn if (*y[:i], u, v, *y[i + 2 :]) not in m)
                clash = sum((first[u] * other[v] for u, v in forbidden), ZERO)
                clashes.append(clash / (probability * probability))
    return min(clashes)


def _block_conflict(instance: Instance) -> str | None:
    reason = blocks.language_obstacle(instance)
    if reason is None and blocks.block_length(instance) % 2:
        return "pairs of positions reach across blocks of odd length"
    return reason


def largest_agreement(vocab: int, eps: Enclosure) -> Enclosure:
    """``g_V(eps) = max{ ||p - u||_2^2 : D(u || p) <= eps }`` over laws p on V symbols, u uniform (conflict/ser-lower).

    A maximiser has two values: j symbols have ``1/V + d/j`` and the others ``1/V - d/(V-j)``, so that
    ``||p - u||^2 = d^2 V / (j (V-j))``, with d the root of ``D(u || p) = eps`` for each j.
    """
    lowest, highest = (
        max((_squared(vocab, j, _root(vocab, j, end, up), up) for j in range(1, vocab)), default=0.0)
        for end, up in ((eps.lo, False), (eps.hi, True))
    )
    middle = max((_squared(vocab, j, _root(vocab, j, eps.value, True), True) for j in range(1, vocab)), default=0.0)
    value = min(max(middle, lowest), highest)
    return Enclosure(value, lowest, highest, eps.kind if eps.kind != "exact" else "rounding")


def _root(vocab: int, j: int, eps: float, up: bool) -> float:
    """The d of j and eps, rounded up or down; ``1 - j/V`` (the others at 0) where eps is infinite."""
    most = math.nextafter((vocab - j) / vocab, 2.0 if up else 0.0)
    lo, hi = 0.0, most
    if eps == 0 or math.isinf(eps):
        return lo if eps == 0 else hi
    while math.nextafter(lo, hi) < hi:
        middle = (lo + hi) / 2
        if middle in (lo, hi):
            break
        if _divergence_exceeds(vocab, j, middle, eps):
            hi = middle
        else:
            lo = middle
    return hi if up else lo


def _divergence_exceeds(vocab: int, j: int, d: float, eps: float) -> bool:
    """Whether ``-(j/V) log(1 + V d/j) - (1 - j/V) log(1 - V d/(V-j))`` is above eps; balls of 256 bits decide."""
    with ctx.workprec(BITS):
        V, at = arb(vocab), arb(d)
        below = 1 - V * at / (vocab - j)
        if not below > 0:
            return True
        divergence = -(arb(j) / V) * (1 + V * at / j).log() - (arb(vocab - j) / V) * below.log()
        return bool(divergence > arb(eps))


def _squared(vocab: int, j: int, d: float, up: bool) -> float:
    """``d^2 V / (j (V-j))``, rounded; never above ``1 - 1/V``."""
    found = d * d * vocab / (j * (vocab - j))
    for _ in range(4):
        found = math.nextafter(found, math.inf if up else 0.0)
    return min(max(found, 0.0), math.nextafter(1 - 1 / vocab, 1.0)) if d else 0.0


def _max_l2_deviation(of_eps: Method, engine: str) -> Method:
    return replace(
        of_eps,
        quantity="max_l2_deviation",
        engine=engine,
        run=lambda work: largest_agreement(work.instance.vocab, of_eps.run(work)),
    )


def _exact_parallel_depth(work: Workspace) -> fmpq:
    """Shortest way from no position to all through sets whose tokens are independent given those before."""
    L, steps = work.instance.length, _steps_without_error(work)
    everything, reached, depth = (1 << L) - 1, {0}, 0
    seen = set(reached)
    while everything not in reached:
        reached = {R | A for R in reached for A in steps[R]} - seen
        seen |= reached
        depth += 1
    return fmpq(depth)


def _steps_without_error(work: Workspace) -> dict[int, list[int]]:
    """For every set R the sets A with ``q(x_A | x_R) = prod_i q(x_i | x_R)`` in every possible context.

    Both sides are laws, so it is enough that every possible outcome has the product's probability.
    """
    V, L = work.instance.vocab, work.instance.length
    m = rational.marginals(work)
    broken: set[tuple[int, int]] = set()
    for y, probability in m.items():
        filled = [i for i in range(L) if y[i] != V]
        for size in range(2, len(filled) + 1):
            for A in itertools.combinations(filled, size):
                pattern = (_bits(set(filled) - set(A), L), _bits(A, L))
                if pattern not in broken and not _is_product(m, y, A, probability, V):
                    broken.add(pattern)
    sets = range(1, 1 << L)
    return {R: [A for A in sets if not A & R and (R, A) not in broken] for R in range(1 << L)}


def _is_product(m: dict[Partial, fmpq], y: Partial, A: tuple[int, ...], probability: fmpq, V: int) -> bool:
    without = [V if i in A else token for i, token in enumerate(y)]
    context = m[tuple(without)]
    found = context
    for i in A:
        found *= m[(*without[:i], y[i], *without[i + 1 :])] / context
    return bool(found == probability)


def _bits(positions: set[int] | tuple[int, ...], L: int) -> int:
    return sum(1 << (L - 1 - i) for i in positions)


def _small_rational(instance: Instance) -> str | None:
    pairs = power(2 * instance.vocab + 1, instance.length)
    if pairs > rational.MOST_PAIRS:
        return f"independence is decided in exact rationals, for at most {rational.MOST_PAIRS} pairs of contexts"
    return RATIONAL_LANGUAGE(instance)


def _depth_cost(instance: Instance) -> Cost:
    pairs = power(2 * instance.vocab + 1, instance.length)
    return Cost(5e3 * pairs, 500 * pairs)


_DEPTH = Method(
    "exact_parallel_depth",
    "rational",
    "exact",
    _small_rational,
    _depth_cost,
    lambda work: known(_exact_parallel_depth(work)),
    "small rational language x any policy",
    "(2V+1)^L, in Python",
)

METHODS = (
    tabular_method("min_pair_conflict_probability", _min_pair_conflict_probability),
    Method(
        "min_pair_conflict_probability",
        "blocks",
        "rounding",
        _block_conflict,
        blocks.language_cost,
        lambda work: _min_pair_conflict_probability(blocks.language_block(work)),
        "blocks of even length x any policy",
        "one block of length b: b (V+1)^b",
    ),
    exact_method("min_pair_conflict_probability", _exact_min_pair_conflict_probability, RATIONAL_LANGUAGE),
    _max_l2_deviation(method_of_one("eps_learning", "denoiser"), "denoiser"),
    _max_l2_deviation(method_of_one("eps_learning"), "tabular"),
    exact_method(
        "max_l2_deviation",
        lambda work: ZERO,
        all_of(EXACT_DENOISER, rational.law_obstacle),
        scope=narrowed(of_rationals("any policy"), "exact denoiser"),
    ),
    _DEPTH,
)
