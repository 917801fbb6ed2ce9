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


@app.command(epilog="Example: maskbound schedule english-bigram-long")
def schedule(
    spec: Spec,
    steps: Annotated[int | None, typer.Option("--steps", metavar="N", help="By default the instance's own.")] = None,
    quantity: Annotated[
        Goal, typer.Option("-q", "--quantity", help="What to make small; kl and ser for small rational instances.")
    ] = Goal.path_kl,
    as_json: AsJson = False,
) -> None:
    """The best schedule of that many steps, and what it saves of the uniform and the cosine one."""
    from ..planning import best_schedule
    from ..planning.plan import KINDS, kind_of
    from ..tables.cases import open_instance
    from ..tables.schedules import plan_record, plan_table

    require("--steps", steps, steps is None or steps > 0, "a positive whole number")
    instance = open_instance(spec)
    kinds = sorted(KINDS, key=lambda kind: kind != kind_of(instance))
    plans = [best_schedule(instance, steps, quantity=quantity.value, kind=kind) for kind in kinds]
    if as_json:
        print_json(plan_record(instance, plans))
    else:
        print_table(plan_table(instance, plans))
