"""HMMER 3 profiles: the core model of a ``.hmm`` file, whose deletes are silent states.

A profile has nodes 1 to M, each with a match state, an insert state and a silent delete state; node 0 has an insert
state only. Every number is ``-ln p`` with five decimals, ``*`` is zero. This is the model that sequences are drawn from
(hmmemit), not the one that hmmsearch scores with: that one ignores the insert emissions and enters and leaves anywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType
from typing import Any, ClassVar, Literal

from ..errors import BadInput
from ..languages.base import Language
from ..languages.kind import FileTable
from ..numbers.limits import require_memory
from ..spec.table import Count, Length, Number
from .chain import BYTES_AN_ARC, Chain
from .rows import DIGITS, TOLERANCE, Rows, decimal
from .source import Source, about

__all__ = ["from_hmmer"]

ALPHABETS: Mapping[str, str] = MappingProxyType({"amino": "ACDEFGHIKLMNPQRSTVWY", "DNA": "ACGT", "RNA": "ACGU"})
HEADER = ("m->m", "m->i", "m->d", "i->m", "i->i", "d->m", "d->d")
LONGEST_PROFILE = 100_000
ENDED = -1
"""The target of an arc that ends the sequence."""
ZERO = Fraction(0)

M_M, M_I, M_D, I_M, I_I, D_M, D_D = range(7)


class _Nodes:
    """The rows of a profile as rationals: emissions of matches and inserts, and the seven transitions of each node."""

    def __init__(self, alphabet: str) -> None:
        self.alphabet = alphabet
        self.match: list[list[Fraction]] = []
        self.insert: list[list[Fraction]] = []
        self.moves: list[list[Fraction]] = []


def _header(source: Source) -> tuple[int, str, int]:
    """M, the alphabet, and the line of the table's head."""
    if not source.lines[0].startswith("HMMER3/"):
        raise source.fault(1, f"found {source.lines[0][:40]!r}; a profile that begins with HMMER3/ is accepted")
    values: dict[str, tuple[str, int]] = {}
    for at in range(2, len(source) + 1):
        fields = source.fields(at)
        if fields and fields[0] == "HMM":
            break
        if fields and fields[0] in ("LENG", "ALPH"):
            values[fields[0]] = fields[1] if len(fields) == 2 else "", at
    else:
        raise source.fault(len(source), "the file ends before its line HMM, as one that was cut off does")
    for name in ("LENG", "ALPH"):
        if name not in values:
            raise source.fault(at, f"found no line {name} before it")
    text, line = values["LENG"]
    if not (text.isascii() and text.isdigit() and 0 < int(text[:9]) <= LONGEST_PROFILE and len(text) < 9):
        raise source.fault(line, f"found LENG {text[:40]}; a whole number from 1 to {LONGEST_PROFILE} is accepted")
    name, line = values["ALPH"]
    if name not in ALPHABETS:
        raise source.fault(line, f"found ALPH {name[:40]}; {', '.join(ALPHABETS)} are accepted")
    symbols = source.fields(at)[1:]
    if symbols != list(ALPHABETS[name]):
        raise source.fault(
            at, f"found {len(symbols)} symbols; those of {name}, {' '.join(ALPHABETS[name])}, are accepted"
        )
    if at + 1 > len(source) or tuple(source.fields(at + 1)) != HEADER:
        raise source.fault(at + 1, f"found no line {' '.join(HEADER)}")
    return int(text), ALPHABETS[name], at


def _read(source: Source, rows: Rows) -> _Nodes:
    M, alphabet, at = _header(source)
    nodes, V = _Nodes(alphabet), len(alphabet)
    at += 2
    if at <= len(source) and source.fields(at)[:1] == ["COMPO"]:
        at += 1
    with rows.precision():
        for k in range(M + 1):
            if k:
                fields = _fields(source, at, f"the match emissions of node {k}")
                if fields[0] != str(k):
                    raise source.fault(at, f"found {fields[0][:40]!r}, where node {k} of {M} belongs")
                nodes.match.append(_law(source, at, fields[1 : V + 1], V, rows, "match emissions"))
                at += 1
            fields = _fields(source, at, f"the insert emissions of node {k}")
            nodes.insert.append(_law(source, at, fields, V, rows, "insert emissions"))
            fields = _fields(source, at + 1, f"the transitions of node {k}")
            if len(fields) != 7:
                raise source.fault(at + 1, f"found {len(fields)} fields, where 7 transitions belong")
            moves = []
            for name, part in (("match", fields[:3]), ("insert", fields[3:5]), ("delete", fields[5:])):
                moves += _law(source, at + 1, part, len(part), rows, f"{name} transitions")
            nodes.moves.append(moves)
            at += 2
    if nodes.moves[M][M_D] or nodes.moves[M][D_D]:
        raise source.fault(at - 1, f"node {M}, the last, goes on to a delete state; * is accepted there")
    _require_end(source, at, M)
    return nodes


