"""Grids of instances (the design's section on the instance file).

A grid file is TOML or JSON: ``[base]`` an instance, ``quantities`` a list of names, ``[grid]`` a list of values for
each key path (``"policy.steps" = [8, 16]``), and optionally ``[measure]`` with the keys of :class:`Settings`.
"""

from __future__ import annotations

import copy
import hashlib
import itertools
import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, PlainValidator

from maskbound.theory import closest
from maskbound.theory import quantities as vocabulary

from ..engines.workspace import Request
from ..errors import BadInput, MaskboundError, shown
from ..instances import parse
from ..instances.specfile import in_file, read_file
from ..spec.table import ABSENT, Count, Seed, SpecTable, Text, require_table, within

__all__ = ["Grid", "Point", "Settings"]

LARGEST = 10**6
"""Instances of one grid."""


def _read_width(value: Any) -> float:
    return _between("width", value, 0, math.inf, "a number of at least 0")


def _read_seconds(value: Any) -> float:
    return _between("seconds", value, math.ulp(0.0), math.inf, "a positive number")


def _read_confidence(value: Any) -> float:
    return _between("confidence", value, math.ulp(0.0), 1.0, "a number strictly between 0 and 1")


def _between(key: str, value: Any, least: float, end: float, accepted: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value < end:
        raise BadInput(key, f"found {shown(value)}; {accepted} is accepted")
    return float(value)


class Settings(SpecTable):
    """Options of ``measure`` for every instance of a sweep."""

    width: Annotated[float, PlainValidator(_read_width)] = Request.width
    seconds: Annotated[float, PlainValidator(_read_seconds)] = Request.seconds
    samples: Count = ABSENT
    seed: Seed = Request.seed
    confidence: Annotated[float, PlainValidator(_read_confidence)] = Request.confidence
    engine: Text = ABSENT

    @property
    def request(self) -> Request:
        """The request to a workspace."""
        options = self.model_dump(exclude={"engine"})
        return Request.about(True, **options)


class GridTable(SpecTable):
    """The top of a grid file."""

    base: dict[str, Any]
    quantities: list[Any]
    grid: dict[str, Any] = Field(default_factory=dict)
    measure: Any = Field(default_factory=dict)


@dataclass(frozen=True)
class Point:
    """An instance of a grid, as it goes to a worker.

    Parameters
    ----------
    fingerprint : str
    spec : str
        The canonical form, as JSON; of a spec that is wrong, the spec as it stands.
    quantities : tuple of str
        What to measure.
    problem : str
        What is wrong with the spec; empty when it is fine.
    """

    fingerprint: str
    spec: str
    quantities: tuple[str, ...]
    problem: str = ""


@dataclass(frozen=True)
class Grid:
    """The product of lists of values, put into a base instance.

    Parameters
    ----------
    base : dict
        The spec of an instance; what ``axes`` sets may be missing.
    axes : tuple of (str, tuple)
        A key path and its values; the last one varies fastest.
    quantities : tuple of str
    settings : Settings
    folder : Path
        What paths in the base are relative to.
    """

    base: dict[str, Any]
    axes: tuple[tuple[str, tuple[Any, ...]], ...]
    quantities: tuple[str, ...]
    settings: Settings
    folder: Path

    @classmethod
    def load(cls, path: str | Path) -> Grid:
        """The grid in a file.

        Raises
        ------
        BadInput
            For a file that cannot be read or holds no grid. What is wrong with single instances is found later, and
            recorded with them; a grid without an instance that can be read is refused by ``sweep``.
        """
        path = Path(path)
        with in_file(path):
            return cls.parse(read_file(path), path.parent, path.stem)

    @classmethod
    def parse(cls, spec: Any, folder: str | Path = ".", name: str = "grid") -> Grid:
        """The grid that a table describes."""
        table = GridTable.read(spec)
        quantities = tuple(dict.fromkeys(_quantity(n, name) for n, name in enumerate(table.quantities)))
        if not quantities:
            raise BadInput("quantities", "found none; at least one is accepted")
        with within("grid"):
            axes = tuple((path, _values(path, values)) for path, values in table.grid.items())
        with within("measure"):
            settings = Settings.read(table.measure)
        size = math.prod(len(values) for _, values in axes)
        if size > LARGEST:
            raise BadInput("grid", f"found {shown(size)} instances; at most {LARGEST} are accepted")
        grid = cls({"name": name, **table.base}, axes, quantities, settings, Path(folder).resolve())
        with within("grid"):
            next(grid.specs())
        return grid

    def specs(self) -> Iterator[dict[str, Any]]:
        """The spec of every instance, unchecked; its name says where in the grid it stands."""
        for values in itertools.product(*(values for _, values in self.axes)):
            spec = copy.deepcopy(self.base)
            for (path, _), value in zip(self.axes, values, strict=True):
                _put(spec, path, copy.deepcopy(value))
            place = ", ".join(f"{path}={_label(value)}" for (path, _), value in zip(self.axes, values, strict=True))
            if place and "name" not in (path for path, _ in self.axes):
                spec["name"] = f"{spec['name']}: {place}"[:200]
            yield spec

    def points(self) -> Iterator[Point]:
        """Every instance once, in the order of the grid."""
        met = set()
        for spec in self.specs():
            point = self._point(spec)
            if point.fingerprint not in met:
                met.add(point.fingerprint)
                yield point

    def _point(self, spec: dict[str, Any]) -> Point:
        try:
            instance = parse(spec, self.folder)
            return Point(instance.fingerprint, json.dumps(instance.spec), self.quantities)
        except MaskboundError as problem:
            text = json.dumps(spec, default=str)
            return Point(_digest(text), text, self.quantities, str(problem))


def _digest(text: str) -> str:
    """In the place of a fingerprint, for what is no instance."""
    return "spec-" + hashlib.sha256(text.encode()).hexdigest()[:27]


def _quantity(n: int, name: Any) -> str:
    if isinstance(name, str) and name in vocabulary:
        return vocabulary.current(name)
    close = closest(str(name), vocabulary) or list(vocabulary)
    raise BadInput(f"quantities[{n}]", f"found {shown(name)}; the closest known quantities are {', '.join(close)}")


def _values(path: str, values: Any) -> tuple[Any, ...]:
    if not isinstance(values, list) or not values:
        raise BadInput(json.dumps(path), f"found {shown(values)}; a list of at least one value is accepted")
    return tuple(values)


def _put(spec: dict[str, Any], path: str, value: Any) -> None:
    """Set the entry at a dotted path, making the tables on the way that are not there."""
    *outer, last = path.split(".")
    table = spec
    for part in outer:
        table = table.setdefault(part, {})
        require_table(table)
    table[last] = value


def _label(value: Any) -> str:
    if isinstance(value, dict):
        return str(value.get("kind", "table"))
    return json.dumps(value) if isinstance(value, list | bool) else str(value)
