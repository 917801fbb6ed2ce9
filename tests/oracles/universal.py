"""Quantities of a language under a policy whose order does not depend on the tokens, from their definitions.

Laws are Fractions; logarithms are taken last, in floating point, of ratios of marginals.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from functools import partial
from itertools import combinations
from random import Random

from .languages import Law, Tokens
from .samplers import Policy

Orders = dict[tuple[Tokens, ...], Fraction]


class Measured:
    """One language: its marginals on every set of positions, as whole numbers whose ratios are those of ``law``."""

    def __init__(self, law: Law, V: int) -> None:
        self.law, self.V = law, V
        self.L = len(next(iter(law)))
        whole = math.lcm(*(p.denominator for p in law.values()))
        self.weights = {x: int(p * whole) for x, p in law.items()}
        self.whole = sum(self.weights.values())
        self.marginals: dict[Tokens, dict[Tokens, int]] = {}
        self.entropies: dict[Tokens, float] = {}

    def marginal(self, R: Tokens) -> dict[Tokens, int]:
        """`q(x_R)` of every `x_R` that has mass, times ``whole``."""
        if R not in self.marginals:
            found: dict[Tokens, int] = {}
            for y, n in self.weights.items():
                part = tuple(y[i] for i in R)
                found[part] = found.get(part, 0) + n
            self.marginals[R] = found
        return self.marginals[R]

    def entropy(self, R: Iterable[int]) -> float:
        """`H(X_R)`."""
        R = tuple(sorted(R))
        if R not in self.entropies:
            shares = [n / self.whole for n in self.marginal(R).values()]
            self.entropies[R] = -math.fsum(share * math.log(share) for share in shares if share)
        return self.entropies[R]

    def drawn(self, sets: tuple[Tokens, ...]) -> Iterable[tuple[int, int]]:
        """Of each `x` of ``law`` `p_tau(x)`, the product of `q(x_i | x_j: tau_j < tau_i)`, above and below the line."""
        pairs = [(R, tuple(sorted((*R, i)))) for i, R in enumerate(sets)]
        for x in self.law:
            above = below = 1
            for R, more in pairs:
                above *= self.marginal(more)[tuple(x[i] for i in more)]
                below *= self.marginal(R)[tuple(x[i] for i in R)]
            yield above, below

    def path_kl(self, orders: Orders) -> float:
        """`E_tau sum_x q(x) log q(x)/p_tau(x)`."""
        return math.fsum(
            float(weight * self.law[x]) * math.log(n * below / (self.whole * above))
            for sets, weight in orders.items()
            for (x, n), (above, below) in zip(self.weights.items(), self.drawn(sets), strict=True)
        )

    def kl(self, orders: Orders) -> float:
        """`D(q || p)`, `p` the mean of `p_tau`."""
        output = dict.fromkeys(self.law, Fraction(0))
        for sets, weight in orders.items():
            for x, (above, below) in zip(self.law, self.drawn(sets), strict=True):
                output[x] += weight * Fraction(above, below)
        return math.fsum(float(p) * math.log(p / output[x]) for x, p in self.law.items())

    def profile(self, j: int) -> float:
        """`z(j)`."""
        total = [
            self.entropy((*R, i)) - self.entropy(R)
            for i in range(self.L)
            for R in combinations([k for k in range(self.L) if k != i], j)
        ]
        return math.fsum(total) / math.comb(self.L - 1, j)

    def growth(self) -> float:
        """The integral of a (1 - a) |Z'|, by parts that of (1 - 2 a) Z, in Bernstein form."""
        return math.fsum(self.profile(j) * float(self._moment(j)) for j in range(self.L))

    def _moment(self, j: int) -> Fraction:
        """The integral of `(1 - 2 a) C(L-1, j) a^j (1-a)^(L-1-j)`; that of the Bernstein polynomial is 1/L."""
        return Fraction(1, self.L) - 2 * Fraction(j + 1, self.L * (self.L + 1))


class Values(dict[str, float]):
    """Quantities of a random claim by name, worked out when asked for; those in ``_2`` are the second policy's."""

    def __init__(self, language: Measured, *orders: Orders) -> None:
        everything = range(language.L)
        self.rules: dict[str, Callable[[], float]] = {
            "entropy": lambda: language.entropy(everything),
            "total_correlation": lambda: self["profile_start"] - self["entropy"],
            "dual_total_correlation": lambda: self["entropy"] - self["profile_end"],
            "profile_start": lambda: math.fsum(language.entropy([i]) for i in everything),
            "profile_end": lambda: math.fsum(
                self["entropy"] - language.entropy(k for k in everything if k != i) for i in everything
            ),
            "odds_weighted_slope": language.growth,
            "log_V": lambda: math.log(language.V),
        }
        for ending, own in zip(("", "_2"), orders, strict=False):
            self.rules[f"path_kl{ending}"] = partial(language.path_kl, own)
            self.rules[f"kl{ending}"] = partial(language.kl, own)

    def __missing__(self, name: str) -> float:
        self[name] = self.rules[name]()
        return self[name]


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


def value(side: str, values: dict[str, float]) -> float:
    """One side of a claim written by a test, `log(V)` as `log_V`."""
    return float(eval(side, {"__builtins__": {}, "max": max, "min": min}, values))


def largest_margin(sides: Sequence[str], measured: Iterable[dict[str, float]]) -> float:
    """The largest `lhs - rhs`."""
    return max(value(sides[0], values) - value(sides[1], values) for values in measured)
