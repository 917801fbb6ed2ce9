"""`measure`, `law` and `curve`: the numbers of one instance."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..errors import BadInput, BeyondReach, MaskboundError
from .application import BAD_INPUT, app, require, say
from .options import AsJson, InUnit, Seconds, Spec, Unit, Width
from .output import PATIENCE, Remaining, print_json, print_table, progress

if TYPE_CHECKING:
    from ..engines.workspace import Request
    from ..instances import Instance
    from ..numbers.enclosure import Enclosure


@app.command(epilog="Example: maskbound measure english-bigram -q kl -q ser")
def measure(
    words: Annotated[list[str], typer.Argument(metavar="SPEC", help="An instance file, or a name in the gallery.")],
    quantities: Annotated[
        list[str] | None,
        typer.Option(
            "-q", "--quantity", metavar="NAME ...", help="What to measure; unless given, all that is not drawn."
        ),
    ] = None,
    width: Width = 0.01,
    seconds: Seconds = 60.0,
    samples: Annotated[int | None, typer.Option(help="Sequences to draw, in sampled methods.")] = None,
    seed: Annotated[int, typer.Option(help="Seed of sampled methods.")] = 0,
    confidence: Annotated[float, typer.Option(help="Coverage of statistical intervals.")] = 1 - 1e-6,
    engine: Annotated[str | None, typer.Option(metavar="NAME", help="Use this engine only.")] = None,
    unit: InUnit = Unit.nats,
    as_json: AsJson = False,
) -> int:
    """Measure quantities of an instance, each as an interval that contains it."""
    from ..engines.workspace import Request
    from ..judging.cases import open_instance
    from ..metrics.measure import Measured
    from ..tables.results import measured_record, measured_table

    require("--width", width, width >= 0, "a number of at least 0")
    require("--seconds", seconds, 0 < seconds < math.inf, "a positive number")
    require("--samples", samples, samples is None or samples > 0, "a positive whole number")
    require("--seed", seed, seed >= 0, "a whole number of at least 0")
    require("--confidence", confidence, 0 < confidence < 1, "a number strictly between 0 and 1")
    spec, names = _spec_and_names(words, quantities)
    instance = open_instance(spec)
    request = Request.about(
        bool(names), width=width, seconds=seconds, samples=samples, seed=seed, confidence=confidence, alone=True
    )
    numbers, problems = _measured(instance, names, request, engine)
    found = Measured(numbers, unit)
    if as_json:
        print_json(measured_record(instance, found))
    else:
        print_table(measured_table(instance, found))
    if isinstance(problems, KeyboardInterrupt):
        raise problems
    for problem in problems:
        say(str(problem))
    return BAD_INPUT if problems else 0


def _spec_and_names(words: list[str], quantities: list[str] | None) -> tuple[str, list[str]]:
    """The instance and the quantities: ``-q kl ser`` leaves ``ser`` among the words."""
    from maskbound.theory import closest
    from maskbound.theory import quantities as known

    for name in quantities or ():
        if name not in known:
            close = ", ".join(closest(name, known) or known)
            raise BadInput("-q", f"found {name!r}; the closest known quantities are {close}")
    specs = words
    if quantities:
        specs = [word for word in words if word not in known]
        quantities = [*quantities, *(word for word in words if word in known)]
    if len(specs) != 1:
        found = f"found {len(specs)} ({', '.join(specs)})" if specs else "found none"
        raise BadInput("SPEC", f"{found}; one instance is accepted, and quantities after -q")
    return specs[0], list(dict.fromkeys(known.current(name) for name in quantities or ()))


def _measured(
    instance: Instance, names: list[str], request: Request, engine: str | None
) -> tuple[dict[str, Enclosure], list[MaskboundError] | KeyboardInterrupt]:
    """Each named quantity, or everything that can be measured within the time; and what went wrong with the others.

    An interrupt is kept until what is finished is printed.
    """
    from ..engines.progress import watched
    from ..engines.workspace import Workspace
    from ..metrics.measure import explain, measurable, measure_one

    able = measurable(instance, request, engine)
    if not able and not names:
        raise explain(instance, "kl", request, engine)
    work, found, missed = Workspace(instance, request), {}, []
    wanted = names or able
    with progress(len(wanted), "measuring") as advance:
        for name in wanted:
            try:
                if name not in able:
                    raise explain(instance, name, request, engine)
                if names:
                    _warn_of_time(instance, name, request, engine)
                with watched(Remaining(f"drawing for {name}").reach):
                    found[name] = measure_one(work, name, engine)
            except MaskboundError as problem:
                if not isinstance(problem, BeyondReach) and not names:
                    raise
                missed.append(problem)
            except KeyboardInterrupt:
                if not found:
                    raise
                return found, KeyboardInterrupt(f"{len(found)} of {len(wanted)} quantities are printed")
            advance()
    if missed and not found:
        raise missed[0]
    if missed and not names:
        say(f"{len(missed)} quantities are left out: {missed[-1]}")
        missed = []
    return found, missed


def _warn_of_time(instance: Instance, name: str, request: Request, engine: str | None) -> None:
    """Say beforehand what takes more than two seconds."""
    from ..metrics.measure import first_method

    first, seconds = first_method(instance, name, request, engine)
    if seconds > PATIENCE:
        limit = f"up to {request.seconds:g} s (--seconds)"
        say(f"{name} takes engine {first!r} {seconds:.2g} s at least, {limit}")


@app.command(epilog="Example: maskbound law pair-bernoulli")
def law(
    spec: Spec,
    sequences: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Print the log-probabilities of these sequences: one a line, names or numbers of tokens separated by"
            " spaces or commas, or letters where the language has an alphabet.",
        ),
    ] = None,
    unit: InUnit = Unit.nats,
    as_json: AsJson = False,
) -> None:
    """The sampler's output law p beside the language q, likeliest sequences first."""
    from ..instances.specfile import in_file
    from ..judging.cases import open_instance
    from ..metrics.output_law import law as output_law
    from ..metrics.sequences import log_probabilities
    from ..tables import results

    instance = open_instance(spec)
    if sequences is None:
        found = output_law(instance, alone=True)
        if as_json:
            print_json(results.law_record(instance, found), indent=None)
        else:
            print_table(results.law_table(instance, found))
        return
    with in_file(sequences):
        x = results.read_sequences(_read_text(sequences), instance)
    log_p = log_probabilities(instance, x)
    if as_json:
        print_json(results.sequences_record(instance, log_p, x, unit))
    else:
        print_table(results.sequences_table(instance, log_p, x, unit))


