"""Order-oblivious samplers (definitions.md#policies), twice: by reveal times, and step by step.

`law` sums `p_tau` over every assignment of reveal times, one by one (the arrival-time form).
`stepwise_law` knows nothing of reveal times: it moves the law of the partial sequence through the steps, with
hazards `r_k` for the Bernoulli sampler. The two must agree exactly.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import combinations, permutations, product

from .denoisers import Denoiser
from .languages import Law, Tokens

Choices = list[tuple[Fraction, Tokens]]


@dataclass(frozen=True)
class Policy:
    """A policy whose reveal times do not depend on the tokens.

    Attributes
    ----------
    times : law of `tau`: step numbers 1..N, one a position.
    choose : `(k, masked positions) -> [(probability, positions revealed at step k)]`, for the stepwise form.
    weights : `w_1..w_N`; `s_k / L` for sized policies.
    sizes : `s_1..s_N`, or None for the Bernoulli sampler.
    parts : policies of which one is drawn before the first step, with their probabilities; none unless it is a mixture.
    """

    kind: str
    L: int
    N: int
    times: dict[Tokens, Fraction]
    choose: Callable[[int, Tokens], Choices]
    weights: tuple[Fraction, ...]
    sizes: tuple[int, ...] | None
    parts: tuple[tuple[Fraction, Policy], ...] = ()


def bernoulli(weights: Sequence[Fraction], L: int) -> Policy:
    """Each masked position is revealed with hazard `r_k = w_k / (w_k + .. + w_N)` (1 on an empty tail)."""
    w = tuple(Fraction(value) for value in weights)
    if sum(w) != 1 or min(w) < 0:
        raise ValueError(f"weights must be a law: {w}")
    times: dict[Tokens, Fraction] = {}
    for tau in product(range(1, len(w) + 1), repeat=L):
        probability = Fraction(1)
        for k in tau:
            probability *= w[k - 1]
        if probability:
            times[tau] = probability

    def choose(k: int, masked: Tokens) -> Choices:
        tail = sum(w[k - 1 :])
        r = w[k - 1] / tail if tail else Fraction(1)
        subsets = (A for size in range(len(masked) + 1) for A in combinations(masked, size))
        probabilities = ((r ** len(A) * (1 - r) ** (len(masked) - len(A)), A) for A in subsets)
        return [(probability, A) for probability, A in probabilities if probability]

    return Policy("bernoulli", L, len(w), times, choose, w, None)


def uniform_steps(N: int, L: int) -> Policy:
    """The Bernoulli sampler with `w_k = 1/N`."""
    return bernoulli([Fraction(1, N)] * N, L)


def fixed_size(sizes: Sequence[int]) -> Policy:
    """A uniformly random set of `s_k` masked positions at step k; sizes sum to L, empty steps allowed."""
    s = tuple(sizes)
    L = sum(s)
    assignments = set(permutations(k for k, size in enumerate(s, start=1) for _ in range(size)))
    times = {tau: Fraction(1, len(assignments)) for tau in assignments}

    def choose(k: int, masked: Tokens) -> Choices:
        subsets = list(combinations(masked, s[k - 1]))
        return [(Fraction(1, len(subsets)), A) for A in subsets]

    return Policy("fixed-size", L, len(s), times, choose, tuple(Fraction(size, L) for size in s), s)


def mixture_of_sizes(lists: Sequence[Sequence[int]], weights: Sequence[Fraction]) -> Policy:
    """One list of sizes, as many in each, drawn before the first step."""
    law: dict[Tokens, Fraction] = {}
    for sizes, c in zip(lists, weights, strict=True):
        law[tuple(sizes)] = law.get(tuple(sizes), Fraction(0)) + c
    parts = tuple((c, fixed_size(sizes)) for sizes, c in law.items())
    times: dict[Tokens, Fraction] = {}
    for c, part in parts:
        for tau, probability in part.times.items():
            times[tau] = times.get(tau, Fraction(0)) + c * probability
    first = parts[0][1]
    return Policy(
        "mixture-of-sizes", first.L, first.N, {t: c for t, c in times.items() if c}, first.choose, (), None, parts
    )


def fixed_sets(sets: Sequence[Sequence[int]], kind: str = "fixed-sets") -> Policy:
    """The positions of each step are given (from 0) and partition 0..L-1."""
    L = sum(len(A) for A in sets)
    if sorted(i for A in sets for i in A) != list(range(L)):
        raise ValueError(f"sets must partition 0..{L - 1}: {sets}")
    step = {i: k for k, A in enumerate(sets, start=1) for i in A}
    sizes = tuple(len(A) for A in sets)

    def choose(k: int, masked: Tokens) -> Choices:
        return [(Fraction(1), tuple(sorted(sets[k - 1])))]

    tau = tuple(step[i] for i in range(L))
    return Policy(kind, L, len(sets), {tau: Fraction(1)}, choose, tuple(Fraction(s, L) for s in sizes), sizes)


def autoregressive(L: int) -> Policy:
    """Left to right, one token a step."""
    return fixed_sets([[i] for i in range(L)], "autoregressive")


def bisection(L: int) -> Policy:
    """Each step reveals the midpoint (the lower of two) of every masked run."""
    sets: list[list[int]] = []
    runs = [(0, L)] if L else []
    while runs:
        sets.append([(a + b - 1) // 2 for a, b in runs])
        halves = [half for a, b in runs for half in ((a, (a + b - 1) // 2), ((a + b - 1) // 2 + 1, b))]
        runs = [(a, b) for a, b in halves if a < b]
    return fixed_sets(sets, "bisection")


@lru_cache(maxsize=100_000)
def in_order(tau: Tokens) -> tuple[tuple[int, Tokens], ...]:
    """Positions in the order of their steps, each with those of earlier steps."""
    order = sorted(range(len(tau)), key=lambda i: tau[i])
    return tuple((i, tuple(j for j in range(len(tau)) if tau[j] < tau[i])) for i in order)


def sequence_probability(tau: Tokens, x: Tokens, denoiser: Denoiser) -> Fraction:
    """`p_tau(x) = prod_i p_theta(x_i | x_{j: tau_j < tau_i})`; the quotient is reduced once."""
    numerator = denominator = 1
    for i, earlier in in_order(tau):
        probability = denoiser(i, {j: x[j] for j in earlier})[x[i]]
        if not probability:
            return Fraction(0)
        numerator *= probability.numerator
        denominator *= probability.denominator
    return Fraction(numerator, denominator)


def order_pattern(tau: Tokens) -> Tokens:
    """The ranks of the reveal times: all that `p_tau` depends on, as it only compares times."""
    ranks = {k: rank for rank, k in enumerate(sorted(set(tau)))}
    return tuple(ranks[k] for k in tau)


def pattern_law(policy: Policy) -> dict[Tokens, Fraction]:
    """The law of `order_pattern(tau)`, by adding up every tau."""
    patterns: dict[Tokens, Fraction] = {}
    for tau, probability in policy.times.items():
        pattern = order_pattern(tau)
        patterns[pattern] = patterns.get(pattern, Fraction(0)) + probability
    return patterns


def law(policy: Policy, V: int, denoiser: Denoiser) -> Law:
    """Output law `p = E_tau[p_tau]`, positive entries; less than one in all when `stop` abandons."""
    patterns = pattern_law(policy)
    output: Law = {}
    for x in product(range(V), repeat=policy.L):
        total = sum(probability * sequence_probability(tau, x, denoiser) for tau, probability in patterns.items())
        if total:
            output[x] = total
    return output


def stepwise_law(policy: Policy, V: int, denoiser: Denoiser) -> Law:
    """The same law by running the chain of partial sequences (None is a mask) step by step."""
    if policy.parts:
        mixed: Law = {}
        for part_probability, part in policy.parts:
            for x, probability in stepwise_law(part, V, denoiser).items():
                mixed[x] = mixed.get(x, Fraction(0)) + part_probability * probability
        return {x: probability for x, probability in mixed.items() if probability}
    states: dict[tuple, Fraction] = {(None,) * policy.L: Fraction(1)}
    for k in range(1, policy.N + 1):
        following: dict[tuple, Fraction] = {}
        for y, probability in states.items():
            context = {i: v for i, v in enumerate(y) if v is not None}
            masked = tuple(i for i, v in enumerate(y) if v is None)
            for choice, A in policy.choose(k, masked):
                rows = [denoiser(i, context) for i in A]
                for draw in product(range(V), repeat=len(A)):
                    weight = probability * choice
                    for row, v in zip(rows, draw, strict=True):
                        weight *= row[v]
                    if weight:
                        filled = dict(zip(A, draw, strict=True))
                        z = tuple(filled.get(i, v) for i, v in enumerate(y))
                        following[z] = following.get(z, Fraction(0)) + weight
        states = following
    return states
