"""The law of a step of sampler code: how many positions, which of them, and what is written there.

Everything is vectorised over transitions from a partial sequence to the next. Where rounding may break a tie, each
outcome has the probability that it has when ties fall in its favour: these add up to more than 1, and a ratio to them
is evidence whatever the code does.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

from ..errors import BadInput
from ..policies import Adaptive, Policy, Remasking, Schedule
from .ties import tolerance

__all__ = [
    "HIGHEST",
    "LOWEST",
    "SCORES",
    "SLIP",
    "TIED",
    "TIES",
    "Transitions",
    "claimed_positions",
    "claimed_remasking",
    "claimed_sizes",
    "due",
    "in_order",
    "log_choose",
    "proposals",
    "replaced_proposals",
    "rows_at",
    "strictly_by",
    "tied_alike",
    "uniformly",
    "with_slips",
]

SLIP = 1e-3
"""Share of uniformly random choices mixed into a strict rule that code is compared with, so that it may slip."""

MOST_REPLACED = 4
"""Kept proposals that are tried to have been replaced in one step."""

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]
Rows = Callable[[Array], Array]
"""From log conditionals (..., V) to log probabilities."""


def rows_at(log_c: Array, row: NDArray[np.int64], place: NDArray[np.int64]) -> Array:
    """Log conditionals (m, V) of cells, laid out by token: sums and maxima over few tokens are ten times faster."""
    return np.asfortranarray(log_c[row, place])


class Cells:
    """Some positions of transitions, and the log conditionals there.

    Parameters
    ----------
    log_c : (n, L, V) float64
    where : (n, L) bool

    Attributes
    ----------
    row, place : (m,) int64
    logs : (m, V) float64
    """

    def __init__(self, log_c: Array, where: Mask) -> None:
        self.row, self.place = np.nonzero(where)
        self.logs = rows_at(log_c, self.row, self.place)
        self._last: tuple[Rows, Array] | None = None

    def under(self, law: Rows) -> Array:
        """Log probabilities (m, V) in a law; the last one asked for is kept."""
        if self._last is None or self._last[0] is not law:
            self._last = law, law(self.logs)
        return self._last[1]


@dataclass(frozen=True)
class Transitions:
    """n transitions.

    Parameters
    ----------
    y, reached : (n, L) int64
        Before and after.
    log_c : (n, L, V) float64
        Log conditionals at masked positions of y.
    step, steps : (n,) int64
        Number of the network's call, from 1, and how many there were.
    scores : mapping of str to callable
        Further scores (n, L) by which positions may be chosen, from log conditionals.
    scored : callable, optional
        The law in which scores are, from log conditionals (.., V); themselves unless given.
    among : (n, L) bool, optional
        Masked positions whose scores are asked for; all unless given.
    """

    y: NDArray[np.int64]
    reached: NDArray[np.int64]
    log_c: Array
    step: NDArray[np.int64]
    steps: NDArray[np.int64]
    scores: Mapping[str, Rows] = field(default_factory=dict)
    scored: Rows | None = None
    among: Mask | None = None

    @property
    def vocab(self) -> int:
        return int(self.log_c.shape[2])

    @cached_property
    def masked(self) -> Mask:
        return self.y == self.vocab

    @cached_property
    def chosen(self) -> Mask:
        """Masked positions that were filled."""
        return self.masked & (self.reached != self.vocab)

    @cached_property
    def changed(self) -> Mask:
        """Revealed positions that hold something else afterwards."""
        return ~self.masked & (self.reached != self.y)

    @cached_property
    def remasked(self) -> Mask:
        """Revealed positions that are masked again."""
        return ~self.masked & (self.reached == self.vocab)

    @cached_property
    def size(self) -> NDArray[np.int64]:
        return self.chosen.sum(axis=1)

    @cached_property
    def tokens(self) -> NDArray[np.int64]:
        """What was written, 0 where nothing was."""
        return np.where(self.chosen, self.reached, 0)

    def score(self, name: str) -> Array:
        """A score (n, L) by which masked positions may be chosen, large first."""
        if name not in self._known:
            self._known[name] = self._score(name)
        return self._known[name]

    @cached_property
    def _known(self) -> dict[str, Array]:
        return {}

    def _score(self, name: str) -> Array:
        if name in self.scores:
            return _checked(name, self.scores[name], self.log_c)
        if name in ("left to right", "right to left"):
            sign = 1.0 if name == "right to left" else -1.0
            return sign * np.broadcast_to(np.arange(self.y.shape[1], dtype=np.float64), self.y.shape)
        found = np.zeros(self.y.shape)
        found[self._cells] = _score_of_rows(name, self._rows)
        return found

    @property
    def _cells(self) -> Mask:
        return self.masked if self.among is None else self.among

    @cached_property
    def _rows(self) -> Array:
        rows = rows_at(self.log_c, *np.nonzero(self._cells))
        return rows if self.scored is None else self.scored(rows)

    @cached_property
    def filled(self) -> Cells:
        """Where something was written."""
        return Cells(self.log_c, self.chosen)

    def left(self, block: int) -> Cells:
        """Candidates where nothing was, in steps that wrote something."""
        if block not in self._left:
            self._left[block] = Cells(self.log_c, self.candidates(block) & ~self.chosen & (self.size > 0)[:, None])
        return self._left[block]

    @cached_property
    def _left(self) -> dict[int, Cells]:
        return {}

    def seen_as(self, log_c: Array) -> Transitions:
        """The same moves with scores from other conditionals."""
        return Transitions(self.y, self.reached, log_c, self.step, self.steps, self.scores)

    def scored_in(self, law: Rows, among: Mask) -> Transitions:
        """The same moves with scores in another law, at these positions."""
        return Transitions(self.y, self.reached, self.log_c, self.step, self.steps, self.scores, law, among)

    def distinct(self) -> tuple[Transitions, NDArray[np.int64]]:
        """Each kind once (m), and of which each is (n,): between the same sequences, at the same of as many calls."""
        kinds = np.column_stack([self.y, self.reached, self.step, self.steps])
        _, first, which = np.unique(kinds, axis=0, return_index=True, return_inverse=True)
        y, reached, step, steps = (each[first] for each in (self.y, self.reached, self.step, self.steps))
        return Transitions(y, reached, self.log_c[first], step, steps, self.scores), which.reshape(-1)

    def candidates(self, block: int) -> Mask:
        """Masked positions of the first block that has any."""
        if block == self.y.shape[1]:
            return self.masked
        place = np.arange(self.y.shape[1]) // block
        first = np.where(self.masked, place, self.y.shape[1]).min(axis=1)
        return self.masked & (place == first[:, None])


def _score_of_rows(name: str, logs: Array) -> Array:
    """Of log conditionals (m, V)."""
    if name == "confidence":
        return np.exp(logs.max(axis=1))
    if name == "margin":
        top = np.exp(np.partition(logs, max(logs.shape[1] - 2, 0), axis=1)[:, -2:])
        return top[:, -1] - (top[:, 0] if logs.shape[1] > 1 else 0.0)
    assert name in ("entropy", "most uncertain first")
    terms = np.where(np.isneginf(logs), 0.0, logs)
    entropy = -np.einsum("mv,mv->m", np.exp(logs), terms)
    return -entropy if name == "entropy" else entropy


def _checked(name: str, score: Rows, log_c: Array) -> Array:
    """Somebody's score (n, L)."""
    found = np.asarray(score(log_c), dtype=np.float64)
    if found.shape != log_c.shape[:2] or np.isnan(found).any():
        raise BadInput(name, f"it returned shape {found.shape} or NaN; numbers of shape {log_c.shape[:2]} are accepted")
    return found


