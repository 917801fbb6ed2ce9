"""Code in the style of the released LLaDA repository, as a sampler."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import torch

from ...errors import BadInput
from .model import TorchModel

if TYPE_CHECKING:
    from ..conform import SamplerCode
    from ..oracle import Oracle

__all__ = ["from_generate", "seeded"]


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Random numbers of torch's own generator from a seed, put back afterwards; no gradients."""
    with torch.random.fork_rng(devices=[]), torch.no_grad():
        torch.manual_seed(seed)
        yield


def from_generate(
    generate: Callable[..., Any],
    prompt: Sequence[int] = (),
    dtype: Any = None,
    *,
    extra: int = 0,
    shift: bool = False,
    guidance: bool = False,
    one_at_a_time: bool = False,
    **settings: Any,
) -> SamplerCode:
    """A sampler that calls ``generate(model, prompt, gen_length=L, mask_id=V, **settings)``.

    Parameters
    ----------
    generate : callable
        Takes token ids (B, P) and returns (B, P + L), alone or as the first of several, with the random numbers of
        torch's own generator, which is seeded for it and put back afterwards.
    prompt : sequence of int
        The same for every sequence, V for a mask. It must come back unchanged; the answer does not depend on it, so
        that right code draws from the same law whatever the prompt.
    dtype : torch.dtype, optional
        Of the logits; float32 unless given.
    extra, shift, guidance
        As in :class:`TorchModel`.
    one_at_a_time : bool
        Whether it takes only one sequence.
    **settings
        The other arguments of ``generate``, such as ``steps``, ``block_length``, ``temperature``, ``remasking``; also
        ``gen_length`` and ``mask_id`` where it calls them so and they are to be others.
    """

    def one_call(oracle: Oracle, count: int) -> Any:
        model = TorchModel(oracle, dtype, len(prompt), extra, shift, guidance)
        given = torch.tensor(list(prompt), dtype=torch.long).repeat(count, 1)
        arguments = {"gen_length": oracle.length, "mask_id": oracle.mask_id} | settings
        found = generate(model, given.clone(), **arguments)
        found = found[0] if isinstance(found, tuple) else found
        if not torch.equal(found[:, : len(prompt)], given):
            raise BadInput("prompt", "it did not come back as it was given")
        return found[:, len(prompt) :]

    def sampler(oracle: Oracle, count: int, seed: int) -> Any:
        with seeded(seed):
            if one_at_a_time:
                return torch.cat([one_call(oracle, 1) for _ in range(count)]).numpy()
            return one_call(oracle, count).numpy()

    return sampler
