"""Every statement by id, and the generated index of the proof notes.

The families declare their statements; a missing field fails when they are imported. `register` adds one's own to
the ledger of the running process.
"""

from __future__ import annotations

from collections.abc import Mapping

from maskbound import theory
from maskbound.theory import (
    decoding,
    efficiency,
    every_language,
    information,
    named_languages,
    order,
    path_kl,
    random_sizes,
    refuted,
    schedules,
    sequence_error,
    token_error,
)
from maskbound.theory.aliases import OLD_IDS, Renamed
from maskbound.theory.statement import Statement

__all__ = ["declared_in", "index", "register", "statements"]

FAMILIES = (
    information,
    path_kl,
    schedules,
    token_error,
    sequence_error,
    decoding,
    order,
    efficiency,
    every_language,
    random_sizes,
    named_languages,
    refuted,
)

_ledger: dict[str, Statement] = {}

statements = Renamed(_ledger, OLD_IDS)
"""Every statement by id, or by an old one, in the order of declaration; those false on purpose come last."""


def register(statement: Statement) -> Statement:
    """Add a statement to the ledger of the running process.

    Raises
    ------
    TypeError
        When it is not a Statement.
    ValueError
        When its id is taken.
    """
    if not isinstance(statement, Statement):
        raise TypeError(f"register takes a Statement, found {type(statement).__name__}")
    if statement.id in statements:
        raise ValueError(f"the statement id {statement.id} is taken: {statements[statement.id].title}")
    _ledger[statement.id] = statement
    return statement


def declared_in(statement: Statement) -> str:
    """The file of the project that declares a statement, such as ``theory/path_kl.py``; empty for one's own."""
    for family in FAMILIES:
        if statement in family.STATEMENTS:
            return f"theory/{family.__name__.rsplit('.', 1)[-1]}.py"
    return ""


def index(tightest: Mapping[str, str]) -> str:
    """``proofs_notes/README.md``: a table of the declared statements, generated from the ledger.

    Parameters
    ----------
    tightest : dict of str to str
        The largest known ratio of the sides of a true statement, by id, as it is shown.
    """
    declared = [statement for family in FAMILIES for statement in family.STATEMENTS]
    lines = [
        "# Proof notes",
        "",
        "Generated (`make docs`); do not edit. Formulas are for one sequence of length $L$; entropies and divergences",
        "are in nats. The tightest ratio of the two sides was met on small instances; 1 is equality. The code that",
        "measures each side is listed by quantity in [quantities](quantities.md), and the diagram of which statement",
        "follows from which in [relations](relations.md).",
        "",
        "| statement | formula | needs | status | tightest |",
        "|---|---|---|---|---|",
    ]
    for s in declared:
        needs = [a.name for a in s.assumptions] + ([f"second {s.relation_between}"] if s.relation_between else [])
        formula = s.latex().replace("|", r"\vert ")
        if s.parameters:
            formula += ", " + ", ".join(_assignments(s))
        refuted_by = f" (by `{s.refuted_by}`)" if s.refuted_by else ""
        lines.append(
            f"| [{s.id}]({s.note}) {s.title} | ${formula}$ | {', '.join(needs)} | {s.status}{refuted_by} |"
            f" {tightest.get(s.id, '')} |"
        )
    return "\n".join(lines) + "\n"


def _assignments(statement: Statement) -> list[str]:
    return [f"{theory.to_latex(symbol)} = {theory.to_latex(value)}" for symbol, value in statement.parameters.items()]


for _family in FAMILIES:
    for _statement in _family.STATEMENTS:
        register(_statement)
