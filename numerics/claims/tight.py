"""How tight a claim is: ratios of its sides, which say equality only where the sides are equal, and their figures."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

from ..figures import Figure
from ..instances import Instance
from ..instances.explicit import dump
from ..judging import Verdict
from ..judging.verdict import Side
from ..numbers.enclosure import Enclosure
from ..render.draw import COLOURS
from ..render.figure import Panel, Series
from ..render.table import Table, as_text
from ..report.build import Written
from ..universal import Decided
from ..universal.rays import ALWAYS_ZERO
from .findings import Findings, vanishes

__all__ = ["ratio", "tight", "tightest_table"]

SHOWN = 8
"""Rows of the table of the tightest instances."""

FEWEST_POINTS = 3
"""Instances with a ratio from which on a figure is drawn."""

MOST_LINES, MOST_FIGURES = len(COLOURS), 3
"""Lines of a figure that can be told apart, and figures."""

LONGEST_EXACT = 12
"""Characters of a fraction that is shown."""

NARROW = 1.5
"""Ends of a gap between the sides whose quotient is smaller tell how wide it is."""

LOWER = (">=", ">")

OTHER_ROWS = {Decided.HOLDS: "at most 1 where the claim holds", Decided.FAILS: "above 1 where it fails"}
"""What a verdict for every language says of the ratio, where the sharp constant is not known."""


def tight(found: Findings) -> Written | None:
    """The section; None where no instance has a ratio, and of an equality that has none but 1 or is false."""
    if not found.tightest:
        return None
    equal = all(verdict.order == 0 for _, verdict in found.tightest)
    if found.statement.relation == "==" and (equal or found.refuted):
        return None
    if equal:
        apart = " where they are not both 0" if any(vanishes(verdict) for _, verdict in found.judged) else ""
        text = f"The sides are equal on every one of the {len(found.tightest)} instances{apart}."
        return Written("How tight it is", (text if len(found.tightest) > 1 else _largest(found),), ())
    figures = list(_figures(found))
    parts = [(f"ratios-{n}", figure, figure.caption) for n, figure in enumerate(figures, 1)]
    text = f"{_largest(found)} {_over_all_languages(found)}".strip()
    return Written("How tight it is", (text,), (("tightest", tightest_table(found), ""), *parts))


def tightest_table(found: Findings) -> Table:
    """The largest ratios, with the sides."""
    rows = tuple(
        (case.name, _side(verdict.lhs), _side(verdict.rhs), ratio(verdict)) for case, verdict in found.tightest[:SHOWN]
    )
    how = (
        "the right side over the left one" if found.statement.relation in LOWER else "the left side over the right one"
    )
    bad = "any other ratio than 1 is a violation" if found.statement.relation == "==" else "one above 1 is a violation"
    equal = "equality is said only where exact arithmetic or an identity tells it"
    idle = any(vanishes(verdict) for _, verdict in found.judged)
    left_out = " Instances on which both sides are 0 are left out." if idle else ""
    notes = (f"The ratio is {how}; {bad}; {equal}.{left_out}",)
    return Table("Largest ratios of the sides", ("instance", "left", "right", "ratio"), rows, notes)


def ratio(verdict: Verdict) -> Enclosure | str | None:
    """The ratio of the sides as a cell: never 1 where the sides are not known to be equal."""
    if verdict.order == 0:
        return "1 (equality)"
    found = verdict.tightness()
    if found is None or not re.fullmatch(r"1(\.0*)?", as_text(found)):
        return found
    if verdict.order is None:
        return "1 to within rounding"
    below = (verdict.order < 0) != (verdict.statement.relation in LOWER)
    gap = _gap(verdict)
    if gap is None:
        return "< 1" if below else "> 1"
    return f"1 {'-' if below else '+'} {_short(gap)}"


def _gap(verdict: Verdict) -> float | None:
    """By how much the ratio is off 1, if intervals tell."""
    assert verdict.lhs is not None
    assert verdict.rhs is not None
    left, right = verdict.lhs.interval, verdict.rhs.interval
    if left is None or right is None:
        return None
    low, high = (left, right) if verdict.order == -1 else (right, left)
    least, most = high.a - low.b, high.b - low.a
    divisor = left if verdict.statement.relation in LOWER else right
    if not (least > 0 and most < NARROW * least and divisor.a > 0):
        return None
    return float(((least + most) / 2 / divisor).mid)


def _side(side: Side | None) -> Enclosure | str | None:
    """A side as a cell: below 1, not 1, where it rounds to it."""
    if side is None:
        return None
    cell = side.shown()
    if as_text(cell) != "1" or side.lo == side.hi == 1 or side.interval is None or not side.interval.b < 1:
        return cell
    least, most = 1 - side.interval.b, 1 - side.interval.a
    return f"1 - {_short(float(((least + most) / 2).mid))}" if most < NARROW * least else "< 1"


def _short(number: float) -> str:
    """One digit, ``5e-15``."""
    return re.sub(r"e-0*", "e-", f"{number:.0e}")


def _largest(found: Findings) -> str:
    (case, verdict), *_ = found.tightest
    equal = sum(each.order == 0 for _, each in found.tightest)
    if verdict.order == 0:
        others = f" and on {equal - 1} other instance{'s' if equal > 2 else ''}" if equal > 1 else ""
        return f"On {case.name}{others} the sides are equal."
    cell = ratio(verdict)
    text = f"{verdict.ratio:.6g}" if cell is None else as_text(cell)
    return f"The largest ratio of the sides on what was tried is {text}, on {case.name}."


def _over_all_languages(found: Findings) -> str:
    """What the sharp constants say, without a word on rows that have none but that they have none."""
    asked = [each for each in found.decisions if each.no_constant != ALWAYS_ZERO]
    constants = [each.constant for each in asked if each.constant is not None]
    if not constants or found.statement.relation == "==":
        if found.refuted or found.tightest[0][1].order == 0:
            return ""
        proved = found.statement.note or any(each.verdict is Decided.HOLDS for each in found.everywhere)
        return f"Other instances may have a larger one{', of at most 1' if proved else ''}."
    turned = found.statement.relation in LOWER
    if turned and not min(constants):
        return ""
    largest = 1 / min(constants) if turned else max(constants)
    exact = str(largest)
    number = exact if len(exact) <= LONGEST_EXACT else f"{float(largest):.6g}"
    section = "the section For every language"
    if len(constants) < len(asked):
        rows = f"{len(constants)} of the {len(asked)} rows about one length and policy in {section}"
        known = f"Over all languages the largest ratio is known in {rows}, and is at most {number} there"
        verdicts = {each.verdict for each in asked if each.constant is None}
        said = [words for verdict, words in OTHER_ROWS.items() if verdict in verdicts]
        said += ["not known where it is not decided"] if verdicts - set(OTHER_ROWS) else []
        return f"{known}; in the other rows it is {', '.join(said)}."
    text = f"Over all languages the ratio is at most {number} at the lengths and policies of {section}."
    if found.tightest[0][1].ratio > float(largest) * (1 + 1e-9):
        text += " The instance of the largest ratio has another length, policy or denoiser."
    return text


def _figures(found: Findings) -> Iterator[Figure]:
    """Ratios against the number of steps, a line for each language and kind of policy; a figure has few lines."""
    rows = []
    kinds = {dump(subject)["policy"]["kind"] for case, _ in found.tightest for subject in case.subjects}
    for case, verdict in found.tightest:
        enclosed = verdict.tightness()
        if enclosed is None or len(case.subjects) != 1 or not case.subjects[0].policy.counted:
            return
        (subject,) = case.subjects
        kind = dump(subject)["language"]["kind"]
        rows.append((kind, _line(subject, len(kinds) > 1), subject.length, subject.policy.steps, enclosed))
    if min(len({row[3] for row in rows}), len({as_text(row[4]) for row in rows})) < 2 or len(rows) < FEWEST_POINTS:
        return
    if len({(row[1], row[3]) for row in rows}) < len(rows):
        return
    rows.sort(key=lambda row: (row[2], row[1], row[3]))
    groups = _groups(rows)
    if len(groups) > MOST_FIGURES:
        return
    for group in groups:
        about = f" ({group[0][0]})" if len(groups) > 1 else ""
        yield Figure(
            Table("Ratio of the sides", ("language", "L", "N", "ratio"), tuple(row[1:] for row in group)),
            "N",
            (Panel("ratio of the sides", (Series("ratio"),)),),
            f"Ratio of the sides against the number of steps{about}; 1 is equality, above 1 a violation.",
            x_label="steps N",
            x_scale="log2",
            by="language",
        )


Row = tuple[str, str, int, int, Enclosure]


def _groups(rows: list[Row]) -> list[list[Row]]:
    """All rows together if their lines can be told apart, else by kind of language, and that in turn by length."""
    if len({row[1] for row in rows}) <= MOST_LINES:
        return [rows]
    found = []
    for kind in dict.fromkeys(row[0] for row in rows):
        own = [row for row in rows if row[0] == kind]
        lines = list(dict.fromkeys(row[1] for row in own))
        lines.sort(key=lambda line: line.rpartition(", L = ")[0])
        each = math.ceil(len(lines) / math.ceil(len(lines) / MOST_LINES))
        for start in range(0, len(lines), each):
            some = lines[start : start + each]
            found.append([row for row in own if row[1] in some])
    return found


def _line(subject: Instance, several: bool) -> str:
    spec = dump(subject)
    name = f"{spec['language']['kind']}, V = {subject.vocab}, L = {subject.length}"
    return f"{name}, {spec['policy']['kind']}" if several else name
