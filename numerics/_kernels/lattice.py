"""The marginal lattice, and walks on it that visit only some levels."""

from __future__ import annotations

from collections.abc import Sequence
from math import comb
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from .jit import kernel
from .threads import WORTH_THREADS, for_each

__all__ = ["complete_rows", "marginal_lattice", "read_only", "sets_forward", "sized_forward"]

Entry = TypeVar("Entry", bound=np.generic)

TASKS = 16
"""Pieces that a loop over independent rows is cut into."""


def read_only(a: NDArray[Entry]) -> NDArray[Entry]:
    """The same array, as kernels take their inputs: contiguous, and of one type to compile for."""
    view = np.ascontiguousarray(a).view()
    view.flags.writeable = False
    return view


def marginal_lattice(q: NDArray[np.float64], V: int, L: int) -> NDArray[np.float64]:
    """``q(x_R)`` of every partial sequence.

    Parameters
    ----------
    q : (V^L,) float64
        The language, first token most significant.
    V, L : int

    Returns
    -------
    m : ((V+1)^L,) float64
        An axis at a time, the last position first, each mask is the sum of its tokens in their order: with k
        masks, ``k (V - 1)`` additions of non-negative numbers, so its depth (definitions.md#rounding) is that of q plus
        ``L (V - 1)``.

    Notes
    -----
    Cost ``O(L (V+1)^L)``.
    """
    m = np.zeros((V + 1) ** L)
    tasks = TASKS if len(m) > WORTH_THREADS else 1
    for_each(_scatter, 0, tasks, tasks, m, read_only(q), V, L)
    for i in range(L - 1, -1, -1):
        for_each(_sum_axis, 0, tasks, tasks, m, V, (V + 1) ** (L - 1 - i))
    return m


