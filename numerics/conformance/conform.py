"""Does a sampler's code draw as an instance claims (definitions.md#conformance)?"""

from __future__ import annotations

import math
import traceback
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import BadInput, BeyondReach, shown
from ..instances import Instance
from ..numbers.probabilities import whole
from .claim import Claim
from .conformity import ROOM, Conformity
from .diagnosis import Component
from .final_law import CLAIMED, Tally
from .foresight import FOLLOWED, PAIR, TOGETHER, UNFOLLOWED, Needed, rows_of_a_call
from .oracle import REVEALED, Oracle
from .rows import Rows
from .tokens import AS_CLAIMED
from .trace import Denying, Recorder, Trace
from .tv_interval import sequences_needed

__all__ = ["SamplerCode", "conform", "default_samples", "default_tv", "samples_to_pass", "seed_of_call"]

SamplerCode = Callable[[Any, int, int], Any]
"""``sampler(oracle, count, seed)``, whose sequences have the shape (count, L)."""

PACKAGE = Path(__file__).parents[1]
SHOWN = 5
MOST_SAMPLES = 10**8

SAMPLES, SAMPLES_AT_LENGTH = 200_000, 500
"""Drawn unless told otherwise, with and without the final law."""

TVS = (0.01, 0.02, 0.05, 0.1)
"""Accepted unless told otherwise: the least that the sequences of right code show, or the last."""

READS = "what the network says there is read: the same seed gives other sequences when it says something else"
AGAIN = "the same in every call: the code ignores its seed"
UNSEEN = "the final law is out of reach, and the sampler asks the oracle about something else than its own sequence"
TINY = 1e-300

MOST_RECORDED = 1 << 25
"""Logits of one call that are kept."""

REPEATED = 3
"""Calls that are made again with another answer at revealed positions."""

MOST_CALLS = 2**20
GOLDEN = 2654435769
"""The odd number next to ``2^32`` over the golden ratio: its first multiples lie as far apart as can be."""


def conform(
    instance: Instance | Claim,
    sampler: SamplerCode,
    *,
    samples: int | None = None,
    alpha: float = 1e-6,
    tv: float | None = None,
    seed: int = 0,
    revealed: str = "known",
    watch: Callable[[int], None] | None = None,
) -> Conformity:
    """Draw sequences with somebody's code and hold its steps, and what it returns, against an instance.

    Steps are seen where the code asks the oracle about all sequences of a call at once, in their order; code that does
    not is called for one sequence at a time. In a small language what is returned is held against the exact law, too.

    Parameters
    ----------
    instance : Instance or Claim
        Prepared as a Claim where it is tested again and again.
    sampler : callable
        ``sampler(oracle, count, seed)`` returns an int array (count, L) of tokens 0..V-1, or V where it left a mask. It
        is called often, each time with a seed of its own: no run and no call has that of another.
    samples : int, optional
        n, how many sequences to draw; 200,000 unless given, or 500 where the final law is out of reach.
    alpha : float
        Probability of calling a right sampler wrong, whatever the rows of a call share and however rounding breaks
        ties; the steps and the final law have half each.
    tv : float, optional
        The largest total variation that is accepted as conforming; of no effect where the final law is out of reach.
        Unless given, the least of 0.01, 0.02, 0.05 and 0.1 that so many sequences of right code show, or 0.1.
    seed : int
    revealed : {"known", "uniform", "rest"}
        What the oracle says where a token is revealed.
    watch : callable, optional
        Told the number of sequences drawn so far.

    Returns
    -------
    Conformity
        ``differs`` when there is evidence of at least 1/alpha, or something impossible. ``conforms`` when the total
        variation is at most ``tv`` with probability 1 - alpha; where the final law is out of reach, when alternatives a
        tenth off in temperature, with 3 % of the tokens replaced, or with other positions where these are drawn, are
        refuted as surely. Else ``inconclusive``.

    Raises
    ------
    BadInput
        When the sampler raises, or returns another shape, type or token; for arguments out of range; under the rule
        ``stop``.
    BeyondReach
        When neither the final law is within reach nor steps are seen.

    Examples
    --------
    >>> from maskbound.numerics import languages, policies
    >>> instance = Instance(languages.iid(["1/2", "1/2"], 2), policies.Bernoulli(steps=1))
    >>> def fair(oracle, count, seed):
    ...     return np.random.default_rng(seed).integers(0, oracle.vocab, (count, oracle.length))
    >>> conform(instance, fair, samples=20_000, tv=0.05).status
    'conforms'
    """
    for name, value in (("alpha", alpha), ("tv", TVS[0] if tv is None else tv)):
        if not 0 < value < 1:
            raise BadInput(name, f"found {shown(value)}; a number strictly between 0 and 1 is accepted")
    whole(seed, "seed")
    claim = instance if isinstance(instance, Claim) else Claim(instance)
    count = whole(default_samples(claim) if samples is None else samples, "samples", 1, MOST_SAMPLES)
    accepted = default_tv(claim, count, alpha) if tv is None else tv
    return _Run(claim, sampler, count, alpha, seed, revealed).finished(accepted, watch)


