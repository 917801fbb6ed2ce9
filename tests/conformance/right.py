"""Right samplers of every kind of policy as people write them: in float64 or float32, from logits through a softmax.

``Right(policy)`` follows the policy's arguments and nothing of its code; ties fall as floating-point scores have it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from conformance.code import categorical

from maskbound.numerics import Instance, languages, policies


@dataclass(frozen=True)
class Right:
    """Draws from the policy's law; ``shared`` rows in a row are one draw (0: all rows of a call).

    With ``asks_all`` the network is asked about each of them, as where only the random numbers are shared. With
    ``stops`` it is asked no more when all of a call is revealed.
    """

    policy: Any
    shared: int = 1
    dtype: type = np.float64
    asks_all: bool = False
    stops: bool = False

    def __call__(self, oracle, count, seed):
        rng = np.random.default_rng(seed)
        width = self.shared or count
        asked = Repeating(oracle, width, count) if self.asks_all else oracle
        x = self.sample(asked, -(-count // width), rng)
        return np.repeat(x, width, axis=0)[:count]

    def sample(self, oracle, count, rng):
        x = np.full((count, oracle.length), oracle.mask_id)
        sizes = [] if isinstance(self.policy, policies.Bernoulli) else list(getattr(self.policy, "sizes", None) or [])
        for step in range(self.policy.steps):
            masked = x == oracle.mask_id
            if self.stops and not masked.any():
                break
            rows = self.softmax(oracle.logits(x))
            if isinstance(self.policy, policies.Bernoulli):
                chosen = masked & (rng.random(x.shape) * (self.policy.steps - step) < 1)
                tokens = categorical(rows, rng)
            elif isinstance(self.policy, policies.FixedSize):
                chosen = best(np.where(masked, rng.random(x.shape), -1), sizes[step]) & masked
                tokens = categorical(rows, rng)
            elif self.policy.sets is not None:
                chosen = masked & np.isin(np.arange(oracle.length), self.policy.sets[step])
                tokens = categorical(rows, rng)
            else:
                chosen, tokens = self.adaptive(rows, masked, sizes[step] if sizes else None, rng)
            x = np.where(chosen, tokens, x)
        assert (x < oracle.mask_id).all()
        return x

    def softmax(self, logits):
        logits = logits.astype(self.dtype)
        powers = np.exp(logits - logits.max(axis=2, keepdims=True))
        return powers / powers.sum(axis=2, keepdims=True)

    def adaptive(self, rows, masked, size, rng):
        policy = self.policy
        place = np.arange(masked.shape[1]) // policy.block_length
        among = masked & (place == np.where(masked, place, masked.shape[1]).min(axis=1)[:, None])
        drawn = rows
        if policy.temperature == 0:
            drawn = (np.arange(rows.shape[2]) == rows.argmax(axis=2)[..., None]) * 1.0
        elif policy.temperature != 1:
            drawn = rows ** (1 / float(policy.temperature))
        tokens = categorical(drawn, rng)
        if policy.proposes:
            score = np.take_along_axis(rows, tokens[..., None], 2)[..., 0]
        elif policy.score == "confidence":
            score = rows.max(axis=2)
        elif policy.score == "margin":
            score = np.sort(rows, axis=2)[..., -1] - np.sort(rows, axis=2)[..., -2]
        elif policy.score == "entropy":
            score = (rows * np.log(np.where(rows > 0, rows, 1))).sum(axis=2)
        else:
            score = rng.random(masked.shape)
        score = np.where(among, score, -np.inf)
        order = np.arange(masked.shape[1]) if policy.ties == "first" else rng.random(masked.shape)
        ranked = np.lexsort((np.broadcast_to(order, score.shape), -score))
        if size is None:
            ordered = np.take_along_axis(score, ranked, 1)
            if policy.rule == "threshold":
                size = np.maximum((ordered >= float(policy.bound)).sum(axis=1), 1)
            else:
                sums = np.cumsum(np.where(ordered > -np.inf, -ordered, 0), axis=1)
                fits = (sums[:, :-1] <= float(policy.bound)) & (ordered[:, 1:] > -np.inf)
                size = 1 + np.logical_and.accumulate(fits, axis=1).sum(axis=1)
            size = size[:, None]
        rank = ranked.argsort(axis=1)
        return (rank < size) & among, tokens


@dataclass(frozen=True)
class Repeating:
    """An oracle that is asked about each sequence several times."""

    oracle: Any
    width: int
    count: int

    def __getattr__(self, name):
        return getattr(self.oracle, name)

    def logits(self, x):
        return self.oracle.logits(np.repeat(x, self.width, axis=0)[: self.count])[:: self.width]


def best(score, size):
    return (-score).argsort(axis=1).argsort(axis=1) < size


def mirrored(rng, vocab=3):
    """A table of three positions whose first two have permuted conditionals wherever both are masked."""
    weights = rng.integers(1, 30, (vocab,) * 3)
    swap = np.arange(vocab)[::-1]
    weights = weights + weights.transpose(1, 0, 2)[np.ix_(swap, swap, swap)]
    total = int(weights.sum())
    return languages.Tabular(
        vocab, 3, list(np.ndindex((vocab,) * 3)), [f"{w}/{total}" for w in weights.ravel().tolist()]
    )


def claims(rng):
    """Instances of every kind of policy, most of them on languages with ties."""
    chain = languages.markov(
        ["3/5", "3/10", "1/10"], [["1/10", "3/5", "3/10"], ["7/10", "1/5", "1/10"], ["1/20"] * 2 + ["9/10"]], 4
    )
    rules = {"sizes": [2, 1]}, {"sizes": [1, 2]}, {"threshold": "1/2"}, {"steps": 3}
    for ties in ("first", "random"):
        for score in ("confidence", "margin", "entropy"):
            for rule in rules:
                if "threshold" in rule and score == "entropy":
                    rule = {"threshold": -1}
                yield Instance(mirrored(rng), policies.Adaptive(3, score=score, ties=ties, **rule))
        yield Instance(mirrored(rng), policies.Adaptive(3, score="entropy", ties=ties, entropy_bound=1))
        yield Instance(mirrored(rng), policies.Adaptive(3, score="random", ties=ties, sizes=[2, 1]))
        for rule in rules:
            arguments = {"score": "confidence", "order": "sample-then-choose", "ties": ties} | rule
            yield Instance(mirrored(rng), policies.Adaptive(3, **arguments))
        yield Instance(mirrored(rng), policies.Adaptive(3, score="entropy", ties=ties, sizes=[1, 2], temperature="1/2"))
        yield Instance(chain, policies.Adaptive(4, score="confidence", ties=ties, sizes=[1, 1], block_length=2))
        yield Instance(chain, policies.Adaptive(4, score="margin", ties=ties, sizes=[2, 2], temperature=0))
        yield Instance(languages.colouring(4), policies.Adaptive(4, score="confidence", ties=ties, sizes=[2, 2]))
    yield Instance(chain, policies.FixedSize([2, 1, 1]))
    yield Instance(chain, policies.Bernoulli(3))