LOWEST, HIGHEST, SORTED = "lowest position first", "highest position first", "as an unstable sort leaves them"
TIES = (LOWEST, HIGHEST, SORTED)
"""Orders of equal scores that code may have: the last is that of numpy's argsort unless it is told otherwise."""

TIED = ("confidence", "margin", "entropy", "most uncertain first")
"""Scores that positions may share."""

SCORES = (*TIED, "left to right", "right to left")


def log_choose(m: NDArray[np.int64], k: NDArray[np.int64]) -> Array:
    """The logarithm of how many sets of k of m there are."""
    return gammaln(m + 1.0) - gammaln(k + 1.0) - gammaln(np.maximum(m - k, 0) + 1.0)


def uniformly(seen: Transitions, among: Mask) -> Array:
    """Log probability (n,) of the positions, given how many, if each set is as likely."""
    inside = (seen.chosen & ~among).sum(axis=1) == 0
    return np.where(inside, -log_choose(among.sum(axis=1), seen.size), -math.inf)


def _cut(score: Array, among: Mask, size: NDArray[np.int64]) -> Array:
    """The lowest score (n, 1) that is due; infinite where nothing is."""
    ranked = -np.sort(-np.where(among, score, -math.inf), axis=1)
    last = np.take_along_axis(ranked, np.maximum(size - 1, 0)[:, None], 1)
    return np.where(size[:, None] > 0, last, math.inf)


