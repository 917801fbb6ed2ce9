"""Products of blocks at any length (M8.5): under a Bernoulli policy the blocks do not know of each other.

The sampler's law restricted to possible contexts is a product over blocks, so one block is measured as a table
and the rest is arithmetic.
"""

from __future__ import annotations

from dataclasses import replace

from ..denoisers import Exact, Perturbed
from ..instances import Instance
from ..languages import Blocks
from ..policies import Bernoulli
from . import tabular
from .workspace import Cost, Workspace

__all__ = ["block_count", "cost", "obstacle", "one_block"]


def obstacle(instance: Instance) -> str | None:
    """None for a Bernoulli policy on blocks whose denoiser treats every block alike."""
    if not isinstance(instance.language, Blocks):
        return "the language is not a product of blocks"
    if not isinstance(instance.policy, Bernoulli):
        return "the policy couples the blocks"
    if not blockwise(instance):
        return "the denoiser does not treat every block alike"
    return None


def blockwise(instance: Instance) -> bool:
    """Whether the prediction in a block is one function of that block's tokens, the same for all blocks."""
    denoiser = instance.denoiser
    return isinstance(denoiser, Exact) or (isinstance(denoiser, Perturbed) and denoiser.noise in ("uniform", "peak"))


def block_count(instance: Instance) -> int:
    """m, the number of blocks."""
    assert isinstance(instance.language, Blocks)
    return instance.language.count


def one_block(work: Workspace) -> Workspace:
    """The instance of a single block."""
    return work.once(_one_block)


def _one_block(work: Workspace) -> Workspace:
    language = work.instance.language
    assert isinstance(language, Blocks)
    return Workspace(replace(work.instance, language=language.block, off_support_scope=None), work.request)


def cost(instance: Instance) -> Cost:
    """That of one block's table."""
    assert isinstance(instance.language, Blocks)
    return tabular.cost(replace(instance, language=instance.language.block, off_support_scope=None))
