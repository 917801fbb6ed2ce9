"""`check` and `verify`: verdicts and certificates."""

from __future__ import annotations

import math
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..errors import BadInput
from .application import INCONCLUSIVE, INTERNAL, VIOLATION, app, require, say
from .options import AsJson, InUnit, Needs, Seconds, Specs, Unit, Width, needed
from .output import console, print_json, progress

if TYPE_CHECKING:
    from maskbound.theory import Statement

    from ..judging import Verdict
    from ..judging.cases import Case


@app.command(epilog='Example: maskbound check english-bigram --claim "kl <= path_kl"')
def check(
    specs: Specs = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Print every verdict and reason, not the one screen that sums them up.")
    ] = False,
    gallery: Annotated[bool, typer.Option("--gallery", help="The whole gallery, not only its fast part.")] = False,
    claims: Annotated[
        list[str] | None, typer.Option("--claim", metavar="TEXT", help='An inequality, such as "kl <= path_kl".')
    ] = None,
    needs: Needs = None,
    wanted: Annotated[
        list[str] | None,
        typer.Option("--statement", metavar="QUERY", help="Only statements that this finds, as in `theorems`."),
    ] = None,
    width: Width = 0.01,
    seconds: Seconds = 60.0,
    exact: Annotated[
        bool, typer.Option("--exact", help="Decide by rationals and log forms, equalities included.")
    ] = False,
    certificate: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write certificates of what is decided, for `verify`; implies --exact."),
    ] = None,
    unit: InUnit = Unit.nats,
    as_json: AsJson = False,
) -> int:
    """Hold the statements, or claims, against instances (by default the fast gallery).

    The exit status is 1 for a violation, and 3 for a claim that is undecided or not applicable.
    """
    from maskbound.theory import claim

    from ..certificates.certificate import Disagreement, certify
    from ..engines.workspace import Request
    from ..errors import BeyondReach
    from ..judging import Status
    from ..judging.cases import gallery_names, open_case
    from ..tables.verdicts import as_records, judged_on, remarks, tally, verdicts_of

    if specs and gallery:
        raise BadInput("--gallery", "it means the whole gallery; either it or instances are accepted")
    texts = claims or []
    assumed = needed(needs, bool(texts))
    stated = [
        claim(text, id=f"claim-{n}" if len(texts) > 1 else "claim", assumptions=assumed)
        for n, text in enumerate(texts, 1)
    ]
    require("--width", width, width >= 0, "a number of at least 0")
    require("--seconds", seconds, 0 < seconds < math.inf, "a positive number")
    if wanted and stated:
        raise BadInput("--statement", "found it next to --claim; one of them is accepted")
    chosen = _chosen(wanted) if wanted else stated
    request = Request(width=width, seconds=seconds)
    cases = [open_case(spec) for spec in specs or gallery_names(gallery)]
    for statement in stated if specs else ():
        _require_subjects(statement, cases)
    found: list[tuple[Case, list[Verdict]]] = []
    certificates, refused, doubtful = [], [], []
    exact = exact or certificate is not None
    total = sum(len(judged_on(case, chosen)) for case in cases)
    with progress(total, "checking") as advance, suppress(KeyboardInterrupt):
        for case in cases:
            verdicts: list[Verdict] = []
            found.append((case, verdicts))
            for verdict, (_, about) in zip(
                verdicts_of(case, chosen, request, exact=exact), judged_on(case, chosen), strict=True
            ):
                verdicts.append(verdict)
                if certificate is not None and verdict.status in (Status.HOLDS, Status.VIOLATED):
                    try:
                        certificates.append(certify(verdict, about.subjects, about.relation))
                    except BeyondReach as problem:
                        refused.append(str(problem))
                    except Disagreement as problem:
                        doubtful.append(str(problem))
                advance()
    found = [(case, [verdict.in_unit(unit) for verdict in verdicts]) for case, verdicts in found]
    flat = [verdict for _, verdicts in found for verdict in verdicts]
    interrupted = len(flat) < total
    if certificate is not None and (certificates or not (interrupted or doubtful)):
        _write_certificates(certificate, certificates, refused)
    claimed = [*stated, *(own for case in cases if not chosen for own in case.claims)]
    if as_json:
        print_json(as_records(flat))
    elif everything:
        _print_verdicts(found, unit, remarks(flat, inapplicable=bool(stated and specs)), tally(flat))
    else:
        _print_screen(found, claimed, unit)
    for disagreement in doubtful:
        say(f"{disagreement}: it has no certificate and its verdict is in doubt; please report this fault of maskbound")
    if doubtful:
        return INTERNAL
    if interrupted:
        raise KeyboardInterrupt(f"{len(flat)} of {total} verdicts are printed")
    if any(verdict.status is Status.VIOLATED for verdict in flat):
        return VIOLATION
    return INCONCLUSIVE if any(_is_open(each, flat, bool(specs)) for each in claimed) else 0