def strictly_by(seen: Transitions, score: str, among: Mask, apart: float | None = None) -> Array:
    """Log probability (n,) of the positions, given how many, by the largest scores, ties at random, with slips.

    Scores tie that are no farther apart; up to rounding, unless given.
    """
    apart = tolerance(seen.vocab, "entropy") if apart is None else apart
    values = seen.score(score)
    cut = _cut(values, among, seen.size)
    certain, near = among & (values > cut + apart), among & (np.abs(values - cut) <= apart)
    fits = ~(certain & ~seen.chosen).any(axis=1) & ~(seen.chosen & ~(certain | near)).any(axis=1)
    ways = log_choose(near.sum(axis=1), seen.size - certain.sum(axis=1))
    strict = np.where(fits, -ways + math.log1p(-SLIP), -math.inf)
    return np.logaddexp(strict, math.log(SLIP) + uniformly(seen, seen.masked))


def ordered(seen: Transitions, score: str, among: Mask, ties: str) -> Mask:
    """Positions (n, L) of the largest scores as the numbers have them, equal ones in an order; of TIES."""
    values = np.where(among, seen.score(score), -math.inf)
    if ties == HIGHEST:
        ranked = values.shape[1] - 1 - np.argsort(-values[:, ::-1], axis=1, kind="stable")
    else:
        ranked = np.argsort(-values, axis=1, kind="stable" if ties == LOWEST else None)
    rank = np.empty_like(ranked)
    np.put_along_axis(rank, ranked, np.arange(values.shape[1])[None], 1)
    return among & (rank < seen.size[:, None])


def in_order(seen: Transitions, score: str, among: Mask, ties: str) -> Array:
    """Log probability (n,) of the positions, given how many, if they are those of :func:`ordered`, with slips."""
    return with_slips(seen, ordered(seen, score, among, ties))


def with_slips(seen: Transitions, chosen: Mask) -> Array:
    """Log probability (n,) of the positions, given how many, if it is these (n, L), with slips."""
    fits = (seen.chosen == chosen).all(axis=1)
    strict = np.where(fits, math.log1p(-SLIP), -math.inf)
    return np.logaddexp(strict, math.log(SLIP) + uniformly(seen, seen.masked))


def due(policy: Policy, seen: Transitions) -> Mask | None:
    """Positions (n, L) that the claim reveals, given how many; None where these are drawn."""
    if policy.sets is not None:
        return _due_sets(policy.sets, seen)
    if policy.proposes or policy.score in (None, "random") or policy.exchangeable or policy.remasks:
        return None
    policy = Adaptive.of(policy)
    return ordered(seen, policy.score, seen.candidates(policy.block_length), LOWEST)


def _due_sets(sets: Sequence[Sequence[int]], seen: Transitions) -> Mask:
    """The masked positions of the first set that has any."""
    length = seen.y.shape[1]
    turn = np.empty(length, dtype=np.int64)
    for number, some in enumerate(sets):
        turn[list(some)] = number
    current = np.where(seen.masked, turn, length).min(axis=1)
    return np.asarray(seen.masked & (turn == current[:, None]))


