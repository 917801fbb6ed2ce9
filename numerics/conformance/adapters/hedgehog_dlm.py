"""hedgehog-dlm: the samplers that `hedgehog.samplers.create_sampler` makes."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import torch
from hedgehog.samplers import create_sampler

from ...policies import Adaptive, Bernoulli
from .generate import seeded
from .model import TorchLogits
from .setting import Setting

if TYPE_CHECKING:
    from ..conform import SamplerCode
    from ..oracle import Oracle

__all__ = ["PACKAGE", "VERSION", "created", "settings"]

PACKAGE, VERSION = "hedgehog-dlm", "0.2.0"


def created(kind: str, steps: int, **arguments: Any) -> SamplerCode:
    """One of its samplers by name."""

    def sampler(oracle: Oracle, count: int, seed: int) -> Any:
        diffusion = SimpleNamespace(num_timesteps=steps, vocab_size=oracle.vocab)
        code = create_sampler(kind, diffusion, TorchLogits(oracle), oracle.mask_id, **arguments)
        with seeded(seed):
            # It draws one sequence alone: of several it raises.
            return torch.cat([code.sample(1, oracle.length, torch.device("cpu")) for _ in range(count)]).numpy()

    return sampler


def settings() -> Iterator[Setting]:
    """What is run."""
    yield Setting(
        "DDPMCachedSampler",
        "4 steps, one sequence at a time",
        "the ancestral sampler with cached predictions, three to four times as fast",
        Bernoulli(steps=4),
        created("ddpm_cache", 4),
        "the network sees only masks, whatever the number of steps: every position is drawn from its marginal, and "
        "nothing about steps or speed can be concluded. Two sequences at once raise RuntimeError",
    )
    yield Setting(
        "DDPMSampler",
        "4 steps",
        "ancestral sampling",
        Bernoulli(steps=4),
        created("ddpm", 4),
        "it cannot be run",
    )
    yield Setting(
        "BlockwiseSampler",
        "confidence_threshold 0.6, 5 steps",
        "all tokens above a confidence in parallel",
        Adaptive(5, score="confidence", threshold="3/5", temperature=0),
        created("blockwise", 5),
        "it runs only where every position passes the threshold in time",
    )
