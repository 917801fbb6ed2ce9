"""The tree of windows: grown where it matters, cut where it does not, merged where windows are equal."""

from __future__ import annotations

import math
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ..._kernels import windows as kernels
from ..._kernels.threads import for_each
from ...errors import BeyondReach
from ...numbers.enclosure import RAISED, gamma
from ...numbers.enclosure import UNIT_ROUNDOFF as U
from .hidden import HiddenChain, StateLaws
from .tail_bounds import Beyond

__all__ = ["MERGED", "Cut", "Harvest", "Limits", "Windows", "grow", "rounding_error", "window_bytes"]

MERGED = 2.0 ** (kernels.COARSE_BITS - 52)
"""Relative difference of windows that are taken for equal."""

NOISE = 3.0
"""An information below this many times its rounding error is none: the window has been reset."""

PIECE = 2e5
"""Numbers in the windows that one thread works on at a time."""

Class = tuple[int, int]
"""How many positions between the ends are revealed and how many are masked: m and q."""


@dataclass(frozen=True)
class Limits:
    """When to stop.

    Attributes
    ----------
    importance : float
        What a window may add to the width before it must be extended.
    bytes : float
        Memory of the windows of one length.
    until : float
        Time, as of ``time.monotonic``.
    """

    importance: float
    bytes: float
    until: float


@dataclass
class Harvest:
    """Sums over windows, by class.

    Attributes
    ----------
    pair, pair_error : dict
        ``sum_i sum_x I(X_{i-d}; X_i | X_S = x)`` over patterns S of the class that were looked at, and its error.
    cut_pair, cut_far, cut_after : dict
        Over windows that were not extended: the same, uncounted in ``pair``; an upper bound of the information of the
        state in the place of ``X_{i-d}``; and of the state once ``X_{i-d}`` is known.
    windows : int
        How many were looked at.
    longest : int
        The largest distance d.
    stopped_by : str
        Why windows that matter were cut: ``"importance"``, ``"memory"``, ``"time"``; empty if none was.
    left_out : float
        How far one pattern's informations may move by the states that the laws leave out, summed over positions.
    """

    pair: dict[Class, float] = field(default_factory=lambda: defaultdict(float))
    pair_error: dict[Class, float] = field(default_factory=lambda: defaultdict(float))
    cut_pair: dict[Class, float] = field(default_factory=lambda: defaultdict(float))
    cut_far: dict[Class, float] = field(default_factory=lambda: defaultdict(float))
    cut_after: dict[Class, float] = field(default_factory=lambda: defaultdict(float))
    windows: int = 0
    longest: int = 0
    stopped_by: str = ""
    left_out: float = 0.0


@dataclass
class Windows:
    """Windows of one length.

    Attributes
    ----------
    M : (n, K, V) float64
        Matrices up to a factor.
    weight : (n,) float64
        The factors.
    revealed : (n,) int64
        How many of their positions are revealed.
    root : (n,) int64
        Which right ends they stand for; see :class:`StateLaws`.
    apart : float
        Relative error of the matrices' entries.
    """

    M: NDArray[np.float64]
    weight: NDArray[np.float64]
    revealed: NDArray[np.int64]
    root: NDArray[np.int64]
    apart: float = 0.0

    def __len__(self) -> int:
        return len(self.M)

    def taken(self, which: NDArray[np.int64]) -> Windows:
        """Some of them, perhaps repeatedly."""
        return Windows(self.M[which], self.weight[which], self.revealed[which], self.root[which], self.apart)


@dataclass(frozen=True)
class Cut:
    """Windows of one distance that are not extended.

    Attributes
    ----------
    distance : int
    revealed : (n,) int64
    told : (n, 4) float64
        See :func:`kernels.unfold`.
    windows : callable
        The windows themselves, by their numbers.
    """

    distance: int
    revealed: NDArray[np.int64]
    told: NDArray[np.float64]
    windows: Callable[[NDArray[np.int64]], Windows]


def window_bytes(states: int, vocab: int) -> float:
    """Memory of one window: kept, extended, merged, and looked at."""
    return 8.0 * (3 * states * vocab + 5 * (vocab + 1))


