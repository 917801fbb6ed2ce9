"""What is found about a claim: on every instance that its file names, and for every language."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from maskbound.theory import Statement

from ..checks import Status, Verdict, settled
from ..checks.certificate import Disagreement
from ..checks.certificate import certificate as of_instances
from ..engines.workspace import Request, Workspace
from ..errors import BeyondReach, MaskboundError, Undecidable
from ..instances import parse
from ..tables.cases import Case
from ..tables.verdicts import is_rounding_equality
from ..universal import Decided, Decision, prove, prove_everywhere
from ..universal import certificate as of_all_languages
from .claim_file import ClaimFile

__all__ = ["Certified", "Findings", "decide"]

STATED = (Status.HOLDS, Status.VIOLATED)


@dataclass(frozen=True)
class Certified:
    """A certificate, and what it is about."""

    about: str
    certificate: Mapping[str, Any]


@dataclass(frozen=True)
class Findings:
    """The outcome for a claim file.

    Parameters
    ----------
    claim : ClaimFile
    judged : tuple of (Case, Verdict)
    decisions : tuple of Decision
        For every language, one a policy and length.
    everywhere : tuple of Decision
        For every language of every length, one a family of policies.
    certificates : tuple of Certified
        Of the counterexample, or of the instance where the claim is tightest; and of what holds for every language of
        every length, or else of the last length.
    uncertified : tuple of str
        Why others of these have no certificate.
    """

    claim: ClaimFile
    judged: tuple[tuple[Case, Verdict], ...]
    decisions: tuple[Decision, ...]
    everywhere: tuple[Decision, ...]
    certificates: tuple[Certified, ...]
    uncertified: tuple[str, ...]

    @property
    def statement(self) -> Statement:
        return self.claim.statement

    def of_status(self, *statuses: Status) -> list[tuple[Case, Verdict]]:
        """Instances with one of these verdicts."""
        return [(case, verdict) for case, verdict in self.judged if verdict.status in statuses]

    @property
    def sentence(self) -> str:
        """What was found, in one sentence."""
        refuting = self.counterexample
        if refuting is not None:
            return f"The claim is false: {refuting[0].name} violates it."
        if self.refutations:
            return f"The claim is false: a language violates it, for {self.refutations[0].scope}."
        proved = [each.scope for each in self.everywhere if each.verdict is Decided.HOLDS]
        if proved and len(proved) == len(self.everywhere):
            return f"The claim is true: it holds for {proved[0]}."
        held = len(self.of_status(Status.HOLDS))
        applied = len(self.judged) - len(self.of_status(Status.NOT_APPLICABLE))
        tried = f"on {held} of {applied} instances that it applies to" if applied else "on no instance"
        equal = sum(is_rounding_equality(verdict) for _, verdict in self.judged)
        if equal:
            tried += f" (on {equal} others its sides are equal to within rounding)"
        if held == applied and applied:
            tried = f"on all {applied} instances that it was tried on"
        decided = [each for each in self.decisions if each.verdict is Decided.HOLDS]
        if decided and len(decided) == len(self.decisions):
            return f"The claim holds for every language at each length and policy listed, and {tried}."
        if decided:
            part = f"{len(decided)} of {len(self.decisions)} questions"
            return f"The claim holds for every language in {part}, and {tried}; the others are open."
        if self.statement.note:
            return f"The claim is proved ({self.statement.note}), and it holds {tried}."
        return f"The claim holds {tried}; for other languages nothing is decided."

    @property
    def refuted(self) -> bool:
        """Whether an instance violates the claim, or some language does."""
        return bool(self.of_status(Status.VIOLATED) or self.refutations)

    @property
    def refutations(self) -> list[Decision]:
        """Decisions that come with a language on which the claim fails."""
        found = [*self.decisions, *self.everywhere]
        return [each for each in found if each.verdict is Decided.FAILS and each.witness is not None]

    @property
    def is_open(self) -> bool:
        """Whether something that was tried is neither decided for nor against the claim, or nothing applies."""
        unclear = self.of_status(Status.UNDECIDED, Status.UNDEFINED)
        about_all = [each for each in (*self.decisions, *self.everywhere) if each.verdict is not Decided.HOLDS]
        return bool(unclear or about_all) or not (self.of_status(*STATED) or self.decisions or self.everywhere)

    @property
    def tightest(self) -> list[tuple[Case, Verdict]]:
        """Instances on which it holds with a ratio, the tightest first."""
        found = [pair for pair in self.of_status(Status.HOLDS) if not math.isnan(pair[1].ratio)]
        return sorted(found, key=lambda pair: -pair[1].ratio)

    @property
    def counterexample(self) -> tuple[Case, Verdict] | None:
        """The smallest instance that violates it."""
        found = self.of_status(Status.VIOLATED)
        return min(found, key=lambda pair: _size(pair[0]), default=None)


def decide(claim: ClaimFile, request: Request | None = None, advance: Callable[[], None] = lambda: None) -> Findings:
    """Judge a claim on all that its file names.

    Parameters
    ----------
    claim : ClaimFile
    request : Request, optional
        Widths, times and seeds of the measurements.
    advance : callable
        Told of each instance and each question about every language that is finished.
    """
    statement = claim.statement
    judged = []
    for case in claim.cases:
        works = tuple(Workspace(subject, request) for subject in case.subjects)
        judged.append((case, settled(statement, works, case.relation)))
        advance()
    decisions = []
    for policy, length in claim.questions:
        decisions.append(prove(statement, policy, length, exact_denoiser=claim.exact_denoiser))
        advance()
    everywhere = []
    for policy in claim.families:
        everywhere.append(prove_everywhere(statement, policy, exact_denoiser=claim.exact_denoiser))
        advance()
    found = Findings(claim, tuple(judged), tuple(decisions), tuple(everywhere), (), ())
    certificates: list[Certified] = []
    uncertified: list[str] = []
    for about, make in _certifiable(found):
        try:
            certificates.append(Certified(about, make()))
        except (BeyondReach, Undecidable, Disagreement, MaskboundError) as problem:
            uncertified.append(f"{about}: {problem}")
    return Findings(claim, found.judged, found.decisions, found.everywhere, tuple(certificates), tuple(uncertified))


def _certifiable(found: Findings) -> Iterator[tuple[str, Callable[[], Mapping[str, Any]]]]:
    shown = found.counterexample or next(iter(found.tightest), None)
    if shown is not None:
        case, verdict = shown
        about = f"{verdict.status.value} on {case.name}"
        yield about, partial(of_instances, found.statement, case.subjects, case.relation)
    elif found.refutations:
        witness = found.refutations[0].witness
        if witness is not None and "relation" not in witness:
            instance = parse(dict(witness), name=f"{found.claim.name}-counterexample")
            yield f"violated on {instance.name}", partial(of_instances, found.statement, [instance])
    proved = [each for each in found.everywhere if each.verdict is Decided.HOLDS]
    longest = [each for each in found.decisions if each.verdict is Decided.HOLDS][-1:]
    for decision in proved or longest:
        yield f"holds for {decision.scope}", partial(of_all_languages, decision)


def _size(case: Case) -> tuple[int, int]:
    first = case.subjects[0]
    return first.length * max(first.vocab, 2).bit_length(), first.policy.steps
