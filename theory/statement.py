"""A statement: one inequality between named quantities, with what it assumes, where it comes from, where it is tight.

A statement compares two scalars, ``lhs relation rhs``, sympy expressions over the quantities of one instance, or of
two joined by a named relation. Claims about functions or laws are stated through a scalar *defect* that is itself a
quantity (``area_defect``, ``profile_max_increase``, ``law_distance``). An invalid statement cannot be built.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sympy import Dummy, Eq, Expr, Ge, Gt, Le, Lt, Symbol, solve
from sympy.core.relational import Relational

from .assumptions import ASSUMPTIONS, SUBJECT_RELATIONS, Assumption, Relation
from .notation import parameters, quantities, symbols
from .spelling import spell, to_latex

__all__ = ["RELATIONS", "STATUSES", "Statement"]

RELATIONS: Mapping[str, type[Relational]] = {"<=": Le, "<": Lt, "==": Eq, ">=": Ge, ">": Gt}
"""What may stand between the two sides."""

STATUSES: Mapping[str, str] = {
    "proved here": "our proof note proves it, constants included",
    "identity": "an equality of two quantities that are measured in different ways, proved in the note",
    "published": "proved in a paper that was read",
    "as recalled": "recalled from a paper, not read; a violation counts as one",
    "false on purpose": "false, and refuted by a stored instance",
    "asymptotic": "a limit: charted, not judged",
    "claim": "typed by somebody; nothing is known about it",
}
"""What is known about a statement."""

_RELATION_LATEX = {"<=": r"\le", "<": r"\lt", "==": "=", ">=": r"\ge", ">": r"\gt"}
_ID = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")


@dataclass(frozen=True, eq=False)
class Statement:
    """One inequality about sampling from masked diffusion models.

    Parameters
    ----------
    id : str
        An M-number of the reference, with a suffix where one number holds several (``M6.2-uniform``); statements
        false on purpose start with ``false-``.
    title : str
    lhs, rhs : sympy.Expr
        Over the symbols of `notation` and the free parameters named in ``parameters``.
    relation : {"<=", "<", "==", ">=", ">"}
    assumptions : tuple of Assumption
        Each subject must satisfy all of them.
    status : str
        One of `STATUSES`.
    source : str
        Where it is stated or proved.
    note : str
        File name in ``proofs_notes``; empty for claims only.
    tight : str
        Where equality holds: there, an enclosure of positive width cannot decide a true inequality.
    relation_between : Relation, optional
        The relation that the second subject stands in to the first. Left out, a statement that speaks of two subjects
        must be a claim, and is about any two.
    follows_from : tuple of str
        Ids of statements that together give this one by algebra alone, wherever its assumptions hold.
    parameters : mapping of Symbol to Expr
        Free parameters (such as ``eps``) and the value at which an instance is judged.
    refuted_by : str
        For statements false on purpose: the name of the gallery instance that breaks it.
    counterexample : mapping, optional
        That instance, in the format of instance files; ``{"relation", "first", "second"}`` for two subjects.

    Raises
    ------
    ValueError
        When a field is missing or contradicts another.
    """

    id: str
    title: str
    lhs: Expr
    relation: str
    rhs: Expr
    assumptions: tuple[Assumption, ...]
    status: str
    source: str
    note: str
    tight: str
    relation_between: Relation | None = None
    follows_from: tuple[str, ...] = ()
    parameters: Mapping[Symbol, Expr] = field(default_factory=dict)
    refuted_by: str = ""
    counterexample: Mapping[str, Any] | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.id, str) or not _ID.fullmatch(self.id):
            raise ValueError(f"statement id {self.id!r}: letters, digits, '.', '_' and '-' are accepted")
        for fault in self._faults():
            raise ValueError(f"statement {self.id}: {fault}")

    def _faults(self) -> list[str]:
        faults = []
        if self.relation not in RELATIONS:
            faults.append(f"relation={self.relation!r}; one of {' '.join(RELATIONS)} is accepted")
        if self.status not in STATUSES:
            faults.append(f"status={self.status!r}; one of {', '.join(STATUSES)} is accepted")
        required = ("title", "source") if self.status == "claim" else ("title", "source", "note", "tight")
        faults += [f"the field {name} is empty" for name in required if not getattr(self, name)]
        faults += [f"unknown assumption {a}" for a in self.assumptions if ASSUMPTIONS.get(a.name) != a]
        between = self.relation_between
        if between is not None and SUBJECT_RELATIONS.get(between.name) != between:
            faults.append(f"unknown relation between subjects {between}")
        false = self.status == "false on purpose"
        if false != bool(self.refuted_by) or false != (self.counterexample is not None):
            faults.append("refuted_by and counterexample go with the status 'false on purpose', and only with it")
        for side in (self.lhs, self.rhs):
            if not isinstance(side, Expr):
                faults.append(f"a side is {side!r}; a sympy expression is accepted")
                return faults
        return faults + self._faults_of_symbols()

    def _faults_of_symbols(self) -> list[str]:
        known = set(symbols.values())
        free = self.lhs.free_symbols | self.rhs.free_symbols
        faults = [f"unknown symbol {s}" for s in sorted(free - known - set(self.parameters), key=str)]
        faults += [f"parameter {s} is not used" for s in self.parameters if s not in free]
        used = set().union(*(value.free_symbols for value in self.parameters.values())) - known
        faults += [f"the value of a parameter uses the unknown symbol {s}" for s in sorted(used, key=str)]
        if not any(name in quantities for name in (s.name.removesuffix("@2") for s in free)):
            faults.append("it compares no quantity")
        if self.relation_between is not None and not self._names_second:
            faults.append("it has a relation between two subjects and no quantity of the second")
        if self.relation_between is None and self._names_second and self.status != "claim":
            faults.append("it speaks of two subjects and names no relation between them")
        return faults

    @property
    def _names_second(self) -> bool:
        left, right = self.sides
        names = {s.name for s in left.free_symbols | right.free_symbols}
        return any(name.endswith("@2") or (name in quantities and quantities[name].of_pair) for name in names)

    @property
    def subjects(self) -> int:
        """How many instances it speaks of: 1, or 2."""
        return 2 if self._names_second else 1

    @property
    def sides(self) -> tuple[Expr, Expr]:
        """``(lhs, rhs)`` with free parameters at the value at which an instance is judged."""
        return self.lhs.subs(self.parameters), self.rhs.subs(self.parameters)

    @property
    def quantities(self) -> frozenset[str]:
        """Names of the quantities that must be measured (``kl@2``: the second subject's)."""
        return self._named(quantities)

    @property
    def given(self) -> frozenset[str]:
        """Names of the parameters V, L, N (``N@2``: the second subject's) that it uses."""
        return self._named(parameters)

    def _named(self, known: Mapping[str, Any]) -> frozenset[str]:
        left, right = self.sides
        return frozenset(s.name for s in left.free_symbols | right.free_symbols if s.name.removesuffix("@2") in known)

    @property
    def expression(self) -> Relational:
        """``lhs relation rhs`` as an unevaluated sympy relation."""
        return RELATIONS[self.relation](self.lhs, self.rhs, evaluate=False)

    def with_parameters(self, **values: Expr) -> tuple[Expr, Expr]:
        """Both sides at chosen values of free parameters; those not named keep the default.

        Raises
        ------
        ValueError
            For a name that is not a free parameter of this statement.
        """
        free = {s.name: s for s in self.parameters}
        for name in values:
            if name not in free:
                raise ValueError(f"statement {self.id} has no free parameter {name!r}; it has {sorted(free) or 'none'}")
        chosen = dict(self.parameters) | {free[name]: value for name, value in values.items()}
        return self.lhs.subs(chosen), self.rhs.subs(chosen)

    def solve_for(self, symbol: Symbol) -> Expr:
        """The value of ``symbol`` at which the two sides are equal.

        From ``path_kl <= (TC + DTC)/N``, solving for N gives ``(TC + DTC)/path_kl``: with a target in the place of
        ``path_kl``, the number of steps that suffices.

        Raises
        ------
        ValueError
            When the symbol does not occur, or sympy finds no solution or several.
        """
        left, right = self.sides
        difference = left - right
        if symbol not in difference.free_symbols:
            raise ValueError(f"statement {self.id} does not depend on {symbol}")
        unknown = Dummy(symbol.name, positive=True)
        try:
            found = solve(difference.subs(symbol, unknown), unknown)
        except NotImplementedError as problem:
            raise ValueError(f"statement {self.id} has no closed solution for {symbol}") from problem
        if len(found) != 1:
            raise ValueError(f"statement {self.id} has {len(found)} solutions for {symbol}; exactly one is needed")
        return found[0]

    def latex(self) -> str:
        """The inequality in LaTeX, free parameters by name."""
        two = self.subjects == 2
        left, right = to_latex(self.lhs, two_subjects=two), to_latex(self.rhs, two_subjects=two)
        return f"{left} {_RELATION_LATEX[self.relation]} {right}"

    def _repr_latex_(self) -> str:
        return f"${self.latex()}$"

    def __str__(self) -> str:
        """The inequality as a claim, free parameters at their defaults."""
        left, right = self.sides
        return f"{spell(left)} {self.relation} {spell(right)}"

    def __repr__(self) -> str:
        return f"<Statement {self.id}: {self}>"
