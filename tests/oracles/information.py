"""Entropies of a language, its information profile and curve (definitions.md#information-profile-and-curve), in nats,
from the definitions.

Every function takes a law or its `Marginals`; passing the same `Marginals` shares the sums between calls.
"""

from fractions import Fraction
from itertools import combinations, pairwise
from math import comb

from .languages import Law, Marginals, Tokens
from .logs import Real, log_sum, mp, real


def marginals_of(q: Law | Marginals) -> Marginals:
    """The marginals of a law, or the ones given."""
    return q if isinstance(q, Marginals) else Marginals(q)


def entropy(q: Law | Marginals) -> Real:
    """`H(X)`."""
    return -log_sum((p, p) for p in marginals_of(q).law.values())


def conditional_entropy(q: Law | Marginals, i: int, R: Tokens) -> Real:
    """`H(X_i | X_R) = -sum q(x_i, x_R) log q(x_i | x_R)`, i not in R, R increasing."""
    m = marginals_of(q)

    def compute() -> Real:
        joint = tuple(sorted((*R, i)))
        at = joint.index(i)
        given = m.of(R)
        return -log_sum((p, p / given[x[:at] + x[at + 1 :]]) for x, p in m.of(joint).items())

    return m.keep(("conditional entropy", i, R), compute)


def total_correlation(q: Law | Marginals) -> Real:
    """`TC = sum_i H(X_i) - H(X)`."""
    m = marginals_of(q)
    return mp.fsum(conditional_entropy(m, i, ()) for i in range(m.L)) - entropy(m)


def dual_total_correlation(q: Law | Marginals) -> Real:
    """`DTC = H(X) - sum_i H(X_i | X_{-i})`."""
    m = marginals_of(q)
    return entropy(m) - mp.fsum(conditional_entropy(m, i, _others(m.L, i)) for i in range(m.L))


def profile(q: Law | Marginals) -> list[Real]:
    """`z(0..L-1)`: `z(j) = sum_i` of the average of `H(X_i | X_R)` over the sets R of j other positions."""
    m = marginals_of(q)
    return [
        mp.fsum(conditional_entropy(m, i, R) for i in range(m.L) for R in combinations(_others(m.L, i), j))
        / comb(m.L - 1, j)
        for j in range(m.L)
    ]


def curve(q: Law | Marginals, a: Fraction) -> Real:
    """`Z(a) = sum_i E H(X_i | X_R)`, R holding every other position independently with probability a."""
    m = marginals_of(q)
    a = Fraction(a)
    return mp.fsum(
        real(a ** len(R) * (1 - a) ** (m.L - 1 - len(R))) * conditional_entropy(m, i, R) for i, R in _erasures(m.L)
    )


def area(q: Law | Marginals) -> Real:
    """`integral_0^1 Z(a) da`: the weights of `curve` are expanded and integrated exactly."""
    m = marginals_of(q)

    def integral(r: int) -> Fraction:
        n = m.L - 1 - r
        return sum((Fraction((-1) ** t * comb(n, t), r + t + 1) for t in range(n + 1)), Fraction(0))

    return mp.fsum(real(integral(len(R))) * conditional_entropy(m, i, R) for i, R in _erasures(m.L))


def area_defect(q: Law | Marginals) -> Real:
    """`|integral Z - H(X)|`, zero by the area theorem up to the 70 digits."""
    m = marginals_of(q)
    return abs(area(m) - entropy(m))


def profile_max_increase(q: Law | Marginals) -> Real:
    """`max_j (z(j+1) - z(j))`; 0 at L = 1, where there is nothing to compare."""
    z = profile(q)
    return max((later - earlier for earlier, later in pairwise(z)), default=mp.zero)


def profile_area(q: Law | Marginals) -> Real:
    """`(1/L) sum_j z(j)`."""
    z = profile(q)
    return mp.fsum(z) / len(z)


def curve_midpoint_excess(q: Law | Marginals) -> Real:
    """`Z(1/2) - (Z(0) + Z(1))/2`."""
    m = marginals_of(q)
    start, middle, end = (curve(m, Fraction(k, 2)) for k in range(3))
    return middle - (start + end) / 2


def _others(L: int, i: int) -> Tokens:
    return tuple(j for j in range(L) if j != i)


def _erasures(L: int) -> list[tuple[int, Tokens]]:
    """All pairs of a position and a set of other positions."""
    return [(i, R) for i in range(L) for r in range(L) for R in combinations(_others(L, i), r)]
