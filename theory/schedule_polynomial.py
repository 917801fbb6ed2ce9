"""The output law of an order-oblivious sampler as a polynomial in its schedule (output-law/schedule-polynomial).

Definitions. For a composition c = (c_1, .., c_l) of L and one sequence x, ``C_c(x)`` sums ``p_tau(x)`` over the ordered
partitions of the positions into steps of sizes ``c_1, .., c_l``. The monomial quasisymmetric function is
``M_c(w) = sum over k_1 < .. < k_l of w_{k_1}^{c_1} .. w_{k_l}^{c_l}``.

Statements. A Bernoulli sampler has ``p(x) = sum_c C_c(x) M_c(w)``: group the reveal times by which positions come
together and in what order. A fixed-size sampler whose non-empty steps are c has ``p(x) = C_c(x) / (L; c)``, divided by
the multinomial coefficient. N uniform steps have ``M_c = binomial(N, l) / N^L``. What is linear in p, such as the
probability of a correct sequence, is such a polynomial too. ``sum_c (L; c) M_c = (sum_k w_k)^L = 1``.

The coefficients come from `maskbound.numerics.planning.output_polynomials`; here is only algebra.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import comb, factorial, prod
from typing import Any

from sympy import Expr, Integer, Symbol, expand, expand_func, ff, pretty, symbols

from maskbound.theory.exact_numbers import Number, exact
from maskbound.theory.notation import N
from maskbound.theory.spelling import to_latex

__all__ = ["Composition", "SchedulePolynomial", "compositions", "monomial", "multinomial", "revealed", "weights"]

Composition = tuple[int, ...]
"""Positive sizes of the steps that reveal something, in order."""

MOST_TERMS = 200_000
"""Terms that an expanded polynomial may have."""


def weights(steps: int) -> tuple[Symbol, ...]:
    """The symbols ``w1..wN``."""
    return symbols(f"w1:{steps + 1}")


def revealed(steps: int) -> tuple[Symbol, ...]:
    """The symbols ``a1..a(N-1)`` of the revealed fractions; ``a_N = 1`` is no variable."""
    return symbols(f"a1:{steps}")


def monomial(composition: Composition, values: Sequence[Expr]) -> Expr:
    """``M_c(w)``, by adding one step after the other.

    >>> monomial((2, 1), weights(3))
    w1**2*w2 + w1**2*w3 + w2**2*w3
    """
    reached = [Integer(1), *[Integer(0)] * len(composition)]
    for w in values:
        for part in range(len(composition), 0, -1):
            reached[part] += reached[part - 1] * w ** composition[part - 1]
    return expand(reached[-1])


def multinomial(composition: Composition) -> Integer:
    """``(L; c)``: in how many ways steps of these sizes share the positions."""
    return Integer(factorial(sum(composition)) // prod(factorial(part) for part in composition))


@dataclass(frozen=True)
class SchedulePolynomial:
    """``sum_c coefficients[c] M_c``, for every schedule at once.

    Parameters
    ----------
    length : int
        L.
    coefficients : mapping of compositions of L to exact numbers
        A composition that is left out has coefficient 0.

    Examples
    --------
    Pair(2) of length 2 writes a correct pair with probability 1 in two steps and 1/2 in one:

    >>> correct = SchedulePolynomial(2, {(1, 1): 2, (2,): "1/2"})
    >>> print(correct)
    2*M(1, 1) + M(2)/2
    >>> correct.in_weights(2)
    w1**2/2 + 2*w1*w2 + w2**2/2
    >>> correct.in_alpha(2).diff("a1")
    1 - 2*a1
    >>> correct.in_steps()
    1 - 1/(2*N)
    >>> correct.at_weights(["1/3", "2/3"]), correct.at_sizes([1, 1]), correct.complement().at_sizes([2])
    (13/18, 1, 1/2)
    """

    length: int
    coefficients: Mapping[Composition, Expr]

    def __post_init__(self) -> None:
        kept = {c: exact(value) for c, value in self.coefficients.items()}
        for c in kept:
            if sum(c) != self.length or any(part < 1 for part in c):
                raise ValueError(f"{c} is not a composition of length={self.length}")
        ordered = sorted(kept, key=lambda c: (len(c), [-part for part in c]))
        object.__setattr__(self, "coefficients", {c: kept[c] for c in ordered if kept[c] != 0})

    def in_weights(self, steps: int) -> Expr:
        """The polynomial in ``w1..wN``, homogeneous of degree L.

        Raises
        ------
        ValueError
            When it would have more than ``MOST_TERMS`` terms.
        """
        return expand(self._at(self._symbols(weights, steps)))

    def in_alpha(self, steps: int) -> Expr:
        """The polynomial in ``a1..a(N-1)``.

        Raises
        ------
        ValueError
            When it would have more than ``MOST_TERMS`` terms.
        """
        ends = [Integer(0), *self._symbols(revealed, steps), Integer(1)]
        return expand(self._at([after - before for before, after in itertools.pairwise(ends)]))

    def in_steps(self) -> Expr:
        """For N uniform Bernoulli steps, a polynomial in ``1/N``."""
        by_parts: dict[int, Expr] = {}
        for c, value in self.coefficients.items():
            by_parts[len(c)] = by_parts.get(len(c), Integer(0)) + value
        total = sum((value * expand_func(ff(N, parts)) / factorial(parts) for parts, value in by_parts.items()), 0)
        return expand(expand(total) / N**self.length)

    def at_weights(self, values: Sequence[Number]) -> Expr:
        """Its value at one schedule of exact weights, or of symbols."""
        return self._at([exact(value) for value in values])

    def at_sizes(self, sizes: Sequence[int]) -> Expr:
        """Its value for the fixed-size sampler of these sizes; empty steps change nothing.

        Raises
        ------
        ValueError
            When the sizes do not add up to L.
        """
        c = tuple(size for size in sizes if size)
        if sum(c) != self.length or min(sizes) < 0:
            raise ValueError(f"sizes={list(sizes)} are no step sizes of length={self.length}")
        return self.coefficients.get(c, Integer(0)) / multinomial(c)

    def complement(self) -> SchedulePolynomial:
        """1 less this polynomial, for weights that sum to 1."""
        return SchedulePolynomial(
            self.length,
            {c: multinomial(c) - self.coefficients.get(c, Integer(0)) for c in compositions(self.length)},
        )

    def __add__(self, other: SchedulePolynomial) -> SchedulePolynomial:
        if self.length != other.length:
            raise ValueError(f"polynomials of lengths {self.length} and {other.length} have no sum")
        both = [*self.coefficients, *(c for c in other.coefficients if c not in self.coefficients)]
        zero = Integer(0)
        return SchedulePolynomial(
            self.length, {c: self.coefficients.get(c, zero) + other.coefficients.get(c, zero) for c in both}
        )

    def _at(self, values: Sequence[Expr]) -> Expr:
        """One step after the other: ``reached[c]`` is ``M_c`` of the steps so far, for c and all its beginnings."""
        beginnings = {c[:parts] for c in self.coefficients for parts in range(1, len(c) + 1)}
        order = sorted(beginnings, key=len, reverse=True)
        reached: dict[Composition, Expr] = {(): Integer(1)}
        for w in values:
            for c in order:
                if c[:-1] in reached:
                    reached[c] = reached.get(c, Integer(0)) + reached[c[:-1]] * w ** c[-1]
        return sum((value * reached[c] for c, value in self.coefficients.items() if c in reached), Integer(0))

    def _symbols(self, make: Callable[[int], tuple[Symbol, ...]], steps: int) -> tuple[Symbol, ...]:
        if steps < 1:
            raise ValueError(f"steps={steps}; at least 1 is accepted")
        terms = comb(self.length + steps - 1, self.length)
        if terms > MOST_TERMS:
            raise ValueError(
                f"a polynomial of degree {self.length} in {steps} weights has {terms} terms, more than {MOST_TERMS}; "
                "at_weights evaluates it without writing it out"
            )
        return make(steps)

    def as_expr(self) -> Expr:
        """The sum over compositions, ``M_c`` being a symbol."""
        terms = (value * Symbol(f"M({', '.join(map(str, c))})") for c, value in self.coefficients.items())
        return sum(terms, Integer(0))

    def latex(self) -> str:
        """LaTeX of the sum over compositions."""
        names = {Symbol(f"M({', '.join(map(str, c))})"): f"M_{{{','.join(map(str, c))}}}" for c in self.coefficients}
        return to_latex(self.as_expr(), symbol_names=names)

    def _repr_latex_(self) -> str:
        return f"${self.latex()}$"

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(pretty(self.as_expr()))

    def __str__(self) -> str:
        return str(self.as_expr())


def compositions(length: int) -> Iterator[Composition]:
    """All ``2^(L-1)`` compositions of L."""
    for cuts in range(1 << (length - 1)):
        ends = [j for j in range(1, length) if cuts >> (j - 1) & 1]
        yield tuple(after - before for before, after in itertools.pairwise([0, *ends, length]))
