"""Rows of weights as rationals over a common denominator, and how far they miss 1.

The numbers of a file are rounded (10 to a power of seven digits, e to one of five), so a row of probabilities misses
1, and which rationals stand for it is a choice. Here ``n_i = round(10^digits w_i)`` and ``p_i = n_i / sum n``: rows
sum to exactly 1 and no entry has more than about ``2 digits`` digits.
"""

from __future__ import annotations

import math
import re
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from fractions import Fraction

from flint import arb, ctx, fmpq

from ..errors import BadInput, RowsRescaled, shown
from ..numbers.probabilities import number, whole
from ..numbers.rationals import to_flint

__all__ = ["DECIMAL", "DIGITS", "LARGEST_TOLERANCE", "Rows", "decimal"]

DIGITS = 12
MOST_DIGITS = 400
TOLERANCE = Fraction(1, 10**4)
LARGEST_TOLERANCE = Fraction(1, 2)

LARGEST_LOG = 700

UNSAID = 1e-12
"""A miss that floating rows may have without a word."""

SPARE_BITS = 64
HALF = arb(fmpq(1, 2))

DECIMAL = re.compile(r"[+-]?(\d{1,100}(\.\d{0,100})?|\.\d{1,100})([eE][+-]?\d{1,3})?", re.ASCII)


def decimal(text: str) -> Fraction | None:
    """A finite decimal number, exactly; None for any other text."""
    return Fraction(text) if DECIMAL.fullmatch(text) else None


class Rows:
    """Makes rows of rationals out of weights, and keeps the largest deficit.

    Parameters
    ----------
    digits : int
        Of the common denominator ``10^digits``.
    tolerance : number
        Rows that miss 1 by more are refused.
    """

    def __init__(self, digits: int = DIGITS, tolerance: object = TOLERANCE) -> None:
        self.digits = whole(digits, "digits", 1, MOST_DIGITS)
        self.unit = 10**self.digits
        self.tolerance = number(tolerance, "tolerance")
        if not 0 < self.tolerance <= LARGEST_TOLERANCE:
            raise BadInput("tolerance", f"found {shown(tolerance)}; a number above 0 and up to 1/2 is accepted")
        self.deficit, self.where = 0.0, ""
        self.lost, self.loser = 0.0, ""

    @contextmanager
    def precision(self) -> Iterator[None]:
        """The precision at which powers are rounded to the common denominator."""
        before, ctx.prec = ctx.prec, int(self.digits * 3.33) + SPARE_BITS
        try:
            yield
        finally:
            ctx.prec = before

    def power(self, base: arb | None, exponent: Fraction, where: str) -> int:
        """``round(10^digits base^exponent)``, e being the base where none is given; within :meth:`precision`.

        Raises
        ------
        BadInput
            When a positive number would round to zero.
        """
        x = arb(to_flint(exponent))
        natural = x if base is None else x * base.log()
        if natural > LARGEST_LOG:
            raise BadInput("", f"{where} has a weight above e^{LARGEST_LOG}; a smaller one is accepted")
        found = int((natural.exp() * self.unit + HALF).floor().unique_fmpz())
        if not found:
            raise self._lost(float(natural) / math.log(10), where)
        return found

    def linear(self, weight: Fraction, where: str) -> int:
        """``round(10^digits weight)``."""
        found = round(weight * self.unit)
        if weight > 0 and not found:
            raise self._lost(math.log10(weight.numerator) - math.log10(weight.denominator), where)
        return found

    def _lost(self, log10: float, where: str) -> BadInput:
        needed = math.ceil(-log10) + 2
        remedy = f"digits = {needed} keeps it" if needed <= MOST_DIGITS else "write 0 if it is meant as impossible"
        return BadInput(
            "", f"{where} has a weight of 10^{log10:.0f}, which is zero at digits = {self.digits}; {remedy}"
        )

    def row(
        self,
        weights: Sequence[int],
        where: str,
        cause: Callable[[float], str] = lambda total: "",
    ) -> list[Fraction]:
        """The law in proportion to whole weights.

        Parameters
        ----------
        weights : sequence of int
            As :meth:`power` and :meth:`linear` give them.
        where : str
            What the row is, for messages.
        cause : callable
            The likely cause of a sum that is not 1, as a clause for the end of the sentence.

        Raises
        ------
        BadInput
            When the row misses 1 by more than the tolerance.
        """
        found = sum(weights)
        total = found / self.unit
        # Each weight is rounded by half a unit, which is no fault of the row.
        self.judge(1.0 if abs(found - self.unit) <= len(weights) / 2 else total, where, cause)
        return [Fraction(n, found) for n in weights]

    def judge(self, total: float, where: str, cause: Callable[[float], str] = lambda total: "") -> None:
        """Refuse a sum that is too far from 1, and keep the farthest."""
        deficit = abs(total - 1)
        if not deficit <= self.tolerance:
            limit = f"{float(self.tolerance):g}"
            raise BadInput("", f"{where} sums to {total:.9g}; rows must sum to 1 within {limit}{cause(total)}")
        if deficit > self.deficit:
            self.deficit, self.where = deficit, where

    def keep(self, share: float, where: str) -> None:
        """Remember that a row keeps only a share of its mass."""
        if 1 - share > self.lost:
            self.lost, self.loser = 1 - share, where

    def report(self, path: object) -> None:
        """Warn of the largest deficit, where there is one to speak of."""
        if self.deficit > UNSAID:
            warnings.warn(
                f"{path}: rows miss 1 by up to {self.deficit:.2g} ({self.where}); each is divided by its sum",
                RowsRescaled,
                stacklevel=3,
            )
        if self.lost > UNSAID:
            warnings.warn(
                f"{path}: words that are left out take up to {self.lost:.4g} of a row ({self.loser}); the rest is"
                " divided by its sum",
                RowsRescaled,
                stacklevel=3,
            )
