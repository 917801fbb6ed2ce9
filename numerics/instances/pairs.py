"""Pairs of instances, for statements that compare two: a spec with ``relation``, ``[first]`` and ``[second]``.

The relations and their names are those of ``maskbound.theory.assumptions``.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pydantic import Field

from ..errors import BadInput, shown
from ..policies import Bernoulli, FixedSets, FixedSize
from ..spec.table import SpecTable, Text, within
from .explicit import dump
from .instance import Instance
from .specfile import Claims, in_file, parse, read_file

__all__ = ["RELATIONS", "Pair", "from_spec", "load_any", "load_pair", "parse_pair"]

SAME_EDGE = 10 * Fraction(1, 2**53)
"""Floating revealed fractions this close are one edge of both schedules.

A weight is within ``d = 10 * 2^-53``, relatively, of the one that is meant: 3 as :data:`PARAMETER_DEPTH` says, 10 for
the product of sines of a cosine schedule. So ``a = A/(A + B)``, A and B sums of weights, is within ``2 d a (1 - a)``,
which is at most ``d/2``; and there are two schedules.
"""


@dataclass(frozen=True, eq=False)
class Pair:
    """Two instances joined by a relation, which is checked.

    Parameters
    ----------
    relation : {"refines", "more-steps", "same-language"}
    first, second : Instance
        Quantities of the second are written ``kl@2`` in statements.

    Raises
    ------
    BadInput
        When the relation is not known or does not hold.
    """

    relation: str
    first: Instance
    second: Instance

    def __post_init__(self) -> None:
        if self.relation not in RELATIONS:
            raise BadInput("relation", f"found {shown(self.relation)}; one of {', '.join(RELATIONS)} is accepted")
        RELATIONS[self.relation](self.first, self.second)

    @property
    def instances(self) -> tuple[Instance, Instance]:
        """The first and the second."""
        return self.first, self.second

    @property
    def names(self) -> list[str]:
        """Their names."""
        return [self.first.name, self.second.name]

    @property
    def spec(self) -> dict[str, Any]:
        """The pair as a spec in canonical form."""
        return {"relation": self.relation, "first": dump(self.first), "second": dump(self.second)}


class PairTable(SpecTable):
    """The top of a pair's file."""

    relation: Text
    first: Any
    second: Any
    claims: Claims = Field(default_factory=list)


def load_pair(path: str | Path) -> Pair:
    """The pair in a TOML or JSON file; errors as those of :func:`load`."""
    path = Path(path)
    with in_file(path):
        return parse_pair(read_file(path), path.parent, path.stem)


def load_any(path: str | Path) -> Instance | Pair:
    """The instance or the pair in a file."""
    path = Path(path)
    with in_file(path):
        return from_spec(read_file(path), path.parent, path.stem)


def parse_pair(spec: Any, folder: str | Path = ".", name: str = "pair") -> Pair:
    """The pair that a spec describes; instances without a name are called ``name-first`` and ``name-second``."""
    table = PairTable.read(spec)
    with within("first"):
        first = parse(table.first, folder, f"{name}-first")
    with within("second"):
        second = parse(table.second, folder, f"{name}-second")
    return Pair(table.relation, first, second)


def from_spec(spec: Any, folder: str | Path = ".", name: str = "instance") -> Instance | Pair:
    """The instance or, if the spec has a ``relation``, the pair that it describes."""
    if isinstance(spec, Mapping) and "relation" in spec:
        return parse_pair(spec, folder, name)
    return parse(spec, folder, name)


def _require_same(first: Instance, second: Instance, *parts: str) -> None:
    """The same tables, rationals compared in lowest terms; one law written in two ways is not recognised."""
    one, other = dump(first), dump(second)
    for part in parts:
        if one[part] != other[part]:
            raise BadInput(f"second.{part}", f"found another {part} than in first; the same table is accepted")


def _require_refinement(first: Instance, second: Instance) -> None:
    _require_same(first, second, "language", "denoiser")
    one, other = first.policy, second.policy
    if isinstance(one, Bernoulli) and isinstance(other, Bernoulli):
        finer = _bernoulli_refines(one, other)
    elif isinstance(one, FixedSize) and isinstance(other, FixedSize):
        finer = set(one.revealed()) <= set(other.revealed())
    elif isinstance(one, FixedSets) and isinstance(other, FixedSets):
        finer = _sets_refine(one, other)
    else:
        raise BadInput("second.policy", "found another kind of policy than in first; the same kind is accepted")
    if not finer:
        raise BadInput("second.policy", "its steps do not split those of first; a refinement is accepted")


def _bernoulli_refines(one: Bernoulli, other: Bernoulli) -> bool:
    """Whether every ``a_k`` of the first, 0 included, is one of the second's: exactly if both are rational."""
    allowed = 0 if one.schedule.rational and other.schedule.rational else SAME_EDGE
    finer = other.schedule.exact_tails[::-1]
    return all(_holds(finer, tail - allowed, tail + allowed) for tail in one.schedule.exact_tails)


def _holds(rising: list[Fraction], least: Fraction, greatest: Fraction) -> bool:
    """Whether one of the numbers lies between these."""
    at = bisect_left(rising, least)
    return at < len(rising) and rising[at] <= greatest


def _sets_refine(one: FixedSets, other: FixedSets) -> bool:
    """Whether each set of the first is the union of consecutive sets of the second."""
    following = (chosen for chosen in other.sets if chosen)
    for chosen in one.sets:
        missing = set(chosen)
        while missing:
            part = set(next(following, ()))
            if not part or not part <= missing:
                return False
            missing -= part
    return True


def _require_more_steps(first: Instance, second: Instance) -> None:
    _require_same(first, second, "language", "denoiser")
    for name, policy in (("first", first.policy), ("second", second.policy)):
        if not isinstance(policy, Bernoulli) or not policy.schedule.law.uniform:
            raise BadInput(f"{name}.policy", f"found {policy!r}; a bernoulli policy with uniform steps is accepted")
    if second.policy.steps <= first.policy.steps:
        raise BadInput(
            "second.policy.steps",
            f"found {second.policy.steps}; more steps than first's {first.policy.steps} are accepted",
        )


def _require_same_language(first: Instance, second: Instance) -> None:
    _require_same(first, second, "language")


RELATIONS: Mapping[str, Callable[[Instance, Instance], None]] = MappingProxyType(
    {"refines": _require_refinement, "more-steps": _require_more_steps, "same-language": _require_same_language}
)
"""The condition of each relation on a first and a second instance."""