def claimed_sizes(policy: Policy, seen: Transitions) -> Array:
    """Log probability (n,) of how many positions, under the claim, ties in favour of what happened."""
    masked, size = seen.masked.sum(axis=1), seen.size
    length = seen.y.shape[1]
    if policy.step_law is not None:
        return _independent_sizes(policy.step_law, seen, masked)
    if policy.remasks:
        return _times_of(Remasking.of(policy).revealed, seen, size, masked) + log_choose(masked, size)
    if policy.sizes is not None:
        ends = np.cumsum(policy.sizes)
        step = np.searchsorted(ends, length - masked, side="right")
        due = np.where(masked > 0, np.append(policy.sizes, 0)[step], 0)
        # A call without effect is no step.
        return np.where((size == due) | (size == 0), 0.0, -math.inf)
    if policy.proposes:
        return np.zeros(len(size))
    policy = Adaptive.of(policy)
    assert policy.bound is not None
    among, apart = seen.candidates(policy.block_length), tolerance(seen.vocab, policy.score)
    bound, score = float(policy.bound), seen.score(policy.score)
    if policy.rule == "threshold":
        least = (among & (score > bound + apart)).sum(axis=1)
        most = (among & (score >= bound - apart)).sum(axis=1)
        fits = (size >= np.maximum(least, 1)) & (size <= np.maximum(most, 1))
    else:
        ranked = np.sort(np.where(among, -score, math.inf), axis=1)
        sums = np.cumsum(np.where(np.isfinite(ranked), ranked, 0.0), axis=1)
        sums = np.concatenate([np.zeros((len(sums), 1)), sums], axis=1)
        slack = np.arange(sums.shape[1]) * apart
        before = np.take_along_axis(sums - slack, np.maximum(size - 1, 0)[:, None], 1)[:, 0]
        whole = np.take_along_axis(sums + slack, size[:, None], 1)[:, 0]
        fits = (size >= 1) & (before <= bound) & ((whole > bound) | (size == among.sum(axis=1)))
    return np.where(fits | (size == 0), 0.0, -math.inf)


def _independent_sizes(law: Schedule, seen: Transitions, masked: NDArray[np.int64]) -> Array:
    """Of a call that may be any step which the number of calls allows, the one that favours what happened.

    With fewer calls than steps nobody knows which are left out, and any number is allowed.
    """
    idle = seen.steps - law.steps
    found = np.where((idle > 0) & (seen.size == 0), 0.0, -math.inf)
    for late in range(int(idle.max(initial=0)) + 1):
        step = seen.step - 1 - late
        hazard = np.asarray(law.hazards)[np.clip(step, 0, law.steps - 1)]
        keep = np.asarray(law.survivals)[np.clip(step, 0, law.steps - 1)]
        with np.errstate(divide="ignore", invalid="ignore"):
            log = log_choose(masked, seen.size)
            log = log + _times(seen.size, np.log(hazard)) + _times(masked - seen.size, np.log(keep))
        possible = (late <= idle) & (step >= 0) & (step < law.steps)
        found = np.where(possible, np.maximum(found, log), found)
    return np.where(idle < 0, 0.0, found)


def claimed_remasking(policy: Policy, seen: Transitions) -> Array:
    """Log probability (n,) of which revealed positions are masked again."""
    return _times_of(Remasking.of(policy).remasked, seen, seen.remasked.sum(axis=1), (~seen.masked).sum(axis=1))


def _times_of(hazards: Sequence[Any], seen: Transitions, happened: NDArray[np.int64], of: NDArray[np.int64]) -> Array:
    """Of so many of these, each with the hazard of its step; nothing is said where the steps are not known."""
    hazard = np.array([float(each) for each in hazards])[np.clip(seen.step - 1, 0, len(hazards) - 1)]
    with np.errstate(divide="ignore"):
        law = _times(happened, np.log(hazard)) + _times(of - happened, np.log1p(-hazard))
    return np.where(seen.steps == len(hazards), law, 0.0)


def _times(count: NDArray[np.int64], log: Array) -> Array:
    return np.where(count > 0, count * np.where(count > 0, log, 0.0), 0.0)


