"""Shannon's inequalities: entropies of sets of positions, folded by symmetry, and proofs as sums of them.

The elemental inequalities ``H(X_i | the others) >= 0`` and ``I(X_i; X_j | X_K) >= 0`` imply all that Shannon's
inequalities say. If positions of a class can be exchanged in a combination, only how many positions of each class a set
has counts: that is the average over the exchanges, and entropies averaged so satisfy the same inequalities.
"""

from __future__ import annotations

import itertools
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from flint import fmpq, fmpq_mat

from ..errors import BeyondReach
from ..numbers.rationals import to_flint, to_fraction
from .linear import Number
from .orders import LOG_V, Combination, Orders, combined
from .uncrossing import uncrossed

if TYPE_CHECKING:
    from scipy.sparse import csr_array

__all__ = ["Cone", "Proof", "classes_of", "equations"]

Counts = tuple[int, ...]
Variable = Counts | int
"""How many positions of each class, or LOG_V."""

MOST_VARIABLES = 1100
TINY = 1e-9
TRIES = 4


@dataclass(frozen=True)
class Proof:
    """``- sum_j weight_j l_j`` as a sum of elemental inequalities and multiples of equations.

    Parameters
    ----------
    weights : list of Fraction
        Of the forms of which the least has to be at most 0.
    terms : list
        ``[c, y]``, ``[c, d, counts, y]`` or ``["log V", c, y]``, as in a certificate.
    multipliers : list of Fraction
        Of the equations.
    """

    weights: list[Fraction]
    terms: list[list[Any]]
    multipliers: list[Fraction]


def classes_of(policies: Sequence[Orders], L: int, symmetric: bool = True) -> list[int]:
    """The class of each position: positions that every order of every policy reveals together.

    Where something else tells positions apart each is a class of its own.
    """
    if not symmetric:
        return list(range(L))
    seen: dict[tuple[int, ...], int] = {}
    found = []
    for i in range(L):
        key = tuple(
            next(k for k, chosen in enumerate(sets) if chosen >> i & 1) for orders in policies for _, sets in orders
        )
        found.append(seen.setdefault(key, len(seen)))
    return found


def equations(assumptions: Iterable[str], L: int) -> list[Combination]:
    """What assumptions on the language say, as combinations of entropies that vanish."""
    everything, found = (1 << L) - 1, []
    for assumption in assumptions:
        if assumption == "IndependentTokens":
            found.append(combined([(Fraction(-1), {everything: 1}), *((1, {1 << i: Fraction(1)}) for i in range(L))]))
        elif assumption == "MarkovLanguage":
            for i in range(1, L - 1):
                past, future = (1 << (i + 1)) - 1, everything ^ ((1 << i) - 1)
                parts = [(1, past), (1, future), (-1, everything), (-1, 1 << i)]
                found.append(combined([(Fraction(c), {chosen: Fraction(1)}) for c, chosen in parts]))
        else:
            raise BeyondReach(f"{assumption} is no equation between entropies of sets that is known here")
    return found


