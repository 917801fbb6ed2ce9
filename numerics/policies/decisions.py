"""The comparisons of an adaptive policy on many partial sequences at once, with what they leave undecided."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from .._kernels import choices as kernels
from ..errors import BeyondReach
from ..numbers.categorical import categorical
from ..numbers.enclosure import UNIT_ROUNDOFF
from ..numbers.probabilities import SMALLEST_NORMAL

if TYPE_CHECKING:
    from .adaptive import Adaptive

__all__ = [
    "Choices",
    "Contexts",
    "Ranks",
    "candidates",
    "choose",
    "draw_decided",
    "drawn_rows",
    "rank",
    "settle_choice",
    "settle_ranks",
    "tempered",
]

KINDS = {
    "confidence": kernels.CONFIDENCE,
    "margin": kernels.MARGIN,
    "entropy": kernels.ENTROPY,
    "random": kernels.RANDOM,
}


@dataclass(frozen=True)
class Contexts:
    """Partial sequences and what is predicted from them.

    Parameters
    ----------
    y : (n, L) int64
        The mask is V.
    weights : (n, L, V) float64
        Conditionals times ``totals``; rows at revealed positions are not read.
    totals : (n,) float64
    relative : float
        Relative error of a weight; 0 promises whole numbers below ``2^53``.
    """

    y: NDArray[np.int64]
    weights: NDArray[np.float64]
    totals: NDArray[np.float64]
    relative: float

    @property
    def conditionals(self) -> NDArray[np.float64]:
        return self.weights / self.totals[:, None, None]


@dataclass(frozen=True)
class Choices:
    """Positions that are revealed: those of state CERTAIN, and ``drawn`` of those TIED.

    Parameters
    ----------
    state : (n, L) int8
    drawn : (n,) int64
    doubt : (n, 2) int64
        Two positions (or one and the bound) that could not be told apart where it matters, or NOBODY.
    """

    state: NDArray[np.int8]
    drawn: NDArray[np.int64]
    doubt: NDArray[np.int64]


@dataclass(frozen=True)
class Ranks:
    """The order of all proposals: 0 for the best, equal for ties, -1 for what is not proposed.

    Parameters
    ----------
    rank : (n, L, V) int64
    admitted : (n,) int64
        Ranks below this reach the threshold.
    doubt : (n, 2) int64
        Two pairs ``i V + v`` (or one and the bound), or NOBODY.
    """

    rank: NDArray[np.int64]
    admitted: NDArray[np.int64]
    doubt: NDArray[np.int64]


def candidates(policy: Adaptive, masked: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Masked positions of the first block that has any, (n, L)."""
    if policy.blocks == 1:
        return masked
    blocks = masked.reshape(len(masked), policy.blocks, policy.block_length)
    current = blocks.any(axis=2)
    current &= np.cumsum(current, axis=1) == 1
    return (blocks & current[:, :, None]).reshape(masked.shape)


def choose(policy: Adaptive, step: int, contexts: Contexts, proposed: NDArray[np.float64] | None = None) -> Choices:
    """The positions that a policy reveals.

    Parameters
    ----------
    policy : Adaptive
    step : int
    contexts : Contexts
    proposed : (n, L) float64, optional
        The weights of proposals, to choose by in the place of scores.
    """
    n, L, V = contexts.weights.shape
    among = candidates(policy, contexts.y == V)
    found, errors = np.empty((n, L)), np.empty((n, L))
    alike, state = np.empty((n, L), dtype=np.int64), np.empty((n, L), dtype=np.int8)
    drawn, doubt = np.empty(n, dtype=np.int64), np.empty((n, 2), dtype=np.int64)
    weights = contexts.weights if proposed is None else proposed[:, :, None]
    kind = KINDS[policy.score]
    kernels.scores(weights, contexts.totals, among, kind, contexts.relative, found, errors, alike)
    known, out = (found, errors, alike, among), (policy.takes_first, state, drawn, doubt)
    if policy.sizes is not None:
        kernels.choose_some(*known, np.full(n, policy.sizes[step - 1]), *out)
    elif policy.rule == "threshold":
        bound, spread = _bounds(policy, contexts.totals)
        kernels.choose_by_threshold(*known, bound, spread, *out)
    else:
        assert policy.bound is not None
        limit = float(policy.bound)
        kernels.choose_by_entropy_bound(*known, limit, limit * UNIT_ROUNDOFF, *out)
    return Choices(state, drawn, doubt)


def rank(policy: Adaptive, contexts: Contexts, drawn: NDArray[np.float64]) -> Ranks:
    """The order of everything that can be proposed from ``drawn`` (n, L, V)."""
    n, L, V = contexts.weights.shape
    among = candidates(policy, contexts.y == V)
    ranks, admitted = np.empty((n, L, V), dtype=np.int64), np.empty(n, dtype=np.int64)
    doubt = np.empty((n, 2), dtype=np.int64)
    bound, spread = _bounds(policy, contexts.totals)
    kernels.pair_ranks(contexts.weights, drawn, among, bound, spread, contexts.relative, ranks, admitted, doubt)
    return Ranks(ranks, admitted, doubt)