@kernel
def _scatter(task, tasks, m, q, V, L):
    for x in range(task * len(q) // tasks, (task + 1) * len(q) // tasks):
        m[_lattice_row(x, V, L)] = q[x]


@kernel
def _sum_axis(task, tasks, m, V, stride):
    """m at a mask of the axis of this stride is the sum over its tokens."""
    total = len(m) // (V + 1)
    k = task * total // tasks
    end = (task + 1) * total // tasks
    while k < end:
        outer = k // stride
        inner = k - outer * stride
        run = min(stride - inner, end - k)
        first = outer * stride * (V + 1) + inner
        for j in range(first, first + run):
            m[j] = m[j + stride]
        for v in range(2, V + 1):
            for j in range(first, first + run):
                m[j] += m[j + v * stride]
        k += run


def complete_rows(G: NDArray[np.float64], V: int, L: int) -> NDArray[np.float64]:
    """Move the rows of complete sequences to the front and return them, a view of shape (V^L, lanes).

    Parameters
    ----------
    G : ((V+1)^L, lanes) float64
        Overwritten.
    V, L : int
    """
    _gather_complete(G, V, L)
    return G[: V**L]


@kernel
def _gather_complete(G, V, L):
    for x in range(V**L):
        row = _lattice_row(x, V, L)
        for lane in range(G.shape[1]):
            G[x, lane] = G[row, lane]


def sized_forward(
    m: NDArray[np.float64] | None,
    D: NDArray[np.float64] | None,
    fallback: NDArray[np.float64],
    sizes: Sequence[int],
    V: int,
    L: int,
) -> NDArray[np.float64]:
    """Output law of the fixed-size policy.

    After step k exactly ``S_k`` tokens are revealed, and ``f_k[z]`` is the mean, over the subsets S of the positions
    that z reveals with ``|S| = s_k``, of ``f_{k-1}[z without S] Q(z without S -> z)``, times ``C(S_k, s_k) /
    C(L - S_{k-1}, s_k)``.

    Parameters
    ----------
    m : ((V+1)^L,) float64 or None
        Marginal lattice of the language: its ratios are the conditionals. Not read if D is given.
    D : (L, (V+1)^L) float64 or None
        ``D[i, y']`` is the denoiser's probability of the token that y' has at i, given the rest of y'.
    fallback : (L, V) float64
        Conditionals where ``m[y] = 0``: 1/V, the unigram marginals, or zeros to stop there.
    sizes : sequence of int
        Step sizes, sum L; empty steps do nothing.
    V, L : int

    Returns
    -------
    p : (V^L,) float64

    Notes
    -----
    Cost: for each size ``C(L, S_k) V^S_k C(S_k, s_k) s_k``; one array of ``(V+1)^L`` float64.

    Rounding (definitions.md#rounding), conditionals of depth d: ``L (d + 1) + sum_k (C(S_k, s_k) + 1)``.
    """
    f = _start(V, L)
    m, D = _sources(m, D)
    reached = 0
    for size in sizes:
        if size > 0:
            reached += size
            patterns = _patterns(L, reached)
            probability = 1.0 / comb(L - reached + size, size)
            arguments = (f, m, D, read_only(fallback), patterns, reached, size, probability, V, L)
            operations = len(patterns) * V**reached * comb(reached, size) * size
            for_each(_reveal_some, 0, TASKS, *arguments, operations=operations)
    return complete_rows(f.reshape(-1, 1), V, L).reshape(-1)


def sets_forward(
    m: NDArray[np.float64] | None,
    D: NDArray[np.float64] | None,
    fallback: NDArray[np.float64],
    sets: Sequence[Sequence[int]],
    V: int,
    L: int,
) -> NDArray[np.float64]:
    """Output law of the policy that reveals given sets of positions in turn.

    Parameters
    ----------
    m, D, fallback, V, L
        As in `sized_forward`.
    sets : sequence of sequences of int
        A partition of ``0..L-1``; empty sets do nothing.

    Returns
    -------
    p : (V^L,) float64

    Notes
    -----
    Cost ``sum_k V^|R_k| |sets_k|``; one array of ``(V+1)^L`` float64. Depth ``L (d + 1)``: products only.
    """
    f = _start(V, L)
    m, D = _sources(m, D)
    revealed: list[int] = []
    for positions in sets:
        if len(positions) > 0:
            old = np.array(revealed, dtype=np.int64)
            new = np.array(sorted(positions), dtype=np.int64)
            revealed.extend(new)
            operations = V ** len(revealed) * len(new)
            for_each(_reveal_set, 0, TASKS, f, m, D, read_only(fallback), old, new, V, L, operations=operations)
    return complete_rows(f.reshape(-1, 1), V, L).reshape(-1)


def _start(V: int, L: int) -> NDArray[np.float64]:
    f = np.zeros((V + 1) ** L)
    f[0] = 1.0
    return f


def _sources(m, D):
    return read_only(np.empty(0) if m is None else m), read_only(np.empty((0, 0)) if D is None else D)


def _patterns(L: int, reached: int) -> NDArray[np.int64]:
    every = np.arange(1 << L)
    return every[np.bitwise_count(every) == reached]


@kernel
def _reveal_some(task, f, m, D, fallback, patterns, reached, size, probability, V, L):
    """One step of a fixed number of tokens: every target of `reached` tokens pulls from its subsets."""
    rows = V**reached
    total = len(patterns) * rows
    position = np.empty(reached, dtype=np.int64)
    token = np.empty(reached, dtype=np.int64)
    place = np.empty(reached, dtype=np.int64)
    for target in range(task * total // TASKS, (task + 1) * total // TASKS):
        pattern = patterns[target // rows]
        rest = target % rows
        z = 0
        k = 0
        for i in range(L - 1, -1, -1):
            if (pattern >> (L - 1 - i)) & 1:
                position[k] = i
                token[k] = rest % V
                place[k] = (token[k] + 1) * (V + 1) ** (L - 1 - i)
                z += place[k]
                rest //= V
                k += 1
        arriving = 0.0
        chosen = (1 << size) - 1
        beyond = 1 << reached
        while chosen < beyond:
            y = z
            for k in range(reached):
                if (chosen >> k) & 1:
                    y -= place[k]
            if f[y] != 0.0:
                term = f[y]
                for k in range(reached):
                    if (chosen >> k) & 1:
                        term *= _conditional(m, D, fallback, y, y + place[k], position[k], token[k])
                arriving += term
            lowest = chosen & -chosen
            carried = chosen + lowest
            chosen = carried | (((chosen ^ carried) // lowest) >> 2)
        f[z] = probability * arriving


@kernel
def _reveal_set(task, f, m, D, fallback, old, new, V, L):
    """One step of given positions: every target has one source."""
    total = V ** (len(old) + len(new))
    for target in range(task * total // TASKS, (task + 1) * total // TASKS):
        rest = target
        y = 0
        for i in old:
            y += (rest % V + 1) * (V + 1) ** (L - 1 - i)
            rest //= V
        term = f[y]
        z = y
        for i in new:
            token = rest % V
            place = (token + 1) * (V + 1) ** (L - 1 - i)
            term *= _conditional(m, D, fallback, y, y + place, i, token)
            z += place
            rest //= V
        f[z] = term


@kernel
def _conditional(m, D, fallback, y, there, i, v):
    """c_i(v | y), with `there` the index of y with v at i."""
    if len(D) > 0:
        return D[i, there]
    return m[there] / m[y] if m[y] > 0.0 else fallback[i, v]


@kernel
def _lattice_row(x, V, L):
    """Lattice index of the complete sequence that is number x in a table of V^L."""
    row = 0
    place = 1
    for _ in range(L):
        row += (x % V + 1) * place
        x //= V
        place *= V + 1
    return row