def grow(
    chain: HiddenChain,
    beyond: Beyond,
    limits: Limits,
    offer: Callable[[Cut], None] | None = None,
) -> Harvest:
    """Windows from the shortest on, those extended that matter to the functional.

    Parameters
    ----------
    offer : callable, optional
        Gets the windows that matter and are cut, which then are not in the harvest.

    Notes
    -----
    A window at distance d stands for all positions i > d, by the law of the hidden state at i - d; with end weights,
    for those whose root it has. Its extension by a token or a mask moves the left end to i - d - 1. Windows of no
    importance are cut, and what lies beyond them is bounded by :class:`Beyond` in one of two ways: at once, with the
    information of the state; or after the pair of ends itself, with what the state still tells if the left end is
    revealed, and if it is masked.
    """
    laws = beyond.laws
    harvest = Harvest(left_out=_left_out(chain.vocab, laws))
    L, K, V = chain.length, chain.states, chain.vocab
    most = max(1, int(limits.bytes / window_bytes(K, V)))
    roots = len(laws.roots)
    first = np.ascontiguousarray(chain.emission.toarray() * laws.roots[:, :, None])
    windows = Windows(first, np.ones(roots), np.zeros(roots, dtype=np.int64), np.arange(roots))
    for d in range(1, L):
        windows.apart += gamma(chain.depth_a_step) * RAISED
        began = time.monotonic()
        told = _unfolded(chain, laws, windows, d)
        pace = (time.monotonic() - began) / len(windows)
        if not np.isfinite(told).all():
            raise BeyondReach(f"windows of {d + 1} positions have probabilities that float64 loses")
        if d == 1:
            told[:, :V] = 0.0
        harvest.windows += int((told[:, :, kernels.MASS] > 0).sum())
        harvest.longest = d
        revealed = (
            windows.revealed[:, None] + (np.arange(V + 1) < V) if d > 1 else np.zeros((roots, V + 1), dtype=np.int64)
        )
        if d == L - 1:
            _gather(harvest, told, revealed, told[:, :, kernels.MASS] > 0, d)
            break
        matters = _importance(chain, told, revealed, d, beyond)
        kept = matters > limits.importance
        if (matters[~kept] > 0).any():
            harvest.stopped_by = harvest.stopped_by or "importance"
        # As many of the next length as there is time for: each takes as long as one of this length.
        left = (limits.until - time.monotonic()) / pace if pace else math.inf
        for affordable, reason in ((most, "memory"), (int(min(max(left, 0.0), 1e18)), "time")):
            if kept.sum() > affordable:
                harvest.stopped_by = reason
                kept &= matters > np.partition(matters[kept], -affordable)[-affordable] if affordable else False
        _gather(harvest, told, revealed, kept, d)
        cut = ~kept & (told[:, :, kernels.MASS] > 0)
        if offer is not None:
            offered = cut & (matters > 0)
            offer(_cut_windows(chain, windows, told, revealed, offered, d))
            cut &= ~offered
        _cut(harvest, told, revealed, cut, d)
        if not kept.any():
            break
        parent, token = np.nonzero(kept)
        windows = _merged(_extended(chain, windows, parent, token, revealed))
    return harvest


def _left_out(vocab: int, laws: StateLaws) -> float:
    """With a flag of probability ``delta`` for the states left out, an information moves by at most
    ``delta (log V + 1 + log(1/delta))``, whatever part of the tokens x it is summed over."""
    delta = laws.left_out
    return len(laws.position) * delta * (math.log(vocab) + 2 - math.log(delta)) if delta else 0.0