def _chosen(queries: list[str]) -> list[Statement]:
    """The statements of the ledger that are judged and that one of the queries finds."""
    from ..judging.checking import FALSE
    from ..tables.statements import find_statements

    found = [s for query in queries for s in find_statements(query)]
    judged = [s for s in dict.fromkeys(found) if s.status not in (FALSE, "asymptotic")]
    if not judged:
        raise BadInput("--statement", f"found {queries[0]!r}, which names only what is false on purpose, or a limit")
    return judged


def _is_open(claimed: Statement, verdicts: list[Verdict], everywhere: bool) -> bool:
    """Whether a claim is open somewhere, or applies nowhere; where instances are named, it is to apply to each."""
    from ..judging import Status

    found = [verdict.status for verdict in verdicts if verdict.statement is claimed]
    missing = [status is Status.NOT_APPLICABLE for status in found]
    is_open = any(status not in (Status.HOLDS, Status.VIOLATED, Status.NOT_APPLICABLE) for status in found)
    return is_open or (any(missing) if everywhere else all(missing))


def _write_certificates(path: Path, certificates: list[dict[str, Any]], refused: list[str]) -> None:
    """All in one file; what could not be certified is counted, and the first reason given."""
    from ..certificates.certificate import certificate_text
    from ..render.write import write_text

    why = f"; {len(refused)} left out: {refused[0]}" if refused else ""
    if not certificates:
        raise BadInput("--certificate", f"found nothing to certify{why}")
    write_text(path, certificate_text(certificates))
    say(f"{len(certificates)} certificate{'s' if len(certificates) > 1 else ''} written to {path}{why}")


@app.command(epilog="Example: maskbound verify certificate.json")
def verify(
    certificate: Annotated[
        Path, typer.Argument(metavar="CERTIFICATE", help="A file that `check` or `prove` has written.")
    ],
    coq: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write what is accepted as a file that Coq checks, too.")
    ] = None,
) -> int:
    """Recheck a certificate from the definitions, with the standard library alone, and its id with the ledger."""
    from ..certificates import coq_export as of_instances
    from ..certificates.certificate import require_the_ledger
    from ..certificates.kernel import main as recheck
    from ..render.write import write_text
    from ..universal import checker
    from ..universal import coq_export as of_claims

    universal = checker.speaks_of(certificate)
    status = checker.main([str(certificate)]) if universal else recheck([str(certificate)], require_the_ledger)
    if status == 0 and coq is not None:
        export = of_claims.coq_file if universal else of_instances.coq_file
        write_text(coq, export(certificate.read_text("utf-8")))
        say(f"{coq} written, to be compiled by Coq")
    return status


def _require_subjects(statement: Any, cases: list[Case]) -> None:
    if statement.subjects == 2 and not any(len(case.subjects) == 2 for case in cases):
        raise BadInput("--claim", f"{str(statement)!r} compares two instances; a file with a pair is accepted")


def _print_screen(found: list[tuple[Case, list[Verdict]]], claims: list[Statement], unit: Unit) -> None:
    """On a terminal as wide and high as that is."""
    import shutil

    from ..tables.screen import one_screen

    flat = [verdict for _, verdicts in found for verdict in verdicts]
    heading = f"{len(found)} instances" if len(found) > 1 else "".join(f"{c.name}  ({c.description})" for c, _ in found)
    heading += "" if unit is Unit.nats else f"; information in {unit}"
    size = {}
    if sys.stdout.isatty():
        columns, lines = shutil.get_terminal_size()
        size = {"width": columns, "height": lines - 1}
    print("\n".join(one_screen(flat, heading, claims, **size)))


def _print_verdicts(found: list[tuple[Case, list[Verdict]]], unit: Unit, remarks: list[str], tally: str) -> None:
    from ..judging import Status
    from ..render.listing import plain
    from ..tables.screen import explained
    from ..tables.verdicts import grouped, verdict_table

    listed = [
        (f"{case.name}  ({case.description})", [v for v in verdicts if v.status is not Status.NOT_APPLICABLE])
        for case, verdicts in found
    ]
    if unit is not Unit.nats:
        print(f"information in {unit}\n")
    if any(verdicts for _, verdicts in listed):
        if sys.stdout.isatty():
            console().print(grouped(listed))
        else:
            print(plain(verdict_table((v for _, verdicts in listed for v in verdicts), "")))
    for remark in remarks:
        print(remark)
    if remarks:
        print()
    print("\n".join([*explained(v for _, verdicts in found for v in verdicts), tally]))
