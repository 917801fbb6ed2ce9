"""The page of a claim: what was found, how surely, where it is tightest, and what that does not establish."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from maskbound.theory import FORMAL, Statement, parameters, quantities

from ..figures import Figure
from ..instances import Instance
from ..instances.explicit import dump
from ..judging import Status, Verdict
from ..judging.cases import Case
from ..latex import latex_text
from ..render.figure import Panel, Series
from ..render.provenance import versions
from ..render.table import Formula, Table, render
from ..report.build import Report, Written
from ..report.symbols import latex_with_symbols
from ..tables.verdicts import is_rounding_equality
from ..tightness import in_words
from ..universal import Decided, Decision
from .decide import Findings

__all__ = ["claim_page", "latex_fragment"]

SHOWN = 8
"""Rows of the table of the tightest instances."""

FEWEST_POINTS = 3
"""Instances with a ratio from which on a figure is drawn."""


def claim_page(found: Findings) -> Report:
    """The page as a report of one claim."""
    sections = [
        Written("The claim", _remark(found), (("claim", _claim_table(found), ""), ("symbols", _symbols(found), ""))),
        _found(found),
    ]
    sections += [section for section in (_counterexample(found), _every_language(found), _tight(found)) if section]
    sections += [_not_established(found), _repeat(found)]
    return Report(found.statement.title, found.sentence, tuple(sections))


def _remark(found: Findings) -> tuple[str, ...]:
    return tuple(" ".join(part.split()) for part in found.claim.remark.split("\n\n") if part.strip())


def _claim_table(found: Findings) -> Table:
    statement = found.statement
    rows: list[tuple[str, Any]] = [("inequality", Formula(str(statement), statement.latex()))]
    rows.append(("typed as", found.claim.typed))
    rows += [(f"where {symbol} is", str(value)) for symbol, value in statement.parameters.items()]
    rows += [("assumes that", assumption.sentence) for assumption in statement.assumptions]
    if found.claim.published is not None:
        rows.append(("published as", str(found.claim.published)))
    if statement.note:
        rows.append(("proof", f"proofs_notes/{statement.note} ({statement.status})"))
    if statement.id in FORMAL:
        rows.append(("proved in Coq", ", ".join(FORMAL[statement.id])))
    return Table("The inequality", ("", "what it says"), tuple(rows), ("Entropies and divergences are in nats.",))


def _symbols(found: Findings) -> Table:
    """The quantities and parameters of the inequality, with what they mean."""
    used = sorted({name.removesuffix("@2") for name in found.statement.quantities})
    rows = [(Formula(name, quantities[name].latex), quantities[name].meaning) for name in used]
    given = sorted({name.removesuffix("@2") for name in found.statement.given})
    rows += [(Formula(name, name), parameters[name].meaning) for name in given]
    return Table("Symbols", ("symbol", "meaning"), tuple(rows))


def _found(found: Findings) -> Written:
    groups: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for case, verdict in found.judged:
        groups[verdict.status.value, _means(verdict)].append(case.name)
    rows = [(status, len(names), names[0], meaning) for (status, meaning), names in sorted(groups.items())]
    table = Table("Verdicts on instances", ("verdict", "instances", "such as", "meaning"), tuple(rows))
    text = []
    if found.claim.left_out:
        text.append(
            f"{len(found.claim.left_out)} combinations of the file are no instances, such as {found.claim.left_out[0]}."
        )
    return Written("What was found", tuple(text), (("verdicts", table, ""),) if rows else ())


def _means(verdict: Verdict) -> str:
    if is_rounding_equality(verdict):
        return "both sides are equal to within rounding, and it would take too long to decide it exactly, or cannot be"
    return {
        Status.HOLDS: "enclosures of both sides decide it, or exact arithmetic does",
        Status.VIOLATED: "enclosures of both sides decide against it, or exact arithmetic does",
        Status.UNDECIDED: "the enclosures overlap: no hint either way",
        Status.UNDEFINED: "a side has no value",
        Status.NOT_APPLICABLE: "the instance does not satisfy the assumptions",
    }[verdict.status]


def _counterexample(found: Findings) -> Written | None:
    if found.counterexample is not None:
        case, verdict = found.counterexample
        specs = " and ".join(in_words(_complete(dump(subject))) for subject in case.subjects)
        return Written(
            "Counterexample", (f"`{specs}` violates it.",), (("counterexample", _account(case, verdict), ""),)
        )
    if found.refutations:
        decision = next(each for each in found.decisions if each.verdict is Decided.FAILS)
        language = "" if decision.witness is None else f"`{in_words(_complete(decision.witness))}`: "
        return Written("Counterexample", (f"{language}{decision.reason}; {decision.judged or 'not measured'}.",), ())
    return None


def _complete(spec: Mapping[str, Any]) -> dict[str, Any]:
    """A spec, or a pair's, with the denoiser that it leaves out."""
    if "relation" in spec:
        return {**spec, "first": _complete(spec["first"]), "second": _complete(spec["second"])}
    return {"denoiser": {"kind": "exact"}, **spec}


