"""The oracle as a torch model."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from maskbound.numerics import Instance, languages, policies
from maskbound.numerics.conformance import Oracle
from maskbound.numerics.conformance.adapters import TorchModel
from maskbound.numerics.errors import BadInput

ORACLE = Oracle(Instance(languages.colouring(3), policies.Bernoulli(2)))
IDS = torch.tensor([[3, 3, 3], [0, 3, 3], [0, 3, 2], [1, 1, 3]])


def test_it_says_what_the_oracle_says():
    model = ORACLE.torch()
    logits = model(IDS, attention_mask=torch.ones_like(IDS), use_cache=False).logits
    assert logits.dtype == torch.float32
    assert np.array_equal(logits.numpy(), ORACLE.logits(IDS.numpy()).astype(np.float32))
    assert (model.device.type, model.config.vocab_size, model.config.mask_token_id) == ("cpu", 3, 3)


def test_another_precision():
    assert ORACLE.torch(torch.float64)(IDS).logits.dtype == torch.float64


def test_a_prompt_is_not_looked_at():
    prompt = torch.tensor([[9, 3]]).repeat(len(IDS), 1)
    logits = TorchModel(ORACLE, prompt=2)(torch.cat([prompt, IDS], dim=1)).logits
    assert torch.equal(logits[:, 2:], ORACLE.torch()(IDS).logits)
    assert torch.equal(logits[:, :2], torch.full((4, 2, 3), -math.log(3)))


def test_hidden_positions_are_refused():
    with pytest.raises(BadInput, match="attention_mask"):
        ORACLE.torch()(IDS, attention_mask=torch.tensor([[1, 1, 0]]))


def test_a_column_for_the_mask_and_logits_one_place_early():
    prompt = torch.zeros((len(IDS), 1), dtype=torch.long)
    own = ORACLE.torch()(IDS).logits
    found = TorchModel(ORACLE, prompt=1, extra=1, shift=True)(torch.cat([prompt, IDS], dim=1)).logits
    assert torch.equal(found[:, :-1, :3], own)
    assert (found[..., 3] == -math.inf).all()
    with pytest.raises(BadInput, match="shift"):
        TorchModel(ORACLE, shift=True)


def test_both_halves_of_a_guided_batch_get_the_answer_of_the_first():
    with_prompt, without = (torch.cat([torch.full((len(IDS), 1), v), IDS], dim=1) for v in (0, 3))
    model = TorchModel(ORACLE, prompt=1, guidance=True)
    found = model(torch.cat([with_prompt, without])).logits
    assert torch.equal(found[:4], found[4:])
    assert torch.equal(found[:4, 1:], ORACLE.torch()(IDS).logits)
    with pytest.raises(BadInput, match="guidance"):
        model(torch.cat([with_prompt, without.flip(0)]))
