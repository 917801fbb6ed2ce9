"""Which known laws explain best what was seen of each component, and what is said of it."""

from __future__ import annotations

import itertools
import math
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import pchip_interpolate

from ..policies import Adaptive, Policy
from .sizes import claimed_in_words, seen_in_words
from .steps import LOWEST, SLIP, Transitions, uniformly
from .tokens import AS_CLAIMED, GREEDY, TEMPERATURES, tempered

__all__ = [
    "AT_RANDOM",
    "BOTH",
    "DRAWN",
    "SCORED",
    "UNEXPLAINED",
    "UNIFORMLY",
    "WITH_TIES",
    "Component",
    "Diagnosis",
    "by",
]

Array = NDArray[np.float64]
Model = tuple[str, str]
"""What tokens are drawn from, and how positions are chosen."""

UNIFORMLY = "uniformly at random"
DRAWN = "by probability of the drawn token"
SCORED = ", in the law drawn from"
AT_RANDOM = "at random"
WITH_TIES = ", ties: "
UNEXPLAINED = "none of the known laws explains it"
BOTH = "positions and tokens"
"""The component of alternatives that change both, and of steps that no proposals lead to."""

FORBIDDEN = "a step that the claim forbids"

ALIKE = ("confidence", "margin", "entropy")
"""Scores that rank rows of two symbols alike."""

PROBABLY, LIKELIER = "probably ", math.log(20)
"""What is said of a name that is so much likelier, in nats, than the best without it, and not by 1/alpha."""

MOST_CELLS = 200_000
"""Tokens that are kept for the estimate of the temperature."""

GRID = 17
"""Temperatures between two that were tried."""


@dataclass(frozen=True)
class Component:
    """One component of what was seen.

    Parameters
    ----------
    claimed, seen : str
        The claim, and what explains the steps best.
    as_claimed : bool
    log_evidence : float
        Against this component of the claim, in nats; infinite after an impossible step. Where the other components
        explain what was seen, by how much it is likelier if this one differs, too.
    temperature : tuple of float, optional
        Of tokens: those that are not refuted.
    """

    claimed: str
    seen: str
    as_claimed: bool
    log_evidence: float
    temperature: tuple[float, float] | None = None


