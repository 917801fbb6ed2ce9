"""telos-ml: margin-based unmasking of one sequence, `telos.diffusion.sampler`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import torch
from telos.diffusion.sampler import MDLMSampler

from ...languages import english_ngram
from ...policies import Adaptive
from .generate import seeded
from .model import TorchLogits
from .setting import Setting

if TYPE_CHECKING:
    from ..conform import SamplerCode
    from ..oracle import Oracle

__all__ = ["PACKAGE", "VERSION", "margin", "settings"]

PACKAGE, VERSION = "telos-ml", "1.2.0"


def margin(steps: int, **arguments: Any) -> SamplerCode:
    """`MDLMSampler`, a sequence at a time."""

    def sampler(oracle: Oracle, count: int, seed: int) -> Any:
        code = MDLMSampler(TorchLogits(oracle, extra=1), oracle.mask_id, num_steps=steps, **arguments)
        with seeded(seed):
            return torch.cat([code.sample(oracle.length) for _ in range(count)]).numpy()

    return sampler


def settings() -> Iterator[Setting]:
    """What is run."""
    yield Setting(
        "MDLMSampler",
        "linear schedule, temperature 1, no repetition penalty, 3 steps",
        "confidence-based unmasking",
        Adaptive(5, score="margin", sizes=[2, 2, 1]),
        margin(3, schedule="linear", repetition_penalty=1.0),
        "positions are those of largest margin plus Gumbel noise of a tenth of the temperature, which its "
        "documentation does not mention: no deterministic order, so a run cannot be compared with "
        "one of top-margin decoding",
    )
    yield Setting(
        "MDLMSampler",
        "defaults but for 8 steps: cosine, repetition penalty 1.2; 27 letters, L = 32",
        "confidence-based unmasking, temperature 1",
        Adaptive(32, score="margin", sizes=[1, 2, 3, 4, 5, 5, 6, 6]),
        margin(8),
        "tokens are not drawn from the network's conditionals: those already written are pushed down by default; "
        "perplexities and repetition rates are of that penalty as well",
        english_ngram(order=2, length=32),
        40,
    )
