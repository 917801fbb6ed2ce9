"""What was found about a claim: on every instance that its file names, and for every language."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from maskbound.theory import FORMAL, Statement

from ..judging import Status, Verdict
from ..judging.cases import Case
from ..policies import Policy
from ..tables.verdicts import is_rounding_equality
from ..universal import Decided, Decision
from ..universal.prove import described
from .claim_file import ClaimFile
from .refuting import size
from .words import called, same

__all__ = ["Certified", "Findings", "vanishes"]

STATED = (Status.HOLDS, Status.VIOLATED)


@dataclass(frozen=True)
class Certified:
    """A certificate.

    Parameters
    ----------
    place : str
        ``"instance"``, or ``"row-3"`` for the third of the verdicts about every language.
    about : str
        What it says: ``holds on ..``.
    certificate : mapping
    case : Case or None
        The instance that it is about.
    """

    place: str
    about: str
    certificate: Mapping[str, Any]
    case: Case | None = None

    def file(self, name: str) -> str:
        """What its file is called, beside the page of that name."""
        return f"{name}-certificate-{self.place}.json"


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
    witness : (Case, Verdict) or None
        A language on which a decision says that it fails, judged by the engines, where they say so too.
    certificates : tuple of Certified
        Of the smallest counterexample, or of the tightest instance, that has one; and of each verdict about every
        language.
    uncertified : tuple of (str, str)
        Places without a certificate, and why.
    """

    claim: ClaimFile
    judged: tuple[tuple[Case, Verdict], ...]
    decisions: tuple[Decision, ...]
    everywhere: tuple[Decision, ...]
    witness: tuple[Case, Verdict] | None
    certificates: tuple[Certified, ...]
    uncertified: tuple[tuple[str, str], ...]

    @property
    def rows(self) -> tuple[Decision, ...]:
        """Verdicts about every language, those about every length first."""
        return (*self.everywhere, *self.decisions)

    @property
    def form(self) -> str:
        """What the verdict is about: the inequality on the page, whatever a paper says."""
        return "This form, as typed here," if self.statement.status == "claim" else "This form"

    @property
    def statement(self) -> Statement:
        return self.claim.statement

    def of_status(self, *statuses: Status) -> list[tuple[Case, Verdict]]:
        """Instances with one of these verdicts."""
        return [(case, verdict) for case, verdict in self.judged if verdict.status in statuses]

    @property
    def sentence(self) -> str:
        """What was found, in one or two sentences."""
        found = self.counterexample
        if found is not None:
            return f"{self.form} is false: {called(found[0])} violates it."
        if self.refutations:
            policy, length = self.refutations[0]
            under = "" if self.statement.about_language else f" under {described(policy)}"
            return f"{self.form} is false: a language of length {length} violates it{under}."
        return f"{self._about_all} {self._about_instances}".strip()

    @property
    def label(self) -> str:
        """What was found, in a word or three."""
        if self.refuted:
            return "false"
        of_all = bool(self.decisions) and all(each.verdict is Decided.HOLDS for each in self.decisions)
        if self.is_open:
            return "proved, open on what was tried" if self.statement.note else "open"
        return "proved" if self.statement.note else "holds for every language" if of_all else "not refuted"

    @property
    def _about_all(self) -> str:
        """What is known of every language."""
        proved = [each.scope for each in self.everywhere if each.verdict is Decided.HOLDS]
        if proved and len(proved) == len(self.everywhere):
            also = f" It is also proved {self._how}." if self.statement.note else ""
            return f"{self.form} is true: it holds for {proved[0]}.{also}"
        note = f"{self.form} is proved, {self._how}." if self.statement.note else ""
        it = "It" if note else self.form
        held = [each for each in self.decisions if each.verdict is Decided.HOLDS]
        if held and len(held) == len(self.decisions):
            listed = "length" if self.statement.about_language else "length and policy"
            return f"{note} {it} holds for every language at each {listed} listed{self._beyond}.".strip()
        if held:
            part = f"{len(held)} of {len(self.decisions)} questions"
            return f"{note} {it} holds for every language in {part}; the others are open.".strip()
        if self.decisions:
            return f"{note} About every language nothing is decided: {self.decisions[0].reason}.".strip()
        return note

    @property
    def _how(self) -> str:
        """Where the proof is, and whether a machine has checked it."""
        checked = "by hand and machine-checked in Coq" if self.statement.id in FORMAL else "by hand"
        return f"{checked} (proofs_notes/{self.statement.note})"

    @property
    def _beyond(self) -> str:
        """What is found where every length is asked for, and the claim is not proved there."""
        left = {each.verdict.value for each in self.everywhere if each.verdict is not Decided.HOLDS}
        about = "" if self.statement.about_language else " and all sizes or schedules"
        return f"; for every length{about} at once: {', '.join(sorted(left))}" if left else ""

    @property
    def _about_instances(self) -> str:
        """What is known of the instances, each counted once."""
        if not self.judged:
            return ""
        strange = len(self.of_status(Status.NOT_APPLICABLE))
        applied = len(self.judged) - strange
        if not applied:
            return "It applies to none of the instances that were tried: they do not satisfy its assumptions."
        unclear = self.of_status(Status.UNDECIDED)
        equal = sum(is_rounding_equality(verdict) for _, verdict in unclear)
        counts = {
            "it holds": len(self.of_status(Status.HOLDS)),
            "its sides are equal to within rounding": equal,
            "it is undecided": len(unclear) - equal,
            "a side has no value": len(self.of_status(Status.UNDEFINED)),
        }
        said = [(what, count) for what, count in counts.items() if count]
        if len(said) == 1:
            whole = "the one instance" if applied == 1 else f"all {applied} instances"
            sentence = f"{said[0][0].capitalize()} on {whole} that it was tried on"
        else:
            listed = " and ".join(f"{what} on {count}" for what, count in said)
            sentence = f"Of the {applied} instances that it was tried on {listed}"
        apart = f"; {strange} more {'does' if strange == 1 else 'do'} not satisfy its assumptions" if strange else ""
        return f"{sentence}{self._idle}{apart}."

    @property
    def _idle(self) -> str:
        """How many of the instances tell nothing that others do not."""
        new = {id(case) for case, _ in self.distinct}
        applied = [(case, verdict) for case, verdict in self.judged if verdict.status is not Status.NOT_APPLICABLE]
        again = sum(id(case) not in new for case, _ in applied)
        nothing = sum(id(case) in new and vanishes(verdict) for case, verdict in applied)
        policy = "" if self.statement.about_language else " and policy"
        said = [
            *([f"{nothing} compare{'s' if nothing == 1 else ''} 0 with 0"] if nothing else []),
            *([f"{again} repeat{'s' if again == 1 else ''} the language{policy} of another"] if again else []),
        ]
        return f", of which {' and '.join(said)}" if said else ""

    @cached_property
    def distinct(self) -> list[tuple[Case, Verdict]]:
        """Instances of different languages, policies and denoisers, whatever they are called."""
        found: dict[object, tuple[Case, Verdict]] = {}
        for case, verdict in self.judged:
            key = (case.relation, *(same(each, alone=self.statement.about_language) for each in case.subjects))
            found.setdefault(key, (case, verdict))
        return list(found.values())

    @property
    def refuted(self) -> bool:
        """Whether an instance violates the claim, or some language does under a policy that the file names."""
        return bool(self.of_status(Status.VIOLATED) or self.refutations)

    @property
    def unread(self) -> bool:
        """Whether the form is false and nobody here has read the theorem that its author relates it to."""
        published = self.claim.published
        return self.refuted and published is not None and published.paper.reading != "read"

    @property
    def refutations(self) -> list[tuple[Policy, int]]:
        """Policies and lengths under which the claim fails on some language."""
        asked = zip(self.claim.questions, self.decisions, strict=True)
        return [question for question, each in asked if each.verdict is Decided.FAILS]

    @property
    def is_open(self) -> bool:
        """Whether something that was tried is neither decided for nor against the claim, or nothing applies."""
        unclear = self.of_status(Status.UNDECIDED, Status.UNDEFINED)
        about_all = [each for each in self.decisions if each.verdict is not Decided.HOLDS]
        return bool(unclear or about_all) or not (self.of_status(*STATED) or self.decisions)

    @property
    def tightest(self) -> list[tuple[Case, Verdict]]:
        """Distinct instances, and the witness, that give a ratio, the largest first; 0 against 0 has none."""
        own = [pair for pair in self.distinct if pair[1].status in STATED]
        stated = [*own, *([self.witness] if self.witness else [])]
        found = [pair for pair in stated if not math.isnan(pair[1].ratio) and not vanishes(pair[1])]
        return sorted(found, key=lambda pair: -pair[1].ratio)

    @property
    def counterexample(self) -> tuple[Case, Verdict] | None:
        """The smallest instance that violates it, or the language by which it fails for every language."""
        return next(iter(self.counterexamples), None)

    @property
    def counterexamples(self) -> list[tuple[Case, Verdict]]:
        """Instances that violate it, the smallest first; or that language alone."""
        found = sorted(self.of_status(Status.VIOLATED), key=lambda pair: size(pair[0]))
        return found or ([self.witness] if self.witness else [])


def vanishes(verdict: Verdict) -> bool:
    """Whether it compares 0 with 0."""
    return all(side is not None and side.lo == side.hi == 0 for side in (verdict.lhs, verdict.rhs))
