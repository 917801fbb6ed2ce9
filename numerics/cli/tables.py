"""Lists of what there is (`engines`, `theorems`, `quantities`, `assumptions`), and parts of a write-up."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..errors import BadInput
from .application import app, require, say
from .options import Database, InUnit, Specs, Unit
from .output import print_lines, print_table, progress

if TYPE_CHECKING:
    from ..judging.cases import Case
    from ..render.table import Table


class Format(StrEnum):
    """The formats that `table` writes."""

    md = "md"
    latex = "latex"
    csv = "csv"
    json = "json"


CurveSeconds = Annotated[float | None, typer.Option("--seconds", help="Of `curve`: time that each may take.")]
CurveSamples = Annotated[int | None, typer.Option("--samples", help="Of `curve`: sequences to draw for each number.")]
OwnSteps = Annotated[
    str | None,
    typer.Option("--steps", metavar="N,...", help="Of `hmm-ser` and `ngram-ter` of a SPEC: numbers of steps."),
]
OwnLength = Annotated[
    int | None, typer.Option("--length", metavar="L", help="Of `trained-at-length`: of the sequences, up to 1024.")
]
PerToken = Annotated[
    bool, typer.Option("--per-token", help="Of `results`: information in nats per token, as path_kl/L.")
]
MOST_STEPS, LONGEST = 10**6, 1024
SUFFIXES = {".md": Format.md, ".tex": Format.latex, ".csv": Format.csv, ".json": Format.json}


@app.command(epilog="Example: maskbound engines kl")
def engines(
    word: Annotated[
        str | None, typer.Argument(metavar="[WORD]", help="A quantity, or a part of it, of an engine or of instances.")
    ] = None,
) -> None:
    """Which engine measures which quantity, on what, at what cost, how surely."""
    from ..tables.registry import engines as engine_table

    print_table(engine_table(word or ""))


@app.command(epilog='Example: maskbound theorems Feng "Theorem 4.2"')
def theorems(
    query: Annotated[
        list[str] | None,
        typer.Argument(metavar="[QUERY]", help="An id, or words: of a title, quantity, paper, number of a theorem."),
    ] = None,
    graph: Annotated[bool, typer.Option("--graph", help="What follows from what, as trees.")] = False,
    bibtex: Annotated[bool, typer.Option("--bibtex", help="Print BibTeX of the papers that they come from.")] = False,
) -> None:
    """List the statements, or those that a query finds; one alone in full, with proof and files that measure it."""
    from maskbound.theory import search, statements, tree
    from maskbound.theory.aliases import OLD_IDS

    from ..tables.statements import bibliography, find_statement, find_statements, statement_account, statement_lines

    words = " ".join(query or ())
    if graph:
        print(tree(find_statement(words).id if words else None))
        return
    found = find_statements(words) if words else list(statements.values())
    if words and not search(words):
        say("no statement has all of these words; those follow that have most of them")
    if bibtex:
        print(bibliography(found))
        return
    if words in OLD_IDS:
        print(f"{words} is now called {found[0].id}.")
    print_lines(statement_account(found[0]) if len(found) == 1 else statement_lines(found))


@app.command(epilog="Example: maskbound quantities ser")
def quantities(
    name: Annotated[str | None, typer.Argument(metavar="[WORD]", help="A part of a name or of a meaning.")] = None,
) -> None:
    """List the quantities: name, symbol, unit, meaning, and where each is defined."""
    from ..tables.vocabulary import quantity_list

    print_table(quantity_list(name or ""))


@app.command(epilog="Example: maskbound keys hmm")
def keys(
    kind: Annotated[str | None, typer.Argument(metavar="[KIND]", help="Of a language, a policy or a denoiser.")] = None,
) -> None:
    """List the keys of instance files, by kind: arrays (hmm, ngram), a text file (text), files of other programs."""
    from ..tables.spec_keys import spec_keys

    print_table(spec_keys(kind or ""))


@app.command(epilog="Example: maskbound assumptions markov")
def assumptions(
    name: Annotated[str | None, typer.Argument(metavar="[WORD]", help="A part of a name or of a meaning.")] = None,
) -> None:
    """List what statements assume, and claims may: the names for --needs, and what each says."""
    from ..tables.vocabulary import assumption_list

    print_table(assumption_list(name or ""))


@app.command(epilog="Example: maskbound table bounds pair-bernoulli --out bounds.tex")
def table(
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME",
            help="bounds, break-even, conformance, constants, curve, engines, english-curve, hmm-ser, ngram-ter, "
            "policies, quantities, results, schedules, statements, steps-to-target, trained or trained-at-length.",
        ),
    ] = "results",
    specs: Specs = None,
    db: Database = None,
    fmt: Annotated[
        Format | None, typer.Option("--format", help="By default what the name of FILE says, or md.")
    ] = None,
    seconds: CurveSeconds = None,
    samples: CurveSamples = None,
    steps: OwnSteps = None,
    length: OwnLength = None,
    per_token: PerToken = False,
    unit: InUnit = Unit.nats,
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write to this file, and to FILE.provenance.txt what it came from."),
    ] = None,
) -> None:
    """Write one of the tables of a write-up, by default the results of a sweep."""
    from ..render.in_unit import table_in_unit
    from ..render.table import render
    from ..render.write import write_text

    fmt = fmt or _format_of(out)
    built = table_in_unit(_built(name, specs, db, seconds, samples, steps, length, per_token), unit)
    if out is None:
        print(render(built, fmt), end="")
        return
    write_text(out, render(built, fmt))
    if fmt is not Format.json and out.is_file():
        write_text(out.with_suffix(".provenance.txt"), "".join(f"{line}\n" for line in built.provenance))


def _format_of(out: Path | None) -> Format:
    """By the name of a file; Markdown for one without an extension, and on the screen."""
    if out is None or not out.suffix:
        return Format.md
    if out.suffix.lower() not in SUFFIXES:
        known = ", ".join(SUFFIXES)
        raise BadInput("--out", f"found the extension {out.suffix!r}; {known} are accepted, or --format with any other")
    return SUFFIXES[out.suffix.lower()]


DRAWN = {
    "curve": "information curves Z(a) of instances, SPEC",
    "english-curve": "PATH_KL and bigram rates of English letters against N",
    "hmm-ser": "SER of hidden Markov models against N, of the study or SPEC",
    "minimax": "what random sizes that know no language promise",
    "ngram-ter": "TER of n-grams against N, of the study or SPEC",
    "policies": "SER against the number of steps, policy by policy",
    "results": "a sweep from its database (--db), by --x, --y and --by",
    "schedules": "what the best schedules save, on the study's languages",
    "steps-to-target": "steps needed for a target, on the study's languages",
    "trained": "TER and SER of trained networks against N",
    "trained-at-length": "the same of longer sequences",
}
"""What each figure shows."""


@app.command(
    epilog="Example: maskbound figure curve english-bigram --out curve.pdf",
    help="Draw one of the figures:\n\n\b\n" + "\n".join(f"{name}: {text}" for name, text in DRAWN.items()),
)
def figure(
    name: Annotated[
        str,
        typer.Argument(metavar="NAME", help="One of the names above."),
    ],
    out: Annotated[
        Path, typer.Option(metavar="FILE", help="A .pdf, .svg or .png; data and caption go beside it: .csv and .txt.")
    ],
    specs: Specs = None,
    db: Database = None,
    x: Annotated[str | None, typer.Option(metavar="KEY", help="Of `results`: the key along the x axis.")] = None,
    y: Annotated[list[str] | None, typer.Option(metavar="QUANTITY", help="Of `results`: what is drawn.")] = None,
    by: Annotated[
        list[str] | None,
        typer.Option(metavar="KEY", help="Of `results`: a line for each of its values; more than once."),
    ] = None,
    seconds: CurveSeconds = None,
    samples: CurveSamples = None,
    steps: OwnSteps = None,
    length: OwnLength = None,
    per_token: PerToken = False,
    unit: InUnit = Unit.nats,
) -> None:
    from ..figures import FIGURES
    from ..figures.sweep import sweep_figure
    from ..render.in_unit import figure_in_unit, table_in_unit
    from ..render.write_figure import require_target, write_figure

    own = name == "results"
    if not own:
        for option, given in (("--x", x), ("--y", y), ("--by", by)):
            if given:
                raise BadInput(option, f"it is for the figure 'results'; {name!r} has its own axes")
        if name not in FIGURES:
            raise BadInput("NAME", f"found {name!r}; one of {', '.join(sorted([*FIGURES, 'results']))} is accepted")
    require_target(out)
    table_name, declare = (name, lambda table: sweep_figure(table, x, y or (), by or ())) if own else FIGURES[name]
    built = table_in_unit(_built(table_name, specs, db, seconds, samples, steps, length, per_token), unit)
    write_figure(out, figure_in_unit(declare(built), unit))


def _built(
    name: str,
    specs: list[str] | None,
    db: Path | None,
    seconds: float | None,
    samples: int | None,
    steps: str | None,
    length: int | None,
    per_token: bool,
) -> Table:
    """The table of that name: from a database, over instances, or about the toolkit."""
    from ..judging.cases import gallery_names, open_case, open_instance
    from ..render.provenance import traced
    from ..tables.registry import CASE_TABLES, LANGUAGE_TABLES, LENGTH_TABLES, PLAIN_TABLES, STORED_TABLES, curves

    if name not in (known := sorted({*CASE_TABLES, *PLAIN_TABLES, *STORED_TABLES})):
        raise BadInput("NAME", f"found {name!r}; one of {', '.join(known)} is accepted")
    for option, given in (("--seconds", seconds), ("--samples", samples)):
        if given is not None and name != "curve":
            raise BadInput(option, f"it is for 'curve'; {name!r} has its own")
    require("--seconds", seconds, seconds is None or 0 < seconds < math.inf, "a positive number")
    require("--samples", samples, samples is None or samples > 1, "a whole number of at least 2")
    if steps is not None and not (specs and name in LANGUAGE_TABLES):
        raise BadInput("--steps", f"it is for {' and '.join(LANGUAGE_TABLES)} of a SPEC; found {name!r}")
    if length is not None and name not in LENGTH_TABLES:
        raise BadInput("--length", f"it is for {', '.join(LENGTH_TABLES)}; found {name!r}")
    require("--length", length, length is None or 1 < length <= LONGEST, f"a whole number from 2 to {LONGEST}")
    if per_token and (db is None or name != "results"):
        raise BadInput("--per-token", "it is for the results of a sweep, from its database (--db)")
    if db is not None:
        return traced(_stored(name, specs, db, per_token))
    if name == "results" and not specs:
        raise BadInput(
            "--db", "it is missing; results are read from the database of a sweep, or are those of instances"
        )
    if name in CASE_TABLES:
        cases = [open_case(spec) for spec in specs or gallery_names()]
        with progress(len(cases), "measuring") as advance:
            each = _each(cases, advance)
            asked = {} if seconds is None else {"seconds": seconds}
            built = curves(each, samples=samples, **asked) if name == "curve" else CASE_TABLES[name](each)
        return traced(built, (subject for case in cases for subject in case.subjects))
    if specs and name in LANGUAGE_TABLES:
        instances = [open_instance(spec) for spec in specs]
        own = {instance.name: instance.language for instance in instances}
        return traced(LANGUAGE_TABLES[name](own, None if steps is None else _numbers(steps)), instances)
    if specs:
        of_instances = ", ".join(sorted([*CASE_TABLES, *LANGUAGE_TABLES]))
        raise BadInput("SPEC", f"found {specs[0]!r}; {name!r} is not about instances: {of_instances} are")
    if name not in PLAIN_TABLES:
        raise BadInput("--db", f"it is missing; the table {name!r} is read from the database of a sweep")
    return traced(PLAIN_TABLES[name]() if length is None else LENGTH_TABLES[name](length))


def _numbers(steps: str) -> list[int]:
    """Of steps, in ascending order."""
    words = [word.strip() for word in steps.split(",")]
    if not all(word.isdecimal() and 0 < int(word) <= MOST_STEPS for word in words):
        raise BadInput("--steps", f"found {steps!r}; numbers such as 1,2,4,8 are accepted, up to {MOST_STEPS}")
    return sorted({int(word) for word in words})


def _stored(name: str, specs: list[str] | None, db: Path, per_token: bool) -> Table:
    from ..sweeps import Store
    from ..tables.registry import STORED_TABLES
    from ..tables.stored import stored_results

    if name not in STORED_TABLES:
        raise BadInput("--db", f"the table {name!r} is not read from one; {', '.join(STORED_TABLES)} are")
    if specs:
        raise BadInput("SPEC", f"found {specs[0]!r} next to --db; one of them is accepted")
    with Store(db, existing=True) as store:
        return stored_results(store, per_token=True) if per_token else STORED_TABLES[name](store)


def _each(cases: Iterable[Case], advance: Callable[[], None]) -> Iterator[Case]:
    for case in cases:
        yield case
        advance()
