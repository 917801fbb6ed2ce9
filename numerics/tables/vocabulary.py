"""The quantities, as a table."""

from __future__ import annotations

from maskbound.theory import quantities

from ..errors import BadInput, shown
from .render import Formula, Table

__all__ = ["quantity_list"]


def quantity_list(word: str = "") -> Table:
    """Every quantity whose name, or an old one, or whose meaning has this word in it.

    Raises
    ------
    BadInput
        When there is none.
    """
    wanted = quantities.current(word).lower()
    rows = tuple(
        (q.name, Formula(q.latex, q.latex), q.unit, q.meaning, q.definition)
        for q in quantities.values()
        if wanted in f"{q.name} {q.meaning}".lower()
    )
    if not rows:
        raise BadInput("WORD", f"found {shown(word)}, which no quantity has; `maskbound quantities` lists them all")
    columns = ("name", "symbol", "unit", "meaning", "definition")
    return Table("Quantities", columns, rows, ("Definitions with examples are in proofs_notes.",))
