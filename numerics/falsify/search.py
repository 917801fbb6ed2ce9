"""Looking for a counterexample: structured instances, random ones, and climbing from the best; then shrinking.

A statement is searched over small rational instances (tables of at most 64 sequences, at most 4 steps) that its
assumptions allow. Nothing is read but what it states. A float64 verdict ``violated`` is already rigorous, so the
search judges with the float engines. Equality decides a statement with ``==`` or ``<``, and no interval of positive
width shows it: there what is left open is decided exactly, and so is what the search ends with. The order of the work
follows from the seed alone; a budget only cuts it.
"""

from __future__ import annotations

import difflib
import heapq
import itertools
import math
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from random import Random
from typing import Any

from maskbound.theory import RELATIONS, Assumption, Statement, claim, statements

from ..certificates.certificate import certificate
from ..engines import rational
from ..errors import BadInput, MaskboundError, shown
from ..judging.checking import judge
from ..judging.verdict import Side, Status, Verdict
from ..spec.draws import Spec
from ..tightness import Extreme, in_words
from .generators import Family, random_candidate, searched_kinds, structured
from .mutations import perturbed
from .shrinking import is_plain, shrink, size
from .subject import Candidate

__all__ = ["Falsification", "falsify", "judge_extreme", "resolve"]

Height = tuple[float, float]
"""The score that a search raises: the relative excess of the smaller side, -1 to 1, then the excess itself."""

NARROW = 1e-6
"""A ratio counts when its enclosure is narrower than this."""

CLIMBERS = 8
"""Number of the best candidates that are climbed from."""

EXACT_SECONDS = 0.05
"""Estimated time up to which what intervals leave open is decided exactly."""

MOST_ZEROS = 20
"""Candidates that are kept for statements both of whose sides are always zero."""

EXACT_TURNS = 4
"""Rounds in which random candidates have the exact denoiser."""

STRUCTURED_AT_ONCE = 60
RANDOM_AT_ONCE = 20
CLIMB = 150
"""Candidates of each sort in a round."""

CLEARER_TURNS = 4
"""Times that a counterexample of uneven weights is made clearer and shrunk again."""

PATIENCE = 50
"""Steps of a climb without a gain before it is given up."""


@dataclass(frozen=True)
class Falsification:
    """The outcome of a search.

    Parameters
    ----------
    statement : Statement
    found : bool
        Whether some instance violates the statement.
    instance : dict or None
        The counterexample, shrunk: the spec of an instance, or of a pair.
    verdict : Verdict or None
        The statement on it.
    first : dict or None
        The counterexample as it was met.
    tightest : Extreme or None
        Without a counterexample, the instance that came closest, where any gave a ratio; shrunk if there was time.
    tried, judged : int
        Candidates looked at, and those among them to which the statement applies; shrinking included.
    finished : bool
        Whether shrinking ran to its end.
    seed : int
    seconds : float
    """

    statement: Statement
    found: bool
    instance: Spec | None
    verdict: Verdict | None
    first: Spec | None
    tightest: Extreme | None
    tried: int
    judged: int
    finished: bool
    seed: int
    seconds: float

    def account(self) -> str:
        """The outcome and the effort in words."""
        effort = f"{self.tried} candidates, {self.judged} of them judged, in {self.seconds:.1f} s (seed {self.seed})"
        if self.verdict is not None:
            ended = "no smaller one that was tried refutes it, too"
            shrunk = ended if self.finished else "the time ended before it was shrunk further"
            where = f"  on {in_words(self.instance)}" if self.instance is not None else ""
            return f"counterexample found: {effort}\n{self.verdict.account()}\n{where}\n  {shrunk}"
        lines = [f"{self.statement.id}: no counterexample in {effort}"]
        if self.tightest is not None:
            lines.append(f"  tightest ratio {self.tightest.ratio:.9g}, reached by {in_words(self.tightest.instance)}")
        elif not self.judged:
            lines.append("  no candidate satisfies its assumptions: nothing was tested")
        return "\n".join(lines)

    def certificate(self) -> dict[str, Any]:
        """The certificate of the counterexample, which holds the instance.

        Raises
        ------
        BadInput
            When there is no counterexample.
        BeyondReach
            When the kernel does not know one of the statement's quantities, or the instance is too large for it.
        """
        if self.instance is None:
            raise BadInput("statement", f"no counterexample to {self.statement.id} was found; there is none to certify")
        candidate = Candidate.from_spec(self.instance)
        instances = candidate.instances(f"{self.statement.file_name}-counterexample")
        return certificate(self.statement, instances, candidate.relation)


