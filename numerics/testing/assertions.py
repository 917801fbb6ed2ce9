"""Assertions for people's own tests."""

from __future__ import annotations

from collections.abc import Iterable

from maskbound.theory import Statement

from ..engines.workspace import Request, Workspace
from ..errors import BadInput
from ..instances import Instance, Pair
from ..judging import Status, Verdict, settled, stated
from ..judging.hypotheses import missing

__all__ = ["assert_holds"]


def assert_holds(
    statement: Statement | str,
    *subjects: Instance | Pair,
    needs: Iterable[str] = (),
    relation: str | None = None,
    allow_undecided: bool = False,
    request: Request | None = None,
) -> Verdict:
    """Fail unless a statement holds on an instance.

    Parameters
    ----------
    statement : Statement or str
        A statement, the id of one in the ledger, or a claim such as ``"kl <= path_kl"``.
    *subjects : Instance or Pair
        One instance, or a pair, or two instances for a statement that compares two.
    needs : iterable of str
        What a typed claim assumes, such as ``exact-denoiser``.
    relation : str, optional
        How the second of two instances relates to the first; it is checked.
    allow_undecided : bool
        Whether to pass when the enclosures overlap, as they do where a bound is attained.
    request : Request, optional
        Widths, times and seeds of the measurements.

    Returns
    -------
    Verdict

    Raises
    ------
    AssertionError
        When it is violated, undecided or not applicable, with a full account of both sides.
    BadInput, ClaimError
        When there is no such statement, or it speaks of another number of instances.

    Examples
    --------
    >>> from maskbound.numerics import Instance, languages, policies
    >>> assert_holds("kl <= path_kl", Instance(languages.pair(2, 2), policies.Bernoulli(steps=2))).status.value
    'holds'
    """
    __tracebackhide__ = True
    known = stated(statement, needs)
    instances, relation = _instances(subjects, relation)
    if len(instances) != known.subjects:
        raise BadInput("subjects", f"found {len(instances)} instances; {known.id} speaks of {known.subjects}")
    verdict = settled(known, tuple(Workspace(instance, request) for instance in instances), relation)
    passing = (Status.HOLDS, Status.UNDECIDED) if allow_undecided else (Status.HOLDS,)
    if verdict.status not in passing:
        raise AssertionError("\n".join([verdict.account(), *_next_step(known, instances)]))
    return verdict


def _next_step(known: Statement, instances: tuple[Instance, ...]) -> list[str]:
    """How a test over many instances keeps to those that a statement is about."""
    lacking = sorted({each.name for instance in instances for each in missing(instance, known.assumptions)})
    having = " and ".join(f'instance.has("{name}")' for name in lacking)
    return [f"  a property skips such instances: hypothesis.assume({having})"] if lacking else []


def _instances(subjects: tuple[Instance | Pair, ...], relation: str | None) -> tuple[tuple[Instance, ...], str | None]:
    if len(subjects) == 1 and isinstance(subjects[0], Pair):
        return subjects[0].instances, subjects[0].relation
    instances = tuple(subject for subject in subjects if isinstance(subject, Instance))
    if len(instances) < len(subjects):
        kinds = ", ".join(type(subject).__name__ for subject in subjects)
        raise BadInput("subjects", f"found {kinds}; instances, or one pair, are accepted")
    if relation is not None and len(instances) == 2:
        return Pair(relation, *instances).instances, relation
    return instances, relation
