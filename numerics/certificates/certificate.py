"""Certificates: verdicts on rational instances that a stranger can recheck with the standard library alone.

What a certificate holds is told at the head of :mod:`.kernel`, which rechecks it. Here the instance is written out
as data and the kernel completes it; its answer and every number in it must be those of the exact engine, an independent
second opinion, or lie in an enclosure where there is no log form.
"""

from __future__ import annotations

import json
import math
import platform
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from fractions import Fraction
from functools import cache, lru_cache
from importlib.metadata import version
from typing import Any

from maskbound.theory import ClaimError, Statement, spell, statements
from maskbound.theory.grammar import parse

from ..engines import rational
from ..engines.rational.rows import SamplerRows, marginal_lattice
from ..engines.workspace import Workspace
from ..errors import BeyondReach, Undecidable
from ..instances import Instance
from ..judging.checking import judge
from ..judging.exact import in_log_forms
from ..judging.verdict import Status, Verdict
from ..numbers.enclosure import Enclosure
from ..numbers.lattice import lattice_rows, lattice_size
from ..numbers.logform import LogForm
from ..numbers.rationals import to_fraction
from ..policies import Adaptive, GivenTimes, Remasking
from . import kernel

__all__ = [
    "Disagreement",
    "certificate",
    "certificate_text",
    "certify",
    "require_certifiable",
    "require_the_ledger",
    "unknown_to_the_kernel",
]

BITS = 64
"""Of the kernel's enclosures that are held against ours."""


class Disagreement(RuntimeError):
    """The exact engine and the kernel find different numbers for one instance: one of them is wrong."""


MOST_ORDERS = 2_000
"""Of a policy of given reveal times that the kernel knows as a mixture of given sets."""


def certificate(statement: Statement, instances: Sequence[Instance], relation: str | None = None) -> dict[str, Any]:
    """The certificate of what exact arithmetic says about a statement.

    Parameters
    ----------
    statement : Statement
    instances : sequence of Instance
        One a subject.
    relation : str, optional
        How the second subject relates to the first.

    Returns
    -------
    dict
        JSON without floats.

    Raises
    ------
    Undecidable
        When the statement does not apply, or is not decided.
    BeyondReach
        When the kernel does not know one of its quantities, or the instance is too large for it.
    Disagreement
        When the kernel finds another number, or another verdict.
    """
    works = tuple(Workspace(instance) for instance in instances)
    return certify(judge(statement, works, relation, exact=True), instances, relation)


def certify(verdict: Verdict, instances: Sequence[Instance], relation: str | None = None) -> dict[str, Any]:
    """The certificate of a verdict that was reached exactly; see :func:`certificate`."""
    statement = verdict.statement
    if verdict.status not in (Status.HOLDS, Status.VIOLATED):
        raise Undecidable(
            f"{statement.id} on {' and '.join(verdict.instances)} is {verdict.status.value} ({verdict.reason}); "
            "certificates are for statements that hold or are violated"
        )
    for instance in instances:
        reason = rational.law_obstacle(instance)
        if reason:
            raise BeyondReach(f"no certificate of {statement.id} on {instance.name}: {reason}")
        if instance.policy.remasks and instance.off_support_scope == "local":
            raise BeyondReach("remasking is certified in the global scope of off_support only")
    if "law_distance" in statement.quantities and any(each.off_support_scope == "local" for each in instances):
        raise BeyondReach("law_distance is certified in the global scope of off_support only")
    question = {
        "subjects": [_subject(instance) for instance in instances],
        "between": (relation or "same-language") if len(instances) == 2 else None,
        "statement": _statement(statement),
    }
    try:
        found = kernel.complete(question)
    except (kernel.Malformed, kernel.Rejected, ValueError) as problem:
        raise BeyondReach(f"no certificate of {statement.id} on {' and '.join(verdict.instances)}: {problem}") from None
    _require_agreement(found, verdict)
    return found | {"provenance": _provenance(verdict)}


def require_certifiable(statement: Statement) -> None:
    """Refuse a statement that no instance can have a certificate of.

    Raises
    ------
    BeyondReach
        When the kernel does not know one of its quantities or assumptions.
    """
    unknown = unknown_to_the_kernel(statement)
    if unknown:
        raise BeyondReach(f"{statement.id} has no certificates: the kernel knows nothing of {', '.join(unknown)}")


