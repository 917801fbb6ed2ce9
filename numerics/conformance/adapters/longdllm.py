"""longdllm: Dream's decoding, whose network answers one place early, `longdllm.generation`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import torch
from longdllm.generation import DreamGenerationConfig, _sample

from ...policies import Adaptive, Bernoulli
from .generate import seeded
from .model import TorchModel
from .setting import LONG, Setting, peaked, proposing

if TYPE_CHECKING:
    from ..conform import SamplerCode
    from ..oracle import Oracle

__all__ = ["PACKAGE", "VERSION", "dream", "settings"]

PACKAGE, VERSION = "longdllm", "0.1.5"


def dream(steps: int, **config: Any) -> SamplerCode:
    """The loop of `memory_efficient_diffusion_generate`, after one token of prompt."""

    def sampler(oracle: Oracle, count: int, seed: int) -> Any:
        model = TorchModel(oracle, prompt=1, shift=True)
        given = {"temperature": 1.0, "mask_token_id": oracle.mask_id, "max_new_tokens": oracle.length} | config
        chosen = DreamGenerationConfig(max_length=oracle.length + 1, steps=steps, **given)
        prompt = torch.zeros((count, 1), dtype=torch.long)
        with seeded(seed):
            return _sample(model, prompt, None, chosen, lambda _, x, __: x, lambda _, __, logits: logits)[:, 1:].numpy()

    return sampler


def settings() -> Iterator[Setting]:
    """What is run."""
    yield Setting(
        "alg origin",
        "temperature 1, 8 steps",
        "each mask with the hazard of the step, tokens drawn",
        Bernoulli(steps=8),
        dream(8),
        "as documented",
        peaked(16),
        LONG,
    )
    yield Setting(
        "alg maskgit_plus",
        "temperature 1, 16 steps for 16 tokens",
        "tokens drawn, the most confident kept, as many steps as tokens",
        proposing(16, sizes=[1] * 16),
        dream(16, alg="maskgit_plus"),
        "what is revealed a step is the whole part of m(1 - s/t), and rounding decides whether that is one less: as "
        "many steps as tokens need not be one token a step",
        peaked(16),
        LONG,
    )
    yield Setting(
        "alg entropy",
        "temperature 1/2, 2 steps for 6 tokens",
        "positions of lowest entropy, 3 a step",
        Adaptive(6, score="entropy", sizes=[3, 3], temperature="1/2"),
        dream(2, alg="entropy", temperature=0.5),
        "entropies are those after the temperature",
        language=peaked(6),
    )
