"""The schedulers of diffusers that reveal masked tokens, run step by step as its pipelines run them.

`DiscreteDDIMScheduler`, and `BlockRefinementScheduler` without a mask token, revise random tokens in the place of
masks; there is no oracle for that here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import torch

from .extra import require_extra
from .model import TorchModel

require_extra("diffusers")

from diffusers.schedulers import AmusedScheduler, BlockRefinementScheduler, EntropyBoundScheduler  # noqa: E402

if TYPE_CHECKING:
    from ..conform import SamplerCode
    from ..oracle import Oracle

__all__ = ["amused", "block_refinement", "entropy_bound", "topk"]


def block_refinement(steps: int, block_length: int | None = None, **settings: Any) -> SamplerCode:
    """`BlockRefinementScheduler`, block after block, each until no mask is left or its steps are used up.

    Parameters
    ----------
    steps : int
        Of each block.
    block_length : int, optional
        A divisor of L; L unless given.
    **settings
        Arguments of its ``step``: ``temperature`` (0 by default), ``threshold`` (0.95), ``top_p``, ``top_k``, ...
    """

    def sampler(oracle: Oracle, count: int, seed: int) -> Any:
        x, model, generator = _start(oracle, count, seed)
        size = block_length or oracle.length
        scheduler = BlockRefinementScheduler(block_length=size)
        scheduler.set_timesteps(steps, block_length=size)
        for start in range(0, oracle.length, size):
            block = slice(start, start + size)
            for step in range(steps):
                if not bool((x[:, block] == oracle.mask_id).any()):
                    break
                x[:, block] = scheduler.step(
                    model(x).logits[:, block],
                    step,
                    x[:, block],
                    mask_token_id=oracle.mask_id,
                    generator=generator,
                    **settings,
                ).prev_sample
        return x.numpy()

    return sampler


def entropy_bound(steps: int | None = None, **config: Any) -> SamplerCode:
    """`EntropyBoundScheduler`, with a mask in the place of the random tokens that it puts where it accepts none.

    A revealed position is given a logit of 0 at its token and -inf elsewhere, as a denoiser does that knows it: its
    entropy is 0, it is accepted again, and it uses up nothing of the bound.

    Parameters
    ----------
    steps : int, optional
        L unless given, which is always enough.
    **config
        ``entropy_bound`` (0.1 by default), ``t_max`` (0.8), ``t_min`` (0.4).
    """

    def sampler(oracle: Oracle, count: int, seed: int) -> Any:
        x, model, generator = _start(oracle, count, seed)
        scheduler = EntropyBoundScheduler(**config)
        scheduler.set_timesteps(steps or oracle.length)
        for step in scheduler.timesteps:
            masked = x == oracle.mask_id
            known = torch.nn.functional.one_hot(x.clamp(max=oracle.vocab - 1), oracle.vocab).log().to(model.dtype)
            found = scheduler.step(
                torch.where(masked[..., None], model(x).logits, known), int(step), x, generator=generator
            )
            x = torch.where(masked & found.accepted_index, found.sampled_tokens, x)
        return x.numpy()

    return sampler


def amused(steps: int, masking_schedule: str = "cosine", temperature: Any = (2, 0)) -> SamplerCode:
    """`AmusedScheduler`.

    Parameters
    ----------
    steps : int
    masking_schedule : {"cosine", "linear"}
    temperature : number or pair of numbers
        Of the noise in its choice of positions: from the first step to the last.
    """

    def sampler(oracle: Oracle, count: int, seed: int) -> Any:
        x, model, generator = _start(oracle, count, seed)
        scheduler = AmusedScheduler(mask_token_id=oracle.mask_id, masking_schedule=masking_schedule)
        scheduler.set_timesteps(steps, temperature=temperature)
        for step in scheduler.timesteps:
            x = scheduler.step(model(x).logits, int(step), x, generator=generator).prev_sample
        return x.numpy()

    return sampler


def topk(length: int) -> Callable[[dict[int, float], int], list[int]]:
    """How ``torch.topk`` takes the best scores of a sequence, -inf where there is none: by its own way with ties."""

    def best(scores: dict[int, float], due: int) -> list[int]:
        row = torch.full((length,), -torch.inf)
        row[list(scores)] = torch.tensor(list(scores.values()))
        return torch.topk(row, due).indices.tolist()

    return best


def _start(oracle: Oracle, count: int, seed: int) -> tuple[torch.Tensor, TorchModel, torch.Generator]:
    """Everything masked, the oracle as a model, and random numbers."""
    x = torch.full((count, oracle.length), oracle.mask_id, dtype=torch.long)
    return x, TorchModel(oracle), torch.Generator().manual_seed(seed)
