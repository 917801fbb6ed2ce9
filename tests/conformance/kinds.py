"""Wrong code put together: how many positions, which, and what is written there, each right or wrong in a usual way."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from conformance.code import categorical
from conformance.faults import ranks

from maskbound.numerics import Instance, languages, policies

L = 13
SIZES = (2, 3, 4, 4)
TRANSITION = [["11/100", "59/100", "3/10"], ["71/100", "19/100", "1/10"], ["1/25", "7/100", "89/100"]]
CHAIN = languages.markov(["59/100", "3/10", "11/100"], TRANSITION, L)
"""Three tokens; there are too many sequences for a final law, and no two contexts are alike."""
CLAIM = Instance(CHAIN, policies.Adaptive(L, score="confidence", sizes=SIZES))

KINDS = {
    "sizes": {
        "reversed": "reversed",
        "one more": "one more a step",
        "remainder last": "the remainder last",
        "one at a time": "one at a time",
        "all at once": "all at once",
        "masks left": "1 masks left",
    },
    "positions": {
        "random": "uniformly at random",
        "margin": "by margin",
        "entropy": "by entropy",
        "uncertain": "by most uncertain first",
        "left": "by left to right",
        "right": "by right to left",
        "stale": "by largest probability, of the previous step",
        "drawn": "by probability of the drawn token",
    },
    "tokens": {
        "greedy": "the likeliest token",
        "cool": "temperature",
        "hot": "temperature",
        "top-2": "top-2",
        "nucleus": "nucleus 0.8",
        "replaced": "30 % of the tokens drawn uniformly",
        "last greedy": "the likeliest token at the last step",
        "stale": "the conditionals of the previous step",
    },
}
"""What each kind is called; a temperature with its range."""

NUMBERS = {
    "reversed": SIZES[::-1],
    "one more": (3, 4, 5, 1),
    "remainder last": (3, 3, 3, 4),
    "one at a time": (1,) * L,
    "all at once": (L,),
    "masks left": (2, 3, 4, 3),
}


@dataclass(frozen=True)
class Made:
    """The claim's code but for what is named."""

    sizes: str = "claimed"
    positions: str = "claimed"
    tokens: str = "claimed"
    claimed: tuple[int, ...] = SIZES
    block: int | None = None

    def __call__(self, oracle, count, seed):
        rng, previous = np.random.default_rng(seed), None
        x = np.full((count, oracle.length), oracle.mask_id)
        sizes = self.claimed if self.sizes == "claimed" else NUMBERS[self.sizes]
        for step, size in enumerate(sizes, 1):
            rows = np.exp(oracle.logits(x))
            previous = rows if previous is None else previous
            last = step == len(sizes)
            tokens = categorical(self.law(previous if self.tokens == "stale" else rows, last), rng)
            if self.tokens == "replaced":
                tokens = np.where(rng.random(x.shape) < 0.3, rng.integers(0, oracle.vocab, x.shape), tokens)
            score = self.score(previous if self.positions == "stale" else rows, tokens, rng)
            among = self.among(x == oracle.mask_id)
            x = np.where((ranks(np.where(among, score, -np.inf)) < size) & among, tokens, x)
            previous = rows
        return x

    def among(self, masked):
        if self.block is None:
            return masked
        place = np.arange(masked.shape[1]) // self.block
        return masked & (place == np.where(masked, place, masked.shape[1]).min(axis=1)[:, None])

    def law(self, rows, last):
        if self.tokens == "greedy" or (self.tokens == "last greedy" and last):
            return (rows == rows.max(axis=2, keepdims=True)) * 1.0
        if self.tokens in ("cool", "hot"):
            return rows ** (1 / 0.7 if self.tokens == "cool" else 1 / 1.4)
        ordered = -np.sort(-rows, axis=2)
        if self.tokens == "top-2":
            return rows * (rows >= ordered[..., 1:2])
        if self.tokens == "nucleus":
            kept = (np.cumsum(ordered, axis=2) - ordered < 0.8).sum(axis=2, keepdims=True)
            return rows * (rows >= np.take_along_axis(ordered, kept - 1, 2))
        return rows

    def score(self, rows, tokens, rng):
        ordered = np.sort(rows, axis=2)
        entropy = -(rows * np.log(np.where(rows > 0, rows, 1))).sum(axis=2)
        place = np.broadcast_to(np.arange(rows.shape[1]), entropy.shape)
        return {
            "random": rng.random(entropy.shape),
            "margin": ordered[..., -1] - ordered[..., -2],
            "entropy": -entropy,
            "uncertain": entropy,
            "left": -place,
            "right": place,
            "drawn": np.take_along_axis(rows, tokens[..., None], 2)[..., 0],
        }.get(self.positions, ordered[..., -1])


def pairs(count, seed=0):
    """Random pairs of kinds of two components, none twice.

    All at once leaves no choice; one at a time from the right is what the largest margin chooses here, too.
    """
    rng, found = np.random.default_rng(seed), {}
    while len(found) < count:
        parts = [list(KINDS)[i] for i in sorted(rng.permutation(len(KINDS))[:2])]
        chosen = {part: str(rng.choice(list(KINDS[part]))) for part in parts}
        if "all at once" not in chosen.values() and {"one at a time", "right"} - set(chosen.values()):
            found[" and ".join(chosen.values())] = chosen
    return found
