"""Bounds from proved statements: a quantity that a statement encloses by others, from enclosures of these.

Engines of long sequences have no output law, so what depends on that law is known to them by statements only.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from fractions import Fraction

from maskbound import theory
from maskbound.theory import Statement, statements
from maskbound.theory import quantities as vocabulary

from ..engines.workspace import Cost, Workspace
from ..instances import Instance
from ..numbers.enclosure import KINDS, Enclosure, Kind
from . import block_sizes, chains, products, windows
from .method import Method, narrowed

__all__ = ["METHODS", "derived"]

MEASURING = (
    "kl-path-kl/equality-deterministic",
    "kl-path-kl/given-times",
    "token-error/identity",
    "sequence-error/from-path-kl",
)
"""Statements that measure their left sides, each by what the engine measures or those before it have given."""

CONDITIONS = {"OneChoice": "certain reveal times"}
"""Words of the engine table for assumptions that the scopes of the inputs do not imply."""


def derived(statement: Statement, methods: Iterable[Method]) -> Method:
    """The method that measures the left side of a statement by methods for the quantities on its right side.

    Parameters
    ----------
    statement : Statement
        Of one subject and proved, ``quantity == expression`` or ``quantity <= expression``.
    methods : iterable of Method
        One for each quantity of the right side, of one engine.

    Returns
    -------
    Method
        Of kind "bound" for an inequality; for an equality of the weakest kind of its inputs. It relies on the
        statement, on what that follows from, and on what its inputs rely on.
    """
    inputs = {method.quantity: method for method in methods}
    widest = max(inputs.values(), key=lambda method: len(method.scope))
    needs = statement.assumptions
    conditions = [CONDITIONS[need.name] for need in needs if need.name in CONDITIONS]

    def obstacle(instance: Instance) -> str | None:
        for need in needs:
            if not instance.has(need.name):
                return f"it is known by {statement.id} only if {need.sentence}"
        return next(filter(None, (method.obstacle(instance) for method in inputs.values())), None)

    def cost(instance: Instance) -> Cost:
        parts = [method.cost(instance) for method in inputs.values()]
        return Cost(sum(part.operations for part in parts), sum(part.bytes for part in parts))

    equal = statement.relation == "=="
    weakest = max((method.kind for method in inputs.values()), key=KINDS.index)
    return Method(
        statement.measured,
        widest.engine,
        weakest if equal else "bound",
        obstacle,
        cost,
        lambda work: _measured(statement, work, {name: work.once(method.run) for name, method in inputs.items()}),
        narrowed(widest.scope, ", ".join(conditions)) if conditions else widest.scope,
        widest.price,
        _premises(statement).union(*(method.relies_on for method in inputs.values())),
    )


def _premises(statement: Statement) -> frozenset[str]:
    """The statement and what it follows from."""
    return frozenset({statement.id}).union(*(_premises(statements[name]) for name in statement.follows_from))


def _measured(statement: Statement, work: Workspace, inputs: Mapping[str, Enclosure]) -> Enclosure:
    from ..evaluation import Interval, evaluate, outward, to_interval  # here, since the other methods do without sympy

    instance, expression = work.instance, statement.sides[1]
    given = {"V": instance.vocab, "L": instance.length, "N": instance.policy.steps}
    known = {theory.symbols[name]: to_interval(Fraction(number)) for name, number in given.items()}

    def at(numbers: Mapping[str, Enclosure | float]) -> Interval:
        return evaluate(
            expression, known | {theory.symbols[name]: to_interval(x) for name, x in numbers.items()}, to_interval
        )

    lo, hi = outward(at(inputs).range)
    about = vocabulary[statement.measured]
    if statement.relation == "<=":
        return Enclosure.between(
            float(about.least), min(hi, float(about.greatest)), note=f"anything from {about.least} to {expression}"
        )
    kind: Kind = max((found.kind for found in inputs.values()), key=KINDS.index)
    if lo == hi or not all(found.has_value for found in inputs.values()):
        return Enclosure.between(lo, hi, kind, note=f"equal to {expression}")
    value = float(at({name: found.value for name, found in inputs.items()}).range.mid)
    return Enclosure(min(max(value, lo), hi), lo, hi, kind)


def _of_engine(methods: Iterable[Method]) -> Iterable[Method]:
    known = [method for method in methods if method.kind != "statistical"]
    bounds = [method for method in known if method.kind == "bound"]
    given = list(bounds)
    for statement in map(statements.__getitem__, MEASURING):
        quantities = sorted(name for name in statement.names("rhs") if name in vocabulary)
        choices = [
            [method for method in given if method.quantity == name]
            or [method for method in known if method.quantity == name]
            for name in quantities
        ]
        given += [derived(statement, chosen) for chosen in itertools.product(*choices)]
    return given[len(bounds) :]


METHODS = tuple(
    method
    for family in (chains.METHODS, windows.METHODS, (*products.METHODS, *block_sizes.METHODS))
    for method in _of_engine(method for method in family if method.engine in ("markov", "windows", "blocks"))
)
