"""The contents of the report: every table and figure that its sections name, measured once."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType

from maskbound.theory import FORMAL, statements

from ..engines.workspace import Request
from ..errors import BadInput
from ..figures import FIGURES, Figure
from ..judging.cases import Case, gallery_names, open_case
from ..judging.checking import FALSE
from ..render.draw import drawn
from ..render.provenance import traced, versions
from ..render.table import Formula, Table
from ..study import hmm_ser, policies_table, steps_to_target
from ..study.english_curve import SHORT, english_curve
from ..study.policies import SMALL
from ..sweeps import Store
from ..tables.registry import CASE_TABLES, LANGUAGE_TABLES, PLAIN_TABLES
from .sections import ABSTRACT, SECTIONS, TITLE, Part, Section

__all__ = ["Report", "Written", "build_report", "measured_parts"]


SHORTER: Mapping[str, Callable[[], Table]] = MappingProxyType(
    {
        "hmm-ser": lambda: hmm_ser(samples={"random HMM": 2048, "ShiftedPair": 512}),
        "policies": lambda: policies_table(SMALL),
        "steps-to-target": lambda: steps_to_target((64, 128, 256), request=Request(0.01, 5.0, samples=1024)),
    }
)
"""Tables that would take too long in full: fewer sequences, shorter texts; the tables say which."""


@dataclass(frozen=True)
class Written:
    """A section with its tables and figures, each under the name of its registry and with its caption.

    The text of a file, ``verbatim``, stands at its end.
    """

    title: str
    paragraphs: tuple[str, ...]
    parts: tuple[tuple[str, Table | Figure, str], ...]
    appendix: bool = False
    verbatim: str = ""


@dataclass(frozen=True)
class Report:
    """All that both forms of the report are written from; a formula that it is about is displayed below its title."""

    title: str
    abstract: str
    sections: tuple[Written, ...]
    formula: Formula | None = None

    @cached_property
    def drawings(self) -> dict[str, bytes]:
        """Each figure as SVG, drawn once for all files, by name."""
        figures = {name: shown for s in self.sections for name, shown, _ in s.parts if isinstance(shown, Figure)}
        return {name: drawn(figure, "svg") for name, figure in figures.items()}


def measured_parts(sections: Sequence[Section] = SECTIONS) -> int:
    """Number of tables to measure."""
    return len({_table_of(part) for section in sections for part in section.parts})


def build_report(
    store: Store | None = None,
    cases: Sequence[Case] | None = None,
    sections: Sequence[Section] = SECTIONS,
    own: bool = False,
    advance: Callable[[], None] = lambda: None,
) -> Report:
    """Measure everything that the report shows.

    Parameters
    ----------
    store : Store, optional
        The database of a sweep; it lengthens the English curve.
    cases : sequence of Case, optional
        What the verdicts are taken over; the fast gallery unless given.
    sections : sequence of Section
    own : bool
        Whether the study is of the cases' languages, in the place of its own.
    advance : callable
        Told of each table that is finished, of :func:`measured_parts`.

    Raises
    ------
    KeyError
        Before anything is measured, for a part that no registry has.
    """
    measured_parts(sections)
    over = [open_case(name) for name in gallery_names()] if cases is None else list(cases)
    tables: dict[str, Table | None] = {}

    def table(part: Part) -> Table | None:
        name = _table_of(part)
        if name not in tables:
            try:
                tables[name] = _table(name, over, store, own)
            except BadInput:
                # What an extra that is not installed would measure.
                tables[name] = None
            advance()
        return tables[name]

    contents = [[(part, table(part)) for part in section.parts] for section in sections]
    summary = tables.get("verdicts")
    facts = {
        "date": _today(),
        "formal": str(len(FORMAL)),
        "statements": str(sum(s.status not in (FALSE, "asymptotic") for s in statements.values())),
        "instances": _counted(len({subject.name for case in over for subject in case.subjects})),
        "tally": "" if summary is None else summary.notes[-1].removeprefix("In all ").rstrip("."),
        "versions": versions(),
    }
    written = []
    for section, found in zip(sections, contents, strict=True):
        shown = tuple((part.name, *_shown(part, built)) for part, built in found if built is not None)
        text = tuple(paragraph.format_map(facts) for paragraph in _paragraphs(section.text))
        written.append(Written(section.title, text, shown, section.appendix))
    title = f"{TITLE}: {', '.join(case.name for case in over)}" if own else TITLE
    return Report(title, f"{_unfolded(ABSTRACT)} {facts['date']}.", tuple(written))


def _today() -> str:
    """The date, or that of SOURCE_DATE_EPOCH, for files that are to be the same again."""
    given = os.environ.get("SOURCE_DATE_EPOCH", "")
    seconds = int(given) if given.isdecimal() else time.time()
    return time.strftime("%d %B %Y", time.gmtime(seconds)).lstrip("0")


def _counted(instances: int) -> str:
    return f"{instances} instance{'s' if instances != 1 else ''}"


def _paragraphs(text: str) -> list[str]:
    return [_unfolded(paragraph) for paragraph in text.split("\n\n")]


def _unfolded(text: str) -> str:
    """On one line, whatever its breaks and indentation."""
    return " ".join(text.split())


def _table_of(part: Part) -> str:
    name = FIGURES[part.name][0] if part.kind == "figure" and part.name in FIGURES else part.name
    if name not in {*CASE_TABLES, *PLAIN_TABLES} or (part.kind == "figure" and part.name not in FIGURES):
        raise KeyError(f"the report asks for the {part.kind} {part.name!r}, which is not in the registry")
    return name


def _table(name: str, cases: list[Case], store: Store | None, own: bool) -> Table:
    if name == "english-curve":
        return traced(english_curve(SHORT, store))
    if name in SHORTER:
        return traced(SHORTER[name]())
    if own and name in LANGUAGE_TABLES:
        subjects = [subject for case in cases for subject in case.subjects]
        return traced(LANGUAGE_TABLES[name]({each.name: each.language for each in subjects}, None), subjects)
    if name in CASE_TABLES:
        return traced(CASE_TABLES[name](cases), (subject for case in cases for subject in case.subjects))
    return traced(PLAIN_TABLES[name]())


def _shown(part: Part, table: Table) -> tuple[Table | Figure, str]:
    if part.kind == "figure":
        figure = FIGURES[part.name][1](table)
        return figure, _unfolded(part.caption) or figure.caption
    return table.only(*part.columns) if part.columns else table, _unfolded(part.caption)
