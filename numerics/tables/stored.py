"""Tables from the database of a sweep."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ..instances import Instance, from_spec
from ..metrics.units import PER_TOKEN, of_sequences
from ..numbers.enclosure import Enclosure
from ..numbers.units import shared
from ..render.table import Table
from ..sweeps import Settings, Store

__all__ = ["stored_results"]


def stored_results(store: Store, per_token: bool = False) -> Table:
    """A row for each instance that has a number; columns for the keys in which these differ, and for quantities.

    Failures are counted. Names are a column where the keys do not tell what they tell; what all instances have in
    common, and how drawn numbers were drawn, is said below.

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
    names = {row.fingerprint: row.name for row in rows if not row.is_failure}
    settings = {row.fingerprint: dict(_scalars(json.loads(row.spec))) for row in rows if not row.is_failure}
    common = {key: value for key, value in _common(settings.values()).items() if key != "name"}
    keys = _differing(settings)
    # Processes finish in any order.
    told = {each: ", ".join([name, *(str(settings[each].get(key)) for key in keys)]) for each, name in names.items()}
    order = sorted(names, key=lambda fingerprint: (_numbers_by_size(told[fingerprint]), fingerprint))
    cells = tuple(
        (
            names[fingerprint],
            *(settings[fingerprint].get(key) for key in keys),
            *(found.get((fingerprint, quantity)) for quantity in quantities),
        )
        for fingerprint in order
    )
    failures = [row for row in rows if row.is_failure]
    notes: tuple[str, ...] = ()
    if common:
        notes += (f"All have {', '.join(f'{key}={_worded(value)}' for key, value in common.items())}",)
    if drawn := [name for name in quantities if any(_is_drawn(found.get((each, name))) for each in order)]:
        notes += (f"Where {' or '.join(drawn)} is drawn: {_drawing(store.settings())}",)
    if failures:
        notes += (f"{len(failures)} could not be measured; the first: {failures[0].message}",)
    if others := store.left_out():
        notes += (f"{others} rows that other code has measured are left out; a sweep measures them anew",)
    provenance = tuple(f"instance {names[each]}: {each}" for each in names)
    title = f"Quantities of {len(cells)} instances (logarithmic ones in nats)"
    table = Table(title, ("instance", *keys, *shown), cells, notes, provenance)
    return table.only(*keys, *shown) if _names_tell_no_more(names, settings, keys) else table


def _length(spec: str) -> int:
    """Of the sequences of a stored instance."""
    found = from_spec(json.loads(spec))
    assert isinstance(found, Instance)
    return found.length


def _is_drawn(number: Enclosure | None) -> bool:
    return number is not None and number.kind == "statistical"


def _drawing(settings: Settings) -> str:
    count = f"{settings.samples} samples, " if settings.samples else ""
    return f"{count}seed {settings.seed}, each interval with confidence {settings.confidence:.6g}"


def _worded(value: Any) -> str:
    """A path by its last part, other text as it is written in a file, unless it is a word."""
    if isinstance(value, str) and Path(value).is_absolute():
        return Path(value).name
    return value if isinstance(value, str) and value.isidentifier() else json.dumps(value)


def _common(settings: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """The keys that all have, with the value that is the same."""
    first, *others = [*settings] or [{}]
    return {
        key: value
        for key, value in first.items()
        if all(key in other and repr(other[key]) == repr(value) for other in others)
    }


def _names_tell_no_more(
    names: Mapping[str, str], settings: Mapping[str, Mapping[str, Any]], keys: Sequence[str]
) -> bool:
    """Whether instances differ in the keys, and are named by them as those of a grid: ``chain: policy.steps=8``."""
    rows = {tuple(repr(found.get(key)) for key in keys) for found in settings.values()}
    parts = {each: name.partition(": ") for each, name in names.items()}
    if len(rows) < len(names) or not keys or len({head for head, _, _ in parts.values()}) > 1:
        return False
    return all(
        value in (str(settings[each].get(path)), settings[each].get(f"{path}.kind"))
        for each, (_, _, place) in parts.items()
        for path, _, value in (piece.partition("=") for piece in place.split(", "))
    )


def _differing(settings: Mapping[str, dict[str, Any]]) -> list[str]:
    """The keys in which instances differ by a number or a word.

    Paths are made to begin where they differ. A key that only some kinds have, with one value each, says what ``kind``
    says.
    """
    every = dict.fromkeys(key for found in settings.values() for key in found if key != "name")
    values = {key: {repr(found.get(key)) for found in settings.values()} for key in every}
    keys = [key for key in every if len(values[key]) > 1 and not _told_by_kind(key, list(settings.values()))]
    for key in keys:
        given = [found for found in settings.values() if key in found]
        if len(given) > 1 and all(isinstance(found[key], str) and Path(found[key]).is_absolute() for found in given):
            shared = os.path.commonpath([found[key] for found in given])
            for found in given:
                found[key] = os.path.relpath(found[key], shared)
    return keys


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
