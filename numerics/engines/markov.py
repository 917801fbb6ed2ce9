"""Markov chains at any length (M8.4): which instances the chain engines serve, and what they share."""

from __future__ import annotations

from ..instances import Instance
from ..languages import NGram
from ..policies import Bernoulli, FixedSize
from .markov_chain import Chain
from .markov_information import LagInformation, lag_information_of
from .workspace import Cost, Workspace

__all__ = ["chain", "exact_obstacle", "information_cost", "lag_information", "obstacle"]


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


def information_cost(instance: Instance) -> Cost:
    """Some 40 distances of a chain that mixes; the engine itself refuses one that needs many more."""
    V, L, N = instance.vocab, float(instance.length), instance.policy.steps
    lags = min(L, 64.0)
    return Cost(lags * V**2 * (10 * lags + V) + 50 * L + 50 * N * lags, 8 * (L * 4 + lags * (V**2 + N)))
