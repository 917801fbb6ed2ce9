"""Measurements, output laws and information curves of one instance, for readers and for programs."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..engines.law import Law
from ..errors import BadInput, shown
from ..instances import Instance
from ..languages import spelt
from ..metrics.information_curve import InformationCurve
from ..metrics.measure import Measured
from ..metrics.units import unit_of
from ..numbers.enclosure import Enclosure
from ..numbers.lattice import sequence_rows
from ..numbers.units import Unit, converted
from ..render.table import Table, as_json

__all__ = [
    "curve_record",
    "curve_tables",
    "law_record",
    "law_table",
    "measured_record",
    "measured_table",
    "read_sequences",
    "sequences_record",
    "sequences_table",
]

MOST_ROWS = 40


def measured_table(instance: Instance, found: Measured) -> Table:
    """A row for each quantity."""
    rows = tuple(
        (name, number, unit_of(name, found.unit), _width(number), number.kind, number.engine)
        for name, number in found.items()
    )
    notes = tuple(
        f"{name}: {number.note}; {_probability(number)}" for name, number in found.items() if number.confidence
    )
    return Table(instance.name, ("quantity", "value", "unit", "width", "enclosure", "engine"), rows, notes)


def _probability(number: Enclosure) -> str:
    return f"the interval holds with probability 1 - {1 - (number.confidence or 0.0):.1g}"


def _width(number: Enclosure) -> str:
    return f"{number.width:.0e}" if number.width else "0"


def measured_record(instance: Instance, found: Measured) -> dict[str, Any]:
    """The JSON of ``measure --json``; the unit of each quantity beside its interval."""
    numbers = {name: as_json(number) | {"unit": unit_of(name, found.unit)} for name, number in found.items()}
    return {"instance": instance.name, "quantities": numbers}


def law_record(instance: Instance, law: Law) -> dict[str, Any]:
    """The record of ``law --json``: p in the order of ``tabular`` probabilities, its enclosures, and names."""
    found = [Enclosure.relative(p, law.p_depth, 1.0) for p in law.p.tolist()]
    ends = {"lo": [each.lo for each in found], "hi": [each.hi for each in found]}
    return {"vocab": law.vocab, "length": law.length, "tokens": _names(instance), "law": law.p.tolist(), **ends}


def _names(instance: Instance) -> list[str] | None:
    return None if instance.language.tokens is None else list(instance.language.tokens)


def law_table(instance: Instance, law: Law) -> Table:
    """The likeliest sequences with their p and q; equal ones in the order of the table."""
    first = np.argsort(-law.p, kind="stable")[:MOST_ROWS]
    rows = []
    for index in first.tolist():
        x = sequence_rows(index, index + 1, law.vocab, law.length)[0]
        p, q = Enclosure.relative(law.p[index], law.p_depth, 1.0), Enclosure.relative(law.q[index], law.q_depth, 1.0)
        rows.append((spelt(instance.language, x), p, q))
    shown_mass = math.fsum(law.p[first])
    note = f"{len(first)} of {len(law.p)} sequences, {shown_mass:.4g} of the probability"
    return Table(instance.name, ("sequence", "p", "q"), tuple(rows), (note,))


def read_sequences(text: str, instance: Instance) -> NDArray[np.int64]:
    """Sequences, one a line: names or numbers of tokens, separated by spaces or commas, or letters without separators.

    A line of L letters is read as letters where every name is a letter; blank lines are skipped where they are no
    letters. A line is read as names where all its words are.

    Raises
    ------
    BadInput
        With the line's number, when it is none of these, or a token is not from 0 to V-1.
    """
    names, found = {name: token for token, name in enumerate(instance.language.tokens or ())}, []
    letters = bool(names) and all(len(name) == 1 for name in names)
    for n, line in enumerate(text.splitlines(), 1):
        if letters and len(line) == instance.length and set(line) <= set(names):
            found.append([names[letter] for letter in line])
        elif line.strip():
            found.append(_tokens(line, f"line {n}", instance, names, letters))
    if not found:
        raise BadInput("", "found no sequence; one a line is accepted")
    return np.array(found, dtype=np.int64)


def _tokens(line: str, key: str, instance: Instance, names: dict[str, int], letters: bool) -> list[int]:
    for words in (line.split(), line.replace(",", " ").split()):
        if len(words) == instance.length and all(word in names for word in words):
            return [names[word] for word in words]
    accepted = f"{instance.length} tokens from 0 to {instance.vocab - 1}, separated by spaces or commas"
    if letters:
        accepted += f", or {instance.length} letters of the alphabet"
    elif names:
        accepted += f", or {instance.length} of their names"
    if len(words) != instance.length:
        raise BadInput(key, f"found {shown(line)}; {accepted} are accepted")
    for word in words:
        if not (word.isascii() and word.isdigit() and len(word) < 10 and int(word) < instance.vocab):
            raise BadInput(key, f"found {shown(word)}; {accepted} are accepted")
    return [int(word) for word in words]


def sequences_table(instance: Instance, log_p: Sequence[Enclosure], x: NDArray[np.int64], unit: str = "nats") -> Table:
    """``log p`` and ``log q`` of given sequences (n, L), in nats or bits."""
    log_p, log_q = _in_unit(instance, log_p, x, unit)
    rows = tuple((spelt(instance.language, row), p, q) for row, p, q in zip(x, log_p, log_q, strict=True))
    return Table(f"{instance.name}, {unit}", ("sequence", "log p", "log q"), rows)


def _in_unit(
    instance: Instance, log_p: Sequence[Enclosure], x: NDArray[np.int64], unit: str
) -> tuple[list[Enclosure], list[float]]:
    scale = math.log(2) if unit == Unit.bits else 1.0
    return [converted(p, unit) for p in log_p], (instance.language.log_prob(x) / scale).tolist()


def sequences_record(
    instance: Instance, log_p: Sequence[Enclosure], x: NDArray[np.int64], unit: str = "nats"
) -> dict[str, Any]:
    """The JSON of ``law --sequences FILE --json``."""
    log_p, log_q = _in_unit(instance, log_p, x, unit)
    found = [
        {"sequence": row.tolist(), "log_p": as_json(p), "log_q": as_json(q)}
        for row, p, q in zip(x, log_p, log_q, strict=True)
    ]
    sizes = {"vocab": instance.vocab, "length": instance.length, "tokens": _names(instance)}
    return {"instance": instance.name, **sizes, "unit": str(unit), "sequences": found}


def curve_tables(instance: Instance, found: InformationCurve, unit: str = "nats") -> tuple[Table, Table]:
    """The profile, at evenly spaced j where it is long, and the curve."""
    count = len(found.revealed)
    every = range(count) if count <= MOST_ROWS else [round(k * (count - 1) / (MOST_ROWS - 1)) for k in range(MOST_ROWS)]
    profile = tuple((found.revealed[k], found.profile[k]) for k in every)
    note = (f"{len(every)} of {count} values; --json prints all",) if len(every) < count else ()
    curve = tuple(zip(found.at, found.curve, strict=True))
    return (
        Table(f"{instance.name}: information profile, {unit}", ("j", "z(j)"), profile, note),
        Table(f"{instance.name}: information curve, {unit}", ("a", "Z(a)"), curve),
    )


def curve_record(instance: Instance, found: InformationCurve) -> dict[str, Any]:
    """The JSON of ``curve --json``."""
    return {
        "instance": instance.name,
        "profile": _points("j", found.revealed, found.profile),
        "curve": _points("a", found.at, found.curve),
    }


def _points(name: str, at: Iterable[float], values: Iterable[Enclosure]) -> list[dict[str, Any]]:
    return [{name: where, **as_json(value)} for where, value in zip(at, values, strict=True)]
