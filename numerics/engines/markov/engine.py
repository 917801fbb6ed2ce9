"""Markov chains at any length: which instances the chain engines serve, and what they share."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ...instances import Instance
from ...languages import NGram
from ...languages.chains import ends_of
from ...numbers.enclosure import gamma
from ...policies import Bernoulli, FixedSets
from ..needs import (
    APART,
    COUNTED,
    EXACT_DENOISER,
    FIXED_SETS,
    HOMOGENEOUS,
    MARKOV_CHAIN,
    ONE_SCHEDULE,
    RANDOM_SETS,
    Need,
    all_of,
)
from ..reveal_probabilities import before_bernoulli, before_fixed_size
from ..reveal_steps import bernoulli_steps, fixed_size_steps
from ..workspace import Cost, Workspace
from . import counts, sequences, ser, sets, tilted_bigrams
from .bigrams import BigramLaw, bigram_law
from .chain import Chain, Measured, mean_of
from .information import LagInformation, lag_information_of
from .learning import NearPredictions

__all__ = [
    "bigram_cost",
    "bigram_obstacle",
    "chain",
    "exact_obstacle",
    "information_cost",
    "kl_from_below",
    "kl_from_below_cost",
    "kl_from_below_obstacle",
    "lag_information",
    "learning_cost",
    "learning_term",
    "log_probabilities",
    "log_ratios",
    "near_obstacle",
    "obstacle",
    "path_kl_of_sets",
    "path_obstacle",
    "pooled_bigrams",
    "prediction_obstacle",
    "sampled_cost",
    "sampled_obstacle",
    "sequence_error_rate",
    "sequence_error_rate_of_sets",
    "sequence_error_rate_of_sizes",
    "sequence_obstacle",
    "ser_cost",
    "ser_obstacle",
    "sets_cost",
    "sets_obstacle",
    "sizes_cost",
    "sizes_obstacle",
    "worst_divergence",
]


SAMPLES = 100
"""Sequences drawn unless another number is asked for."""


LOCAL = Need(
    "local scope",
    "in the global scope a contradiction reaches every interval",
    lambda instance: instance.off_support_scope != "global",
)
NEAR = Need(
    "denoiser of two neighbours",
    "the denoiser sees more than the two nearest revealed neighbours",
    lambda instance: instance.denoiser.near_rule(instance.language) is not None,
)

obstacle = MARKOV_CHAIN
homogeneous = all_of(MARKOV_CHAIN, HOMOGENEOUS)
exact_obstacle = all_of(homogeneous, EXACT_DENOISER, ONE_SCHEDULE)
prediction_obstacle = all_of(homogeneous, NEAR)
near_obstacle = all_of(homogeneous, COUNTED, NEAR)
sets_obstacle = all_of(homogeneous, EXACT_DENOISER, FIXED_SETS)
sizes_obstacle = all_of(homogeneous, EXACT_DENOISER, RANDOM_SETS)
sequence_obstacle = all_of(homogeneous, EXACT_DENOISER, APART, LOCAL)
sampled_obstacle = all_of(sequence_obstacle, COUNTED)
ser_obstacle = all_of(exact_obstacle, APART)
kl_from_below_obstacle = all_of(homogeneous, EXACT_DENOISER, COUNTED)


def path_obstacle(instance: Instance) -> str | None:
    """None for the exact denoiser, and for one of two neighbours on a homogeneous chain."""
    if instance.exact_denoiser:
        return MARKOV_CHAIN(instance) or COUNTED(instance)
    return near_obstacle(instance)


def chain(work: Workspace) -> Chain:
    """The language as plain arrays."""
    return work.once(_chain)


def _chain(work: Workspace) -> Chain:
    language = NGram.of(work.instance.language)
    return Chain(*language.weights(), language.length, None if language.is_homogeneous else ends_of(language))


def lag_information(work: Workspace) -> LagInformation:
    """Mutual informations at all distances that count."""
    return work.once(_lag_information)


def _lag_information(work: Workspace) -> LagInformation:
    return lag_information_of(chain(work))


def pooled_bigrams(work: Workspace) -> BigramLaw:
    """The pooled law of adjacent tokens under the sampler."""
    return work.once(_pooled_bigrams)


def _pooled_bigrams(work: Workspace) -> BigramLaw:
    policy, L = work.instance.policy, work.instance.length
    if policy.random_sizes is not None:
        steps = fixed_size_steps(policy.random_sizes, L)
    else:
        steps = bernoulli_steps(Bernoulli.of(policy).schedule.weights, L)
    rule = work.instance.off_support
    assert rule != "stop"
    assert rule != "denoiser"
    return bigram_law(chain(work), steps, policy.steps, rule)


def bigram_obstacle(instance: Instance) -> str | None:
    """None for the exact denoiser, the local scope, and a rule that finishes every sequence."""
    if exact_obstacle(instance):
        return exact_obstacle(instance)
    if instance.length < 2:
        return "a bigram needs a length of at least 2"
    if instance.off_support == "stop":
        return "the rule stop makes the intervals of a sequence depend on each other"
    if instance.off_support_scope == "global":
        return "in the global scope a contradiction reaches every interval"
    return None


def bigram_cost(instance: Instance) -> Cost:
    """Some 40 distances at every step, if the chain mixes; the engine itself refuses one that needs many more."""
    V, L, N = instance.vocab, float(instance.length), instance.policy.steps
    gaps = min(L, 40.0)
    return Cost(N * (2 * gaps * V**4 + 20 * gaps * L) / 4, 8 * gaps * V**2 * (V + 12) + 50 * L * V)


def ser_cost(instance: Instance) -> Cost:
    """Pairs of new positions in intervals that have not mixed, and long intervals in the early steps, as measured."""
    V, L, N = instance.vocab, float(instance.length), instance.policy.steps
    gaps = min(L, 26.0)
    return Cost(N * ((V**4 * gaps**3 / 5 + 30 * V**3 * L) / 25 + 1e6), 8 * gaps**2 * V**3 + 140 * L * V**2)


def sequence_error_rate(work: Workspace) -> Measured:
    """SER under a Bernoulli policy."""
    return ser.sequence_error_rate(chain(work), Bernoulli.of(work.instance.policy).schedule.weights)


def kl_from_below_cost(instance: Instance) -> Cost:
    """PATH_KL, the bigram law and the sequence error rate."""
    costs = [cost(instance) for cost in (information_cost, bigram_cost, ser_cost)]
    return Cost(sum(cost.operations for cost in costs), max(cost.bytes for cost in costs))


def kl_from_below(work: Workspace) -> float:
    """A lower bound of KL, in nats."""
    policy = work.instance.policy
    if policy.size_law:
        return tilted_bigrams.kl_from_below_of_sizes(chain(work), policy.size_law)
    return tilted_bigrams.kl_from_below(chain(work), Bernoulli.of(policy).schedule.weights)


def log_probabilities(work: Workspace, x: NDArray[np.integer]) -> list[Measured]:
    """``log p(x)`` of given sequences (n, L)."""
    policy, rule = work.instance.policy, work.instance.off_support
    assert rule != "denoiser"
    if policy.sets is not None:
        return sets.log_probabilities_of_sets(chain(work), policy.sets, x, rule)
    return sequences.log_probabilities(chain(work), Bernoulli.of(policy).schedule.weights, x, rule)


def log_ratios(work: Workspace) -> list[Measured]:
    """``log q(x)/p(x)`` at sequences drawn from q with the seed asked for."""
    language = work.instance.language
    count = work.request.samples or SAMPLES
    x = language.sample(max(count, 2), np.random.default_rng(work.request.seed))
    found = zip(language.log_prob(x), log_probabilities(work, x), strict=True)
    size = gamma(2 * language.depth)
    return [
        Measured(float(log_q) - log_p.value, log_p.rounding + size * (1 + abs(float(log_q))), log_p.truncation)
        for log_q, log_p in found
    ]


def sampled_cost(instance: Instance) -> Cost:
    """Every interval of every sequence at every step: 60 nanoseconds each, and a tenth if it is long, as measured."""
    L = float(instance.length)
    intervals = 60 * L * min(L, 512.0) + 6 * L * max(L - 512, 0.0)
    return Cost(SAMPLES * instance.policy.steps * (intervals + 2e5), 100 * L**2)


def sets_cost(instance: Instance) -> Cost:
    """Each position once."""
    V, L = instance.vocab, float(instance.length)
    return Cost(L * V**4, 8 * L * V**2)


def path_kl_of_sets(work: Workspace) -> Measured:
    """PATH_KL, which is KL, under given sets."""
    return sets.path_kl_of_sets(chain(work), _sets(work))


def sequence_error_rate_of_sets(work: Workspace) -> Measured:
    """SER under given sets."""
    return sets.sequence_error_rate_of_sets(chain(work), _sets(work))


def sizes_cost(instance: Instance) -> Cost:
    """Products of small tables, each with some microseconds of Python around."""
    V = instance.vocab
    pairs = sum(counts.pairs_of_counts(sizes) for _, sizes in instance.policy.size_law)
    return Cost(pairs * (4000 + V**4 / 20), 8 * (pairs * V**2 + instance.length * V**2))


def sequence_error_rate_of_sizes(work: Workspace) -> Measured:
    """SER under fixed sizes, or a mixture of them."""
    law = work.instance.policy.size_law
    return mean_of(
        [(probability, counts.sequence_error_rate_of_sizes(chain(work), sizes)) for probability, sizes in law]
    )


def _sets(work: Workspace) -> tuple[tuple[int, ...], ...]:
    return FixedSets.of(work.instance.policy).sets


def information_cost(instance: Instance) -> Cost:
    """Some 40 distances of a chain that mixes; the engine itself refuses one that needs many more."""
    V, L, N = instance.vocab, float(instance.length), instance.policy.steps
    lags = min(L, 64.0)
    laws = lags if instance.language.is_homogeneous else L
    return Cost(lags * V**2 * (10 * laws + V) + 50 * L + 50 * N * lags, 8 * (L * 4 + lags * (V**2 + N)))


def learning_cost(instance: Instance) -> Cost:
    """Pairs of distances that the rule sees, or some 40 if the chain mixes."""
    V, L, N = instance.vocab, float(instance.length), instance.policy.steps
    rule = instance.denoiser.near_rule(instance.language)
    assert rule is not None
    pairs = min(L, max(rule.reach, 40.0)) ** 2 / 2
    return Cost(pairs * (40 * V**3 + rule.price + 5e4) + 50 * N * L, 200 * V**3 + 8 * L * (V**2 + N))


def _near_predictions(work: Workspace) -> NearPredictions:
    instance = work.instance
    rule = instance.denoiser.near_rule(instance.language)
    assert rule is not None
    return NearPredictions(chain(work), rule, instance.denoiser.depth(instance.vocab, 0))


def learning_term(work: Workspace) -> Measured:
    """The learning term, in nats (definitions.md#learning_term)."""
    return work.once(_learning_term)


def _learning_term(work: Workspace) -> Measured:
    predictions, policy = work.once(_near_predictions), work.instance.policy
    n = 2 * predictions.furthest + 1
    if policy.size_law:
        befores = [(c, before_fixed_size(sizes, work.instance.length, n)) for c, sizes in policy.size_law]
        return mean_of([(probability, predictions.learning_term(before)) for probability, before in befores])
    return predictions.learning_term(before_bernoulli(Bernoulli.of(policy).schedule.weights, n))


def worst_divergence(work: Workspace) -> Measured:
    """The learning error, in nats (definitions.md#eps_learning)."""
    return work.once(_near_predictions).worst()