def falsify(
    statement: Statement | str,
    budget_seconds: float = 60.0,
    seed: int = 0,
    most: int | None = None,
    kinds: Iterable[str] = (),
    watch: Callable[[str], None] = lambda doing: None,
    clock: Callable[[], float] = time.monotonic,
) -> Falsification:
    """Search for an instance that violates a statement.

    Parameters
    ----------
    statement : Statement or str
        A statement, the id of one in the ledger, or a claim; a claim is about every instance, and one about two
        subjects is searched over pairs with one language.
    budget_seconds : float
        For searching and shrinking together.
    seed : int
        The same seed tries the same candidates in the same order.
    most : int, optional
        Candidates to try at most before shrinking, for results that do not depend on the machine's speed.
    kinds : iterable of str
        Kinds of languages to keep to, as instance files name them, such as ``hmm``; any by default.
    watch : callable, optional
        Told before every candidate what is being done, in a few words.
    clock : callable, optional
        What the budget is counted by, in seconds.

    Returns
    -------
    Falsification

    Raises
    ------
    BadInput
        For an unknown id, a budget that is not positive, or a statement that is charted and not judged.
    ClaimError
        For a claim that cannot be read.
    """
    statement = resolve(statement)
    if statement.status == "asymptotic":
        raise BadInput("statement", f"{statement.id} is about a limit, which no instance can refute")
    if not budget_seconds > 0:
        raise BadInput("budget", f"found {shown(budget_seconds)}; a positive number of seconds is accepted")
    family = Family.of(statement, _kinds(kinds))
    search = _Search(statement, family, clock, clock(), budget_seconds, most or math.inf, watch)
    rng = Random(seed)
    search.run(rng)
    return search.report(seed, rng)


def _kinds(kinds: Iterable[str]) -> list[str]:
    """Kinds of languages that can be searched."""
    found = list(kinds)
    for kind in found:
        if kind not in searched_kinds():
            known = ", ".join(searched_kinds())
            raise BadInput("kinds", f"found {shown(kind)}; languages of the kinds {known} are searched")
    return found


def resolve(statement: Statement | str, needs: Iterable[Assumption | str] = ()) -> Statement:
    """The statement of that id, or the claim that a text makes under assumptions."""
    if isinstance(statement, Statement) or statement in statements:
        if any(True for _ in needs):
            raise BadInput("needs", "assumptions are for typed claims; a statement has its own")
        return statement if isinstance(statement, Statement) else statements[statement]
    if any(relation in statement for relation in RELATIONS):
        return claim(statement, assumptions=needs)
    close = difflib.get_close_matches(statement[:80], statements, 3, cutoff=0.4) or list(statements)[:3]
    raise BadInput("statement", f"found {shown(statement)}; a claim, or an id such as {', '.join(close)}, is accepted")


