"""dlmserve: the commit step of a server, `dlmserve.sampler`, in the loop that its documentation describes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import torch
from dlmserve.sampler import commit_top_k_by_confidence, commit_with_local_leap, compute_transfer_schedule

from .generate import seeded
from .model import TorchModel
from .setting import LONG, Setting, peaked, proposing

if TYPE_CHECKING:
    from ..conform import SamplerCode
    from ..oracle import Oracle

__all__ = ["PACKAGE", "VERSION", "committing", "settings"]

PACKAGE, VERSION = "dlmserve", "0.1.1"


def committing(commit: Callable[..., Any], steps: int, blocks: int = 1, **arguments: Any) -> SamplerCode:
    """A commit a step, as many positions as its schedule says, block after block."""

    def sampler(oracle: Oracle, count: int, seed: int) -> Any:
        model, size = TorchModel(oracle), oracle.length // blocks
        x = torch.full((count, oracle.length), oracle.mask_id)
        with seeded(seed):
            for end in range(size, oracle.length + 1, size):
                due = compute_transfer_schedule((x[:, end - size : end] == oracle.mask_id).sum(1), steps)
                for step in range(steps):
                    masked = x == oracle.mask_id
                    x = commit(x, model(x).logits, masked, due[:, step], block_end_abs=end, **arguments)
            return x.numpy()

    return sampler


def settings() -> Iterator[Setting]:
    """What is run."""
    proposes = "tokens drawn at the temperature everywhere, the surest committed by their probability at temperature 1"
    yield Setting(
        "commit_top_k_by_confidence",
        "temperature 1, 2 blocks of 8 in 4 steps each",
        proposes,
        proposing(16, sizes=[2] * 4, block_length=8),
        committing(commit_top_k_by_confidence, 4, 2, temperature=1.0),
        "as documented",
        peaked(16),
        LONG,
    )
    yield Setting(
        "commit_top_k_by_confidence",
        "temperature 1/2, 8 steps",
        proposes,
        proposing(16, sizes=[2] * 8, temperature="1/2"),
        committing(commit_top_k_by_confidence, 8, temperature=0.5),
        "as documented",
        peaked(16),
        LONG,
    )
    yield Setting(
        "commit_with_local_leap",
        "temperature 1, 3 steps, anchor 0.8, neighbour 0.5, radius 4",
        "the same, and neighbours of very sure positions besides",
        proposing(),
        committing(commit_with_local_leap, 3, temperature=1.0, anchor_threshold=0.8, neighbor_threshold=0.5, radius=4),
        "as documented, for somebody who knows that the number of positions of a step is only a lower bound",
    )