class Cone:
    """All that satisfies Shannon's inequalities for L positions in these classes."""

    def __init__(self, classes: Sequence[int], ties: Sequence[Combination] = (), vocabulary: bool = False) -> None:
        self.classes = list(classes)
        self.sizes = tuple(self.classes.count(c) for c in range(max(self.classes) + 1))
        self.ties = list(ties)
        self.vocabulary = vocabulary
        count = math.prod(n + 1 for n in self.sizes)
        if count > MOST_VARIABLES:
            raise BeyondReach(f"there are {count} kinds of sets of positions, more than {MOST_VARIABLES}")

    @cached_property
    def variables(self) -> list[Variable]:
        """Kinds of sets that are not empty, and log V if it counts."""
        found: list[Variable] = [v for v in itertools.product(*(range(n + 1) for n in self.sizes)) if any(v)]
        return [*found, LOG_V] if self.vocabulary else found

    @cached_property
    def elementals(self) -> list[tuple[list[Any], dict[Variable, int]]]:
        """Names, as in certificates without y, and coefficients."""
        full, k = self.sizes, len(self.sizes)
        found: list[tuple[list[Any], dict[Variable, int]]] = []
        for c in range(k):
            found.append(([c], _sum([(full, 1), (_raised(full, (c,), -1), -1)])))
            if self.vocabulary:
                found.append((["log V", c], _sum([(LOG_V, 1), (_raised((0,) * k, (c,)), -1)])))
        for a, b in itertools.combinations_with_replacement(range(k), 2):
            if a == b and full[a] < 2:
                continue
            room = [n - (a, b).count(c) for c, n in enumerate(full)]
            for base in itertools.product(*(range(n + 1) for n in room)):
                kinds = [(_raised(base, (a,)), 1), (_raised(base, (b,)), 1), (_raised(base, (a, b)), -1), (base, -1)]
                found.append(([a, b, list(base)], _sum(kinds)))
        return found

    def fold(self, combination: Mapping[int, Number]) -> dict[Variable, Fraction]:
        """A combination by kinds of sets."""
        found: dict[Variable, Fraction] = defaultdict(Fraction)
        for chosen, c in combination.items():
            if not isinstance(c, Fraction | int):
                raise BeyondReach(f"the coefficient {c} is irrational")
            found[LOG_V if chosen == LOG_V else self.kind(chosen)] += c
        return {variable: c for variable, c in found.items() if c}

    def kind(self, chosen: int) -> Counts:
        """How many positions of each class a set has."""
        counts = [0] * len(self.sizes)
        for i, c in enumerate(self.classes):
            counts[c] += chosen >> i & 1
        return tuple(counts)

    @cached_property
    def _index(self) -> dict[Variable, int]:
        return {variable: n for n, variable in enumerate(self.variables)}

    @cached_property
    def _rows(self) -> csr_array:
        """Elemental inequalities, a row each."""
        from scipy.sparse import csr_array

        at = [(e, self._index[v], c) for e, (_, row) in enumerate(self.elementals) for v, c in row.items()]
        e, v, c = (np.array(part) for part in zip(*at, strict=True))
        return csr_array((c.astype(float), (e, v)), shape=(len(self.elementals), len(self.variables)))

    def prove(self, forms: Sequence[Combination], added: Sequence[Number] = ()) -> Proof | None:
        """Why the smallest of the forms is never above 0; None where Shannon's inequalities do not prove it."""
        if len(forms) == 1 and not any(added):
            seen = self.at_sight(forms[0])
            if seen is not None:
                return seen
        folded = [self.fold(form) for form in forms]
        constants = [Fraction(0)] * len(forms) if not added else [_rational(value) for value in added]
        if len(forms) == 1 and constants[0] > 0:
            return None
        found = self._combine([], folded, constants)
        return found[1] if found else None

    def at_sight(self, form: Combination) -> Proof | None:
        """Why a form is never above 0, without a linear programme; None where it is not seen at once."""
        if self.ties or not all(isinstance(c, Fraction | int) and chosen != LOG_V for chosen, c in form.items()):
            return None
        found = uncrossed({chosen: -c for chosen, c in form.items()}, len(self.classes))
        if found is None:
            return None
        terms: dict[tuple[Any, ...], Fraction] = defaultdict(Fraction)
        for elemental, y in found.items():
            ends = sorted(self.classes[i] for i in elemental[:2])
            terms[(*ends, *(self.kind(chosen) for chosen in elemental[2:]))] += y
        named = sorted(terms.items(), key=lambda term: (len(term[0]), term[0]))
        return Proof([Fraction(1)], [[*name[:2], *map(list, name[2:]), y] for name, y in named], [])

    def least_factor(self, lhs: Combination, rhs: Combination) -> tuple[Fraction, Proof] | None:
        """The least C for which ``lhs <= C rhs`` is proved, and how."""
        return self._combine([self.fold(rhs)], [self.fold(lhs)], [Fraction(0)])

    def _combine(
        self,
        factors: list[dict[Variable, Fraction]],
        forms: list[dict[Variable, Fraction]],
        constants: Sequence[Fraction],
    ) -> tuple[Fraction, Proof] | None:
        """``C rhs - sum weight_j l_j = sum y_e a_e + sum m_t tie_t`` with the least C (0 without a factor), exactly.

        A vertex of the linear programme is found in floating point, and solved for in rationals.
        """
        # scipy takes long to import, and many a proof needs none of it.
        from scipy.optimize import linprog
        from scipy.sparse import csr_array

        ties = [self.fold(tie) for tie in self.ties]
        columns: list[Mapping[Variable, Number]] = [row for _, row in self.elementals]
        n_e, n_t, n_f, several = len(columns), len(ties), len(factors), len(forms) > 1
        columns = [*columns, *ties, *({v: -c for v, c in rhs.items()} for rhs in factors)]
        target = {} if several else {v: -c for v, c in forms[0].items()}
        if several:
            columns += forms
        matrix, b = self._system(columns, target, len(forms) if several else 0)
        free = [(0, None)] * n_e + [(None, None)] * n_t + [(0, None)] * (len(columns) - n_e - n_t)
        extra: dict[str, Any] = {}
        if several and any(constants):
            extra = {"A_ub": csr_array([[*[0.0] * (len(columns) - len(forms)), *map(float, constants)]]), "b_ub": [0.0]}
        rng = np.random.default_rng(20)
        for _ in range(TRIES):
            cost = np.concatenate([rng.uniform(0.5, 1.5, n_e), np.zeros(len(columns) - n_e)])
            if factors:
                cost = np.concatenate([rng.uniform(0.5, 1.5, n_e) * TINY, np.zeros(n_t), np.ones(n_f), np.zeros(0)])
            solved = linprog(cost, A_eq=matrix, b_eq=b, bounds=free, method="highs-ds", **extra)
            if solved.status != 0:
                return None
            exact = _exactly(columns, target, self.variables, len(forms) if several else 0, solved.x)
            if exact is None:
                continue
            y, t, f, w = _split(exact, n_e, n_t, n_f)
            weights = w if several else [Fraction(1)]
            fine = min([*y, *f, *weights], default=Fraction(0)) >= 0
            if fine and sum((c * d for c, d in zip(weights, constants, strict=True)), Fraction(0)) <= 0:
                terms = [[*name, value] for (name, _), value in zip(self.elementals, y, strict=True) if value]
                return (f[0] if f else Fraction(0)), Proof(list(weights), terms, list(t))
        raise BeyondReach("the linear programme has a solution, of which no exact one was found")

    def _system(
        self, columns: Sequence[Mapping[Variable, Number]], target: Mapping[Variable, Fraction], weighted: int
    ) -> tuple[csr_array, np.ndarray[Any, np.dtype[np.float64]]]:
        from scipy.sparse import csr_array

        at = [(self._index[v], n, float(c)) for n, column in enumerate(columns) for v, c in column.items()]
        at += [(len(self.variables), n, 1.0) for n in range(len(columns) - weighted, len(columns))]
        v, n, c = (np.array(part) for part in zip(*at, strict=True))
        height = len(self.variables) + bool(weighted)
        b = np.zeros(height)
        for variable, value in target.items():
            b[self._index[variable]] = float(value)
        b[len(self.variables) :] = 1.0
        return csr_array((c, (v.astype(int), n.astype(int))), shape=(height, len(columns))), b

    def violation(self, form: Combination) -> dict[Variable, float] | None:
        """Entropies, on Shannon's terms, on which the form is as positive as the slacks allow; in floating point."""
        from scipy.optimize import linprog
        from scipy.sparse import csr_array

        folded = self.fold(form)
        cost = np.zeros(len(self.variables))
        for variable, c in folded.items():
            cost[self._index[variable]] = -float(c)
        ones = csr_array(self._rows.sum(axis=0).reshape(1, -1))
        ties = self._system([self.fold(tie) for tie in self.ties], {}, 0)[0].T if self.ties else None
        equal = ones if ties is None else csr_array(np.vstack([ones.toarray(), ties.toarray()]))
        b = np.zeros(equal.shape[0])
        b[0] = 1.0
        none = np.zeros(self._rows.shape[0])
        solved = linprog(cost, A_ub=-self._rows, b_ub=none, A_eq=equal, b_eq=b, bounds=(None, None), method="highs-ds")
        if solved.status != 0 or solved.fun > -TINY:
            return None
        return {variable: float(value) for variable, value in zip(self.variables, solved.x, strict=True)}

    def contains(self, entropies: Mapping[Variable, Fraction]) -> bool:
        """Whether numbers satisfy every elemental inequality and every equation, exactly."""
        rows = [(row, True) for _, row in self.elementals] + [(self.fold(tie), False) for tie in self.ties]
        for row, one_sided in rows:
            value = sum((c * entropies[v] for v, c in row.items()), Fraction(0))
            if value < 0 or (value > 0 and not one_sided):
                return False
        return True


