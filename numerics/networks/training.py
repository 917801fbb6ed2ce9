"""Fits a transformer to a language, from fresh sequences for every step.

The loss of a sequence: m, the number of masked positions, is uniform on 1..L and so are the positions given m; it is
the mean of ``-log p_theta(x_i | y)`` over these. This is the objective of masked diffusion with its weight 1/t, where
the number of masks is drawn in the place of the rate: per token, its expectation is ``H(q)/L`` plus the mean learning
error of one token at a time in random order (definitions.md#mean_learning_error), so ``H(q)/L`` is the least there is.
"""

from __future__ import annotations

import itertools
import math
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from ..languages import Language
from ..numbers.limits import require_memory
from .threads import one_thread
from .transformer import HEAD_WIDTH, Transformer

__all__ = ["Trained", "steps_within", "train"]

TOKENS_A_STEP = 4096
MOST_ROWS = 256
STEPS_A_DRAW = 64
RATE = 3e-3
"""Of AdamW at its largest; it rises over the first steps and falls as a cosine."""
WARM_UP = 50
LONGEST_GRADIENT = 1.0
POINTS = 200
"""Of the curve of the loss, each a mean over as many steps."""


@dataclass(frozen=True)
class Trained:
    """A network and how its loss fell.

    Attributes
    ----------
    network : Transformer
    loss : (points, 2) float64
        Steps, and the mean loss of the steps since the point before, in nats a token.
    settings : dict
        Steps, rows a step, seed and rate.
    """

    network: Transformer
    loss: NDArray[np.float64]
    settings: dict[str, int | float | str]


@one_thread()
def train(
    language: Language,
    steps: int,
    *,
    width: int = 64,
    layers: int = 2,
    seed: int = 0,
    watch: Callable[[int, float], None] = lambda step, loss: None,
) -> Trained:
    """A transformer fitted to a language.

    Parameters
    ----------
    language : Language
        Sequences are drawn from it, and nothing else is known of it.
    steps : int
        Of AdamW, each on fresh sequences: as many as hold 4096 tokens, at most 256.
    width, layers : int
        Of the transformer; the width is a multiple of 16.
    seed : int
        Of first parameters, sequences and masks. One machine gives the same network again, with one thread.
    watch : callable
        Told the step and its loss, in nats a token.

    Raises
    ------
    BeyondReach
        When the sequences are too long for memory.

    Notes
    -----
    Cost: some ``6 rows L`` operations a step for each of the ``12 layers width^2`` parameters.
    """
    V, L = language.vocab, language.length
    rows = max(1, min(MOST_ROWS, TOKENS_A_STEP // L))
    require_memory(_bytes(rows, language, width, layers), f"training on sequences of {L} tokens at this width")
    rng = np.random.default_rng([seed, V, L])
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = Transformer(V, L, width, layers)
    optimiser = torch.optim.AdamW(network.parameters(), lr=RATE, weight_decay=0.0)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: _rate(step, steps))
    losses = np.empty(steps)
    for step in range(steps):
        if step % STEPS_A_DRAW == 0:
            drawn = torch.from_numpy(language.sample(rows * min(STEPS_A_DRAW, steps - step), rng)).split(rows)
        x = drawn[step % STEPS_A_DRAW]
        hidden = torch.from_numpy(_masks(rows, L, rng))
        logits = network(torch.where(hidden, V, x))
        surprise = nn.functional.cross_entropy(logits.transpose(1, 2), x, reduction="none")
        loss = ((surprise * hidden).sum(dim=1) / hidden.sum(dim=1)).mean()
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), LONGEST_GRADIENT)
        optimiser.step()
        schedule.step()
        losses[step] = loss.item()
        watch(step, losses[step])
    settings: dict[str, int | float | str] = {"steps": steps, "rows": rows, "seed": seed, "rate": RATE}
    return Trained(network.eval(), _points(losses), settings)


def steps_within(seconds: float, language: Language, *, width: int = 64, layers: int = 2, seed: int = 0) -> int:
    """How many steps this machine does in so many seconds, from some that are thrown away."""
    train(language, 3, width=width, layers=layers, seed=seed)
    started = time.perf_counter()
    train(language, tried := 20, width=width, layers=layers, seed=seed)
    return max(1, int(seconds * tried / (time.perf_counter() - started)))


def _bytes(rows: int, language: Language, width: int, layers: int) -> int:
    """What a step keeps in float32: some 20 vectors a token and layer, weights of attention, logits."""
    V, L = language.vocab, language.length
    attention = (width // HEAD_WIDTH) * (3 * rows + 2) * L**2
    return 4 * (layers * (20 * width * rows * L + attention) + 3 * rows * L * V)


def _rate(step: int, steps: int) -> float:
    return min(1.0, (step + 1) / WARM_UP) * (1 + math.cos(math.pi * step / steps)) / 2


def _masks(rows: int, length: int, rng: np.random.Generator) -> NDArray[np.bool_]:
    """Sets of positions (rows, L) of a uniform size from 1 to L."""
    ranks = rng.random((rows, length)).argsort(axis=1).argsort(axis=1)
    return ranks < rng.integers(1, length + 1, size=(rows, 1))


def _points(losses: NDArray[np.float64]) -> NDArray[np.float64]:
    ends = np.unique(np.linspace(0, len(losses), min(POINTS, len(losses)) + 1).astype(np.int64))
    return np.array([(stop, losses[start:stop].mean()) for start, stop in itertools.pairwise(ends)])
