"""dantinox: masked diffusion in JAX, `dantinox.core.generation.diffusion_generate`."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import jax.numpy as jnp
import numpy as np
from dantinox.core.diffusion import make_noise_schedule
from dantinox.core.generation import stream_diffusion_generate
from flax import nnx

from ...policies import Adaptive, Bernoulli
from .jax_model import JaxModel
from .setting import LONG, Setting, peaked

if TYPE_CHECKING:
    from ..conform import SamplerCode
    from ..oracle import Oracle

__all__ = ["PACKAGE", "VERSION", "generated", "settings"]

PACKAGE, VERSION = "dantinox", "0.4.14"


class _Network(nnx.Module):
    """What its compiled loop calls."""

    def __init__(self, oracle: Oracle) -> None:
        self.answer = nnx.static(JaxModel(oracle))

    def __call__(self, x: Any, **ignored: Any) -> Any:
        return SimpleNamespace(logits=self.answer(x))


def generated(steps: int, **arguments: Any) -> SamplerCode:
    """`stream_diffusion_generate` of the linear schedule of 1000 times, its last yield."""

    def sampler(oracle: Oracle, count: int, seed: int) -> Any:
        given = {"num_sampling_steps": steps, "batch_size": count, "seed": seed % 2**32} | arguments
        network, schedule = _Network(oracle), make_noise_schedule("linear")
        for _, _, found in stream_diffusion_generate(network, None, oracle.length, schedule, oracle.mask_id, **given):
            x = found
        return np.asarray(jnp.asarray(x))

    return sampler


def settings() -> Iterator[Setting]:
    """What is run."""
    yield Setting(
        "diffusion_generate",
        "sample, 8 steps, temperature 1",
        "that many denoising steps, then what is still masked",
        Bernoulli(steps=8),
        generated(8),
        "as documented",
        peaked(16),
        LONG,
    )
    yield Setting(
        "diffusion_generate",
        "sample, 3 steps, temperature 1",
        "that many denoising steps, then what is still masked",
        Bernoulli(steps=3),
        generated(3),
        "1000 times are divided by the whole part of 1000/N: 3 steps are 4, 300 are 334, 600 are 1000; step counts "
        "that are reported must be counted",
        peaked(16),
        LONG,
    )
    yield Setting(
        "diffusion_generate",
        "confidence, threshold 0.6, temperature 1, 16 steps",
        "positions whose confidence reaches the threshold",
        Adaptive(16, score="confidence", threshold="3/5"),
        generated(16, decoding_strategy="confidence", confidence_threshold=0.6),
        "the likeliest token is taken: temperature and seed have no effect in this strategy",
        peaked(16),
        LONG,
    )
