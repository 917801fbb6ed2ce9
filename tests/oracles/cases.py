"""Small instances that tests share."""

from collections.abc import Sequence
from fractions import Fraction
from random import Random

from . import denoisers, languages, samplers
from .denoisers import Denoiser
from .languages import Law
from .samplers import Policy

WEIGHTS = (
    (Fraction(1),),
    (Fraction(1, 2), Fraction(1, 2)),
    (Fraction(1, 2), Fraction(1, 3), Fraction(1, 6)),
    (Fraction(0), Fraction(2, 5), Fraction(0), Fraction(3, 5)),
)


def run(q: Law, V: int, policy: Policy, off_support: str = "uniform") -> tuple[Law, Denoiser]:
    """Output law with the exact denoiser in the global scope, and that denoiser."""
    denoiser = denoisers.exact(q, V, off_support)
    return samplers.law(policy, V, denoiser), denoiser


def every_policy(L: int) -> list[Policy]:
    """One policy of every kind on L tokens, L >= 2."""
    return [
        samplers.bernoulli(WEIGHTS[2], L),
        samplers.fixed_size((L - 1, 0, 1)),
        samplers.fixed_size((1, L - 1)),
        samplers.autoregressive(L),
        samplers.bisection(L),
        samplers.fixed_sets([range(1, L), [0]]),
    ]


def sparse_table(seed: int, V: int = 3, L: int = 3) -> Law:
    """A random table, two entries in five zero."""
    return languages.random_table(Random(seed), V, L, zeros=0.4)


def imperfect_denoisers(q: Law, V: int, L: int, off_support: str = "uniform") -> list[Denoiser]:
    """One denoiser of every kind of prediction on one language, in the global scope."""
    rng = Random(5)
    factors = [[Fraction(rng.randint(1, 5), 3) for _ in range(V)] for _ in range(L)]
    samples: Sequence = rng.choices(list(q), k=6)
    predictions = [
        denoisers.mix_uniform(Fraction(1, 10)),
        denoisers.peak(Fraction(1, 4)),
        denoisers.tilt(factors),
        denoisers.learned_full(samples, V, Fraction(1, 2)),
        denoisers.learned_neighbours(samples, V, Fraction(1)),
        denoisers.learned_neighbours(samples, V, Fraction(0), pooled=False),
    ]
    return [denoisers.predicting(q, V, prediction, off_support) for prediction in predictions]
