"""The words of claims: quantities and assumptions, as tables."""

from __future__ import annotations

import re

from maskbound.theory import ASSUMPTIONS, parameters, quantities
from maskbound.theory.assumptions import spelled_assumption

from ..errors import BadInput, shown
from ..render.table import Formula, Table

__all__ = ["assumption_list", "quantity_list"]


def quantity_list(query: str = "") -> Table:
    """Every quantity whose name, or an old one, symbol or meaning has all these words in it.

    The one that has this very name, or symbol, comes first, and with it the files that measure it.

    Raises
    ------
    BadInput
        When there is none.
    """
    words = _plain(quantities.current(query)).split()
    listed = [(q.name, Formula(q.latex, q.latex), q.unit, q.meaning, q.definition) for q in quantities.values()]
    listed += [
        (p.name, Formula(p.name, p.name), "number", p.meaning, "definitions.md#notation") for p in parameters.values()
    ]
    named = {row[0]: [_plain(row[0]), _plain(row[1].latex)] for row in listed}
    asked = " ".join(words)
    found = [row for row in listed if all(word in " ".join([*named[row[0]], _plain(row[3])]) for word in words)]
    rows = tuple(sorted(found, key=lambda row: not asked or asked not in named[row[0]]))
    if not rows:
        problem = f"found {shown(query)}, which no quantity has; `maskbound quantities` lists them all"
        raise BadInput("WORD", f"{problem}, and proofs_notes/definitions.md defines the other words")
    columns = ("name", "symbol", "unit", "meaning", "definition")
    measured = _measured(rows[0][0]) if asked and asked in named[rows[0][0]] else ()
    return Table("Quantities", columns, rows, ("Definitions with examples are in proofs_notes.", *measured))


def _plain(text: str) -> str:
    """In lower case, without marks of LaTeX, and with spaces for what joins words."""
    return " ".join(re.sub(r"\\mathrm|[\\{}_-]", " ", text).lower().split())


def _measured(quantity: str) -> tuple[str, ...]:
    from ..metrics.methods import measured_in  # here, since lists need not wait for the engines

    places = "; ".join(f"{place} ({', '.join(by)})" for place, by in measured_in(quantity).items())
    return (f"{quantity} is measured in {places}",) if places else ()


def assumption_list(word: str = "") -> Table:
    """Every assumption whose name or sentence has this word in it, as it is typed after ``--needs``.

    Raises
    ------
    BadInput
        When there is none.
    """
    rows = tuple(
        (spelled_assumption(known.name), known.sentence, ", ".join(map(spelled_assumption, known.entails)) or None)
        for known in ASSUMPTIONS.values()
        if word.lower() in f"{known.name} {spelled_assumption(known.name)} {known.sentence}".lower()
    )
    if not rows:
        raise BadInput("WORD", f"found {shown(word)}, which no assumption has; `maskbound assumptions` lists them all")
    return Table("Assumptions", ("name", "a statement may assume that", "entails"), rows)