class Diagnosis:
    """The likelihoods of pairs of a law of tokens and a law of positions.

    Parameters
    ----------
    policy : Policy
    length : int
    """

    def __init__(self, policy: Policy, length: int) -> None:
        self.policy, self.length = policy, length
        self.proposes = policy.proposes
        self._tokens: dict[str, float] = defaultdict(float)
        self._positions: dict[str, float] = defaultdict(float)
        self._scored: dict[str, float] = defaultdict(float)
        self._noisy: dict[Model, float] = defaultdict(float)
        self._proposals: dict[tuple[str, bool, str], float] = defaultdict(float)
        self._sizes: Counter[tuple[int, ...]] = Counter()
        self._cells: list[tuple[Array, NDArray[np.int64]]] = []
        self._kept = self._vocab = 0
        self._again = np.zeros(2, dtype=np.int64)

    def add(
        self,
        seen: Transitions,
        tokens: Mapping[str, Array],
        positions: Mapping[str, Array],
        scored: Mapping[str, Array],
        noisy: Mapping[Model, Array],
        proposed: Mapping[tuple[str, bool, str], Array],
    ) -> None:
        """Log probabilities (n,) of what was seen.

        Parameters
        ----------
        seen : Transitions
        tokens, positions : mapping of str to (n,) float64
            Laws of either alone, which allow everything.
        scored : mapping of str to (n,) float64
            Laws of positions by the claimed score, in the law of tokens of this name.
        noisy : mapping of (str, str) to (n,) float64
            Laws of both, by their names, which allow everything.
        proposed : mapping of (str, bool, str) to (n,) float64
            Laws of both, by what proposals are drawn from, whether scores are its probabilities, and by ties.
        """
        self._vocab = seen.vocab
        self._again += seen.remasked.sum(), (~seen.masked).sum()
        for fits, laws in ((self._tokens, tokens), (self._positions, positions), (self._scored, scored)):
            for name, law in laws.items():
                fits[name] += float(law.sum())
        for pair, law in noisy.items():
            self._noisy[pair] += float(law.sum())
        slip = math.log(SLIP) + uniformly(seen, seen.masked) - seen.size * math.log(seen.vocab)
        for model, law in proposed.items():
            self._proposals[model] += float(np.logaddexp(math.log1p(-SLIP) + law, slip).sum())

    def remember(self, sizes: list[NDArray[np.int64]], logs: Array, written: NDArray[np.int64]) -> None:
        """The sizes of each sequence, and the conditionals (m, V) of the tokens written (m,)."""
        for each in sizes:
            self._sizes[tuple(int(size) for size in each[each > 0])] += 1
        if self._kept < MOST_CELLS:
            self._cells.append((logs, written))
            self._kept += len(written)

    def components(
        self,
        refuted: bool,
        evidence: Mapping[str, float],
        impossible: set[str],
        alpha: float,
        wealth: Mapping[str, float],
        uneven: Sequence[str],
    ) -> dict[str, Component]:
        """What each component was seen to be.

        Parameters
        ----------
        refuted : bool
            Whether the claim is.
        evidence : mapping of str to float
            Against each component.
        impossible : set of str
            Components of steps that the claim forbids.
        alpha : float
            A model is worse than another if it is less likely by a factor of alpha.
        wealth : mapping of str to float
            What bets on positions have won, by name.
        uneven : sequence of str
            Those of them that have no law of positions, as they are learned.
        """
        enough = math.log(1 / alpha)
        models = self._models()
        claim = (AS_CLAIMED, DRAWN if self.proposes else AS_CLAIMED)

        def rank(model: Model) -> tuple[float, bool, bool, bool, bool]:
            tokens, places = model
            own = places.startswith(self.claimed_place)
            return models[model], model == claim, tokens == AS_CLAIMED, own, not places.endswith(SCORED)

        best = likeliest = max(models, key=rank)

        def worse(differs: Callable[[Model], bool]) -> float:
            """How much worse than the best is every model that does not differ so from the claim."""
            return models[best] - max(fit for model, fit in models.items() if not differs(model))

        drawn = best[1].startswith(DRAWN)
        gaps = (
            worse(lambda model: model[0] != claim[0]),
            worse(lambda model: model[1] != claim[1]),
            worse(lambda model: model[1].startswith(DRAWN) != self.proposes),
        )

        def parts(by: float) -> tuple[bool, bool, bool]:
            """Whether tokens, positions and the order of both differ; the latter only by a score of what was drawn."""
            tokens, places, order = (refuted and gap >= by for gap in gaps)
            return tokens, places, order and drawn

        sizes = "sizes" in impossible or evidence["sizes"] >= enough
        tokens, places, order = parts(enough)
        by, words = enough, best[0]
        # An impossible pair of positions and tokens is named by what explains it, which may be either.
        forbidden = "positions" in impossible or (BOTH in impossible and not (tokens or places))
        words = FORBIDDEN if "tokens" in impossible and not tokens else words
        best = (best[0], FORBIDDEN) if forbidden and not places else best
        tokens, places = tokens or "tokens" in impossible, places or forbidden
        learned = max(uneven, key=wealth.__getitem__, default="")
        if learned and wealth[learned] >= max(enough, wealth.get(best[1], math.inf) if places else 0.0):
            places, best = True, (best[0], learned)
        revealed = "revealed" in impossible or evidence["revealed"] >= enough
        if refuted and not (sizes or tokens or places or order or revealed):
            # The refutation is sure already, and only its name is not.
            by = min(enough, LIKELIER)
            tokens, places, order = parts(by)
            words = f"{PROBABLY}{words}"
        if refuted and not (sizes or tokens or places or order or revealed):
            tokens = evidence["tokens"] >= evidence["positions"]
            places, best, words = not tokens, (UNEXPLAINED, UNEXPLAINED), UNEXPLAINED
        temperature = self._range_of_proposals(models, models[likeliest] - by) if drawn else self._range(by)
        if temperature is not None:
            if not tokens:
                temperature = min(temperature[0], self._claimed), max(temperature[1], self._claimed)
            if tokens and words.removeprefix(PROBABLY) == likeliest[0] and likeliest[0].startswith("temperature"):
                spread = "temperature {:.2f} to {:.2f}".format(*temperature) + self._or_else(models, likeliest)
                words = words.replace(likeliest[0], spread)
        at = evidence["positions"]

        def said(claimed: str, seen: str, differs: bool, found: float, gap: float = math.inf) -> Component:
            left = min(found, gap) if refuted and not differs else found
            return Component(claimed, seen if differs else AS_CLAIMED, not differs, left)

        return {
            "sizes": said(
                claimed_in_words(self.policy),
                seen_in_words(self.policy, self._sizes, self.length),
                sizes,
                evidence["sizes"],
            ),
            "positions": said(
                *(self.named_ties(best[1]) if places else (self.claimed_place, AS_CLAIMED)), places, at, gaps[1]
            ),
            "tokens": replace(
                said(self._claimed_tokens, words, tokens, evidence["tokens"], gaps[0]), temperature=temperature
            ),
            "draw_before_choice": said(_moment(self.proposes), _moment(drawn), order, at if order else min(at, 0.0)),
            "revealed": said(*self._revealed("revealed" in impossible), revealed, evidence["revealed"]),
        }

    def _or_else(self, models: Mapping[Model, float], best: Model) -> str:
        """Beside a temperature the next law of tokens, where what was seen hardly tells the two apart."""
        others = {
            tokens: fit
            for (tokens, places), fit in models.items()
            if places == best[1] and tokens != AS_CLAIMED and not tokens.startswith("temperature")
        }
        second = max(others, key=others.__getitem__, default="")
        return f", or {second}" if second and models[best] - others[second] < LIKELIER else ""

    def named_ties(self, seen: str) -> tuple[str, str]:
        """What is claimed of positions, and what was seen; with the order of equal scores, where that differs."""
        claimed = self.claimed_place
        if seen == claimed:
            seen = f"{claimed}{WITH_TIES}{AT_RANDOM}"
        if not seen.startswith(claimed):
            return claimed, self._alike(seen)
        if not seen.startswith(claimed + WITH_TIES):
            return claimed, seen
        return f"{claimed}{WITH_TIES}{LOWEST if Adaptive.of(self.policy).takes_first else AT_RANDOM}", seen

    def _alike(self, seen: str) -> str:
        """A score with those that cannot be told from it."""
        found = next((by(score) for score in ALIKE if seen.startswith(by(score))), "")
        if self._vocab != 2 or not found:
            return seen
        return seen.replace(found, f"{by(ALIKE[0])} ({' and '.join(ALIKE[1:])} rank alike here)", 1)

    def _revealed(self, changed: bool) -> tuple[str, str]:
        """What is claimed of revealed tokens, and what was seen."""
        if not self.policy.remasks:
            return "kept", "changed"
        often = f"masked again {self._again[0]} times of {self._again[1]}"
        return "masked again at random", "changed" if changed else often

    def _models(self) -> dict[Model, float]:
        """The log-likelihood of each."""
        places: dict[str, float] = {}
        for name, fit in self._positions.items():
            # Which order equal scores have is said of the claim's own.
            whole = name if name.startswith(self.claimed_place) else name.partition(WITH_TIES)[0]
            places[whole] = max(fit, places.get(whole, -math.inf))
        chosen = {(d, s): self._tokens[d] + fit for d in self._tokens for s, fit in places.items()}
        drawn: dict[Model, float] = {}
        for (d, after, _), fit in self._proposals.items():
            model = d, DRAWN + after * SCORED
            drawn[model] = max(fit, drawn.get(model, -math.inf))
        scored = {(d, self.claimed_place + SCORED): self._tokens[d] + fit for d, fit in self._scored.items()}
        return chosen | drawn | scored | self._noisy

    @property
    def claimed_place(self) -> str:
        """The claim about positions."""
        policy = self.policy
        if policy.exchangeable or policy.remasks:
            return UNIFORMLY
        if policy.sets is not None:
            return "sets given beforehand"
        return DRAWN if policy.proposes else UNIFORMLY if policy.score == "random" else by(Adaptive.of(policy).score)

    @property
    def _claimed(self) -> float:
        return float(self.policy.temperature)

    @property
    def _claimed_tokens(self) -> str:
        return f"temperature {self._claimed:g}" if self._claimed else GREEDY

    def _range_of_proposals(self, models: Mapping[Model, float], level: float) -> tuple[float, float] | None:
        """Temperatures of likelihood at least e^level, if tokens are drawn before the choice.

        Those that were tried count as the verdict has them; between them logarithms are interpolated.
        """
        claimed = self._claimed
        fits: dict[float, float] = {}
        for (name, _), fit in models.items():
            words = name.removeprefix("temperature ")
            t = claimed if name == AS_CLAIMED else 0.0 if name == GREEDY else float(words) if words != name else None
            if t is not None:
                fits[t] = max(fit, fits.get(t, -math.inf))
        tried = sorted(fits)
        grid = np.unique(np.concatenate([np.linspace(*pair, GRID) for pair in itertools.pairwise(tried)]))
        inside = grid[pchip_interpolate(tried, [fits[t] for t in tried], grid) >= level]
        return (float(inside[0]), float(inside[-1])) if len(inside) else None

    def _range(self, enough: float) -> tuple[float, float] | None:
        """Temperatures of likelihood at most e^enough below the best, if tokens are drawn after the choice."""
        if not self._cells:
            return None
        logs = np.concatenate([cell for cell, _ in self._cells])
        written = np.concatenate([token for _, token in self._cells])[:, None]
        logs, written = logs[:MOST_CELLS], written[:MOST_CELLS]

        def fit(temperature: float) -> float:
            return float(np.take_along_axis(tempered(1 / temperature)(logs), written, 1).sum())

        if not math.isfinite(fit(1.0)):
            return None
        grid = np.array(TEMPERATURES, dtype=float)
        for _ in range(3):
            fits = np.array([fit(t) for t in grid])
            inside = np.flatnonzero(fits >= fits.max() - enough)
            ends = max(inside[0] - 1, 0), min(inside[-1] + 1, len(grid) - 1)
            found = float(grid[inside[0]]), float(grid[inside[-1]])
            grid = np.geomspace(grid[ends[0]], grid[ends[1]], GRID)
        return found


def by(score: str) -> str:
    """How positions are chosen, in words; of confidence what it is, as reports have levels of confidence, too."""
    return "by largest probability" if score == "confidence" else f"by {score}"


def _moment(proposes: bool) -> str:
    return "tokens are drawn before the choice" if proposes else "tokens are drawn after the choice"
