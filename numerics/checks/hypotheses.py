"""Whether an instance satisfies the named assumptions of ``maskbound.theory``."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import TypeGuard

import numpy as np

from maskbound.theory import Assumption

from ..instances import Instance
from ..languages import HMM, Blocks, Language, NGram, Tabular, shifted_pair
from ..policies import (
    Adaptive,
    Bernoulli,
    FixedSets,
    FixedSize,
    Remasking,
    bisection,
    reveal_times_are_certain,
)
from ..types import Probabilities

__all__ = ["missing"]

MOST_SYMBOLS = 20
"""Symbols of a table of permutations; no larger one fits memory."""

MOST_CHOICES = 5000
"""Sets of positions on which a code is looked at before it is no longer called MDS."""

ROUNDED = 8 * 2.0**-53
"""Floating entries this close are equal: each is at most 1, and within four roundings of the one that is meant."""


def missing(instance: Instance, assumptions: Iterable[Assumption]) -> list[Assumption]:
    """The assumptions that the instance does not satisfy."""
    return [assumption for assumption in assumptions if not _DECIDES[assumption.name](instance)]


def _uniform_steps(instance: Instance) -> bool:
    policy = instance.policy
    return isinstance(policy, Bernoulli) and policy.schedule.law.uniform


def _balanced(instance: Instance) -> bool:
    policy = instance.policy
    return isinstance(policy, FixedSize) and max(policy.sizes) - min(policy.sizes) <= 1


def _is_pair(language: Language) -> bool:
    """L/2 independent blocks, each a uniform symbol written twice, however the language was given."""
    if not isinstance(language, Blocks):
        return isinstance(language, Tabular) and language.length == 2 and _is_pair(Blocks(language, 1))
    block = language.block
    if isinstance(block, Blocks):
        return _is_pair(block)
    if not isinstance(block, Tabular) or block.length != 2 or len(block.support) != block.vocab:
        return False
    repeated = bool((block.support[:, 0] == block.support[:, 1]).all())
    return repeated and block.probabilities.uniform


def _is_uniform_on(language: Language, count: int) -> TypeGuard[Tabular]:
    """Whether it is a table of so many sequences, equally likely."""
    return isinstance(language, Tabular) and len(language.support) == count and language.probabilities.uniform


def _is_parity(language: Language) -> bool:
    if isinstance(language, Blocks) and language.count == 1:
        return _is_parity(language.block)
    if language.vocab != 2 or not _is_uniform_on(language, 1 << (language.length - 1)):
        return False
    return bool((language.support.sum(axis=1) % 2 == 0).all())


def _is_permutations(language: Language) -> bool:
    V, L = language.vocab, language.length
    if V != L or not _is_uniform_on(language, math.factorial(min(L, MOST_SYMBOLS))):
        return False
    return bool((np.sort(language.support, axis=1) == np.arange(L)).all())


def _is_mds(language: Language) -> bool:
    """Every K positions of the support hold every tuple once; K is told by its size."""
    V, L = language.vocab, language.length
    if not isinstance(language, Tabular) or not _is_uniform_on(language, len(language.support)):
        return False
    rank = next((K for K in range(L + 1) if len(language.support) <= V**K), 0)
    if V == 1 or V**rank != len(language.support) or math.comb(L, rank) > MOST_CHOICES:
        return False
    return all(
        len(np.unique(language.support[:, list(chosen)], axis=0)) == V**rank
        for chosen in itertools.combinations(range(L), rank)
    )


def _is_shifted_pair(language: Language) -> bool:
    """Whether the hidden chain is the one of ``languages.shifted_pair`` with some chance of flipping."""
    V, L = language.vocab, language.length
    if not isinstance(language, HMM) or V < 3 or L % 2 or language.states != 4 * V:
        return False
    numbers = language.transition.fractions if language.transition.rational else language.transition.values
    flip = V * numbers[2 * V][V]
    if not 0 < flip < 1:
        return False
    named = shifted_pair(V, flip, L)
    return all(
        _same(one, other)
        for one, other in zip(
            (language.initial, language.transition, language.emission),
            (named.initial, named.transition, named.emission),
            strict=True,
        )
    )


def _same(one: Probabilities, other: Probabilities) -> bool:
    """Whether two laws are equal, floating ones up to their roundings."""
    if one.rational and other.rational:
        return bool((one.fractions == other.fractions).all())
    return bool((np.abs(one.values - other.values) <= ROUNDED).all())


def _has_independent_tokens(language: Language) -> bool:
    """By form: an n-gram language of order 1, a language of one token, or blocks of these."""
    if isinstance(language, Blocks):
        return _has_independent_tokens(language.block)
    return language.length == 1 or (isinstance(language, NGram) and language.order == 1)


def _sizes(instance: Instance) -> list[int] | None:
    """``s_1..s_N`` of a policy whose sizes are given, and that draws at temperature 1."""
    policy = instance.policy
    if isinstance(policy, FixedSets):
        return [len(chosen) for chosen in policy.sets]
    if isinstance(policy, Adaptive):
        return list(policy.sizes) if policy.sizes is not None and policy.temperature == 1 else None
    return list(policy.sizes) if isinstance(policy, FixedSize) else None


def _one_step(instance: Instance) -> bool:
    sizes, policy = _sizes(instance), instance.policy
    if sizes is None:
        return isinstance(policy, Bernoulli) and bool((policy.schedule.weights > 0).sum() == 1)
    return max(sizes) == instance.length


def _one_at_a_time(instance: Instance) -> bool:
    sizes = _sizes(instance)
    return sizes is not None and max(sizes) <= 1 and _chosen_first(instance)


def _chosen_first(instance: Instance) -> bool:
    policy = instance.policy
    return not (isinstance(policy, Remasking) or (isinstance(policy, Adaptive) and policy.proposes))


def _one_choice(instance: Instance) -> bool:
    policy = instance.policy
    return reveal_times_are_certain(policy) or (
        _chosen_first(instance) and isinstance(policy, Adaptive) and policy.takes_first
    )


def _temperature_one(instance: Instance) -> bool:
    return not isinstance(instance.policy, Adaptive) or instance.policy.temperature == 1


def _proposals_one_at_a_time(instance: Instance) -> bool:
    sizes, policy = _sizes(instance), instance.policy
    return isinstance(policy, Adaptive) and policy.proposes and sizes is not None and max(sizes) <= 1


def _no_blocks(instance: Instance) -> bool:
    policy = instance.policy
    return not isinstance(policy, Adaptive) or policy.blocks == 1


def _favoured_token(instance: Instance) -> bool:
    """By form: an n-gram language of order 1 whose largest probability occurs once."""
    language = instance.language
    if not isinstance(language, NGram) or language.order != 1:
        return False
    row = language.transition.proportions[0]
    return bool((row == row.max()).sum() == 1)


def _greedy_sizes(instance: Instance) -> bool:
    """The least eta that allows every step is the one to try."""
    sizes = _sizes(instance)
    if sizes is None or not isinstance(instance.policy, FixedSize) or 0 in sizes:
        return False
    rests = [instance.length - 1 - before for before in itertools.accumulate(sizes, initial=0)]
    eta = max((Fraction(s - 1, rest) for s, rest in zip(sizes, rests, strict=False) if s > 1), default=Fraction(0))
    return all(s == 1 + math.floor(eta * rest) for s, rest in zip(sizes, rests, strict=False))


def _separated_steps(instance: Instance) -> bool:
    """Tokens of one step are in different blocks, or apart in the sense of the n-gram that their block is."""
    policy, language = instance.policy, instance.language
    if not isinstance(policy, FixedSets):
        return False
    block = language.block if isinstance(language, Blocks) else language
    memory = max(block.order - 1, 0) if isinstance(block, NGram) else None
    revealed: set[int] = set()
    for chosen in policy.sets:
        ordered = sorted(chosen)
        for i, j in itertools.pairwise(ordered):
            apart = i // block.length != j // block.length
            if not apart and (memory is None or not _between(i, j, memory, revealed)):
                return False
        revealed.update(chosen)
    return True


def _between(i: int, j: int, memory: int, revealed: set[int]) -> bool:
    """Whether ``memory`` consecutive positions between i and j have been revealed."""
    starts = range(i + 1, j - memory + 1)
    return memory == 0 or any(all(start + k in revealed for k in range(memory)) for start in starts)


def _bisects(instance: Instance) -> bool:
    policy = instance.policy
    return isinstance(policy, FixedSets) and policy.sets == bisection(instance.length).sets


_DECIDES: dict[str, Callable[[Instance], bool]] = {
    "ExactDenoiser": lambda instance: instance.exact_denoiser,
    "OrderOblivious": lambda instance: isinstance(instance.policy, Bernoulli | FixedSize | FixedSets),
    "BernoulliPolicy": lambda instance: isinstance(instance.policy, Bernoulli),
    "FixedSizePolicy": lambda instance: isinstance(instance.policy, FixedSize),
    "UniformSteps": _uniform_steps,
    "BalancedSizes": _balanced,
    "StepsDivideLength": lambda instance: instance.length % instance.policy.steps == 0,
    "PairLanguage": lambda instance: _is_pair(instance.language),
    "ParityLanguage": lambda instance: _is_parity(instance.language),
    "MDSLanguage": lambda instance: _is_mds(instance.language),
    "PermutationsLanguage": lambda instance: _is_permutations(instance.language),
    "ShiftedPairLanguage": lambda instance: _is_shifted_pair(instance.language),
    "MarkovLanguage": lambda instance: isinstance(instance.language, NGram) and instance.language.order <= 2,
    "IndependentTokens": lambda instance: _has_independent_tokens(instance.language),
    "OneStep": _one_step,
    "OneAtATime": _one_at_a_time,
    "SizedPolicy": lambda instance: _sizes(instance) is not None,
    "GreedySizes": _greedy_sizes,
    "SeparatedSteps": _separated_steps,
    "BisectionPolicy": _bisects,
    "ChosenFirst": _chosen_first,
    "ChooseThenSample": lambda instance: isinstance(instance.policy, Adaptive) and not instance.policy.proposes,
    "OneChoice": _one_choice,
    "TemperatureOne": _temperature_one,
    "EntropyBoundPolicy": lambda instance: (
        isinstance(instance.policy, Adaptive) and instance.policy.rule == "entropy_bound"
    ),
    "ProposalsOneAtATime": _proposals_one_at_a_time,
    "NoBlocks": _no_blocks,
    "FavouredToken": _favoured_token,
}