def unknown_to_the_kernel(statement: Statement) -> list[str]:
    """Quantities and assumptions of a statement that the kernel does not define."""
    left, right = (in_log_forms(expression) for expression in statement.sides)
    names = {symbol.name.removesuffix("@2") for symbol in left.free_symbols | right.free_symbols}
    needs = {assumption.name for assumption in statement.assumptions}
    return sorted(names - set(kernel.QUANTITIES)) + sorted(needs - set(kernel.ASSUMPTIONS))


def certificate_text(certificates: Sequence[Mapping[str, Any]]) -> str:
    """The content of a file of certificates: one alone, or a list."""
    content = certificates[0] if len(certificates) == 1 else list(certificates)
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def require_the_ledger(text: str) -> None:
    """Reject certificates that bear the id of a statement of the ledger and say something else.

    The kernel, which stands alone, knows an id as a label only.

    Parameters
    ----------
    text : str
        The content of a file that the kernel has accepted.

    Raises
    ------
    kernel.Rejected
    """
    found = json.loads(text)
    for each in found if isinstance(found, list) else [found]:
        claimed, between = each["statement"], each["between"]
        known = statements.get(claimed["id"])
        if known is not None and not _is(known, claimed, between):
            raise kernel.Rejected(
                f"{known.id} is a statement of the ledger, '{known}', and the certificate that bears this id is about "
                "another formula, other assumptions or another relation of subjects"
            )


def _is(known: Statement, claimed: Mapping[str, Any], between: str | None) -> bool:
    own, relation = _statement(known), known.relation_between
    if set(claimed["assumptions"]) != set(own["assumptions"]) or between != (relation.name if relation else None):
        return False
    if all(claimed[key] == own[key] for key in ("lhs", "relation", "rhs")):
        return True
    try:
        lhs, sign, rhs = parse(f"{claimed['lhs']} {claimed['relation']} {claimed['rhs']}")
    except ClaimError:
        return False
    left, right = (in_log_forms(expression) for expression in known.sides)
    return bool((lhs, sign, rhs) == (left, known.relation, right))


def _statement(statement: Statement) -> dict[str, Any]:
    left, right = (in_log_forms(expression) for expression in statement.sides)
    return {
        "id": statement.id,
        "lhs": spell(left),
        "relation": statement.relation,
        "rhs": spell(right),
        "assumptions": [assumption.name for assumption in statement.assumptions],
    }


@lru_cache(2)
def _subject(instance: Instance) -> dict[str, Any]:
    """An instance as data, which its certificates share."""
    spec: dict[str, Any] = {
        "language": {
            "vocab": instance.vocab,
            "length": instance.length,
            "probabilities": [str(c) for c in instance.language.exact_table().tolist()],
        },
        "policy": _policy(instance),
    }
    if not instance.exact_denoiser:
        spec["denoiser"] = _denoiser(instance)
    if instance.off_support != "uniform":
        spec["off_support"] = instance.off_support
    return spec


def _policy(instance: Instance) -> dict[str, Any]:
    policy = instance.policy
    if policy.step_law is not None:
        return {"kind": "bernoulli", "weights": [str(w) for w in policy.step_law.fractions.tolist()]}
    if policy.random_sizes is not None:
        return {"kind": "fixed-size", "sizes": list(policy.random_sizes)}
    if policy.size_law:
        sizes, weights = zip(*((list(sizes), str(probability)) for probability, sizes in policy.size_law), strict=True)
        return {"kind": "mixture-of-sizes", "sizes": list(sizes), "weights": list(weights)}
    if policy.sets is not None:
        return {"kind": "fixed-sets", "sets": [list(chosen) for chosen in policy.sets]}
    if policy.remasks:
        remasking = Remasking.of(policy)
        law = [str(w) for w in remasking.schedule.fractions.tolist()]
        return {"kind": "remasking", "weights": law, "sigma": [str(sigma) for sigma in remasking.remasked]}
    if policy.compares:
        return _adaptive(Adaptive.of(policy))
    sets, weights = zip(*_orders(GivenTimes.of(policy), instance.length).items(), strict=True)
    given = [[list(chosen) for chosen in each] for each in sets]
    return {"kind": "mixture-of-sets", "sets": given, "weights": [str(c) for c in weights]}