def _read_text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise BadInput("", "found bytes that are not UTF-8; UTF-8 text is accepted") from None
    except OSError as problem:
        raise BadInput("", f"the file cannot be read ({problem.strerror})") from None


@app.command(epilog="Example: maskbound curve english-bigram --json")
def curve(
    spec: Spec,
    seconds: Seconds = 60.0,
    samples: Annotated[
        int | None, typer.Option(help="Sequences to draw for each number, of a hidden Markov model or an n-gram.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Seed of what is drawn.")] = 0,
    confidence: Annotated[float, typer.Option(help="Coverage of intervals from what is drawn.")] = 0.99,
    unit: InUnit = Unit.nats,
    as_json: AsJson = False,
) -> None:
    """The information profile z(j) and the curve Z(a) of an instance's language."""
    from ..judging.cases import open_instance
    from ..metrics.information_curve import curve as information_curve
    from ..tables.results import curve_record, curve_tables

    require("--samples", samples, samples is None or samples > 1, "a whole number of at least 2")
    require("--seed", seed, seed >= 0, "a whole number of at least 0")
    require("--confidence", confidence, 0 < confidence < 1, "a number strictly between 0 and 1")
    instance = open_instance(spec)
    found = information_curve(
        instance, seconds=seconds, samples=samples, seed=seed, confidence=confidence, alone=True
    ).in_unit(unit)
    if as_json:
        print_json(curve_record(instance, found) | {"unit": unit.value})
    else:
        for table in curve_tables(instance, found, unit):
            print_table(table)