def _raised(base: Counts, classes: Iterable[int], by: int = 1) -> Counts:
    found = list(base)
    for c in classes:
        found[c] += by
    return tuple(found)


def _sum(parts: Iterable[tuple[Variable, int]]) -> dict[Variable, int]:
    found: dict[Variable, int] = defaultdict(int)
    for variable, c in parts:
        if variable == LOG_V or (isinstance(variable, tuple) and any(variable)):
            found[variable] += c
    return {variable: c for variable, c in found.items() if c}


def _rational(value: Number) -> Fraction:
    if not isinstance(value, Fraction):
        raise BeyondReach(f"{value} is irrational")
    return value


def _split(x: Sequence[Fraction], *lengths: int) -> list[list[Fraction]]:
    ends = [0, *itertools.accumulate(lengths), len(x)]
    return [list(x[a:b]) for a, b in itertools.pairwise(ends)]


def _exactly(
    columns: Sequence[Mapping[Variable, Number]],
    target: Mapping[Variable, Fraction],
    variables: Sequence[Variable],
    weighted: int,
    x: Any,
) -> list[Fraction] | None:
    """The solution with the same support, in rationals; None where there is none."""
    support = [n for n, value in enumerate(x) if abs(value) > TINY]
    touched = {v for n in support for v in columns[n]} | set(target)
    rows: list[list[Any]] = []
    for variable in variables:
        if variable in touched:
            rows.append(
                [to_flint(Fraction(columns[n].get(variable, 0))) for n in support]
                + [to_flint(Fraction(target.get(variable, 0)))]
            )
    if weighted:
        rows.append([fmpq(int(n >= len(columns) - weighted)) for n in support] + [fmpq(1)])
    reduced, rank = fmpq_mat(rows).rref()
    found = [Fraction(0)] * len(columns)
    width = len(support)
    for r in range(rank):
        pivot = next(k for k in range(width + 1) if reduced[r, k] != 0)
        if pivot == width:
            return None
        value = reduced[r, width]
        found[support[pivot]] = to_fraction(value)
    return found