def _account(case: Case, verdict: Verdict) -> Table:
    """Both sides and what they are computed from."""
    rows = []
    for name, side in (("left side", verdict.lhs), ("right side", verdict.rhs)):
        if side is not None:
            rows.append((name, side.shown()))
            rows += [(quantity, enclosure) for quantity, enclosure in side.quantities.items()]
    return Table(f"Both sides on {case.name}", ("", "value"), tuple(dict.fromkeys(rows)))


def _every_language(found: Findings) -> Written | None:
    decisions = (*found.everywhere, *found.decisions)
    if not decisions:
        return None
    table = Table(
        "Verdicts for every language",
        ("for", "verdict", "sharp constant", "why"),
        tuple((each.scope, each.verdict.value, _constant(each), _why(each)) for each in decisions),
        (
            "Sharp constant: the least factor of the right side with which it holds (of a lower bound, the largest).",
            "There is none where the right side is 0.",
        ),
    )
    proofs = [line for each in found.everywhere for line in each.proof]
    text = ["A verdict here is about all languages over all vocabularies, not about those that were tried."]
    if proofs:
        text.append(f"The proof, to be checked by hand: {'; '.join(f'`{line}`' for line in proofs)}.")
    return Written("For every language", tuple(text), (("every-language", table, ""),))


def _constant(decision: Decision) -> str | None:
    if decision.constant is None:
        return None
    text = str(decision.constant)
    return text if len(text) <= 24 else f"{float(decision.constant):.9g} (rounded)"


def _why(decision: Decision) -> str:
    return decision.reason if len(decision.reason) <= 160 else f"{decision.reason[:157]}..."


def _tight(found: Findings) -> Written | None:
    if not found.tightest:
        return None
    parts: list[tuple[str, Table | Figure, str]] = [("tightest", _tightest_table(found), "")]
    figure = _figure(found)
    if figure is not None:
        parts.append(("ratios", figure, figure.caption))
    largest = f"The largest ratio of the sides on the instances that were tried is {found.tightest[0][1].ratio:.6g}"
    constants = [each.constant for each in found.decisions if each.constant is not None]
    if constants and found.statement.relation in ("<=", "<"):
        known = f"over all languages it is {float(max(constants)):.6g} at the lengths and policies listed"
    else:
        known = "other instances may have a larger one"
    return Written("How tight it is", (f"{largest}; {known}.",), tuple(parts))


def _tightest_table(found: Findings) -> Table:
    rows = tuple(
        (case.name, *(side and side.shown() for side in (verdict.lhs, verdict.rhs)), verdict.tightness())
        for case, verdict in found.tightest[:SHOWN]
    )
    notes = ("A ratio of 1 is equality, one above 1 a violation; instances on which both sides are 0 are left out.",)
    return Table("Largest ratios of the sides", ("instance", "left", "right", "ratio"), rows, notes)


