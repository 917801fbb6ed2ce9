"""An oracle that looks to sampler code as a Hugging Face model does."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import torch

from ...errors import BadInput

if TYPE_CHECKING:
    from ..oracle import Oracle
    from ..trace import Recorder

__all__ = ["TorchLogits", "TorchModel"]


class TorchModel(torch.nn.Module):
    """``model(input_ids, attention_mask=...).logits``, looked up.

    Parameters
    ----------
    oracle : Oracle
    dtype : torch.dtype, optional
        Of the logits; float32 unless given.
    prompt : int
        Columns in front of the oracle's positions, which it does not look at; their logits are ``-log V``.
    extra : int
        Columns of logits after those of the V tokens, for code that expects the mask among the tokens: all -inf.
    shift : bool
        Whether the logits of a position stand one place before it, as in models that began as autoregressive ones.
    guidance : bool
        Whether the second half of the rows is the first half without its prompt, for code that guides: the network
        does not look at the prompt, so both halves get the same answer, and any guidance leaves it as it is.

    Attributes
    ----------
    device, dtype, config
        The processor; as given; ``vocab_size`` (V and the extra columns) and ``mask_token_id``, which is V.

    Raises
    ------
    BadInput
        For a shift without a prompt, which would leave the first position without logits.
    """

    def __init__(
        self,
        oracle: Oracle | Recorder,
        dtype: Any = None,
        prompt: int = 0,
        extra: int = 0,
        shift: bool = False,
        guidance: bool = False,
    ) -> None:
        super().__init__()
        if shift and not prompt:
            raise BadInput("shift", "found no prompt; the logits of the first position stand in one token of prompt")
        self.device = torch.device("cpu")
        self.dtype = torch.float32 if dtype is None else dtype
        self.config = SimpleNamespace(vocab_size=oracle.vocab + extra, mask_token_id=oracle.mask_id)
        self._oracle, self._prompt, self._extra, self._shift, self._guidance = oracle, prompt, extra, shift, guidance
        # Code asks the first parameter on which device it is.
        self.place = torch.nn.Parameter(torch.zeros(1, dtype=self.dtype), requires_grad=False)

    def forward(self, input_ids: torch.Tensor, attention_mask: Any = None, *args: Any, **ignored: Any) -> Any:
        """Logits (B, prompt + L, V + extra) of partial sequences (B, prompt + L); nothing else that models take counts.

        Raises
        ------
        BadInput
            For another shape, type or token, a position that the attention mask hides, or halves that differ in more
            than their prompts.
        """
        if isinstance(attention_mask, torch.Tensor) and not bool((attention_mask != 0).all()):
            raise BadInput("attention_mask", "found hidden positions; only 1 everywhere is accepted")
        answer = input_ids[:, self._prompt :].cpu()
        if self._guidance:
            answer, other = answer.chunk(2)
            if not torch.equal(answer, other):
                raise BadInput("guidance", "found halves of a batch that differ in more than their prompts")
        found = torch.from_numpy(self._oracle.logits(answer.numpy())).to(self.dtype)
        if self._guidance:
            found = found.repeat(2, 1, 1)
        if self._prompt:
            shape = (len(found), self._prompt, self._oracle.vocab)
            found = torch.cat([torch.full(shape, -math.log(self._oracle.vocab), dtype=self.dtype), found], dim=1)
        if self._extra:
            found = torch.nn.functional.pad(found, (0, self._extra), value=-math.inf)
        if self._shift:
            found = torch.cat([found[:, 1:], found[:, :1]], dim=1)
        return SimpleNamespace(logits=found)


class TorchLogits(TorchModel):
    """The same for code that expects logits alone."""

    def forward(self, input_ids: torch.Tensor, *args: Any, **ignored: Any) -> Any:
        """Logits, as those of a :class:`TorchModel`."""
        return super().forward(input_ids).logits
