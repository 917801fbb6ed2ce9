"""Constants of published forms: what is proved, and what the instances allow."""

from __future__ import annotations

from collections.abc import Iterable

from maskbound.theory import statements

from ..engines.workspace import Workspace
from ..judging.cases import Case
from ..judging.constants import constant_of, least_constant
from ..numbers.enclosure import Enclosure
from ..render.table import Formula, Table

__all__ = ["constants"]


def constants(cases: Iterable[Case]) -> Table:
    """For each statement with a constant: its proved value, and the smallest that no instance violates."""
    fitted: dict[str, tuple[Enclosure, str]] = {}
    for case in cases:
        works = tuple(Workspace(subject) for subject in case.subjects)
        for statement in statements.values():
            if constant_of(statement) is not None and statement.subjects == len(works):
                found = least_constant(statement, works, case.relation)
                if found is not None and (statement.id not in fitted or found.value > fitted[statement.id][0].value):
                    fitted[statement.id] = found, case.name
    rows = []
    for statement in statements.values():
        constant = constant_of(statement)
        if constant is not None:
            least, where = fitted.get(statement.id, (None, None))
            stated = Formula(str(statement.lhs) + f" {statement.relation} " + str(statement.rhs), statement.latex())
            rows.append((statement.id, stated, str(statement.parameters[constant]), least, where))
    title = "Constants of published forms: proved, and the smallest that these instances allow"
    return Table(title, ("statement", "form", "proved C", "smallest C", "instance"), tuple(rows))
