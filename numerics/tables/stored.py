"""Tables from the database of a sweep."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from ..render.table import Table
from ..sweeps import Store

__all__ = ["stored_results"]


def stored_results(store: Store) -> Table:
    """A row for each instance; columns for the keys in which they differ, and for quantities. Failures are counted."""
    rows = list(store.rows())
    quantities = list(dict.fromkeys(row.quantity for row in rows))
    found = {(row.fingerprint, row.quantity): store.enclosure(row) for row in rows}
    names = {row.fingerprint: row.name for row in rows}
    keys, settings = _differing({row.fingerprint: row.spec for row in rows})
    # Processes finish in any order.
    cells = tuple(
        (
            name,
            *(settings[fingerprint].get(key) for key in keys),
            *(found.get((fingerprint, quantity)) for quantity in quantities),
        )
        for fingerprint, name in sorted(names.items(), key=lambda item: (_numbers_by_size(item[1]), item[0]))
        if any(found.get((fingerprint, quantity)) for quantity in quantities)
    )
    failures = [row for row in rows if row.is_failure]
    notes: tuple[str, ...] = ()
    if failures:
        notes += (f"{len(failures)} could not be measured; the first: {failures[0].message}",)
    if others := store.left_out():
        notes += (f"{others} rows that other code has measured are left out; a sweep measures them anew",)
    provenance = tuple(f"instance {name}: {fingerprint}" for fingerprint, name in names.items())
    title = f"Quantities of {len(cells)} instances (logarithmic ones in nats)"
    return Table(title, ("instance", *keys, *quantities), cells, notes, provenance)


def _differing(specs: Mapping[str, str]) -> tuple[list[str], dict[str, dict[str, Any]]]:
    """The keys in which instances differ by a number or a word, and each one's values."""
    settings = {fingerprint: dict(_scalars(json.loads(spec))) for fingerprint, spec in specs.items()}
    every = dict.fromkeys(key for found in settings.values() for key in found if key != "name")
    values = {key: {repr(found.get(key)) for found in settings.values()} for key in every}
    return [key for key in every if len(values[key]) > 1], settings


def _scalars(table: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, Any]]:
    """Dotted keys and their values, but for lists."""
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield from _scalars(value, f"{path}{key}.")
        elif not isinstance(value, list) and value is not None:
            yield f"{path}{key}", value


def _numbers_by_size(name: str) -> list[tuple[int, float, str]]:
    """A key that sorts names as a reader would: ``steps=8`` before ``steps=16``."""
    pieces = re.split(r"(\d+(?:\.\d+)?)", name)
    return [(0, float(piece), "") if k % 2 else (1, 0.0, piece) for k, piece in enumerate(pieces)]
