"""The words of claims: quantities and assumptions, as tables."""

from __future__ import annotations

from maskbound.theory import ASSUMPTIONS, parameters, quantities
from maskbound.theory.assumptions import spelled_assumption

from ..errors import BadInput, shown
from ..render.table import Formula, Table

__all__ = ["assumption_list", "quantity_list"]


def quantity_list(query: str = "") -> Table:
    """Every quantity whose name, or an old one, or whose meaning has all these words in it.

    The one that has this very name comes first.

    Raises
    ------
    BadInput
        When there is none.
    """
    name = quantities.current(query)
    words = name.lower().split()
    listed = [(q.name, Formula(q.latex, q.latex), q.unit, q.meaning, q.definition) for q in quantities.values()]
    listed += [
        (p.name, Formula(p.name, p.name), "number", p.meaning, "definitions.md#notation") for p in parameters.values()
    ]
    found = [row for row in listed if all(word in f"{row[0]} {row[3]}".lower() for word in words)]
    rows = tuple(sorted(found, key=lambda row: row[0] != name))
    if not rows:
        raise BadInput("WORD", f"found {shown(query)}, which no quantity has; `maskbound quantities` lists them all")
    columns = ("name", "symbol", "unit", "meaning", "definition")
    return Table("Quantities", columns, rows, ("Definitions with examples are in proofs_notes.",))


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
