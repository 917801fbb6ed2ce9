"""The whole output law of an instance, by the cheapest engine that can."""

from __future__ import annotations

from ..engines import adaptive, reference, tabular
from ..engines.law import Law
from ..engines.workspace import Request, Workspace
from ..errors import BadInput
from ..instances import Instance, require_instance
from ..numbers.limits import memory_budget
from .method import COMPILER, INTERPRETED, too_costly, without_compiler

__all__ = ["law"]

ENGINES = {"tabular": tabular, "adaptive": adaptive, "reference": reference}


def law(instance: Instance, *, seconds: float = 60.0, engine: str | None = None, alone: bool = False) -> Law:
    """p and q on all ``V^L`` sequences, with the roundings in their entries.

    Parameters
    ----------
    instance : Instance
    seconds : float
        Time that an engine may be estimated to take.
    engine : {"tabular", "adaptive", "reference"}, optional
        Use this engine only.
    alone : bool
        Whether nothing else is measured in this process: see ``Request``.

    Raises
    ------
    BadInput
        For an engine that is unknown or does not do this instance.
    BeyondReach
        When it would take too much memory or time; nothing is allocated.

    Examples
    --------
    >>> from maskbound.numerics import languages, policies
    >>> law(Instance(languages.pair(2, 2), policies.Bernoulli(steps=1))).p.tolist()
    [0.25, 0.25, 0.25, 0.25]
    """
    if engine is not None and engine not in ENGINES:
        raise BadInput("engine", f"found {engine!r}; one of {', '.join(ENGINES)} gives the whole output law")
    require_instance(instance)
    chosen = {name: module for name, module in ENGINES.items() if engine in (None, name)}
    able = {name: module.cost(instance) for name, module in chosen.items() if module.obstacle(instance) is None}
    if not able:
        reasons = "; ".join(f"{name}: {module.obstacle(instance)}" for name, module in chosen.items())
        raise BadInput("engine", f"the output law of {instance.name} cannot be computed ({reasons})")
    name = min(able, key=lambda name: able[name].operations + (COMPILER if alone and name not in INTERPRETED else 0))
    if able[name].bytes > memory_budget() or able[name].seconds > seconds:
        raise too_costly("the output law", instance, name, able[name], seconds)
    work = Workspace(instance, Request(alone=alone))
    with without_compiler(work.request, able[name]):
        return ENGINES[name].law(work)