def _require_end(source: Source, at: int, M: int) -> None:
    if at > len(source):
        raise source.fault(len(source), "the file ends without //, as one that was cut off does")
    if source.lines[at - 1].strip() != "//":
        raise source.fault(at, f"found more after node {M}, the last by LENG; // is accepted")
    for rest in range(at + 1, len(source) + 1):
        if source.lines[rest - 1].strip():
            raise source.fault(rest, "found more after //; a file of one profile is accepted")


def _fields(source: Source, at: int, what: str) -> list[str]:
    if at > len(source) or not source.fields(at):
        raise source.fault(min(at, len(source)), f"the file ends before {what}, as one that was cut off does")
    if source.fields(at) == ["//"]:
        raise source.fault(at, f"found //, where {what} belong")
    return source.fields(at)


def _law(source: Source, at: int, fields: list[str], size: int, rows: Rows, what: str) -> list[Fraction]:
    if len(fields) != size:
        raise source.fault(at, f"found {len(fields)} numbers, where {size} {what} belong")
    weights = []
    for text in fields:
        value = None if text == "*" else decimal(text)
        if text != "*" and (value is None or value < 0):
            raise source.fault(at, f"found {text[:40]!r}, where -ln p of a probability, or *, belongs")
        weights.append(0 if value is None else rows.power(None, -value, f"line {at}"))
    if not any(weights):
        raise source.fault(at, f"all {what} are zero")
    try:
        return rows.row(weights, f"the row of the {what} in line {at}", _cause)
    except BadInput as problem:
        raise source.fault(at, problem.problem.replace(f" in line {at}", "")) from None


def _cause(total: float) -> str:
    return " (HMMER 2 and tables of log-odds have other units: here every number is -ln p)"


def _chain(nodes: _Nodes) -> Chain:
    """States I_0, then M_k and I_k of each node, then the silent D_k."""
    M = len(nodes.moves) - 1
    require_memory(BYTES_AN_ARC * M * (7 + 2 * len(nodes.alphabet)), f"a profile of {M} nodes")
    emitting: list[tuple[dict[int, Fraction], Fraction]] = []
    deletes: list[tuple[dict[int, Fraction], Fraction]] = []
    initial: dict[int, Fraction] = {}
    empty = ZERO
    for k, move in enumerate(nodes.moves):
        match, insert, delete = 2 * k + 1 if k < M else ENDED, 2 * k, 2 * M + 1 + k
        matched = _onward({match: move[M_M], insert: move[M_I], delete: move[M_D]})
        if k:
            emitting.append(matched)
            deletes.append(_onward({match: move[D_M], delete: move[D_D]}))
        else:
            initial, empty = matched
        emitting.append(_onward({match: move[I_M], insert: move[I_I]}))
    transition, end = zip(*emitting, *deletes, strict=True)
    emission = [nodes.insert[0]]
    for matched_row, inserted in zip(nodes.match, nodes.insert[1:], strict=True):
        emission += [matched_row, inserted]
    rows = [{token: p for token, p in enumerate(row) if p} for row in emission]
    return Chain(tuple(nodes.alphabet), initial, transition, rows, end, empty)


def _onward(row: dict[int, Fraction]) -> tuple[dict[int, Fraction], Fraction]:
    """The arcs that are possible, and the end."""
    arcs = {target: p for target, p in row.items() if p}
    return arcs, arcs.pop(ENDED, ZERO)


def from_hmmer(
    path: str | Path,
    length: int,
    end: Literal["exact", "free"] = "exact",
    digits: int = DIGITS,
    tolerance: Any = TOLERANCE,
) -> Language:
    """The core model of a HMMER 3 profile, given the length (definitions.md#model-files).

    Parameters
    ----------
    path : str or Path
        A ``.hmm`` file of one profile.
    length : int
        L, the number of residues.
    end : {"exact", "free"}
        The law given that the sequence has L residues; or that of L tokens of which ``</s>`` fills those after the end.
    digits : int
        Rows are whole numbers ``round(10^digits p)`` divided by their sum.
    tolerance : number
        A row that misses 1 by more is refused.

    Returns
    -------
    HMM
        Its 2 M + 1 states are I_0, M_1, I_1, .., M_M, I_M, and the silent ones D_1, .., D_M.

    Raises
    ------
    BadInput
        With the line.
    BeyondReach
        When its arcs do not fit the memory.

    Warns
    -----
    RowsRescaled
        With the largest miss of a row, as every file has one.
    """
    source, rows = Source(path), Rows(digits, tolerance)
    with about(path):
        chain = _chain(_read(source, rows))
        rows.report(path)
        return chain.ending(end).language(length)


class HmmerTable(FileTable):
    kind: Literal["hmmer"]
    length: Length
    end: Literal["exact", "free"] = "exact"
    digits: Count = DIGITS
    tolerance: Number = TOLERANCE
    suffixes: ClassVar[tuple[str, ...]] = (".hmm",)
    makes: ClassVar[Callable[..., Language]] = from_hmmer
