"""The ledger of statements, as a table and one by one."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from maskbound import theory
from maskbound.theory import (
    FORMAL,
    PAPERS,
    Statement,
    consequences,
    declared_in,
    nearest,
    quantities,
    search,
    statements,
)

from ..errors import BadInput, shown
from ..render.table import Formula, Table
from ..tightness import extremes, in_words
from ..universal_verdicts import universal_verdicts

__all__ = [
    "HEADLINES",
    "bibliography",
    "find_statement",
    "find_statements",
    "headline_list",
    "for_every_language",
    "reference_list",
    "statement_account",
    "statement_lines",
    "statement_list",
    "tests_of",
    "tightest_ratio",
]

HEADLINES = (
    "area-theorem/defect",
    "bernoulli/riemann-error",
    "kl-path-kl/given-times",
    "bernoulli/uniform-rate",
    "fixed-size/max-size",
    "token-error/vocabulary",
    "sequence-error/from-path-kl",
    "pair/linear-steps",
    "shifted-pair/ser-lower",
    "pair/token-error-lower-rate",
    "independent-steps/path-kl",
    "permutations/linear-steps",
    "kl-path-kl/equality-deterministic",
    "entropy-bound/path-kl",
    "propose-then-choose/mode-bias",
    "refuted/more-steps-lower-ser",
    "refuted/proposals-are-exact",
)
"""The statements that the README and the report show."""


def headline_list() -> Table:
    """The headline statements: formula, status, the tightest ratio met, and what is known for every language."""
    rows = tuple(
        (s.id, Formula(str(s), s.latex()), s.status, tightest_ratio(s), for_every_language(s))
        for s in map(statements.__getitem__, HEADLINES)
    )
    columns = ("statement", "formula", "status", "tightest", "every language")
    return Table("Headline statements (entropies and divergences in nats)", columns, rows)


def statement_list() -> Table:
    """Every statement with its formula, what it needs and what is known about it."""
    rows = tuple(
        (
            s.id,
            s.title,
            Formula(str(s), s.latex()),
            _needs(s),
            s.status,
            tightest_ratio(s),
            for_every_language(s),
            s.note or None,
        )
        for s in statements.values()
    )
    columns = ("id", "title", "formula", "needs", "status", "tightest", "every language", "proof note")
    notes = (
        "tightest: the largest ratio of the sides met on small instances; 1 is equality",
        "every language: decided for all of them, with the largest sharp constant met",
    )
    return Table("Statements (entropies and divergences in nats)", columns, rows, notes)


def reference_list() -> Table:
    """The papers, how well each is known here, and the statements that cite it."""
    citing: dict[str, list[str]] = {key: [] for key in PAPERS}
    for s in statements.values():
        for cited in s.published:
            citing[cited.paper].append(s.id)
    rows = tuple(
        (
            paper.authors,
            paper.year,
            paper.title or "-",
            ", ".join(part for part in (paper.venue, paper.arxiv and f"arXiv {paper.arxiv}") if part) or "-",
            paper.reading,
            len(set(citing[paper.key])),
        )
        for paper in PAPERS.values()
    )
    note = "The last column counts the statements that cite it; `maskbound theorems AUTHOR` lists them."
    return Table("References", ("authors", "year", "title", "where", "known by", "cited"), rows, (note,))


def bibliography(found: Iterable[Statement]) -> str:
    """BibTeX entries of the papers that statements come from, each once.

    Raises
    ------
    BadInput
        When none of them cites a paper.
    """
    papers = dict.fromkeys(cited.paper for statement in found for cited in statement.published)
    if not papers:
        raise BadInput("--bibtex", "found no statement there that comes from a paper")
    return "\n\n".join(PAPERS[key].bibtex() for key in papers)


def tightest_ratio(statement: Statement) -> str | None:
    """The largest ratio of its sides that is stored; None for what is not true."""
    found = extremes().get(statement.id)
    return None if found is None else found.shown


def for_every_language(statement: Statement) -> str | None:
    """The stored verdict about all languages; None where that is out of reach."""
    found = universal_verdicts().get(statement.id)
    return None if found is None else found.shown


def find_statement(name: str) -> Statement:
    """The statement of that id, or of that old one.

    Raises
    ------
    BadInput
        For an unknown id, with the closest known ones.
    """
    if name in statements:
        return statements[name]
    raise BadInput("statement", f"found {shown(name)}; {_hint(name)}")


def find_statements(query: str) -> list[Statement]:
    """The statements that a query describes, at least one; those that have most of its words where none has all.

    Raises
    ------
    BadInput
        When there are none, with the quantity of that name or the closest known ids.
    """
    if found := search(query):
        return found
    named = [name for name in quantities if query.lower().replace(" ", "_") in name]
    if not named and (found := nearest(query)):
        return found
    hint = f"`maskbound quantities {named[0]}` says what that is" if named else _hint(query)
    raise BadInput("QUERY", f"found {shown(query)}, which no statement has; {hint}")


def _hint(name: str) -> str:
    close = theory.closest(name, statements)
    return f"the closest known ids are {', '.join(close)}" if close else "`maskbound theorems` lists the known ids"


def statement_lines(found: Iterable[Statement]) -> str:
    """Statements by subject: id, title, status and tightest ratio on a line each, the formula below."""
    by_subject: defaultdict[str, list[str]] = defaultdict(list)
    for statement in found:
        tightest = tightest_ratio(statement)
        known = statement.status + (f", tightest {tightest}" if tightest else "")
        by_subject[statement.subject] += [
            f"  {statement.id}  {statement.title} ({known})",
            f"      {statement.declared}",
        ]
    return "\n".join(line for subject, lines in by_subject.items() for line in (subject, *lines))


def statement_account(statement: Statement) -> str:
    """One statement in full, a fact a line: what it says, what it rests on, and the files that state and measure it."""
    from ..metrics.methods import measured_in  # here, since lists of statements need not wait for the engines

    facts = [("", f"{statement.id}  {statement.title}"), ("statement", str(statement)), ("LaTeX", statement.latex())]
    facts += [("needs", f"{a.name}: {a.sentence}") for a in statement.assumptions]
    relation = statement.relation_between
    if relation is not None:
        facts.append(("pair", f"{relation.name}: {relation.sentence}"))
    facts += [(f"{symbol} =", str(value)) for symbol, value in statement.parameters.items()]
    facts += [("status", statement.status), ("source", statement.source)]
    facts += [("published", str(citation)) for citation in statement.published]
    facts.append(("near", f"{statement.near}, which is true" if statement.near else ""))
    if statement.refuted_by:
        facts.append(("refuted by", statement.refuted_by))
    facts.append(("tight", statement.tight))
    extreme = extremes().get(statement.id)
    if extreme is not None:
        facts.append(("tightest", f"ratio {extreme.shown} on {in_words(extreme.instance)}"))
    facts.append(("every language", for_every_language(statement) or ""))
    facts.append(("follows from", ", ".join(statement.follows_from)))
    facts.append(("implies", ", ".join(consequences(statement.id))))
    facts.append(("declared in", declared_in(statement)))
    for name in sorted({name.removesuffix("@2") for name in statement.quantities}):
        measured = "; ".join(f"{place} ({', '.join(by)})" for place, by in measured_in(name).items())
        facts.append((name, f"proofs_notes/{quantities[name].definition}; {measured}"))
    facts.append(("proof note", f"proofs_notes/{statement.note}" if statement.note else ""))
    facts.append(("proved in Coq", ", ".join(FORMAL.get(statement.id, ()))))
    facts.append(("tested in", ", ".join(tests_of(statement))))
    width = max(len(name) for name, fact in facts if fact)
    return "\n".join(f"{name:<{width}} {fact}" if name else fact for name, fact in facts if fact)


def tests_of(statement: Statement) -> list[str]:
    """Tests that the proof note links, where the notes lie beside the package."""
    note = Path(theory.__file__).parent.parent / "proofs_notes" / statement.note
    if not statement.note or not note.is_file():
        return []
    return list(dict.fromkeys(re.findall(r"\]\(\.\./(tests/[^)]+)\)", note.read_text(encoding="utf-8"))))


def _needs(statement: Statement) -> str | None:
    needs = [assumption.name for assumption in statement.assumptions]
    if statement.relation_between is not None:
        needs.append(f"second {statement.relation_between.name}")
    return ", ".join(needs) or None
