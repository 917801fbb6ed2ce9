"""Certificates of what is found about a claim: of an instance, and of every verdict about all languages."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from ..certificates.certificate import Disagreement, unknown_to_the_kernel
from ..certificates.certificate import certificate as of_instances
from ..errors import MaskboundError
from ..judging import Status, Verdict
from ..judging.cases import Case
from ..universal import Decided, Decision
from ..universal import certificate as of_all_languages
from .findings import Certified, Findings
from .refuting import size, witness_of

__all__ = ["certified"]

MOST_TRIED = 12
"""Instances of which a certificate is tried, one after the other."""


def certified(found: Findings) -> tuple[tuple[Certified, ...], tuple[tuple[str, str], ...]]:
    """The certificates, and for each place without one the reason in words."""
    certificates: list[Certified] = []
    uncertified: list[tuple[str, str]] = []
    for part in (*_of_an_instance(found), *_of_rows(found)):
        if isinstance(part, Certified):
            certificates.append(part)
        else:
            uncertified.append(part)
    return tuple(certificates), tuple(uncertified)


def _of_an_instance(found: Findings) -> Iterator[Certified | tuple[str, str]]:
    """Of the first that has one."""
    unknown, reason = unknown_to_the_kernel(found.statement), ""
    for case, verdict in islice(_worth_certifying(found), MOST_TRIED):
        if unknown:
            yield (
                "instance",
                f"{' and '.join(unknown)} {'are' if len(unknown) > 1 else 'is'} not supported by the checker",
            )
            return
        try:
            data = of_instances(found.statement, case.subjects, case.relation)
        except (Disagreement, MaskboundError) as problem:
            start = f"no certificate of {found.statement.id} on {' and '.join(s.name for s in case.subjects)}: "
            reason = reason or f"{case.name}: {str(problem).removeprefix(start)}"
        else:
            about = f"{'holds' if verdict.status is Status.HOLDS else 'is violated'} on {case.name}"
            yield Certified("instance", about, data, case)
            return
    if reason:
        yield "instance", f"of what was tried none could be certified, such as {reason}"


def _worth_certifying(found: Findings) -> Iterator[tuple[Case, Verdict]]:
    """Counterexamples, or else the tightest instances and then the smallest on which the claim holds."""
    if found.counterexamples:
        yield from found.counterexamples
        return
    tight = found.tightest[: MOST_TRIED // 2]
    yield from tight
    held = sorted(found.of_status(Status.HOLDS), key=lambda pair: size(pair[0]))
    yield from (pair for pair in held if pair not in tight)


def _of_rows(found: Findings) -> Iterator[Certified | tuple[str, str]]:
    for n, row in enumerate(found.rows, 1):
        if row.verdict not in (Decided.HOLDS, Decided.FAILS):
            yield f"row-{n}", "it is not decided"
            continue
        try:
            yield Certified(f"row-{n}", f"{row.verdict.value} for {row.scope}", of_all_languages(row))
        except MaskboundError as problem:
            yield _of_a_witness(found, n, row) or (f"row-{n}", str(problem))


def _of_a_witness(found: Findings, n: int, row: Decision) -> Certified | None:
    """A language on which the claim of a row fails is a proof that it fails."""
    witness = None if row in found.everywhere else witness_of(found.statement, [row])
    if witness is None:
        return None
    case, _ = witness
    try:
        data = of_instances(found.statement, case.subjects)
    except (Disagreement, MaskboundError):
        return None
    return Certified(f"row-{n}", f"fails for {row.scope}, by {case.name}", data)
