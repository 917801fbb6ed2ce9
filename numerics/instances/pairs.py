"""Pairs of instances, for statements that compare two: a spec with ``relation``, ``[first]`` and ``[second]``.

The relations and their names are those of ``maskbound.theory.assumptions``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pydantic import Field

from ..errors import BadInput, shown
from ..spec.table import SpecTable, Text, within
from .explicit import dump
from .instance import Instance
from .specfile import Claims, in_file, parse, read_file

__all__ = ["RELATIONS", "Pair", "from_spec", "load_any", "load_pair", "parse_pair"]


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
    finer = other.refines(one)
    if finer is None:
        raise BadInput("second.policy", "found another kind of policy than in first; the same kind is accepted")
    if not finer:
        raise BadInput("second.policy", "its steps do not split those of first; a refinement is accepted")


def _require_more_steps(first: Instance, second: Instance) -> None:
    _require_same(first, second, "language", "denoiser")
    for name, policy in (("first", first.policy), ("second", second.policy)):
        if policy.step_law is None or not policy.step_law.law.uniform:
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
