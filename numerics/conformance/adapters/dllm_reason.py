"""dllm-reason: its block-wise sampler with several rules for positions, `dllm_reason.inference.sampler`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import torch
from dllm_reason.inference.sampler import DiffusionSampler, SamplingConfig
from dllm_reason.scheduler.confidence_scheduler import ConfidenceScheduler
from dllm_reason.scheduler.entropy_scheduler import EntropyScheduler
from dllm_reason.scheduler.maskgit_scheduler import MaskGITCosineScheduler
from dllm_reason.scheduler.random_scheduler import RandomScheduler

from ...policies import Adaptive, FixedSize
from .generate import seeded
from .model import TorchModel
from .setting import LONG, Setting, peaked, proposing

if TYPE_CHECKING:
    from ..conform import SamplerCode
    from ..oracle import Oracle

__all__ = ["PACKAGE", "VERSION", "sampled", "settings"]

PACKAGE, VERSION = "dllm-reason", "1.6.1"


def sampled(scheduler: Any, steps: int, **config: Any) -> SamplerCode:
    """`DiffusionSampler` with one of the package's schedulers, without a prompt."""

    def sampler(oracle: Oracle, count: int, seed: int) -> Any:
        model = TorchModel(oracle, extra=1)
        model.mask_token_id = oracle.mask_id
        given = {"block_length": oracle.length, "temperature": 1.0} | config
        code = DiffusionSampler(model, scheduler, SamplingConfig(num_steps=steps, show_progress=False, **given))
        x = torch.full((count, oracle.length), oracle.mask_id)
        with seeded(seed):
            return code.sample(x, torch.zeros_like(x, dtype=torch.bool), oracle.length).sequences.numpy()

    return sampler


def settings() -> Iterator[Setting]:
    """What is run."""
    yield Setting(
        "ConfidenceScheduler",
        "temperature 1, 8 steps",
        "tokens drawn everywhere with Gumbel noise, the most confident kept",
        proposing(16, sizes=[2] * 8),
        sampled(ConfidenceScheduler(), 8),
        "as documented",
        peaked(16),
        LONG,
    )
    yield Setting(
        "RandomScheduler",
        "temperature 1, 8 steps",
        "positions uniformly at random",
        FixedSize([2] * 8),
        sampled(RandomScheduler(), 8),
        "as documented",
        peaked(16),
        LONG,
    )
    yield Setting(
        "EntropyScheduler",
        "temperature 1, 8 steps",
        "positions of lowest entropy",
        Adaptive(16, score="entropy", sizes=[2] * 8),
        sampled(EntropyScheduler(), 8),
        "as documented",
        peaked(16),
        LONG,
    )
    yield Setting(
        "MaskGITCosineScheduler",
        "temperature 1, 3 steps",
        "after MaskGIT, whose cosine reveals few positions first and many last: 1, 2, 2",
        proposing(sizes=[1, 2, 2]),
        sampled(MaskGITCosineScheduler(), 3),
        "the reverse of MaskGIT's sizes: most positions are revealed when least is known; not to be reported as its "
        "cosine",
    )
