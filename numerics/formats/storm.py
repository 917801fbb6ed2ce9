"""Markov chains of the model checker Storm: ``.drn`` files, and ``.tra`` with the labels of a ``.lab``.

Nothing is emitted there: a token is the set of labels that a state has. A sequence is the first L states of a path.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

from pydantic import PlainValidator

from ..errors import BadInput, shown
from ..languages.base import Language
from ..languages.kind import FileTable
from ..numbers.limits import require_memory
from ..numbers.probabilities import whole
from ..spec.table import ABSENT, Count, Length, Number, Text
from .chain import Chain
from .rows import DIGITS, TOLERANCE, Rows, decimal
from .source import Source, about

__all__ = ["from_storm"]

OF_THE_TOOL = ("init", "deadlock")
"""Labels that say nothing of what a state means: no part of a token unless they are asked for."""

BYTES_A_STATE = 1000
FRACTION = re.compile(r"(\d{1,100})/(\d{1,100})", re.ASCII)
STATE = re.compile(r"state\s+(\d{1,9})(.*)", re.ASCII)
ARC = re.compile(r"(\d{1,9})\s*:\s*(\S+)", re.ASCII)
LABEL = re.compile(r'"([^"]*)"|(\S+)')


class _Model:
    """States with their arcs and labels, as they are read."""

    def __init__(self, source: Source, states: int) -> None:
        require_memory(BYTES_A_STATE * (states + len(source)), f"the chain in {source.path}")
        self.source, self.states = source, states
        self.arcs: list[dict[int, Fraction]] = [{} for _ in range(states)]
        self.labels: list[set[str]] = [set() for _ in range(states)]
        self.line = [0] * states

    def arc(self, at: int, state: int, target: str, text: str) -> None:
        """Add an arc."""
        where = int(target)
        if where >= self.states:
            raise self.source.fault(at, f"found state {where}; states 0 to {self.states - 1} are accepted")
        if where in self.arcs[state]:
            raise self.source.fault(at, f"the arc from {state} to {where} is given again")
        value = _probability(text)
        if value is None:
            raise self.source.fault(at, f"found {text[:40]!r}, where a probability from 0 to 1 belongs")
        if value:
            self.arcs[state][where] = value


def _probability(text: str) -> Fraction | None:
    parts = FRACTION.fullmatch(text)
    if parts and not int(parts[2]):
        return None
    value = Fraction(int(parts[1]), int(parts[2])) if parts else decimal(text)
    return value if value is not None and 0 <= value <= 1 + TOLERANCE else None


def _drn_header(source: Source) -> tuple[int, int]:
    """The number of states, and the line @model."""
    kind, count, line, at = "", "", 1, 1
    while at <= len(source) and source.lines[at - 1].strip() != "@model":
        text = source.lines[at - 1].strip()
        following = source.lines[at].strip() if at < len(source) else ""
        if text.startswith("@type:"):
            kind = text.removeprefix("@type:").strip()
            if kind.upper() != "DTMC":
                raise source.fault(at, f"found a model of type {kind[:40]!r}; a DTMC is accepted")
        elif text == "@parameters" and following and not following.startswith("@"):
            raise source.fault(at + 1, f"found the parameters {following[:40]!r}; a model without any is accepted")
        elif text == "@nr_states":
            count, line = following, min(at + 1, len(source))
        at += 1
    if at > len(source):
        raise source.fault(len(source), "the file ends before @model, as one that was cut off does")
    if not kind:
        raise source.fault(at, "found no line @type: DTMC before it")
    if not (count.isascii() and count.isdigit() and 0 < len(count) < 9 and int(count)):
        raise source.fault(line, f"found {count[:40]!r}, where the number of states belongs")
    return int(count), at


def _read_drn(source: Source) -> _Model:
    """The explicit format of Storm with everything in one file."""
    states, header = _drn_header(source)
    model, state, choices = _Model(source, states), -1, 0
    for at in range(header + 1, len(source) + 1):
        line = source.lines[at - 1].strip()
        if not line or line.startswith("//"):
            continue
        if found := STATE.fullmatch(line):
            state, choices = state + 1, 0
            if int(found[1]) != state or state >= model.states:
                raise source.fault(at, f"found state {found[1]}, where state {state} of {model.states} belongs")
            model.line[state] = at
            rest = re.sub(r"\[[^\]]*\]|\{[^}]*\}", " ", found[2])
            model.labels[state] = {quoted or plain for quoted, plain in LABEL.findall(rest)}
        elif line.startswith("action") and state >= 0:
            choices += 1
            if choices > 1:
                raise source.fault(at, f"found a second action of state {state}; a chain has one")
        elif (found := ARC.fullmatch(line)) and state >= 0:
            model.arc(at, state, found[1], found[2])
        else:
            raise source.fault(at, f"found {line[:40]!r}; a state, an action or an arc is accepted")
    if state + 1 < model.states:
        raise source.fault(len(source), f"the file ends after {state + 1} of {model.states} states")
    return model


def _read_tra(source: Source, labels: Source) -> _Model:
    """The explicit format in two files."""
    if source.lines[0].strip() != "dtmc":
        raise source.fault(1, f"found {source.lines[0][:40]!r}; the header dtmc of Storm is accepted")
    arcs: list[tuple[int, list[str]]] = []
    most = -1
    for at in range(2, len(source) + 1):
        fields = source.fields(at)
        if not fields:
            continue
        if len(fields) != 3 or not all(re.fullmatch(r"\d{1,9}", text, re.ASCII) for text in fields[:2]):
            raise source.fault(at, f"found {source.lines[at - 1][:40]!r}; two states and a probability are accepted")
        arcs.append((at, fields))
        most = max(most, int(fields[0]), int(fields[1]))
    if not arcs:
        raise source.fault(1, "the file holds no arc")
    model = _Model(source, most + 1)
    for at, (state, target, text) in arcs:
        model.arc(at, int(state), target, text)
        model.line[int(state)] = at
    _read_lab(labels, model)
    return model


def _read_lab(source: Source, model: _Model) -> None:
    if source.lines[0].strip() != "#DECLARATION":
        raise source.fault(1, f"found {source.lines[0][:40]!r}; #DECLARATION is accepted")
    declared: set[str] = set()
    last = 2
    while last <= len(source) and source.lines[last - 1].strip() != "#END":
        declared.update(source.fields(last))
        last += 1
    if last > len(source):
        raise source.fault(len(source), "the file ends before #END")
    for at in range(last + 1, len(source) + 1):
        fields = source.fields(at)
        if not fields:
            continue
        if not re.fullmatch(r"\d{1,9}", fields[0], re.ASCII) or int(fields[0]) >= model.states:
            raise source.fault(at, f"found state {fields[0][:40]}; states 0 to {model.states - 1} are accepted")
        for name in fields[1:]:
            if name not in declared:
                raise source.fault(at, f"found the label {name[:40]!r}, which is not declared")
            model.labels[int(fields[0])].add(name)


def _chain(model: _Model, rows: Rows, observed: Sequence[str] | None) -> Chain:
    """The chain of the states that are reached."""
    source = model.source
    first = [state for state, labels in enumerate(model.labels) if "init" in labels]
    if len(first) != 1:
        raise BadInput("path", f"{source.path}: found {len(first)} states with the label init; one is accepted")
    known = set().union(*model.labels)
    for name in observed or ():
        if name not in known:
            raise BadInput("observed", f"found {name!r}, which no state of {source.path} has")
    chosen = known.difference(OF_THE_TOOL) if observed is None else set(observed)
    number, order = {first[0]: 0}, [first[0]]
    for state in order:
        for target in model.arcs[state]:
            if target not in number:
                number[target] = len(order)
                order.append(target)
    transition = []
    for state in order:
        law = _law(model, rows, state)
        transition.append({number[target]: p for target, p in law.items()})
    sets = [frozenset(model.labels[state] & chosen) for state in order]
    tokens = sorted(set(sets), key=lambda labels: (len(labels), sorted(labels)))
    one = Fraction(1)
    emission = [{tokens.index(labels): one} for labels in sets]
    names = tuple("{" + ",".join(sorted(labels)) + "}" for labels in tokens)
    return Chain(names, {0: one}, transition, emission)


def _law(model: _Model, rows: Rows, state: int) -> dict[int, Fraction]:
    """The row of a state: as it is where it sums to exactly 1."""
    arcs = model.arcs[state]
    where = f"the row of state {state} (line {model.line[state]})"
    if not arcs:
        raise BadInput(
            "",
            f"{where} has no arc; Storm gives a deadlock a loop" if model.line[state] else f"state {state} has no row",
        )
    if sum(arcs.values()) == 1:
        return arcs
    weights = [rows.linear(p, where) for p in arcs.values()]
    return dict(zip(arcs, rows.row(weights, where, _cause), strict=True))


def _cause(total: float) -> str:
    return " (Storm does not check that)"


def from_storm(
    path: str | Path,
    length: int,
    labels: str | Path | None = None,
    observed: Sequence[str] | None = None,
    digits: int = DIGITS,
    tolerance: Any = TOLERANCE,
) -> Language:
    """The labels of the first L states of a Markov chain of Storm.

    Parameters
    ----------
    path : str or Path
        A ``.drn`` file, or a ``.tra`` file next to the ``.lab`` file of its labels.
    length : int
        L, the number of states.
    labels : str or Path, optional
        The ``.lab`` file.
    observed : sequence of str, optional
        A token is the set of those labels that a state has. Unless given, all but ``init`` and ``deadlock``.
    digits : int
        A row that does not sum to exactly 1 is made of whole numbers ``round(10^digits p)`` divided by their sum.
    tolerance : number
        A row that misses 1 by more is refused: Storm does not look.

    Raises
    ------
    BadInput
        With the line.
    """
    whole(length, "length", 1)
    suffix = Path(path).suffix
    if suffix not in (".drn", ".tra"):
        raise BadInput("path", f"found the extension {suffix!r}; .drn and .tra are accepted")
    if (suffix == ".tra") != (labels is not None):
        raise BadInput("labels", "the .lab file goes with a .tra file, and with no other")
    source, rows = Source(path), Rows(digits, tolerance)
    with about(path):
        model = _read_drn(source) if labels is None else _read_tra(source, Source(labels, "labels"))
        chain = _chain(model, rows, observed)
        rows.report(path)
        return chain.language(length)


def _read_observed(value: Any) -> list[str]:
    if not isinstance(value, list | tuple) or not all(isinstance(name, str) for name in value):
        raise BadInput("observed", f"found {shown(value)}; a list of labels is accepted")
    return list(value)


class StormTable(FileTable):
    kind: Literal["storm"]
    length: Length
    labels: Text = ABSENT
    observed: Annotated[Any, PlainValidator(_read_observed)] = ABSENT
    digits: Count = DIGITS
    tolerance: Number = TOLERANCE
    suffixes: ClassVar[tuple[str, ...]] = (".tra",)
    makes: ClassVar[Callable[..., Language]] = from_storm
    files: ClassVar[tuple[str, ...]] = ("path", "labels")