def _figure(found: Findings) -> Figure | None:
    """Ratios against the number of steps, a line for each language and kind of policy."""
    rows = []
    kinds = {dump(subject)["policy"]["kind"] for case, _ in found.tightest for subject in case.subjects}
    for case, verdict in found.tightest:
        ratio = verdict.tightness()
        if ratio is None or len(case.subjects) != 1 or not case.subjects[0].policy.counted:
            return None
        (subject,) = case.subjects
        rows.append((_line(subject, len(kinds) > 1), subject.length, subject.policy.steps, ratio))
    lines = {row[0] for row in rows}
    if len({row[2] for row in rows}) < 2 or len(rows) < FEWEST_POINTS or len(lines) > SHOWN:
        return None
    if len({(row[0], row[2]) for row in rows}) < len(rows):
        return None
    rows.sort(key=lambda row: (row[1], row[0], row[2]))
    table = Table("Ratio of the sides", ("language", "L", "N", "ratio"), tuple(rows))
    return Figure(
        table,
        "N",
        (Panel("ratio of the sides", (Series("ratio"),)),),
        "Ratio of the sides against the number of steps; 1 is equality, above 1 a violation.",
        x_label="steps N",
        x_scale="log2",
        by="language",
    )


def _line(subject: Instance, several: bool) -> str:
    spec = dump(subject)
    name = f"{spec['language']['kind']}, V = {subject.vocab}, L = {subject.length}"
    return f"{name}, {spec['policy']['kind']}" if several else name


def _not_established(found: Findings) -> Written:
    return Written("What this does not establish", tuple(_limits(found)), ())


def _limits(found: Findings) -> Iterator[str]:
    about_all = [each for each in (*found.everywhere, *found.decisions) if each.verdict is Decided.HOLDS]
    if found.refuted:
        yield "A nearby statement, with another constant or another assumption, may be true."
    elif found.statement.note:
        yield "That the proof is right: it is to be read, or rechecked where it is formalised."
    elif not about_all:
        yield "That the claim is true: what holds on instances that were tried may fail on others."
    else:
        yield "Anything about lengths and policies that are not listed, unless the verdict names all of them."
    subjects = [subject for case in found.claim.cases for subject in case.subjects]
    exact = all(subject.exact_denoiser for subject in subjects) and found.claim.exact_denoiser
    denoiser = "the exact denoiser" if exact else "the denoisers of the instances"
    yield f"Anything about a trained network: the verdicts are about {denoiser}."
    if exact and found.statement.quantities & {"eps_learning", "learning_term", "mean_learning_error"}:
        yield "How the learning error enters: it is 0 on everything that was tried."
    yield (
        "That the inequality is the one that the paper means: the definitions of its quantities are those of this "
        "project, and are to be compared with the paper's."
    )


def _repeat(found: Findings) -> Written:
    command = f"maskbound claim {found.claim.name}.claim.toml --out pages"
    lines = [f"`{command}` makes this page again. {versions()}."]
    for n, each in enumerate(found.certificates, 1):
        lines.append(
            f"`maskbound verify {found.claim.name}-certificate-{n}.json` rechecks, with the standard library alone, "
            f"that it {each.about}."
        )
    lines += [f"No certificate: {each}." for each in found.uncertified]
    if found.claim.published is not None:
        lines.append(f"The paper: `{' '.join(found.claim.published.paper.bibtex().split())}`")
    return Written("To repeat it", tuple(lines), ())


def latex_fragment(found: Findings) -> str:
    """The claim and the verdict for an appendix; it needs amsmath and booktabs."""
    statement, published = found.statement, found.claim.published
    cited = "" if published is None else f" ({latex_text(published.theorem + ' of ' if published.theorem else '')}"
    cited += "" if published is None else f"\\cite{{{published.paper.key}}})"
    lines = [
        f"\\paragraph{{{latex_text(statement.title)}{cited}}}",
        f"\\[ {statement.latex()} \\]",
        *_assumed(statement),
        latex_text(found.sentence),
    ]
    if found.tightest:
        lines += ["", render(_tightest_table(found), "latex").rstrip()]
    if published is not None:
        lines += ["", "% BibTeX:", *(f"% {line}" for line in published.paper.bibtex().splitlines())]
    return "\n".join(lines) + "\n"


def _assumed(statement: Statement) -> list[str]:
    needs = [latex_with_symbols(assumption.sentence, latex_text) for assumption in statement.assumptions]
    return [f"It assumes that {'; and that '.join(needs)}."] if needs else []
