"""Given position sets, step by step, for a Markov chain at any length: PATH_KL, sequence error rate,
log-probabilities.

The intervals are known beforehand, so that everything is a product over them. A step that reveals one
position of an interval draws it from its exact conditional; only intervals that get several at once leave the
language. Hence a policy that never does (bisection, left to right) has ``p = q`` (independent-steps/path-kl), which is
answered as exact zeros.

Statement. For new positions ``i_1 < .. < i_m`` inside (a, b) the total correlation of their tokens given both ends is

    ``(m-1) I(a, b) + sum_l I(i_l, i_{l+1}) - sum_{l > 1} I(a, i_l) - sum_{l < m} I(i_l, b)``,

``I(i, j)`` the mutual information of two tokens, 0 with a sentinel; PATH_KL is their sum over all intervals and
steps, and is KL too, since the reveal times are fixed.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..._kernels.lag_information import lag_information
from ...errors import BadInput
from ...numbers.enclosure import RAISED, gamma, margin
from ...numbers.enclosure import UNIT_ROUNDOFF as U
from ...numbers.limits import require_memory
from .chain import Chain, Measured

__all__ = ["Split", "log_probabilities_of_sets", "path_kl_of_sets", "sequence_error_rate_of_sets", "splits"]

TOLERANCE = 1e-12
"""Truncation error aimed at for every result."""


class Split(NamedTuple):
    """One interval in one step: its ends (sentinels 0 and L+1) and the positions revealed in it, from 1."""

    left: int
    right: int
    new: tuple[int, ...]


def splits(sets: Iterable[Iterable[int]], L: int) -> Iterator[list[Split]]:
    """The intervals that each step splits.

    Parameters
    ----------
    sets : iterable of iterables of int
        Positions from 0, step by step, together each exactly once.
    L : int

    Raises
    ------
    BadInput
        When they are not a partition of the positions.
    """
    revealed = [0, L + 1]
    for chosen in sets:
        parts: dict[int, list[int]] = {}
        for i in sorted(chosen):
            place = bisect_left(revealed, i + 1)
            if not 0 <= i < L or revealed[place] == i + 1 or (parts.get(place) or [0])[-1] == i + 1:
                raise BadInput("sets", f"found {i} out of range or twice; each of 0..{L - 1} is listed once")
            parts.setdefault(place, []).append(i + 1)
        yield [Split(revealed[place - 1], revealed[place], tuple(new)) for place, new in sorted(parts.items())]
        revealed = sorted({*revealed, *(i + 1 for i in chosen)})
    if len(revealed) != L + 2:
        raise BadInput("sets", f"together they hold {len(revealed) - 2} of {L} positions")


def path_kl_of_sets(chain: Chain, sets: Iterable[Iterable[int]]) -> Measured:
    """PATH_KL, which is KL, in nats; cost ``O(L V^2 + G V^3)``, G the distances that matter."""
    chain = chain.reduced
    L = chain.length
    wanted: list[tuple[float, int, int]] = []
    for step in splits(sets, L):
        for a, b, new in step:
            if len(new) > 1:
                wanted += [(len(new) - 1.0, a, b)]
                wanted += [(1.0, i, j) for i, j in pairwise(new)]
                wanted += [(-1.0, a, i) for i in new[1:]] + [(-1.0, i, b) for i in new[:-1]]
    pairs = [(sign, i, j) for sign, i, j in wanted if i > 0 and j <= L]
    if not pairs:
        return Measured(0.0, 0.0)
    sights = _Sights(chain, max(j - i for _, i, j in pairs))
    terms, errors, truncation, ones = [], [], 0.0, np.ones((1, chain.vocab))
    for sign, i, j in pairs:
        if j - i > sights.horizon:
            truncation += abs(sign) * sights.defect**2
            continue
        law, after = sights.law(i)[None], sights.law(j)[None]
        value, sensitivity = lag_information(law, after, sights.powers[j - i], ones, ones)[0]
        relative = gamma(sights.law_depth + chain.power_depth(j - i) + 4) + 4 * sights.defect
        terms.append(sign * max(float(value), 0.0))
        error = float(value) * (4 * relative + gamma(4 * chain.vocab))
        error += (2.02 * relative + 8 * U) * float(sensitivity)
        errors.append(abs(sign) * (error * (1 + gamma(4 * chain.vocab)) + 10 * relative**2))
    value = math.fsum(terms)
    rounding = math.fsum(errors) * RAISED + 2 * U * math.fsum(map(abs, terms))
    return Measured(max(value, 0.0), rounding, truncation * RAISED)


def sequence_error_rate_of_sets(chain: Chain, sets: Iterable[Iterable[int]]) -> Measured:
    """SER with the exact denoiser; exactly 0 when no interval gets two tokens in one step.

    Cost ``O(L V^4)``, memory ``O(L V^2)``.
    """
    chain = chain.reduced
    L, V = chain.length, chain.vocab
    steps = list(splits(sets, L))
    if all(len(split.new) == 1 for step in steps for split in step) or (chain.transition > 0).all():
        return Measured(0.0, 0.0)
    require_memory(16 * V * V * (L + 2), f"the intervals of V={V}, L={L}")
    sights = _Sights(chain, L)
    adjacent = (chain.transition > 0).astype(np.float64)
    filled: dict[tuple[int, int], NDArray[np.float64]] = {}

    def after(a: int, b: int) -> NDArray[np.float64]:
        if (a, b) in filled:
            return filled.pop((a, b))
        return np.ones((1 if a == 0 else V, 1 if b > L else V)) if a == 0 or b > L else adjacent

    for step in reversed(steps):
        for a, b, new in step:
            ends = sights.joined(a, b)
            inverse = np.divide(1.0, ends, out=np.zeros_like(ends), where=ends > 0)[:, :, None]
            previous, rows = a, np.empty((0, 0, 0))
            for i in new:
                probability = sights.joined(a, i)[:, None, :] * inverse * sights.joined(i, b).T[None]
                inside = after(previous, i)
                rows = probability * (inside[:, None, :] if previous == a else rows @ inside)
                previous = i
            filled[a, b] = (rows * after(previous, b).T[None]).sum(axis=2)
    correct = float(filled[0, L + 1][0, 0])
    depth = L * (3 * chain.power_depth(min(L, sights.horizon)) + sights.law_depth + 3 * V + 20)
    wrong = min(max(1 - correct, 0.0), 1.0)
    relative = math.expm1(3 * L * (math.log1p(sights.defect) - math.log1p(-sights.defect)))
    return Measured(wrong, correct * margin(depth) * RAISED + U, correct * relative / (1 - relative) * RAISED)


def log_probabilities_of_sets(
    chain: Chain,
    sets: Iterable[Iterable[int]],
    sequences: NDArray[np.integer],
    off_support: Literal["uniform", "marginal", "stop"] = "uniform",
) -> list[Measured]:
    """``log p(x)`` in nats, local scope; ``-inf`` where ``p(x) = 0``. Cost ``O(L)`` a sequence after the powers."""
    x = np.asarray(sequences)
    L, V = chain.length, chain.vocab
    if x.ndim != 2 or x.shape[1] != L:
        raise BadInput("sequences", f"found shape {x.shape}; sequences of length {L} are accepted")
    steps = [split for step in splits(sets, L) for split in step]
    sights = _Sights(chain, L)
    truncation = 3 * L * (math.log1p(sights.defect) - math.log1p(-sights.defect)) * RAISED
    per_token = gamma(3 * chain.power_depth(min(L, sights.horizon)) + sights.law_depth + 10)
    results = []
    for one in x:
        logs: list[float] = []
        for a, b, new in steps:
            ends = sights.probability(one, a, b)
            for i in new:
                if ends > 0:
                    factors = [sights.probability(one, a, i), sights.probability(one, i, b), 1 / ends]
                else:
                    own = float(sights.law(i)[one[i - 1]])
                    factors = [{"uniform": 1.0 / V, "marginal": own, "stop": 0.0}[off_support]]
                logs += [math.log(factor) if factor > 0 else -math.inf for factor in factors]
        value = math.fsum(logs) if -math.inf not in logs else -math.inf
        if value == -math.inf:
            results.append(Measured(value, 0.0))
        else:
            rounding = -L * math.log1p(-per_token) * RAISED + 8 * U * math.fsum(map(abs, logs))
            results.append(Measured(value, rounding, truncation))
    return results


class _Sights:
    """Laws and powers by position, up to the distance beyond which one token says nothing of another."""

    def __init__(self, chain: Chain, longest: int) -> None:
        L = chain.length
        mixing = chain.mixing(TOLERANCE / (24 * L))
        self.chain = chain
        if mixing is not None and mixing.gap < min(L, longest):
            self.horizon, self.defect = mixing
            settled = min(self.horizon + 1, L)
        else:
            self.horizon, self.defect = min(longest, L), 0.0
            settled = L
        require_memory(8 * chain.vocab**2 * (self.horizon + 1), f"the powers of P at {self.horizon} distances")
        self.laws = chain.marginals(settled)
        self.law_depth = chain.marginal_depth(settled)
        self.powers = chain.powers(self.horizon)

    def law(self, i: int) -> NDArray[np.float64]:
        """Law of the token at position i (from 1), shape (V,)."""
        return self.laws[min(i, len(self.laws)) - 1]

    def joined(self, a: int, b: int) -> NDArray[np.float64]:
        """``K(a, b)``: one row at the left sentinel, a column of ones at the right one."""
        if b > self.chain.length:
            return np.ones((1 if a == 0 else self.chain.vocab, 1))
        if a == 0:
            return self.law(b)[None]
        if b - a > self.horizon:
            return np.broadcast_to(self.law(b), (self.chain.vocab, self.chain.vocab))
        return self.powers[b - a]

    def probability(self, x: NDArray[np.integer], a: int, b: int) -> float:
        """The entry of ``K(a, b)`` at the tokens of x."""
        if b > self.chain.length:
            return 1.0
        if a == 0 or b - a > self.horizon:
            return float(self.law(b)[x[b - 1]])
        return float(self.powers[b - a][x[a - 1], x[b - 1]])
