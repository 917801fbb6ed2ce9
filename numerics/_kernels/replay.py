"""The probability that the sampler draws one given sequence of a chain, one step backwards.

Every array is about one sequence x of L tokens; position 0 is the left sentinel and L+1 the right one. ``F[b, d]`` is
the probability that the tokens between b - d and b are drawn as in x from the next step on, times ``(1-r)^{d-1}`` and
divided by the product of their scales ``mu_i``; it is zero for d = 0 and d > b. So indexed by the end and the
distance, what concerns all intervals with one end is contiguous. Zones of an interval are those of
``engines.markov.renewal``, at one distance H for all gaps; an interval that no path joins draws each of its tokens
with the probability ``off_i``.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .jit import inlined, kernel

LANES = 16
"""Numbers that are looked at together: loops of as many, or a multiple, are vector instructions only."""

TOGETHER = 4
"""New positions that see both ends and are worked out together."""

__all__ = ["advance", "advance_long", "begin"]


@kernel
def begin(
    F: NDArray[np.float64],
    joined: NDArray[np.float64],
    far: NDArray[np.float64],
    mu: NDArray[np.float64],
    r: float,
    H: int,
    signs: bool,
) -> NDArray[np.float64]:  # pragma: no cover - compiled
    """``r c B`` for new positions b - n that see b only, by b and n: (L+1, H+1), or one column if there are none."""
    L = F.shape[0] - 1
    BR = np.zeros((L + 1, H + 1 if H + 1 < L else 1))
    for b in range(2, L + 1):
        most = min(BR.shape[1] - 1, b - 1)
        B = F[b, : most + 1].copy()
        for n in range(1, most + 1):
            i = b - n
            BR[b, n] = _sign(r * far[i] * joined[b, n] / far[b] / mu[i] * B[n], signs)
            _add(BR[b, n], F[i, 1 : most - n + 1], B[n + 1 :])
    return BR


@kernel
def advance(
    first: int,
    last: int,
    left: int,
    right_of: int,
    F: NDArray[np.float64],
    R: NDArray[np.float64],
    joined: NDArray[np.float64],
    far: NDArray[np.float64],
    off: NDArray[np.float64],
    mu: NDArray[np.float64],
    r: float,
    H: int,
    signs: bool,
    BR: NDArray[np.float64],
    N: NDArray[np.float64],
    settled: NDArray[np.float64],
    before: NDArray[np.float64],
    right: NDArray[np.float64],
) -> None:  # pragma: no cover - compiled
    """New positions ``first <= c < last`` that see the left end, and all intervals that end at ``c + H + 1``, of those
    that begin at ``left <= a < right_of``: a few, so that what is at hand stays in the nearest cache.

    Parameters
    ----------
    first, last : int
        ``first = -H`` begins with the ends that see everything.
    F : (L+1, L+1) float64
    R : (L+1,) float64
        Intervals from a to the right sentinel.
    joined : (L+1, min(2H, L)+1) float64
        ``K_d(x_{b-d}, x_b)``; at d = b the law of ``x_b`` itself.
    far, off, mu : (L+1,) float64
        By position: the stationary law of its token, its probability off the support, its scale (positive).
    r : float
    H : int
    signs : bool
        Ones take the place of positive numbers.
    BR : (L+1, H+1) float64
    N : (L+1, L+1) float64
        Written at c: ``N_c`` by the distance to the left end.
    settled : (L+1, L+1) float64
        ``F + sum_{c' < first} N_c' F`` up to the row ``last + H``; brought up to date.
    before, right : as F and R
        Of these ends; and the part of what begins before.
    """
    L = F.shape[0] - 1
    M, total = np.zeros((H + 1, 2 * H + 2 + LANES)), np.zeros((TOGETHER, 2 * H + 2 + LANES))
    inverse, apart, ahead = np.zeros((3, 2 * H + 2))
    onwards = np.zeros((min(H, BR.shape[1] - 1) + 1, H + 1))
    for c in range(first, last):
        if c > left:
            low, high = max(c - right_of, 0) + 1, c - left + 1
            own, sums, count = N[c, low:high], settled[c, low:high], high - low
            near = min(max(H + 1 - low, 0), count)
            law, scale = joined[c, low:], r / mu[c]
            for e in range(near):
                own[e] = scale * law[e] * sums[e]
            scale *= far[c]
            for e in range(near, count):
                own[e] = scale * sums[e]
            if signs:
                for e in range(count):
                    own[e] = _sign(own[e], signs)
            onward, ends = R[c], right[left : c - low + 1]
            for e in range(count):
                ends[count - 1 - e] += own[e] * onward
            for i in range(c + 1, min(last + H, L) + 1):
                factor = F[i, i - c]
                if factor != 0.0:
                    _add(factor, own, settled[i, i - c + low : i - c + high])
        b = c + H + 1
        if left < b <= L:
            _end(
                b,
                max(b - right_of, 0) + 1,
                b - left,
                F,
                joined,
                off,
                mu,
                r,
                H,
                signs,
                BR,
                settled,
                M,
                total,
                inverse,
                apart,
                ahead,
                onwards,
                before,
            )


@kernel
def advance_long(
    first: int,
    last: int,
    F: NDArray[np.float64],
    R: NDArray[np.float64],
    far: NDArray[np.float64],
    mu: NDArray[np.float64],
    r: float,
    H: int,
    BR: NDArray[np.float64],
    N: NDArray[np.float64],
    settled: NDArray[np.float64],
    before: NDArray[np.float64],
    right: NDArray[np.float64],
) -> None:  # pragma: no cover - compiled
    """`advance` for a few left ends that are all farther than H away; see there.

    Parameters
    ----------
    N, settled, before : (L+1, n) float64
        By position, and left end.
    right : (n,) float64
    """
    L = F.shape[0] - 1
    for c in range(first, last):
        own, scale = N[c], r / mu[c] * far[c]
        for j in range(own.size):
            own[j] = scale * settled[c, j]
            right[j] += own[j] * R[c]
        for i in range(c + 1, min(last + H, L) + 1):
            factor = F[i, i - c]
            if factor != 0.0:
                _add(factor, own, settled[i])
        b = c + H + 1
        if b <= L:
            before[b] = settled[b]
            for n in range(1, min(BR.shape[1] - 1, b - 1) + 1):
                _add(BR[b, n], settled[b - n], before[b])


@inlined
def _add(factor: float, x: NDArray[np.float64], out: NDArray[np.float64]) -> None:  # pragma: no cover - compiled
    """``out += factor x``; slices from 0 on are what becomes vector instructions."""
    for e in range(out.size):
        out[e] += factor * x[e]


@inlined
def _add_products(
    x: NDArray[np.float64], y: NDArray[np.float64], out: NDArray[np.float64]
) -> None:  # pragma: no cover - compiled
    """``out += x y``"""
    for e in range(out.size):
        out[e] += x[e] * y[e]


@inlined
def _copy(x: NDArray[np.float64], out: NDArray[np.float64]) -> None:  # pragma: no cover - compiled
    """``out = x``; an assignment of slices asks at length whether they overlap."""
    for e in range(out.size):
        out[e] = x[e]


@inlined
def _sign(x: float, signs: bool) -> float:  # pragma: no cover - compiled
    return (1.0 if x > 0.0 else 0.0) if signs else x


@kernel
def _end(
    b: int,
    least: int,
    greatest: int,
    F: NDArray[np.float64],
    joined: NDArray[np.float64],
    off: NDArray[np.float64],
    mu: NDArray[np.float64],
    r: float,
    H: int,
    signs: bool,
    BR: NDArray[np.float64],
    settled: NDArray[np.float64],
    M: NDArray[np.float64],
    total: NDArray[np.float64],
    inverse: NDArray[np.float64],
    apart: NDArray[np.float64],
    ahead: NDArray[np.float64],
    onward: NDArray[np.float64],
    before: NDArray[np.float64],
) -> None:  # pragma: no cover - compiled
    """Intervals of gaps ``least..greatest`` that end at b, given what new positions up to b - H - 1 have settled."""
    out = before[b]
    out[least : greatest + 1] = settled[b, least : greatest + 1]
    for n in range(1, min(BR.shape[1] - 1, b - 1) + 1):
        low = max(n + H + 1, least)
        if low <= greatest:
            _add(BR[b, n], settled[b - n, low - n : greatest + 1 - n], out[low : greatest + 1])
    most = min(2 * H, greatest, joined.shape[1] - 1)
    if least > most:
        return
    cut_off = False
    for g in range(max(least, 2), most + 1):
        apart[g] = 0.0 if joined[b, g] > 0.0 else 1.0
        inverse[g] = 1.0 / joined[b, g] if joined[b, g] > 0.0 else 0.0
        cut_off |= apart[g] > 0.0
    widest = min(H, b - 1)
    seen_right = min(len(onward) - 1, widest - 1)
    onward[0, : widest + 1] = F[b, : widest + 1]
    for n in range(1, seen_right + 1):
        factor, x, so_far, sums = BR[b, n], F[b - n, 1:], onward[n - 1, n + 1 : widest + 1], onward[n, n + 1 :]
        for e in range(so_far.size):
            sums[e] = so_far[e] + factor * x[e]
    for upper in range(widest + -widest % TOGETHER, 0, -TOGETHER):
        for k in range(TOGETHER):
            p = upper - k
            low, high = max(p + 1, least), min(p + H, greatest)
            if p <= widest and low <= high:
                _copy(settled[b - p, low - p : high + 1 - p], total[k, low : high + 1])
        _add_new(F, b, M, upper, widest, min(upper + H, greatest), total)
        for k in range(TOGETHER):
            p = upper - k
            i, low, high = b - p, max(p + 1, least), min(p + H, greatest)
            if p > widest or low > high:
                continue
            parts, drawn, law = total[k, low : high + 1], M[p, low : high + 1], joined[i]
            for q in range(p + 1, min(upper, widest) + 1):
                _add(F[i, q - p], M[q, low : high + 1], parts)
            for g in range(low, min(H + 1, high) + 1):
                ahead[g] = onward[0, p]
            for n in range(1, min(p - 1, high - H - 1) + 1):
                ahead[n + H + 1] = onward[n, p]
            scale = r * joined[b, p] / mu[i]
            weights, laws = inverse[low : high + 1], law[low - p : high + 1 - p]
            if cut_off or signs:
                other = r * off[i] / mu[i]
                for g in range(drawn.size):
                    drawn[g] = _sign(parts[g] * (scale * laws[g] * weights[g] + other * apart[low + g]), signs)
            else:
                for g in range(drawn.size):
                    drawn[g] = parts[g] * (scale * laws[g] * weights[g])
            _add_products(drawn, ahead[low : high + 1], out[low : high + 1])


@kernel
def _add_new(
    F: NDArray[np.float64],
    b: int,
    M: NDArray[np.float64],
    upper: int,
    widest: int,
    high: int,
    total: NDArray[np.float64],
) -> None:  # pragma: no cover - compiled
    """Adds ``sum_{upper < q <= widest} F(q, p) M_q`` for four distances p from the end, ``upper`` and less: each M_q
    is read once for all. It is never written up to q, and zero there.
    """
    q = upper + 1
    while q <= widest:
        d = q - upper
        stop = q + 1 + LANES * ((high - q + LANES - 1) // LANES)
        x0, s0, s1 = M[q, q + 1 : stop], total[0, q + 1 : stop], total[1, q + 1 : stop]
        s2, s3 = total[2, q + 1 : stop], total[3, q + 1 : stop]
        f0, f1 = F[b - upper, d], F[b - upper + 1, d + 1]
        f2, f3 = F[b - upper + 2, d + 2], F[b - upper + 3, d + 3]
        if q == widest:
            for e in range(x0.size):
                x = x0[e]
                s0[e] += f0 * x
                s1[e] += f1 * x
                s2[e] += f2 * x
                s3[e] += f3 * x
            return
        x1 = M[q + 1, q + 1 : stop]
        g0, g1 = F[b - upper, d + 1], F[b - upper + 1, d + 2]
        g2, g3 = F[b - upper + 2, d + 3], F[b - upper + 3, d + 4]
        for e in range(x0.size):
            x, y = x0[e], x1[e]
            s0[e] += f0 * x + g0 * y
            s1[e] += f1 * x + g1 * y
            s2[e] += f2 * x + g2 * y
            s3[e] += f3 * x + g3 * y
        q += 2