def drawn_rows(policy: Adaptive, contexts: Contexts) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Laws that tokens are drawn from, ``c^(1/T)`` normalised, and the rows whose largest token is in doubt.

    Raises
    ------
    BeyondReach
        When a positive probability would leave the range of float64.
    """
    c = contexts.conditionals
    exponent = policy.exponent
    if exponent == 1:
        return c, np.zeros(c.shape[:2], dtype=bool)
    if exponent == math.inf:
        near = (contexts.weights >= contexts.weights.max(axis=-1, keepdims=True) * (1 - 2 * contexts.relative)) & (
            c > 0
        )
        favourite = near.argmax(axis=-1)
        doubt = (near.sum(axis=-1) > 1) & (contexts.relative > 0)
        known = c.any(axis=-1, keepdims=True)
        return ((favourite[..., None] == np.arange(c.shape[-1])) & known).astype(np.float64), doubt
    return tempered(c, policy.temperature), np.zeros(c.shape[:2], dtype=bool)


def tempered(c: NDArray[np.float64], temperature: Fraction | float) -> NDArray[np.float64]:
    """``c^(1/T)`` normalised, row by row, T positive; a row of zeros stays one.

    Raises
    ------
    BeyondReach
        When a positive probability would leave the range of float64.
    """
    largest = c.max(axis=-1, keepdims=True)
    powers = np.divide(c, largest, out=np.zeros_like(c), where=largest > 0) ** float(1 / temperature)
    rows = np.divide(powers, powers.sum(axis=-1, keepdims=True), out=powers, where=largest > 0)
    lost = (c > 0) & (rows < SMALLEST_NORMAL)
    if lost.any():
        raise BeyondReach(
            f"at temperature {float(temperature):g} a token of probability {c[lost].max():.3g} has a probability "
            "below the range of float64; a higher temperature, or 0, is within reach"
        )
    return rows


def _bounds(policy: Adaptive, totals: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The threshold in the units of the scores, and its error; beyond every score where there is none."""
    if policy.rule != "threshold":
        return np.full(len(totals), math.inf), np.zeros(len(totals))
    assert policy.bound is not None
    bound = float(policy.bound) * (np.ones_like(totals) if policy.score == "entropy" else totals)
    # A bound below the range of float64 is no zero.
    return bound, np.abs(bound) * 4 * UNIT_ROUNDOFF + (math.ulp(0.0) if float(policy.bound) != policy.bound else 0.0)


def settle_choice(
    policy: Adaptive, step: int, rows: NDArray[Any], among: NDArray[np.bool_], into: Choices, k: int
) -> None:
    """Decide row k of ``into`` from exact conditionals (L, V)."""
    scores = {int(i): policy.score_of(rows[i].tolist()) for i in np.flatnonzero(among)}
    certain, tied, drawn = policy.decide(step, scores)
    into.state[k] = 0
    into.state[k, certain] = kernels.CERTAIN
    into.state[k, tied] = kernels.TIED
    into.drawn[k] = drawn
    into.doubt[k] = kernels.NOBODY


def settle_ranks(policy: Adaptive, rows: NDArray[Any], into: Ranks, k: int) -> None:
    """Decide row k of ``into`` from exact conditionals (L, V)."""
    pairs = [(int(i), int(v)) for i, v in np.argwhere(into.rank[k] >= 0)]
    levels = sorted({rows[i, v] for i, v in pairs}, reverse=True)
    order = {level: number for number, level in enumerate(levels)}
    for i, v in pairs:
        into.rank[k, i, v] = order[rows[i, v]]
    into.admitted[k] = sum(policy.reaches(level) for level in levels)
    into.doubt[k] = kernels.NOBODY


def draw_decided(
    policy: Adaptive, step: int, contexts: Contexts, rng: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """One step for a batch.

    Returns
    -------
    y : (n, L) int64
    undecided : (n,) int64
        1 where scores that the choice rests on could not be told apart, and counted as equal.
    """
    rows, _ = drawn_rows(policy, contexts)
    y = contexts.y.copy()
    if not policy.proposes:
        choices = choose(policy, step, contexts)
        chosen = chosen_at_random(choices, rng)
        y[chosen] = categorical(rows[chosen], rng) if chosen.any() else 0
        return y, (choices.doubt[:, 0] >= 0).astype(np.int64)
    among = candidates(policy, y == contexts.weights.shape[2])
    proposal = np.zeros_like(y)
    if among.any():
        proposal[among] = categorical(rows[among], rng)
    weights = np.take_along_axis(contexts.weights, proposal[..., None], axis=2)[..., 0]
    choices = choose(policy, step, contexts, np.where(among, weights, 0.0))
    chosen = chosen_at_random(choices, rng)
    y[chosen] = proposal[chosen]
    return y, (choices.doubt[:, 0] >= 0).astype(np.int64)


def chosen_at_random(choices: Choices, rng: np.random.Generator) -> NDArray[np.bool_]:
    """The positions revealed, (n, L), with ties drawn."""
    if not choices.drawn.any():
        return choices.state == kernels.CERTAIN
    keys = np.where(choices.state == kernels.TIED, rng.random(choices.state.shape), np.inf)
    rank = keys.argsort(axis=1).argsort(axis=1)
    return (choices.state == kernels.CERTAIN) | (rank < choices.drawn[:, None])
