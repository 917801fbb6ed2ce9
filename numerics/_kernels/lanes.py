"""All steps of an order-oblivious sampler in one pass over the partial sequences.

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
from numpy.typing import NDArray

from .jit import kernel
from .lattice import complete_rows, read_only
from .threads import for_each

__all__ = ["digit_split", "set_compositions", "weighted_steps"]


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
        ``D[i, y']`` is the denoiser's probability of the token that y' has at i, given the rest of y'.
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

    Rounding (definitions.md#rounding): with conditionals of depth d (from m: twice its depth plus 1), C has depth
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

    Rounding (definitions.md#rounding), whole schedule of N steps at once or in parts, weights of depth e: ``L (d + 1) +
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

    The block is the largest whose table of ``(2V+1)^low`` coefficients stays below 7000 (56 KB, streamed once a
    target block beside ``(V+1)^low`` rows of eight scaled lanes). A top digit costs little, the coefficients of a
    source block being computed once for each unit above it, and gains units that can run at once; lattices that
    are done in a millisecond stay whole. Depends on V and L alone: the order of summation does.
    """
    low = 1
    while low < L and (2 * V + 1) ** (low + 1) <= 7000:
        low += 1
    rest = L - low
    if rest == 0 or (2 * V + 1) ** L < 500_000:
        return 0, low
    top = 1
    while 2 * (top + 1) <= rest and (V + 1) ** (top + 1) <= 32:
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
    arguments = (
        order,
        G.reshape(-1),
        G.shape[1],
        read_only(np.empty(0) if m is None else m),
        read_only(np.empty((0, 0)) if D is None else D),
        read_only(fallback),
        V,
        L,
        top,
        low,
        *_low_pairs(V, low),
        power,
        inverse,
        g,
    )
    for r in range(top + 1):
        for_each(_unit, bounds[r], bounds[r + 1], *arguments)


@kernel
def _unit(u, order, G, J, m, D, fallback, V, L, top, low, start, source, parent, factor, power, inverse, g):
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

    groups = (J + 7) // 8
    last = 8 if (J - 1) % 8 >= 4 else 4
    row = 8 * (groups - 1) + last
    U = np.zeros(n_low * row)
    X = np.empty(8 * n_low)
    T = np.empty(8 * n_low)
    live = np.empty(groups, dtype=np.bool_)
    W = np.empty(len(source))
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
            _load(G, J, first, n_low, U, row)
            _survey(U, row, live, coefficient[:n_low])
            if not own and not _any(live):
                continue
            _low_coefficients(W, c_low, parent, factor, m, D, fallback, V, L, low, first, stride)
            if own:
                level = r_top + _revealed(y_mid, base, mid)
                for y in range(n_low):
                    for k in range(groups):
                        w = last if k == groups - 1 else 8
                        _pull(U, 8 * k, row, U, 8 * k, row, w, W, start, source, y, y + 1, 1)
                    r = level + _revealed(y, base, low)
                    line = U[y * row : y * row + J]
                    if len(power) > 0:
                        g[first + y] = _add_steps(line, power[r], inverse[r], g[first + y])
                    elif r < L:
                        _shift_lanes(line, first + y == 0)
                _store(G, J, first, n_low, U, row)
                _survey(U, row, live, coefficient[:n_low])
                if not _any(live):
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
                _push(G, J, target, n_low, U, X, T, coefficient[:n_low], row, live, W, start, source)
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
                    _push(G, J, target, n_low, U, X, T, product, row, live, W, start, source)
                    j = count - 1


@kernel
def _push(G, J, target, n_low, U, X, T, coefficient, row, live, W, start, source):
    """Add one source block, its rows scaled by their coefficients, to one target block."""
    for k in range(len(live)):
        if not live[k]:
            continue
        w = min(8, row - 8 * k)
        if w == 8:
            _scale8(X, coefficient, U, np.uint64(8 * k), np.uint64(row))
        else:
            _scale4(X, coefficient, U, np.uint64(8 * k), np.uint64(row))
        used = min(w, J - 8 * k)
        if used == w:
            _pull(G, target * J + 8 * k, J, X, 0, w, w, W, start, source, 0, n_low, 0)
            continue
        for y in range(n_low):
            for lane in range(w):
                T[y * w + lane] = G[(target + y) * J + 8 * k + lane] if lane < used else 0.0
        _pull(T, 0, w, X, 0, w, w, W, start, source, 0, n_low, 0)
        for y in range(n_low):
            for lane in range(used):
                G[(target + y) * J + 8 * k + lane] = T[y * w + lane]


@kernel
def _scale8(X, coefficient, U, u, row):
    """``X[y] = coefficient[y] U[y]`` over eight lanes, row y of U at ``u + y row``."""
    for y in range(np.uint64(len(coefficient))):
        c = coefficient[y]
        s = u + y * row
        o = y * _8
        x0, x1, x2, x3 = c * U[s], c * U[s + _1], c * U[s + _2], c * U[s + _3]
        x4, x5, x6, x7 = c * U[s + _4], c * U[s + _5], c * U[s + _6], c * U[s + _7]
        X[o], X[o + _1], X[o + _2], X[o + _3] = x0, x1, x2, x3
        X[o + _4], X[o + _5], X[o + _6], X[o + _7] = x4, x5, x6, x7


