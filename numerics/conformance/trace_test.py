"""A sampler's steps against the claim's, component by component: how many positions, which, what is written there.

Rows of a call need not be independent: of each alternative the mean over the rows of a call of ``prod_k r/p`` has a
mean of at most 1 under the claim, given the calls before. The products of these means, and their average over the
alternatives, are test martingales; a step of probability zero refutes the claim at once.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from ..policies import Adaptive, Policy
from .aimed import HIGHER, LOWER, AimedBets
from .alternatives import REPLACED, Alternatives
from .diagnosis import BOTH, DRAWN, SCORED, UNIFORMLY, WITH_TIES, Component, Diagnosis, by
from .drawn_sizes import drawn_sizes, lists_of, other_draws
from .levels import Levels
from .lots import BY_PLACE, BY_POSITION, Habits, lots
from .near_temperatures import NearTemperatures
from .numbered import NumberedBets
from .repetition import Repetition
from .sizes import remasking_law, size_laws
from .stakes import log_shares
from .steps import (
    HIGHEST,
    LOWEST,
    SCORES,
    SLIP,
    Transitions,
    claimed_positions,
    claimed_remasking,
    claimed_sizes,
    due,
    rows_at,
    uniformly,
)
from .tokens import (
    AS_CLAIMED,
    GREEDY,
    STALE,
    UNIFORM,
    near_laws,
    temperatures,
)
from .trace import Trace, transitions

__all__ = ["Impossible", "TraceTest", "can_be_followed"]

Array = NDArray[np.float64]
Rows = Callable[[Array], Array]
Model = tuple[str, str]

LAST = "the likeliest token at the last step"
AGAIN = "rows", "the same in every call"
"""The alternative that every call has the rows of the first."""

AIMED = ("tokens", LOWER), ("tokens", HIGHER)

SAME = 2 * SLIP
"""Difference in nats below which two laws of a step, one with slips, are the same."""

SUSPECT = 5.0
"""Evidence in nats from which it is."""

CELLS_AT_ONCE = 1 << 20


@dataclass(frozen=True)
class Impossible:
    """A step that the claim forbids.

    Parameters
    ----------
    component : str
    call, row, step : int
    before, after : tuple of int
        Partial sequences; the mask is V.
    due : tuple of int
        Of positions: those that the claim reveals, as many; empty where these are drawn.
    """

    component: str
    call: int
    row: int
    step: int
    before: tuple[int, ...]
    after: tuple[int, ...]
    due: tuple[int, ...] = ()


def can_be_followed(policy: Policy) -> bool:
    """Whether the law of its steps is known here."""
    drawn = policy.step_law is not None or bool(policy.random_sizes or policy.size_law)
    return drawn or policy.remasks or policy.sets is not None or policy.score is not None


class TraceTest:
    """The evidence of the calls so far.

    Parameters
    ----------
    policy : Policy
        One that can be followed.
    vocab, length : int
    laws, scores : mapping of str to callable, optional
        Further alternatives, as of :class:`Claim`.
    aim : (int, float), optional
        Sequences that are to be drawn in all, and the evidence in nats that is enough: some bets aim at it.

    Attributes
    ----------
    log, most : float
        The evidence in nats, now and where it was most.
    wealth : dict of (str, str) to float
        That of each alternative, by component and name.
    squares : dict of (str, str) to float
        Sums of squares of what each call says against each alternative, in nats.
    impossible : list of Impossible
        The first of each call and component.
    """

    def __init__(
        self,
        policy: Policy,
        vocab: int,
        length: int,
        laws: Mapping[str, Rows] = MappingProxyType({}),
        scores: Mapping[str, Rows] = MappingProxyType({}),
        aim: tuple[int, float] | None = None,
    ) -> None:
        self.policy, self.vocab = policy, vocab
        self.others = Alternatives(policy, vocab, length, laws, scores)
        self.proposes, self.tries_noise = self.others.proposes, self.others.tries_noise
        self.impossible: list[Impossible] = []
        self.calls, self.log, self.most = 0, 0.0, 0.0
        self._shares: dict[Model, float] = {}
        self.wealth: dict[Model, float] = {AGAIN: 0.0}
        claimed = float(policy.temperature)
        self._aimed: AimedBets | None = None
        if aim is not None and claimed and not self.proposes:
            self._aimed, self._enough = AimedBets(aim[0]), aim[1]
            self.wealth |= dict.fromkeys(AIMED, 0.0)
        self._distances = {
            ("tokens", f"{name}{words}"): abs(math.log(t / claimed))
            for name, t in (temperatures(policy).items() if claimed else ())
            for words in ("", SCORED)
        }
        self._allowing = {name for name in self.others.laws if name in temperatures(policy) or name.endswith(UNIFORM)}
        self._against: dict[Model, float] = {}
        self.squares: dict[Model, float] = {}
        self._apart: set[Model] = set()
        self._repetition, self._numbered = Repetition(), NumberedBets(policy)
        self._habits, self._near = Habits(length), NearTemperatures(policy)
        self.diagnosis = Diagnosis(policy, length)
        self._hazards = {what: np.zeros((2, policy.steps)) for what in ("sizes", "revealed")}
        self._waiting: list[Trace] = []

    def add(self, trace: Trace) -> None:
        """Count a call; several are looked at together."""
        self._waiting.append(trace)
        if sum(waiting.logits.size for waiting in self._waiting) > CELLS_AT_ONCE:
            self.look()

    def look(self) -> None:
        """Look at all calls so far.

        Notes
        -----
        Cost: the V logarithms of each token written, for some thirty laws; of every masked position for some more.
        """
        if not self._waiting:
            return
        traces, self._waiting, others = self._waiting, [], self.others
        seen, row, earlier = transitions(traces, others.scores, self.policy.remasks)
        calls = np.cumsum([0, *(trace.y.shape[1] for trace in traces)])
        cell_of, place = np.nonzero(seen.chosen)
        logs, written = rows_at(seen.log_c, cell_of, place), seen.reached[cell_of, place]

        def total(law: Array) -> Array:
            values = np.take_along_axis(law, written[:, None], 1)[:, 0]
            return np.asarray(np.bincount(cell_of, values, minlength=len(row)), dtype=np.float64)

        own = others.own(logs)
        drawn = bool(self.policy.size_law)
        sizes = drawn_sizes(lists_of(self.policy), seen.size, row) if drawn else claimed_sizes(self.policy, seen)
        tokens = total(own)
        levels = others.levels(seen)
        kept = others.kept(levels)
        proposed = others.proposed(seen)
        if self.proposes:
            claim = others.claimed_proposals(seen)
        else:
            chosen = claimed_positions(self.policy, seen)
            claim = chosen + tokens
        forbidden = {
            "sizes": np.isneginf(sizes) | self._too_many_steps(seen, row),
            "tokens": np.isneginf(tokens),
            BOTH if self.proposes else "positions": np.isneginf(claim) & ~np.isneginf(tokens),
            "revealed": np.asarray((seen.changed & ~(seen.remasked & self.policy.remasks)).any(axis=1)),
        }
        again = claimed_remasking(self.policy, seen) if self.policy.remasks else np.zeros(len(row))
        forbidden["revealed"] |= np.isneginf(again)
        self._note(seen, row, calls, forbidden)
        self._finished(traces)
        laws = {name: law(logs) for name, law in others.laws.items()}
        by_token = {name: total(self._slipping(law)) for name, law in laws.items()}
        by_token[STALE] = total(self._slipping(others.own(rows_at(earlier, cell_of, place))))
        if GREEDY in by_token:
            by_token[LAST] = np.where(self._last(seen), by_token[GREEDY], tokens)
        by_place, after_law = others.places(seen, earlier), others.scored_after(seen)
        tied = others.ties_of_others(seen)
        by_token[AS_CLAIMED] = total(self._slipping(own))
        found: dict[Model, tuple[Array, Array]] = {}
        bets: dict[Model, Array] = {}
        call = np.searchsorted(calls, row, side="right") - 1
        if self.proposes:
            # Where the claim leaves the size to probability with the rest, any size is as likely.
            free = -np.log(np.maximum(seen.masked.sum(axis=1), 1)) * (others.proposing.sizes is None)
            found |= {("positions", name): (free + law + tokens, claim) for name, law in by_place.items()}
            found |= {("tokens", name): (law, claim) for name, law in proposed.items() if name != AS_CLAIMED}
            found |= {("tokens", name): (law, kept[AS_CLAIMED]) for name, law in kept.items() if name != AS_CLAIMED}
            found |= {
                (BOTH, f"{name}, {place}"): (free + where + law, claim)
                for place, where in by_place.items()
                for name, law in by_token.items()
            }
        else:
            # What forbids nothing that the claim allows needs no slips.
            whole = {name: total(law) for name, law in laws.items() if name in self._allowing}
            found |= {("tokens", name): (law, tokens) for name, law in (by_token | whole).items() if name != AS_CLAIMED}
            rows = np.diff(calls)
            bets = {("tokens", name): total(law) for name, law in self._near.laws(own, call[cell_of], rows).items()}
            found["positions", DRAWN] = proposed[AS_CLAIMED], claim
            found |= {("positions", name): (law, chosen) for name, law in by_place.items() if WITH_TIES in name}
            if not self.policy.one_choice:
                found |= {("positions", name): (law, chosen) for name, law in by_place.items()}
                found |= {("positions", name + SCORED): (law, chosen) for name, law in after_law.items()}
        if not self.policy.one_choice:
            places = claim if self.proposes else chosen
            found |= {
                model: (law, places)
                for model, law in self._by_lot(seen, call, places, levels if self.proposes else None).items()
            }
        before = self._learn("sizes", seen, seen.size, seen.masked.sum(axis=1), call)
        found |= {("sizes", name): (law, sizes) for name, law in size_laws(self.policy, seen, before).items()}
        for name, lists in (other_draws(self.policy) if drawn else {}).items():
            found["sizes", name] = drawn_sizes(lists, seen.size, row), sizes
        if self.policy.remasks:
            revealed, remasked = (~seen.masked).sum(axis=1), seen.remasked.sum(axis=1)
            before = self._learn("revealed", seen, remasked, revealed, call)
            learned = remasking_law(self.policy, seen, before, remasked, revealed)
            found["revealed", "learned hazards"] = learned, again
        bets |= self._numbered.bets(np.array([len(trace.logits) for trace in traces]), seen.step, call, found)
        self._shares = log_shares({**self.wealth, **found}, self._distances, AIMED)
        if self._aimed is not None:
            self._aimed.add(own, written, row[cell_of], calls, self._enough + self.stake(AIMED[0]))
            self.wealth |= {("tokens", name): wealth for name, wealth in self._aimed.wealth.items()}
        for model, (law, claimed) in found.items():
            self._bet(model, law, claimed, row, calls, bets.get(model, law))
        self._repetition.add(traces, np.bincount(row, sizes + claim + again, minlength=int(calls[-1])).astype(float))
        self.wealth[AGAIN] = self._repetition.wealth
        if not self.proposes:
            slip = math.log(SLIP) + uniformly(seen, seen.masked)
            by_place[AS_CLAIMED] = np.logaddexp(math.log1p(-SLIP) + chosen, slip)
        self.calls += len(traces)
        parts = [self._staked(part) for part in {component for component, _ in self.wealth}]
        self.log = math.inf if self.impossible else float(np.logaddexp.reduce(parts))
        self.most = max(self.most, self.log)
        # Noise costs so much that it is looked for where something is wrong; later looks alone would not compare.
        self.tries_noise &= bool(self.impossible) or self.most > SUSPECT
        fits = others.with_ties(seen, levels, kept) | {
            (name, False, LOWEST): law for name, law in proposed.items() if name in REPLACED
        }
        noisy = others.noisy(seen, by_token) if self.tries_noise else {}
        self.diagnosis.add(seen, by_token, by_place | tied, after_law, noisy, fits)
        self.diagnosis.remember([seen.size[row == r] for r in range(calls[-1])], logs, written)

    def _by_lot(
        self, seen: Transitions, call: NDArray[np.int64], claim: Array, levels: Levels | None
    ) -> dict[Model, Array]:
        """What the claim says, but for positions that it draws by lot and code takes as it did in earlier calls."""
        step, among = lots(self.policy, seen, levels)
        ratios = self._habits.learn(among, among & seen.chosen[step], call[step])
        named = {self._uneven(words): ratio for words, ratio in ratios.items()}
        return {name: claim + np.bincount(step, ratio, minlength=len(claim)) for name, ratio in named.items()}

    def _uneven(self, words: str) -> Model:
        """The name of an alternative to drawing by lot."""
        place = self.diagnosis.claimed_place
        return "positions", words if place == UNIFORMLY else f"{place}{WITH_TIES}{words}"

    def _learn(
        self,
        what: str,
        seen: Transitions,
        happened: NDArray[np.int64],
        of: NDArray[np.int64],
        call: NDArray[np.int64],
    ) -> Array:
        """How often it happened, and of how many, at the step of each transition (2, n), in all earlier calls."""
        step = np.minimum(seen.step, self.policy.steps) - 1
        counts = np.zeros((2, int(call.max(initial=-1)) + 2, self.policy.steps))
        np.add.at(counts[0], (call + 1, step), happened)
        np.add.at(counts[1], (call + 1, step), of)
        counts[:, 0] = self._hazards[what]
        counts = counts.cumsum(axis=1)
        self._hazards[what] = counts[:, -1]
        return counts[:, call, step]

    def _bet(
        self, model: Model, law: Array, claimed: Array, row: NDArray[np.int64], calls: NDArray[np.int64], bet: Array
    ) -> None:
        """Means over the rows of each call; a step that the claim forbids is counted elsewhere."""
        possible = ~np.isneginf(claimed)
        ratio, staked = (np.where(possible, each, 0.0) - np.where(possible, claimed, 0.0) for each in (law, bet))
        if np.abs(ratio).max(initial=0.0) > SAME:
            self._apart.add(model)
        for kept, logs in ((self.wealth, staked), (self._against, -ratio)):
            by_row = np.bincount(row, logs, minlength=int(calls[-1]))
            means = np.logaddexp.reduceat(by_row, calls[:-1]) - np.log(np.diff(calls))
            kept[model] = kept.get(model, 0.0) + float(means.sum())
        self.squares[model] = self.squares.get(model, 0.0) + float((means**2).sum())

    @property
    def repetition(self) -> float:
        """Evidence that calls repeat earlier ones, if it explains more than all components together; else 0."""
        by_part = {part: max(self._best(part), 0.0) for part in ("sizes", "positions", "tokens", BOTH)}
        others = max(by_part[BOTH], sum(by_part.values()) - by_part[BOTH])
        found = self.wealth[AGAIN]
        return found if found > others else 0.0

    def _best(self, part: str) -> float:
        return max((wealth for (component, _), wealth in self.wealth.items() if component == part), default=0.0)

    def _last(self, seen: Transitions) -> NDArray[np.bool_]:
        """Which transitions (n,) are the last of their rows, whatever other rows do."""
        if self.policy.step_law is not None or self.policy.remasks:
            return np.asarray(seen.step >= self.policy.steps)
        return np.asarray(seen.size == seen.masked.sum(axis=1))

    def _too_many_steps(self, seen: Transitions, row: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Transitions (n,) that complete a sequence in more steps than a policy of so many has."""
        steps = np.bincount(row, seen.size > 0)[row]
        return np.asarray((steps > self.policy.steps) & (seen.size == seen.masked.sum(axis=1)) & (seen.size > 0))

    def _note(
        self,
        seen: Transitions,
        row: NDArray[np.int64],
        calls: NDArray[np.int64],
        forbidden: dict[str, NDArray[np.bool_]],
    ) -> None:
        """The first step that each component forbids."""
        positions = None if self.proposes or not forbidden["positions"].any() else due(self.policy, seen)
        for name, where in forbidden.items():
            for k in np.flatnonzero(where)[:1]:
                before, after = (tuple(map(int, y[k])) for y in (seen.y, seen.reached))
                call = int(np.searchsorted(calls, row[k], side="right")) - 1
                self.impossible.append(
                    Impossible(
                        name,
                        self.calls + call,
                        int(row[k] - calls[call]),
                        int(seen.step[k]),
                        before,
                        after,
                        ()
                        if positions is None or name != "positions"
                        else tuple(np.flatnonzero(positions[k]).tolist()),
                    )
                )

    def _finished(self, traces: list[Trace]) -> None:
        """Masks must not be left."""
        for call, trace in enumerate(traces):
            left = (trace.y[-1] == self.vocab).any(axis=1)
            for row in np.flatnonzero(left)[:1]:
                before, after = (tuple(map(int, y[row])) for y in trace.y[-2:])
                self.impossible.append(
                    Impossible("sizes", self.calls + call, int(row), len(trace.logits), before, after)
                )

    def _slipping(self, law: Array) -> Array:
        """A law of tokens that takes any token now and then."""
        return np.logaddexp(math.log1p(-SLIP) + law, math.log(SLIP / self.vocab))

    def components(self, alpha: float) -> dict[str, Component]:
        """What each component was seen to be, and the evidence against it."""
        impossible = {step.component for step in self.impossible}
        evidence = {}
        for name in ("sizes", "positions", "tokens", "revealed"):
            here = {name, BOTH} if name in ("positions", "tokens") else {name}
            found = [self._staked(part) for part in here & {part for part, _ in self.wealth}]
            evidence[name] = math.inf if here & impossible else max(found, default=0.0)
        refuted = bool(impossible) or self.most >= math.log(1 / alpha)
        places = {name: wealth for (part, name), wealth in self.wealth.items() if part == "positions"}
        uneven = [name for _, name in map(self._uneven, (BY_POSITION, BY_PLACE)) if name in places]
        return self.diagnosis.components(refuted, evidence, impossible, alpha, places, uneven)

    def _staked(self, component: str) -> float:
        """The logarithm of the wealth of the alternatives to this component, each with its share of the stake."""
        parts = [self._shares[model] + wealth for model, wealth in self.wealth.items() if model[0] == component]
        return float(np.logaddexp.reduce(parts))

    def stake(self, model: Model) -> float:
        """Minus the logarithm of what is staked on an alternative, in nats."""
        return -self._shares[model]

    @property
    def aimed_stake(self) -> float | None:
        """That on a bet that aims at the number of sequences, where there is one."""
        return None if self._aimed is None else self.stake(AIMED[0])

    def near(self) -> dict[str, float]:
        """Evidence, in nats, against the laws of tokens that a test of any use can tell from the claim's."""
        near = {name: self._against.get(("tokens", name)) for name in near_laws(self.policy)}
        return {name: nats for name, nats in near.items() if nats is not None}

    def not_excluded(self, alpha: float) -> list[str]:
        """Alternatives that are far enough from the claim and not refuted themselves, by as much evidence."""
        near = near_laws(self.policy)
        enough = math.log(1 / alpha)
        return [
            f"{component}: {name}"
            for (component, name), against in self._against.items()
            if against < enough
            and (component, name) in self._apart
            and (
                name in near
                if component == "tokens"
                else name != UNIFORMLY and not name.endswith((BY_POSITION, BY_PLACE)) and WITH_TIES not in name
            )
        ]

    def ties_tested(self, alpha: float) -> bool | None:
        """Whether other orders of equal scores are refuted; None where the claim has none."""
        policy, score = self.policy, self.policy.score
        if self.proposes or score not in SCORES:
            return None
        others = (HIGHEST,) if Adaptive.of(policy).takes_first else (LOWEST, HIGHEST)
        against = [self._against.get(("positions", f"{by(score)}{WITH_TIES}{ties}"), 0.0) for ties in others]
        return min(against) >= math.log(1 / alpha)
