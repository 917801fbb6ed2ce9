"""The command: the only place that prints. Results go to stdout, messages to stderr.

Exit status: 0 fine, 1 a violation, 2 bad input, 70 an internal error.
"""

from __future__ import annotations

import difflib
import json
import math
import os
import sys
import threading
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from .errors import BadInput, MaskboundError

# What measures is imported inside the commands: numba and sympy would keep `--help` waiting for half a second.
if TYPE_CHECKING:
    from rich.console import Console

    from .checks import Verdict
    from .tables.cases import Case
    from .tables.render import Table

__all__ = ["app", "main"]

VIOLATION, BAD_INPUT, INTERNAL, INTERRUPTED = 1, 2, 70, 130
PATIENCE = 2.0
"""Seconds before a progress bar appears."""


class _Command(TyperGroup):
    """The command, answering every error by one sentence and a status."""

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        windows_expand_args: bool = True,
        **extra: Any,
    ) -> Any:
        given = list(sys.argv[1:] if args is None else args)
        words = given[: given.index("--")] if "--" in given else given
        debug = "--debug" in words
        words = [word for word in words if word != "--debug"] + given[len(words) :]
        # Python has no stream object for a descriptor that was closed before it started.
        sys.stdout, sys.stderr = (stream or open(os.devnull, "w") for stream in (sys.stdout, sys.stderr))  # noqa: SIM115
        try:
            status = (
                super().main(words, prog_name or "maskbound", complete_var, False, windows_expand_args, **extra) or 0
            )
            sys.stdout.flush()
        except Exception as problem:
            status, sentence = _answer(problem)
            if debug:
                traceback.print_exc()
            _say(sentence)
        if standalone_mode:
            sys.exit(status)
        return status

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            # Left alone, typer would end the process here with a status of its own.
            raise _OutputClosed from None


class _OutputClosed(Exception):
    """Whoever reads the output has gone."""


def _answer(problem: Exception) -> tuple[int, str]:
    """The exit status and the sentence for an exception."""
    if isinstance(problem, typer.Abort):
        return INTERRUPTED, "interrupted"
    if isinstance(problem, typer.TyperException):
        return BAD_INPUT, problem.format_message()
    if isinstance(problem, _OutputClosed | BrokenPipeError):
        # What is still buffered has nowhere to go, and must not fail again when Python exits.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return BAD_INPUT, "the output was closed before everything was written"
    if isinstance(problem, OSError):
        where = f"{problem.filename}: " if problem.filename else ""
        return BAD_INPUT, f"{where}{problem.strerror or problem}"
    if isinstance(problem, MaskboundError) or _is_claim_error(problem):
        return BAD_INPUT, str(problem)
    kind = type(problem).__name__
    return INTERNAL, f"internal error ({kind}: {str(problem)[:200]}); with --debug the traceback is printed"


def _is_claim_error(problem: Exception) -> bool:
    theory = sys.modules.get("maskbound.theory")
    return theory is not None and isinstance(problem, theory.ClaimError)


def _say(sentence: str) -> None:
    """One line on stderr, whatever a message quotes."""
    line = " ".join(sentence.split("\n"))
    print("maskbound: " + "".join(c if c.isprintable() else repr(c)[1:-1] for c in line), file=sys.stderr)


app = typer.Typer(cls=_Command, add_completion=False, pretty_exceptions_enable=False, rich_markup_mode="rich")

