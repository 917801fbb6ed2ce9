"""Samplers as people write them, vectorised over sequences: right ones, and each usual mistake as one argument.

Written against the oracle's public face only, and independent of the policies and laws of the product.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Code:
    """Reveals ``sizes[k]`` positions at step k, the best by confidence or at random, as a user's code would."""

    sizes: tuple[int, ...]
    by_confidence: bool = True
    propose: bool = False
    last_of_ties: bool = False
    all_of_ties: bool = False
    temperature: float = 1.0
    score_drawn: bool = False
    top: int | None = None
    nucleus: float | None = None
    drop_crossing: bool = False
    stale: bool = False
    fill_rest: bool = False
    leave_masks: bool = False
    block: int | None = None

    def __call__(self, oracle, count, seed):
        rng = np.random.default_rng(seed)
        x = np.full((count, oracle.length), oracle.mask_id)
        previous = None
        left = oracle.length
        for size in self.sizes:
            left -= size
            rows = np.exp(oracle.logits(x))
            used = previous if self.stale and previous is not None else rows
            previous = rows
            drawn = self._drawn(used)
            tokens = categorical(drawn, rng)
            scored = drawn if self.score_drawn else used
            score = rng.random(x.shape)
            if self.by_confidence:
                score = np.take_along_axis(scored, tokens[..., None], 2)[..., 0] if self.propose else scored.max(axis=2)
            candidates = self._candidates(x, oracle.mask_id)
            if self.all_of_ties:
                best = self._down_to(score, candidates, candidates.sum(axis=1) - left)
            else:
                best = self._best(score, candidates, size)
            x = np.where(best, tokens, x)
        if self.fill_rest:
            x = np.where(x == oracle.mask_id, oracle.logits(x).argmax(axis=2), x)
        elif not self.leave_masks:
            assert (x < oracle.mask_id).all()
        return x

    def _drawn(self, rows):
        rows = tempered(rows, self.temperature)
        if self.top is None and self.nucleus is None:
            return rows
        order = np.argsort(-rows, axis=2, kind="stable")
        ranked = np.take_along_axis(rows, order, 2)
        kept = np.ones(rows.shape, dtype=bool)
        if self.top is not None:
            kept[..., self.top :] = False
        if self.nucleus is not None:
            before = np.cumsum(ranked, axis=2) - ranked
            kept &= before < self.nucleus
            if self.drop_crossing:
                # The crossing token is the last that is kept; one always stays.
                kept[..., :-1] &= kept[..., 1:]
                kept[..., -1] = False
                kept[..., 0] = True
        cut = np.zeros_like(rows)
        np.put_along_axis(cut, order, np.where(kept, ranked, 0.0), 2)
        return cut / cut.sum(axis=2, keepdims=True)

    def _candidates(self, x, mask_id):
        masked = x == mask_id
        if self.block is None:
            return masked
        place = np.arange(x.shape[1]) // self.block
        current = np.where(masked, place, x.shape[1]).min(axis=1)
        return masked & (place == current[:, None])

    def _best(self, score, candidates, size):
        score = np.where(candidates, score, -np.inf)
        if self.last_of_ties:
            return self._first(score[:, ::-1], size)[:, ::-1] & candidates
        return self._first(score, size) & candidates

    def _down_to(self, score, candidates, due):
        score = np.where(candidates, score, -np.inf)
        place = np.clip(due - 1, 0, None)[:, None]
        cut = np.take_along_axis(-np.sort(-score, axis=1), place, 1)
        return (score >= cut) & candidates & (due > 0)[:, None]

    def _first(self, score, size):
        rank = np.argsort(np.argsort(-score, axis=1, kind="stable"), axis=1, kind="stable")
        return rank < size


def bernoulli(steps):
    """The reverse process: each masked position with hazard ``1/(N-k+1)``."""

    def sample(oracle, count, seed):
        rng = np.random.default_rng(seed)
        x = np.full((count, oracle.length), oracle.mask_id)
        for left in range(steps, 0, -1):
            tokens = categorical(np.exp(oracle.logits(x)), rng)
            x = np.where((x == oracle.mask_id) & (rng.random(x.shape) * left < 1), tokens, x)
        return x

    return sample


def tempered(rows, temperature):
    """``c^(1/T)`` normalised."""
    powers = rows if temperature == 1 else rows ** (1 / temperature)
    return powers / powers.sum(axis=2, keepdims=True)


def categorical(rows, rng):
    """One token from each row, never one of probability zero."""
    u = rng.random(rows.shape[:2])[..., None] * rows.sum(axis=2, keepdims=True)
    drawn = (np.cumsum(rows, axis=2) <= u).sum(axis=2)
    last = rows.shape[2] - 1 - (rows[..., ::-1] > 0).argmax(axis=2)
    return np.minimum(drawn, last)
