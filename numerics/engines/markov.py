"""Markov chains at any length (M8.4): which instances the chain engines serve, and what they share."""

from __future__ import annotations

from ..instances import Instance
from ..languages import NGram
from ..policies import Bernoulli, FixedSize
from .markov_bigrams import BigramLaw, bigram_law
from .markov_chain import Chain
from .markov_information import LagInformation, lag_information_of
from .reveal_steps import bernoulli_steps, fixed_size_steps
from .workspace import Cost, Workspace

__all__ = [
    "bigram_cost",
    "bigram_obstacle",
    "bigrams",
    "chain",
    "exact_obstacle",
    "information_cost",
    "lag_information",
    "obstacle",
]


def obstacle(instance: Instance) -> str | None:
    """None for a language of order at most 2."""
    language = instance.language
    if isinstance(language, NGram) and language.order <= 2:
        return None
    return "the language is no Markov chain"


def exact_obstacle(instance: Instance) -> str | None:
    """None for a chain with the exact denoiser and a policy that favours no position."""
    if obstacle(instance):
        return obstacle(instance)
    if not instance.exact_denoiser:
        return "the denoiser is not exact"
    if not isinstance(instance.policy, Bernoulli | FixedSize):
        return "the policy favours positions"
    return None


def chain(work: Workspace) -> Chain:
    """The language as plain arrays."""
    return work.once(_chain)


def _chain(work: Workspace) -> Chain:
    language = work.instance.language
    assert isinstance(language, NGram)
    return Chain(*language.chain(), language.length)


def lag_information(work: Workspace) -> LagInformation:
    """Mutual informations at all distances that count."""
    return work.once(_lag_information)


def _lag_information(work: Workspace) -> LagInformation:
    return lag_information_of(chain(work))


def bigrams(work: Workspace) -> BigramLaw:
    """The pooled law of adjacent tokens under the sampler."""
    return work.once(_bigrams)


def _bigrams(work: Workspace) -> BigramLaw:
    policy, L = work.instance.policy, work.instance.length
    if isinstance(policy, FixedSize):
        steps = fixed_size_steps(policy.sizes, L)
    else:
        assert isinstance(policy, Bernoulli)
        steps = bernoulli_steps(policy.schedule.weights, L)
    rule = work.instance.off_support
    assert rule != "stop"
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


def information_cost(instance: Instance) -> Cost:
    """Some 40 distances of a chain that mixes; the engine itself refuses one that needs many more."""
    V, L, N = instance.vocab, float(instance.length), instance.policy.steps
    lags = min(L, 64.0)
    return Cost(lags * V**2 * (10 * lags + V) + 50 * L + 50 * N * lags, 8 * (L * 4 + lags * (V**2 + N)))
