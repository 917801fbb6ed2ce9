"""Planned schedules for readers and for programs."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

from ..errors import BadInput
from ..instances import Instance
from ..languages import Language, colouring, copy, english_ngram, mds, pair
from ..metrics import measure
from ..numbers.digits import shown_float
from ..planning import Plan, best_schedule, break_even
from ..planning.plan import KINDS
from ..policies import Bernoulli, MixtureOfSizes
from ..policies.minimax import fixed_value, minimax
from ..render.table import Table, as_json

__all__ = ["break_even_table", "minimax_record", "plan_record", "plan_table", "schedule_table"]

SIZES_SHOWN = 16

LENGTH = 1024
SMOOTHING = 1

MIXTURE = "Fixed sizes are never worse than Bernoulli steps, which are mixtures of them (fixed-size/no-worse-path-kl)."


def _planned() -> Iterator[tuple[str, Language, tuple[int, ...]]]:
    yield "English letters", english_ngram(2, LENGTH, SMOOTHING), (8, 32, 128)
    yield "Copy(2, 4)", copy(2, 4, LENGTH), (8, 32, 128)
    yield "MDS(7, 3)", mds(7, 3, 7), (2, 3)


def schedule_table() -> Table:
    """PATH_KL under the best schedules beside the uniform and the cosine one."""
    rows = []
    for name, language, steps in _planned():
        for count in steps:
            for kind in KINDS[::-1]:
                plan = best_schedule(Instance(language, Bernoulli(count), name=name), kind=kind)
                others = [plan.others.get(schedule) for schedule in ("uniform", "cosine")]
                gains = [_percent(plan.gain(schedule)) for schedule in ("uniform", "cosine")]
                rows.append((name, language.length, count, kind, *others, plan.value, plan.gap, *gains))
    columns = ("language", "L", "N", "steps", "uniform", "cosine", "best", "gap", "saved of uniform", "saved of cosine")
    note = (
        "PATH_KL in nats, exact denoiser. No schedule of that kind and N is below the best one by more than the gap. "
        f"{MIXTURE} English letters: a Markov chain, every count plus {SMOOTHING}."
    )
    return Table("What the best schedules save", columns, tuple(rows), (note,))


def _percent(share: float | None) -> str | None:
    return None if share is None else f"{100 * share:.1f} %"


def plan_table(instance: Instance, plans: Sequence[Plan]) -> Table:
    """The named schedules and the best one, each kind of steps in turn, and the best one's key for an instance file."""
    rows: list[tuple[Any, ...]] = []
    notes = []
    for plan in plans:
        for name, value in plan.others.items():
            rows.append((plan.kind, name, value, _percent(plan.gain(name))))
        rows.append((plan.kind, "best", plan.value, None))
        gap = "" if plan.gap is None else f"; at most {shown_float(plan.gap, 2)} above the least"
        notes.append(f"{plan.kind}: {plan.guarantee}{gap}. {_spelled(plan)}")
    if len(plans) == len(KINDS) and plans[0].quantity != "kl":
        notes.append(MIXTURE)
    quantity, steps = plans[0].quantity, plans[0].policy.steps
    columns = ("steps", "schedule", quantity, "saved by the best")
    return Table(f"Schedules of {steps} steps for {instance.name}", columns, tuple(rows), tuple(notes))


def _spelled(plan: Plan) -> str:
    """The best schedule as a key of an instance file, as far as it is short."""
    key, values = _policy(plan)
    if len(values) > SIZES_SHOWN:
        return f"--json prints its {key}."
    return f"{key} = [{', '.join(str(v) if key == 'sizes' else shown_float(float(v)) for v in values)}]"


def _policy(plan: Plan) -> tuple[str, list[Any]]:
    policy = plan.policy
    if policy.random_sizes is not None:
        return "sizes", list(policy.random_sizes)
    schedule = Bernoulli.of(policy).schedule
    return "weights", schedule.fractions.tolist() if schedule.rational else schedule.weights.tolist()


