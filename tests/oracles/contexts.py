"""Harm done by tokens drawn together, context by context: lost modes, forbidden pairs, dependence."""

from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from itertools import combinations, product
from math import prod

from .languages import Marginals, Tokens
from .logs import Real, mp, negligible


def contexts(m: Marginals) -> Iterator[tuple[Tokens, Tokens]]:
    """Possible partial sequences: revealed positions and their tokens."""
    for size in range(m.L + 1):
        for R in combinations(range(m.L), size):
            for values in m.of(R):
                yield R, values


def joint(m: Marginals, R: Tokens, values: Tokens, A: Tokens, V: int) -> dict[Tokens, Fraction]:
    """`q(x_A | x_R)`, zeros included."""
    context = dict(zip(R, values, strict=True))
    whole = m.probability(context)
    return {
        drawn: m.probability(context | dict(zip(A, drawn, strict=True))) / whole
        for drawn in product(range(V), repeat=len(A))
    }


def mode_conflicts(m: Marginals, V: int) -> tuple[Real | Fraction, Real | Fraction]:
    """`mode_conflict` and `mode_conflict_uniform`."""
    summed, largest = [], []
    for R, values in contexts(m):
        masked = [i for i in range(m.L) if i not in R]
        for size in range(2, len(masked) + 1):
            for A in combinations(masked, size):
                laws = [joint(m, R, values, (i,), V) for i in A]
                tops = [max(law.values()) for law in laws]
                modes = [[v for (v,), c in law.items() if c == top] for law, top in zip(laws, tops, strict=True)]
                together = joint(m, R, values, A, V)
                likeliest = max(together.values())
                best = [drawn for drawn, c in together.items() if c == likeliest]
                if [[v] for v in best[0]] != modes or len(best) > 1:
                    doubts = [1 - top for top in tops]
                    summed.append(sum(doubts) + max(doubts))
                    largest.append((size + 1) * max(doubts))
    return min(summed, default=mp.inf), min(largest, default=mp.inf)


def least_confidence(m: Marginals, V: int) -> Fraction:
    """`min_i max_v P(X_i = v)`."""
    return min(max(m.probability({i: v}) for v in range(V)) for i in range(m.L))


def min_pair_conflict_probability(m: Marginals, V: int) -> Fraction:
    """The least probability, over pairs (1, 2), (3, 4), .. and contexts, of a forbidden pair of independent tokens."""
    least = Fraction(1)
    for R, values in contexts(m):
        for i in range(0, m.L - 1, 2):
            if i not in R and i + 1 not in R:
                first, other = (joint(m, R, values, (k,), V) for k in (i, i + 1))
                clash = sum(
                    (first[u,] * other[v,] for (u, v), c in joint(m, R, values, (i, i + 1), V).items() if not c),
                    Fraction(0),
                )
                least = min(least, clash)
    return least


def max_l2_deviation(V: int, eps: Real) -> Real:
    """`max ||p - u||^2` over two-valued laws with `D(u || p) <= eps`: j symbols share the mass s >= j/V.

    The divergence is convex and grows with s: from a mass that is too large Newton's steps come down to the largest.
    """
    if not eps:
        return mp.mpf(0)
    best = mp.mpf(0)
    for j in range(1, V):
        s = mp.mpf(1)
        if eps < mp.inf:
            s = (mp.mpf(j) / V + 1) / 2
            while s < 1 and _divergence(V, j, s) <= eps:
                s = (s + 1) / 2
            step = s if s < 1 else mp.mpf(0)
            while step > negligible():
                step = (_divergence(V, j, s) - eps) * V / ((V - j) / (1 - s) - j / s)
                s -= step
        best = max(best, s**2 / j + (1 - s) ** 2 / (V - j) - mp.mpf(1) / V)
    return best


def _divergence(V: int, j: int, s: Real) -> Real:
    """`D(u || p)` where j symbols share the mass s."""
    return -(j * mp.log(V * s / j) + (V - j) * mp.log(V * (1 - s) / (V - j))) / V


def independent(m: Marginals, R: Tokens, A: Tokens, V: int) -> bool:
    """Whether the tokens at A are independent in every context of R."""
    for values in m.of(R):
        singles = [joint(m, R, values, (i,), V) for i in A]
        for drawn, probability in joint(m, R, values, A, V).items():
            if prod((law[v,] for v, law in zip(drawn, singles, strict=True)), start=Fraction(1)) != probability:
                return False
    return True


def exact_parallel_depth(m: Marginals, V: int) -> int:
    """The least number of sets, by trying every first set and the best way on from it."""

    @cache
    def least(R: Tokens) -> int:
        masked = [i for i in range(m.L) if i not in R]
        sets = (A for size in range(1, len(masked) + 1) for A in combinations(masked, size))
        onward = (least(tuple(sorted((*R, *A)))) for A in sets if independent(m, R, A, V))
        return 1 + min(onward) if masked else 0

    return least(())
