"""Whether an instance satisfies the named assumptions of ``maskbound.theory``."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np

from maskbound.theory import Assumption

from ..instances import Instance
from ..languages import Blocks, Language, Tabular
from ..policies import Bernoulli, FixedSets, FixedSize

__all__ = ["missing"]


def missing(instance: Instance, assumptions: Iterable[Assumption]) -> list[Assumption]:
    """The assumptions that the instance does not satisfy."""
    return [assumption for assumption in assumptions if not _DECIDES[assumption.name](instance)]


def _uniform_steps(instance: Instance) -> bool:
    policy = instance.policy
    return isinstance(policy, Bernoulli) and len(set(policy.schedule.weights.tolist())) == 1


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
    return repeated and len(np.unique(block.probabilities.values)) == 1


_DECIDES: dict[str, Callable[[Instance], bool]] = {
    "ExactDenoiser": lambda instance: instance.exact_denoiser,
    "OrderOblivious": lambda instance: isinstance(instance.policy, Bernoulli | FixedSize | FixedSets),
    "BernoulliPolicy": lambda instance: isinstance(instance.policy, Bernoulli),
    "FixedSizePolicy": lambda instance: isinstance(instance.policy, FixedSize),
    "UniformSteps": _uniform_steps,
    "BalancedSizes": _balanced,
    "StepsDivideLength": lambda instance: instance.length % instance.policy.steps == 0,
    "PairLanguage": lambda instance: _is_pair(instance.language),
}
