"""The language that refutes a claim for every language, made as small as it goes; and zeros that are zeros."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

from maskbound.theory import Statement

from ..engines.rational import MOST_PAIRS
from ..engines.workspace import Workspace
from ..errors import MaskboundError
from ..instances import Instance, parse
from ..instances.explicit import dump
from ..judging import Status, Verdict, settled
from ..judging.cases import Case
from ..numbers.limits import power
from ..universal import Decided, Decision
from .words import labelled

__all__ = ["sharpened", "size", "witness_of"]

ALPHABETS = ("vocab", "field")
"""Keys of a language that say how many tokens there are."""

MOST_SHRUNK = 6
"""Languages that are made smaller, the smallest first."""


def size(case: Case) -> tuple[int, int, int]:
    """By which counterexamples are compared: bits of a sequence, steps, and how long it takes to say what it is."""
    return _size(case.subjects[0])


def _size(subject: Instance) -> tuple[int, int, int]:
    bits = subject.length * max(subject.vocab, 2).bit_length()
    return bits, subject.policy.steps, len(str(dump(subject)["language"]))


def witness_of(statement: Statement, decisions: Sequence[Decision]) -> tuple[Case, Verdict] | None:
    """The smallest language that refutes the claim on which the engines agree, over the least alphabet that does."""
    specs = [
        dict(each.witness)
        for each in decisions
        if each.verdict is Decided.FAILS and each.witness is not None and "policy" in each.witness
    ]
    smallest = sorted(map(_named, specs), key=_size)[:MOST_SHRUNK]
    found = [shrunk for instance in smallest if (shrunk := _shrunk(statement, instance)) is not None]
    return min(found, key=lambda pair: size(pair[0]), default=None)


def _shrunk(statement: Statement, instance: Instance) -> tuple[Case, Verdict] | None:
    """The same kind of language over the least alphabet on which the claim is violated; None if it is not on this."""
    assert instance.spec is not None
    verdict = settled(statement, (Workspace(instance),))
    if verdict.status is not Status.VIOLATED:
        return None
    for smaller in _smaller(instance.spec):
        found = settled(statement, (Workspace(smaller),))
        if found.status is Status.VIOLATED:
            return Case((smaller,)), found
    return Case((instance,)), verdict


def _named(spec: Mapping[str, Any]) -> Instance:
    return parse(labelled({"denoiser": {"kind": "exact"}, **spec}))


def _smaller(spec: Mapping[str, Any]) -> Iterator[Instance]:
    """The same kind of language over smaller alphabets, as far as there are such."""
    language = spec["language"]
    for key in ALPHABETS:
        for letters in range(2, language[key] if isinstance(language.get(key), int) else 2):
            with suppress(MaskboundError):
                yield _named({**spec, "language": {**language, key: letters}})


def sharpened(verdict: Verdict, works: tuple[Workspace, ...], relation: str | None) -> Verdict:
    """Decided exactly if a side is zero to within rounding and the instance is small."""
    small = all(power(work.instance.vocab + 1, work.instance.length) <= MOST_PAIRS for work in works)
    if not small or not any(
        side and side.lo < side.hi and side.lo <= 0 <= side.hi for side in (verdict.lhs, verdict.rhs)
    ):
        return verdict
    found = settled(verdict.statement, works, relation, exact=True)
    return found if found.status is verdict.status else verdict
