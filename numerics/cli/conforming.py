"""`conform`: somebody's sampler against an instance's law."""

from __future__ import annotations

import sys
from contextlib import redirect_stdout
from typing import Annotated

import typer

from .application import INCONCLUSIVE, VIOLATION, app, require
from .options import AsJson, Spec
from .output import print_json, progress


@app.command(epilog="Example: maskbound conform markov-lopsided --sampler mine.py:sampler")
def conform(
    spec: Spec,
    sampler: Annotated[
        str | None,
        typer.Option(
            metavar="FILE.py:NAME", help="A function NAME(oracle, count, seed) that returns tokens (count, L)."
        ),
    ] = None,
    samples: Annotated[
        int | None, typer.Option(help="Sequences to draw; unless given 200000, or 500 where the law is out of reach.")
    ] = None,
    alpha: Annotated[float, typer.Option(help="Probability of calling a right sampler wrong.")] = 1e-6,
    tv: Annotated[
        float | None,
        typer.Option(
            help="Total variation accepted as conforming; of no effect at length. Unless given, the least of 0.01, "
            "0.02, 0.05 and 0.1 that so many sequences of right code show."
        ),
    ] = None,
    seed: Annotated[int, typer.Option(help="Of the run: no call of another run has the same.")] = 0,
    revealed: Annotated[
        str, typer.Option(help="What the network says where a token is revealed: known, uniform or rest.")
    ] = "known",
    law: Annotated[
        list[str] | None,
        typer.Option(
            metavar="FILE.py:NAME",
            help="A law tokens may be drawn by, from log conditionals (n, V) to log probabilities (n, V). Repeatable.",
        ),
    ] = None,
    score: Annotated[
        list[str] | None,
        typer.Option(
            metavar="FILE.py:NAME",
            help="A score by which positions may be chosen: from log conditionals (n, L, V) to (n, L). Repeatable.",
        ),
    ] = None,
    needed: Annotated[
        bool, typer.Option("--needed", help="Only say how many sequences are needed; no sampler is run.")
    ] = False,
    as_json: AsJson = False,
) -> int:
    """Does this sampler's code draw as the instance claims? If not, what does it do otherwise?"""
    from ..conformance import Claim, default_samples, default_tv
    from ..conformance import conform as test
    from ..judging.cases import open_instance
    from ..spec.python_file import load_callable
    from ..tables.conformity import conformity_record, needed_record

    require("--samples", samples, samples is None or samples > 0, "a positive whole number")
    require("--alpha", alpha, 0 < alpha < 1, "a number strictly between 0 and 1")
    require("--tv", tv, tv is None or 0 < tv < 1, "a number strictly between 0 and 1")
    require("--seed", seed, seed >= 0, "a whole number of at least 0")
    require("--revealed", revealed, revealed in ("known", "uniform", "rest"), "known, uniform or rest")
    require("--sampler", "none", needed or sampler is not None, "FILE.py:NAME, or --needed in its place,")
    # Whatever somebody's code prints must not end up in the results.
    with redirect_stdout(sys.stderr):
        laws, scores = (
            {place.rpartition(":")[2]: load_callable(place, option) for place in places or []}
            for option, places in (("--law", law), ("--score", score))
        )
        claim = Claim(open_instance(spec), laws=laws, scores=scores)
    if tv is None:
        tv = default_tv(claim, samples or default_samples(claim), alpha)
    if needed or sampler is None:
        told = claim.needed(samples, alpha, tv)
        print_json(needed_record(told)) if as_json else print(told.told())
        return 0
    with redirect_stdout(sys.stderr):
        code = load_callable(sampler, "--sampler")
        samples = default_samples(claim) if samples is None else samples
        with progress(samples, "drawing") as advance:
            found = test(claim, code, samples=samples, alpha=alpha, tv=tv, seed=seed, revealed=revealed, watch=advance)
    if as_json:
        print_json(conformity_record(found))
    else:
        print(found.account())
    return {"conforms": 0, "differs": VIOLATION, "inconclusive": INCONCLUSIVE}[found.status]
