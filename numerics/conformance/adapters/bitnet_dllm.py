"""bitnet-dllm: ancestral sampling of a masked diffusion model, `bitnet_dllm.sampler`."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import torch
from bitnet_dllm.sampler import MDLMAncestralSampler

from ...languages import english_ngram
from ...policies import Bernoulli
from .generate import seeded
from .model import TorchModel
from .setting import LONG, Setting, peaked

if TYPE_CHECKING:
    from ..conform import SamplerCode
    from ..oracle import Oracle

__all__ = ["PACKAGE", "VERSION", "ancestral", "settings"]

PACKAGE, VERSION = "bitnet-dllm", "1.3.0"


class _Answers(TorchModel):
    """Takes an attention mask and a time, and answers with a dictionary."""

    def forward(self, input_ids: torch.Tensor, *args: Any, **ignored: Any) -> dict[str, Any]:
        return {"logits": super().forward(input_ids).logits}


def ancestral(steps: int, temperature: float = 1.0, top_p: float = 0.9) -> SamplerCode:
    """`MDLMAncestralSampler`, without what a tokenizer does before and after."""

    def sampler(oracle: Oracle, count: int, seed: int) -> Any:
        model = _Answers(oracle, extra=1)
        code = MDLMAncestralSampler(model, SimpleNamespace(mask_token_id=oracle.mask_id), device="cpu")
        x = torch.full((count, oracle.length), oracle.mask_id)
        with seeded(seed):
            return code._denoise_loop(x, torch.zeros_like(x, dtype=torch.bool), steps, temperature, top_p, None).numpy()

    return sampler


def settings() -> Iterator[Setting]:
    """What is run."""
    yield Setting(
        "MDLMAncestralSampler",
        "8 steps, top_p 1",
        "ancestral sampling: each mask with the hazard of the step, tokens drawn",
        Bernoulli(steps=8),
        ancestral(8, top_p=1.0),
        "tokens of the last step are the likeliest ones, not draws: entropy and diversity are too low, the more so the "
        "fewer steps",
        peaked(16),
        LONG,
    )
    yield Setting(
        "MDLMAncestralSampler",
        "1 step, top_p 1, temperature 1",
        "as before",
        Bernoulli(steps=1),
        ancestral(1, top_p=1.0),
        "temperature and seed have no effect in one step: every call gives the same sequence",
    )
    yield Setting(
        "MDLMAncestralSampler",
        "its default top_p 0.9 in 16 steps; 27 letters, L = 16",
        "as before, from the nucleus",
        Bernoulli(steps=16),
        ancestral(16),
        "truncation is the default; two tokens beyond 90 % are kept, the one that crosses and the next",
        english_ngram(order=2, length=16),
        100,
    )
