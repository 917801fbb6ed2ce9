"""Candidates: small rational instances, or pairs of them, that a search changes piece by piece.

The pieces are the tables of an instance file (a language, a policy, a denoiser) with numbers as Fractions. Policies
are written as ``bernoulli`` with ``weights``, ``fixed-size`` with ``sizes``, ``fixed-sets`` with ``sets`` or
``adaptive``. A table
denoiser holds its ``conditionals`` as a certificate does: for every partial sequence a list of L entries, None at
revealed positions, else V rationals; its numbers are multiples of a power of 1/2, so that float64 holds them exactly.
"""

from __future__ import annotations

import math
import pathlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np

from ..denoisers import Table
from ..engines.workspace import Request, Workspace
from ..errors import BadInput
from ..instances import Instance, Pair, parse
from ..numbers.lattice import lattice_rows, lattice_size, sequence_rows
from ..policies import PolicyTable, read_policy
from ..spec.draws import Spec

__all__ = [
    "Candidate",
    "Path",
    "law_at",
    "policy_steps",
    "rows",
    "steps_key",
    "spelled_out",
    "whole_weights",
    "with_row",
]

Path = tuple[str | int, ...]

RULE = ("off_support", "off_support_scope")

FEW = Request(samples=2)
"""Tables are exact at these sizes: a sampled method that is asked first shall not take time to be accurate."""


@dataclass(frozen=True, eq=False)
class Candidate:
    """One language with a policy and a denoiser for each subject.

    Parameters
    ----------
    language : dict
    policies, denoisers : tuple of dict
        One each, or two for statements that compare two instances.
    relation : str or None
        How the second instance relates to the first.
    """

    language: Spec
    policies: tuple[Spec, ...]
    denoisers: tuple[Spec, ...]
    relation: str | None = None

    def instances(self, name: str = "candidate") -> tuple[Instance, ...]:
        """Its instances, with a spec in canonical form; built once.

        Raises
        ------
        BadInput
            When a piece is not valid, the pieces do not fit each other, or the relation does not hold.
        BeyondReach
            When it is too large.
        """
        if name not in self._built:
            self._built[name] = self._instances(name)
        return self._built[name]

    @cached_property
    def _built(self) -> dict[str, tuple[Instance, ...]]:
        return {}

    def _instances(self, name: str) -> tuple[Instance, ...]:
        if self.relation is None:
            return (_instance(self.language, self.policies[0], self.denoisers[0], name),)
        one, other = self.denoisers
        first = _instance(self.language, self.policies[0], one, f"{name}-first")
        if one == other:
            second = _with_policy(first, self.policies[1], f"{name}-second")
        else:
            second = _instance(self.language, self.policies[1], other, f"{name}-second")
        Pair(self.relation, first, second)
        return first, second

    def workspaces(self, name: str = "candidate") -> tuple[Workspace, ...]:
        """Its instances, to be measured."""
        return tuple(Workspace(instance, FEW) for instance in self.instances(name))

    def spec(self, name: str = "candidate") -> Spec:
        """The spec of its instance or, for two, of the pair; rationals as strings."""
        specs = [instance.spec for instance in self.instances(name)]
        if len(specs) == 1:
            assert specs[0] is not None
            return specs[0]
        return {"relation": self.relation, "first": specs[0], "second": specs[1]}

    def with_each(
        self, policies: tuple[Spec, ...] | None = None, denoisers: tuple[Spec, ...] | None = None
    ) -> Candidate:
        """The same candidate with other policies or denoisers."""
        return replace(self, policies=policies or self.policies, denoisers=denoisers or self.denoisers)

    @classmethod
    def from_spec(cls, spec: Mapping[str, Any]) -> Candidate:
        """The candidate that :meth:`spec` wrote."""
        subjects = [spec["first"], spec["second"]] if "relation" in spec else [spec]
        return cls(
            subjects[0]["language"],
            tuple(_with_weights(subject["policy"]) for subject in subjects),
            tuple(subject["denoiser"] for subject in subjects),
            spec.get("relation"),
        )


