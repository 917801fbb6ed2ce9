"""Code in the style of the released LLaDA repository, as a sampler."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import torch

from .model import TorchModel

if TYPE_CHECKING:
    from ..conform import SamplerCode
    from ..oracle import Oracle

__all__ = ["from_generate"]


def from_generate(
    generate: Callable[..., Any], prompt: Sequence[int] = (), dtype: Any = None, **settings: Any
) -> SamplerCode:
    """A sampler that calls ``generate(model, prompt, gen_length=L, mask_id=V, **settings)``.

    Parameters
    ----------
    generate : callable
        Takes token ids (B, P) and returns (B, P + L), with the random numbers of torch's own generator, which is
        seeded for it and put back afterwards.
    prompt : sequence of int
        The same for every sequence, V for a mask. It is cut off again, and the answer does not depend on it, so that
        right code draws from the same law whatever the prompt.
    dtype : torch.dtype, optional
        Of the logits; float32 unless given.
    **settings
        The other arguments of ``generate``, such as ``steps``, ``block_length``, ``temperature``, ``remasking``; also
        ``gen_length`` and ``mask_id`` where it calls them so and they are to be others.
    """

    def sampler(oracle: Oracle, count: int, seed: int) -> Any:
        model = TorchModel(oracle, dtype, prompt=len(prompt))
        given = torch.tensor(list(prompt), dtype=torch.long).repeat(count, 1)
        arguments = {"gen_length": oracle.length, "mask_id": oracle.mask_id} | settings
        with torch.random.fork_rng(devices=[]), torch.no_grad():
            torch.manual_seed(seed)
            return generate(model, given, **arguments)[:, len(prompt) :].numpy()

    return sampler
