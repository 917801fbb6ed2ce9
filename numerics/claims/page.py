"""The page of a claim: what was found, how surely, where it is tightest, and what that does not establish."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from importlib.metadata import version
from typing import Any

import sympy

from maskbound.theory import FORMAL, FORMS, READING, Statement, parameters, quantities, to_latex
from maskbound.theory.formal import file_of
from maskbound.theory.letters import letters_in
from maskbound.theory.quantity import NATS

from ..judging import Status, Verdict
from ..render.provenance import versions
from ..render.table import Formula, Table
from ..report.build import Report, Written
from ..tables.verdicts import is_rounding_equality
from ..universal import Decided
from .all_languages import every_language, proof
from .findings import Findings
from .tight import tight
from .tried import policies_tried, tried
from .words import called, in_words

__all__ = ["claim_page", "counterexample", "displayed", "not_established", "reading", "remark", "symbols_table"]

LONGEST_EXACT = 60
"""Characters of an exact value that is shown."""


def claim_page(found: Findings) -> Report:
    """The page as a report of one claim."""
    sections = [
        Written(
            "The claim", remark(found), (("claim", _claim_table(found), ""), ("symbols", symbols_table(found), ""))
        ),
        _found(found),
    ]
    parts = (counterexample(found), every_language(found), proof(found), tight(found))
    sections += [section for section in parts if section]
    sections += [not_established(found), _repeat(found), *tried(found)]
    statement = found.statement
    abstract = " ".join(filter(None, (found.sentence, reading(found))))
    return Report(statement.title, abstract, tuple(sections), displayed(statement))


def displayed(statement: Statement) -> Formula:
    """The inequality, and what free parameters in it stand for."""
    values = [value.latex for value in _values(statement)]
    return Formula(str(statement), r", \quad ".join([statement.latex(), *values]))


def _values(statement: Statement) -> list[Formula]:
    """An equation for each free parameter."""
    two = statement.subjects == 2
    return [
        Formula(f"{symbol} = {value}", " = ".join(to_latex(each, two_subjects=two) for each in (symbol, value)))
        for symbol, value in statement.parameters.items()
    ]


def reading(found: Findings) -> str:
    """How the form stands to the paper that the page's author relates it to; empty without one."""
    published = found.claim.published
    if published is None:
        return ""
    paper = published.paper
    where = f"{published.theorem + ' of ' if published.theorem else ''}{paper.authors} ({paper.year})"
    doubt = "" if paper.reading == "read" else " and may not be the published one"
    return f"The form is the page author's reading of {where}{doubt}: {READING[paper.reading]}."


def remark(found: Findings) -> tuple[str, ...]:
    """The paragraphs of the file's remark."""
    return tuple(" ".join(part.split()) for part in found.claim.remark.split("\n\n") if part.strip())


def _claim_table(found: Findings) -> Table:
    statement, published = found.statement, found.claim.published
    rows: list[tuple[str, Any]] = [("typed as" if statement.status == "claim" else "in plain text", found.claim.typed)]
    rows += [("tried on", policies) for policies in (policies_tried(found),) if policies]
    rows += [(f"where {name} is", value) for name, value in found.claim.parameters.items()]
    rows += [("where", value) for value in _values(statement)]
    rows += [("assumes that", assumption.sentence) for assumption in statement.assumptions]
    if published is not None:
        rows.append(("the page's author relates it to", str(published)))
        rows += [
            ("how it stands to the theorem", f"{citation.form}: {FORMS[citation.form]}")
            for citation in statement.published
            if citation.paper == published.paper.key
        ]
    if statement.note:
        rows.append(
            ("proof", f"proofs_notes/{statement.note} of maskbound {version('maskbound')} ({statement.status})")
        )
    rows += [("proved in Coq", f"{name} in proofs_notes/coq/{file_of(name)}") for name in FORMAL.get(statement.id, ())]
    what = "The equality" if statement.relation == "==" else "The inequality"
    in_nats = any(quantities[name.removesuffix("@2")].unit == NATS for name in statement.quantities)
    notes = ("Entropies and divergences are in nats.",) if in_nats else ()
    return Table(what, ("", "what it says"), tuple(rows), notes)


def symbols_table(found: Findings) -> Table:
    """The quantities and parameters of the inequality, with what they mean and the letters of these meanings."""
    used = sorted({name.removesuffix("@2") for name in found.statement.quantities})
    rows = [(Formula(name, quantities[name].latex), quantities[name].meaning) for name in used]
    given = sorted({name.removesuffix("@2") for name in found.statement.given})
    meanings = [*(meaning for _, meaning in rows), *(a.sentence for a in found.statement.assumptions)]
    rows += [(Formula(name, name), parameters[name].meaning) for name in given]
    rows += [
        (Formula(letter.text, letter.latex), letter.meaning)
        for letter in letters_in(meanings)
        if letter.text not in given and letter.latex not in {formula.latex for formula, _ in rows}
    ]
    return Table("Symbols", ("symbol", "meaning"), tuple(rows))


def _found(found: Findings) -> Written:
    groups: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for case, verdict in found.judged:
        groups[verdict.status.value, _means(verdict)].append(case.name)
    if found.witness is not None:
        case, verdict = found.witness
        groups[verdict.status.value, "a language that deciding for every language led to"].append(case.name)
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


