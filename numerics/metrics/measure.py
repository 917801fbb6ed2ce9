"""Measuring: the cheapest method that is good enough (design, section 1)."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress

from maskbound.theory import closest
from maskbound.theory import quantities as vocabulary

from ..display import AsTable, Rows
from ..engines.workspace import Request, Workspace
from ..errors import BadInput, BeyondReach, NoLogForm, shown
from ..instances import Instance, require_instance
from ..numbers.enclosure import Enclosure
from ..numbers.limits import memory_budget
from ..numbers.units import converted, read_unit
from .method import COMPILER, Method, too_costly
from .methods import METHODS, methods_for
from .units import in_nats, unit_of

__all__ = ["Measured", "dearer", "explain", "first_method", "measurable", "measure", "measure_exactly", "measure_one"]

NEGLIGIBLE = 1e-6

OF_SCOPE = ("bigram_kl_rate", "bigram_tv_rate", "generative_nll")
"""Averages over p, which depend on how far a contradiction reaches (definitions.md#off-support), measured by engines
that differ in it.
"""


class Measured(dict[str, Enclosure], AsTable):
    """Measurements by quantity: a dict that shows itself as a table.

    Parameters
    ----------
    found : mapping of str to Enclosure
    unit : {"nats", "bits"}
        Of those that are logarithmic.
    """

    def __init__(self, found: Mapping[str, Enclosure], unit: str = "nats") -> None:
        super().__init__({name: converted(each, unit) if in_nats(name) else each for name, each in found.items()})
        self.unit = unit

    def table(self) -> Rows:
        """A row for each quantity."""
        rows = [(name, each, unit_of(name, self.unit), each.kind, each.engine) for name, each in self.items()]
        return Rows(("quantity", "value", "unit", "enclosure", "engine"), rows)

    def __str__(self) -> str:
        return self.table().text()


def measure(
    instance: Instance,
    quantities: Iterable[str] | None = None,
    *,
    width: float = 0.01,
    seconds: float = 60.0,
    samples: int | None = None,
    seed: int = 0,
    confidence: float = 1 - 1e-6,
    engine: str | None = None,
    unit: str = "nats",
) -> Measured:
    """Enclosures of the named quantities.

    Parameters
    ----------
    instance : Instance
    quantities : iterable of str, optional
        Names of the vocabulary; unless given, every one that can be measured here without drawing sequences (with, if
        ``samples`` or ``engine`` are given).
    width : float
        Relative width wanted.
    seconds : float
        For each quantity; a method that is estimated to take longer is not asked.
    samples : int, optional
        Sequences that sampled methods draw; the width decides unless given.
    seed : int
        Of sampled methods.
    confidence : float
        Coverage of their intervals.
    engine : str, optional
        Use this engine only.
    unit : {"nats", "bits"}
        Of entropies and divergences.

    Returns
    -------
    Measured
        A dict of quantities to enclosures.

    Raises
    ------
    BadInput
        For an unknown quantity or engine, or one that cannot be measured on this instance.
    BeyondReach
        When every method that applies is estimated to take too much memory or time.

    Examples
    --------
    >>> from maskbound.numerics import languages, policies
    >>> instance = Instance(languages.pair(2, 2), policies.Bernoulli(steps=2))
    >>> measure(instance, ["ser"])["ser"].value
    0.25
    """
    request = Request.about(
        quantities is not None, width=width, seconds=seconds, samples=samples, seed=seed, confidence=confidence
    )
    unit = read_unit(unit)
    work = Workspace(require_instance(instance), request)
    if quantities is not None:
        names = [quantities] if isinstance(quantities, str) else list(quantities)
        return Measured({name: measure_one(work, _current(name), engine) for name in names}, unit)
    found = {}
    for name in measurable(instance, request, engine):
        with suppress(NoLogForm):
            found[name] = measure_one(work, name, engine)
    return Measured(found, unit)


def _current(name: str) -> str:
    """A quantity of the vocabulary, by any of its names."""
    if not isinstance(name, str) or name not in vocabulary:
        close = ", ".join(closest(str(name), vocabulary)) or "those of `maskbound quantities`"
        raise BadInput("quantity", f"found {shown(name)}; the closest known quantities are {close}")
    return vocabulary.current(name)


def measurable(instance: Instance, request: Request | None = None, engine: str | None = None) -> list[str]:
    """Names of the quantities that some method can measure on this instance within reach."""
    names = dict.fromkeys(method.quantity for method in METHODS)
    return [name for name in names if _candidates(instance, name, request or Request(), engine)]


def measure_one(
    work: Workspace, quantity: str, engine: str | None = None, avoid: frozenset[str] = frozenset()
) -> Enclosure:
    """One quantity: methods from the cheapest on, until the width asked for is met; else the narrowest.

    Methods that rely on a statement in ``avoid`` are used only when there is no other, and one that finds on its way
    that it would take too long is left out. They share the time: each may spend an even part of what is left, and more
    if it cannot do with less.
    """
    instance, request = work.instance, work.request
    candidates = _candidates(instance, quantity, request, engine)
    candidates = [method for method in candidates if not method.relies_on & avoid] or candidates
    if not candidates:
        raise explain(instance, quantity, request, engine)
    best: Enclosure | None = None
    refused: BeyondReach | None = None
    began = time.monotonic()
    for k, method in enumerate(candidates):
        left, cost = _left(request.seconds, began), method.cost(instance)
        try:
            if cost.seconds > left:
                raise too_costly(quantity, instance, method.engine, cost, left)
            found = method.measure(work.within(max(left / (len(candidates) - k), cost.seconds)))
        except BeyondReach as problem:
            refused = refused or problem
            continue
        if best is None or found.width < best.width:
            best = found
        if _relative_width(best) <= request.width:
            break
    if best is None:
        assert refused is not None
        raise refused
    return best


def _left(seconds: float, began: float) -> float:
    """Of so many seconds, by tenths, so that numbers do not depend on what took no time."""
    used = (time.monotonic() - began) / seconds
    return seconds * max(math.ceil(10 * (1 - used)), 0) / 10


def measure_exactly(work: Workspace, quantity: str, avoid: frozenset[str] = frozenset()) -> Enclosure:
    """The number itself, from the cheapest method that knows it here and assumes no statement in ``avoid``.

    Raises
    ------
    NoLogForm
        When no method gives it exactly on this instance.
    BeyondReach
        When those that do would take too much memory or time.
    """
    instance, request = work.instance, work.request
    known = [each for each in methods_for(quantity) if each.kind == "exact" and not each.relies_on & avoid]
    if not known:
        raise NoLogForm(f"no method gives {quantity} as a closed form, and only these are compared exactly")
    refused: list[BeyondReach] = []
    able = [each for each in known if each.obstacle(instance) is None]
    for method in sorted(able, key=lambda each: each.cost(instance).operations):
        cost = method.cost(instance)
        try:
            if not _within(instance, method, request.seconds):
                raise too_costly(f"an exact {quantity}", instance, method.engine, cost, request.seconds)
            found = method.measure(work)
        except BeyondReach as problem:
            refused.append(problem)
            continue
        if found.exact is not None:
            return found
    if refused:
        raise refused[0]
    # What is for any language says more of this one than a special method does.
    general = [each for each in known if each.engine == "rational"] or known
    reasons = "; ".join(dict.fromkeys(filter(None, (each.obstacle(instance) for each in general))))
    raise NoLogForm(f"{quantity} of {instance.name} is not known exactly{': ' if reasons else ''}{reasons}")


def first_method(instance: Instance, quantity: str, request: Request, engine: str | None = None) -> tuple[str, float]:
    """The engine that is asked first, and the seconds that it is estimated to need at least."""
    first = _candidates(instance, quantity, request, engine)[0]
    return first.engine, first.cost(instance).seconds


def _candidates(instance: Instance, quantity: str, request: Request, engine: str | None) -> list[Method]:
    able = [
        method
        for method in methods_for(quantity)
        if _wanted(method, request, engine)
        and method.obstacle(instance) is None
        and _within(instance, method, request.seconds)
    ]

    settled = instance.off_support_scope is not None or not instance.language.has_local_scope
    # Left out, the scope is the engine's own, so that another engine would measure something else.
    free = settled or quantity not in OF_SCOPE

    def price(method: Method) -> float:
        compiler = COMPILER if request.alone and free and not method.interpreted else 0.0
        return method.cost(instance).operations + compiler

    # What can be computed is not drawn.
    return sorted(able, key=lambda method: (method.kind == "statistical", price(method)))


def _wanted(method: Method, request: Request, engine: str | None) -> bool:
    """An engine that is named is asked for, whatever it does."""
    if engine is not None:
        return method.engine == engine
    asked = not method.on_request or (request.alone and method.interpreted)
    return asked and (request.sampling or method.kind != "statistical")


def dearer(work: Workspace, quantity: str) -> BeyondReach | None:
    """The refusal of the cheapest method that would give more than bounds; None where none is refused for its price."""
    instance, request = work.instance, work.request
    refused = [
        method
        for method in methods_for(quantity)
        if method.kind in ("exact", "rounding", "truncation")
        and _wanted(method, request, None)
        and method.obstacle(instance) is None
        and not _within(instance, method, request.seconds)
    ]
    if not refused:
        return None
    least = min(refused, key=lambda method: method.cost(instance).seconds)
    return too_costly(quantity, instance, least.engine, least.cost(instance), request.seconds)


def _within(instance: Instance, method: Method, seconds: float) -> bool:
    cost = method.cost(instance)
    return cost.bytes <= memory_budget() and cost.seconds <= seconds


def _relative_width(found: Enclosure) -> float:
    """Width over size; a number below ``NEGLIGIBLE`` counts as one of that size, since a zero has no relative width."""
    size = abs(found.value) if found.has_value else min(abs(found.lo), abs(found.hi))
    return found.width / max(size, NEGLIGIBLE) if math.isfinite(found.width) else math.inf


def explain(instance: Instance, quantity: str, request: Request, engine: str | None) -> BadInput | BeyondReach:
    """Why no method can measure ``quantity`` here, as the error to raise."""
    known = sorted({method.quantity for method in METHODS})
    methods = methods_for(quantity)
    if not methods:
        return BadInput("quantity", f"found {quantity!r}; one of {', '.join(known)} is accepted")
    engines = sorted({method.engine for method in METHODS})
    if engine is not None and engine not in engines:
        return BadInput("engine", f"found {engine!r}; one of {', '.join(engines)} is accepted")
    methods = tuple(method for method in methods if _wanted(method, request, engine))
    if not methods:
        return BadInput("engine", f"{engine!r} does not measure {quantity}")
    able = [method for method in methods if method.obstacle(instance) is None]
    if not able:
        reasons = "; ".join(f"{method.engine}: {method.obstacle(instance)}" for method in methods)
        return BadInput(quantity, f"cannot be measured on {instance.name} ({reasons})")
    least = min(able, key=lambda method: method.cost(instance).seconds)
    return too_costly(quantity, instance, least.engine, least.cost(instance), request.seconds)