def _orders(policy: GivenTimes, length: int) -> dict[tuple[tuple[int, ...], ...], Fraction]:
    """Every way to reveal a sequence, set by set, with its probability."""
    found: defaultdict[tuple[tuple[int, ...], ...], Fraction] = defaultdict(Fraction)
    for part, times in policy.parts:
        law: dict[tuple[tuple[int, ...], ...], Fraction] = {(): part}
        for step in range(1, times.steps + 1):
            law = {
                (*sets, chosen): probability * share
                for sets, probability in law.items()
                for share, chosen in times.choices(step, _left(length, sets))
            }
            if len(law) > MOST_ORDERS:
                raise BeyondReach(f"{policy!r} reveals {length} positions in more than {MOST_ORDERS} ways")
        for sets, probability in law.items():
            found[sets] += probability
    return found


def _left(length: int, sets: tuple[tuple[int, ...], ...]) -> tuple[int, ...]:
    return tuple(i for i in range(length) if not any(i in chosen for chosen in sets))


def _adaptive(policy: Adaptive) -> dict[str, Any]:
    if isinstance(policy.bound, float):
        raise BeyondReach(f"the {policy.rule} is a floating number, and the kernel knows rationals")
    return {
        "kind": "adaptive",
        "score": policy.score,
        "order": policy.order,
        "temperature": str(Fraction(policy.temperature)),
        "ties": policy.ties,
        "block_length": policy.block_length,
        policy.rule if policy.sizes is None else "sizes": (
            str(policy.bound) if policy.sizes is None else list(policy.sizes)
        ),
    }


def _denoiser(instance: Instance) -> list[list[list[str] | None]]:
    """Predictions in every context; where the context is impossible they are never used, and uniform."""
    V, L = instance.vocab, instance.length
    m = marginal_lattice(instance.language)
    sampler, uniform = SamplerRows(instance, m), [str(Fraction(1, V))] * V
    return [
        [
            None if token != V else [str(to_fraction(c)) for c in sampler.predicted(y, i)] if y in m else uniform
            for i, token in enumerate(y)
        ]
        for y in map(tuple, lattice_rows(0, lattice_size(V, L), V, L).tolist())
    ]


_version = cache(version)
"""Reads a file each time."""


def _provenance(verdict: Verdict) -> dict[str, Any]:
    return {
        "instances": list(verdict.instances),
        "title": verdict.statement.title,
        "maskbound": _version("maskbound"),
        "python": platform.python_version(),
        "written": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def _require_agreement(found: Mapping[str, Any], verdict: Verdict) -> None:
    """Two implementations, one answer."""
    assert verdict.lhs is not None
    assert verdict.rhs is not None
    measured = verdict.lhs.quantities | verdict.rhs.quantities
    subjects = [kernel.subject(spec) for spec in found["subjects"]]
    differing = [
        name
        for name, text in found["quantities"].items()
        if name in measured and not _same(name, text, measured[name], subjects)
    ]
    if differing or found["verdict"] != verdict.status.value:
        raise Disagreement(
            f"the exact engine and the kernel disagree about {', '.join(differing) or 'the verdict'} "
            f"({verdict.statement.id} on {' and '.join(verdict.instances)})"
        )


def _same(name: str, text: str | None, measured: Enclosure, subjects: Sequence[kernel.Subject]) -> bool:
    """Whether the kernel's number is the one measured, or in its enclosure; one that is no log form has no text."""
    known = measured.exact
    if text is None:
        plain, _, second = name.partition("@")
        bounds = subjects[bool(second)].quantity(plain).at(BITS)
        return known is None and (bounds is None or (bounds[0] <= measured.hi and measured.lo <= bounds[1]))
    if text == str(known):
        return True
    if text == "inf" or math.inf in (known, measured.lo):
        return text == "inf" and math.isinf(measured.value)
    number = LogForm.parse(text)
    lo, hi = (end if math.isinf(end) else Fraction(end) for end in (measured.lo, measured.hi))
    return number == known if known is not None else lo <= number <= hi
