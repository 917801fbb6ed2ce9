"""Averages over reveal times and over fixed sizes, by listing them."""

from collections.abc import Callable
from fractions import Fraction
from itertools import product
from math import factorial, prod
from typing import TypeVar

from . import samplers
from .denoisers import Denoiser
from .languages import Law, Tokens
from .logs import Real, log_sum, mp, real
from .samplers import Policy

T = TypeVar("T")


def size_law(policy: Policy) -> dict[Tokens, Fraction]:
    """Counts of tokens of the steps of a Bernoulli sampler, multinomial; empty steps are left out of the keys."""
    law: dict[Tokens, Fraction] = {}
    for n in product(range(policy.L + 1), repeat=policy.N):
        if sum(n) == policy.L:
            ways = factorial(policy.L) // prod(map(factorial, n))
            probability = ways * prod((w**s for w, s in zip(policy.weights, n, strict=True)), start=Fraction(1))
            kept = tuple(s for s in n if s)
            law[kept] = law.get(kept, Fraction(0)) + probability
    return law


def over_sizes(policy: Policy, value: Callable[[Policy], T]) -> list[tuple[Fraction, T]]:
    """A quantity of every fixed-size sampler in as many steps, with the probability of its sizes."""
    return [(probability, value(samplers.fixed_size(sizes))) for sizes, probability in size_law(policy).items()]


def mean(values: list[tuple[Fraction, Real]]) -> Real:
    """Infinite values count only where they have a probability."""
    return mp.fsum(real(probability) * value for probability, value in values if probability)


def polynomial(policy: Policy, V: int, denoiser: Denoiser) -> Law:
    """`sum_c M_c(w) C_c(x)`: both factors by their definitions."""
    found: Law = {}
    for c in size_law(policy):
        monomial = _quasisymmetric(c, policy.weights)
        if monomial:
            partitions = factorial(policy.L) // prod(map(factorial, c))
            for x, probability in samplers.law(samplers.fixed_size(c), V, denoiser).items():
                found[x] = found.get(x, Fraction(0)) + monomial * partitions * probability
    return found


def _quasisymmetric(c: Tokens, w: tuple[Fraction, ...]) -> Fraction:
    """`sum over k_1 < k_2 < .. of w_{k_1}^{c_1} w_{k_2}^{c_2} ..`."""
    if not c:
        return Fraction(1)
    return sum((w[k] ** c[0] * _quasisymmetric(c[1:], w[k + 1 :]) for k in range(len(w))), Fraction(0))


def log_mean_path_kl(q: Law, denoiser: Denoiser, policy: Policy) -> Real:
    """`-log E_tau exp(-D(q || p_tau))`."""
    total = mp.mpf(0)
    for tau, probability in samplers.pattern_law(policy).items():
        ratios = [(p, samplers.sequence_probability(tau, x, denoiser) / p) for x, p in q.items()]
        if all(ratio for _, ratio in ratios):
            total += real(probability) * mp.exp(log_sum(ratios))
    return -mp.log(total) if total else mp.inf
