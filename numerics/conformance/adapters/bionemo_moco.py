"""bionemo-moco: masked diffusion, `MDLM` of `bionemo.moco.interpolants`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import torch
from bionemo.moco.distributions.prior import DiscreteMaskedPrior
from bionemo.moco.distributions.time import UniformTimeDistribution
from bionemo.moco.interpolants import MDLM
from bionemo.moco.schedules.noise.continuous_noise_transforms import LogLinearExpNoiseTransform

from ...policies import Adaptive, Bernoulli
from .generate import seeded
from .model import TorchModel
from .setting import LONG, Setting, peaked, proposing

if TYPE_CHECKING:
    from ..conform import SamplerCode
    from ..oracle import Oracle

__all__ = ["PACKAGE", "VERSION", "ancestral", "confident", "settings"]

PACKAGE, VERSION = "bionemo-moco", "0.0.2.2"


def _start(oracle: Oracle, count: int) -> tuple[Any, TorchModel, torch.Tensor]:
    prior = DiscreteMaskedPrior(num_classes=oracle.vocab + 1)
    mdlm = MDLM(UniformTimeDistribution(), prior, LogLinearExpNoiseTransform(eps=0.0))
    return mdlm, TorchModel(oracle, extra=1), torch.full((count, oracle.length), oracle.mask_id)


def ancestral(steps: int, temperature: float = 1.0) -> SamplerCode:
    """`MDLM.step` from time 1 to 0 in equal steps of the log-linear schedule."""

    def sampler(oracle: Oracle, count: int, seed: int) -> Any:
        mdlm, model, x = _start(oracle, count)
        with seeded(seed):
            for k in range(steps, 0, -1):
                t, dt = torch.full((count,), k / steps), torch.full((count,), 1 / steps)
                x = mdlm.step(model(x).logits, t, x, dt, temperature=temperature)
            return x.numpy()

    return sampler


def confident(step: str, size: int = 1, **arguments: Any) -> SamplerCode:
    """`MDLM.step_confidence` or `step_confidence_margin`, so many positions a step."""

    def sampler(oracle: Oracle, count: int, seed: int) -> Any:
        mdlm, model, x = _start(oracle, count)
        steps = oracle.length // size
        with seeded(seed):
            for k in range(steps):
                logits = model(x).logits
                x = getattr(mdlm, step)(logits, x, k, steps, num_tokens_unmask=size, **arguments)
            return x.numpy()

    return sampler


def settings() -> Iterator[Setting]:
    """What is run."""
    yield Setting(
        "MDLM.step",
        "temperature 1, 8 equal steps, log-linear schedule",
        "a step of ancestral sampling",
        Bernoulli(steps=8),
        ancestral(8),
        "as documented",
        peaked(16),
        LONG,
    )
    yield Setting(
        "MDLM.step",
        "temperature 1/2, 8 equal steps, log-linear schedule",
        "the softmax temperature of ancestral sampling",
        Bernoulli(steps=8),
        ancestral(8, temperature=0.5),
        "probabilities are raised to 1/T and not normalised again, so a temperature below 1 also reveals fewer "
        "positions a step, the uncertain ones last, and all that is left in the last step",
        peaked(16),
        LONG,
    )
    yield Setting(
        "MDLM.step_confidence",
        "randomness 0, 2 positions a step",
        "tokens drawn, the most confident unmasked",
        proposing(16, sizes=[2] * 8),
        confident("step_confidence", 2, randomness=0.0),
        "as documented",
        peaked(16),
        LONG,
    )
    yield Setting(
        "MDLM.step_confidence",
        "defaults: randomness 1, confidence_temperature 1",
        "the same with Gumbel noise that falls to 0",
        proposing(sizes=[1] * 5),
        confident("step_confidence"),
        "as documented; confidence_temperature divides confidence and noise alike, so no value of it changes anything",
    )
    yield Setting(
        "MDLM.step_confidence_margin",
        "randomness 0, one position a step",
        "positions of largest margin between the best confidence and the next",
        Adaptive(5, score="margin", sizes=[1] * 5),
        confident("step_confidence_margin", randomness=0.0),
        "the margin is that between two random draws; where the first is the less likely one its logarithm is not a "
        "number, which ranks first: unlikely tokens are preferred",
    )
