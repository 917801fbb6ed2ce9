"""Sequence error rate of a Markov chain under fixed sizes, by a generating function over revealed tokens.

Definitions. ``H_k(g; u, v)[c]`` adds, over the ways to reveal the g - 1 masked tokens between u and v from step k on,
``c_j`` of them at step j, the probability that all are drawn without a contradiction. Sentinels are tokens too: the
left one has the laws of single tokens for its rows, the right one agrees with everything. ``H_{N+1}(1; u, v)[0]`` is 1
where ``P(u, v) > 0``, and ``P(correct) = H_1(L+1)[s] / multinomial(L; s)``: uniform sets of given sizes are uniform
assignments of steps.

A step adds over its newly revealed positions from left to right, as in ``ser``; the counts of what lies between are
added, and dropped where they exceed the sizes. Nothing is subtracted.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from ...errors import BeyondReach
from ...numbers.enclosure import RAISED, margin
from ...numbers.enclosure import UNIT_ROUNDOFF as U
from .chain import Chain, Measured

__all__ = ["pairs_of_counts", "sequence_error_rate_of_sizes"]

LARGEST_EXPONENT = 1000
"""Of two, for the number of assignments: it leaves room in the range of float64."""

Counts = tuple[int, ...]
CountTable = dict[Counts, NDArray[np.float64]]
"""From counts to probabilities by tokens."""


def sequence_error_rate_of_sizes(chain: Chain, sizes: Sequence[int]) -> Measured:
    """SER of the fixed-size sampler with the exact denoiser.

    Parameters
    ----------
    chain : Chain
    sizes : sequence of int
        ``s_1..s_N``, of sum L.

    Raises
    ------
    BeyondReach
        When the number of assignments leaves the range of float64.

    Notes
    -----
    Cost ``V^4`` for each of :func:`pairs_of_counts`.
    """
    chain = chain.reduced
    sizes = [size for size in sizes if size]
    L, V = chain.length, chain.vocab
    if max(sizes) == 1 or L == 1 or (chain.transition > 0).all():
        return Measured(0.0, 0.0)
    assignments = math.factorial(L) // math.prod(map(math.factorial, sizes))
    if assignments.bit_length() > LARGEST_EXPONENT:
        raise BeyondReach(f"2^{assignments.bit_length() - 1} assignments of {L} tokens to steps are beyond float64")
    joined = _joined(chain)
    filled: list[CountTable] = [{} for _ in range(L + 2)]
    filled[1][(0,) * len(sizes)] = (joined[1] > 0).astype(np.float64)
    for k in range(len(sizes) - 1, 0, -1):
        filled = [filled[0], filled[1]] + [_step(k, g, filled, joined, sizes, slice(None)) for g in range(2, L + 1)]
    whole = _step(0, L + 1, [*filled[: L + 1], {}], joined, sizes, slice(V, V + 1))
    correct = float(whole[tuple(sizes)][0, 0]) / assignments
    wrong = min(max(1 - correct, 0.0), 1.0)
    return Measured(wrong, correct * margin(_depth(chain, sizes)) * RAISED + U)


def _joined(chain: Chain) -> NDArray[np.float64]:
    """``K(a, a + d)`` by d, (L+2, V+1, V+1): index V is the left sentinel among rows, the right one among columns."""
    L, V = chain.length, chain.vocab
    K = np.ones((L + 2, V + 1, V + 1))
    K[:, :V, :V] = chain.powers(L + 1)
    K[1 : L + 1, V, :V] = chain.marginals(L)
    return K


def _step(
    k: int, g: int, after: list[CountTable], joined: NDArray[np.float64], sizes: Sequence[int], ends: slice
) -> CountTable:
    """``H_k(g)``, between all pairs of ends or the two sentinels, from ``H_{k+1}``."""
    V = joined.shape[1] - 1
    out = {c: table[ends, ends] for c, table in after[g].items()}
    between = joined[g][ends, ends]
    inverse = np.divide(1.0, between, out=np.zeros_like(between), where=between > 0)[:, :, None]
    rows: list[CountTable] = [{}]
    for i in range(1, g):
        sums = {c: np.broadcast_to(table[ends, None, :V], (*between.shape, V)) for c, table in after[i].items()}
        for j in range(1, i):
            _add(sums, rows[j], {c: table[:V, :V] for c, table in after[i - j].items()}, sizes, np.matmul)
        drawn = joined[i][ends, None, :V] * joined[g - i][:V, ends].T[None] * inverse
        rows.append({_revealed(c, k): drawn * table for c, table in sums.items() if c[k] < sizes[k]})
        _add(out, rows[i], {c: table[:V, ends] for c, table in after[g - i].items()}, sizes, _closed)
    return out


def _closed(row: NDArray[np.float64], rest: NDArray[np.float64]) -> NDArray[np.float64]:
    """``sum_w row[u, v, w] rest[w, v]``."""
    return (row * rest.T[None]).sum(axis=2)


def _add(
    out: CountTable,
    first: CountTable,
    second: CountTable,
    sizes: Sequence[int],
    product: Callable[[NDArray[np.float64], NDArray[np.float64]], NDArray[np.float64]],
) -> None:
    """Products of all pairs, by the sums of their counts."""
    for c, left in first.items():
        for d, right in second.items():
            total = tuple(a + b for a, b in zip(c, d, strict=True))
            if all(n <= most for n, most in zip(total, sizes, strict=True)):
                term = product(left, right)
                out[total] = out[total] + term if total in out else term


def _revealed(counts: Counts, k: int) -> Counts:
    return (*counts[:k], counts[k] + 1, *counts[k + 1 :])


def pairs_of_counts(sizes: Sequence[int]) -> float:
    """At least the number of products of tables in :func:`sequence_error_rate_of_sizes`; cost ``O(N L^2)``."""
    sizes = [size for size in sizes if size]
    L = sum(sizes)
    if L > LARGEST_EXPONENT or sum(map(math.log2, (size + 1 for size in sizes))) > LARGEST_EXPONENT / 2:
        return math.inf
    total, later = 0.0, np.ones(1)
    for k in range(len(sizes) - 1, -1, -1):
        own = np.convolve(later, np.ones(sizes[k] + 1))[:L]
        intervals = np.arange(L + 1.0) if k else np.append(0.0, np.ones(L))
        beyond = np.convolve(later, intervals)[: L + 1]
        total += float((own[1:] * beyond[L - np.arange(1, len(own))]).sum())
        later = own
    return total


def _depth(chain: Chain, sizes: Sequence[int]) -> float:
    """Each token is drawn once: three powers, and sums over V tokens, L positions and the counts between."""
    L, V = chain.length, chain.vocab
    counts = reduce(lambda most, size: most * (size + 1), sizes, 1.0) / (max(sizes) + 1)
    token = 3 * chain.power_depth(L + 1) + chain.marginal_depth(L) + V + 20 + L * counts
    return L * token + 2 * L * len(sizes)