def _unfolded(chain: HiddenChain, laws: StateLaws, windows: Windows, d: int) -> NDArray[np.float64]:
    """Informations of the extensions of all windows; see :func:`kernels.unfold`."""
    K, V = chain.states, chain.vocab
    count, error = laws.apart(d)
    error = error + chain.law_error(chain.length) + windows.apart
    told = np.zeros((len(windows), V + 1, 4))
    rows = max(1, int(PIECE / (K * V)))
    emission = chain.emission
    for_each(
        kernels.unfold,
        0,
        -(-len(windows) // rows),
        rows,
        windows.M,
        windows.weight,
        windows.root,
        *chain.steps,
        *chain.alike,
        laws.laws,
        count,
        error,
        emission.indptr.astype(np.int64),
        emission.indices.astype(np.int64),
        emission.data,
        rounding_error(chain),
        told,
    )
    return told


def rounding_error(chain: HiddenChain) -> float:
    """Absolute error of an information by its own evaluation, beside a mass of 1.

    Sums over K states shift the joint law by a relative ``(K+1) U``. The V^2 terms, whose absolute values add up to at
    most ``log V + 2``, are rounded ``V^2 + 3`` times, and the ratios in their logarithms ``3K + 2V + 5`` times.
    """
    K, V = chain.states, chain.vocab
    return U * ((math.log(V) + 2) * (V * V + 1.1 * K + 7) + 3 * K + 2 * V + 5)


def _importance(
    chain: HiddenChain, told: NDArray[np.float64], revealed: NDArray[np.int64], d: int, beyond: Beyond
) -> NDArray[np.float64]:
    """The width that each extension would add if it were cut; 0 where rounding hides the information beyond."""
    pair, information, mass = (told[:, :, kind] for kind in (kernels.PAIR, kernels.INFORMATION, kernels.MASS))
    matters = np.zeros_like(pair)
    for m in np.unique(revealed).tolist():
        here = revealed == m
        q = d - 1 - m
        at_once, if_revealed, if_masked = (
            hi - lo for lo, hi in (beyond.at_once(m, q), beyond.if_revealed(m, q), beyond.if_masked(m, q))
        )
        later = np.maximum(information - pair, 0.0) * if_revealed + information * if_masked
        matters[here] = np.minimum(information * at_once, later)[here]
    return np.where(information > NOISE * rounding_error(chain) * mass, matters, 0.0)


def _gather(
    harvest: Harvest, told: NDArray[np.float64], revealed: NDArray[np.int64], chosen: NDArray[np.bool_], d: int
) -> None:
    for m in np.unique(revealed[chosen]).tolist():
        here = chosen & (revealed == m)
        harvest.pair[m, d - 1 - m] += float(told[here, kernels.PAIR].sum())
        harvest.pair_error[m, d - 1 - m] += float(told[here, kernels.PAIR_ERROR].sum())


def _cut(
    harvest: Harvest, told: NDArray[np.float64], revealed: NDArray[np.int64], chosen: NDArray[np.bool_], d: int
) -> None:
    for m in np.unique(revealed[chosen]).tolist():
        here = told[chosen & (revealed == m)]
        pair, information = here[:, kernels.PAIR], here[:, kernels.INFORMATION]
        at = (m, d - 1 - m)
        harvest.cut_pair[at] += float(pair.sum())
        harvest.pair_error[at] += float(here[:, kernels.PAIR_ERROR].sum())
        harvest.cut_far[at] += float(information.sum())
        harvest.cut_after[at] += float(np.maximum(information - pair + here[:, kernels.PAIR_ERROR], 0.0).sum())


def _cut_windows(
    chain: HiddenChain,
    windows: Windows,
    told: NDArray[np.float64],
    revealed: NDArray[np.int64],
    chosen: NDArray[np.bool_],
    d: int,
) -> Cut:
    parent, token = np.nonzero(chosen)
    return Cut(
        d,
        revealed[chosen],
        told[chosen],
        lambda which: _extended(chain, windows, parent[which], token[which], revealed),
    )


def _extended(
    chain: HiddenChain,
    windows: Windows,
    parent: NDArray[np.int64],
    token: NDArray[np.int64],
    revealed: NDArray[np.int64],
) -> Windows:
    K, V = chain.states, chain.vocab
    M, scale = np.empty((len(parent), K, V)), np.empty(len(parent))
    rows = max(1, int(PIECE / (K * V)))
    for_each(kernels.extend, 0, -(-len(parent) // rows), rows, windows.M, parent, token, *chain.steps, M, scale)
    return Windows(M, windows.weight[parent] * scale, revealed[parent, token], windows.root[parent], windows.apart)


def _merged(windows: Windows) -> Windows:
    """Equal windows of one class as one, with the sum of their weights: everything is linear in the weight."""
    if len(windows) == 1:
        return windows
    bits = windows.M.reshape(len(windows), -1).view(np.int64)
    key = kernels.fingerprints(bits)
    kind = windows.revealed * (int(windows.root.max()) + 1) + windows.root
    head = kernels.heads(bits, kind, key, np.lexsort((key, kind)))
    chosen, group = np.unique(head, return_inverse=True)
    if len(chosen) == len(windows):
        return windows
    weight: NDArray[np.float64] = np.bincount(group, windows.weight)  # type: ignore[assignment]  # weights make it floating
    return Windows(windows.M[chosen], weight, windows.revealed[chosen], windows.root[chosen], windows.apart + MERGED)
