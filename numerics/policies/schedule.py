"""Schedules: how much is revealed at each step (definitions.md#setting)."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import BadInput, BeyondReach, shown
from ..numbers.probabilities import SMALLEST_NORMAL, Parametrised, Probabilities, number, whole

__all__ = ["MOST_STEPS", "Schedule"]

MOST_STEPS = 10**7
"""Schedules are stored step by step."""

WEIGHTS_SHOWN = 8

LONGEST_POWERS = 10**9
"""Bits of all the rational powers of a geometric schedule together."""

TIE_WIDTH = Fraction(1, 10**12)
"""Floating revealed fractions this close to a tie of the rounding, and not on it, are refused."""


class Schedule(Parametrised):
    """A step law ``w_1..w_N``: non-negative, of sum 1.

    Parameters
    ----------
    weights : sequence of numbers or rational strings
    alpha : sequence of numbers, optional
        The revealed fractions ``a_1..a_N`` where they are known better than as sums of the weights; they decide
        the :meth:`sizes`.
    """

    def __init__(self, weights: Any, alpha: Sequence[Fraction | float] | None = None) -> None:
        self.law = Probabilities.parse(weights, (None,), "weights")
        self._alpha = alpha

    @classmethod
    def uniform(cls, steps: int) -> Schedule:
        """``w_k = 1/N``."""
        return cls(Probabilities.from_weights(np.ones(_step_count(steps), dtype=np.int64)))

    @classmethod
    def cosine(cls, steps: int) -> Schedule:
        """``a_k = 1 - cos(pi k / (2N))``, its differences written as products of sines (no cancellation)."""
        quarter = math.pi / (4 * _step_count(steps))
        weights = [2 * math.sin(quarter) * math.sin((2 * k - 1) * quarter) for k in range(1, steps + 1)]
        # By Niven's theorem 1/2, at 3k = 2N, is the only rational value inside the range.
        alpha = [Fraction(1, 2) if 3 * k == 2 * steps else 2 * math.sin(k * quarter) ** 2 for k in range(1, steps)]
        return cls(np.array(weights), [*alpha, Fraction(1)])

    @classmethod
    def geometric(cls, steps: int, ratio: Any) -> Schedule:
        """``w_k`` proportional to ``ratio^k``."""
        r = number(ratio, "ratio")
        if r <= 0:
            raise BadInput("ratio", f"found {shown(r)}; a positive number is accepted")
        count = _step_count(steps)
        if isinstance(r, Fraction):
            above, below = r.numerator, r.denominator
            if count**2 * max(above.bit_length(), below.bit_length()) > LONGEST_POWERS:
                raise BeyondReach(
                    f"{count} exact powers of ratio={shown(r)} are too long; a ratio written as a decimal is accepted"
                )
            weights = np.empty(count, dtype=object)
            weights[:] = [above**k * below ** (count - 1 - k) for k in range(count)]
            return cls(Probabilities.from_weights(weights, "weights"))
        # From the larger end, so that only an underflow can happen.
        powers = [min(r, 1 / r) ** k for k in range(count)]
        if r * SMALLEST_NORMAL == 0 or 1 / r < SMALLEST_NORMAL or powers[-1] < SMALLEST_NORMAL:
            raise BadInput("ratio", f"found {r}; its powers up to {count} leave the range of float64")
        total = math.fsum(powers)
        return cls(np.array([power / total for power in (powers if r < 1 else reversed(powers))]))

    @classmethod
    def from_alpha(cls, alpha: Any) -> Schedule:
        """From the revealed fractions ``a_1..a_N``, which rise to 1."""
        a = [number(entry, f"alpha[{k}]") for k, entry in enumerate(alpha)]
        if not a or a[-1] != 1:
            raise BadInput("alpha", f"its last entry is {shown(a[-1]) if a else 'missing'}; it must be 1")
        for k, (before, after) in enumerate(zip([Fraction(0), *a[:-1]], a, strict=True)):
            if after < before:
                raise BadInput(f"alpha[{k}]", f"found {shown(after)} after {shown(before)}; the fractions never fall")
        if all(isinstance(entry, Fraction) for entry in a):
            return cls([after - before for before, after in zip([Fraction(0), *a[:-1]], a, strict=True)])
        exact = [Fraction(entry) for entry in a]
        steps = [float(after - before) for before, after in itertools.pairwise([Fraction(0), *exact])]
        return cls(np.array(steps), a)

    @property
    def steps(self) -> int:
        """N."""
        return self.weights.size

    @property
    def weights(self) -> NDArray[np.float64]:
        """``w_1..w_N``, shape (N,)."""
        return self.law.values

    @property
    def rational(self) -> bool:
        return self.law.rational

    @property
    def fractions(self) -> NDArray[Any]:
        """The weights as Fractions; BadInput for a floating schedule."""
        return self.law.fractions

    @cached_property
    def _tails(self) -> list[int]:
        """``1 - a_k``, k = 0..N, up to one factor: whole numbers, so that sums and differences are exact."""
        whole_weights = [int(w) for w in self.law.in_rationals().proportions.tolist()]
        return [*reversed([*itertools.accumulate(reversed(whole_weights))]), 0]

    @cached_property
    def exact_tails(self) -> list[Fraction]:
        """``1 - a_k`` for k = 0..N, exactly those of the stored weights."""
        return [Fraction(tail, self._tails[0]) for tail in self._tails]

    @cached_property
    def tails(self) -> NDArray[np.float64]:
        """``1 - a_k = w_{k+1} + .. + w_N`` for k = 0..N, correctly rounded, shape (N+1,)."""
        return _quotients(self._tails, self._tails[0])

    @cached_property
    def revealed(self) -> NDArray[np.float64]:
        """``a_0..a_N``, correctly rounded, shape (N+1,)."""
        return _quotients([self._tails[0] - tail for tail in self._tails], self._tails[0])

    @cached_property
    def hazards(self) -> NDArray[np.float64]:
        """``r_k = w_k / (w_k + .. + w_N)``, 1 where the tail is 0, correctly rounded, shape (N,)."""
        pairs = itertools.pairwise(self._tails)
        return np.array([(tail - after) / tail if tail else 1.0 for tail, after in pairs])

    @cached_property
    def survivals(self) -> NDArray[np.float64]:
        """``1 - r_k``, correctly rounded, shape (N,)."""
        return np.array([after / tail if tail else 0.0 for tail, after in itertools.pairwise(self._tails)])

    def sizes(self, length: int) -> tuple[int, ...]:
        """``s_k = round(a_k L) - round(a_{k-1} L)``, halves to even.

        Raises
        ------
        BadInput
            When a floating ``a_k L`` is so close to a half that its rounding is an accident.
        """
        edges = [0]
        for k, a in enumerate(self._revealed_fractions(), start=1):
            reached = Fraction(a) * length
            to_half = abs(reached - math.floor(reached) - Fraction(1, 2))
            if isinstance(a, float) and 0 < to_half <= TIE_WIDTH * length:
                raise BadInput(
                    "",
                    f"found {float(reached):.6g} tokens revealed after step {k}, which floating weights cannot round "
                    "to a whole number reliably; rational weights, or sizes, are accepted",
                )
            edges.append(round(reached))
        return tuple(after - before for before, after in itertools.pairwise(edges))

    def _revealed_fractions(self) -> list[Fraction | float]:
        """``a_1..a_N``, Fractions where they are exact."""
        if self._alpha is not None:
            return list(self._alpha)
        if self.rational:
            return list(itertools.accumulate(self.fractions))
        sums = [float(reached) for reached in itertools.accumulate(Fraction(w) for w in self.weights.tolist())]
        return [*sums[:-1], Fraction(1)]

    def __repr__(self) -> str:
        if self.is_uniform:
            return f"Schedule.uniform({self.steps})"
        return f"Schedule([{self.written()}])"

    @property
    def is_uniform(self) -> bool:
        """Whether all steps have the same weight."""
        return bool((self.weights == self.weights[0]).all())

    def written(self) -> str:
        """The weights as far as a line has room."""
        exact = (self.fractions if self.rational else self.weights)[:WEIGHTS_SHOWN].tolist()
        first = ", ".join(map(shown, exact))
        return first if self.steps <= WEIGHTS_SHOWN else f"{first}, ..., {self.steps} in all"


def _quotients(parts: list[int], whole_number: int) -> NDArray[np.float64]:
    """Correctly rounded ``part / whole_number`` for parts of at most that size."""
    if whole_number < 2**53:
        return np.array(parts, dtype=np.float64) / whole_number
    return np.array([part / whole_number for part in parts])


def _step_count(steps: Any) -> int:
    return whole(steps, "steps", 1, MOST_STEPS)
