"""All steps of an order-oblivious sampler in one pass over the partial sequences (M8.2).

A pair is a source y and a target z that adds tokens on a nonempty set S; its coefficient
``Q(y -> z) = prod_{i in S} c_i(z_i | y)`` does not depend on the step, so every row of the lattice carries one
number a step, its *lanes*, and

    A[z, k] = sum over nonempty S of U[z without S, k] Q(z without S -> z)

is one pass over the ``(2V+1)^L`` pairs. What distinguishes the two recursions is how a finished row A becomes
the row U that later targets pull from (`_finish_row`).

Order of work. The L digits of an index are split into `top`, `mid` and `low` ones (`digit_split`). Targets that
share their top digits are a unit; units with equally many revealed top digits do not depend on each other and
run in parallel. A unit visits its source blocks (all rows that share top and mid digits) in index order, its
own top last; a row is finished when its block becomes a source, by which time every pair into it from another
block has been added. Each target adds its terms in an order fixed by V and L, so the bits of the result do not
depend on the number of threads.

Within a block the coefficients over the low digits are one table, built with one product an entry from an
entry already there, and the coefficients over the mid digits are a vector over the block, multiplied once for
every revealed token on the way to a target block.
"""

from __future__ import annotations

import numpy as np
from numba import njit, prange
from numpy.typing import NDArray

from .lattice import complete_rows, read_only

__all__ = ["digit_split", "set_compositions", "weighted_steps"]

_JIT = {"cache": True, "nogil": True, "error_model": "numpy", "fastmath": {"contract"}}

# Indices of the inner loops are unsigned: a signed one is first tested for being negative, which keeps the eight
# lanes from becoming vectors.
_1, _2, _3, _4, _5, _6, _7, _8 = (np.uint64(k) for k in range(1, 9))


def set_compositions(
    m: NDArray[np.float64] | None,
    D: NDArray[np.float64] | None,
    fallback: NDArray[np.float64],
    V: int,
    L: int,
    lanes: int,
) -> NDArray[np.float64]:
    """Sums of ``p_tau(x)`` over ordered set partitions, by their number of blocks.

    Parameters
    ----------
    m : ((V+1)^L,) float64 or None
        Marginal lattice of the language: its ratios are the conditionals. Not read if D is given.
    D : (L, (V+1)^L) float64 or None
        ``D[i, y']`` is the denoiser's chance of the token that y' has at i, given the rest of y'.
    fallback : (L, V) float64
        Conditionals where ``m[y] = 0``: 1/V, the unigram marginals, or zeros to stop there.
    V, L, lanes : int
        ``1 <= lanes <= L``.

    Returns
    -------
    C : (V^L, lanes) float64
        ``C[x, l] = c_{l+1}[x]``, the sum of ``p_tau(x)`` over ordered partitions of the positions into l+1
        nonempty steps. N uniform steps give ``p_N(x) = N^-L sum_j C(N, j) c_j[x]``, for every ``N <= lanes``
        or, if ``lanes = L``, every N. A view of the buffer that the pass worked in.

    Notes
    -----
    Cost ``(2V+1)^L * lanes`` multiply-adds and ``lanes`` arrays of ``(V+1)^L`` float64.

    Rounding (M8.9): with conditionals of depth d (from m: twice its depth plus 1), C has depth
    ``L (d + 1) + 2^(L+1) - 2 - L``: L factors, as many products, and for a target of r revealed tokens at most
    ``2^r - 1`` additions, r growing along a path.
    """
    G = np.zeros(((V + 1) ** L, lanes))
    none = np.empty((0, 0))
    _run(G, m, D, fallback, V, L, none, none, np.empty(0))
    return complete_rows(G, V, L)


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
        As in `set_compositions`.
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

    Rounding (M8.9), whole schedule of N steps at once or in parts, weights of depth e: ``L (d + 1) +
    2^(L+1) - 2 - L`` as in `set_compositions`, plus N for the sum over steps, plus ``(L+1)(L+2) (e + 1)`` for the
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
    G = np.zeros(((V + 1) ** L, len(weights)))
    _run(G, m, D, fallback, V, L, power, 1.0 / power, g)
    return g


def digit_split(V: int, L: int) -> tuple[int, int]:
    """How many top digits name a unit of parallel work, and how many low digits are a block.

    The block is the largest whose ``(2V+1)^low`` coefficients stay near 4096, 32 KB, beside its
    ``8 (V+1)^low`` scaled lanes. Every top digit is worth its recomputed conditionals once there are
    enough mid digits left, or enough tokens, to spend them on; small lattices are one unit.
    """
    low = 1
    while low < L and (2 * V + 1) ** (low + 1) <= 4400:
        low += 1
    rest = L - low
    if (2 * V + 1) ** L < 200_000:
        return 0, low
    top = 0
    while top < rest and (V + 1) ** (top + 1) <= 81 and top < (rest + 1) // 2:
        top += 1
    return top, low