def plan_record(instance: Instance, plans: Sequence[Plan]) -> dict[str, Any]:
    """The same for programs, with the best schedules in full: rationals as strings, ready for an instance file."""
    found = []
    for plan in plans:
        key, values = _policy(plan)
        found.append(
            {
                "kind": plan.kind,
                key: [value if isinstance(value, int | float) else str(value) for value in values],
                "value": as_json(plan.value),
                "least": plan.least,
                "guarantee": plan.guarantee,
                "others": {name: as_json(value) for name, value in plan.others.items()},
                "saved": {name: plan.gain(name) for name in plan.others},
            }
        )
    quantity, steps = plans[0].quantity, plans[0].policy.steps
    return {"instance": instance.name, "quantity": quantity, "steps": steps, "plans": found}


def minimax_record(instance: Instance, steps: int, criterion: str) -> dict[str, Any]:
    """What the best random sizes against any language promise this one, and what the best fixed ones do."""
    if not instance.exact_denoiser:
        raise BadInput("--minimax", "found a denoiser that is not exact, of which this says nothing")
    found = minimax(instance.length, steps, criterion)
    measured = measure(instance, ["total_correlation", "dual_total_correlation"])
    tc, dtc = (measured[name].hi for name in ("total_correlation", "dual_total_correlation"))
    unit = {"tc+dtc": tc + dtc, "tc": tc, "dtc": dtc}[criterion]
    fixed = fixed_value(instance.length, steps, criterion)
    policy = MixtureOfSizes(*map(list, zip(*found.sizes, strict=True)))
    own = measure(replace(instance, policy=policy, spec=None), ["path_kl"]).get("path_kl")
    return {
        "criterion": criterion,
        "policy": {"kind": "mixture-of-sizes", "steps": steps, "minimax": criterion},
        "path_kl": None if own is None else as_json(own),
        "value": str(found.value),
        "path_kl_at_most": _above(found.value * Fraction(unit)),
        "fixed_value": str(fixed),
        "fixed_path_kl_at_most": _above(fixed * Fraction(unit)),
    }


def _above(value: Fraction) -> float:
    """A float64 that is no smaller."""
    return math.nextafter(float(value), math.inf)


def _targets() -> Iterator[tuple[str, Language, str, float]]:
    english = english_ngram(2, LENGTH, SMOOTHING)
    yield "English letters", english, "ter_gap", 0.1
    yield "English letters", english, "ter_gap", 0.01
    yield "English letters, no smoothing", english_ngram(2, 128), "ser", 0.5
    yield "Pair(16)", pair(16, 64), "ter_gap", 0.1
    yield "Pair(16)", pair(16, 64), "ser", 0.5
    yield "Pair(16)", pair(16, 64), "ser", 0.1
    yield "3-colourings", colouring(64), "ter_gap", 0.1
    yield "3-colourings", colouring(64), "ser", 0.5
    yield "MDS(5, 3)", mds(5, 3, 5), "ser", 0.1


def break_even_table() -> Table:
    """The smallest number of steps for a target, policy by policy, and the price up to which it pays."""
    rows = []
    for name, language, quantity, target in _targets():
        for found in break_even(Instance(language, Bernoulli(1), name=name), target, quantity):
            sure = None if found.smallest is None else "yes" if found.smallest else "enough"
            share = None if found.steps is None else found.steps / found.length
            rows.append((name, found.length, quantity, target, found.policy, found.steps, sure, share, found.price))
    columns = ("language", "L", "quantity", "at most", "policy", "N", "smallest", "N/L", "pays below c")
    note = (
        "The smallest N with log TER(p) - log TER(q) (ter_gap, nats per token) or SER within the target, exact "
        "denoiser; no entry: not within L steps. A run pays if N c < L, one denoiser call costing c autoregressive "
        "steps. Where only PATH_KL bounds the quantity, N is enough and might not be the smallest. The "
        f"sizes are those of least PATH_KL. TER gaps of English letters: every count plus {SMOOTHING}."
    )
    return Table("When fewer steps than tokens pay off", columns, tuple(rows), (note,))
