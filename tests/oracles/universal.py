"""Quantities of a language under a policy whose order does not depend on the tokens, from their definitions.

Laws are Fractions; logarithms are taken last, in floating point, of ratios of marginals.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from itertools import combinations
from random import Random

from .languages import Law, Tokens
from .samplers import Policy

Orders = dict[tuple[Tokens, ...], Fraction]


class Measured:
    """One language: its marginals on every set of positions."""

    def __init__(self, law: Law, V: int) -> None:
        self.law, self.V = law, V
        self.L = len(next(iter(law)))
        self.marginals: dict[Tokens, dict[Tokens, Fraction]] = {}

    def probability(self, R: Tokens, x: Tokens) -> Fraction:
        """`q(x_R)`."""
        if R not in self.marginals:
            found: dict[Tokens, Fraction] = {}
            for y, p in self.law.items():
                part = tuple(y[i] for i in R)
                found[part] = found.get(part, Fraction(0)) + p
            self.marginals[R] = found
        return self.marginals[R][tuple(x[i] for i in R)]

    def entropy(self, R: Iterable[int]) -> float:
        """`H(X_R)`."""
        R = tuple(sorted(R))
        self.probability(R, next(iter(self.law)))
        return -math.fsum(float(p) * math.log(p) for p in self.marginals[R].values() if p)

    def path_kl(self, orders: Orders) -> float:
        """`E_tau sum_x q(x) log q(x)/p_tau(x)`, `p_tau(x)` the product of `q(x_i | x_j: tau_j < tau_i)`."""
        terms = []
        for sets, weight in orders.items():
            for x, p in self.law.items():
                drawn = Fraction(1)
                for i, R in enumerate(sets):
                    drawn *= self.probability(tuple(sorted((*R, i))), x) / self.probability(R, x)
                terms.append(float(weight * p) * math.log(p / drawn))
        return math.fsum(terms)

    def kl(self, orders: Orders) -> float:
        """`D(q || p)`, `p` the mean of `p_tau`."""
        terms = []
        for x, p in self.law.items():
            output = Fraction(0)
            for sets, weight in orders.items():
                for i, R in enumerate(sets):
                    weight *= self.probability(tuple(sorted((*R, i))), x) / self.probability(R, x)
                output += weight
            terms.append(float(p) * math.log(p / output))
        return math.fsum(terms)

    def profile(self, j: int) -> float:
        """`z(j)`."""
        total = [
            self.entropy((*R, i)) - self.entropy(R)
            for i in range(self.L)
            for R in combinations([k for k in range(self.L) if k != i], j)
        ]
        return math.fsum(total) / math.comb(self.L - 1, j)

    def values(self, orders: Orders, other: Orders | None = None) -> dict[str, float]:
        """Every quantity of a random claim; `kl_2` and `path_kl_2` are the second policy's."""
        everything = range(self.L)
        singles = math.fsum(self.entropy([i]) for i in everything)
        H = self.entropy(everything)
        rest = math.fsum(H - self.entropy(k for k in everything if k != i) for i in everything)
        # The integral of a (1 - a) |Z'|, by parts that of (1 - 2 a) Z, in Bernstein form.
        growth = math.fsum(self.profile(j) * float(self._moment(j)) for j in range(self.L))
        return {
            "path_kl": self.path_kl(orders),
            "kl": self.kl(orders),
            **({"path_kl_2": self.path_kl(other), "kl_2": self.kl(other)} if other else {}),
            "entropy": H,
            "total_correlation": singles - H,
            "dual_total_correlation": H - rest,
            "profile_start": singles,
            "profile_end": rest,
            "odds_weighted_slope": growth,
            "log_V": math.log(self.V),
        }

    def _moment(self, j: int) -> Fraction:
        """The integral of `(1 - 2 a) C(L-1, j) a^j (1-a)^(L-1-j)`; that of the Bernstein polynomial is 1/L."""
        return Fraction(1, self.L) - 2 * Fraction(j + 1, self.L * (self.L + 1))


def orders_of(policy: Policy) -> Orders:
    """The law of the sets revealed before each position."""
    found: Orders = {}
    for tau, probability in policy.times.items():
        key = tuple(tuple(j for j, t in enumerate(tau) if t < tau[i]) for i in range(policy.L))
        found[key] = found.get(key, Fraction(0)) + probability
    return found


def random_law(rng: Random, V: int, L: int) -> Law:
    """A few sequences with small weights."""
    count = rng.randint(1, min(7, V**L))
    words = {tuple(rng.randrange(V) for _ in range(L)) for _ in range(count)}
    weights = {word: rng.randint(1, 9) for word in sorted(words)}
    return {word: Fraction(w, sum(weights.values())) for word, w in weights.items()}


def neighbour(rng: Random, law: Law, V: int) -> Law:
    """A law that differs in one weight, or in one sequence."""
    words = dict(law)
    L = len(next(iter(law)))
    if rng.random() < 0.3:
        words[tuple(rng.randrange(V) for _ in range(L))] = Fraction(1, rng.randint(2, 20))
    else:
        word = rng.choice(sorted(words))
        words[word] *= Fraction(rng.randint(1, 8), rng.randint(1, 8))
    total = sum(words.values())
    return {word: p / total for word, p in words.items()}


def value(side: str, values: Mapping[str, float]) -> float:
    """One side of a claim written by a test, `log(V)` as `log_V`."""
    return float(eval(side, {"__builtins__": {}, "max": max, "min": min}, dict(values)))


def largest_margin(sides: Sequence[str], measured: Iterable[Mapping[str, float]]) -> float:
    """The largest `lhs - rhs`."""
    return max(value(sides[0], values) - value(sides[1], values) for values in measured)
