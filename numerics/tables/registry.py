"""The tables that the command can write, by name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType

from maskbound.theory import quantities

from ..engines.workspace import Workspace
from ..errors import BadInput, shown
from ..judging import Status, Verdict
from ..judging.cases import Case
from ..languages import Language
from ..metrics import METHODS
from ..metrics.information_curve import curve as information_curve
from ..metrics.measure import measurable, measure_one
from ..render.table import Table
from ..study import hmm_ser, ngram_ter, policies_table, ser_of_languages, steps_to_target, ter_of_languages
from ..study.constants import constants
from ..study.english_curve import SHORT, english_curve
from ..study.minimax import minimax_table
from ..study.packages import released_table
from ..study.released import conformance_table
from ..study.schedules import break_even_table, schedule_table
from ..study.trained import trained_at_length, trained_table
from ..sweeps import Store
from .statements import headline_list, reference_list, statement_list
from .stored import stored_results
from .summaries import instance_table, refuted_table, tightness_table, verdict_summary
from .verdicts import tally, verdict_table, verdicts_of
from .vocabulary import quantity_list

__all__ = [
    "CASE_TABLES",
    "LANGUAGE_TABLES",
    "LENGTH_TABLES",
    "PLAIN_TABLES",
    "STORED_TABLES",
    "bounds",
    "curves",
    "engines",
]


def bounds(cases: Iterable[Case]) -> Table:
    """Ratios of the sides of each inequality that applies, from the loosest to the tightest."""
    found = [verdict for case in cases for verdict in sorted(verdicts_of(case), key=_looseness)]
    applied = [verdict for verdict in found if verdict.status is not Status.NOT_APPLICABLE]
    listed = [verdict for verdict in applied if verdict.statement.relation != "=="]
    title = "Both sides of each inequality as measured (information in nats), each instance's loosest bound first"
    note = f"In all, as in check, {tally(found)}; {len(applied) - len(listed)} of them are identities and have no row."
    return verdict_table(listed, title, (note,))


def _looseness(verdict: Verdict) -> float:
    """The ratio without its last digits, so that noise does not reorder what is equal."""
    ratio = verdict.tightness()
    if ratio is None or verdict.status is Status.UNDECIDED:
        return 1.0
    return float(f"{ratio.value if ratio.has_value else ratio.hi:.9g}")


def curves(cases: Iterable[Case], *, seconds: float = 60.0, samples: int | None = None) -> Table:
    """The information curve of each language, with the options of ``curve``."""
    rows = tuple(
        (instance.name, a, z)
        for case in cases
        for instance in case.subjects
        for found in [information_curve(instance, seconds=seconds, samples=samples)]
        for a, z in zip(found.at, found.curve, strict=True)
    )
    return Table("Information curves (nats)", ("instance", "a", "Z(a)"), rows, nats=("Z(a)",))


def engines(query: str = "") -> Table:
    """The registry of methods: which engine measures which quantity, on what, at what cost, how surely.

    With a query, those of the quantity of that name; else those whose quantity, engine or instances have its words.

    Raises
    ------
    BadInput
        When there is none.
    """
    name, words = quantities.current(query), query.lower().split()
    found = [m for m in METHODS if m.quantity == name] or [
        m for m in METHODS if all(word in f"{m.quantity} {m.engine} {m.scope}".lower() for word in words)
    ]
    if not found:
        raise BadInput("WORD", f"found {shown(query)}, which no method has; `maskbound engines` lists them all")
    rows = tuple(
        (m.quantity, m.engine, m.scope, m.price, m.kind, ", ".join(sorted(m.relies_on)) or None) for m in found
    )
    columns = ("quantity", "engine", "instances", "cost", "enclosure", "relies on")
    return Table("Engines; V tokens, L positions, N steps", columns, rows)


HEADLINES = ("kl", "path_kl", "total_correlation", "dual_total_correlation", "ser", "log_ter")
"""What `results` shows of instances."""


def results(cases: Iterable[Case]) -> Table:
    """The headline quantities of instances, as far as each can be measured."""
    subjects = [subject for case in cases for subject in case.subjects]
    rows = []
    for subject in subjects:
        work, able = Workspace(subject), measurable(subject)
        found = [measure_one(work, name) if name in able else None for name in HEADLINES]
        rows.append((subject.name, *found))
    return Table("Quantities of instances (logarithmic ones in nats)", ("instance", *HEADLINES), tuple(rows))


CASE_TABLES: Mapping[str, Callable[[Iterable[Case]], Table]] = MappingProxyType(
    {
        "bounds": bounds,
        "constants": constants,
        "curve": curves,
        "instances": instance_table,
        "results": results,
        "verdicts": verdict_summary,
    }
)
"""Tables over instances: the user's own, or the gallery."""

PLAIN_TABLES: Mapping[str, Callable[[], Table]] = MappingProxyType(
    {
        "break-even": break_even_table,
        "conformance": conformance_table,
        "engines": engines,
        "english-curve": english_curve,
        "headlines": headline_list,
        "hmm-ser": hmm_ser,
        "minimax": minimax_table,
        "ngram-ter": ngram_ter,
        "policies": policies_table,
        "references": reference_list,
        "refuted": refuted_table,
        "released": released_table,
        "schedules": schedule_table,
        "quantities": quantity_list,
        "statements": statement_list,
        "steps-to-target": steps_to_target,
        "tightness": tightness_table,
        "trained": trained_table,
        "trained-at-length": trained_at_length,
    }
)
"""Tables about the toolkit itself."""

LANGUAGE_TABLES: Mapping[str, Callable[[Mapping[str, Language], Sequence[int] | None], Table]] = MappingProxyType(
    {"hmm-ser": ser_of_languages, "ngram-ter": ter_of_languages}
)
"""Tables of the study that take one's own languages in the place of its own."""

LENGTH_TABLES: Mapping[str, Callable[[int], Table]] = MappingProxyType({"trained-at-length": trained_at_length})
"""Tables of the study at another length than their own."""

STORED_TABLES: Mapping[str, Callable[[Store], Table]] = MappingProxyType(
    {"english-curve": lambda store: english_curve(SHORT, store), "results": stored_results}
)
"""Tables from the database of a sweep."""
