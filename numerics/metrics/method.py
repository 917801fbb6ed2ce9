"""A method: one way to measure one quantity, with its conditions and its price."""

from __future__ import annotations

import math
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from types import ModuleType

from .._kernels.jit import interpreted
from ..engines import adaptive, reference, tabular
from ..engines.law import Law
from ..engines.needs import Obstacle
from ..engines.workspace import Cost, Request, Workspace
from ..errors import BeyondReach
from ..instances import Instance
from ..numbers.enclosure import Enclosure, Kind
from ..numbers.limits import memory_budget, shown_bytes

__all__ = [
    "COMPILER",
    "FINISHED",
    "INTERPRETED",
    "Method",
    "Obstacle",
    "law_methods",
    "methods_by_law",
    "narrowed",
    "too_costly",
    "unfinished",
    "without_compiler",
]

FAR_TOO_LARGE = 1e15
"""Bytes or seconds of which the number tells nobody anything."""

LawOf = Callable[[Workspace], Law]
"""The algorithm by which an engine computes the law."""

LAW_ENGINES = (
    (
        "tabular",
        tabular,
        "any language x Bernoulli or fixed-size or mixture of sizes or fixed sets",
        "(2V+1)^L min(N, L)",
    ),
    ("adaptive", adaptive, "any language x adaptive or remasking", adaptive.PRICE),
    (
        "reference",
        reference,
        "any language x given reveal times or remasking; rational language x adaptive, rational denoiser",
        "(2V+1)^L N, in Python",
    ),
)
"""The engines that give the whole output law, with their scopes and prices."""

INTERPRETED = frozenset({"denoiser", "rational", "reference", "schedule"})
"""Engines that run nothing compiled."""

COMPILER = 1e9
"""Operations in the time that it takes to read compiled code from the disk; to compile takes ten times as long."""

SLOWER = 3e3
"""Operations of compiled code in the time that Python takes for one."""

FINISHED = "uniform or marginal off the support"
"""The condition of averages over p."""


def narrowed(scope: str, condition: str) -> str:
    """A scope with one more condition in each of its alternatives."""
    return "; ".join(f"{each}, {condition}" for each in scope.split("; "))


@dataclass(frozen=True)
class Method:
    """A row of the engine table.

    Parameters
    ----------
    quantity : str
        A name of the vocabulary in ``maskbound.theory``.
    engine : str
        Which engine does it.
    kind : Kind
        The kind of enclosure it gives.
    obstacle : callable
        None when the method applies to an instance, or else the sentence that says why not.
    cost : callable
        Estimate for an instance.
    run : callable
        The measurement.
    scope : str
        What it is for, in words: languages ``x`` kinds of policies, and conditions after commas; alternatives after
        semicolons.
    price : str
        The cost as a formula, for the table.
    relies_on : frozenset of str
        Ids of the statements that the value assumes.
    on_request : bool
        Used only when its engine is asked for by name.
    """

    quantity: str
    engine: str
    kind: Kind
    obstacle: Obstacle
    cost: Callable[[Instance], Cost]
    run: Callable[[Workspace], Enclosure]
    scope: str
    price: str
    relies_on: frozenset[str] = field(default_factory=frozenset)
    on_request: bool = False

    @property
    def interpreted(self) -> bool:
        """Whether it runs nothing that is compiled."""
        return self.engine in INTERPRETED

    def measure(self, work: Workspace) -> Enclosure:
        """The enclosure, signed by the engine."""
        with without_compiler(work.request, self.cost(work.instance)):
            return self.run(work).by(self.engine, self.relies_on)


def without_compiler(request: Request, cost: Cost) -> AbstractContextManager[None]:
    """Where kernels run as Python, if nothing else is measured in this process and that takes no longer."""
    small = request.alone and (cost.operations - cost.python) * SLOWER < COMPILER
    return interpreted() if small else nullcontext()


def law_methods(
    quantity: str, of_law: Callable[[Law], Enclosure], obstacle: Obstacle | None = None
) -> tuple[Method, ...]:
    """One method for each engine that gives the whole output law.

    Parameters
    ----------
    quantity : str
    of_law : callable
        The quantity as a function of the law.
    obstacle : callable, optional
        A condition of the quantity beside the engine's own: :data:`FINISHED`, or more than that.
    """

    return methods_by_law(quantity, lambda work, law: of_law(law(work)), obstacle)


def methods_by_law(
    quantity: str, measured: Callable[[Workspace, LawOf], Enclosure], obstacle: Obstacle | None = None
) -> tuple[Method, ...]:
    """The same for what is no function of the instance's own law alone: ``measured`` gets the engine's ``law``."""

    def method(name: str, engine: ModuleType, scope: str, price: str) -> Method:
        def both(instance: Instance) -> str | None:
            return engine.obstacle(instance) or (obstacle(instance) if obstacle else None)

        return Method(
            quantity,
            name,
            "rounding",
            both,
            engine.cost,
            lambda work: measured(work, engine.law),
            narrowed(scope, FINISHED) if obstacle else scope,
            price,
        )

    return tuple(method(*row) for row in LAW_ENGINES)


def unfinished(instance: Instance) -> str | None:
    """An obstacle of averages over p: they need a law of complete sequences."""
    if instance.off_support == "stop":
        return "the rule stop leaves sequences unfinished, so p is no law of complete sequences"
    return None


def too_costly(what: str, instance: Instance, engine: str, cost: Cost, seconds: float) -> BeyondReach:
    """The refusal of what an engine could do, but not within this machine's memory or the time given."""
    needed = f"{shown_bytes(math.ceil(min(cost.bytes, 1e300)))} and about {cost.seconds:.3g} s"
    if cost.bytes > FAR_TOO_LARGE or cost.seconds > FAR_TOO_LARGE:
        needed = "far more than this machine has"
    return BeyondReach(
        f"{what} of {instance.name} (V={instance.vocab}, L={instance.length}) would take engine {engine!r} {needed}; "
        f"there are {shown_bytes(memory_budget())} and {seconds:.3g} s"
    )
