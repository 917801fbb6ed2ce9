"""HMMER 3 profiles: the core model of a ``.hmm`` file, whose deletes are eliminated.

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

from ..errors import BadInput, BeyondReach
from ..languages.base import Language
from ..languages.kind import FileTable
from ..numbers.limits import require_memory
from ..numbers.probabilities import SMALLEST_NORMAL
from ..spec.table import Count, Length, Number
from .chain import Chain
from .rows import DIGITS, TOLERANCE, Rows, decimal
from .source import Source, about

__all__ = ["from_hmmer"]

ALPHABETS: Mapping[str, str] = MappingProxyType({"amino": "ACDEFGHIKLMNPQRSTVWY", "DNA": "ACGT", "RNA": "ACGU"})
HEADER = ("m->m", "m->i", "m->d", "i->m", "i->i", "d->m", "d->d")
LONGEST_PROFILE = 100_000
BYTES_AN_ARC = 300
LONGEST_EXACT = 24
"""Nodes up to which ways over deletes are kept as rationals: their digits add up."""

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
    """States I_0, then M_k and I_k of each node; a way over deletes is the product of its transitions."""
    M = len(nodes.moves) - 1
    require_memory(BYTES_AN_ARC * M * M, f"the arcs of a profile of {M} nodes, its deletes eliminated")
    moves: list[list[Any]] = nodes.moves if M <= LONGEST_EXACT else [[float(p) for p in row] for row in nodes.moves]
    deleted = _after_deletes(moves)
    transition: list[dict[int, Any]] = []
    end: list[Any] = []
    for k, move in enumerate(moves):
        onward = {2 * k + 1: move[M_M]} if k < M else {ENDED: move[M_M]}
        if move[M_I]:
            onward[2 * k] = move[M_I]
        if move[M_D]:
            onward |= {target: _product(move[M_D], way) for target, way in deleted[k + 1].items()}
        onward = {target: p for target, p in onward.items() if p}
        ended = onward.pop(ENDED, ZERO)
        if k:
            transition.append(onward)
            end.append(ended)
        else:
            initial, empty = onward, ended
        insert = {2 * k: move[I_I]} if move[I_I] else {}
        transition.append(insert | ({2 * k + 1: move[I_M]} if k < M and move[I_M] else {}))
        end.append(move[I_M] if k == M else ZERO)
    emission = [nodes.insert[0]]
    for match, inserted in zip(nodes.match, nodes.insert[1:], strict=True):
        emission += [match, inserted]
    rows = [{token: p for token, p in enumerate(row) if p} for row in emission]
    return Chain(tuple(nodes.alphabet), initial, transition, rows, end, empty)


def _after_deletes(moves: list[list[Any]]) -> list[dict[int, Any]]:
    """For each delete state D_1 .. D_M (D_0 has none) the states that follow, over any number of deletes more."""
    M = len(moves) - 1
    found: list[dict[int, Any]] = [{} for _ in moves]
    for j in range(M, 0, -1):
        out = {2 * j + 1 if j < M else ENDED: moves[j][D_M]} if moves[j][D_M] else {}
        if j < M and moves[j][D_D]:
            out |= {target: _product(moves[j][D_D], way) for target, way in found[j + 1].items()}
        found[j] = out
    return found


def _product(first: Any, second: Any) -> Any:
    """Of two positive probabilities; float64 must not turn it into zero."""
    product = first * second
    if product < SMALLEST_NORMAL:
        raise BeyondReach("the profile is so long that the probability of deleting nodes leaves the range of float64")
    return product


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
        Rows are whole numbers ``round(10^digits p)`` divided by their sum. Of profiles of more than 24 nodes only their
        emissions are kept as rationals.
    tolerance : number
        A row that misses 1 by more is refused.

    Returns
    -------
    HMM
        Its 2 M + 1 states are I_0, M_1, I_1, .., M_M, I_M.

    Raises
    ------
    BadInput
        With the line.
    BeyondReach
        When its arcs do not fit the memory, or a way over many deletes leaves the range of float64.

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
