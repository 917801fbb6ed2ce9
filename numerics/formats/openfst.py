"""Automata in the text form of OpenFst (AT&T), as fstprint, pynini and Kaldi write them.

A line ``source target label [label] [weight]`` is an arc, ``state [weight]`` a state in which a path may end; the first
line's state is the start. A weight is ``-ln p``; one left out is 1. Arcs labelled 0 or ``<eps>`` are silent.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import ClassVar, Literal

from ..errors import BadInput, RowsRescaled, shown
from ..languages.base import Language
from ..languages.kind import FileTable
from ..numbers.limits import require_memory
from ..spec.table import ABSENT, Count, Length, Text
from .automaton import Automaton
from .chain import Ending
from .rows import DIGITS, Rows, decimal
from .source import Source, about

__all__ = ["from_openfst"]

EPSILON = "<eps>"
DISAMBIGUATION = re.compile(r"#\d+")
BACK_OFF = "#0"
"""On the input side of Kaldi's grammars, with a silent output."""
ZERO = ("Infinity", "inf", "+inf")
"""How a weight is printed that stands for no arc at all."""
BYTES_A_LINE = 1000
SIDES = ("input", "output")


def symbols_of(path: str | Path) -> dict[str, str]:
    """Number to symbol, from a table with a symbol and its number on each line."""
    source = Source(path, "symbols")
    names: dict[str, str] = {}
    numbers: dict[str, str] = {}
    for at in range(1, len(source) + 1):
        fields = source.fields(at)
        if not fields:
            continue
        if len(fields) != 2 or not _is_label(fields[1]):
            raise source.fault(at, f"found {source.lines[at - 1][:40]!r}; a symbol and its number are accepted")
        if fields[1] in names:
            raise source.fault(at, f"the number {fields[1]} is given again; it is that of {names[fields[1]]!r} already")
        if fields[0] in numbers:
            raise source.fault(at, f"the symbol {fields[0][:40]!r} is given a second number")
        names[fields[1]], numbers[fields[0]] = fields[0], fields[1]
    if not names:
        raise BadInput("symbols", f"{path} holds no symbol")
    for name, label in numbers.items():
        if numbers.get(label, label) != label or (name in names and names[name] != name):
            raise BadInput(
                "symbols", f"{path} has a symbol {name!r} that is a number, so that a label has two readings"
            )
    return names


