"""diffusers: the settings of its schedulers whose steps are followed; `schedulers` runs them."""

from __future__ import annotations

from collections.abc import Iterator

from ...policies import Adaptive
from .schedulers import amused, block_refinement, entropy_bound
from .setting import LONG, Setting, peaked, proposing

__all__ = ["PACKAGE", "VERSION", "settings"]

PACKAGE, VERSION = "diffusers", "0.42.1"


def settings() -> Iterator[Setting]:
    """What is run."""
    yield Setting(
        "BlockRefinementScheduler",
        "temperature 1, no threshold, 2 blocks of 8 in 4 steps each",
        "a token drawn at every mask of the block, the most confident committed",
        proposing(16, sizes=[2] * 4, block_length=8),
        block_refinement(4, 8, temperature=1.0, threshold=2.0),
        "as documented",
        peaked(16),
        LONG,
    )
    yield Setting(
        "BlockRefinementScheduler",
        "temperature 1/2, no threshold, 8 steps",
        "the same; whether confidences are those after the temperature is left open",
        proposing(16, sizes=[2] * 8, temperature="1/2"),
        block_refinement(8, temperature=0.5, threshold=2.0),
        "confidences are probabilities after the temperature: the order of positions changes with it",
        peaked(16),
        LONG,
    )
    yield Setting(
        "BlockRefinementScheduler",
        "temperature 1, no threshold, minimal_topk 2, 5 steps",
        "at least 2 tokens a step",
        proposing(sizes=[2, 2, 1]),
        block_refinement(5, temperature=1.0, threshold=2.0, minimal_topk=2),
        "step takes minimal_topk and does not use it: one token a step, and five network calls for three",
    )
    yield Setting(
        "EntropyBoundScheduler",
        "entropy_bound 0.5, temperature 1",
        "positions in rising order of entropy while sum H - max H is at most the bound",
        Adaptive(16, score="entropy", entropy_bound="1/2"),
        entropy_bound(entropy_bound=0.5, t_max=1.0, t_min=1.0),
        "as documented",
        peaked(16),
        LONG,
    )
    yield Setting(
        "AmusedScheduler",
        "linear schedule, temperature 0, 8 steps",
        "a token drawn at every mask, the least confident masked again",
        proposing(16, sizes=[2] * 8),
        amused(8, "linear", (0, 0)),
        "all proposals at the cut-off are revealed at once, so that steps are larger where confidences are equal",
        peaked(16),
        LONG,
    )
    yield Setting(
        "AmusedScheduler",
        "defaults (cosine schedule, temperature from 2 to 0), 3 steps",
        "the temperature is that of noise in the choice of positions",
        proposing(sizes=[1, 2, 2]),
        amused(3),
        "as documented; a temperature of 0 here is not greedy decoding, tokens are drawn at 1 whatever it is",
    )
