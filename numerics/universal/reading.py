"""Reading a claim as linear forms: what each side is, once the policy and the length have been put in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import sympy
from sympy import Integer, Max, Min, Rational, Symbol, log

from maskbound.theory import Statement, symbols

from ..errors import BeyondReach
from ..instances import Instance
from ..languages import Tabular
from ..policies import Policy
from .exchangeable import LANGUAGE_RAYS, POLICY_RAYS
from .linear import CONSTANT, Lattice, add, maximum, minimum, negative, number, scaled
from .mixture import Mixture

__all__ = ["BETWEEN", "KNOWN", "LEARNING", "Reading", "in_both_senses", "one_reveal_order", "placeholder", "read"]

LEARNING = ("learning_term", "eps_learning", "mean_learning_error")
BETWEEN = ("kl", "log_mean_path_kl")
"""What is known only to lie, in this order, between 0 and path_kl."""

KNOWN = {
    *LANGUAGE_RAYS,
    *POLICY_RAYS,
    *LEARNING,
    *BETWEEN,
    "log_ter",
    "profile_max_increase",
    "best_sizes_path_kl",
}

NUMBERS = {
    "max_step_weight",
    "max_step_size",
    "collision_probability",
    "expected_steps",
    "dyadic_step_size",
    "tc_step_ratio",
    "dtc_step_ratio",
    "birthday_probability",
    "speedup_at_unit_cost",
    "minimax_tc",
    "minimax_dtc",
    "minimax_information",
    "harmonic_number",
    "secretary_probability",
    "two_step_dtc_value",
}
"""Quantities of the policy and the length alone."""

VOCABULARY = symbols["V"]
LOG_V = "log V"


@dataclass(frozen=True)
class Reading:
    """A claim as lattice forms.

    Parameters
    ----------
    relation : str
        ``<=``, ``<`` or ``==``; a lower bound is turned round.
    lhs, rhs : Lattice
    names : frozenset of str
        The functionals that occur, ``@2`` for those of the second policy.
    turned : bool
        Whether the sides were exchanged.
    cross_multiplied : bool
        Whether a division by a functional that is never negative was multiplied out; where it vanishes the claim says
        nothing.
    """

    relation: str
    lhs: Lattice
    rhs: Lattice
    names: frozenset[str]
    turned: bool
    cross_multiplied: bool

    @property
    def difference(self) -> Lattice:
        """``lhs - rhs``, which the claim holds at or below 0."""
        return add(self.lhs, negative(self.rhs))


def placeholder(policy: Policy, length: int) -> Instance:
    """An instance with this policy and a language of one sequence, for what depends on the policy alone."""
    return Instance(Tabular(1, length, [[0] * length], ["1"]), policy)


def one_reveal_order(policy: Policy | Mixture) -> bool:
    """Whether the reveal times have one value, so that KL is PATH_KL."""
    if isinstance(policy, Mixture):
        return len(policy.parts) == 1 and policy.policies[0].certain_times
    return policy.certain_times


def read(
    statement: Statement, policies: Sequence[Policy | Mixture], length: int, exact_denoiser: bool = True
) -> Reading:
    """A claim about one policy, or about two on the same language, as lattice forms.

    Raises
    ------
    BeyondReach
        When a side is not made of linear functionals of the entropies of sets of positions.
    """
    left, right = map(_expanded, statement.sides)
    values = {}
    for symbol in sorted(left.free_symbols | right.free_symbols, key=lambda each: each.name):
        value = _substitute(symbol.name, policies, length, exact_denoiser)
        if value is not None:
            values[symbol] = value
    if values:
        left, right = (_expanded(side.subs(values)) for side in (left, right))
    if left.has(sympy.zoo, sympy.nan) or right.has(sympy.zoo, sympy.nan):
        raise BeyondReach("a side divides by zero")
    left, right, crossed = _without_quotients(left, right)
    relation = statement.relation
    if crossed and relation in ("<", ">"):
        raise BeyondReach("a strict claim with a quotient is not decided: both sides vanish where it has no value")
    turned = relation in (">=", ">")
    if turned:
        left, right, relation = right, left, {">=": "<=", ">": "<"}[relation]
    names = {symbol.name for symbol in left.free_symbols | right.free_symbols} - {VOCABULARY.name}
    return Reading(relation, _lattice(left), _lattice(right), frozenset(names), turned, crossed)


def _substitute(
    name: str, policies: Sequence[Policy | Mixture], length: int, exact_denoiser: bool
) -> sympy.Expr | None:
    """What is put in the place of a symbol; None where it stays."""
    plain, _, second = name.partition("@")
    policy = policies[1 if second else 0]
    suffix = "@2" if second else ""
    if plain == "L":
        return Integer(length)
    if plain == "N":
        return Integer(policy.steps)
    if plain == "V":
        return VOCABULARY
    if plain in NUMBERS:
        return _number_of(plain, policy, length)
    if plain not in KNOWN:
        raise BeyondReach(f"{plain} is no linear functional of the entropies of sets of positions")
    if plain in LEARNING and exact_denoiser:
        return Integer(0)
    if plain in ("area_defect", "slope_defect"):
        return Integer(0)
    if plain == "log_ter":
        divergence = symbols[("path_kl" if one_reveal_order(policy) else "kl") + suffix]
        return symbols["log_ter_language"] + divergence / length
    if plain in BETWEEN and one_reveal_order(policy):
        return symbols["path_kl" + suffix]
    if plain in LANGUAGE_RAYS or plain == "profile_max_increase":
        return symbols[plain]
    return None


def _number_of(name: str, policy: Policy | Mixture, length: int) -> sympy.Expr:
    if isinstance(policy, Mixture):
        raise BeyondReach(f"{name} is not defined of a mixture of orders")
    from ..engines.workspace import Workspace
    from ..metrics import minimax, schedule

    instance = placeholder(policy, length)
    method = next(method for method in (*schedule.METHODS, *minimax.METHODS) if method.quantity == name)
    obstacle = method.obstacle(instance)
    if obstacle is not None:
        raise BeyondReach(f"{name} is not defined: {obstacle}")
    found = method.run(Workspace(instance)).exact
    if not isinstance(found, Fraction | int):
        raise BeyondReach(f"{name} is a floating number, and a rational one is needed")
    found = Fraction(found)
    return Rational(found.numerator, found.denominator)


def _expanded(side: sympy.Expr) -> sympy.Expr:
    return sympy.expand_log(side) if side.has(log) else side


def _without_quotients(left: sympy.Expr, right: sympy.Expr) -> tuple[sympy.Expr, sympy.Expr, bool]:
    """Multiply out divisions by quantities that are never negative; where they vanish nothing is claimed."""
    if not any(power.free_symbols for side in (left, right) for power in side.atoms(sympy.Pow)):
        return left, right, False
    bottoms = [sympy.fraction(sympy.together(side))[1] for side in (left, right)]
    if not any(_quantities(bottom) for bottom in bottoms):
        return left, right, False
    common = sympy.lcm(*bottoms)
    if not _never_negative(common):
        raise BeyondReach("a side divides by what may be negative")
    return sympy.expand(sympy.cancel(left * common)), sympy.expand(sympy.cancel(right * common)), True


def _quantities(expression: sympy.Expr) -> set[Symbol]:
    return expression.free_symbols - {VOCABULARY}


def _never_negative(expression: sympy.Expr) -> bool:
    """By form: sums and products of quantities that are never negative, with positive coefficients."""
    signed = {"curve_midpoint_excess", "profile_max_increase"}
    if any(symbol.name in signed for symbol in expression.free_symbols):
        return False
    positive = {symbol: sympy.Dummy(symbol.name, positive=True) for symbol in expression.free_symbols}
    return sympy.expand(expression).subs(positive).is_positive is True


def _lattice(expression: sympy.Expr) -> Lattice:
    if not expression.free_symbols:
        return (({CONSTANT: number(expression)},),)
    if expression == log(VOCABULARY):
        return (({LOG_V: Fraction(1)},),)
    if expression.is_Symbol and expression != VOCABULARY:
        return (({expression.name: Fraction(1)},),)
    if expression.is_Add:
        total: Lattice = (({},),)
        for part in expression.args:
            total = add(total, _lattice(part))
        return total
    if expression.is_Mul:
        constants = [part for part in expression.args if not part.free_symbols]
        others = [part for part in expression.args if part.free_symbols]
        if len(others) == 1:
            return scaled(_lattice(others[0]), number(sympy.Mul(*constants)))
        spread = sympy.expand(expression)
        if spread.is_Add:
            return _lattice(spread)
        raise BeyondReach(f"{' times '.join(map(str, others))} is a product, and no linear functional")
    if isinstance(expression, Max):
        return maximum([_lattice(part) for part in expression.args])
    if isinstance(expression, Min):
        return minimum([_lattice(part) for part in expression.args])
    raise BeyondReach(f"{expression} is not linear")


def in_both_senses(reading: Reading) -> list[Lattice]:
    """What must be at most 0: the difference and, for an equality, minus it."""
    difference = reading.difference
    return [difference, negative(difference)] if reading.relation == "==" else [difference]
