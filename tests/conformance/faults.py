"""Samplers with the faults that released ones were found to have, as their users would meet them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from conformance.code import categorical
from conformance.right import Right


def softmax(logits):
    powers = np.exp(logits - logits.max(axis=2, keepdims=True))
    return powers / powers.sum(axis=2, keepdims=True)


def ranks(score):
    return np.argsort(np.argsort(-score, axis=1, kind="stable"), axis=1, kind="stable")


def redrawing(sizes):
    """Draws a token everywhere at each step and keeps so many in all, revealed positions first."""

    def sample(oracle, count, seed):
        rng = np.random.default_rng(seed)
        x = np.full((count, oracle.length), oracle.mask_id)
        for kept in np.cumsum(sizes):
            rows = softmax(oracle.logits(x))
            tokens = categorical(rows, rng)
            score = np.take_along_axis(rows, tokens[..., None], 2)[..., 0]
            score = np.where(x == oracle.mask_id, score, 2.0)
            x = np.where(ranks(score) < kept, tokens, oracle.mask_id)
        return x

    return sample


def with_replacement(oracle, count, seed):
    """One step that picks as many positions as there are, some of them twice."""
    rng = np.random.default_rng(seed)
    x = np.full((count, oracle.length), oracle.mask_id)
    tokens = categorical(softmax(oracle.logits(x)), rng)
    for _ in range(oracle.length):
        i = rng.integers(0, oracle.length, count)
        x[np.arange(count), i] = tokens[np.arange(count), i]
    return x


def quantised(steps):
    """At each step the expected number of positions, rounded down, in the place of each with its hazard."""

    def sample(oracle, count, seed):
        rng = np.random.default_rng(seed)
        x = np.full((count, oracle.length), oracle.mask_id)
        for left in range(steps, 0, -1):
            masked = x == oracle.mask_id
            due = masked.sum(axis=1) // left
            tokens = categorical(softmax(oracle.logits(x)), rng)
            chosen = ranks(np.where(masked, rng.random(x.shape), -1)) < due[:, None]
            x = np.where(chosen & masked, tokens, x)
        return x

    return sample


def replaced_afterwards(code, share):
    """A clean-up pass that puts uniform tokens in."""

    def sample(oracle, count, seed):
        x, rng = code(oracle, count, seed), np.random.default_rng([seed, 1])
        return np.where(rng.random(x.shape) < share, rng.integers(0, oracle.vocab, x.shape), x)

    return sample


def row_by_row(code):
    """The network is asked about one sequence at a time."""

    def sample(oracle, count, seed):
        return np.concatenate([code(oracle, 1, seed + row) for row in range(count)])

    return sample


def ignoring_seeds(code):
    """Every call has the random numbers of the same seed."""
    return lambda oracle, count, seed: code(oracle, count, 7)


@dataclass(frozen=True)
class MostUncertainFirst(Right):
    """The sign of the entropy is wrong."""

    def adaptive(self, rows, masked, size, rng):
        entropy = -(rows * np.log(np.where(rows > 0, rows, 1))).sum(axis=2)
        return (ranks(np.where(masked, entropy, -np.inf)) < size) & masked, categorical(rows, rng)


@dataclass(frozen=True)
class SomeUniform(Right):
    """A share of the tokens is drawn uniformly."""

    share: float = 0.0

    def adaptive(self, rows, masked, size, rng):
        chosen, tokens = super().adaptive(rows, masked, size, rng)
        uniform = rng.integers(0, rows.shape[2], tokens.shape)
        return chosen, np.where(rng.random(tokens.shape) < self.share, uniform, tokens)
