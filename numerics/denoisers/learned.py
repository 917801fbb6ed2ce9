"""Conditionals counted from a seeded sample of the language (definitions.md#denoisers)."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from ..errors import BadInput, shown
from ..languages import Language
from ..numbers.enclosure import gamma
from ..numbers.limits import require_memory
from ..numbers.probabilities import number, whole, written
from ..spec.table import Count, Number, Seed
from .base import Denoiser, NearRule, Predictor
from .kind import DenoiserTable

__all__ = ["Learned", "nearest_neighbours"]

CONTEXTS = ("full", "neighbours")
CELLS_AT_ONCE = 1 << 24
LARGEST_PSEUDO_COUNT = 10**15


class Learned(Denoiser):
    """``(count(v, context) + pseudo) / (count(context) + V pseudo)``; an unseen context draws uniformly.

    Parameters
    ----------
    samples : int
        Sequences drawn from the language.
    seed : int
    pseudo_count : number
        Added to every count of a token.
    context : {"full", "neighbours"}
        The whole revealed context, or the two nearest revealed neighbours with their distances, pooled over
        positions.
    """

    def __init__(
        self, samples: int, seed: int = 0, pseudo_count: Any = 0, context: Literal["full", "neighbours"] = "full"
    ) -> None:
        self.samples = whole(samples, "samples", 1)
        self.seed = whole(seed, "seed")
        self.pseudo_count = number(pseudo_count, "pseudo_count")
        if not 0 <= self.pseudo_count <= LARGEST_PSEUDO_COUNT or 0 < self.pseudo_count < Fraction(
            1, LARGEST_PSEUDO_COUNT
        ):
            raise BadInput(
                "pseudo_count", f"found {shown(self.pseudo_count)}; 0 or a number from 1e-15 to 1e15 is accepted"
            )
        if context not in CONTEXTS:
            raise BadInput("context", f"found {shown(context)}; one of {', '.join(CONTEXTS)} is accepted")
        self.context = context

    @property
    def rational(self) -> bool:
        return isinstance(self.pseudo_count, Fraction)

    def depth(self, vocab: int, exact_depth: int) -> int:
        return 5

    def training_set(self, language: Language) -> NDArray[np.int64]:
        """The sample that is counted, shape (samples, L)."""
        return language.sample(self.samples, np.random.default_rng(self.seed))

    def predictor(self, language: Language) -> Predictor:
        seen = self.training_set(language)
        counted = _full_counts if self.context == "full" else _neighbour_counts
        counts = counted(seen, language.vocab)

        def smoothed(y: NDArray[np.int64], exact: NDArray[np.float64]) -> NDArray[np.float64]:
            return self.smoothed(counts(y), language.vocab)

        return smoothed

    def smoothed(self, counts: NDArray[np.float64], vocab: int) -> NDArray[np.float64]:
        """Token counts (..., V) turned into conditionals."""
        pseudo = float(self.pseudo_count)
        totals = counts.sum(axis=-1, keepdims=True)
        uniform = np.full_like(counts, 1 / vocab)
        return np.divide(counts + pseudo, totals + vocab * pseudo, out=uniform, where=totals > 0)

    def near_rule(self, language: Language) -> NearRule | None:
        if self.context != "neighbours":
            return None
        V, L, pseudo = language.vocab, language.length, float(self.pseudo_count)
        training_set = cache(lambda: self.training_set(language))

        def predict(left: int, right: int, exact: NDArray[np.float64]) -> NDArray[np.float64]:
            counts = _joint_counts(training_set(), V, left, right)
            counts = counts[:V] if left else counts[V:]
            return self.smoothed(counts[:, :V] if right else counts[:, V:], V)

        least = pseudo / (self.samples * L + V * pseudo) * (1 - gamma(8))
        return NearRule(predict, reach=L, least=min(least, 1 / (2 * V)), price=10.0 * self.samples * L)

    def written(self) -> dict[str, Any]:
        return {
            "kind": "learned",
            "samples": self.samples,
            "seed": self.seed,
            "pseudo_count": written(self.pseudo_count),
            "context": self.context,
        }

    def __repr__(self) -> str:
        return (
            f"Learned(samples={self.samples}, seed={self.seed}, pseudo_count={self.pseudo_count}, "
            f"context={self.context!r})"
        )


def _full_counts(seen: NDArray[np.int64], vocab: int) -> Any:
    """Counts of (token, everything revealed): sample sequences that agree with ``y``."""
    one_hot = (seen[:, :, None] == np.arange(vocab)).astype(np.float64).reshape(len(seen), -1)

    def counts(y: NDArray[np.int64]) -> NDArray[np.float64]:
        out = np.empty((*y.shape, vocab))
        step = max(1, CELLS_AT_ONCE // seen.size)
        for start in range(0, len(y), step):
            part = y[start : start + step, None, :]
            agrees = ((part == seen) | (part == vocab)).all(axis=-1)
            out[start : start + step] = (agrees.astype(np.float64) @ one_hot).reshape(-1, seen.shape[1], vocab)
        return out

    return counts


def _neighbour_counts(seen: NDArray[np.int64], vocab: int) -> Any:
    """Counts of (token, nearest revealed neighbours and their distances), pooled over positions."""
    joint = cache(lambda left, right: _joint_counts(seen, vocab, left, right))

    def counts(y: NDArray[np.int64]) -> NDArray[np.float64]:
        out = np.zeros((*y.shape, vocab))
        left, right, before, after = nearest_neighbours(y, vocab)
        masked = y == vocab
        for g, h in np.unique(np.stack([left[masked], right[masked]], axis=-1), axis=0):
            here = masked & (left == g) & (right == h)
            out[here] = joint(int(g), int(h))[before[here], after[here]]
        return out

    return counts


def _joint_counts(seen: NDArray[np.int64], vocab: int, left: int, right: int) -> NDArray[np.float64]:
    """Counts of tokens at distances ``left`` and ``right`` of a third (0: no neighbour), (V+1, V+1, V)."""
    length, V = seen.shape[1], vocab
    if left + right >= length:
        return np.zeros((V + 1, V + 1, V))
    middle = seen[:, left : length - right]
    none = np.full_like(middle, V)
    before = seen[:, : length - right - left] if left else none
    after = seen[:, left + right :] if right else none
    cells = (before * (V + 1) + after) * V + middle
    return np.bincount(cells.ravel(), minlength=(V + 1) ** 2 * V).reshape(V + 1, V + 1, V).astype(np.float64)


def nearest_neighbours(
    y: NDArray[np.integer], vocab: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Distances to the nearest revealed neighbours and their tokens.

    Returns
    -------
    left, right : (n, L) int64
        Distances; 0 where there is no neighbour on that side.
    before, after : (n, L) int64
        Their tokens; V where there is none.
    """
    tokens = np.asarray(y, dtype=np.int64)
    left, before = _nearest_before(tokens, vocab)
    right, after = _nearest_before(tokens[:, ::-1], vocab)
    return left, right[:, ::-1], before, after[:, ::-1]


def _nearest_before(y: NDArray[np.int64], vocab: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    distance, token = np.zeros_like(y), np.full_like(y, vocab)
    for i in range(1, y.shape[1]):
        shown = y[:, i - 1] != vocab
        carried = np.where(distance[:, i - 1] > 0, distance[:, i - 1] + 1, 0)
        distance[:, i] = np.where(shown, 1, carried)
        token[:, i] = np.where(shown, y[:, i - 1], token[:, i - 1])
    return distance, token


class LearnedTable(DenoiserTable):
    kind: Literal["learned"]
    samples: Count
    seed: Seed = 0
    pseudo_count: Number = 0
    context: Literal["full", "neighbours"] = "full"

    def build(self, folder: Path, language: Language) -> Denoiser:
        needed = 8 * self.samples * language.length * (language.vocab + 1)
        require_memory(needed, f"a sample of {shown(self.samples)} sequences of {language.length} tokens")
        return Learned(self.samples, self.seed, self.pseudo_count, self.context)
