"""Verdicts on one screen: what is claimed, what is violated, what is open and why, then the tightest bounds."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Collection, Iterable, Sequence

from tabulate import tabulate

from maskbound.theory import Statement

from ..judging import Side, Status, Verdict
from ..numbers.digits import shown
from .verdicts import equalities_left, is_rounding_equality, tally

__all__ = ["EXPLAINED", "explained", "one_screen"]

DIGITS = 4
FEWEST_ROWS = 3
NARROWEST = 12
"""Characters of a title below which it is left out."""
MOST_NAMED = 4

EXPLAINED = {
    Status.HOLDS: "proved here: by intervals, in exact arithmetic or by identities",
    Status.VIOLATED: "refuted on this instance",
    Status.UNDECIDED: "the intervals overlap; it may hold or not",
    Status.UNDEFINED: "a side has no value here, like the log of a negative number",
    Status.NOT_APPLICABLE: "the instance lacks what the statement assumes",
}
"""Each verdict in words."""

OPEN = (Status.UNDECIDED, Status.UNDEFINED)


def one_screen(
    verdicts: Sequence[Verdict], heading: str, claims: Collection[Statement] = (), *, width: int = 120, height: int = 24
) -> list[str]:
    """Lines that sum up a check: at most ``height`` of them, unless claims, violations and reasons need more than that.

    Parameters
    ----------
    verdicts : sequence of Verdict
    heading : str
        What they are about.
    claims : collection of Statement
        What the user claims; of these every verdict is shown, as far as there is room.
    width, height : int
        Of the screen, in characters and lines; titles are cut to fit.
    """
    several = len({verdict.instances for verdict in verdicts}) > 1
    own = [verdict for verdict in verdicts if verdict.statement in claims]
    others = [verdict for verdict in verdicts if verdict.statement not in claims]
    broken = [verdict for verdict in others if verdict.status is Status.VIOLATED]
    reasons = _wrapped(_reasons([v for v in verdicts if v.status in OPEN], claims), width)
    missing = _wrapped([*_lacking(own), *_notes(own)], width)
    closing = _wrapped([tally(verdicts), *explained(verdicts)], width)
    room = height - 3 - len(reasons) - len(missing) - len(closing)
    rows = [*own, *broken]
    kept = rows[: max(FEWEST_ROWS, room - 2)]
    lines = [_cut(heading, width)]
    if kept:
        lines += ["", *_rows(kept, several, width, told=True)]
    if len(kept) < len(rows):
        lines.append(f"and {len(rows) - len(kept)} more: --all")
    if len(kept) == 1 and kept[0].status is Status.VIOLATED:
        lines += kept[0].account().split("\n")[2:]
    if reasons or missing:
        lines += ["", *missing, *reasons]
    left = height - len(lines) - len(closing) - 1
    return [*lines, *_tightest(others, several, width, left), "", *closing]


def _rows(verdicts: Sequence[Verdict], several: bool, width: int, *, told: bool = False) -> list[str]:
    """A line for each verdict, titles as long as there is room for; with ``told``, its verdict too."""
    columns = [
        "statement",
        "lhs",
        "",
        "rhs",
        "ratio",
        *(["verdict"] if told else []),
        *(["instance"] if several else []),
    ]
    cells = []
    for verdict in verdicts:
        ratio = verdict.tightness()
        row = [verdict.statement.id, _side(verdict.lhs), verdict.statement.relation, _side(verdict.rhs)]
        row.append("-" if ratio is None else shown(ratio, DIGITS))
        row += [verdict.status.value] if told else []
        row += [" & ".join(verdict.instances)] if several else []
        cells.append(row)
    aligned = ("left", "right", "left", "right", "right", "left", "left")[: len(columns)]
    text = tabulate(cells, columns, tablefmt="plain", disable_numparse=True, colalign=aligned).split("\n")
    longest = max(map(len, text))
    room = width - longest - 2
    if room < NARROWEST:
        return [_cut(line, width) for line in text]
    titles = ["title", *(_cut(verdict.statement.title, room) for verdict in verdicts)]
    return [f"{line:{longest}}  {title}".rstrip() for line, title in zip(text, titles, strict=True)]


def _side(side: Side | None) -> str:
    return "-" if side is None else shown(side.shown(), DIGITS)


def _reasons(verdicts: Iterable[Verdict], claims: Collection[Statement]) -> list[str]:
    """What is open, by cause or by reason: how many, why, and the first ids; of claims, each with its own reason."""
    groups: dict[str, list[Verdict]] = {}
    for verdict in verdicts:
        shared = "" if verdict.statement in claims else verdict.cause
        groups.setdefault(shared or _why(verdict), []).append(verdict)
    lines = []
    for why, found in sorted(groups.items(), key=lambda group: -len(group[1])):
        lines.append(f"{len(found)} {found[0].status.value}: {why}")
        lines.append(f"  {_named(found)}")
        if why == found[0].cause:
            lines.append(f"  such as: {_why(found[0])}")
            continue
        if len({verdict.instances for verdict in found}) > 1 and (left := equalities_left(found)):
            lines += [f"  {line}" for line in left]
            continue
        exactly = next((verdict.exactly for verdict in found if verdict.exactly), "")
        lines += [f"  exact arithmetic leaves this open: {exactly}"] if exactly else []
    return lines


def _why(verdict: Verdict) -> str:
    if is_rounding_equality(verdict):
        return "the sides are equal, or differ by less than rounding"
    return verdict.reason.partition("; equality: ")[0]


def _named(found: Sequence[Verdict]) -> str:
    ids = list(dict.fromkeys(verdict.statement.id for verdict in found))
    rest = f" and {len(ids) - MOST_NAMED} more" if len(ids) > MOST_NAMED else ""
    return ", ".join(ids[:MOST_NAMED]) + rest


def _lacking(claims: Sequence[Verdict]) -> list[str]:
    """Why claims do not apply."""
    return [
        f"{verdict.statement.id} does not apply to {' & '.join(verdict.instances)}: {verdict.reason}"
        for verdict in claims
        if verdict.status is Status.NOT_APPLICABLE
    ]


def _notes(claims: Sequence[Verdict]) -> list[str]:
    return list(dict.fromkeys(f"{verdict.statement.id}: {note}" for verdict in claims for note in verdict.notes))


def _tightest(verdicts: Sequence[Verdict], several: bool, width: int, room: int) -> list[str]:
    """The inequalities that hold with the least to spare, one line a statement; those that are attained are counted."""
    best: dict[str, tuple[float, Verdict]] = {}
    attained: set[str] = set()
    for verdict in verdicts:
        ratio = verdict.tightness()
        if verdict.status is not Status.HOLDS or verdict.statement.relation == "==" or ratio is None:
            continue
        name = verdict.statement.id
        if ratio.lo == ratio.hi == 1:
            attained.add(name)
        elif name not in best or ratio.lo > best[name][0]:
            best[name] = ratio.lo, verdict
    ranked = sorted(
        (pair for name, pair in best.items() if name not in attained), key=lambda pair: pair[0], reverse=True
    )
    lines = [""] if attained or ranked else []
    if attained:
        rest = f" and {len(attained) - MOST_NAMED} more" if len(attained) > MOST_NAMED else ""
        listed = ", ".join(sorted(attained)[:MOST_NAMED])
        lines.append(_cut(f"{len(attained)} bounds are attained: {listed}{rest}", width))
    if not ranked:
        return lines
    shown_rows = ranked[: max(FEWEST_ROWS, room - len(lines) - 2)]
    lines.append(f"the tightest of the {'other ' if attained else ''}{len(ranked)} that hold:")
    return lines + _rows([verdict for _, verdict in shown_rows], several, width)


def explained(verdicts: Iterable[Verdict]) -> list[str]:
    """The verdicts that occur, in words, a line each."""
    met = Counter(verdict.status for verdict in verdicts)
    return [f"  {status.value}: {text}" for status, text in EXPLAINED.items() if met[status]]


def _wrapped(lines: Iterable[str], width: int) -> list[str]:
    """Reasons are read whole."""
    return [
        part for line in lines for part in textwrap.wrap(line, width, subsequent_indent="    ", break_on_hyphens=False)
    ]


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else f"{text[: width - 2].rstrip()} …"
