"""Provenance of the numbers of a table: versions, and the fingerprints of the instances."""

from __future__ import annotations

import platform
from collections.abc import Iterable
from dataclasses import replace
from importlib.metadata import version

from ..engines.workspace import Request
from ..errors import BadInput
from ..instances import Instance
from .table import Table

__all__ = ["fingerprints", "traced", "versions"]

LIBRARIES = ("numpy", "scipy", "numba", "sympy", "python-flint")


def versions() -> str:
    """This package, Python and the libraries that the numbers go through."""
    parts = (f"maskbound {version('maskbound')}", f"Python {platform.python_version()}")
    return ", ".join([*parts, *(f"{name} {version(name)}" for name in LIBRARIES)])


def fingerprints(instances: Iterable[Instance]) -> tuple[str, ...]:
    """A line for each instance."""
    return tuple(dict.fromkeys(f"instance {instance.name}: {_fingerprint(instance)}" for instance in instances))


def traced(table: Table, instances: Iterable[Instance] = ()) -> Table:
    """The table with versions, seed and fingerprints put before what it says of its provenance itself."""
    return replace(table, provenance=(versions(), f"seed {Request.seed}", *fingerprints(instances), *table.provenance))


def _fingerprint(instance: Instance) -> str:
    try:
        return instance.fingerprint
    except BadInput as problem:
        return f"none ({problem})"
