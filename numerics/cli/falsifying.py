"""`falsify`: the search for a counterexample."""

from __future__ import annotations

import math
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..errors import BadInput, BeyondReach
from .application import VIOLATION, app, require, say
from .options import AsJson, InUnit, Needs, Unit, needed
from .output import print_json, progress

if TYPE_CHECKING:
    from ..falsify.search import Falsification

WRITING = 0.02
"""Part of the budget that is kept for confirming and writing what was found."""


@app.command(epilog='Example: maskbound falsify "kl >= path_kl" --budget 10')
def falsify(
    statement: Annotated[str, typer.Argument(metavar="STATEMENT", help='An id, or a claim such as "kl <= path_kl".')],
    needs: Needs = None,
    kinds: Annotated[
        list[str] | None,
        typer.Option("--language-kind", metavar="KIND", help="Keep to languages of this kind, such as hmm or ngram."),
    ] = None,
    budget: Annotated[
        float, typer.Option(metavar="SECONDS", help="Time to search, to shrink what is found and to write it.")
    ] = 60.0,
    seed: Annotated[int, typer.Option(help="Another seed tries other random instances.")] = 0,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the counterexample's certificate, for `verify`.")
    ] = None,
    instance: Annotated[
        Path | None,
        typer.Option(metavar="FILE.json", help="Write the counterexample as an instance file, for `check`."),
    ] = None,
    unit: InUnit = Unit.nats,
    as_json: AsJson = False,
) -> int:
    """Search for an instance that violates a statement, and shrink it; else, the tightest ratio met."""
    from ..certificates.certificate import require_certifiable
    from ..falsify.search import falsify as search
    from ..falsify.search import resolve
    from ..tables.verdicts import search_record

    require("--budget", budget, 0 < budget < math.inf, "a positive number of seconds")
    require("--seed", seed, seed >= 0, "a whole number of at least 0")
    about = resolve(statement, needed(needs))
    if instance is not None and instance.suffix != ".json":
        raise BadInput("--instance", f"found {instance}; the name of a .json file is accepted")
    if out is not None:
        try:
            require_certifiable(about)
        except BeyondReach as problem:
            raise BadInput("--out", f"{problem}; --instance FILE.json saves a counterexample without one") from None
        if not out.resolve().parent.is_dir():
            raise BadInput("--out", f"found {out}; a file in a folder that exists is accepted")
    start = time.monotonic()
    with progress(budget, "searching") as advance:
        found = search(
            about,
            budget * (1 - WRITING),
            seed,
            kinds=kinds or (),
            watch=lambda doing: advance(time.monotonic() - start, doing),
        )
    told = found if found.verdict is None else replace(found, verdict=found.verdict.in_unit(unit))
    if as_json:
        print_json(search_record(told))
    else:
        print(told.account())
    if out is not None:
        _write(found, out)
    if instance is not None:
        _write_instance(found, instance)
    return VIOLATION if found.found else 0


def _write_instance(found: Falsification, path: Path) -> None:
    """The counterexample with the claim that it refutes."""
    import json

    from maskbound.theory.assumptions import spelled_assumption

    from ..render.write import write_text

    if found.instance is None:
        say(f"nothing is written to {path}, as there is no counterexample")
        return
    needs = [spelled_assumption(each.name) for each in found.statement.assumptions]
    claim = {"claim": str(found.statement), "needs": needs}
    write_text(path, json.dumps({**found.instance, "claims": [claim]}, indent=1) + "\n")
    say(f"the counterexample is written to {path}; `maskbound check {path}` judges it")


def _write(found: Falsification, path: Path) -> None:
    from ..certificates.certificate import certificate_text
    from ..render.write import write_text

    if not found.found:
        say(f"nothing is written to {path}, as there is no counterexample")
        return
    try:
        text = certificate_text([found.certificate()])
    except BeyondReach as problem:
        say(f"nothing is written to {path}: {problem}")
        return
    write_text(path, text)
    say(f"the certificate of the counterexample is written to {path}")
