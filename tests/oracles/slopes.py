"""The slope of the information curve as a polynomial in powers of a, from the definition of the curve.

Everything is integrated power by power and searched by bisection at 70 digits; no Bernstein form is used.
"""

from fractions import Fraction
from itertools import combinations, pairwise
from math import comb

from .information import conditional_entropy, marginals_of, profile
from .languages import Law, Marginals
from .logs import Real, mp, real
from .samplers import Policy

Powers = list[Real]
"""Coefficients of 1, a, a^2, .."""

HALVINGS = 240


def descent(q: Law | Marginals) -> Powers:
    """`-Z'(a)`, from `Z(a) = sum over i and R of a^|R| (1-a)^(L-1-|R|) H(X_i | X_R)`."""
    m = marginals_of(q)
    curve = [mp.mpf(0)] * m.L
    for i in range(m.L):
        others = [j for j in range(m.L) if j != i]
        for r in range(m.L):
            cost = mp.fsum(conditional_entropy(m, i, R) for R in combinations(others, r))
            for t in range(m.L - r):
                curve[r + t] += (-1) ** t * comb(m.L - 1 - r, t) * cost
    return [-k * c for k, c in enumerate(curve)][1:] or [mp.mpf(0)]


def integral(f: Powers, low: Fraction, high: Fraction) -> Real:
    return mp.fsum(c * (real(high) ** (k + 1) - real(low) ** (k + 1)) / (k + 1) for k, c in enumerate(f))


def times(f: Powers, g: Powers) -> Powers:
    product = [mp.mpf(0)] * (len(f) + len(g) - 1)
    for i, a in enumerate(f):
        for j, b in enumerate(g):
            product[i + j] += a * b
    return product


def at(f: Powers, a: Real) -> Real:
    return mp.fsum(c * a**k for k, c in enumerate(f))


def extremes(q: Law | Marginals) -> tuple[Real, Real]:
    """The least and the largest of |Z'| on [0, 1]."""
    f = descent(q)
    values = [at(f, a) for a in (mp.mpf(0), mp.mpf(1), *_zeros([k * c for k, c in enumerate(f)][1:]))]
    return min(values), max(values)


def _zeros(f: Powers) -> list[Real]:
    """Sign changes in [0, 1]: between zeros of the derivative there is at most one."""
    if len(f) < 2:
        return []
    ends = [mp.mpf(0), *sorted(_zeros([k * c for k, c in enumerate(f)][1:])), mp.mpf(1)]
    found = []
    for low, high in pairwise(ends):
        rising = at(f, low) < at(f, high)
        if at(f, low) * at(f, high) < 0:
            for _ in range(HALVINGS):
                middle = (low + high) / 2
                low, high = (middle, high) if (at(f, middle) < 0) == rising else (low, middle)
            found.append(low)
    return [*found, *ends[1:-1]]


def weighted_slope(q: Law | Marginals, policy: Policy) -> Real:
    """`sum_k` of the integral of `(a_k - a) |Z'(a)|` over step k."""
    f, total, before = descent(q), mp.mpf(0), Fraction(0)
    for w in policy.weights:
        after = before + w
        total += integral(times(f, [real(after), mp.mpf(-1)]), before, after)
        before = after
    return total


def odds_weighted_slope(q: Law | Marginals) -> Real:
    """`G`, the integral of `a (1-a) |Z'(a)|`."""
    return integral(times(descent(q), [0, mp.mpf(1), mp.mpf(-1)]), Fraction(0), Fraction(1))


def growth_bound(q: Law | Marginals, policy: Policy) -> Real:
    """The ends by the drop of Z, the inner steps by odds and growth."""
    f, total, before = descent(q), mp.mpf(0), Fraction(0)
    grown = times(f, [0, mp.mpf(1), mp.mpf(-1)])
    for w in policy.weights:
        after = before + w
        if w and (before == 0 or after == 1):
            total += real(w) * integral(f, before, after)
        elif w:
            odds = (after / (1 - after)) / (before / (1 - before))
            total += real(odds - 1) * integral(grown, before, after)
        before = after
    return total


def sharp_growth_bound(q: Law | Marginals, policy: Policy) -> Real:
    """The first step by the drop of Z, the others by the factor at their start."""
    f, total, before = descent(q), mp.mpf(0), Fraction(0)
    grown = times(f, [0, mp.mpf(1), mp.mpf(-1)])
    for w in policy.weights:
        if w and before == 0:
            total += real(w) * integral(f, before, before + w)
        elif w:
            total += real(w / (before * (1 - before))) * integral(grown, before, before + w)
        before += w
    return total


def ratio_growth_bound(q: Law | Marginals, policy: Policy, in_log: bool = False) -> Real:
    """The first step by the drop of Z, the others by `a_k/a_{k-1} - 1`, or by its logarithm, and `a |Z'(a)|`."""
    f, total, before = descent(q), mp.mpf(0), Fraction(0)
    shown = times(f, [0, mp.mpf(1)])
    for w in policy.weights:
        if w and before == 0:
            total += real(w) * integral(f, before, before + w)
        elif w:
            ratio = real((before + w) / before)
            total += (mp.log(ratio) if in_log else ratio - 1) * integral(shown, before, before + w)
        before += w
    return total


def effective_total_correlation(q: Law | Marginals) -> Real:
    """The integral of `a min(1, log(1/a)) |Z'(a)|`: power by power up to 1/e, by quadrature from there on."""
    f, bend = descent(q), mp.exp(-1)
    below = mp.fsum(c * bend ** (k + 2) / (k + 2) for k, c in enumerate(f))
    return below + mp.quad(lambda a: -a * mp.log(a) * at(f, a), [bend, 1])


def slope_defect(q: Law | Marginals) -> Real:
    """The largest difference between the coefficients of both sides of the identity
    (curve/slope-is-mutual-information); zero up to the 70 digits.
    """
    m, z = marginals_of(q), profile(q)
    worst = mp.mpf(0)
    for j in range(m.L - 1):
        total = mp.mpf(0)
        for i in range(m.L):
            for k in range(m.L):
                if i != k:
                    others = [t for t in range(m.L) if t not in (i, k)]
                    for R in combinations(others, j):
                        with_k = tuple(sorted((*R, k)))
                        total += conditional_entropy(m, i, R) - conditional_entropy(m, i, with_k)
        worst = max(worst, abs((m.L - 1) * (z[j] - z[j + 1]) - total / comb(m.L - 2, j)))
    return worst
