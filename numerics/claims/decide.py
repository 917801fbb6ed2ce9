"""Judging a claim on every instance that its file names, and for every language."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from ..engines.workspace import Request, Workspace
from ..judging import Status, settled
from ..universal import prove, prove_everywhere
from .certifying import certified
from .claim_file import ClaimFile
from .findings import Findings
from .refuting import sharpened, witness_of

__all__ = ["decide"]


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
        judged.append((case, sharpened(settled(statement, works, case.relation), works, case.relation)))
        advance()
    decisions = []
    for policy, length in claim.questions:
        decisions.append(prove(statement, policy, length, exact_denoiser=claim.exact_denoiser))
        advance()
    everywhere = []
    for policy in claim.families:
        everywhere.append(prove_everywhere(statement, policy, exact_denoiser=claim.exact_denoiser))
        advance()
    witness = None
    if not any(verdict.status is Status.VIOLATED for _, verdict in judged):
        witness = witness_of(statement, decisions)
    found = Findings(claim, tuple(judged), tuple(decisions), tuple(everywhere), witness, (), ())
    certificates, uncertified = certified(found)
    return replace(found, certificates=certificates, uncertified=uncertified)