def claimed_positions(policy: Policy, seen: Transitions) -> Array:
    """Log probability (n,) of which positions, given how many, under the claim; of a policy that does not propose."""
    if policy.exchangeable or policy.remasks:
        return uniformly(seen, seen.masked)
    if policy.sets is not None:
        right = (seen.chosen == _due_sets(policy.sets, seen)).all(axis=1)
        return np.where(right | (seen.size == 0), 0.0, -math.inf)
    policy = Adaptive.of(policy)
    among = seen.candidates(policy.block_length)
    if policy.score == "random":
        return uniformly(seen, among)
    fits, near, open_ = _near(policy, seen)
    found = np.where(fits, 0.0, -math.inf)
    for k in open_.tolist():
        found[k] = _share(policy, seen, k, near[k])
    return found


def _near(policy: Adaptive, seen: Transitions) -> tuple[Mask, Mask, NDArray[np.int64]]:
    """Whether the best were chosen, which tie with the last of them, and the steps at which there was a choice."""
    among = seen.candidates(policy.block_length)
    apart, values = tolerance(seen.vocab, policy.score), seen.score(policy.score)
    cut = _cut(values, among, seen.size)
    certain, near = among & (values > cut + apart), among & (np.abs(values - cut) <= apart)
    fits = ~(certain & ~seen.chosen).any(axis=1) & ~(seen.chosen & ~(certain | near)).any(axis=1)
    choice = fits & (near.sum(axis=1) > seen.size - certain.sum(axis=1))
    return np.asarray(fits), near, np.flatnonzero(choice)


def _alike(seen: Transitions, k: int, near: Mask) -> list[list[int]]:
    """Positions with equal conditionals, of those that tie."""
    groups: dict[bytes, list[int]] = {}
    for i in np.flatnonzero(near).tolist():
        groups.setdefault(seen.log_c[k, i].tobytes(), []).append(i)
    return list(groups.values())


def tied_alike(policy: Policy, seen: Transitions) -> tuple[NDArray[np.int64], Mask]:
    """Steps (g,), and positions (g, L) of equal conditionals that tie there for the last place."""
    _, near, open_ = _near(Adaptive.of(policy), seen)
    groups = [(k, group) for k in open_.tolist() for group in _alike(seen, k, near[k])]
    among = np.zeros((len(groups), seen.y.shape[1]), dtype=bool)
    for number, (_, group) in enumerate(groups):
        among[number, group] = True
    return np.array([k for k, _ in groups], dtype=np.int64), among


def _share(policy: Adaptive, seen: Transitions, k: int, near: Mask) -> float:
    """Log probability of what was chosen among positions of near equal scores."""
    found = 0.0
    for group in _alike(seen, k, near):
        taken = seen.chosen[k, group].tolist()
        count = sum(taken)
        if not policy.takes_first:
            found -= math.log(math.comb(len(taken), count))
        elif not all(taken[:count]):
            return -math.inf
    return found


