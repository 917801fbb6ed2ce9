"""Tables from the database of a sweep."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ..instances import Instance, from_spec
from ..metrics.units import PER_TOKEN, of_sequences
from ..numbers.units import shared
from ..render.table import Table
from ..sweeps import Store

__all__ = ["stored_results"]


def stored_results(store: Store, per_token: bool = False) -> Table:
    """A row for each instance; columns for the keys in which they differ, and for quantities. Failures are counted.

    Per token, amounts of information in a whole sequence are divided by its length.
    """
    rows = list(store.rows())
    quantities = list(dict.fromkeys(row.quantity for row in rows))
    found = {(row.fingerprint, row.quantity): store.enclosure(row) for row in rows}
    shown = [f"{name}{PER_TOKEN}" if per_token and of_sequences(name) else name for name in quantities]
    if shown != quantities:
        lengths = {row.fingerprint: _length(row.spec) for row in {row.fingerprint: row for row in rows}.values()}
        for (fingerprint, quantity), number in found.items():
            if number is not None and of_sequences(quantity):
                found[fingerprint, quantity] = shared(number, lengths[fingerprint])
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
    return Table(title, ("instance", *keys, *shown), cells, notes, provenance)


def _length(spec: str) -> int:
    """Of the sequences of a stored instance."""
    found = from_spec(json.loads(spec))
    assert isinstance(found, Instance)
    return found.length


def _differing(specs: Mapping[str, str]) -> tuple[list[str], dict[str, dict[str, Any]]]:
    """The keys in which instances differ by a number or a word, and each one's values.

    Paths begin where they differ. A key that only some kinds have, with one value each, says what ``kind`` says.
    """
    settings = {fingerprint: dict(_scalars(json.loads(spec))) for fingerprint, spec in specs.items()}
    every = dict.fromkeys(key for found in settings.values() for key in found if key != "name")
    values = {key: {repr(found.get(key)) for found in settings.values()} for key in every}
    keys = [key for key in every if len(values[key]) > 1 and not _told_by_kind(key, list(settings.values()))]
    for key in keys:
        given = [found for found in settings.values() if key in found]
        if len(given) > 1 and all(isinstance(found[key], str) and Path(found[key]).is_absolute() for found in given):
            shared = os.path.commonpath([found[key] for found in given])
            for found in given:
                found[key] = os.path.relpath(found[key], shared)
    return keys, settings


def _told_by_kind(key: str, settings: Sequence[Mapping[str, Any]]) -> bool:
    kind = f"{key.rpartition('.')[0]}.kind"
    if key == kind or all(key in found for found in settings):
        return False
    kinds = {found.get(kind) for found in settings}
    return len({(found.get(kind), repr(found.get(key))) for found in settings}) == len(kinds)


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