@kernel
def _scale4(X, coefficient, U, u, row):
    for y in range(np.uint64(len(coefficient))):
        c = coefficient[y]
        s = u + y * row
        o = y * _4
        x0, x1, x2, x3 = c * U[s], c * U[s + _1], c * U[s + _2], c * U[s + _3]
        X[o], X[o + _1], X[o + _2], X[o + _3] = x0, x1, x2, x3


@kernel
def _pull(A, a, a_row, X, x, x_row, w, W, start, source, z0, z1, own):
    """``A[z] += sum_y W[y, z] X[y]`` over w lanes, for z0 <= z < z1; own = 1 leaves y = z out.

    Row y of X is at ``x + y x_row``, and so for A.
    """
    a, a_row, x, x_row = np.uint64(a), np.uint64(a_row), np.uint64(x), np.uint64(x_row)
    if w == 8:
        _pull8(A, a, a_row, X, x, x_row, W, start, source, z0, z1, np.uint64(own))
    else:
        _pull4(A, a, a_row, X, x, x_row, W, start, source, z0, z1, np.uint64(own))


@kernel
def _pull8(A, a, a_row, X, x, x_row, W, start, source, z0, z1, own):
    for z in range(z0, z1):
        o = a + np.uint64(z) * a_row
        a0, a1, a2, a3 = A[o], A[o + _1], A[o + _2], A[o + _3]
        a4, a5, a6, a7 = A[o + _4], A[o + _5], A[o + _6], A[o + _7]
        for e in range(start[z], start[z + 1] - own):
            w = W[e]
            s = x + np.uint64(source[e]) * x_row
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


@kernel
def _pull4(A, a, a_row, X, x, x_row, W, start, source, z0, z1, own):
    for z in range(z0, z1):
        o = a + np.uint64(z) * a_row
        a0, a1, a2, a3 = A[o], A[o + _1], A[o + _2], A[o + _3]
        for e in range(start[z], start[z + 1] - own):
            w = W[e]
            s = x + np.uint64(source[e]) * x_row
            a0 += w * X[s]
            a1 += w * X[s + _1]
            a2 += w * X[s + _2]
            a3 += w * X[s + _3]
        A[o], A[o + _1], A[o + _2], A[o + _3] = a0, a1, a2, a3


@kernel
def _shift_lanes(line, root):
    """Set compositions: what arrives in block l leaves in block l+1, ``U[z, l+1] = A[z, l]``."""
    for lane in range(len(line) - 1, 0, -1):
        line[lane] = line[lane - 1]
    line[0] = 1.0 if root else 0.0


@kernel
def _add_steps(line, power, inverse, before):
    """Weighted steps: ``U[z, k] = g_{k-1}[z] w_k^-|z|`` and ``g_k[z] = g_{k-1}[z] + w_k^|z| A[z, k]``."""
    for lane in range(len(line)):
        arriving = line[lane]
        line[lane] = before * inverse[lane]
        before += power[lane] * arriving
    return before


@kernel
def _load(G, J, first, n_low, U, row):
    if row == J:
        at = first * J
        for k in range(n_low * J):
            U[k] = G[at + k]
        return
    for y in range(n_low):
        for lane in range(J):
            U[y * row + lane] = G[(first + y) * J + lane]


@kernel
def _store(G, J, first, n_low, U, row):
    if row == J:
        at = first * J
        for k in range(n_low * J):
            G[at + k] = U[k]
        return
    for y in range(n_low):
        for lane in range(J):
            G[(first + y) * J + lane] = U[y * row + lane]


@kernel
def _survey(U, row, live, coefficient):
    """Lane groups that hold anything, and 1 or 0 for rows that do or do not."""
    for k in range(len(live)):
        live[k] = False
    for y in range(len(coefficient)):
        coefficient[y] = 0.0
        for k in range(len(live)):
            if live[k] and coefficient[y] > 0.0:
                continue
            for at in range(y * row + 8 * k, y * row + min(8 * k + 8, row)):
                if U[at] != 0.0:
                    live[k] = True
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


@kernel
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


@kernel
def _low_coefficients(W, c_low, parent, factor, m, D, fallback, V, L, low, first, stride):
    """Q(y -> z) for all pairs within the block at `first`, in the order of `_low_pairs`."""
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
    factor = np.empty(size, dtype=np.uint32)
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
            factor[e] = low * V * n_low
            if S > 0:
                step = base ** (low - 1 - newest)
                token = (z // step) % base
                parent[e] = int(start[z - token * step + 1]) - 1 - (S ^ (1 << newest_bit))
                factor[e] = (newest * V + token - 1) * n_low + y
    return start, source, parent, factor


@kernel
def _revealed(y, base, digits):
    """Number of tokens among the digits of y."""
    count = 0
    for _ in range(digits):
        if y % base > 0:
            count += 1
        y //= base
    return count
