"""All steps of an order-oblivious sampler in one pass over the partial sequences.

A pair is a source y and a target z that adds tokens on a nonempty set S; its coefficient
``Q(y -> z) = prod_{i in S} c_i(z_i | y)`` does not depend on the step, so every row of the lattice carries several
numbers, its *lanes*, and

    A[z, k] = sum over nonempty S of U[z without S, k'] Q(z without S -> z)

is one pass over the ``(2V+1)^L`` pairs. Two recursions have this form. With steps of any weights there is a lane for
each step, k' = k, and `_add_steps` makes the row U, which later targets pull from, of a finished row A. With uniform
steps lane j stands for j nonempty steps to come, k' = k + 1, and U is A: a partial sequence of s masks needs s lanes
only, and a complete one, which is most of them for a large vocabulary, one.

Order of work. The L digits of an index are split into `top`, `mid` and `low` ones (`digit_split`). Rows that share
top and mid digits are a *block*, its rows in order of fewer and fewer masks: those that need the next four lanes are
the first ones. Blocks that share their top digits are a unit; units with equally many revealed top digits do not
depend on each other and run in parallel. A unit visits its source blocks in index order, its own top last; a row is
finished when its block becomes a source, by which time every pair into it from another block has been added. Each
target adds its terms in an order fixed by V and L, so the bits of the result do not depend on the number of threads.

Within a block the coefficients over the low digits are one table, built with one product an entry from an
entry already there, and the coefficients over the mid digits are a vector over the block, multiplied once for
every revealed token on the way to a target block. Four target blocks
share each entry of the table that is read.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .coefficients import complete, conditional, contexts, count_revealed, low_coefficients, low_pairs
from .jit import kernel
from .lattice import read_only
from .threads import for_each

__all__ = ["composed_steps", "digit_split", "weighted_steps"]


# Indices of the inner loops are unsigned: a signed one is first tested for being negative, which keeps lanes from
# becoming vectors.
_1, _2, _3, _4, _5, _6, _7, _8, _9, _10, _11, _12, _13, _14, _15, _16 = (np.uint64(k) for k in range(1, 17))


def composed_steps(
    m: NDArray[np.float64] | None,
    D: NDArray[np.float64] | None,
    fallback: NDArray[np.float64],
    ways: NDArray[np.float64],
    V: int,
    L: int,
) -> NDArray[np.float64]:
    """``sum_j ways_j c_j[x]`` with ``c_j[x]`` the sum of ``p_tau(x)`` over ordered partitions into j nonempty steps.

    With ``ways_j = C(N, j) N^-L`` this is the output law of N uniform steps. ``A[z, j] = sum over nonempty S of
    A[z without S, j+1] Q(z without S -> z)`` from ``A[all masked, j] = ways_j``: lane j is what a partial sequence
    counts for if j nonempty steps follow, of which there are at most as many as masks.

    Parameters
    ----------
    m : ((V+1)^L,) float64 or None
        Marginal lattice of the language: its ratios are the conditionals. Not read if D is given.
    D : (L, (V+1)^L) float64 or None
        ``D[i, y']`` is the denoiser's probability of the token that y' has at i, given the rest of y'.
    fallback : (L, V) float64
        Conditionals where ``m[y] = 0``: 1/V, the unigram marginals, or zeros to stop there.
    ways : (J,) float64
        For j = 1..J, at most L, not negative.
    V, L : int

    Returns
    -------
    p : (V^L,) float64

    Notes
    -----
    Cost ``(2V+1)^L`` pairs, each of as many multiply-adds as its target has masks, rounded up to a multiple of four:
    seldom more than four; and as many times ``(V+1)^L`` float64.

    Rounding (definitions.md#rounding): with conditionals of depth d (from m: twice its depth plus 1) and ways of
    depth e, p has depth ``L (d + 1) + 2^(L+1) - 2 - L + e``: L + 1 factors, L products, and for a target of r revealed
    tokens at most ``2^r - 1`` additions, r growing along a path.
    """
    p = np.zeros(V**L)
    none = np.empty((0, 0))
    _run(m, D, fallback, V, L, len(ways), np.asarray(ways, dtype=np.float64), none, none, np.empty(0), p)
    return p


def weighted_steps(
    m: NDArray[np.float64] | None,
    D: NDArray[np.float64] | None,
    fallback: NDArray[np.float64],
    weights: NDArray[np.float64],
    V: int,
    L: int,
    g: NDArray[np.float64] | None = None,
) -> NDArray[np.float64]:
    """The arrival-time recursion over steps of any weights.

    ``g_k[z] = g_{k-1}[z] + sum over nonempty S of w_k^|S| g_{k-1}[z without S] Q(z without S -> z)``, one lane a
    step. With ``U[z, k] = g_{k-1}[z] w_k^-|z|`` the coefficient of a pair is the same in every lane.

    Parameters
    ----------
    m, D, fallback, V, L
        As in `composed_steps`.
    weights : (K,) float64
        Weights of these steps, in order, all positive (a step of weight zero changes nothing), with
        ``L (1 - log2 min w_k) <= 1000``: then no power and no sum of ``2^L`` rescaled terms leaves the range of
        normal numbers, given that ``g <= 1``.
    g : ((V+1)^L,) float64, optional
        g before the first of these steps, overwritten; None starts a run (1 at the all-mask sequence, else 0).
        So a schedule can be run a few lanes at a time.

    Returns
    -------
    g : ((V+1)^L,) float64
        g after the last of them. At complete sequences, after all steps, it is the output law.

    Notes
    -----
    Cost ``(2V+1)^L K`` multiply-adds, and K + 1 arrays of ``(V+1)^L`` float64.

    Rounding (definitions.md#rounding), whole schedule of N steps at once or in parts, weights of depth e: ``L (d + 1) +
    2^(L+1) - 2 - L`` as in `composed_steps`, plus N for the sum over steps, plus ``(L+1)(L+2) (e + 1)`` for the
    powers: a path of nested targets uses ``w^r`` and ``w^-r`` once at each of its r, each of depth
    ``r e + r``, and multiplies by both.
    """
    weights = np.asarray(weights, dtype=np.float64)
    if g is None:
        g = np.zeros((V + 1) ** L)
        g[0] = 1.0
    power = np.ones((L + 1, len(weights)))
    for r in range(1, L + 1):
        power[r] = power[r - 1] * weights
    _run(m, D, fallback, V, L, len(weights), np.empty(0), power, 1.0 / power, g, np.empty(0))
    return g


def digit_split(V: int, L: int) -> tuple[int, int]:
    """How many top digits name a unit of parallel work, and how many low digits are a block.

    The block is the largest whose table of ``(2V+1)^low`` coefficients stays below 16,000 (128 KB, streamed once for
    four target blocks beside ``(V+1)^low`` scaled rows of each): a larger one fits no cache that is near, a smaller one
    is read and written more often. Coefficients are computed once for each unit above a source block, so that there
    are no more top digits than give a few units that can run at once; lattices that are done in a millisecond stay
    whole. Depends on V and L alone: the order of summation does.
    """
    low = 1
    while low < L and (2 * V + 1) ** (low + 1) <= 16_000:
        low += 1
    rest = L - low
    if rest == 0 or (2 * V + 1) ** L < 500_000:
        return 0, low
    top = 1
    while 2 * (top + 1) <= rest and (V + 1) ** top < 5:
        top += 1
    return top, low


def _masks(V: int, digits: int) -> NDArray[np.int64]:
    """Number of masks of each index of so many digits."""
    count = np.zeros(1, dtype=np.int64)
    for _ in range(digits):
        count = (count[:, None] + (np.arange(V + 1) == 0)).reshape(-1)
    return count


class _Lanes(NamedTuple):
    """Where lanes are: group k of a block, four lanes of its first rows, follows group k-1."""

    row: NDArray[np.int64]
    """The low digits of each row of a block, (n_low,)."""
    masks: NDArray[np.int64]
    """How many of them are masks, (n_low,)."""
    size: NDArray[np.int64]
    """Rows that need group k, by the masks above the block, (L - low + 1, groups)."""
    at: NDArray[np.int64]
    """Where each block starts, and where the last one ends, ((V+1)^(L - low) + 1,)."""


def _lanes(V: int, L: int, low: int, J: int, shrinking: bool) -> _Lanes:
    masks = _masks(V, low)
    row = np.argsort(-masks, kind="stable")
    masks = masks[row]
    needed = np.full((L - low + 1, len(row)), J)
    if shrinking:
        # As many as masks, for as many steps to come; where the block has none above it, also for no step.
        needed = np.minimum(J, masks + np.maximum(np.arange(L - low + 1), 1)[:, None])
    groups = np.arange((J + 3) // 4)
    size = (needed[:, :, None] > 4 * groups).sum(axis=1)
    above = _masks(V, L - low)
    at = np.concatenate([[0], np.cumsum(4 * size.sum(axis=1)[above])])
    return _Lanes(row, masks, size, at)


def _run(m, D, fallback, V, L, J, ways, power, inverse, g, p):
    """Fill p from ``ways``, or g where there are powers of weights, unit by unit."""
    top, low = digit_split(V, L)
    level = top - _masks(V, top)
    order = np.argsort(level, kind="stable")
    bounds = np.searchsorted(level[order], np.arange(top + 2))
    lanes = _lanes(V, L, low, J, len(ways) > 0)
    arguments = (
        order,
        np.zeros(lanes.at[-1]),
        read_only(np.empty(0) if m is None else m),
        read_only(np.empty((0, 0)) if D is None else D),
        read_only(fallback),
        V,
        L,
        top,
        low,
        *lanes,
        *low_pairs(V, low, lanes.row),
        read_only(ways),
        power,
        inverse,
        g,
        p,
    )
    for r in range(top + 1):
        for_each(_unit, bounds[r], bounds[r + 1], *arguments)


@kernel
def _unit(
    u,
    order,
    G,
    m,
    D,
    fallback,
    V,
    L,
    top,
    low,
    row,
    masks,
    size,
    at,
    start,
    source,
    parent,
    factor,
    ways,
    power,
    inverse,
    g,
    p,
):
    """Complete all rows whose top digits are ``order[u]``."""
    z_top = order[u]
    base = V + 1
    mid = L - top - low
    n_low = base**low
    n_mid = base**mid
    stride = np.empty(L, dtype=np.int64)
    for i in range(L):
        stride[i] = base ** (L - 1 - i)
    revealed = np.empty(top, dtype=np.int64)
    r_top = 0
    for i in range(top):
        if (z_top // base ** (top - 1 - i)) % base > 0:
            revealed[r_top] = i
            r_top += 1
    composed = len(ways) > 0

    groups = size.shape[1]
    W = np.empty(len(source))
    S = np.zeros(4 * n_low * groups)
    X = np.zeros((groups, 16 * n_low))
    T = np.empty(16 * n_low)
    waiting = np.full((groups, 4), -1)
    rows = np.zeros((groups, 4), dtype=np.int64)
    here = np.zeros(groups, dtype=np.int64)
    shifted = 4 * n_low * np.arange(groups)
    c_low = np.empty(low * V * n_low + 1)
    c_low[-1] = 1.0
    c_mid = np.empty(mid * V * n_low)
    c_top = np.empty(n_low)
    context = np.empty(n_low)
    coefficient = np.empty((mid + 1) * n_low)
    masked = np.empty(mid, dtype=np.int64)
    digit = np.empty(mid, dtype=np.int64)
    held = np.empty(mid + 1, dtype=np.int64)

    for kept in range(1 << r_top):
        own = kept == (1 << r_top) - 1
        y_top = z_top
        for k in range(r_top):
            if not (kept >> k) & 1:
                step = base ** (top - 1 - revealed[k])
                y_top -= ((z_top // step) % base) * step
        for y_mid in range(n_mid):
            block = y_top * n_mid + y_mid
            first = block * n_low
            above = top + mid - count_revealed(block, base, top + mid)
            here[0] = at[block]
            for k in range(1, groups):
                here[k] = here[k - 1] + 4 * size[above, k - 1]
            _survey(G, here, size[above], coefficient[:n_low])
            if not own and not _any(coefficient[:n_low]):
                continue
            low_coefficients(W, c_low, parent, factor, m, D, fallback, V, L, low, first, stride)
            if own:
                for y in range(n_low):
                    for k in range(groups):
                        if y < size[above, k]:
                            if composed:
                                _pull_within(G, here[k], S, shifted[k], W, start, source, y)
                            else:
                                _pull_within(G, here[k], G, here[k], W, start, source, y)
                    if not composed:
                        r = L - above - masks[y]
                        at_g = first + row[y]
                        g[at_g] = _add_steps(G, here, y, power[r], inverse[r], g[at_g])
                        continue
                    root = first + y == 0
                    if root and above > 0:
                        _set_lanes(G, here, ways)
                    _shift_lanes(S, n_low, G, here, size[above], y, y + 1)
                    if root and above == 0:
                        _set_lanes(S, shifted, ways)
                    if above == 0 and masks[y] == 0:
                        p[complete(first + row[y], V, L)] = G[here[0] + 4 * y]
                _survey(G, here, size[above], coefficient[:n_low])
                if not _any(coefficient[:n_low]):
                    continue
            elif composed:
                _shift_lanes(S, n_low, G, here, size[above], 0, n_low)

            count = 0
            for i in range(top, top + mid):
                if (first // stride[i]) % base == 0:
                    masked[count] = i
                    count += 1
            if own and count == 0:
                continue
            contexts(context, m, first, row)
            for k in range(r_top):
                if not (kept >> k) & 1:
                    i = revealed[k]
                    token = (z_top // base ** (top - 1 - i)) % base - 1
                    conditional(c_top, context, m, D, fallback, i, token, first, stride[i], row)
                    for y in range(n_low):
                        coefficient[y] *= c_top[y]
            if not _any(coefficient[:n_low]):
                continue
            held[0] = 0
            for j in range(count):
                i = masked[j]
                for v in range(V):
                    o = (j * V + v) * n_low
                    conditional(c_mid[o : o + n_low], context, m, D, fallback, i, v, first, stride[i], row)
                digit[j] = 0
                held[j + 1] = 0

            # Every target block above this one, by an odometer over the masked mid digits. Row held[j] of
            # `coefficient` is the product over the first j of them; a product that vanishes ends its branch.
            target = z_top * n_mid + y_mid
            left = top - r_top + count
            if not own:
                lines, places = (S, shifted) if composed and left > 0 else (G, here)
                _push(
                    G, at[target], size[left], lines, places, X, T, coefficient[:n_low], waiting, rows, W, start, source
                )
            j = count - 1
            while j >= 0:
                i = masked[j]
                if digit[j] == V:
                    target -= V * (stride[i] // n_low)
                    digit[j] = 0
                    left += 1
                    j -= 1
                    continue
                if digit[j] == 0:
                    left -= 1
                digit[j] += 1
                target += stride[i] // n_low
                product = coefficient[(j + 1) * n_low : (j + 2) * n_low]
                so_far = coefficient[held[j] * n_low : (held[j] + 1) * n_low]
                o = (j * V + digit[j] - 1) * n_low
                if _multiply(product, so_far, c_mid[o : o + n_low]):
                    for k in range(j + 1, count + 1):
                        held[k] = j + 1
                    lines, places = (S, shifted) if composed and left > 0 else (G, here)
                    _push(G, at[target], size[left], lines, places, X, T, product, waiting, rows, W, start, source)
                    j = count - 1
            for k in range(groups):
                if waiting[k, 0] >= 0:
                    _flush(G, X[k], T, waiting[k], rows[k], W, start, source)


@kernel
def _push(G, at, size, S, here, X, T, coefficient, waiting, rows, W, start, source):
    """Add one source block, its rows scaled by their coefficients, to one target block, once four targets wait."""
    for k in range(len(size)):
        n = size[k]
        if n == 0:
            break
        place = 0
        while waiting[k, place] >= 0:
            place += 1
        _scale(X[k], place * (len(T) // 4), coefficient, S, here[k], n)
        waiting[k, place] = at
        rows[k, place] = n
        if place == 3:
            _flush(G, X[k], T, waiting[k], rows[k], W, start, source)
        at += 4 * n


@kernel
def _flush(G, X, T, waiting, rows, W, start, source):
    """Add what waits to its targets."""
    n = 0
    for place in range(4):
        if waiting[place] >= 0:
            n = max(n, rows[place])
    _pull(T, X, np.uint64(len(T) // 4), W, start, source, np.uint64(n))
    for place in range(4):
        if waiting[place] >= 0:
            _add(G, waiting[place], T, place * (len(T) // 4), 4 * rows[place])
            waiting[place] = -1


@kernel
def _add(G, a, T, t, n):
    a, t = np.uint64(a), np.uint64(t)
    for k in range(np.uint64(n)):
        G[a + k] += T[t + k]


@kernel
def _scale(X, x, coefficient, S, s, rows):
    """``X[y] = coefficient[y] S[y]`` over four lanes."""
    x, s = np.uint64(x), np.uint64(s)
    for y in range(np.uint64(rows)):
        c = coefficient[y]
        o, t = x + y * _4, s + y * _4
        x0, x1, x2, x3 = c * S[t], c * S[t + _1], c * S[t + _2], c * S[t + _3]
        X[o], X[o + _1], X[o + _2], X[o + _3] = x0, x1, x2, x3


@kernel
def _pull(T, X, plane, W, start, source, rows):
    """``T[z] = sum_y W[y, z] X[y]`` for the first rows, over four lanes for each of four targets."""
    for z in range(rows):
        a0 = a1 = a2 = a3 = b0 = b1 = b2 = b3 = 0.0
        c0 = c1 = c2 = c3 = d0 = d1 = d2 = d3 = 0.0
        for e in range(start[z], start[z + _1]):
            w = W[e]
            s = np.uint64(source[e]) * _4
            a0 += w * X[s]
            a1 += w * X[s + _1]
            a2 += w * X[s + _2]
            a3 += w * X[s + _3]
            s += plane
            b0 += w * X[s]
            b1 += w * X[s + _1]
            b2 += w * X[s + _2]
            b3 += w * X[s + _3]
            s += plane
            c0 += w * X[s]
            c1 += w * X[s + _1]
            c2 += w * X[s + _2]
            c3 += w * X[s + _3]
            s += plane
            d0 += w * X[s]
            d1 += w * X[s + _1]
            d2 += w * X[s + _2]
            d3 += w * X[s + _3]
        o = z * _4
        T[o], T[o + _1], T[o + _2], T[o + _3] = a0, a1, a2, a3
        o += plane
        T[o], T[o + _1], T[o + _2], T[o + _3] = b0, b1, b2, b3
        o += plane
        T[o], T[o + _1], T[o + _2], T[o + _3] = c0, c1, c2, c3
        o += plane
        T[o], T[o + _1], T[o + _2], T[o + _3] = d0, d1, d2, d3


@kernel
def _pull_within(A, a, X, x, W, start, source, y):
    """Four lanes of row y from the other rows of the block."""
    z, x = np.uint64(y), np.uint64(x)
    o = np.uint64(a) + z * _4
    a0, a1, a2, a3 = A[o], A[o + _1], A[o + _2], A[o + _3]
    for e in range(start[z], start[z + _1] - _1):
        w = W[e]
        s = x + np.uint64(source[e]) * _4
        a0 += w * X[s]
        a1 += w * X[s + _1]
        a2 += w * X[s + _2]
        a3 += w * X[s + _3]
    A[o], A[o + _1], A[o + _2], A[o + _3] = a0, a1, a2, a3


@kernel
def _set_lanes(A, here, ways):
    """The first row."""
    for lane in range(len(ways)):
        A[here[lane // 4] + lane % 4] = ways[lane]


@kernel
def _shift_lanes(S, n_low, G, here, size, y0, y1):
    """``S[y, lane] = G[y, lane + 1]``."""
    for k in range(len(size)):
        s = 4 * n_low * k
        a = here[k]
        for y in range(y0, min(y1, size[k])):
            S[s + 4 * y] = G[a + 4 * y + 1]
            S[s + 4 * y + 1] = G[a + 4 * y + 2]
            S[s + 4 * y + 2] = G[a + 4 * y + 3]
            more = k + 1 < len(size) and y < size[k + 1]
            S[s + 4 * y + 3] = G[here[k + 1] + 4 * y] if more else 0.0


@kernel
def _add_steps(G, here, y, power, inverse, before):
    """Weighted steps: ``U[z, k] = g_{k-1}[z] w_k^-|z|`` and ``g_k[z] = g_{k-1}[z] + w_k^|z| A[z, k]``."""
    for lane in range(len(power)):
        at = here[lane // 4] + 4 * y + lane % 4
        arriving = G[at]
        G[at] = before * inverse[lane]
        before += power[lane] * arriving
    return before


@kernel
def _survey(G, here, size, coefficient):
    """1 or 0 for rows that do or do not hold anything."""
    coefficient[:] = 0.0
    for k in range(len(size)):
        for y in range(size[k]):
            if coefficient[y] == 0.0:
                for at in range(here[k] + 4 * y, here[k] + 4 * y + 4):
                    if G[at] != 0.0:
                        coefficient[y] = 1.0
                        break


@kernel
def _multiply(out, a, b):
    """``out = a b``; whether any entry is positive."""
    positive = False
    for y in range(len(out)):
        product = a[y] * b[y]
        out[y] = product
        positive |= product > 0.0
    return positive


@kernel
def _any(a):
    positive = False
    for y in range(len(a)):
        positive |= a[y] > 0
    return positive
