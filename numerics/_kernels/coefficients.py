"""Coefficients ``Q(y -> z)`` of pairs of partial sequences, for a block of rows that share all but their low digits.

Arguments named alike are those of :mod:`.lanes`: m, D and fallback give the conditionals, `first` is the index of the
block's first row in the lattice, and ``row[y]`` the low digits of its y-th row.
"""

from __future__ import annotations

import numpy as np

from .jit import kernel

__all__ = ["complete", "conditional", "contexts", "count_revealed", "low_coefficients", "low_pairs"]


@kernel
def contexts(context, m, first, row):
    """m of the rows of the block at `first`."""
    if len(m) > 0:
        for y in range(len(row)):
            context[y] = m[first + row[y]]


@kernel
def conditional(out, context, m, D, fallback, i, v, first, stride, row):
    """c_i(v | y) for the rows y of the block at `first`, all masked at i."""
    there = first + (v + 1) * stride
    if len(D) > 0:
        for y in range(len(row)):
            out[y] = D[i, there + row[y]]
        return
    for y in range(len(row)):
        out[y] = m[there + row[y]]
    otherwise = fallback[i, v]
    for y in range(len(row)):
        out[y] = out[y] / context[y] if context[y] > 0.0 else otherwise


@kernel
def low_coefficients(W, c_low, parent, factor, m, D, fallback, V, L, low, first, stride):
    """Q(y -> z) for all pairs within the block at `first`, in the order of `low_pairs`."""
    base = V + 1
    n_low = base**low
    given = len(D) > 0
    for i in range(L - low, L):
        step = stride[i]
        for v in range(V):
            at = ((i - (L - low)) * V + v) * n_low
            for y0 in range(0, n_low, base * step):
                for y in range(y0, y0 + step):
                    there = first + y + (v + 1) * step
                    if given:
                        c_low[at + y] = D[i, there]
                    else:
                        c_low[at + y] = m[there] / m[first + y] if m[first + y] > 0.0 else fallback[i, v]
    W[0] = 1.0
    for e in range(1, len(W)):
        W[e] = W[parent[e]] * c_low[factor[e]]


@kernel
def low_pairs(V, low, row):
    """The pairs y <= z of a block of `low` digits, by z, each set S of new positions descending to none.

    Returns
    -------
    start : uint64, first entry of each z; source : uint32, y of each entry; parent, factor : uint32, the entry of
    the same y with one token fewer, and which conditional that token has (for y = z an entry and a number that
    are 1).
    """
    base = V + 1
    n_low = base**low
    place = np.empty(n_low, dtype=np.int64)
    start = np.zeros(n_low + 1, dtype=np.uint64)
    for z in range(n_low):
        place[row[z]] = z
        start[z + 1] = start[z] + np.uint64(1 << count_revealed(row[z], base, low))
    size = int(start[n_low])
    source = np.empty(size, dtype=np.uint32)
    parent = np.zeros(size, dtype=np.uint32)
    factor = np.empty(size, dtype=np.uint32)
    for z in range(n_low):
        r = count_revealed(row[z], base, low)
        for S in range(1 << r):
            e = int(start[z + 1]) - 1 - S
            y = row[z]
            k = 0
            for i in range(low):
                step = base ** (low - 1 - i)
                token = (row[z] // step) % base
                if token > 0:
                    if (S >> k) & 1:
                        y -= token * step
                        newest, newest_bit = i, k
                    k += 1
            source[e] = place[y]
            factor[e] = low * V * n_low
            if S > 0:
                step = base ** (low - 1 - newest)
                token = (row[z] // step) % base
                parent[e] = int(start[place[row[z] - token * step] + 1]) - 1 - (S ^ (1 << newest_bit))
                factor[e] = (newest * V + token - 1) * n_low + y
    return start, source, parent, factor


@kernel
def complete(y, V, L):
    """Number of a complete sequence in a table of V^L, from its index in the lattice."""
    x = 0
    place = 1
    for _ in range(L):
        x += (y % (V + 1) - 1) * place
        y //= V + 1
        place *= V
    return x


@kernel
def count_revealed(y, base, digits):
    """Number of tokens among the digits of y."""
    count = 0
    for _ in range(digits):
        if y % base > 0:
            count += 1
        y //= base
    return count
