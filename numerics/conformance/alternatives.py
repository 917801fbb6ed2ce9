"""What other code would do in the same steps: laws of which positions, and of what is written there."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from ..policies import Adaptive, Policy
from .diagnosis import AT_RANDOM, DRAWN, SCORED, UNIFORMLY, WITH_TIES, by
from .levels import Levels
from .noisy import NOISES, noisily, noisy_proposals
from .steps import (
    HIGHEST,
    LOWEST,
    SCORES,
    SLIP,
    TIED,
    TIES,
    Transitions,
    in_order,
    proposals,
    replaced_proposals,
    strictly_by,
    uniformly,
)
from .tokens import AS_CLAIMED, GREEDY, UNIFORM, claimed_tokens, near_laws, normalised, token_laws

__all__ = ["REPLACED", "Alternatives"]

Array = NDArray[np.float64]
Rows = Callable[[Array], Array]
Model = tuple[str, str]
Proposed = tuple[str, bool, str]

AFTERWARDS = (0.003, 0.01, 0.03, 0.1, 0.3)
REPLACED = [f"{100 * share:g} % of the tokens replaced after the choice" for share in AFTERWARDS]
"""Shares of the tokens that are replaced by uniform ones after proposals were chosen."""

WITH_NOISE = "with Gumbel noise of"

FEW = (
    AS_CLAIMED,
    GREEDY,
    *(f"temperature {t:g}" for t in (0.5, 0.7, 0.8, 0.9, 0.94, 0.97, 1, 1.03, 1.06, 1.1, 1.2, 1.4)),
    *(f"{share} {UNIFORM}" for share in (1, 3, 10, 30)),
)
"""Laws of proposals, at every candidate, that are tried where these are many; scores are the network's there."""

FEWEST = AS_CLAIMED, GREEDY, *(f"temperature {t:g}" for t in (0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.1, 1.2, 1.4))
"""Those that are tried there if the claim does not propose."""

MANY_CELLS = 128
"""Entries ``L V`` of a partial sequence's conditionals from which they are many."""

FEW_CELLS = 32
"""Up to which noise in the choice is tried, which costs some hundred times as much."""