@dataclass
class _Search:
    """One search: its limits, and what it met."""

    statement: Statement
    family: Family
    clock: Callable[[], float]
    start: float
    budget: float
    most: float
    watch: Callable[[str], None]
    tried: int = 0
    judged: int = 0
    counterexample: Candidate | None = None
    tightest: tuple[float, Candidate] | None = None
    zeros: list[Candidate] = field(default_factory=list)
    latest: Height | None = None
    doing: str = "searching"
    best: list[tuple[Height, int, Candidate]] = field(default_factory=list)

    @property
    def left(self) -> float:
        return self.budget - (self.clock() - self.start)

    def run(self, rng: Random) -> None:
        """Rounds of structured candidates, random ones and a climb, until a counterexample or the limits are met."""
        ordered = structured(self.family)
        for turn in itertools.count():
            # A sampler that fails with the exact denoiser says more than one whose denoiser is wrong.
            family = self.family.with_exact_denoiser() if turn < EXACT_TURNS else self.family
            if any(self._over(candidate) for candidate in itertools.islice(ordered, STRUCTURED_AT_ONCE)):
                return
            top: tuple[Height, Candidate] | None = None
            for candidate in (random_candidate(family, rng) for _ in range(RANDOM_AT_ONCE)):
                if self._over(candidate):
                    return
                if self.latest is not None and (top is None or self.latest > top[0]):
                    top = self.latest, candidate
            if turn % 4 == 3 and self.best:
                ranked = sorted(self.best, key=lambda entry: (entry[0], entry[1]), reverse=True)
                top = ranked[turn // 4 % len(ranked)][::2]
            if top is not None and self._climbed(*top, family, rng):
                return

    def _over(self, candidate: Candidate) -> bool:
        """Try a candidate, or stop; whether this is the end."""
        if self.tried >= self.most or self.left <= 0:
            return True
        self.latest = self._try(candidate)
        return self.counterexample is not None

    def _climbed(self, height: Height, at: Candidate, family: Family, rng: Random) -> bool:
        """Climb from a candidate; whether this is the end."""
        idle = 0
        for _ in range(CLIMB):
            candidate = perturbed(at, family, rng)
            if self._over(candidate):
                return True
            reached = self.latest
            idle = 0 if reached is not None and reached > height else idle + 1
            if reached is not None and reached >= height:
                height, at = reached, candidate
            if idle > PATIENCE:
                break
        return False

    def _try(self, candidate: Candidate) -> Height | None:
        """Height of the candidate, higher closer to a violation; None where the statement does not apply."""
        verdict = self._judged(candidate)
        if verdict is None:
            return None
        if _refutes(verdict):
            self.counterexample = candidate
        height = _height(verdict)
        if height is None:
            if verdict.status is not Status.VIOLATED and len(self.zeros) < MOST_ZEROS:
                self.zeros.append(candidate)
            return None
        ratio = _certain_ratio(verdict)
        if ratio is not None and (self.tightest is None or ratio > self.tightest[0] + NARROW):
            self.tightest = ratio, candidate
        entry = (height, -self.tried, candidate)
        if len(self.best) < CLIMBERS:
            heapq.heappush(self.best, entry)
        else:
            heapq.heappushpop(self.best, entry)
        return height

    def judge(self, candidate: Candidate, name: str = "candidate", exact: bool = False) -> Verdict | None:
        """The statement on a candidate; None where there is no such instance."""
        if self.family.kinds and candidate.language["kind"] not in self.family.kinds:
            return None
        try:
            works = candidate.workspaces(name)
            verdict = judge(self.statement, works, candidate.relation, exact)
        except MaskboundError:
            return None
        decisive = self.statement.relation in ("==", "<", ">") and not exact
        open_ = verdict.status is Status.UNDECIDED and verdict.lhs is not None
        if decisive and open_ and all(rational.cost(work.instance).seconds <= EXACT_SECONDS for work in works):
            exactly = judge(self.statement, works, candidate.relation, exact=True)
            return exactly if _has_sides(exactly) else verdict
        return verdict

    def shrunk(self, candidate: Candidate, keeps: Callable[[Verdict], bool]) -> tuple[Candidate, bool]:
        """The candidate made smaller in the time that is left, and whether that was enough."""

        def still(smaller: Candidate) -> bool:
            verdict = self._judged(smaller)
            return verdict is not None and keeps(verdict)

        return shrink(candidate, self.family, still, lambda: self.left <= 0)

    def simplest(self, met: Candidate, rng: Random) -> tuple[Candidate, bool]:
        """A counterexample made small; where its weights stay uneven, from clearer violations once more."""
        best, finished = self.shrunk(met, _refutes)
        for _ in range(CLEARER_TURNS):
            if is_plain(best) or not finished:
                break
            other, finished = self.shrunk(self._clearer(best, rng), _refutes)
            best = min(best, other, key=_known_size)
        return best, finished

    def _clearer(self, at: Candidate, rng: Random) -> Candidate:
        """A counterexample near ``at`` with a wider violation, which survives simpler weights."""
        height: Height | None = None
        for _ in range(CLIMB):
            candidate = perturbed(at, self.family, rng)
            verdict = self._judged(candidate)
            if self.left <= 0:
                break
            reached = _height(verdict) if verdict is not None and _refutes(verdict) else None
            if reached is not None and (height is None or reached >= height):
                height, at = reached, candidate
        return at

    def _judged(self, candidate: Candidate) -> Verdict | None:
        """The statement on a candidate, counted; None unless both sides have a value."""
        self.watch(f"{self.doing}: {self.tried} candidates")
        self.tried += 1
        verdict = self.judge(candidate)
        if verdict is None or not _has_sides(verdict):
            return None
        self.judged += 1
        return verdict

    def report(self, seed: int, rng: Random) -> Falsification:
        """The outcome after shrinking."""
        self.doing = "shrinking"
        met, instance, verdict, tightest, finished = self.counterexample, None, None, None, True
        if met is None:
            tightest, met, finished = self._tightest()
        if met is not None:
            name = f"{self.statement.file_name}-counterexample"
            smaller, finished = self.simplest(met, rng)
            instance = smaller.spec(name)
            verdict = self._confirmed(smaller, name)
        return Falsification(
            statement=self.statement,
            found=met is not None,
            instance=instance,
            verdict=verdict,
            first=met.spec(f"{self.statement.file_name}-first") if met is not None else None,
            tightest=tightest,
            tried=self.tried,
            judged=self.judged,
            finished=finished,
            seed=seed,
            seconds=self.clock() - self.start,
        )

    def _tightest(self) -> tuple[Extreme | None, Candidate | None, bool]:
        """The tightest instance made small, or else a violation that no interval showed; whether shrinking ended."""
        if self.tightest is not None:
            ratio, reached = self.tightest
            smaller, finished = self.shrunk(reached, lambda verdict: _keeps_ratio(verdict, ratio))
        else:
            equal = (candidate for candidate in self.zeros if _is_equality(self._exact(candidate)))
            met = next(equal, None)
            if met is None:
                return None, None, True
            smaller, finished = met, True
        verdict = self._exact(smaller)
        if _refutes(verdict):
            return None, smaller, finished
        return Extreme(verdict.ratio, smaller.spec(f"{self.statement.file_name}-tightest")), None, finished

    def _exact(self, candidate: Candidate, name: str = "candidate") -> Verdict:
        """The verdict on a candidate, exact where that is possible."""
        verdict = self.judge(candidate, name, exact=True)
        if verdict is None or verdict.status is Status.UNDECIDED or not _has_sides(verdict):
            verdict = self.judge(candidate, name)
        assert verdict is not None
        return verdict

    def _confirmed(self, candidate: Candidate, name: str) -> Verdict | None:
        """The verdict on a counterexample, exact where that is possible.

        Raises
        ------
        RuntimeError
            When exact arithmetic says that the statement holds there: an error of an engine.
        """
        verdict = self._exact(candidate, name)
        if verdict.status is Status.HOLDS:
            raise RuntimeError(
                f"{self.statement.id} is violated in float64 and holds exactly on {candidate.spec(name)}"
            )
        return verdict


def judge_extreme(statement: Statement, extreme: Extreme) -> Verdict:
    """The statement on a stored instance, measured anew: exactly where that is possible, else by intervals."""
    candidate = Candidate.from_spec(extreme.instance)
    works = candidate.workspaces()
    exactly = judge(statement, works, candidate.relation, exact=True)
    return exactly if _has_sides(exactly) else judge(statement, works, candidate.relation)


def _known_size(candidate: Candidate) -> tuple[int, ...]:
    found = size(candidate)
    assert found is not None
    return found


def _has_sides(verdict: Verdict) -> bool:
    return verdict.lhs is not None and verdict.rhs is not None


def _refutes(verdict: Verdict) -> bool:
    """Whether the statement is violated for certain: by no interval that holds at a confidence only."""
    measured = [found for side in _sides(verdict) for found in side.quantities.values()]
    return verdict.status is Status.VIOLATED and all(found.kind != "statistical" for found in measured)


def _keeps_ratio(verdict: Verdict, ratio: float) -> bool:
    reached = _certain_ratio(verdict)
    return reached is not None and reached > ratio - NARROW


def _is_equality(verdict: Verdict) -> bool:
    """Whether both sides are known to be the same number: intervals that hold are disjoint or a point."""
    assert verdict.lhs is not None
    assert verdict.rhs is not None
    same = (verdict.lhs.lo, verdict.lhs.hi) == (verdict.rhs.lo, verdict.rhs.hi)
    return verdict.status is Status.HOLDS and same and _is_finite(verdict.lhs, verdict.rhs)


def _sides(verdict: Verdict) -> tuple[Side, Side]:
    """The side that should be smaller, and the other."""
    assert verdict.lhs is not None
    assert verdict.rhs is not None
    if verdict.statement.relation in (">=", ">"):
        return verdict.rhs, verdict.lhs
    return verdict.lhs, verdict.rhs


def _height(verdict: Verdict) -> Height | None:
    """None where it tells nothing: infinite quantities, and sides that are both zero within their enclosures."""
    low, high = _sides(verdict)
    if not _is_finite(low, high):
        return None
    size, unsure = abs(low.value) + abs(high.value), (low.hi - low.lo) + (high.hi - high.lo)
    if size == 0 or not unsure <= NARROW * size:
        return None
    excess = low.value - high.value
    if verdict.statement.relation == "==":
        excess = abs(excess)
    return excess / size, excess


def _certain_ratio(verdict: Verdict) -> float | None:
    """The ratio of the sides, where its enclosure is narrow, the larger side positive and every quantity finite."""
    low, high = _sides(verdict)
    if not (high.lo > 0 and low.lo >= 0 and _is_finite(low, high)):
        return None
    return verdict.ratio if low.hi / high.lo - low.lo / high.hi <= NARROW else None


def _is_finite(*sides: Side) -> bool:
    """Whether the sides and all that they are made of are: ``1 - exp(-inf)`` is 1, and tells nothing."""
    numbers = [side.value for side in sides]
    numbers += [found.hi for side in sides for found in side.quantities.values()]
    return all(map(math.isfinite, numbers))
