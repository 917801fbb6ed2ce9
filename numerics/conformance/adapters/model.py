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

__all__ = ["TorchModel"]


class TorchModel:
    """``model(input_ids, attention_mask=...).logits``, looked up.

    Parameters
    ----------
    oracle : Oracle
    dtype : torch.dtype, optional
        Of the logits; float32 unless given.
    prompt : int
        Columns in front of the oracle's positions, which it does not look at; their logits are ``-log V``.

    Attributes
    ----------
    device, dtype, config
        The processor; as given; ``vocab_size`` and ``mask_token_id``, which are both V.
    """

    def __init__(self, oracle: Oracle | Recorder, dtype: Any = None, prompt: int = 0) -> None:
        self.device = torch.device("cpu")
        self.dtype = torch.float32 if dtype is None else dtype
        self.config = SimpleNamespace(vocab_size=oracle.vocab, mask_token_id=oracle.mask_id)
        self._oracle, self._prompt = oracle, prompt

    def __call__(self, input_ids: torch.Tensor, attention_mask: torch.Tensor | None = None, **ignored: Any) -> Any:
        """Logits (B, prompt + L, V) of partial sequences (B, prompt + L); of what else models take, nothing counts.

        Raises
        ------
        BadInput
            For another shape, type or token, or a position that the attention mask hides.
        """
        if attention_mask is not None and not bool((attention_mask != 0).all()):
            raise BadInput("attention_mask", "found hidden positions; only 1 everywhere is accepted")
        found = torch.from_numpy(self._oracle.logits(input_ids[:, self._prompt :].cpu().numpy())).to(self.dtype)
        if self._prompt:
            shape = (len(found), self._prompt, self._oracle.vocab)
            found = torch.cat([torch.full(shape, -math.log(self._oracle.vocab), dtype=self.dtype), found], dim=1)
        return SimpleNamespace(logits=found)
