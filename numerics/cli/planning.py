"""`schedule`: the best schedule of an instance's number of steps."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from .application import app, require
from .options import AsJson, Spec
from .output import print_json, print_table


class Goal(StrEnum):
    """The quantities that a schedule can make small."""

    path_kl = "path_kl"
    kl = "kl"
    ser = "ser"


class Information(StrEnum):
    """What random sizes that are best against any language make PATH_KL small relative to."""

    both = "tc+dtc"
    tc = "tc"
    dtc = "dtc"


@app.command(epilog="Example: maskbound schedule english-bigram-long")
def schedule(
    spec: Spec,
    steps: Annotated[int | None, typer.Option("--steps", metavar="N", help="By default the instance's own.")] = None,
    quantity: Annotated[
        Goal, typer.Option("-q", "--quantity", help="What to make small; kl and ser for small rational instances.")
    ] = Goal.path_kl,
    minimax: Annotated[
        Information | None, typer.Option("--minimax", help="Also what sizes that know no language promise it.")
    ] = None,
    samples: Annotated[
        int | None,
        typer.Option(help="Sequences to draw for each number, of a hidden Markov model or an n-gram; fixed sizes."),
    ] = None,
    seed: Annotated[int, typer.Option(help="Seed of what is drawn.")] = 0,
    as_json: AsJson = False,
) -> None:
    """The best schedule of that many steps, and what it saves of the uniform and the cosine one."""
    from ..judging.cases import open_instance
    from ..planning import best_schedule
    from ..planning.plan import KINDS, kind_of
    from ..study.schedules import minimax_record, plan_record, plan_table

    require("--steps", steps, steps is None or steps > 0, "a positive whole number")
    require("--samples", samples, samples is None or samples > 1, "a whole number of at least 2")
    require("--seed", seed, seed >= 0, "a whole number of at least 0")
    instance = open_instance(spec)
    kinds = sorted(KINDS, key=lambda kind: kind != kind_of(instance)) if samples is None else [None]
    plans = [
        best_schedule(instance, steps, quantity=quantity.value, kind=kind, samples=samples, seed=seed) for kind in kinds
    ]
    blind = minimax_record(instance, plans[0].policy.steps, minimax.value) if minimax is not None else None
    if as_json:
        print_json(plan_record(instance, plans) | ({} if blind is None else {"minimax": blind}))
        return
    print_table(plan_table(instance, plans))
    if blind is not None:
        own = "" if blind["path_kl"] is None else f", and {blind['path_kl']['value']:.6g} in fact"
        print(
            f"minimax ({blind['criterion']}): random sizes for any language have path_kl at most "
            f"{blind['path_kl_at_most']:.6g} here{own}; fixed ones at most {blind['fixed_path_kl_at_most']:.6g}"
        )
        print(
            f'[policy]  kind = "mixture-of-sizes"  steps = {blind["policy"]["steps"]}  minimax = "{blind["criterion"]}"'
        )