def proposals(
    policy: Adaptive,
    seen: Transitions,
    drawn: Rows,
    scored: Rows,
    exactly: bool = False,
    share: float = 1.0,
    highest: bool = False,
) -> Array:
    """Log probability (n,) of positions and tokens if all candidates get proposals, of which the best are kept.

    Parameters
    ----------
    policy : Adaptive
        Which proposes; where it has sizes, given how many are kept.
    seen : Transitions
    drawn, scored : callable
        What proposals are drawn from, and the logarithms of their scores, from log conditionals.
    exactly : bool
        Ties as the numbers have it, the leftmost first; this adds up to 1 over all outcomes.
    share : float
        What a tie that rounding may break either way counts, when it fell in favour of what happened.
    highest : bool
        Of equal rows the rightmost first, where the policy takes the leftmost first; of no effect on thresholds.
    """
    among, chosen = seen.candidates(policy.block_length), seen.chosen
    apart = 0.0 if exactly else tolerance(seen.vocab, policy.score)
    filled, left = seen.filled, seen.left(policy.block_length)
    row, written = filled.row, seen.reached[filled.row, filled.place][:, None]
    kept = np.bincount(row, np.take_along_axis(filled.under(drawn), written, 1)[:, 0], minlength=len(chosen))
    scores = np.full(chosen.shape, math.inf)
    scores[row, filled.place] = np.exp(np.take_along_axis(filled.under(scored), written, 1)[:, 0])
    lowest = scores.min(axis=1)
    at_lowest = scores == lowest[:, None]
    last = at_lowest.argmax(axis=1) if highest else seen.y.shape[1] - 1 - at_lowest[:, ::-1].argmax(axis=1)
    limit, possible = lowest, np.ones(len(lowest), dtype=bool)
    other = left.row
    before = left.place > last[other] if highest else left.place < last[other]
    same = np.zeros(len(other), dtype=bool)
    if policy.takes_first and not (exactly and share == 1):
        same = (left.logs == rows_at(seen.log_c, other, last[other])).all(axis=1)
    if policy.rule == "threshold":
        assert policy.bound is not None
        reached = lowest >= float(policy.bound) - apart
        limit = np.where(reached, float(policy.bound), np.minimum(lowest, float(policy.bound)))
        possible = reached | (seen.size == 1)
        before = (before | reached[other]) & exactly
    elif not exactly:
        # Only a row that is the same as the last one's ties with it for certain.
        before &= same
    c = np.exp(left.under(scored))
    allowed = c <= (limit[other] + apart)[:, None]
    allowed &= ~(before[:, None] & (c >= np.minimum(limit, lowest)[other][:, None]))
    probabilities = c if drawn is scored else np.exp(left.under(drawn))
    weights = allowed.astype(np.float64)
    if share != 1:
        undecided = ~same[:, None] & (c >= (limit[other] - apart)[:, None])
        weights[undecided] *= share
    with np.errstate(divide="ignore"):
        tails = np.log(np.minimum(np.einsum("nv,nv->n", probabilities, weights), 1.0))
    missed = np.bincount(other, tails, minlength=len(chosen))
    outside = (chosen & ~among).any(axis=1)
    return np.where(outside | ~possible, -math.inf, kept + missed)


def replaced_proposals(policy: Adaptive, seen: Transitions, drawn: Rows, shares: Sequence[float]) -> Array:
    """Log probability (S, n), at least, if each kept proposal is replaced by a uniform token, with S probabilities.

    Parameters
    ----------
    policy, seen, drawn
        As of :func:`proposals`.
    shares : sequence of float

    Notes
    -----
    What was replaced is the least likely of what is seen, none to four of them. In its place was the likeliest token,
    one as likely, or one likelier than all that was not replaced: those would all have been kept. Where all that is
    seen is the likeliest, as many others may have been replaced: each counts as those that had the fewest as likely.
    """
    row, place = np.nonzero(seen.chosen)
    logs, tokens = rows_at(seen.log_c, row, place), seen.tokens[row, place][:, None]
    p, written, likeliest = np.exp(drawn(logs)), np.take_along_axis(logs, tokens, 1)[:, 0], logs.argmax(axis=1)
    top, most = logs.max(axis=1), p.max(axis=1)
    equal = (p * (logs == top[:, None])).sum(axis=1) / most
    own = np.take_along_axis(p, tokens, 1)[:, 0]
    even = np.bincount(row, (written < top) | (own < most), minlength=len(seen.y)) == 0
    order = np.lexsort((np.where(even[row], equal, written), row))
    rank = np.empty(len(row), dtype=np.int64)
    rank[order] = np.arange(len(row)) - np.searchsorted(row, row)
    log_shares = np.log(shares)[:, None]
    found = np.full((len(shares), len(even)), -math.inf)
    for number in range(min(MOST_REPLACED, int(seen.size.max(initial=0))) + 1):
        other, before = rank < number, seen.reached.copy()
        before[row[other], place[other]] = likeliest[other]
        kept = proposals(policy, replace(seen, reached=before), drawn, lambda c: c, exactly=True)
        least = np.full(len(even), math.inf)
        np.minimum.at(least, row[~other], written[~other])
        likelier = (p * (logs > least[row, None])).sum(axis=1)
        gain = np.log(np.where((top > least[row]) & ~even[row], likelier / most, equal))
        kept = kept + np.bincount(row, np.where(other, gain, 0.0), minlength=len(even))
        kept = kept + np.where(even, log_choose(seen.size, np.minimum(number, seen.size)), 0.0)
        law = number * (log_shares - math.log(seen.vocab)) + (seen.size - number) * np.log1p(-np.exp(log_shares))
        found = np.logaddexp(found, np.where(seen.size >= number, law + kept, -math.inf))
    return found