def _instance(language: Spec, policy: Spec, denoiser: Spec, name: str) -> Instance:
    top = {"name": name, "language": language, "policy": _counted(policy)}
    if denoiser.get("kind") != "table":
        return parse({**top, "denoiser": denoiser})
    exact = parse({**top, "denoiser": {key: denoiser[key] for key in RULE if key in denoiser}})
    assert exact.spec is not None
    conditionals = denoiser["conditionals"]
    masks = _masks(exact.vocab, exact.length)
    if [[row is None for row in context] for context in conditionals] != [[not m for m in y] for y in masks]:
        raise BadInput("denoiser.conditionals", f"they are not those of V={exact.vocab}, L={exact.length}")
    blank = [Fraction(0)] * exact.vocab
    rows = np.array([[blank if row is None else [Fraction(c) for c in row] for row in y] for y in conditionals])
    written = [[None if row is None else [str(Fraction(c)) for c in row] for row in y] for y in conditionals]
    rule = {key: value for key, value in exact.spec["denoiser"].items() if key in RULE}
    spec = exact.spec | {"denoiser": {"kind": "table", "conditionals": written} | rule}
    return replace(exact, denoiser=Table(conditionals=rows.astype(np.float64)), spec=spec)


def _with_policy(instance: Instance, policy: Spec, name: str) -> Instance:
    """The same language and denoiser, which need not be read again, under another policy."""
    assert instance.spec is not None
    built, table = read_policy(_counted(policy), instance.vocab, instance.length, pathlib.Path())
    return replace(instance, policy=built, name=name, spec=instance.spec | {"name": name, "policy": table})


def _counted(policy: Spec) -> Spec:
    """Equal weights of Bernoulli steps as their number."""
    if policy["kind"] == "bernoulli" and len(set(policy.get("weights", ()))) == 1:
        return {"kind": "bernoulli", "steps": len(policy["weights"])}
    return policy


def _with_weights(policy: Spec) -> Spec:
    """Uniform Bernoulli steps as weights, and weights as Fractions; other schedules as they are."""
    if policy["kind"] != "bernoulli" or policy.get("schedule", "uniform") != "uniform" or "alpha" in policy:
        return policy
    weights = policy.get("weights") or [Fraction(1, policy["steps"])] * policy["steps"]
    return {"kind": "bernoulli", "weights": [Fraction(w) for w in weights]}


def _masks(vocab: int, length: int) -> list[list[bool]]:
    """Masked positions of each partial sequence."""
    return (lattice_rows(0, lattice_size(vocab, length), vocab, length) == vocab).tolist()


def steps_key(policy: Spec) -> str | None:
    """The key that lists the steps of a policy; None where none does, as with a threshold."""
    key = PolicyTable.kinds()[policy["kind"]].steps_key
    return key if key in policy else None


def policy_steps(policy: Spec) -> int:
    """N of a policy in the form of candidates."""
    key = steps_key(policy)
    return 1 if key is None else len(policy[key])


def spelled_out(language: Spec) -> Spec:
    """Any rational language as a table of its support."""
    found = parse({"language": language, "policy": {"kind": "autoregressive"}}).language
    probabilities = found.exact_table()
    strings = sequence_rows(0, len(probabilities), found.vocab, found.length).tolist()
    support = [[x, c] for x, c in zip(strings, probabilities, strict=True) if c]
    return {"kind": "tabular", "vocab": found.vocab, "length": found.length, "support": support}


def rows(table: Spec) -> list[Path]:
    """Paths in a table that lead to probability laws."""
    found: list[Path] = []
    for key in ("initial", "probabilities", "weights", "support"):
        if key in table:
            found.append((key,))
    for key in ("transition", "emission"):
        found += [(key, i) for i in range(len(table.get(key, ())))]
    if "block" in table:
        found += [("block", *path) for path in rows(table["block"])]
    for y, context in enumerate(table.get("conditionals", ())):
        found += [("conditionals", y, i) for i, row in enumerate(context) if row is not None]
    return found


def with_row(table: Any, path: Path, change: Any) -> Any:
    """A copy of a table in which ``change(law)`` takes the place of the law at ``path``.

    A law is a list of Fractions; sequences of a support that get probability zero are dropped.
    """
    key, rest = path[0], path[1:]
    if key == "support":
        probabilities = change([Fraction(c) for _, c in table[key]])
        kept = [[x, c] for (x, _), c in zip(table[key], probabilities, strict=True) if c]
        return {**table, key: kept}
    inner = with_row(table[key], rest, change) if rest else change([Fraction(c) for c in table[key]])
    if isinstance(table, dict):
        return {**table, key: inner}
    return [inner if i == key else entry for i, entry in enumerate(table)]


def law_at(table: Any, path: Path) -> list[Fraction]:
    """The law at a path of :func:`rows`."""
    for key in path:
        table = table[key]
    return [Fraction(entry[1] if path[-1] == "support" else entry) for entry in table]


def whole_weights(law: list[Fraction]) -> list[int]:
    """The smallest integers proportional to a law."""
    common = math.lcm(*(c.denominator for c in law))
    weights = [int(c * common) for c in law]
    shared = math.gcd(*weights)
    return [w // shared for w in weights]
