"""Relations between statements, what follows from what: trees for a terminal, a diagram for documents.

An arrow is algebra: the premises together give the conclusion, wherever its assumptions hold. Statements without
premises are proved in their notes.
"""

from __future__ import annotations

from collections.abc import Iterator

from maskbound.theory.ledger import FAMILIES, statements
from maskbound.theory.statement import Statement

__all__ = ["consequences", "mermaid", "tree"]


def consequences(identifier: str) -> list[str]:
    """Ids of the statements that have this one among their premises."""
    return [statement.id for statement in statements.values() if identifier in statement.follows_from]


def tree(identifier: str | None = None) -> str:
    """A statement above its premises, these above theirs, down to what is proved on its own.

    Parameters
    ----------
    identifier : str, optional
        By default every statement that has premises and that no other one rests on, one tree after the other.

    Notes
    -----
    What a statement needs stands in brackets. The premises of a statement are shown once; after that it is marked
    "above".

    Examples
    --------
    >>> print(tree("mds/ser").replace(" [ExactDenoiser, FixedSizePolicy, MDSLanguage] ", ""))
    mds/ser  MDS codes, fixed sizes: SER is 1 - exp(-KL)
    """
    tops = [identifier] if identifier else _tops()
    shown: set[str] = set()
    return "\n".join(line for top in tops for line in _lines(statements[top], "", "", shown))


def _tops() -> list[str]:
    premises = {premise for statement in statements.values() for premise in statement.follows_from}
    return [known.id for known in statements.values() if known.follows_from and known.id not in premises]


def _lines(statement: Statement, first: str, rest: str, shown: set[str]) -> Iterator[str]:
    needs = ", ".join(assumption.name for assumption in statement.assumptions) or "nothing"
    repeated = statement.id in shown and bool(statement.follows_from)
    yield f"{first}{statement.id}  [{needs}]  {statement.title}" + "  (above)" * repeated
    if repeated:
        return
    shown.add(statement.id)
    for place, premise in enumerate(statement.follows_from, 1):
        last = place == len(statement.follows_from)
        yield from _lines(
            statements[premise], f"{rest}{'`-- ' if last else '|-- '}", f"{rest}{'    ' if last else '|   '}", shown
        )


def mermaid() -> str:
    """The arrows between declared statements as a Mermaid flowchart, premises pointing to conclusions."""
    declared = [statement for family in FAMILIES for statement in family.STATEMENTS]
    lines = ["flowchart LR"]
    lines += [
        f'    {_node(premise)}["{premise}"] --> {_node(statement.id)}["{statement.id}"]'
        for statement in declared
        for premise in statement.follows_from
    ]
    return "\n".join(lines)


def _node(identifier: str) -> str:
    """Mermaid reads no strokes or hyphens in the name of a node; two lines stand for a stroke."""
    return identifier.replace("/", "__").replace("-", "_")