def _run(G, m, D, fallback, V, L, power, inverse, g):
    """Fill G (and g, where there are powers of weights), unit by unit."""
    top, low = digit_split(V, L)
    names = np.arange((V + 1) ** top)
    level = np.zeros_like(names)
    for k in range(top):
        level += names // (V + 1) ** k % (V + 1) > 0
    order = np.argsort(level, kind="stable")
    bounds = np.searchsorted(level[order], np.arange(top + 2))
    _sweep(
        G.reshape(-1),
        G.shape[1],
        read_only(np.empty(0) if m is None else m),
        read_only(np.empty((0, 0)) if D is None else D),
        read_only(fallback),
        V,
        L,
        top,
        low,
        _low_pairs(V, low),
        len(power) > 0,
        power,
        inverse,
        g,
        order,
        bounds,
    )


@njit(parallel=True, **_JIT)
def _sweep(G, J, m, D, fallback, V, L, top, low, pairs, weighted, power, inverse, g, order, bounds):
    for r in range(len(bounds) - 1):
        for u in prange(bounds[r], bounds[r + 1]):
            _unit(order[u], G, J, m, D, fallback, V, L, top, low, pairs, weighted, power, inverse, g)


@njit(**_JIT)
def _unit(z_top, G, J, m, D, fallback, V, L, top, low, pairs, weighted, power, inverse, g):
    """Complete all rows whose top digits are z_top."""
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

    groups = (J + 7) // 8
    last = 8 if (J - 1) % 8 >= 4 else 4
    U = np.zeros(8 * groups * n_low)
    X = np.empty(8 * n_low)
    T = np.empty(8 * n_low)
    live = np.empty(groups, dtype=np.bool_)
    W = np.empty(len(pairs[1]))
    c_low = np.empty(low * V * n_low + 1)
    c_low[-1] = 1.0
    c_mid = np.empty(mid * V * n_low)
    c_top = np.empty(n_low)
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
            first = (y_top * n_mid + y_mid) * n_low
            _load(G, J, first, n_low, U, groups, last)
            _survey(U, n_low, groups, last, live, coefficient)
            if not own and not live.any():
                continue
            _low_coefficients(W, c_low, pairs, m, D, fallback, V, L, low, first, stride)
            if own:
                level = r_top + _revealed(y_mid, base, mid)
                for y in range(n_low):
                    for k in range(groups):
                        w = last if k == groups - 1 else 8
                        _pull(U, k * 8 * n_low, w, U, k * 8 * n_low, w, W, pairs, y, y + 1, 1)
                    r = level + _revealed(y, base, low)
                    if weighted:
                        _add_steps(U, y, n_low, J, last, power[r], inverse[r], g, first + y)
                    elif r < L:
                        _shift_lanes(U, y, n_low, J, last, first + y)
                _store(G, J, first, n_low, U, groups, last)
                _survey(U, n_low, groups, last, live, coefficient)
                if not live.any():
                    continue

            count = 0
            for i in range(top, top + mid):
                if (first // stride[i]) % base == 0:
                    masked[count] = i
                    count += 1
            if own and count == 0:
                continue
            for k in range(r_top):
                if not (kept >> k) & 1:
                    i = revealed[k]
                    token = (z_top // base ** (top - 1 - i)) % base - 1
                    _conditional(c_top, m, D, fallback, i, token, first, stride[i])
                    for y in range(n_low):
                        coefficient[y] *= c_top[y]
            if not _any(coefficient[:n_low]):
                continue
            held[0] = 0
            for j in range(count):
                i = masked[j]
                for v in range(V):
                    at = (j * V + v) * n_low
                    _conditional(c_mid[at : at + n_low], m, D, fallback, i, v, first, stride[i])
                digit[j] = 0
                held[j + 1] = 0

            # Every target block above this one, by an odometer over the masked mid digits. Row held[j] of
            # `coefficient` is the product over the first j of them; a product that vanishes ends its branch.
            target = (z_top * n_mid + y_mid) * n_low
            if not own:
                _push(G, J, target, n_low, U, X, T, coefficient[:n_low], groups, last, live, W, pairs)
            j = count - 1
            while j >= 0:
                i = masked[j]
                if digit[j] == V:
                    target -= V * stride[i]
                    digit[j] = 0
                    j -= 1
                    continue
                digit[j] += 1
                target += stride[i]
                product = coefficient[(j + 1) * n_low : (j + 2) * n_low]
                so_far = coefficient[held[j] * n_low : (held[j] + 1) * n_low]
                at = (j * V + digit[j] - 1) * n_low
                if _multiply(product, so_far, c_mid[at : at + n_low]):
                    for k in range(j + 1, count + 1):
                        held[k] = j + 1
                    _push(G, J, target, n_low, U, X, T, product, groups, last, live, W, pairs)
                    j = count - 1


@njit(**_JIT)
def _push(G, J, target, n_low, U, X, T, coefficient, groups, last, live, W, pairs):
    """Add one source block, its rows scaled by their coefficients, to one target block."""
    for k in range(groups):
        if not live[k]:
            continue
        w = last if k == groups - 1 else 8
        _scale(X, coefficient, U[k * 8 * n_low :], w)
        used = min(w, J - 8 * k)
        if used == w:
            _pull(G, target * J + 8 * k, J, X, 0, w, W, pairs, 0, n_low, 0)
            continue
        for y in range(n_low):
            for lane in range(w):
                T[y * w + lane] = G[(target + y) * J + 8 * k + lane] if lane < used else 0.0
        _pull(T, 0, w, X, 0, w, W, pairs, 0, n_low, 0)
        for y in range(n_low):
            for lane in range(used):
                G[(target + y) * J + 8 * k + lane] = T[y * w + lane]


@njit(**_JIT)
def _scale(X, coefficient, U, w):
    if w == 8:
        for y in range(len(coefficient)):
            for lane in range(8):
                X[y * 8 + lane] = coefficient[y] * U[y * 8 + lane]
    else:
        for y in range(len(coefficient)):
            for lane in range(4):
                X[y * 4 + lane] = coefficient[y] * U[y * 4 + lane]


@njit(**_JIT)
def _pull(A, base, row, X, at, w, W, pairs, z0, z1, own):
    """``A[z] += sum_y W[y, z] X[y]`` over w lanes, for z0 <= z < z1; own = 1 leaves y = z out."""
    if w == 8:
        _pull8(A, np.uint64(base), np.uint64(row), X, np.uint64(at), W, pairs[0], pairs[1], z0, z1, np.uint64(own))
    else:
        _pull4(A, np.uint64(base), np.uint64(row), X, np.uint64(at), W, pairs[0], pairs[1], z0, z1, np.uint64(own))


@njit(**_JIT)
def _pull8(A, base, row, X, at, W, start, source, z0, z1, own):
    for z in range(z0, z1):
        o = base + np.uint64(z) * row
        a0, a1, a2, a3 = A[o], A[o + _1], A[o + _2], A[o + _3]
        a4, a5, a6, a7 = A[o + _4], A[o + _5], A[o + _6], A[o + _7]
        for e in range(start[z], start[z + 1] - own):
            w = W[e]
            s = at + np.uint64(source[e]) * _8
            a0 += w * X[s]
            a1 += w * X[s + _1]
            a2 += w * X[s + _2]
            a3 += w * X[s + _3]
            a4 += w * X[s + _4]
            a5 += w * X[s + _5]
            a6 += w * X[s + _6]
            a7 += w * X[s + _7]
        A[o], A[o + _1], A[o + _2], A[o + _3] = a0, a1, a2, a3
        A[o + _4], A[o + _5], A[o + _6], A[o + _7] = a4, a5, a6, a7


@njit(**_JIT)
def _pull4(A, base, row, X, at, W, start, source, z0, z1, own):
    for z in range(z0, z1):
        o = base + np.uint64(z) * row
        a0, a1, a2, a3 = A[o], A[o + _1], A[o + _2], A[o + _3]
        for e in range(start[z], start[z + 1] - own):
            w = W[e]
            s = at + np.uint64(source[e]) * _4
            a0 += w * X[s]
            a1 += w * X[s + _1]
            a2 += w * X[s + _2]
            a3 += w * X[s + _3]
        A[o], A[o + _1], A[o + _2], A[o + _3] = a0, a1, a2, a3


@njit(**_JIT)
def _lane(lane, y, n_low, J, last):
    """Where a row of U keeps a lane: groups of eight (the last may be four) lie one after the other."""
    k = lane // 8
    w = 8 if 8 * (k + 1) < J else last
    return k * 8 * n_low + y * w + lane % 8


@njit(**_JIT)
def _shift_lanes(U, y, n_low, J, last, row):
    """Set compositions: what arrives in l+1 blocks leaves in block l+2, ``U[z, l+1] = A[z, l]``."""
    for lane in range(J - 1, 0, -1):
        U[_lane(lane, y, n_low, J, last)] = U[_lane(lane - 1, y, n_low, J, last)]
    U[_lane(0, y, n_low, J, last)] = 1.0 if row == 0 else 0.0


@njit(**_JIT)
def _add_steps(U, y, n_low, J, last, power, inverse, g, row):
    """Weighted steps: ``U[z, k] = g_{k-1}[z] w_k^-|z|`` and ``g_k[z] = g_{k-1}[z] + w_k^|z| A[z, k]``."""
    before = g[row]
    for lane in range(J):
        at = _lane(lane, y, n_low, J, last)
        arriving = U[at]
        U[at] = before * inverse[lane]
        before += power[lane] * arriving
    g[row] = before


@njit(**_JIT)
def _load(G, J, first, n_low, U, groups, last):
    for k in range(groups):
        w = last if k == groups - 1 else 8
        for y in range(n_low):
            for lane in range(min(w, J - 8 * k)):
                U[k * 8 * n_low + y * w + lane] = G[(first + y) * J + 8 * k + lane]


@njit(**_JIT)
def _store(G, J, first, n_low, U, groups, last):
    for k in range(groups):
        w = last if k == groups - 1 else 8
        for y in range(n_low):
            for lane in range(min(w, J - 8 * k)):
                G[(first + y) * J + 8 * k + lane] = U[k * 8 * n_low + y * w + lane]


@njit(**_JIT)
def _survey(U, n_low, groups, last, live, coefficient):
    """Which lane groups hold anything, and 1 or 0 for rows that do or do not."""
    for y in range(n_low):
        coefficient[y] = 0.0
    for k in range(groups):
        w = last if k == groups - 1 else 8
        live[k] = False
        for y in range(n_low):
            for lane in range(w):
                if U[k * 8 * n_low + y * w + lane] != 0.0:
                    coefficient[y] = 1.0
                    live[k] = True


@njit(**_JIT)
def _multiply(out, a, b):
    """``out = a b``; whether any entry is positive."""
    most = 0.0
    for y in range(len(out)):
        out[y] = a[y] * b[y]
        most = max(most, out[y])
    return most > 0.0


@njit(**_JIT)
def _any(a):
    for y in range(len(a)):
        if a[y] != 0.0:
            return True
    return False


@njit(**_JIT)
def _conditional(out, m, D, fallback, i, v, first, stride):
    """c_i(v | y) for the rows y of the block at `first`, all masked at i."""
    n = len(out)
    there = first + (v + 1) * stride
    if len(D) > 0:
        given = D[i, there : there + n]
        for y in range(n):
            out[y] = given[y]
    else:
        joint = m[there : there + n]
        context = m[first : first + n]
        otherwise = fallback[i, v]
        for y in range(n):
            out[y] = joint[y] / context[y] if context[y] > 0.0 else otherwise


@njit(**_JIT)
def _low_coefficients(W, c_low, pairs, m, D, fallback, V, L, low, first, stride):
    """Q(y -> z) for all pairs within the block at `first`, in the order of `_low_pairs`."""
    base = V + 1
    n_low = base**low
    for i in range(L - low, L):
        for v in range(V):
            at = ((i - (L - low)) * V + v) * n_low
            for y in range(0, n_low, base * stride[i]):
                _conditional(c_low[at + y : at + y + stride[i]], m, D, fallback, i, v, first + y, stride[i])
    parent, factor = pairs[2], pairs[3]
    W[0] = 1.0
    for e in range(1, len(W)):
        W[e] = W[parent[e]] * c_low[factor[e]]


@njit(**_JIT)
def _low_pairs(V, low):
    """The pairs y <= z of a block of `low` digits, by z, each set S of new positions descending to none.

    Returns
    -------
    start : uint64, first entry of each z; source : uint32, y of each entry; parent, factor : uint32, the entry of
    the same y with one token fewer, and which conditional that token has (for y = z an entry and a number that
    are 1).
    """
    base = V + 1
    n_low = base**low
    start = np.zeros(n_low + 1, dtype=np.uint64)
    for z in range(n_low):
        start[z + 1] = start[z] + np.uint64(1 << _revealed(z, base, low))
    size = int(start[n_low])
    source = np.empty(size, dtype=np.uint32)
    parent = np.zeros(size, dtype=np.uint32)
    factor = np.full(size, low * V * n_low, dtype=np.uint32)
    for z in range(n_low):
        r = _revealed(z, base, low)
        for S in range(1 << r):
            e = int(start[z + 1]) - 1 - S
            y = z
            k = 0
            for i in range(low):
                step = base ** (low - 1 - i)
                token = (z // step) % base
                if token > 0:
                    if (S >> k) & 1:
                        y -= token * step
                        newest, newest_bit = i, k
                    k += 1
            source[e] = y
            if S > 0:
                step = base ** (low - 1 - newest)
                token = (z // step) % base
                parent[e] = int(start[z - token * step + 1]) - 1 - (S ^ (1 << newest_bit))
                factor[e] = (newest * V + token - 1) * n_low + y
    return start, source, parent, factor


@njit(**_JIT)
def _revealed(y, base, digits):
    """Number of tokens among the digits of y."""
    count = 0
    for _ in range(digits):
        if y % base > 0:
            count += 1
        y //= base
    return count