def default_samples(claim: Claim) -> int:
    """How many sequences are drawn unless told otherwise."""
    return SAMPLES if claim.final is not None else SAMPLES_AT_LENGTH


def samples_to_pass(claim: Claim, tv: float, alpha: float) -> int:
    """How many sequences show a total variation of right code, of those that are drawn unless told otherwise."""
    shows = claim.needed(tv=tv, alpha=alpha, by_steps=False).conforms
    return default_samples(claim) if shows is None else min(default_samples(claim), math.ceil(ROOM * shows))


def default_tv(claim: Claim, samples: int, alpha: float) -> float:
    """The total variation that is accepted unless told otherwise."""
    if claim.final is None:
        return TVS[0]
    p = claim.final.law.p
    return next((tv for tv in TVS if ROOM * sequences_needed(p, tv, alpha) <= samples), TVS[-1])


class _Run:
    """The calls of one test."""

    def __init__(
        self, claim: Claim, sampler: SamplerCode, samples: int, alpha: float, seed: int, revealed: str
    ) -> None:
        self.claim, self.sampler, self.seed = claim, sampler, seed
        self.samples, self.alpha = samples, alpha
        if revealed not in REVEALED:
            raise BadInput("revealed", f"found {shown(revealed)}; one of {', '.join(REVEALED)} is accepted")
        self.oracle = claim.oracle.other(revealed)
        policy = claim.instance.policy
        alone = claim.final is None
        self.steps = claim.trace_test((samples if alone else min(samples, FOLLOWED), -math.log(alpha / (2 - alone))))
        self.tally = None if claim.final is None else Tally(claim.final, rows_of_a_call(samples))
        self.rows, self.calls, self.followed, self.drawn = Rows(), 0, 0, 0
        self.reads_revealed = self.chosen_again = self.alone = False
        answer = policy.steps * self.oracle.length * self.oracle.vocab
        self.recorded = max(1, MOST_RECORDED // answer)

    def finished(self, tv: float, watch: Callable[[int], None] | None) -> Conformity:
        """After all calls."""
        for count in self._counts():
            self._call(count)
            if watch is not None:
                watch(self.drawn)
        if self.steps is not None:
            self.steps.look()
        if self.steps is None and self.tally is None:
            raise BeyondReach(UNSEEN)
        return self._found(tv)

    def _counts(self) -> Iterator[int]:
        """Rows of each call: small calls while steps are followed."""
        limit = self.samples if self.tally is None else min(self.samples, FOLLOWED)
        while self.drawn < self.samples:
            following = self.steps is not None and self.drawn < limit
            size, end = rows_of_a_call(limit if following else self.samples), limit if following else self.samples
            if following:
                size = min(size, self.recorded)
                if self.calls >= (UNFOLLOWED if self.alone else TOGETHER):
                    size = min(size, 1 if self.alone else PAIR)
            yield min(size, end - self.drawn)

    def _call(self, count: int) -> None:
        seed = seed_of_call(self.seed, self.calls)
        limit = self.samples if self.tally is None else FOLLOWED
        if self.steps is not None and self.drawn < limit:
            recorder = Recorder(self.oracle)
            x = _drawn(self.sampler, recorder, count, seed)
            self._follow(recorder.trace(x), count)
        else:
            x = _drawn(self.sampler, self.oracle, count, seed)
        if self.tally is not None:
            self.tally.add(x)
        self.rows.add(x)
        if self.calls < REPEATED and self.oracle.revealed != "rest":
            other = self.oracle.other("uniform" if self.oracle.revealed == "known" else "known")
            again = _drawn(self.sampler, other, count, seed)
            if not np.array_equal(again, x):
                self.reads_revealed = True
                denying = Denying(self.oracle.other("known"))
                trace = denying.trace(_drawn(self.sampler, denying, count, seed))
                self.chosen_again |= trace is not None and trace.writes_again
        self.calls, self.drawn = self.calls + 1, self.drawn + count

    def _follow(self, trace: Trace | None, count: int) -> None:
        """Look at the steps; if they cannot be seen for several rows at once, then for one."""
        if trace is not None and (count == 1 or not self.alone):
            assert self.steps is not None
            self.steps.add(trace)
            self.followed += count
        elif count == 1:
            self.steps = None
        else:
            self.alone = True

    def _found(self, tv: float) -> Conformity:
        steps, tally, claim = self.steps, self.tally, self.claim
        share = self.alpha / ((steps is not None) + (tally is not None))
        independent = self.rows.probability > self.alpha
        evidence = [part.most for part in (steps, tally) if part is not None]
        differs = max(evidence) >= math.log(1 / share)
        distance = None if tally is None else tally.distance(CLAIMED, self.alpha, independent)
        closest = () if tally is None else tally.closest()
        missed = tuple(steps.not_excluded(share)) if steps is not None and tally is None else ()
        within = distance[2] <= tv if distance is not None else not missed

        def foresee() -> Needed:
            needed = claim.needed(self.samples, self.alpha, tv, by_steps=False)
            if independent or needed.conforms is None:
                return needed
            return replace(needed, conforms=needed.conforms * rows_of_a_call(self.samples))

        return Conformity(
            instance=claim.instance,
            samples=self.samples,
            calls=self.calls,
            status="differs" if differs else "conforms" if within else "inconclusive",
            log_evidence=max(evidence),
            components=self._components(share, independent),
            followed=self.followed if steps is not None else 0,
            steps=() if steps is None else tuple(steps.impossible),
            chosen_again=self.chosen_again,
            ties_tested=steps.ties_tested(share) if steps is not None and tally is None else None,
            not_excluded=missed,
            tied=claim.final is not None and claim.final.ties is not None,
            tv=distance,
            closest=closest[:SHOWN],
            closest_tv=None if tally is None else tally.distance(closest[0][0], self.alpha / len(closest), independent),
            impossible=() if tally is None else tuple(tally.impossible.items()),
            cells=() if tally is None else tally.cells(),
            tv_wanted=tv,
            alpha=self.alpha,
            foresee=foresee,
        )

    def _components(self, alpha: float, independent: bool) -> dict[str, Component]:
        found = {} if self.steps is None else self.steps.components(alpha)
        if self.reads_revealed and "revealed" in found and found["revealed"].as_claimed:
            found["revealed"] = Component("kept", READS, False, found["revealed"].log_evidence)
        equal = f"{self.rows.within} equal pairs within calls, {self.rows.between} between"
        evidence = -math.log(max(self.rows.probability, TINY))
        found["rows"] = Component("independent", AS_CLAIMED if independent else equal, independent, evidence)
        # Where rows are all alike, no seed is ignored: nothing is drawn, which the components say.
        again = 0.0 if self.steps is None or self.rows.alike else self.steps.repetition
        if again >= math.log(1 / alpha):
            # One call again and again says nothing of anything else, but for what is impossible.
            found = {
                name: replace(part, seen=AS_CLAIMED, as_claimed=True) if np.isfinite(part.log_evidence) else part
                for name, part in found.items()
            }
            found["rows"] = Component("independent", AGAIN, False, again)
        return found


def seed_of_call(run: int, call: int) -> int:
    """A number that no other call of this or another run has; below ``2^32`` for runs below 4096.

    The seeds of a run lie so far apart that code which adds the number of a row to them uses none twice.
    """
    index = run * MOST_CALLS + call
    return (index >> 32 << 32) | (index * GOLDEN & 0xFFFFFFFF)


def _place(problem: BaseException) -> str:
    """The last line of somebody's own code that led to it."""
    frames = traceback.extract_tb(problem.__traceback__)
    own = [f for f in frames if not Path(f.filename).is_relative_to(PACKAGE) and "site-packages" not in f.filename]
    return f" ({Path(own[-1].filename).name}, line {own[-1].lineno})" if own else ""


def _drawn(sampler: SamplerCode, oracle: Oracle | Recorder, count: int, seed: int) -> NDArray[np.int64]:
    """One batch, checked."""
    try:
        found = sampler(oracle, count, seed)
    except (Exception, SystemExit) as problem:
        told = f"it raised {type(problem).__name__}: {str(problem)[:200]}{_place(problem)}"
        raise BadInput("sampler", told) from problem
    try:
        x = np.asarray(found)
    except Exception as problem:
        raise BadInput("sampler", f"it returned {type(found).__name__}, which is no array") from problem
    wanted = (count, oracle.length)
    if x.shape != wanted or x.dtype.kind not in "iu":
        raise BadInput(
            "sampler", f"it returned {x.dtype} of shape {x.shape}; whole numbers of shape {wanted} are accepted"
        )
    if x.min() < 0 or x.max() > oracle.mask_id:
        raise BadInput("sampler", f"it returned tokens from {x.min()} to {x.max()}; 0..{oracle.mask_id} are accepted")
    return x.astype(np.int64)
