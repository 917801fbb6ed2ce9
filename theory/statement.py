"""A statement: one inequality between named quantities, with what it assumes, where it comes from, where it is tight.

A statement compares two scalars, ``lhs relation rhs``, sympy expressions over the quantities of one instance, or of
two joined by a named relation. Claims about functions or laws are stated through a scalar *defect* that is itself a
quantity (``area_defect``, ``profile_max_increase``, ``law_distance``). An invalid statement cannot be built.

The ledger writes its formulas in the grammar of claims. They are read when somebody computes with them, so that a list
of statements, or a measurement, does not wait for sympy.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any, TypeAlias, overload

from maskbound import theory
from maskbound.theory.assumptions import ASSUMPTIONS, HIDDEN_MARKOV_LANGUAGE, SUBJECT_RELATIONS, Assumption, Relation
from maskbound.theory.bibliography import Citation
from maskbound.theory.notation import parameters, quantities

if TYPE_CHECKING:
    from sympy import Expr, Symbol
    from sympy.core.relational import Relational

    from maskbound.theory.exact_numbers import Number

    Formula: TypeAlias = Expr | str
    Values: TypeAlias = Mapping[Symbol, Expr] | Mapping[str, str] | tuple[()]

__all__ = ["RELATIONS", "STATUSES", "Statement"]

RELATIONS: Mapping[str, str] = {"<=": r"\le", "<": "<", "==": "=", ">=": r"\ge", ">": ">"}
"""The relations that may stand between the two sides, with their LaTeX."""

STATUSES: Mapping[str, str] = {
    "proved here": "our proof note proves it, constants included",
    "identity": "an equality of two quantities that are measured in different ways, proved in the note",
    "false on purpose": "false, and refuted by a stored instance",
    "asymptotic": "a limit: charted, not judged",
    "claim": "typed by somebody; nothing is known about it",
}
"""The degrees of knowledge about a statement."""

FUNCTIONS = ("log", "log2", "exp", "sqrt", "ceil", "min", "max")
"""Functions in the grammar of claims."""

_NAME = re.compile(r"(?<![\w.])[A-Za-z_]\w*(?:@2)?")
_ID = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?(?:/[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)?")


class _Read:
    """How a field is held that may be text: as it was given, and as read."""

    def __set_name__(self, owner: type, name: str) -> None:
        self._name, self._read = name, f"_{name}_read"

    def _found(self, statement: Statement) -> Any:
        held = vars(statement)
        if self._read not in held:
            held[self._read] = theory.grammar.declared(held[self._name])
        return held[self._read]


class _Side(_Read):
    """A side: text, or an expression."""

    @overload
    def __get__(self, statement: None, owner: type) -> Formula: ...
    @overload
    def __get__(self, statement: Statement, owner: type) -> Expr: ...
    def __get__(self, statement: Statement | None, owner: type) -> Expr | str:
        if statement is None:
            raise AttributeError(self._name)  # a dataclass takes it that there is no default
        return self._found(statement)

    def __set__(self, statement: Statement, given: Formula) -> None:
        vars(statement)[self._name] = given


class _Parameters(_Read):
    """Free parameters with their values, both text or neither; none by default."""

    @overload
    def __get__(self, statement: None, owner: type) -> Values: ...
    @overload
    def __get__(self, statement: Statement, owner: type) -> Mapping[Symbol, Expr]: ...
    def __get__(self, statement: Statement | None, owner: type) -> Any:
        return () if statement is None else self._found(statement)

    def __set__(self, statement: Statement, given: Values) -> None:
        vars(statement)[self._name] = dict(given)


@dataclass(frozen=True, eq=False, kw_only=True)
class Statement:
    """One inequality about sampling from masked diffusion models.

    Parameters
    ----------
    id : str
        ``subject/what`` in words of the field (``bernoulli/uniform-rate``); the subject of statements false on purpose
        is ``refuted``. A claim's id may be one word.
    title : str
    lhs, rhs : sympy.Expr
        Over the symbols of `variables` and the free parameters named in ``parameters``. They may be given as text, in
        the grammar of claims, spelled as `spell` does.
    relation : {"<=", "<", "==", ">=", ">"}
    assumptions : tuple of Assumption
        Each subject must satisfy all of them.
    status : str
        One of `STATUSES`.
    source : str
        Where it comes from, or what proves it in a few words; never its own id.
    note : str
        File name in ``proofs_notes``; empty for claims only.
    tight : str
        Where equality holds: there, an enclosure of positive width cannot decide a true inequality.
    relation_between : Relation, optional
        The relation that the second subject stands in to the first. Left out, a statement that speaks of two subjects
        must be a claim, and is about any two.
    published : tuple of Citation
        The theorems of papers that it restates, makes explicit or is to be compared with.
    near : str
        For statements false on purpose: the id of the true statement that it looks like.
    follows_from : tuple of str
        Ids of statements that together give this one by algebra alone, wherever its assumptions hold.
    parameters : mapping of Symbol to Expr
        Free parameters (such as ``eps``) and the value at which an instance is judged; may be given as texts, by name.
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
    lhs: _Side = _Side()
    relation: str
    rhs: _Side = _Side()
    assumptions: tuple[Assumption, ...]
    status: str
    source: str
    note: str
    tight: str
    relation_between: Relation | None = None
    published: tuple[Citation, ...] = ()
    near: str = ""
    follows_from: tuple[str, ...] = ()
    parameters: _Parameters = _Parameters()
    refuted_by: str = ""
    counterexample: Mapping[str, Any] | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.id, str) or not _ID.fullmatch(self.id):
            raise ValueError(f"statement id {self.id!r}: letters, digits, '.', '_', '-' and one '/' are accepted")
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
        if self.status == "identity" and self.relation != "==":
            faults.append(f"an identity with the relation {self.relation}")
        false = self.status == "false on purpose"
        if false != bool(self.refuted_by) or false != (self.counterexample is not None):
            faults.append("refuted_by and counterexample go with the status 'false on purpose', and only with it")
        if false != bool(self.near):
            faults.append("near goes with the status 'false on purpose', and only with it")
        if re.search(rf"(?<![\w/-]){re.escape(self.id)}(?![\w/-])", self.source):
            faults.append("its source is itself")
        for side in (vars(self)["lhs"], vars(self)["rhs"]):
            if not isinstance(side, str) and not theory.algebra.is_expression(side):
                faults.append(f"a side is {side!r}; a sympy expression is accepted")
                return faults
        return faults + self._faults_of_symbols()

    def _faults_of_symbols(self) -> list[str]:
        free, values = self._free(), vars(self)["parameters"]
        faults = [f"unknown symbol {s}" for s in sorted(free, key=str) if not free[s] and s not in values]
        faults += [f"parameter {s} is not used" for s in values if s not in free]
        used = {s: known for value in values.values() for s, known in _symbols(value).items()}
        faults += [
            f"the value of a parameter uses the unknown symbol {s}" for s in sorted(used, key=str) if not used[s]
        ]
        names = {_name(s).removesuffix("@2") for s in free}
        if not any(name in quantities for name in names):
            faults.append("it compares no quantity")
        if "K" in names and HIDDEN_MARKOV_LANGUAGE not in self.assumptions:
            faults.append("it speaks of K, and does not assume HiddenMarkovLanguage")
        if self.relation_between is not None and not self._names_second:
            faults.append("it has a relation between two subjects and no quantity of the second")
        if self.relation_between is None and self.status != "claim" and self._names_second:
            faults.append("it speaks of two subjects and names no relation between them")
        return faults

    def _free(self, *fields: str) -> dict[Symbol | str, bool]:
        """What stands on the sides, symbols or names, and whether the vocabulary has it."""
        return {s: known for name in fields or ("lhs", "rhs") for s, known in _symbols(vars(self)[name]).items()}

    def names(self, *fields: str) -> frozenset[str]:
        """Names of the symbols on the sides, or on the named ones, with free parameters at their values."""
        values = vars(self)["parameters"]
        inner = {s: _symbols(values[s]) if s in values else (s,) for s in self._free(*fields)}
        return frozenset(_name(s) for each in inner.values() for s in each)

    @property
    def measured(self) -> str:
        """The quantity on the left side, of a statement that has one there and nothing else.

        Raises
        ------
        ValueError
            When there are several.
        """
        (name,) = self.names("lhs")
        return name

    @property
    def _names_second(self) -> bool:
        return any(name.endswith("@2") or (name in quantities and quantities[name].of_pair) for name in self.names())

    @property
    def subject(self) -> str:
        """The first part of the id."""
        return self.id.partition("/")[0]

    @property
    def file_name(self) -> str:
        """The id as a part of names of files and instances: without the stroke."""
        return self.id.replace("/", "-")

    @property
    def subjects(self) -> int:
        """Number of instances that it speaks of: 1, or 2."""
        return 2 if self._names_second else 1

    @property
    def sides(self) -> tuple[Expr, Expr]:
        """``(lhs, rhs)`` with free parameters at the value at which an instance is judged."""
        sides, values = (self.lhs, self.rhs), self.parameters
        return (sides[0].subs(values), sides[1].subs(values)) if values else sides

    @property
    def quantities(self) -> frozenset[str]:
        """Names of the quantities that must be measured (``kl@2``: the second subject's)."""
        return self._named(quantities)

    @property
    def given(self) -> frozenset[str]:
        """Names of the parameters V, L, N, K (``N@2``: the second subject's) that it uses."""
        return self._named(parameters)

    def _named(self, known: Mapping[str, Any]) -> frozenset[str]:
        return frozenset(name for name in self.names() if name.removesuffix("@2") in known)

    @property
    def about_language(self) -> bool:
        """Whether it speaks of one language alone, so that it is the same under every policy and denoiser."""
        return (
            self.subjects == 1
            and not self.given & {"N"}
            and all(quantities[name].of_language for name in self.quantities)
        )

    @property
    def is_information(self) -> bool:
        """Whether its sides are amounts of information, in nats; the others are probabilities, counts or roots."""
        return theory.algebra.is_information(*self.sides)

    @property
    def mixes_units(self) -> bool:
        """Whether it is about nats only: a term multiplies amounts of information, and another does not."""
        return theory.algebra.mixes_units(*self.sides)

    @property
    def expression(self) -> Relational:
        """``lhs relation rhs`` as an unevaluated sympy relation."""
        return theory.algebra.related(self.lhs, self.relation, self.rhs)

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
        try:
            return theory.algebra.solution(difference, symbol)
        except ValueError as problem:
            raise ValueError(f"statement {self.id} has {problem}") from problem

    def substitute(self, values: Mapping[str | Symbol, Number] | None = None, **named: Number) -> Relational:
        """The inequality with values in the place of quantities and parameters, by symbol or by name.

        Raises
        ------
        ValueError
            For a name that the statement does not use.

        Examples
        --------
        >>> from maskbound.theory import statements
        >>> statements["bernoulli/vocabulary-rate"].substitute(V=2, L=8)
        path_kl <= 8*log(2)/N
        """
        chosen = self._values(values, named)
        left, right = (theory.algebra.replaced(side, chosen) for side in self.sides)
        return theory.algebra.related(left, self.relation, right)

    def simplify(self) -> Relational:
        """The inequality with both sides in sympy's simplest form, which is the same where both have values.

        >>> from maskbound.theory import claim
        >>> claim("kl <= log(exp(path_kl) * exp(path_kl)) / 2").simplify()
        kl <= path_kl
        """
        left, right = map(theory.algebra.simplify, self.sides)
        return theory.algebra.related(left, self.relation, right)

    def smallest_steps(
        self, target: Number, values: Mapping[str | Symbol, Number] | None = None, **named: Number
    ) -> int:
        """The smallest whole number N at which the right side is at most ``target``.

        Under an upper bound that many steps are enough for the left side to be at most ``target``; under a lower bound
        fewer cannot be.

        Parameters
        ----------
        target : number
            Exact; a float is the decimal that it is printed as.
        values : mapping, optional
            Of everything else on the right side, by symbol or name; names may also be keywords. Values may depend on
            N, as ``max_step_weight=1/N``.

        Raises
        ------
        ValueError
            When the right side does not depend on N, something in it has no value, its form does not prove it monotone
            in N, or no N is enough.

        Examples
        --------
        >>> from maskbound.theory import statements
        >>> statements["bernoulli/vocabulary-rate"].smallest_steps(target=0.5, V=27, L=64)
        422
        >>> statements["pair/linear-steps"].smallest_steps(target=0.5, V=16, L=64, eps_learning="1/128")
        43
        """
        N = theory.symbols["N"]
        bound = self._bound(values, named, N)
        if N not in bound.free_symbols:
            raise ValueError(f"the right side of statement {self.id} does not depend on N")
        return theory.algebra.first_at_most(bound, N, theory.algebra.exact(target))

    def expansion(self, symbol: Symbol, terms: int = 2) -> Expr:
        """The right side in powers of ``1/symbol``, up to ``1/symbol^terms``.

        Raises
        ------
        ValueError
            When the right side does not depend on the symbol, or has no such expansion.

        Examples
        --------
        >>> from maskbound.theory import statements, symbols
        >>> statements["pair/linear-steps"].expansion(symbols["N"], terms=1)
        (-L*eps_learning/2 + L/2 - L/(2*V))/N + O(N**(-2), (N, oo))
        """
        bound = self.sides[1]
        if symbol not in bound.free_symbols:
            raise ValueError(f"the right side of statement {self.id} does not depend on {symbol}")
        found = theory.algebra.expansion(bound, symbol, terms)
        if found is None:
            raise ValueError(f"the right side of statement {self.id} has no expansion in 1/{symbol}")
        return found

    def function(
        self, *arguments: Symbol | str, values: Mapping[str | Symbol, Number] | None = None, **named: Number
    ) -> Callable[..., Any]:
        """The right side, compiled, as a function of the named symbols; numbers or arrays go in.

        Raises
        ------
        ValueError
            When a symbol is unknown, or something else on the right side has no value.

        Examples
        --------
        >>> from maskbound.theory import statements
        >>> bound = statements["bernoulli/vocabulary-rate"].function("N", V=27, L=64)
        >>> float(round(bound(422), 4))
        0.4998
        """
        free = [self._symbol(name) for name in arguments]
        return theory.algebra.compiled(self._bound(values, named, *free), free)

    def _bound(self, values: Mapping[str | Symbol, Number] | None, named: Mapping[str, Number], *free: Symbol) -> Expr:
        """The right side with these values, in which nothing but ``free`` is left."""
        bound = theory.algebra.replaced(self.sides[1], self._values(values, named))
        missing = sorted(s.name for s in bound.free_symbols - set(free))
        if missing:
            raise ValueError(f"the right side of statement {self.id} needs values of {', '.join(missing)}")
        return bound

    def _values(self, values: Mapping[str | Symbol, Number] | None, named: Mapping[str, Number]) -> dict[Symbol, Expr]:
        given = {**(values or {}), **named}
        return {self._symbol(name): theory.algebra.exact(value) for name, value in given.items()}

    def _symbol(self, name: str | Symbol) -> Symbol:
        used = {s.name: s for side in self.sides for s in side.free_symbols}
        current = theory.symbols.current(str(name))
        if current not in used:
            raise ValueError(f"statement {self.id} does not use {name}; it uses {', '.join(sorted(used))}")
        return used[current]

    def latex(self) -> str:
        """The inequality in LaTeX, free parameters by name."""
        two = self.subjects == 2
        left, right = (theory.to_latex(side, two_subjects=two) for side in (self.lhs, self.rhs))
        return f"{left} {RELATIONS[self.relation]} {right}"

    def _repr_latex_(self) -> str:
        return f"${self.latex()}$"

    def _repr_html_(self) -> str:
        needs = ", ".join(assumption.name for assumption in self.assumptions) or "nothing"
        words = (f"{self.id}: {self.title}", f"{self.status}; assumes {needs}")
        title, below = (escape(text) for text in words)
        return f"<p><b>{title}</b></p><p>${escape(self.latex(), quote=False)}$</p><p>{below}</p>"

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """In IPython, the formula over several lines as sympy's ``pprint`` writes it."""
        printer.text(f"{self.id}  {self.title}\n{theory.algebra.pretty(self.expression)}")

    def __str__(self) -> str:
        """The inequality as a claim, free parameters at their defaults."""
        if not vars(self)["parameters"]:
            return self.declared
        left, right = map(theory.spell, self.sides)
        return f"{left} {self.relation} {right}"

    @property
    def declared(self) -> str:
        """The inequality in the grammar of claims, free parameters by name and their values after it."""
        sides = (vars(self)[name] for name in ("lhs", "rhs"))
        left, right = (side if isinstance(side, str) else theory.spell(side) for side in sides)
        values = (f", {name} = {value}" for name, value in vars(self)["parameters"].items())
        return f"{left} {self.relation} {right}" + "".join(values)

    def __repr__(self) -> str:
        return f"<Statement {self.id}: {self}>"


def _symbols(formula: Formula) -> dict[Symbol | str, bool]:
    """The symbols of a formula, by name if it is text, and whether they are the vocabulary's."""
    if isinstance(formula, str):
        names = (name for name in _NAME.findall(formula) if name not in FUNCTIONS)
        return {name: name.removesuffix("@2") in {*quantities, *parameters} for name in names}
    return {symbol: theory.symbols.get(symbol.name) == symbol for symbol in formula.free_symbols}


def _name(symbol: Symbol | str) -> str:
    return symbol if isinstance(symbol, str) else symbol.name