def _is_label(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 20 and (text == "0" or text[0] != "0")


class _Reader:
    """Collects states and arcs line by line."""

    def __init__(self, source: Source, rows: Rows, symbols: dict[str, str] | None, side: str | None) -> None:
        self.source, self.rows, self.symbols = source, rows, symbols
        self.numbers = {} if symbols is None else {name: int(label) for label, name in symbols.items()}
        self.column = None if side is None else SIDES.index(side)
        self.states: dict[str, int] = {}
        self.tokens: dict[str, int] = {}
        self.arcs: list[dict[tuple[int, int], Fraction]] = []
        self.silent: list[dict[int, Fraction]] = []
        self.end: dict[int, Fraction] = {}
        self.two_columns = side is not None or any(len(source.fields(n)) == 5 for n in range(1, len(source) + 1))

    def read(self) -> Automaton:
        require_memory(BYTES_A_LINE * len(self.source), f"the arcs in {self.source.path}")
        with self.rows.precision():
            for at in range(1, len(self.source) + 1):
                fields = self.source.fields(at)
                if fields:
                    self._line(at, fields)
        if not self.states:
            raise self.source.fault(1, "the file holds no arc")
        if not self.end:
            raise self.source.fault(len(self.source), "no state is marked as one in which a path may end")
        self.numeric = all(map(_is_label, self.tokens))
        order = sorted(self.tokens, key=self._position)
        renumbered = {self.tokens[name]: n for n, name in enumerate(order)}
        arcs = [{(renumbered[t], target): w for (t, target), w in row.items()} for row in self.arcs]
        end = [self.end.get(state, Fraction(0)) for state in range(len(self.states))]
        return Automaton(list(self.states), tuple(order), 0, arcs, end, self.silent)

    def _position(self, name: str) -> tuple[int, int]:
        """Tokens are in the order of the symbol table, or of their numbers, or in that of their first arcs."""
        if self.symbols is not None:
            return self.numbers[name], 0
        return (int(name), 0) if self.numeric else (0, self.tokens[name])

    def _line(self, at: int, fields: list[str]) -> None:
        if len(fields) <= 2:
            state = self._state(at, fields[0])
            if state in self.end:
                raise self.source.fault(at, f"state {fields[0]} is said to end a second time")
            self.end[state] = self._weight(at, fields[1:])
            return
        labels = 2 if self.two_columns else 1
        if not 2 + labels <= len(fields) <= 3 + labels:
            hint = "" if labels > 1 else ' (project = "input" or "output" reads two columns of labels)'
            raise self.source.fault(
                at, f"found {len(fields)} fields; an arc has two states, {labels} label and at most a weight{hint}"
            )
        source, target = self._state(at, fields[0]), self._state(at, fields[1])
        label = self._label(at, fields[2 : 2 + labels])
        weight = self._weight(at, fields[2 + labels :])
        if not weight:
            return
        if label is None:
            self.silent[source][target] = self.silent[source].get(target, Fraction(0)) + weight
        else:
            token = self.tokens.setdefault(label, len(self.tokens))
            self.arcs[source][token, target] = self.arcs[source].get((token, target), Fraction(0)) + weight

    def _state(self, at: int, text: str) -> int:
        if not _is_label(text):
            raise self.source.fault(at, f"found {text[:40]!r}, where the number of a state belongs")
        if text not in self.states:
            self.states[text] = len(self.states)
            self.arcs.append({})
            self.silent.append({})
        return self.states[text]

    def _label(self, at: int, labels: list[str]) -> str | None:
        """The token's name, or None for a silent arc."""
        if self.column is None and len(set(labels)) > 1:
            raise self.source.fault(
                at,
                f"found the labels {labels[0][:40]!r} and {labels[1][:40]!r} of a transducer;"
                ' project = "input" or "output" says which are the tokens',
            )
        label = labels[self.column or 0]
        name = label if self.symbols is None else self.symbols.get(label, label)
        if self.symbols is not None and name not in self.numbers:
            raise self.source.fault(at, f"found the label {label[:40]!r}, which is not in the symbol table")
        spelt = [name, *(text if self.symbols is None else self.symbols.get(text, text) for text in labels)]
        if BACK_OFF in spelt or DISAMBIGUATION.fullmatch(name):
            raise self.source.fault(
                at,
                f"found the label {BACK_OFF if BACK_OFF in spelt else name}, by which a grammar of Kaldi backs off"
                " although the n-gram is listed, so that its sums over paths are not the language model's; import its"
                " ARPA file",
            )
        return None if label == "0" or name == EPSILON else name

    def _weight(self, at: int, fields: list[str]) -> Fraction:
        if not fields:
            return Fraction(1)
        if fields[0] in ZERO:
            return Fraction(0)
        value = decimal(fields[0])
        if value is None:
            raise self.source.fault(at, f"found {fields[0][:40]!r}, where a weight -ln p belongs")
        return Fraction(self.rows.power(None, -value, f"line {at}"), self.rows.unit)


def _normalised(found: Automaton, rows: Rows) -> bool:
    """Divide each row by its sum if all are probabilities to within the tolerance; otherwise leave them and say no."""
    totals = [
        sum(arcs.values()) + sum(silent.values()) + end
        for arcs, silent, end in zip(found.arcs, found.silent, found.end, strict=True)
    ]
    if any(total and abs(total - 1) > rows.tolerance for total in totals):
        return False
    for state, total in enumerate(totals):
        if total:
            rows.judge(float(total), f"the row of state {found.names[state]}")
            found.arcs[state] = {arc: weight / total for arc, weight in found.arcs[state].items()}
            found.silent[state] = {target: weight / total for target, weight in found.silent[state].items()}
            found.end[state] /= total
    return True


def from_openfst(
    path: str | Path,
    length: int,
    semiring: Literal["log"],
    symbols: str | Path | None = None,
    project: Literal["input", "output"] | None = None,
    end: Ending = "exact",
    digits: int = DIGITS,
) -> Language:
    """The language of a weighted automaton in the text form of OpenFst: sums over its paths, given the length.

    Parameters
    ----------
    path : str or Path
    length : int
        L, the number of tokens.
    semiring : {"log"}
        That a sequence weighs the sum over its paths; the file does not say so, and tools take the best path.
    symbols : str or Path, optional
        The symbol table, whose numbers order the tokens.
    project : {"input", "output"}, optional
        Which labels of a transducer are the tokens; where it is given, arcs have two columns of labels.
    end : {"exact", "drop", "free"}
        The law given that a path with L tokens ends; that of rows without their ends; or that of L tokens of which
        ``</s>`` fills those after the end. The latter two are for rows that sum to 1.
    digits : int
        A weight is ``round(10^digits exp(-w)) / 10^digits``.

    Raises
    ------
    BadInput
        With the line; or when silent arcs lead round in a circle of weight 1 or more.
    BeyondReach
        When eliminating the silent arcs needs rationals of more than 39000 digits.

    Warns
    -----
    RowsRescaled
        With the largest miss of a row; or when the rows are no probabilities, so that only the law given the length has
        a meaning.
    """
    if semiring != "log":
        raise BadInput("semiring", f'found {shown(semiring)}; "log", which sums over paths, is accepted')
    if project is not None and project not in SIDES:
        raise BadInput("project", f'found {shown(project)}; "input" or "output" is accepted')
    source, rows = Source(path), Rows(digits)
    names = None if symbols is None else symbols_of(symbols)
    with about(path):
        found = _Reader(source, rows, names, project).read()
        sums_to_1 = _normalised(found, rows)
        found = found.voiced()
        if sums_to_1:
            rows.report(path)
        elif end == "exact":
            warnings.warn(
                f"{path}: its rows are no probabilities; sequences of length={length} are weighed as it says",
                RowsRescaled,
                stacklevel=2,
            )
        else:
            raise BadInput("end", f'{path}: its rows do not sum to 1, so that "exact" alone has a meaning')
        return found.chain().ending(end).language(length)


class OpenFstTable(FileTable):
    kind: Literal["openfst"]
    length: Length
    semiring: Text
    symbols: Text = ABSENT
    project: Text = ABSENT
    end: Ending = "exact"
    digits: Count = DIGITS
    suffixes: ClassVar[tuple[str, ...]] = (".fst", ".att")
    makes: ClassVar[Callable[..., Language]] = from_openfst
    files: ClassVar[tuple[str, ...]] = ("path", "symbols")
