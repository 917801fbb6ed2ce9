"""omgformers: `ParallelDecoder`, `omgformers.diffusion`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import torch
from omgformers.diffusion import MaskScheduler, ParallelDecoder

from .generate import seeded
from .model import TorchModel
from .setting import LONG, Setting, peaked, proposing

if TYPE_CHECKING:
    from ..conform import SamplerCode
    from ..oracle import Oracle

__all__ = ["PACKAGE", "VERSION", "parallel", "settings"]

PACKAGE, VERSION = "omgformers", "2.0.6"


def parallel(steps: int, schedule: str = "linear", **arguments: Any) -> SamplerCode:
    """`ParallelDecoder.generate` after one token of prompt."""

    def sampler(oracle: Oracle, count: int, seed: int) -> Any:
        model = TorchModel(oracle, prompt=1, extra=1)
        scheduler = MaskScheduler(steps, schedule, mask_token_id=oracle.mask_id, vocab_size=oracle.vocab + 1)
        given = torch.zeros((count, 1), dtype=torch.long)
        with seeded(seed):
            code = ParallelDecoder(model, scheduler)
            return code.generate(given, new_tokens=oracle.length, steps=steps, **arguments)[:, 1:].numpy()

    return sampler


def settings() -> Iterator[Setting]:
    """What is run."""
    yield Setting(
        "ParallelDecoder.generate",
        "linear schedule, temperature 1, 8 steps",
        "tokens drawn at every mask, the most confident unmasked",
        proposing(16, sizes=[2] * 8),
        parallel(8),
        "as documented",
        peaked(16),
        LONG,
    )
    yield Setting(
        "ParallelDecoder.generate",
        "linear schedule, temperature 1/2, 8 steps",
        "the same at another temperature",
        proposing(16, sizes=[2] * 8, temperature="1/2"),
        parallel(8, temperature=0.5),
        "confidences are probabilities after the temperature: the order of positions changes with it",
        peaked(16),
        LONG,
    )
    yield Setting(
        "ParallelDecoder.generate",
        "linear schedule, temperature 1, remask_prob 0.3, 3 steps",
        "the same, with a share of the tokens of low confidence masked again",
        proposing(),
        parallel(3, remask_prob=0.3),
        "positions that are masked again are not revealed by later steps' sizes but filled at the end by the likeliest "
        "tokens: part of every sequence is greedy",
    )
