"""transformers: the sampler of DiffusionGemma, with a mask in the place of the random tokens that it puts back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import torch
from transformers.models.diffusion_gemma.generation_diffusion_gemma import (
    EntropyBoundSampler,
    EntropyBoundSamplerConfig,
    LinearTemperatureScheduleLogitsProcessor,
)

from ...policies import Adaptive
from .generate import seeded
from .model import TorchModel
from .setting import LONG, Setting, peaked

if TYPE_CHECKING:
    from ..conform import SamplerCode
    from ..oracle import Oracle

__all__ = ["PACKAGE", "VERSION", "entropy_bound", "settings"]

PACKAGE, VERSION = "transformers", "5.24.0"


def entropy_bound(bound: float, t_min: float, t_max: float, steps: int | None = None) -> SamplerCode:
    """`EntropyBoundSampler.accept_canvas` after its temperatures, at most L steps unless told otherwise."""

    def sampler(oracle: Oracle, count: int, seed: int) -> Any:
        model, total = TorchModel(oracle), steps or oracle.length
        code = EntropyBoundSampler(EntropyBoundSamplerConfig(bound), oracle.length, oracle.vocab, total)
        warm = LinearTemperatureScheduleLogitsProcessor(t_min, t_max, total)
        x = torch.full((count, oracle.length), oracle.mask_id)
        with seeded(seed):
            for left in range(total, 0, -1):
                logits = warm(x, model(x).logits, cur_step=left)
                drawn = torch.distributions.Categorical(logits=logits).sample()
                code.accept_canvas(x, drawn, logits, left)
                x = torch.where(code.accepted_token_mask & (x == oracle.mask_id), drawn, x)
            return x.numpy()

    return sampler


def settings() -> Iterator[Setting]:
    """What is run."""
    yield Setting(
        "EntropyBoundSampler",
        "entropy_bound 0.5, temperature 1",
        "positions in rising order of entropy while sum H - max H is at most the bound",
        Adaptive(16, score="entropy", entropy_bound="1/2"),
        entropy_bound(0.5, 1.0, 1.0),
        "as documented",
        peaked(16),
        LONG,
    )
    yield Setting(
        "EntropyBoundSampler",
        "defaults: entropy_bound 0.1, t_max 0.8, t_min 0.4",
        "the same at a temperature that falls to t_min",
        Adaptive(5, score="entropy", entropy_bound="1/10", temperature="4/5"),
        entropy_bound(0.1, 0.4, 0.8),
        "tokens and entropies are at temperatures that never reach t_min: the last is t_min + (t_max - t_min)/N; the "
        "bound of 0.1 nats is one on sharpened conditionals, not on the network's",
    )