class Alternatives:
    """Those of one claim.

    Parameters
    ----------
    policy : Policy
        One that can be followed.
    vocab, length : int
    laws, scores : mapping of str to callable
        Further laws of tokens and scores, as of :class:`Claim`.

    Attributes
    ----------
    proposes : bool
        Whether the claim draws tokens before it chooses.
    proposing : Adaptive
        The claim if so; else what proposes, given how many are kept.
    own : callable
        The claimed law of tokens.
    laws : dict of str to callable
        The other ones.
    names : list of str
        Those that proposals are drawn from.
    tries_noise : bool
        Whether the language is small enough for noise in the choice.
    """

    def __init__(
        self, policy: Policy, vocab: int, length: int, laws: Mapping[str, Rows], scores: Mapping[str, Rows]
    ) -> None:
        self.policy, self.length, self.scores = policy, length, scores
        self.block = policy.block_length or length
        self.proposing = Adaptive.of(policy) if policy.proposes else self._proposing("first")
        self.proposes = self.proposing is policy
        # Code that proposes where the claim does not may have any rule for ties.
        self._levelled = self.proposing if self.proposes else self._proposing("random")
        self.own, self.laws = claimed_tokens(policy), {**token_laws(policy, vocab), **normalised(laws)}
        self.few, self.tries_noise = length * vocab > MANY_CELLS, length * vocab <= FEW_CELLS
        few = {*FEW, *near_laws(policy)} if self.proposes else {*FEWEST}
        self.names = [name for name in (AS_CLAIMED, *self.laws) if not self.few or name in few]
        self._scored = [] if self.few else [name for name in self.names if name not in (AS_CLAIMED, GREEDY)]

    def _proposing(self, ties: Literal["first", "random"]) -> Adaptive:
        """Proposals where the claim has none, given how many are kept."""
        given: dict[str, Any] = {"sizes": [self.block], "block_length": self.block, "ties": ties}
        return Adaptive(self.length, score="confidence", order="sample-then-choose", **given)

    def claimed_proposals(self, seen: Transitions) -> Array:
        """How likely what happened is where the claim proposes."""
        return proposals(self.proposing, seen, self.own, _as_they_are)

    def levels(self, seen: Transitions) -> Levels:
        """Proposals up to ties."""
        return Levels(self._levelled, seen)

    def kept(self, levels: Levels) -> dict[str, Array]:
        """How likely proposals are up to ties, by what they are drawn from."""
        return {name: levels.law(self.law(name)) for name in self.names}

    def law(self, name: str) -> Rows:
        return self.own if name == AS_CLAIMED else self.laws[name]

    def places(self, seen: Transitions, earlier: Array) -> dict[str, Array]:
        """Laws of which positions, given how many."""
        among, scores = seen.candidates(self.block), (*SCORES, *self.scores)
        found = {by(score): strictly_by(seen, score, among) for score in scores}
        if self.block < self.length:
            found |= {f"{by(score)}, blocks ignored": strictly_by(seen, score, seen.masked) for score in scores}
            found[f"{UNIFORMLY}, in blocks"] = np.logaddexp(
                math.log1p(-SLIP) + uniformly(seen, among), math.log(SLIP) + uniformly(seen, seen.masked)
            )
        found[UNIFORMLY] = uniformly(seen, seen.masked)
        score = self.policy.score
        if score in SCORES and not self.proposes:
            found |= {f"{by(score)}{WITH_TIES}{ties}": in_order(seen, score, among, ties) for ties in TIES}
            found[f"{by(score)}{WITH_TIES}{AT_RANDOM}"] = strictly_by(seen, score, among, apart=0.0)
            found[f"{by(score)}, of the previous step"] = strictly_by(seen.seen_as(earlier), score, among)
        return found

    def ties_of_others(self, seen: Transitions) -> dict[str, Array]:
        """Scores that are not the claim's with every order of equal ones, as the claim's have: else ties decide."""
        among = seen.candidates(self.block)
        own = "" if self.proposes else self.policy.score
        return {
            f"{by(score)}{WITH_TIES}{ties}": in_order(seen, score, among, ties)
            for score in (*TIED, *self.scores)
            if score != own
            for ties in TIES
        }

    def proposed(self, seen: Transitions) -> dict[str, Array]:
        """Laws of proposals, the leftmost of ties: the claim's, those whose scores are their own, some replaced."""
        own = proposals(self.proposing, seen, self.own, _as_they_are, exactly=True)
        found = {AS_CLAIMED: own}
        for name in self._scored:
            law = self.law(name)
            found[name + SCORED] = proposals(self.proposing, seen, law, law, exactly=True)
        replaced = replaced_proposals(self.proposing, seen, self.own, AFTERWARDS)
        return found | dict(zip(REPLACED, replaced, strict=True))

    def with_ties(self, seen: Transitions, levels: Levels, kept: Mapping[str, Array]) -> dict[Proposed, Array]:
        """How likely proposals are, by what they are drawn from, whether that is what scores are, too, and by ties.

        Of equal rows a claim that proposes has its own order, and other code any. Other ties fall in favour of what
        happened or, in a small language, either is as likely. If scores are the network's, then they are as likely in
        each order as where proposals are drawn from its conditionals.
        """
        shares = ((True, 1.0),) if self.few else ((True, 1.0), (False, 0.5))
        orders = {LOWEST: False} if self.proposes else {LOWEST: False, HIGHEST: True}

        def outcomes(law: Rows) -> dict[str, Array]:
            return {
                ties: np.max([proposals(self.proposing, seen, law, law, *share, highest) for share in shares], axis=0)
                for ties, highest in orders.items()
            }

        up_to_ties = levels.law(_as_they_are)
        found: dict[Proposed, Array] = {}
        whole = outcomes(_as_they_are) | ({} if self.proposes else {AT_RANDOM: levels.at_random(_as_they_are)})
        for order, law in whole.items():
            possible = np.isfinite(law) & np.isfinite(up_to_ties)
            ties = np.where(possible, law, -math.inf) - np.where(possible, up_to_ties, 0.0)
            found |= {(name, False, order): each + ties for name, each in kept.items()}
        for name in self._scored:
            found |= {(name, True, order): law for order, law in outcomes(self.law(name)).items()}
        return found

    def noisy(self, seen: Transitions, by_token: dict[str, Array]) -> dict[Model, Array]:
        """Laws of positions by a score with noise, which for proposals may fall to 0."""
        seen, which = seen.distinct()
        among, left = seen.candidates(self.block), np.maximum(seen.steps - seen.step, 1e-2)
        even, falling = np.ones(len(left)), left / np.maximum(seen.steps - 1, 1)
        found: dict[Model, Array] = {}
        for tau in NOISES:
            noise = f"{WITH_NOISE} {tau:g}"
            for words, shape in (("", even), (", falling to 0", falling)):
                law = noisy_proposals(seen, self.own, tau * shape, among)
                found[AS_CLAIMED, f"{DRAWN} {noise}{words}"] = law[which]
            for score in SCORES[:3]:
                chosen = noisily(seen, score, tau * even, among)[which]
                found |= {(name, f"{by(score)} {noise}"): chosen + law for name, law in by_token.items()}
        return found

    def scored_after(self, seen: Transitions) -> dict[str, Array]:
        """Which positions, if the claimed score is that of the law that tokens are drawn from."""
        score = self.policy.score
        if score not in SCORES or self.proposes:
            return {}
        among = seen.candidates(self.block)
        laws = {name: self.law(name) for name in self.names if name != GREEDY}
        return {name: strictly_by(seen.scored_in(law, among), score, among) for name, law in laws.items()}


def _as_they_are(logs: Array) -> Array:
    return logs