def counterexample(found: Findings) -> Written | None:
    """The smallest one in words, and both sides on it."""
    if found.counterexample is not None:
        case, _verdict = found.counterexample
        alone = found.statement.about_language
        text = (
            *(in_words(each, alone=alone) for each in case.subjects),
            f"As instance files have it: {called(case).rstrip(',')}.",
        )
        return Written("Counterexample", text, (("counterexample", _account(found), ""),))
    if found.refutations:
        decision = next(each for each in found.decisions if each.verdict is Decided.FAILS)
        text = (f"{decision.reason}; {decision.judged or 'not measured'}.", *(f"{line}." for line in decision.words))
        return Written("Counterexample", text, ())
    return None


def _account(found: Findings) -> Table:
    """Both sides and what they are computed from, exactly where that is known."""
    assert found.counterexample is not None
    case, verdict = found.counterexample
    own = next((each.certificate for each in found.certificates if each.case is case), {})
    values, exact = own.get("values", {}), own.get("quantities", {})
    rows = []
    unit = "" if _in_another_unit(found) else verdict.information_unit
    for name, key, side in (("left side", "lhs", verdict.lhs), ("right side", "rhs", verdict.rhs)):
        if side is not None:
            shown = "=" if verdict.order == 0 and key == "rhs" else side.shown()
            rows.append((name, shown, _exact(values.get(key)), unit))
            rows += [
                (quantity, enclosed, _exact(exact.get(quantity) or enclosed.exact), _unit(quantity))
                for quantity, enclosed in side.quantities.items()
            ]
    title = f"Both sides on {case.name}"
    return Table(title, ("", "value", "exactly", "unit"), tuple(dict.fromkeys(rows)))


def _in_another_unit(found: Findings) -> bool:
    """Whether numbers' logarithms stand in the claim, as where it divides by log 2 to be in bits."""
    return any(log.is_number for side in found.statement.sides for log in side.atoms(sympy.log))


def _exact(value: Any) -> str | None:
    return None if value is None or len(str(value)) > LONGEST_EXACT else str(value)


def _unit(quantity: str) -> str:
    plain = quantity.removesuffix("@2")
    return quantities[plain].unit if plain in quantities else ""


def not_established(found: Findings) -> Written:
    """What a reader might take from the verdict, and should not."""
    return Written("What this does not establish", tuple(_limits(found)), ())


def _limits(found: Findings) -> Iterator[str]:
    about_all = [each for each in found.rows if each.verdict is Decided.HOLDS]
    if found.refuted:
        yield "That a nearby statement, with another constant or another assumption, is false."
    elif found.statement.note:
        if found.statement.id in FORMAL:
            yield "That what Coq proves is what a reader has in mind: its statement is to be compared with this one."
        else:
            yield "That the proof is right: it is written and checked by hand, and no machine has checked it."
    elif not about_all:
        yield "That the claim is true: what holds on instances that were tried may fail on others."
    else:
        yield "Anything about lengths and policies that are not listed, unless the verdict names all of them."
    subjects = [subject for case in found.claim.cases for subject in case.subjects]
    exact = all(subject.exact_denoiser for subject in subjects) and found.claim.exact_denoiser
    denoiser = "the exact denoiser" if exact else "the denoisers of the instances"
    if not found.statement.about_language:
        yield f"Anything about a trained network: the verdicts are about {denoiser}."
    if exact and found.statement.quantities & {"eps_learning", "learning_term", "mean_learning_error"}:
        yield "How the learning error enters: it is 0 on everything that was tried."
    if found.claim.published is None:
        yield "That its quantities are those that a reader has in mind: the table of symbols says what they are here."
    else:
        yield (
            "That the inequality is the one that the paper means: the definitions of its quantities are those of this "
            "project, and are to be compared with the paper's."
        )


def _repeat(found: Findings) -> Written:
    command = f"maskbound claim {found.claim.file} --out pages"
    lines = [f"`{command}` makes this page again, from the file that stands at its end. {versions()}."]
    if found.certificates:
        rechecks = "`maskbound verify FILE` rechecks a certificate beside this page, with the standard library alone"
        lines.append(f"{rechecks}: {'; '.join(_files(found))}.")
    lines += [f"{_places(places)}: no certificate, since {reason}." for reason, places in _uncertified(found).items()]
    if found.claim.published is not None:
        lines.append(f"The paper: `{' '.join(found.claim.published.paper.bibtex().split())}`")
    return Written("To repeat it", tuple(lines), ())


def _files(found: Findings) -> Iterator[str]:
    """The certificates and what they are about; those of rows together."""
    rows = []
    for each in found.certificates:
        if each.case is None:
            rows.append(each.place.removeprefix("row-"))
        else:
            others = len(found.judged) > 1 and not found.refuted
            one = f", the one of {len(found.judged)} instances that is certified" if others else ""
            yield f"`{each.file(found.claim.name)}` (that it {each.about}{one})"
    if rows:
        name = f"{found.claim.name}-certificate-row-N.json"
        yield f"`{name}` with N = {', '.join(rows)} (that row of the verdicts for every language)"


def _uncertified(found: Findings) -> dict[str, list[str]]:
    groups: dict[str, list[str]] = {}
    for place, reason in found.uncertified:
        groups.setdefault(reason, []).append(place)
    return groups


def _places(places: list[str]) -> str:
    numbers = [place.removeprefix("row-") for place in places if place.startswith("row-")]
    rows = [f"row{'s' if len(numbers) > 1 else ''} {', '.join(numbers)} of the verdicts for every language"]
    named = [*(["instances"] if "instance" in places else []), *(rows if numbers else [])]
    return " and ".join(named).capitalize()
