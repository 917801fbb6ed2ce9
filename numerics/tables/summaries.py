"""A check in a few rows: the instances, the verdicts by statement, how tight they are, and the false statements."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from maskbound.theory import RELATIONS, Statement, statements

from ..engines.workspace import Workspace
from ..instances import Instance, Pair, from_spec
from ..judging import Status, Verdict, judge
from ..judging.cases import Case
from ..judging.checking import FALSE
from ..render.table import Formula, Table
from ..tightness import extremes
from .statements import for_every_language, tightest_ratio
from .verdicts import is_rounding_equality, tally, verdicts_of

__all__ = ["instance_table", "refuted_table", "tightness_table", "verdict_summary"]


def instance_table(cases: Iterable[Case]) -> Table:
    """The instances that a check runs over."""
    subjects = {subject.name: subject for case in cases for subject in case.subjects}
    rows = tuple(
        (
            name,
            _kind(subject, "language"),
            subject.vocab,
            subject.length,
            _kind(subject, "policy"),
            subject.policy.steps,
            _kind(subject, "denoiser"),
            subject.fingerprint[:12],
        )
        for name, subject in subjects.items()
    )
    columns = ("instance", "language", "V", "L", "policy", "N", "denoiser", "fingerprint")
    return Table("Instances; V tokens, L positions, N steps", columns, rows)


def _briefly(spec: Mapping[str, Any]) -> str:
    """The kinds and sizes in a spec; a denoiser is named where it is not exact."""
    if "relation" in spec:
        return f"{_briefly(spec['first'])}; {spec['relation']}: {_steps(spec['second']['policy'])}"
    language, denoiser = spec["language"], spec.get("denoiser", {}).get("kind", "exact")
    sizes = [f"{letter}={language[key]}" for letter, key in (("V", "vocab"), ("L", "length")) if key in language]
    return ", ".join(
        [" ".join([language["kind"], *sizes]), _steps(spec["policy"]), *([] if denoiser == "exact" else [denoiser])]
    )


def _steps(policy: Mapping[str, Any]) -> str:
    given = next((key for key in ("steps", "sizes", "weights", "alpha", "sets") if key in policy), None)
    if given is None:
        return str(policy["kind"])
    return f"{policy['kind']} N={policy[given] if given == 'steps' else len(policy[given])}"


def _kind(subject: Instance, part: str) -> str:
    """The kind of one part, as its file calls it."""
    table = (subject.spec or {}).get(part, {})
    return str(table.get("kind", "made in code")) if table else "made in code"


def verdict_summary(cases: Iterable[Case]) -> Table:
    """How each statement fared on all instances, and how far from the truth it was, at most and at least."""
    found = [verdict for case in cases for verdict in verdicts_of(case)]
    by_statement: dict[str, list[Verdict]] = {name: [] for name in statements}
    for verdict in found:
        by_statement.setdefault(verdict.statement.id, []).append(verdict)
    rows = tuple(_summary(verdicts) for verdicts in by_statement.values() if verdicts)
    columns = ("statement", "formula", "holds", "violated", "equal", "open", "not applicable", "loosest", "tightest")
    note = (
        "Equal: both sides are the same to within rounding, and not decided exactly. Open: the enclosures overlap, or "
        "a side is beyond reach or has no value. "
        "Loosest and tightest: the smaller side over the larger, as the statement orders them, where it is not 0."
    )
    return Table("Verdicts by statement", columns, rows, (note, f"In all {tally(found)}."))


def _summary(verdicts: list[Verdict]) -> tuple[object, ...]:
    statement: Statement = verdicts[0].statement
    count = Counter(verdict.status for verdict in verdicts)
    equal = sum(map(is_rounding_equality, verdicts))
    decided = [v for v in verdicts if v.status in (Status.HOLDS, Status.VIOLATED) and statement.relation != "=="]
    ratios = [ratio for verdict in decided if (ratio := verdict.tightness()) is not None and ratio.lo > 0]
    ratios.sort(key=lambda ratio: ratio.value if ratio.has_value else ratio.hi)
    return (
        statement.id,
        Formula(str(statement), statement.latex()),
        count[Status.HOLDS],
        count[Status.VIOLATED],
        equal,
        count[Status.UNDECIDED] - equal + count[Status.UNDEFINED],
        count[Status.NOT_APPLICABLE],
        ratios[0] if ratios else None,
        ratios[-1] if ratios else None,
    )


def tightness_table() -> Table:
    """The largest ratio of the sides of each inequality that a search met, and where."""
    rows = tuple(
        (
            s.id,
            Formula(str(s), s.latex()),
            tightest_ratio(s),
            _briefly(extremes()[s.id].instance),
            for_every_language(s),
            s.tight or None,
        )
        for s in statements.values()
        if s.id in extremes() and s.relation != "=="
    )
    note = (
        "From a seeded search over small instances; over all sizes the ratio may be larger. 1 is equality. Every "
        "language: what is decided for all languages of these lengths, with the sharp constant in the place of 1."
    )
    columns = ("statement", "formula", "ratio", "reached on", "every language", "equality")
    return Table("How tight the inequalities are", columns, rows, (note,))


def refuted_table() -> Table:
    """The statements that are false on purpose, and both sides on the instance that refutes each."""
    rows = []
    for statement in (s for s in statements.values() if s.status == FALSE):
        assert statement.counterexample is not None
        stored = from_spec(statement.counterexample)
        subjects, relation = (stored.instances, stored.relation) if isinstance(stored, Pair) else ((stored,), None)
        verdict = judge(statement, tuple(map(Workspace, subjects)), relation)
        formula = Formula(str(statement), statement.latex())
        compared = Formula(statement.relation, RELATIONS[statement.relation])
        sides = (verdict.lhs and verdict.lhs.shown(), compared, verdict.rhs and verdict.rhs.shown())
        rows.append(
            (statement.id, statement.title, formula, _briefly(statement.counterexample), *sides, verdict.status.value)
        )
    columns = ("statement", "what it says", "formula", "refuted by", "left", "relation", "right", "verdict")
    title = "False statements, and the instances that refute them (information in nats)"
    plain = tuple(r for r, row in enumerate(rows) if not statements[row[0]].is_information)
    return Table(title, columns, tuple(rows), nats=("left", "right"), without_unit=plain)
