"""What a page was made from: the languages, policies and sizes that were tried, in full, and the claim file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..instances.explicit import dump
from ..render.table import Table
from ..report.build import Written
from ..universal.prove import described
from .findings import Findings
from .words import entries

__all__ = ["policies_tried", "tried"]

MOST_POLICIES = 6
"""Policies that are named one by one."""


def tried(found: Findings) -> Iterator[Written]:
    """The instances, each language and policy once, and the file."""
    if found.claim.cases:
        what = "Languages" if found.statement.about_language else "Languages, policies and denoisers"
        text = (f"{what} in full; probabilities are exact.",)
        yield Written("What was tried", text, (("instances", _instances(found), ""),))
    text = (f"`{found.claim.file}`:",)
    yield Written("The claim file", text, (), verbatim=found.claim.text.rstrip())


def policies_tried(found: Findings) -> str:
    """The policies that the inequality was tried on or decided under, and the lengths; empty if it has none in it."""
    if found.statement.about_language:
        return ""
    of_cases = [(each.policy, each.length) for case in found.claim.cases for each in case.subjects]
    pairs = [*of_cases, *found.claim.questions]
    names = list(dict.fromkeys(described(policy) for policy, _ in pairs))
    lengths = sorted({length for _, length in pairs})
    many = f"{len(names)} policies, such as {names[0]}"
    return f"{'; '.join(names) if len(names) <= MOST_POLICIES else many}; L = {', '.join(map(str, lengths))}"


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
    notes = ("L is the length." if alone else "L is the length, N the number of steps.",)
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
