"""What a page was made from: the languages, policies and sizes that were tried, in full, and the claim file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..instances.explicit import dump
from ..render.table import Table, as_text
from ..report.build import Written
from ..universal.prove import described
from .findings import Findings
from .words import entries, meaning

__all__ = ["meanings", "policies_tried", "tried"]

MOST_POLICIES, LONGEST = 6, 200
"""Policies that are named one by one, and characters of their names."""


def tried(found: Findings) -> Iterator[Written]:
    """The instances, each language and policy once, and the file."""
    if found.claim.cases:
        shown = _instances(found)
        cut = any(as_text(cell).endswith("...") for row in shown.rows for cell in row)
        what = "Languages" if found.statement.about_language else "Languages, policies and denoisers"
        text = [f"{what}, as instance files have them{'; long lists are cut' if cut else ''}.", *meanings(found)]
        yield Written("What was tried", tuple(text), (("instances", shown, ""),))
    yield Written("The claim file", (f"`{found.claim.file}`:",), (), verbatim=found.claim.text.rstrip())


def meanings(found: Findings) -> list[str]:
    """A paragraph that says what the languages are, by their kinds."""
    subjects = [subject for case in found.claim.cases for subject in case.subjects]
    kinds = dict.fromkeys(dump(subject)["language"]["kind"] for subject in subjects)
    said = [f"`{kind}`: {text}" for kind in kinds if (text := meaning(kind))]
    return [" ".join(said)] if said else []


def policies_tried(found: Findings) -> str:
    """The policies that the inequality was tried on or decided under, and the lengths; empty if it has none in it."""
    if found.statement.about_language:
        return ""
    of_cases = [(each.policy, each.length) for case in found.claim.cases for each in case.subjects]
    pairs = [*of_cases, *found.claim.questions]
    names = list(dict.fromkeys(described(policy) for policy, _ in pairs))
    lengths = sorted({length for _, length in pairs})
    listed = "; ".join(names)
    if len(names) > MOST_POLICIES or (len(names) > 1 and len(listed) > LONGEST):
        listed = f"{len(names)} policies, such as {names[0]}"
    return f"{listed}; L = {', '.join(map(str, lengths))}"


def _instances(found: Findings) -> Table:
    """A row for each language, policy and denoiser, with the lengths and numbers of steps."""
    rows: dict[tuple[str, str, str], dict[int, list[int]]] = {}
    names: dict[tuple[str, str, str], list[str]] = {}
    for case in found.claim.cases:
        for subject in case.subjects:
            spec = dump(subject)
            language = _without(spec["language"], "length")
            policy = _without(spec["policy"], "steps")
            full = (entries(language), entries(policy), entries(spec.get("denoiser", {"kind": "exact"})))
            rows.setdefault(full, {}).setdefault(subject.length, []).append(subject.policy.steps)
            if "(" not in subject.name:
                names.setdefault(full, []).append(subject.name)
    alone = found.statement.about_language
    cells = [
        (", ".join(dict.fromkeys(names.get(full, []))), *full, _sizes(sizes, alone)) for full, sizes in rows.items()
    ]
    columns = ("name", "language", "policy", "denoiser", "sizes")
    silent = {"", "exact"}
    telling = [1, *([] if alone else [2, *([3] if {row[3] for row in cells} - silent else [])]), 4]
    telling = [*([0] if {row[0] for row in cells} - silent else []), *telling]
    shown = dict.fromkeys(tuple(row[c] for c in telling) for row in cells)
    counted = all(subject.policy.counted for case in found.claim.cases for subject in case.subjects)
    most = "" if counted else "; of a policy that chooses how many tokens a step reveals, the most that there can be"
    notes = ("L is the length." if alone else f"L is the length, N the number of steps{most}.",)
    return Table("Instances", tuple(columns[c] for c in telling), tuple(shown), notes)


def _without(table: Mapping[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in table.items() if name != key}


def _sizes(sizes: Mapping[int, list[int]], alone: bool) -> str:
    """Lengths that have the same numbers of steps together: ``L = 2, 4; N = 1, 2``; lengths ``alone``."""
    if alone:
        return f"L = {', '.join(map(str, sorted(sizes)))}"
    groups: dict[tuple[int, ...], list[int]] = {}
    for length, steps in sizes.items():
        groups.setdefault(tuple(sorted(set(steps))), []).append(length)
    if len(groups) > 1 and all(len(steps) == 1 for steps in groups):
        return f"(L, N) = {', '.join(f'({length}, {steps[0]})' for length, steps in sorted(sizes.items()))}"
    return "; ".join(
        f"L = {', '.join(map(str, lengths))}; N = {', '.join(map(str, steps))}" for steps, lengths in groups.items()
    )
