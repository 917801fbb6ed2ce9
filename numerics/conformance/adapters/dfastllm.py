"""dfastllm: `diffusion_generate`, `dfastllm.engine.diffusion_sampler`."""

from __future__ import annotations

from collections.abc import Iterator

from dfastllm.engine.diffusion_sampler import diffusion_generate

from .generate import from_generate
from .setting import LONG, Setting, peaked, proposing

__all__ = ["PACKAGE", "VERSION", "settings"]

PACKAGE, VERSION = "dfastllm", "0.0.4"


def settings() -> Iterator[Setting]:
    """What is run."""
    yield Setting(
        "diffusion_generate",
        "temperature 1, 8 steps",
        "tokens drawn with Gumbel noise everywhere, the most confident unmasked",
        proposing(16, sizes=[2] * 8),
        from_generate(diffusion_generate, steps=8, block_length=16, temperature=1.0),
        "as documented",
        peaked(16),
        LONG,
    )
    yield Setting(
        "diffusion_generate",
        "temperature 1, 2 blocks of 8 in 4 steps each, after 2 tokens of prompt",
        "the same, block after block",
        proposing(16, sizes=[2] * 4, block_length=8),
        from_generate(diffusion_generate, (0, 1), steps=8, block_length=8, temperature=1.0),
        "as documented",
        peaked(16),
        LONG,
    )
    yield Setting(
        "diffusion_generate",
        "use_adaptive_steps, as in its configuration's defaults; one sequence at a time, 20 steps",
        "dynamically fewer steps, by confidence",
        proposing(20, sizes=[1] * 20),
        from_generate(
            diffusion_generate, one_at_a_time=True, steps=20, block_length=20, temperature=1.0, use_adaptive_steps=True
        ),
        "once 95 % of the positions are revealed it returns: of 20 one is left masked in every sequence. In a batch "
        "the share is that of all rows against one row's length, and the confidence their mean: results depend on the "
        "batch size",
        peaked(20),
        30,
    )
