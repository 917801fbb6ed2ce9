"""The product of languages, lengths, policies, steps and denoisers, and why members of it are no instances."""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..errors import BadInput, MaskboundError
from ..instances import Instance, parse
from ..languages.kind import LanguageTable
from ..policies import Policy, read_policy
from ..policies.kind import PolicyTable
from ..spec.table import KindTable

__all__ = ["Combinations", "in_short", "spelt"]

Spec = Mapping[str, Any]

LONGEST_FACT = 20
"""Characters of an entry that stands in a name."""

IN_ITS_PLACE = ("sizes", "weights", "alpha", "threshold", "entropy_bound")
"""Keys of a policy that stand in the place of ``steps``."""

ANY_VOCAB = 2
"""Vocabulary with which a policy is read for a verdict about every language; policies do not look at it."""

MOST_REASONS = 2

LISTS = {"language": "languages", "policy": "policies", "denoiser": "denoisers"}
"""The key that lists what an instance has one of."""


@dataclass
class Combinations:
    """What a file's lists are combined to.

    Parameters
    ----------
    languages, policies, denoisers : list of dict
        Tables of instance files.
    lengths, steps : list of int
        For languages and policies that do not say theirs.
    folder : Path
        What paths are relative to.
    names_policy : bool
        Whether a policy is part of an instance's name.
    left_out : list of str
        Why members of the product are no instances, one line for each.
    """

    languages: Sequence[Spec]
    policies: Sequence[Spec]
    denoisers: Sequence[Spec]
    lengths: Sequence[int]
    steps: Sequence[int]
    folder: Path
    names_policy: bool = True
    left_out: list[str] = field(default_factory=list)
    _of_use: set[tuple[str, int]] = field(default_factory=set)
    _reasons: defaultdict[tuple[str, int], dict[str, str]] = field(default_factory=lambda: defaultdict(dict))

    def instances(self) -> list[Instance]:
        """Every language at every length under every policy in every number of steps with every denoiser."""
        made: dict[str, Instance] = {}
        specs = list(self._specs())
        for (spec, entries), name in zip(specs, self._names(specs), strict=True):
            try:
                instance = parse(spec, self.folder, name)
            except MaskboundError as problem:
                part = _part_of(problem)
                reason = f"{in_short(spec['language'], part) if part == 'language' else name}: {problem}"
                self.left_out.append(reason)
                for entry in entries:
                    if part in ("", entry[0]):
                        self._reasons[entry].setdefault(str(problem), reason)
            else:
                self._of_use.update(entries)
                made.setdefault(instance.fingerprint, instance)
        return list(made.values())

    def questions(self) -> list[tuple[Policy, int]]:
        """Every policy at every length in every number of steps, for a verdict about every language."""
        found: dict[tuple[str, int], tuple[Policy, int]] = {}
        for length, (n, given) in itertools.product(self.lengths, enumerate(self.policies)):
            for policy in _with(PolicyTable, given, "steps", self.steps, IN_ITS_PLACE):
                try:
                    read, _ = read_policy(policy, ANY_VOCAB, length, self.folder)
                except MaskboundError as problem:
                    reason = f"length {length}, {in_short(policy, 'policy')}: {problem}"
                    self._reasons["policy", n].setdefault(str(problem), reason)
                    if not self.languages:
                        self.left_out.append(reason)
                else:
                    self._of_use.add(("policy", n))
                    found.setdefault((repr(read), length), (read, length))
        return list(found.values())

    def require_all_of_use(self) -> None:
        """Refuse a language, policy or denoiser that gave nothing.

        Raises
        ------
        BadInput
            With its reasons, or else those of what it was combined with.
        """
        idle = [
            (part, n)
            for part, key in LISTS.items()
            if self.languages or part == "policy"
            for n in range(len(getattr(self, key)))
            if (part, n) not in self._of_use
        ]
        # A policy that fits nothing takes the languages with it; the one at fault has reasons of its own.
        for part, n in sorted(idle, key=lambda entry: not self._reasons[entry]):
            reasons = [*self._reasons[part, n].values()] or [*dict.fromkeys(self.left_out)]
            listed = "; ".join(reasons[:MOST_REASONS]) + ("; .." if len(reasons) > MOST_REASONS else "")
            raise BadInput(f"{LISTS[part]}[{n}]", f"it gives no instance; {listed}")

    def _specs(self) -> Iterator[tuple[dict[str, Spec], list[tuple[str, int]]]]:
        """The specs, with the entries that each is made of."""
        numbered = (enumerate(self.languages), enumerate(self.policies), enumerate(self.denoisers))
        for (i, language), (j, policy), (k, denoiser) in itertools.product(*map(list, numbered)):
            of_length = _with(LanguageTable, language, "length", self.lengths)
            of_steps = _with(PolicyTable, policy, "steps", self.steps, IN_ITS_PLACE)
            for each, way in itertools.product(of_length, of_steps):
                spec = {"language": each, "policy": way, "denoiser": denoiser}
                yield spec, [("language", i), ("policy", j), ("denoiser", k)]

    def _names(self, specs: Sequence[tuple[dict[str, Spec], list[tuple[str, int]]]]) -> Iterator[str]:
        """Kinds with what is short: ``pair(vocab=2, length=4), bernoulli(steps=2)``.

        Of those that are the same in short, with the numbers in which they differ: ``.. [language 2 of the file]``.
        """
        parts = ("language", "policy", "denoiser") if self.names_policy else ("language", "denoiser")
        shorts = [", ".join(in_short(spec[part], part) for part in parts if spec[part]) for spec, _ in specs]
        alike: defaultdict[str, list[list[tuple[str, int]]]] = defaultdict(list)
        for short, (_, entries) in zip(shorts, specs, strict=True):
            alike[short].append(entries)
        for short, (_, entries) in zip(shorts, specs, strict=True):
            own = [f"{part} {n + 1}" for part, n in entries if any((part, n) not in other for other in alike[short])]
            yield f"{short} [{', '.join(own)} of the file]" if own else short


def _with(
    kinds: type[KindTable], given: Spec, key: str, values: Sequence[int], in_its_place: Sequence[str] = ()
) -> list[Spec]:
    """The table with each value of a key, or as it is where its kind has no such key or it says that itself."""
    kind = given.get("kind")
    table = kinds.kinds().get(kind) if isinstance(kind, str) else None
    says_it = table is None or key not in table.model_fields or any(name in given for name in (key, *in_its_place))
    return [given] if says_it or not values else [{**given, key: value} for value in values]


def _part_of(problem: MaskboundError) -> str:
    """The part of an instance that a sentence is about; empty where it is about none."""
    found = re.match(r"(language|policy|denoiser)\b", str(problem))
    return found.group() if found else ""


def in_short(table: Spec, part: str) -> str:
    """The kind of a language, policy or denoiser, with the entries that are short."""
    texts = {key: spelt(value) for key, value in table.items() if key != "kind"}
    facts = [f"{key}={text}" for key, text in texts.items() if len(text) <= LONGEST_FACT]
    return f"{table.get('kind', part)}({', '.join(facts)})"


def spelt(value: Any) -> str:
    """An entry of a table: ``((9/10, 1/10), (1/5, 4/5))``."""
    if isinstance(value, Mapping):
        facts = ", ".join(f"{key} {spelt(entry)}" for key, entry in value.items() if key != "kind")
        return f"({value['kind']}: {facts})" if "kind" in value else f"({facts})"
    return f"({', '.join(map(spelt, value))})" if isinstance(value, list | tuple) else str(value)
