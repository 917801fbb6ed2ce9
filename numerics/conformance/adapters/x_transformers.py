"""x-transformers: mask-predict decoding, `NonAutoregressiveWrapper`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import torch
from x_transformers.nonautoregressive_wrapper import NonAutoregressiveWrapper

from .generate import seeded
from .model import TorchModel
from .setting import Setting, proposing

if TYPE_CHECKING:
    from ..conform import SamplerCode
    from ..oracle import Oracle

__all__ = ["PACKAGE", "VERSION", "mask_predict", "settings"]

PACKAGE, VERSION = "x-transformers", "2.31.10"


class _Net(TorchModel):
    """Answers with logits and embeddings."""

    def __init__(self, oracle: Oracle) -> None:
        super().__init__(oracle)
        self.emb_dim, self.num_tokens, self.max_seq_len = 1, oracle.vocab, oracle.length

    def forward(self, input_ids: torch.Tensor, *args: Any, **ignored: Any) -> Any:
        return super().forward(input_ids).logits, None


def mask_predict(steps: int, **arguments: Any) -> SamplerCode:
    """`NonAutoregressiveWrapper.generate`."""

    def sampler(oracle: Oracle, count: int, seed: int) -> Any:
        code = NonAutoregressiveWrapper(_Net(oracle), mask_id=oracle.mask_id, steps=steps)
        with seeded(seed):
            return code.generate(batch_size=count, **arguments).numpy()

    return sampler


def settings() -> Iterator[Setting]:
    """What is run."""
    yield Setting(
        "NonAutoregressiveWrapper",
        "start_temperature 1, filter_thres 0, 3 steps",
        "MaskGIT's decoding, linear schedule, temperature from 1",
        proposing(sizes=[2, 2, 1]),
        mask_predict(3, filter_thres=0.0),
        "temperatures of N steps are (N-1)/N, ..., 1/N and nearly 0: the first is not start_temperature, the last step "
        "is greedy",
    )
    yield Setting(
        "NonAutoregressiveWrapper",
        "defaults (start_temperature 1, filter_thres 0.7) in 3 steps",
        "as before, from the best 30 % of the tokens",
        proposing(sizes=[2, 2, 1]),
        mask_predict(3),
        "of three tokens one is left: samples are greedy. With few tokens filter_thres must be lowered",
    )