Specs = Annotated[
    list[str] | None, typer.Argument(metavar="[SPEC]...", help="Instance files, or names in the gallery.")
]
Spec = Annotated[str, typer.Argument(metavar="SPEC", help="An instance file, or a name in the gallery.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Seconds = Annotated[float, typer.Option(help="Time that a measurement may be estimated to take.")]


class Format(StrEnum):
    """What `table` writes."""

    md = "md"
    latex = "latex"
    csv = "csv"
    json = "json"


SUFFIXES = {".md": Format.md, ".tex": Format.latex, ".csv": Format.csv, ".json": Format.json}


@app.callback(invoke_without_command=True)
def _top(
    context: typer.Context,
    debug: Annotated[bool, typer.Option("--debug", help="Print the traceback of an error.")] = False,
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    """Exact numerics for masked diffusion samplers, held against what theorems claim."""
    if version:
        from importlib.metadata import version as installed

        print(f"maskbound {installed('maskbound')}")
    elif context.invoked_subcommand is None:
        print(context.get_help())


@app.command()
def check(
    specs: Specs = None,
    everything: Annotated[bool, typer.Option("--all", help="The whole gallery, not only its fast part.")] = False,
    claims: Annotated[
        list[str] | None, typer.Option("--claim", metavar="TEXT", help='An inequality, such as "kl <= path_kl".')
    ] = None,
    exact: Annotated[
        bool, typer.Option("--exact", help="Decide by rationals and log forms, equalities included.")
    ] = False,
    certificate: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write certificates of what is decided, for `verify`; implies --exact."),
    ] = None,
    as_json: AsJson = False,
) -> int:
    """Hold the statements, or claims, against instances (by default the fast gallery)."""
    from maskbound.theory import claim

    from .checks import Status
    from .checks.certificate import certify
    from .errors import BeyondReach
    from .tables.cases import gallery_names, open_case
    from .tables.verdicts import as_records, judged_on, remarks, tally, verdicts_of

    if specs and everything:
        raise BadInput("--all", "it means the whole gallery; either it or instances are accepted")
    texts = claims or []
    stated = [claim(text, id=f"claim-{n}" if len(texts) > 1 else "claim") for n, text in enumerate(texts, 1)]
    cases = [open_case(spec) for spec in specs or gallery_names(everything)]
    for statement in stated if specs else ():
        _require_subjects(statement, cases)
    found: list[tuple[Case, list[Verdict]]] = []
    certificates, refused = [], []
    exact = exact or certificate is not None
    with _progress(sum(len(judged_on(case, stated)) for case in cases), "checking") as advance:
        for case in cases:
            verdicts = []
            for verdict, (_, about) in zip(
                verdicts_of(case, stated, exact=exact), judged_on(case, stated), strict=True
            ):
                verdicts.append(verdict)
                if certificate is not None and verdict.status in (Status.HOLDS, Status.VIOLATED):
                    try:
                        certificates.append(certify(verdict, about.subjects, about.relation))
                    except BeyondReach as problem:
                        refused.append(str(problem))
                advance()
            found.append((case, verdicts))
    if certificate is not None:
        _write_certificates(certificate, certificates, refused)
    flat = [verdict for _, verdicts in found for verdict in verdicts]
    if as_json:
        _print_json(as_records(flat))
    else:
        _print_verdicts(found, remarks(flat, inapplicable=bool(stated and specs)), tally(flat))
    return VIOLATION if any(verdict.status is Status.VIOLATED for verdict in flat) else 0


def _write_certificates(path: Path, certificates: list[dict[str, Any]], refused: list[str]) -> None:
    """All in one file; what could not be certified is counted, and the first reason given."""
    from .checks.certificate import certificate_text
    from .tables.write import write_text

    why = f"; {len(refused)} left out: {refused[0]}" if refused else ""
    if not certificates:
        raise BadInput("--certificate", f"found nothing to certify{why}")
    write_text(path, certificate_text(certificates))
    _say(f"{len(certificates)} certificate{'s' if len(certificates) > 1 else ''} written to {path}{why}")


@app.command()
def verify(
    certificate: Annotated[Path, typer.Argument(metavar="CERTIFICATE", help="A file that `check` has written.")],
) -> int:
    """Recheck a certificate from the definitions, with the standard library alone."""
    from .checks.verify import main as recheck

    return recheck([str(certificate)])


def _require_subjects(statement: Any, cases: list[Case]) -> None:
    if statement.subjects == 2 and not any(len(case.subjects) == 2 for case in cases):
        raise BadInput("--claim", f"{str(statement)!r} compares two instances; a file with a pair is accepted")


def _print_verdicts(found: list[tuple[Case, list[Verdict]]], remarks: list[str], tally: str) -> None:
    from .checks import Status
    from .tables.listing import plain
    from .tables.verdicts import grouped, verdict_table

    listed = [
        (f"{case.name}  ({case.description})", [v for v in verdicts if v.status is not Status.NOT_APPLICABLE])
        for case, verdicts in found
    ]
    if any(verdicts for _, verdicts in listed):
        if sys.stdout.isatty():
            _console().print(grouped(listed))
        else:
            print(plain(verdict_table((v for _, verdicts in listed for v in verdicts), "")))
    for remark in remarks:
        print(remark)
    if remarks:
        print()
    print(tally)


@app.command()
def measure(
    words: Annotated[list[str], typer.Argument(metavar="SPEC", help="An instance file, or a name in the gallery.")],
    quantities: Annotated[
        list[str] | None, typer.Option("-q", "--quantity", metavar="NAME ...", help="What to measure; all by default.")
    ] = None,
    width: Annotated[float, typer.Option(help="Relative width wanted.")] = 0.01,
    seconds: Seconds = 60.0,
    samples: Annotated[int | None, typer.Option(help="Sequences to draw, in sampled methods.")] = None,
    seed: Annotated[int, typer.Option(help="Seed of sampled methods.")] = 0,
    confidence: Annotated[float, typer.Option(help="Coverage of statistical intervals.")] = 1 - 1e-6,
    engine: Annotated[str | None, typer.Option(metavar="NAME", help="Use this engine only.")] = None,
    as_json: AsJson = False,
) -> None:
    """Measure quantities of an instance, each as an interval that contains it."""
    from .engines.workspace import Request
    from .tables.cases import open_instance
    from .tables.results import measured_record, measured_table

    _require("--width", width, width >= 0, "a number of at least 0")
    _require("--seconds", seconds, 0 < seconds < math.inf, "a positive number")
    _require("--samples", samples, samples is None or samples > 0, "a positive whole number")
    _require("--seed", seed, seed >= 0, "a whole number of at least 0")
    _require("--confidence", confidence, 0 < confidence < 1, "a number strictly between 0 and 1")
    spec, names = _spec_and_names(words, quantities)
    instance = open_instance(spec)
    found = _measured(instance, names, Request(width, seconds, samples, seed, confidence), engine)
    if as_json:
        _print_json(measured_record(instance, found))
    else:
        _print_table(measured_table(instance, found))


def _require(option: str, value: Any, fine: bool, accepted: str) -> None:
    if not fine:
        raise BadInput(option, f"found {value}; {accepted} is accepted")


def _spec_and_names(words: list[str], quantities: list[str] | None) -> tuple[str, list[str]]:
    """The instance and the quantities: ``-q kl ser`` leaves ``ser`` among the words."""
    from maskbound.theory import quantities as known

    for name in quantities or ():
        if name not in known:
            close = ", ".join(difflib.get_close_matches(name[:80], known, 3, cutoff=0.4) or known)
            raise BadInput("-q", f"found {name!r}; the closest known quantities are {close}")
    specs = words
    if quantities:
        specs = [word for word in words if word not in known]
        quantities = [*quantities, *(word for word in words if word in known)]
    if len(specs) != 1:
        found = f"found {len(specs)} ({', '.join(specs)})" if specs else "found none"
        raise BadInput("SPEC", f"{found}; one instance is accepted, and quantities after -q")
    return specs[0], list(dict.fromkeys(quantities or ()))


def _measured(instance: Any, names: list[str], request: Any, engine: str | None) -> dict[str, Any]:
    """Each named quantity, or everything that can be measured within the time."""
    from .engines.workspace import Workspace
    from .errors import BeyondReach
    from .metrics.measure import explain, measurable, measure_one

    able = measurable(instance, request.seconds, engine)
    for name in names or ([] if able else ["kl"]):
        if name not in able:
            raise explain(instance, name, request.seconds, engine)
    work, found, missed = Workspace(instance, request), {}, None
    with _progress(len(names or able), "measuring") as advance:
        for name in names or able:
            try:
                found[name] = measure_one(work, name, engine)
            except BeyondReach as problem:
                if names:
                    raise
                missed = problem
            advance()
    if missed is not None:
        if not found:
            raise missed
        _say(f"{len(able) - len(found)} quantities are left out: {missed}")
    return found


@app.command()
def law(
    spec: Spec,
    sequences: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Print the log-probabilities of these sequences: one a line, tokens separated by spaces or commas,"
            " or letters where the language has an alphabet.",
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """The sampler's output law p beside the language q, likeliest sequences first."""
    from .instances.specfile import in_file
    from .metrics.output_law import law as output_law
    from .metrics.sequences import log_probabilities
    from .tables import results
    from .tables.cases import open_instance

    instance = open_instance(spec)
    if sequences is None:
        found = output_law(instance)
        if as_json:
            _print_json(results.law_record(found), indent=None)
        else:
            _print_table(results.law_table(instance, found))
        return
    with in_file(sequences):
        x = results.read_sequences(_read_text(sequences), instance)
    log_p = log_probabilities(instance, x)
    if as_json:
        _print_json(results.sequences_record(instance, log_p, x))
    else:
        _print_table(results.sequences_table(instance, log_p, x))


def _read_text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise BadInput("", "found bytes that are not UTF-8; UTF-8 text is accepted") from None
    except OSError as problem:
        raise BadInput("", f"the file cannot be read ({problem.strerror})") from None


@app.command()
def curve(spec: Spec, as_json: AsJson = False) -> None:
    """The information profile z(j) and the curve Z(a) of an instance's language."""
    from .metrics.information_curve import curve as information_curve
    from .tables.cases import open_instance
    from .tables.results import curve_record, curve_tables

    instance = open_instance(spec)
    found = information_curve(instance)
    if as_json:
        _print_json(curve_record(instance, found))
    else:
        for table in curve_tables(instance, found):
            _print_table(table)


@app.command()
def engines() -> None:
    """Which engine measures which quantity, on what, at what cost, how surely."""
    from .tables.registry import engines as engine_table

    _print_table(engine_table())


@app.command()
def theorems(
    statement: Annotated[str | None, typer.Argument(metavar="[ID]", help="The id of a statement.")] = None,
) -> None:
    """List the statements, or show one with its formula, source, status and proof note."""
    from .tables.statements import find_statement, statement_account, statement_list

    if statement is None:
        _print_table(statement_list().only("id", "formula", "status"))
    else:
        print(statement_account(find_statement(statement)))


@app.command()
def table(
    name: Annotated[str, typer.Argument(metavar="NAME", help="bounds, engines or statements.")],
    specs: Specs = None,
    fmt: Annotated[
        Format | None, typer.Option("--format", help="By default what the name of FILE says, or md.")
    ] = None,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Write to this file.")] = None,
) -> None:
    """Write one of the tables of a write-up."""
    from .tables.cases import gallery_names, open_case
    from .tables.registry import CASE_TABLES, PLAIN_TABLES
    from .tables.render import render
    from .tables.write import write_text

    if name in CASE_TABLES:
        cases = [open_case(spec) for spec in specs or gallery_names()]
        with _progress(len(cases), "measuring") as advance:
            built = CASE_TABLES[name](_each(cases, advance))
    elif name not in PLAIN_TABLES:
        raise BadInput("NAME", f"found {name!r}; one of {', '.join([*CASE_TABLES, *PLAIN_TABLES])} is accepted")
    elif specs:
        raise BadInput("SPEC", f"found {specs[0]!r}; the table {name!r} is not about instances")
    else:
        built = PLAIN_TABLES[name]()
    written = SUFFIXES.get(out.suffix.lower(), Format.md) if out else Format.md
    text = render(built, fmt or written)
    if out is None:
        print(text, end="")
    else:
        write_text(out, text)


def _each(cases: Iterable[Case], advance: Callable[[], None]) -> Iterator[Case]:
    for case in cases:
        yield case
        advance()


def _print_json(value: Any, indent: int | None = 1) -> None:
    print(json.dumps(value, indent=indent, allow_nan=False))


def _print_table(built: Table) -> None:
    """For a person on a terminal, as wide as that is; else whole lines."""
    from .tables.listing import on_screen, plain

    if sys.stdout.isatty():
        _console().print(on_screen(built))
    else:
        print(plain(built), end="")
    for note in built.notes:
        print(note)


def _console(stderr: bool = False) -> Console:
    """A console that takes text as it is: names may look like markup."""
    from rich.console import Console

    return Console(stderr=stderr, markup=False, highlight=False, emoji=False)


@contextmanager
def _progress(total: int, what: str) -> Iterator[Callable[[], None]]:
    """A bar on stderr, on a terminal only, once the work has taken two seconds; yields what advances it."""
    console = _console(stderr=True)
    if not sys.stderr.isatty() or not console.is_interactive:
        yield lambda: None
        return
    from rich.progress import Progress

    bar = Progress(console=console, transient=True)
    task = bar.add_task(what, total=total)
    patience = threading.Timer(PATIENCE, bar.start)
    patience.daemon = True
    patience.start()
    try:
        yield lambda: bar.advance(task)
    finally:
        patience.cancel()
        patience.join()
        bar.stop()


def main() -> None:
    """The console entry."""
    app()
