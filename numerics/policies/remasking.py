"""Bernoulli steps that also mask revealed tokens again (definitions.md#remasking)."""

from __future__ import annotations

import itertools
from collections.abc import Hashable, Iterator
from fractions import Fraction
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from ..errors import BadInput, shown
from ..numbers.limits import power
from ..numbers.probabilities import ROW_TOLERANCE, floating, number, written
from ..spec.table import Numbers
from .base import DrawStep, Partial, Policy, Transition
from .filling import filled
from .kind import ScheduledTable
from .schedule import Schedule

__all__ = ["Remasking"]


class Remasking(Policy):
    """At step k each revealed token is masked with probability ``sigma_k``, each masked one revealed with ``h_k``.

    ``h_k = (w_k + sigma_k a_{k-1}) / (w_k + .. + w_N)``, so the masked fraction after step k is still ``1 - a_k``. Both
    happen at once: tokens are drawn given all those that were revealed before the step.

    Parameters
    ----------
    schedule : Schedule
    sigma : sequence of numbers
        ``sigma_1..sigma_N``, each from 0 to ``min(1, (1 - a_k) / a_{k-1})``.
    """

    remasks = True

    def __init__(self, schedule: Schedule, sigma: Any) -> None:
        self.schedule = schedule
        if len(sigma) != schedule.steps:
            raise BadInput(
                "sigma", f"found {len(sigma)} numbers; one for each of the {schedule.steps} steps is accepted"
            )
        exact = [number(entry, f"sigma[{k}]") for k, entry in enumerate(sigma)]
        self._floating_sigma = not all(isinstance(entry, Fraction) for entry in exact)
        self.remasked = tuple(
            _within(entry, most, f"sigma[{k}]") for k, (entry, most) in enumerate(zip(exact, self._most(), strict=True))
        )
        self.revealed = tuple(
            (w + sigma * (1 - tail)) / tail if tail else Fraction(1)
            for w, sigma, tail in zip(self._weights(), self.remasked, schedule.exact_tails, strict=False)
        )
        for k, probabilities in enumerate(zip(self.remasked, self.revealed, strict=True)):
            for probability in probabilities:
                floating(probability, f"sigma[{k}]")
                floating(1 - probability, f"sigma[{k}]")

    def _weights(self) -> list[Fraction]:
        return [before - after for before, after in itertools.pairwise(self.schedule.exact_tails)]

    def _most(self) -> list[Fraction]:
        pairs = itertools.pairwise(self.schedule.exact_tails)
        return [min(Fraction(1), after / (1 - before)) if before < 1 else Fraction(1) for before, after in pairs]

    @property
    def steps(self) -> int:
        return self.schedule.steps

    @property
    def irrational(self) -> str | None:
        exact = self.schedule.rational and not self._floating_sigma
        return None if exact else "the policy has floating probabilities, not rationals"

    def check(self, vocab: int, length: int) -> None:
        """Every language fits."""

    def pair_count(self, vocab: int, length: int) -> int:
        return power(3 * vocab + 1, length) * self.steps

    def transitions(
        self, step: int, y: Partial, conditionals: NDArray[Any], memory: Hashable = None
    ) -> Iterator[Transition]:
        vocab = conditionals.shape[1]
        kind = Fraction if conditionals.dtype == object else float
        sigma, keep = kind(self.remasked[step - 1]), kind(1 - self.remasked[step - 1])
        reveal, leave = kind(self.revealed[step - 1]), kind(1 - self.revealed[step - 1])
        one = kind(1)
        options = [
            [(vocab, leave, one), *((v, reveal, c) for v, c in enumerate(row))]
            if token == vocab
            else [(token, keep, one), (vocab, sigma, one)]
            for token, row in zip(y, conditionals.tolist(), strict=True)
        ]
        for drawn in itertools.product(*([(v, h, c) for v, h, c in each if h and c] for each in options)):
            weight = one
            for _, h, c in drawn:
                weight *= h * c
            yield weight, tuple(v for v, _, _ in drawn), None

    def drawing(self, n: int, length: int, rng: np.random.Generator) -> DrawStep:
        def draw(step: int, y: NDArray[np.int64], conditionals: NDArray[np.float64]) -> NDArray[np.int64]:
            vocab, u = conditionals.shape[2], rng.random(y.shape)
            masked = y == vocab
            following = filled(y, masked & (u < float(self.revealed[step - 1])), conditionals, rng)
            following[~masked & (u < float(self.remasked[step - 1]))] = vocab
            return following

        return draw

    def written(self) -> dict[str, Any]:
        sigma = self.remasked if self.irrational is None else map(float, self.remasked)
        return {"kind": "remasking", "weights": self.schedule.law.written(), "sigma": written(list(sigma))}

    def __repr__(self) -> str:
        return f"Remasking({self.schedule!r}, sigma={[float(sigma) for sigma in self.remasked]})"


class RemaskingTable(ScheduledTable):
    """The keys of ``bernoulli`` and ``sigma``, one number a step."""

    kind: Literal["remasking"]
    sigma: Numbers

    def build(self, length: int) -> Policy:
        if not isinstance(self.sigma, list):
            raise BadInput("sigma", "found a number; a list with one number for each step is accepted")
        return Remasking(self.read_schedule(self.exactly_one("steps", "weights", "alpha")), self.sigma)


def _within(sigma: Fraction | float, most: Fraction, key: str) -> Fraction:
    """The number itself; a floating one that is past its bound by rounding is the bound."""
    if isinstance(sigma, float) and most < sigma <= most + Fraction(ROW_TOLERANCE):
        return most
    if not 0 <= sigma <= most:
        raise BadInput(key, f"found {shown(sigma)}; a number from 0 to {shown(most)} is accepted at this step")
    return Fraction(sigma)
